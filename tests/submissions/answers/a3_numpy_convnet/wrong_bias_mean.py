"""Wrong: averages the bias gradient over the batch and the positions, where it is a sum."""
# expects: q4 conv.bias_gradient_averaged


def conv2d_backward(dout, x, w, strides=(1, 1), padding="valid", dilation_rate=(1, 1)):
    x = as_float(x)
    (sh, sw), (dh, dv) = pair(strides), pair(dilation_rate)
    kh, kw = w.shape[:2]
    before = (0, 0)
    padded = x
    if padding == "same":
        sides = same_padding(x.shape[1], kh, sh, dh), same_padding(x.shape[2], kw, sw, dv)
        padded, before = zero_pad2d(x, sides), (sides[0][0], sides[1][0])
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for p in range(kh):
        for q in range(kw):
            rows = slice(p * dh, p * dh + sh * (dout.shape[1] - 1) + 1, sh)
            columns = slice(q * dv, q * dv + sw * (dout.shape[2] - 1) + 1, sw)
            dw[p, q] = np.tensordot(padded[:, rows, columns], dout, axes=([0, 1, 2], [0, 1, 2]))
            dpadded[:, rows, columns] += dout @ w[p, q].T
    dx = dpadded[:, before[0] : before[0] + x.shape[1], before[1] : before[1] + x.shape[2]]
    return dx, dw, dout.mean(axis=(0, 1, 2))
