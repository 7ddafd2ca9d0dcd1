"""Right, by the convolution theorem: multiply spectra, then keep every stride-th value."""
# expects: full marks


def conv2d_forward(x, w, b, strides=(1, 1), padding="valid", dilation_rate=(1, 1)):
    x = as_float(x)
    (sh, sw), (dh, dw) = pair(strides), pair(dilation_rate)
    kh, kw, channels, filters = w.shape
    spread = np.zeros((dh * (kh - 1) + 1, dw * (kw - 1) + 1, channels, filters))
    spread[::dh, ::dw] = w
    if padding == "same":
        x = zero_pad2d(x, (same_padding(x.shape[1], kh, sh, dh), same_padding(x.shape[2], kw, sw, dw)))
    size = x.shape[1:3]
    spectrum = np.einsum(
        "nhwc,hwck->nhwk", np.fft.fft2(x, axes=(1, 2)), np.conj(np.fft.fft2(spread, s=size, axes=(0, 1)))
    )
    full = np.fft.ifft2(spectrum, axes=(1, 2)).real
    rows, columns = size[0] - spread.shape[0] + 1, size[1] - spread.shape[1] + 1
    return full[:, :rows:sh, :columns:sw].astype(np.result_type(x, w)) + b
