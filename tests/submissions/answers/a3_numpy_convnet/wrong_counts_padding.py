"""Wrong: average pooling divides by the whole window, the zeros of the padding included."""
# expects: q6 pool.average_counts_padding


def avg_pool2d_forward(x, pool_size=(2, 2), strides=None, padding="valid"):
    x = as_float(x)
    (kh, kw), (sh, sw) = pair(pool_size), pair(strides or pool_size)
    if padding == "same":
        x = zero_pad2d(x, (same_padding(x.shape[1], kh, sh), same_padding(x.shape[2], kw, sw)))
    windows = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(1, 2))[:, ::sh, ::sw]
    return windows.mean(axis=(-2, -1))
