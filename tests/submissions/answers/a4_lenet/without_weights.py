"""Forgets to hand in the weights: the rest is right."""
# expects: q6
# hands in: nothing


def accuracy(probabilities, labels):
    return float(np.mean(probabilities.argmax(axis=1) == labels))
