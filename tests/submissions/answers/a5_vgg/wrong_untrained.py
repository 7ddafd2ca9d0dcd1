"""Wrong: hands in noise for the weights of both networks; the design's don't even fit."""
# expects: q8, q11
# hands in: noise.weights.h5


def vgg_depth(convolutions, dense):
    return sum(convolutions), len(dense) + 1
