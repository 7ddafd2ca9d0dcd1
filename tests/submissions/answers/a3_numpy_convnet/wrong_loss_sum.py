"""Wrong: sums the loss over the batch, and its gradient too, where the course takes the mean."""
# expects: q8 loss.sum_for_mean


def softmax_cross_entropy(logits, labels):
    logits = as_float(logits)
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(labels))
    dlogits = np.exp(log_probabilities)
    dlogits[rows, labels] -= 1
    return -log_probabilities[rows, labels].sum(), dlogits
