"""Wrong: puts the odd row of a same padding before the image (the layers have their own arithmetic)."""
# expects: q2 shapes.same_extra_before


def same_padding(size, kernel_size, strides=1, dilation_rate=1):
    out = -(-size // strides)
    total = max((out - 1) * strides + dilation_rate * (kernel_size - 1) + 1 - size, 0)
    return total - total // 2, total // 2

def frame(x, window, strides, padding, dilation):
    out_hw, sides = [], []
    for n, k, s, d in zip(x.shape[1:3], window, strides, dilation):
        reach = d * (k - 1) + 1
        outputs = -(-n // s) if padding == "same" else (n - reach) // s + 1
        total = max((outputs - 1) * s + reach - n, 0) if padding == "same" else 0
        out_hw.append(outputs)
        sides.append((total // 2, total - total // 2))
    return out_hw, sides
