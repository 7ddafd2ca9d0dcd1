"""ReLU, forward and backward."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from kerasnets.numpy_layers.checks import Array, floats, need_shape


def relu_forward(x: ArrayLike) -> Array:
    """Return max(x, 0), element by element, in the shape of x; any shape will do.

    float32 and float64 keep their dtype, integers and bools become float64; other dtypes raise ValueError.
    Source: Nair and Hinton, "Rectified linear units improve restricted Boltzmann machines", 2010. Same values
    as tf.nn.relu.

    >>> relu_forward([-2, 0, 3])
    array([0., 0., 3.])
    """
    (x,) = floats(x=x)
    return np.maximum(x, 0)


def relu_backward(dout: ArrayLike, x: ArrayLike) -> Array:
    """Return dx in the shape of x: dout where x > 0, nothing elsewhere.

    dout is the loss's gradient with respect to `relu_forward(x)`. At 0 the slope could be anything from 0 to
    1; as in TensorFlow it is 0. Raises ValueError for a dout of another shape than x, or other dtypes.

    >>> relu_backward([5, 5, 5], [-2, 0, 3])
    array([0., 0., 5.])
    """
    dout, x = floats(dout=dout, x=x)
    need_shape("dout", dout, x.shape, "that of x")
    return np.where(x > 0, dout, np.zeros_like(dout))
