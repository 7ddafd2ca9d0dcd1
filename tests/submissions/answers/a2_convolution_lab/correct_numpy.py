"""Right: what NumPy has ready for it, and a riddle solved by eye."""
# expects: full marks


def correlate1d(x, kernel):
    return np.correlate(x, kernel, mode="valid")


def convolve2d(image, kernel):
    return correlate2d(image, np.rot90(kernel, 2))


def shape_after(image_shape, kernel_shape, times=1):
    for _ in range(times):
        image_shape = np.empty(image_shape)[: -kernel_shape[0] or None, : -kernel_shape[1] or None].shape
        image_shape = image_shape[0] + 1, image_shape[1] + 1
    return image_shape


def moving_average(image, size):
    return windows_of(image, (size, size)).mean(axis=(2, 3))


def feature_maps(image, kernels, biases):
    windows = np.lib.stride_tricks.sliding_window_view(image, kernels.shape[:2], axis=(0, 1))
    return np.einsum("ijcuv,uvck->ijk", windows, kernels).__add__(biases).clip(min=0)


def unmoved_share(image, size, shift):
    before, after = max_pool(image, size), max_pool(np.hstack([image[:, -shift:], image[:, :-shift]]), size)
    return np.count_nonzero(before == after) / before.size


def convolution_matrix(kernel, length):
    return np.stack([correlate1d(unit, kernel) for unit in np.eye(length)])


def dense_weights(height, width):
    return height**2 * width**2
