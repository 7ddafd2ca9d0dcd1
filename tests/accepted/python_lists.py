"""Lists of lists and Python's own arithmetic; NumPy only unpacks what comes in and packs what goes out."""

import math

import numpy as np


def both(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def zero_pad2d(x, padding):
    pairs = [padding, padding] if isinstance(padding, int) else padding
    (top, bottom), (left, right) = [[p, p] if isinstance(p, int) else p for p in pairs]
    nothing = [0.0] * x.shape[3]
    images = []
    for image in x.tolist():
        width = left + len(image[0]) + right
        rows = [[nothing] * left + row + [nothing] * right for row in image]
        images.append([[nothing] * width] * top + rows + [[nothing] * width] * bottom)
    return np.array(images)


def conv2d_forward(x, w, b, strides=(1, 1), padding="valid", dilation_rate=(1, 1)):
    (sh, sw), (dh, dw), (kh, kw) = both(strides), both(dilation_rate), w.shape[:2]
    eh, ew, (height, width) = (kh - 1) * dh + 1, (kw - 1) * dw + 1, x.shape[1:3]
    top = bottom = left = right = 0
    if padding == "same":
        tall = max((math.ceil(height / sh) - 1) * sh + eh - height, 0)
        wide = max((math.ceil(width / sw) - 1) * sw + ew - width, 0)
        top, bottom, left, right = tall // 2, tall - tall // 2, wide // 2, wide - wide // 2
    framed = zero_pad2d(x, ((top, bottom), (left, right))).tolist()
    kernels = w.transpose(3, 0, 1, 2).tolist()
    starts_down = range(0, height + top + bottom - eh + 1, sh)
    starts_across = range(0, width + left + right - ew + 1, sw)

    def pixel(image, row, column, kernel, bias):
        return bias + sum(
            value * weight
            for u, weights in enumerate(kernel)
            for v, tap in enumerate(weights)
            for value, weight in zip(image[row + u * dh][column + v * dw], tap, strict=True)
        )

    return np.array([[[[pixel(image, row, column, kernel, bias) for kernel, bias in zip(kernels, b.tolist(), strict=True)]
                       for column in starts_across] for row in starts_down] for image in framed])  # fmt: skip


def dense_forward(x, w, b):
    columns = w.T.tolist()
    return np.array([[sum(p * q for p, q in zip(row, column, strict=True)) + bias
                      for column, bias in zip(columns, b.tolist(), strict=True)] for row in x.tolist()])  # fmt: skip


def softmax_cross_entropy(logits, labels):
    losses, gradients = [], []
    for row, label in zip(logits.tolist(), labels.tolist(), strict=True):
        largest = max(row)
        powers = [math.exp(z - largest) for z in row]
        losses.append(math.log(sum(powers)) + largest - row[label])
        gradients.append([(p / sum(powers) - (k == label)) / len(labels) for k, p in enumerate(powers)])
    return sum(losses) / len(losses), np.array(gradients)


def accuracy(probabilities, labels):
    right = [
        row.index(max(row)) == label
        for row, label in zip(probabilities.tolist(), labels.tolist(), strict=True)
    ]
    return right.count(True) / len(right)


def confusion_matrix(labels, predictions, classes=10):
    pairs = list(zip(labels.tolist(), predictions.tolist(), strict=True))
    return np.array([[pairs.count((i, j)) for j in range(classes)] for i in range(classes)])


def pixel_uses(size, kernel_size, padding):
    reach = kernel_size // 2 if padding == "same" else 0
    starts = range(-reach, size - kernel_size + reach + 1)
    along = [sum(start <= place < start + kernel_size for start in starts) for place in range(size)]
    return np.array([[a * b for b in along] for a in along])
