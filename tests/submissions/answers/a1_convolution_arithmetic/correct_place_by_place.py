"""Right: windows are laid out place by place, and fields are sets of pixels."""
# expects: full marks


def windows(size, kernel_size, strides=1, padding="valid", dilation_rate=1):
    reach = [dilation_rate * tap for tap in range(kernel_size)]
    before, after = (0, 0) if padding == "valid" else (padding, padding)
    if padding == "same":
        before = after = 0
        while len(range(-before, size + after - reach[-1], strides)) < len(range(0, size, strides)):
            before, after = (before + 1, after) if before < after else (before, after + 1)
    return [[start + place for place in reach] for start in range(-before, size + after - reach[-1], strides)]


def conv_output_size(size, kernel_size, strides=1, padding="valid", dilation_rate=1):
    return len(windows(size, kernel_size, strides, padding, dilation_rate))


def pixels_read(position, size, kernel_size, strides=1, padding="valid", dilation_rate=1):
    return np.array(windows(size, kernel_size, strides, padding, dilation_rate)[position])


def receptive_field(layers):
    seen = {0}
    for kernel_size, strides, dilation_rate in reversed(layers):
        seen = {place * strides + dilation_rate * tap for place in seen for tap in range(kernel_size)}
    return max(seen) - min(seen) + 1


picture_b = ("average pooling", 3, 2, 1, 1)

bandit_inputs = 2
