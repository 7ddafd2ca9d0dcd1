"""Right: Sequential AlexNet, one dictionary entry at a time, counts as sums of products."""
# expects: full marks


def alexnet_activation_sizes(size, padding):
    import math

    conv1 = (size - 11) // 4 + 1 if padding == "valid" else math.ceil(size / 4)
    pool1 = (conv1 - 3) // 2 + 1
    pool2 = (pool1 - 3) // 2 + 1
    pool5 = (pool2 - 3) // 2 + 1
    sizes = {"image": (size, size, 3), "conv1": (conv1, conv1, 96), "pool1": (pool1, pool1, 96)}
    sizes["conv2"] = (pool1, pool1, 256)
    sizes["pool2"] = (pool2, pool2, 256)
    sizes["conv3"] = sizes["conv4"] = (pool2, pool2, 384)
    sizes["conv5"] = (pool2, pool2, 256)
    sizes["pool5"] = (pool5, pool5, 256)
    sizes["flat"] = (pool5 * pool5 * 256,)
    sizes["fc6"] = sizes["fc7"] = (4096,)
    sizes["output"] = (1000,)
    return sizes


def alexnet():
    return keras.Sequential(
        [
            keras.Input((224, 224, 3)),
            layers.Conv2D(96, 11, strides=4, padding="same", activation="relu"),
            layers.MaxPooling2D(3, 2),
            layers.Conv2D(256, 5, padding="same", activation="relu"),
            layers.MaxPooling2D(3, 2),
            layers.Conv2D(384, 3, padding="same", activation="relu"),
            layers.Conv2D(384, 3, padding="same", activation="relu"),
            layers.Conv2D(256, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(3, 2),
            layers.Flatten(),
            layers.Dense(4096, "relu"),
            layers.Dense(4096, "relu"),
            layers.Dense(1000),
        ]
    )


def inception_parameters(in_channels, filters, reductions):
    a, b, c, d, e, f = filters
    n = in_channels
    if reductions:
        return (n + 1) * (a + b + d + f) + (9 * b + 1) * c + (25 * d + 1) * e
    return (n + 1) * a + (9 * n + 1) * c + (25 * n + 1) * e


def resnet_parameters(blocks, bottleneck):
    total = 49 * 3 * 64 + 2 * 64
    before = 64
    for stage in range(len(blocks)):
        width = 64 << stage
        for block in range(blocks[stage]):
            if bottleneck:
                total += before * width + 9 * width * width + 4 * width * width + 2 * (width + width + 4 * width)
                after = 4 * width
            else:
                total += 9 * before * width + 9 * width * width + 4 * width
                after = width
            if before != after:
                total += before * after + 2 * after
            before = after
    return total + before * 1000 + 1000


def relative_drop(before, after):
    return 1 - after / before
