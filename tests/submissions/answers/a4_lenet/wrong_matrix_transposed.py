"""Wrong: puts the predictions into the rows of the confusion matrix."""
# expects: q5 confusion.transposed


def confusion_matrix(labels, predictions, classes=10):
    counts = np.zeros((classes, classes), dtype=int)
    for label, prediction in zip(labels, predictions):
        counts[prediction, label] += 1
    return counts
