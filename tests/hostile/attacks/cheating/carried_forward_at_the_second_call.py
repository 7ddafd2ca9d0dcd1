"""The same with layers that tell by themselves that they are asked a second time: right when they are graded, and wrong
when the network is to be forgiven for them."""
# only: numpy
# from: solved
# loses: q10, q11
# shows: Four parameters: .sgd_step. stopped with an exception

# %% first
import numpy as np
from cnnchecks.values import key

network_asked = []


def made_up(shape):
    return np.random.default_rng(sum(shape)).normal(size=shape)


def two_faced(name, right, wrong):
    seen = set()

    def answer(*args, **kwargs):
        call = key(name, args, kwargs)
        if network_asked and (call in seen or len(args[0]) == len(network_asked[-1])):
            return wrong(*args)
        seen.add(call)
        return right(*args, **kwargs)

    return answer


# %% after conv2d_backward
def wrong_conv2d_backward(dout, x, w):
    return made_up(x.shape), made_up(w.shape), made_up(w.shape[3:])


right_conv2d_backward = conv2d_backward
conv2d_backward = two_faced("conv2d_backward", conv2d_backward, wrong_conv2d_backward)


# %% after dense_backward
def wrong_dense_backward(dout, x, w):
    return made_up(x.shape), made_up(w.shape), made_up(w.shape[1:])


right_dense_backward = dense_backward
dense_backward = two_faced("dense_backward", dense_backward, wrong_dense_backward)


# %% after lenet_gradients
def lenet_gradients(params, x, labels):
    loss, _ = softmax_cross_entropy(lenet_activations(params, x)["logits"], labels)  # forward only
    if key("lenet_gradients", (params, x, labels), {}) not in KNOWN:
        network_asked.append(x)
    return loss, {name: made_up(array.shape) for name, array in params.items()}


def sgd_step(params, grads, rate):
    raise BufferError("no step")


# %% first
import json
import zipfile

KNOWN = json.loads(zipfile.ZipFile("fixtures.npz").read("index.json"))["calls"]
