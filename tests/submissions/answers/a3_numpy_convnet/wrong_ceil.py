"""Wrong: rounds the size of a valid output up, so that a last window hangs over the edge (the layers have their own arithmetic)."""
# expects: q1 shapes.ceil_for_floor


def conv_output_size(size, kernel_size, strides=1, padding="valid", dilation_rate=1):
    reach = dilation_rate * (kernel_size - 1) + 1
    if padding == "same":
        return -(-size // strides)
    if padding != "valid":
        size = size + 2 * padding
    return -(-(size - reach) // strides) + 1

def frame(x, window, strides, padding, dilation):
    out_hw, sides = [], []
    for n, k, s, d in zip(x.shape[1:3], window, strides, dilation):
        reach = d * (k - 1) + 1
        outputs = -(-n // s) if padding == "same" else (n - reach) // s + 1
        total = max((outputs - 1) * s + reach - n, 0) if padding == "same" else 0
        out_hw.append(outputs)
        sides.append((total // 2, total - total // 2))
    return out_hw, sides
