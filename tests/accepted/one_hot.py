"""Labels as rows of zeros with a one; `logaddexp` for the loss, products of such rows for everything that counts."""

import numpy as np


def one_hot(labels, classes):
    return (np.asarray(labels)[:, None] == np.arange(classes)).astype(float)


def softmax_cross_entropy(logits, labels):
    wanted = one_hot(labels, logits.shape[1])
    log_p = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    return -np.vdot(wanted, log_p) / len(labels), (np.exp(log_p) - wanted) / len(labels)


def relu_backward(dout, x):
    return dout * (np.sign(x) == 1)


def confusion_matrix(labels, predictions, classes=10):
    return (one_hot(labels, classes).T @ one_hot(predictions, classes)).astype(np.int32)


def accuracy(probabilities, labels):
    classes = probabilities.shape[1]
    return np.trace(confusion_matrix(labels, probabilities.argmax(axis=1), classes)) / len(labels)
