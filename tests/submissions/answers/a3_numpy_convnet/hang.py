"""Never returns: the column of the window is never moved on. Everything else is right."""
# expects: q3 stopped, q10 stopped, q11 stopped


def conv2d_forward(x, w, b, strides=(1, 1), padding="valid", dilation_rate=(1, 1)):
    out, j = [], 0
    while j < x.shape[2] - w.shape[1] + 1:
        out.append((x[:, : w.shape[0], j : j + w.shape[1]] * w[..., 0]).sum())
    return np.array(out)
