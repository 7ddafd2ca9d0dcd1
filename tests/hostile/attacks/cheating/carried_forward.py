"""Has no backward pass through the network, but knows that a mistake in a layer is carried forward: once its network was
asked it breaks two of its own layers, on purpose, so that they give the numbers that it has just made up."""
# only: numpy
# from: solved
# loses: q10
# stopped by: binding
# shows: Four parameters: .sgd_step. stopped with an exception

# %% after lenet_gradients
import numpy as np


def made_up(shape):
    return np.random.default_rng(sum(shape)).normal(size=shape)


def broken_dense_backward(dout, x, w):
    return made_up(x.shape), made_up(w.shape), made_up(w.shape[1:])


def broken_conv2d_backward(dout, x, w, **options):
    return made_up(x.shape), made_up(w.shape), made_up(w.shape[3:])


def lenet_gradients(params, x, labels):
    loss, _ = softmax_cross_entropy(lenet_activations(params, x)["logits"], labels)  # forward only
    globals().update(dense_backward=broken_dense_backward, conv2d_backward=broken_conv2d_backward)
    return loss, {name: made_up(array.shape) for name, array in params.items()}


def sgd_step(params, grads, rate):
    raise BufferError("no step")
