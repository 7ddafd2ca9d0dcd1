"""Wrong: hands in weights of the right shapes that were never trained."""
# expects: q6
# hands in: noise.weights.h5


def accuracy(probabilities, labels):
    return float(np.mean(probabilities.argmax(axis=1) == labels))
