"""The convolution lab with what NumPy has ready: `correlate`, `convolve`, `einsum`, `kron`, `diag`, views of windows."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def to_grey(image):
    return np.average(image[..., :3], axis=-1, weights=[0.2126, 0.7152, 0.0722])


def correlate1d(x, kernel):
    return np.convolve(x, kernel[::-1], mode="valid")


def _slid(image, kernel):
    return np.tensordot(sliding_window_view(image, kernel.shape), kernel)


def convolve2d(image, kernel):
    rows = [
        [np.convolve(image_row, kernel_row, mode="valid") for kernel_row in kernel] for image_row in image
    ]
    count = len(kernel)
    return np.array(
        [sum(rows[i + count - 1 - u][u] for u in range(count)) for i in range(len(image) - count + 1)]
    )


def shape_after(image_shape, kernel_shape, times=1):
    rest = np.array(image_shape) - times * (np.array(kernel_shape) - 1)
    return tuple(rest)


def zeros_around(kernel_shape):
    return tuple(np.array(kernel_shape) // 2)


def moving_average(image, size):
    return sliding_window_view(image, (size, size)).mean(axis=(-2, -1))


def repair(image):
    around = sliding_window_view(
        np.pad(np.where(image > 0, image, np.nan), 1, constant_values=np.nan), (3, 3)
    )
    with np.errstate(all="ignore"):
        means = np.nansum(around, axis=(2, 3)) / np.isfinite(around).sum(axis=(2, 3))
    return np.where(image > 0, image, np.nan_to_num(means))


def flat_response(kernel, level):
    return np.vdot(kernel, np.full_like(kernel, level))


def feature_maps(image, kernels, biases):
    windows = sliding_window_view(image, kernels.shape[:2], axis=(0, 1))
    return np.maximum(np.einsum("ijcuv,uvck->ijk", windows, kernels, optimize=True) + biases, 0.0)


def _pooled(image, size):
    height, width = (n // size * size for n in image.shape)
    return sliding_window_view(image[:height, :width], (size, size))[::size, ::size].max(axis=(2, 3))


def unmoved_share(image, size, shift):
    return np.equal(_pooled(image, size), _pooled(np.roll(image, (0, shift), axis=(0, 1)), size)).mean()


def pixels_wrong(mask, size):
    return int(np.abs(np.kron(_pooled(mask, size), np.ones((size, size))) - mask).sum())


def best_match(image, template):
    windows = sliding_window_view(image, template.shape)
    flat = windows.reshape(*windows.shape[:2], -1)
    scores = np.array(
        [[np.corrcoef(one, template.ravel())[0, 1] if np.ptp(one) else 0 for one in row] for row in flat]
    )
    return np.unravel_index(np.argmax(scores), scores.shape)


def convolution_matrix(kernel, length):
    outputs = length - len(kernel) + 1
    return sum(weight * np.eye(length, outputs, -tap) for tap, weight in enumerate(kernel))


def dense_weights(height, width):
    return np.prod((height, width, height, width)).item()


def equivariance_errors(image, kernel, down, right):
    filtered = _slid(image, kernel)
    pairs = (
        (_slid(image[down:, right:], kernel), filtered[down:, right:]),
        (_slid(np.rot90(image), kernel), np.rot90(filtered)),
    )
    return tuple(np.linalg.norm((a - b).ravel(), np.inf) for a, b in pairs)


def behaviour(operation):
    return {"c": "equivariant", "m": "invariant", "f": "neither"}[operation[0]]


def batch_shape(*sizes):
    return list(sizes)
