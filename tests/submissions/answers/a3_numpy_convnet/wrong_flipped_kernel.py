"""Wrong: turns the kernel round, as the mathematician's convolution does."""
# expects: q3 conv.flipped_kernel


def conv2d_forward(x, w, b, strides=(1, 1), padding="valid", dilation_rate=(1, 1)):
    x = as_float(x)
    w = w[::-1, ::-1]
    (sh, sw), (dh, dw) = pair(strides), pair(dilation_rate)
    kh, kw = w.shape[:2]
    if padding == "same":
        x = zero_pad2d(x, (same_padding(x.shape[1], kh, sh, dh), same_padding(x.shape[2], kw, sw, dw)))
    reach = dh * (kh - 1) + 1, dw * (kw - 1) + 1
    windows = np.lib.stride_tricks.sliding_window_view(x, reach, axis=(1, 2))[:, ::sh, ::sw, :, ::dh, ::dw]
    return np.einsum("nijchw,hwck->nijk", windows, w) + b
