"""Wrong: rounds the size of a valid output up, so that a last window hangs over the edge."""
# expects: q1 shapes.ceil_for_floor, q3, q4, q6


def conv_output_size(size, kernel_size, strides=1, padding="valid", dilation_rate=1):
    reach = dilation_rate * (kernel_size - 1) + 1
    if padding == "same":
        return -(-size // strides)
    if padding != "valid":
        size = size + 2 * padding
    return -(-(size - reach) // strides) + 1
