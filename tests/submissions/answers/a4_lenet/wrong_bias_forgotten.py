"""Wrong: counts a convolution's weights without its biases (LeNet's table has its own arithmetic)."""
# expects: q2 lenet.bias_forgotten


def conv_parameters(kernel_size, in_channels, filters, use_bias=True):
    height, width = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    return height * width * in_channels * filters


def lenet_parameters(height, width, padding):
    (inputs,) = lenet_activation_sizes(height, width, padding)["flat"]
    counts = {"C1": 25 * 6 + 6, "C3": 150 * 16 + 16, "C5": (inputs + 1) * 120, "F6": 121 * 84, "output": 85 * 10}
    return counts | {"total": sum(counts.values())}
