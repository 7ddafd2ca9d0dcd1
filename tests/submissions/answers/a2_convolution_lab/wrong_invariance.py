"""Wrong: invariance where equivariance is meant, and a weight for each pixel only."""
# expects: q11 dense.weight_per_pixel, q12 equivariance.answer_not_moved

of_convolution = "invariant"


def dense_weights(height, width):
    return height * width


def equivariance_errors(image, kernel, down, right):
    filtered = correlate2d(image, kernel)
    moved = correlate2d(image[down:, right:], kernel)
    turned = correlate2d(np.rot90(image), kernel) - np.rot90(filtered)
    return float(np.abs(moved - filtered[: len(moved), : len(moved[0])]).max()), float(np.abs(turned).max())
