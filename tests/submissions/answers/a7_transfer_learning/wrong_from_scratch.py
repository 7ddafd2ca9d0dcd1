"""Wrong: trains a network of the same layers from nothing, twice handed in; the base was never loaded."""
# expects: q6 transfer.base_not_loaded, q7 transfer.base_not_loaded
# hands in: scratch.weights.h5


def training_cost(images, epochs, base, head, way):
    rounds = {"cached": 1, "frozen": epochs, "fine-tuned": 3 * epochs}[way]
    return images * (rounds * base + 3 * epochs * head)
