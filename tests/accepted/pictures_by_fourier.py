"""The convolution lab by Fourier transforms: every sliding sum is a product of spectra, and has its rounding dust."""

import numpy as np


def convolve2d(image, kernel):
    full = [n + k - 1 for n, k in zip(image.shape, kernel.shape, strict=True)]
    product = np.fft.rfft2(image, full) * np.fft.rfft2(kernel, full)
    (rows, columns), (height, width) = kernel.shape, image.shape
    return np.fft.irfft2(product, full)[rows - 1 : height, columns - 1 : width]


def _slid(image, kernel):
    return convolve2d(np.asarray(image, float), np.rot90(kernel, 2))


def correlate1d(x, kernel):
    return _slid(x[None], kernel[None])[0]


def moving_average(image, size):
    return _slid(image, np.ones((size, size)) / size**2)


def repair(image):
    total, left = (_slid(np.pad(part, 1), np.ones((3, 3))) for part in (image, image > 0))
    return np.where(image == 0, total.round(6) / np.maximum(left.round(), 1), image)


def feature_maps(image, kernels, biases):
    channels, count = kernels.shape[2:]
    maps = np.array(
        [[_slid(image[..., c], kernels[..., c, k]) for k in range(count)] for c in range(channels)]
    )
    z = np.moveaxis(maps.sum(axis=0), 0, -1) + biases
    return (z + np.abs(z)) / 2


def best_match(image, template):
    pattern, ones = template - template.mean(), np.ones(template.shape)
    squares = _slid(image**2, ones) - _slid(image, ones) ** 2 / template.size
    scores = _slid(image, pattern) / np.sqrt(np.maximum(squares, 1e-6))
    return divmod(int(scores.argmax()), scores.shape[1])


def equivariance_errors(image, kernel, down, right):
    filtered = _slid(image, kernel)
    shift = _slid(image[down:, right:], kernel) - filtered[down:, right:]
    turn = _slid(np.rot90(image), kernel) - np.rot90(filtered)
    return [abs(shift).max(), abs(turn).max()]
