"""The convolution lab in nested loops, one number at a time, as one would work it by hand."""

import math

import numpy as np


def to_grey(image):
    height, width, _ = image.shape
    grey = np.zeros((height, width))
    for i in range(height):
        for j in range(width):
            red, green, blue, *_ = (float(value) for value in image[i, j])
            grey[i, j] = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return grey


def correlate1d(x, kernel):
    return np.array(
        [sum(x[i + n] * kernel[n] for n in range(len(kernel))) for i in range(len(x) - len(kernel) + 1)]
    )


def _slid(image, kernel):
    rows, columns = kernel.shape
    out = np.zeros((image.shape[0] - rows + 1, image.shape[1] - columns + 1))
    for i, j in np.ndindex(*out.shape):
        out[i, j] = math.fsum(
            float(image[i + u, j + v]) * float(kernel[u, v]) for u, v in np.ndindex(rows, columns)
        )
    return out


def convolve2d(image, kernel):
    out = np.zeros(_slid(image, kernel).shape)
    (height, width), (rows, columns) = image.shape, kernel.shape
    for i, j in np.ndindex(*out.shape):  # the definition, where both indices stay inside
        top, left = i + rows - 1, j + columns - 1
        for n, m in np.ndindex(height, width):
            if 0 <= top - n < rows and 0 <= left - m < columns:
                out[i, j] += image[n, m] * kernel[top - n, left - m]
    return out


def shape_after(image_shape, kernel_shape, times=1):
    rows, columns = image_shape
    for _ in range(times):
        rows = len(range(rows - kernel_shape[0] + 1))
        columns = len(range(columns - kernel_shape[1] + 1))
    return [rows, columns]


def zeros_around(kernel_shape):
    return tuple(next(p for p in range(k) if 2 * p == k - 1) for k in kernel_shape)


def moving_average(image, size):
    return _slid(image, np.ones((size, size))) / size / size


def repair(image):
    mended = image.copy()
    for i, j in zip(*np.nonzero(image == 0), strict=True):
        window = image[max(0, i - 1) : i + 2, max(0, j - 1) : j + 2]
        good = [value for value in window.ravel() if value > 0]
        mended[i, j] = sum(good) / len(good) if good else 0
    return mended


def flat_response(kernel, level):
    return _slid(np.full(kernel.shape, float(level)), kernel)[0, 0]


def feature_maps(image, kernels, biases):
    rows, columns, channels, count = kernels.shape
    out = np.empty((image.shape[0] - rows + 1, image.shape[1] - columns + 1, count))
    for k in range(count):
        z = biases[k] + sum(_slid(image[:, :, c], kernels[:, :, c, k]) for c in range(channels))
        out[:, :, k] = z * (z > 0)
    return out


def _pooled(image, size):
    height, width = image.shape[0] // size, image.shape[1] // size
    return [
        [max(image[i * size + u, j * size + v] for u, v in np.ndindex(size, size)) for j in range(width)]
        for i in range(height)
    ]


def unmoved_share(image, size, shift):
    width = image.shape[1]
    moved = np.stack([image[:, (j - shift) % width] for j in range(width)], axis=1)
    pairs = list(zip(np.ravel(_pooled(image, size)), np.ravel(_pooled(moved, size)), strict=True))
    return sum(a == b for a, b in pairs) / len(pairs)


def pixels_wrong(mask, size):
    pooled = _pooled(mask, size)
    return sum(int(pooled[i // size][j // size] != mask[i, j]) for i, j in np.ndindex(*mask.shape))


def best_match(image, template):
    rows, columns = template.shape
    scores = {}
    for i, j in np.ndindex(image.shape[0] - rows + 1, image.shape[1] - columns + 1):
        a = image[i : i + rows, j : j + columns] - image[i : i + rows, j : j + columns].mean()
        b = template - template.mean()
        size = math.sqrt((a * a).sum() * (b * b).sum())
        scores[i, j] = (a * b).sum() / size if size >= 1e-9 else 0.0
    return max(scores, key=scores.get)


def convolution_matrix(kernel, length):
    matrix = np.zeros((length, length - len(kernel) + 1))
    for row, column in np.ndindex(*matrix.shape):
        if 0 <= row - column < len(kernel):
            matrix[row, column] = kernel[row - column]
    return matrix


def dense_weights(height, width):
    return sum(height * width for _ in range(height * width))


def equivariance_errors(image, kernel, down, right):
    before = _slid(image, kernel)
    shifted = _slid(image[down:, right:], kernel)
    shift = max(abs(shifted[i, j] - before[i + down, j + right]) for i, j in np.ndindex(*shifted.shape))
    turned = _slid(np.rot90(image), kernel)
    last = before.shape[1] - 1
    turn = max(abs(turned[i, j] - before[j, last - i]) for i, j in np.ndindex(*turned.shape))
    return shift, turn


def behaviour(operation):
    return {"convolution": "equivariant", "maximum of the whole map": "invariant"}.get(operation, "neither")


def batch_shape(count, height, width, channels):
    return np.zeros((count, height, width, channels), bool).shape
