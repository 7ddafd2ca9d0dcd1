"""Gradients by the book: the whole Jacobian matrix of a layer is written down and multiplied with dout."""

import numpy as np


def relu_forward(x):
    return (np.abs(x) + x) / 2


def relu_backward(dout, x):
    jacobian = np.diag((x.ravel() > 0).astype(float))
    return (dout.ravel() @ jacobian).reshape(x.shape)


def dense_backward(dout, x, w):
    n, units = dout.shape
    by_x = np.kron(np.eye(n), w)  # (N·D, N·M): output (n, m) changes with input (n, d) by w[d, m]
    by_w = np.kron(x.T, np.eye(units))  # (D·M, N·M)
    by_b = np.tile(np.eye(units), n)  # (M, N·M)
    dx, dw, db = (jacobian @ dout.ravel() for jacobian in (by_x, by_w, by_b))
    return dx.reshape(x.shape), dw.reshape(w.shape), db


def softmax_cross_entropy(logits, labels):
    losses, gradients = [], []
    for z, label in zip(logits, labels, strict=True):
        p = np.exp(z - z.max())
        p = p / p.sum()
        jacobian = np.diag(p) - np.outer(p, p)  # of the softmax
        losses.append(np.log(np.exp(z - z.max()).sum()) - (z[label] - z.max()))
        # the loss's derivative by p is -1/p at the label; the quotient stays 1 where p is 0
        gradients.append(-jacobian[label] / p[label] if p[label] > 0 else p - (np.arange(len(p)) == label))
    return np.mean(losses), np.array(gradients) / len(labels)


def global_avg_pool2d_backward(dout, x):
    n, h, w, c = x.shape
    jacobian = np.kron(np.eye(n), np.tile(np.eye(c), h * w)) / (h * w)  # (N·C, N·H·W·C)
    return (dout.ravel() @ jacobian).reshape(x.shape)
