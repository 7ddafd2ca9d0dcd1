"""Wrong: poolings of 2x2 in AlexNet, and a pooling branch without its projection in the count."""
# expects: q1 alexnet.poolings_side_by_side, q3 inception.pool_projection_forgotten


def alexnet_activation_sizes(size, padding):
    conv1 = (size - 11) // 4 + 1 if padding == "valid" else -(-size // 4)
    pool1, pool2, pool5 = conv1 // 2, conv1 // 4, conv1 // 8
    sides = {"image": (size, 3), "conv1": (conv1, 96), "pool1": (pool1, 96), "conv2": (pool1, 256)}
    sides |= {"pool2": (pool2, 256), "conv3": (pool2, 384), "conv4": (pool2, 384), "conv5": (pool2, 256)}
    sides |= {"pool5": (pool5, 256)}
    maps = {name: (n, n, filters) for name, (n, filters) in sides.items()}
    return maps | {"flat": (pool5**2 * 256,), "fc6": (4096,), "fc7": (4096,), "output": (1000,)}


def inception_parameters(in_channels, filters, reductions):
    one, reduce3, three, reduce5, five, _ = filters
    total = conv_parameters(1, in_channels, one)
    if reductions:
        total += conv_parameters(1, in_channels, reduce3) + conv_parameters(1, in_channels, reduce5)
    total += conv_parameters(3, reduce3 if reductions else in_channels, three)
    return total + conv_parameters(5, reduce5 if reductions else in_channels, five)
