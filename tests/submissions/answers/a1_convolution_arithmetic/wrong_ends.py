"""Wrong: rewards are numbers, so the bandit is regression; its loss is in bits; picture A is of the mean."""
# expects: q11 pictures.other_pooling, q12 head.numbers_mean_regression


picture_a = ("average pooling", 3, 2, 1, 0)

bandit_output = ("regression", 1, "none", "mean squared error")


def cross_entropy(probabilities, classes):
    return -np.mean(np.log2(probabilities[np.arange(len(classes)), classes]))
