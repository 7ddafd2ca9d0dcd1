"""Wrong: sends a max pooling's gradient to every pixel that equals the maximum, not to the first."""
# expects: q5 pool.gradient_to_all_ties


def max_pool2d_backward(dout, x, pool_size=(2, 2), strides=None, padding="valid"):
    x = as_float(x)
    (kh, kw), (sh, sw) = pair(pool_size), pair(strides or pool_size)
    before = (0, 0)
    padded = x
    if padding == "same":
        sides = same_padding(x.shape[1], kh, sh), same_padding(x.shape[2], kw, sw)
        padded, before = np.pad(x, ((0, 0), *sides, (0, 0)), constant_values=-np.inf), (sides[0][0], sides[1][0])
    dpadded = np.zeros(padded.shape)
    for i in range(dout.shape[1]):
        for j in range(dout.shape[2]):
            here = np.s_[:, i * sh : i * sh + kh, j * sw : j * sw + kw]
            largest = padded[here] == padded[here].max(axis=(1, 2), keepdims=True)
            dpadded[here] += largest * dout[:, i : i + 1, j : j + 1]
    return dpadded[:, before[0] : before[0] + x.shape[1], before[1] : before[1] + x.shape[2]]
