"""Forgets to hand in the weights: the rest is right."""
# expects: q8, q11
# hands in: nothing


def vgg_depth(convolutions, dense):
    return sum(convolutions), len(dense) + 1
