"""Right, by im2col: every window becomes a row, and one matrix product does the rest, forward and backward."""
# expects: full marks


def patches_of(x, window, strides, padding, dilation):
    (kh, kw), (sh, sw), (dh, dw) = window, pair(strides), pair(dilation)
    if padding == "same":
        x = zero_pad2d(x, (same_padding(x.shape[1], kh, sh, dh), same_padding(x.shape[2], kw, sw, dw)))
    rows = (x.shape[1] - dh * (kh - 1) - 1) // sh + 1
    columns = (x.shape[2] - dw * (kw - 1) - 1) // sw + 1
    at_row = np.arange(rows)[:, None] * sh + np.arange(kh) * dh
    at_column = np.arange(columns)[:, None] * sw + np.arange(kw) * dw
    index = at_row[:, None, :, None], at_column[None, :, None, :]
    return x[:, index[0], index[1]], index, x.shape


def conv2d_forward(x, w, b, strides=(1, 1), padding="valid", dilation_rate=(1, 1)):
    patches, _, _ = patches_of(as_float(x), w.shape[:2], strides, padding, dilation_rate)
    columns = patches.reshape(-1, w[..., 0].size)
    return (columns @ w.reshape(-1, w.shape[-1]) + b).reshape(*patches.shape[:3], -1)


def conv2d_backward(dout, x, w, strides=(1, 1), padding="valid", dilation_rate=(1, 1)):
    x = as_float(x)
    patches, (rows, columns), padded_shape = patches_of(x, w.shape[:2], strides, padding, dilation_rate)
    flat = dout.reshape(-1, dout.shape[-1])
    dw = (patches.reshape(len(flat), -1).T @ flat).reshape(w.shape)
    dpatches = (flat @ w.reshape(-1, w.shape[-1]).T).reshape(patches.shape)
    dpadded = np.zeros(padded_shape, dtype=dpatches.dtype)
    np.add.at(dpadded, (slice(None), rows, columns), dpatches)
    top = left = 0
    if padding == "same":
        (sh, sw), (dh, dv) = pair(strides), pair(dilation_rate)
        top, left = same_padding(x.shape[1], w.shape[0], sh, dh)[0], same_padding(x.shape[2], w.shape[1], sw, dv)[0]
    return dpadded[:, top : top + x.shape[1], left : left + x.shape[2]], dw, flat.sum(axis=0)
