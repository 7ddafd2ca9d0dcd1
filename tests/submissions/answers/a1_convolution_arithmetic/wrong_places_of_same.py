"""Wrong: lays out the windows of "same" as if the zeros were the same number on both sides."""
# expects: q3 shapes.same_symmetric


def pixels_read(position, size, kernel_size, strides=1, padding="valid", dilation_rate=1):
    if padding == "valid":
        padding = 0
    elif padding == "same":
        padding = dilation_rate * (kernel_size - 1) // 2
    return np.array([position * strides + tap * dilation_rate - padding for tap in range(kernel_size)])
