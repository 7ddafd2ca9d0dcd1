"""Wrong: the kernel is turned where it shouldn't be, and not where it should."""
# expects: q3 slide.kernel_turned, q4 turn.not_turned, q11 matrix.transposed


def correlate1d(x, kernel):
    return np.convolve(x, kernel, mode="valid")


def convolve2d(image, kernel):
    return correlate2d(image, kernel)


def convolution_matrix(kernel, length):
    matrix = np.zeros((length - len(kernel) + 1, length))
    for row in range(len(matrix)):
        matrix[row, row : row + len(kernel)] = kernel
    return matrix
