"""Wrong: puts the odd row of a same padding before the image, in the function and in the convolution that uses it."""
# expects: q2 shapes.same_extra_before, q3, q4, q6


def same_padding(size, kernel_size, strides=1, dilation_rate=1):
    out = -(-size // strides)
    total = max((out - 1) * strides + dilation_rate * (kernel_size - 1) + 1 - size, 0)
    return total - total // 2, total // 2
