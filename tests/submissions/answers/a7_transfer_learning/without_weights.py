"""Forgets to hand in the weights: the rest is right."""
# expects: q6, q7
# hands in: nothing


def training_cost(images, epochs, base, head, way):
    rounds = {"cached": 1, "frozen": epochs, "fine-tuned": 3 * epochs}[way]
    return images * (rounds * base + 3 * epochs * head)
