"""Wrong: ReLU on each channel, pooling compared by its changes, and the brightest window as the best match."""
# expects: q8 maps.relu_per_channel, q9 pooling.share_that_changed, q10 template.brightest_window


def feature_maps(image, kernels, biases):
    channels, count = kernels.shape[2:]
    sums = [
        sum(np.maximum(correlate2d(image[:, :, c], kernels[:, :, c, k]), 0) for c in range(channels))
        for k in range(count)
    ]
    return np.stack(sums, axis=-1) + biases


def unmoved_share(image, size, shift):
    return float(np.mean(max_pool(np.roll(image, shift, axis=1), size) != max_pool(image, size)))


def best_match(image, template):
    scores = correlate2d(image, template)
    row, column = np.unravel_index(scores.argmax(), scores.shape)
    return int(row), int(column)
