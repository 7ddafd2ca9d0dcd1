"""The dense (fully connected) layer, forward and backward."""

from __future__ import annotations

from numpy.typing import ArrayLike

from kerasnets.numpy_layers.checks import Array, floats, need_axes, need_shape


def dense_forward(x: ArrayLike, w: ArrayLike, b: ArrayLike) -> Array:
    """Return x @ w + b, (N, K): every output is a weighted sum of all D inputs and a bias.

    x is (N, D), w (D, K), b (K,). Images are flattened first: `x.reshape(len(x), -1)`. All float32 stays
    float32, anything else is computed in float64. Raises ValueError for shapes that don't fit together, or
    other dtypes. Same values as keras.layers.Dense.

    >>> dense_forward([[1, 2, 3]], [[1, 0], [0, 1], [1, 1]], [10, 20])
    array([[14., 25.]])
    """
    x, w, b = floats(x=x, w=w, b=b)
    _check(x, w)
    need_shape("b", b, w.shape[1:], "one bias per column of w")
    return x @ w + b


def dense_backward(dout: ArrayLike, x: ArrayLike, w: ArrayLike) -> tuple[Array, Array, Array]:
    """Return (dx, dw, db), the loss's gradients in the shapes of x (N, D), w (D, K) and b (K,).

    dout (N, K) is the loss's gradient with respect to `dense_forward(x, w, b)`. The batch is summed over, not
    averaged: a loss that is a mean has its 1/N in dout already. Raises ValueError as the forward does.
    Source: Rumelhart, Hinton and Williams, "Learning representations by back-propagating errors", 1986.

    >>> dx, dw, db = dense_backward([[1, 0], [0, 1]], [[2, 3], [4, 5]], [[1, 10], [100, 1000]])
    >>> dx.tolist(), dw.tolist(), db.tolist()
    ([[1.0, 100.0], [10.0, 1000.0]], [[2.0, 4.0], [3.0, 5.0]], [1.0, 1.0])
    """
    dout, x, w = floats(dout=dout, x=x, w=w)
    _check(x, w)
    need_shape("dout", dout, (len(x), w.shape[1]), "that of the forward's output")
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def _check(x: Array, w: Array) -> None:
    if x.ndim > 2:
        raise ValueError(
            f"x must have 2 axes (N, D); got shape {x.shape}. Flatten it: x.reshape(len(x), -1)."
        )
    need_axes("x", x, "N, D")
    need_axes("w", w, "D, K")
    need_shape("w", w, (x.shape[1], w.shape[1]), "(D, K) with a row for each of x's D columns")
