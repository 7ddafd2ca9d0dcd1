"""Our convolution beside TensorFlow's, one thread each, on layers of LeNet, AlexNet, VGG and on 1×1 kernels.

    python benchmarks/conv.py [--write]

The two run in turn, so that a busy machine slows both, and each number is a median, in milliseconds. The
floor is the same multiplications as one matrix product (two for the backward), of matrices that already lie
in memory. Results are compared before anything is timed.
"""

from __future__ import annotations

import os

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
import tensorflow as tf

from grader.auditing import measured
from kerasnets.numpy_layers import conv2d_backward, conv2d_forward

ROUNDS = 15


@dataclass(frozen=True)
class Shape:
    name: str
    x: tuple[int, int, int, int]  # (N, H, W, C)
    w: tuple[int, int, int, int]  # (KH, KW, C, K)
    strides: int = 1
    padding: str = "same"


SHAPES = (
    Shape("LeNet C1   5×5    1→6", (32, 28, 28, 1), (5, 5, 1, 6)),
    Shape("LeNet C3   5×5    6→16", (32, 14, 14, 6), (5, 5, 6, 16), padding="valid"),
    Shape("AlexNet 1  11×11s4 3→96", (2, 227, 227, 3), (11, 11, 3, 96), 4, "valid"),
    Shape("AlexNet 2  5×5   96→256", (4, 27, 27, 96), (5, 5, 96, 256)),
    Shape("VGG 1.1    3×3    3→64", (1, 224, 224, 3), (3, 3, 3, 64)),
    Shape("VGG 1.2    3×3   64→64", (1, 112, 112, 64), (3, 3, 64, 64)),
    Shape("VGG 3.1    3×3  128→256", (2, 56, 56, 128), (3, 3, 128, 256)),
    Shape("VGG 4.1    3×3  256→512", (2, 28, 28, 256), (3, 3, 256, 512)),
    Shape("GoogLeNet  1×1  192→64", (4, 28, 28, 192), (1, 1, 192, 64)),
    Shape("ResNet     1×1  512→128", (4, 28, 28, 512), (1, 1, 512, 128)),
)

Contest = dict[str, Callable[[], list[np.ndarray]]]  # who -> what it runs


def contests(shape: Shape) -> tuple[Contest, Contest]:
    """Return what ours, TensorFlow and the bare product run forward, and backward."""
    rng = np.random.default_rng(0)
    x, w, b = (rng.standard_normal(s, np.float32) for s in (shape.x, shape.w, shape.w[3:]))
    how = (shape.strides, shape.padding)
    dout = rng.standard_normal(conv2d_forward(x, w, b, *how).shape, np.float32)
    tx, tw, tb, tdout = (tf.constant(a) for a in (x, w, b, dout))
    rule = shape.padding.upper()
    tf_how = {"strides": [1, shape.strides, shape.strides, 1], "padding": rule}

    kernels, pixels = w.reshape(-1, w.shape[3]), dout.reshape(-1, w.shape[3])
    patches = rng.standard_normal((len(pixels), len(kernels)), np.float32)

    def tensorflow_backward() -> list[np.ndarray]:
        dx = tf.raw_ops.Conv2DBackpropInput(input_sizes=x.shape, filter=tw, out_backprop=tdout, **tf_how)
        dw = tf.raw_ops.Conv2DBackpropFilter(input=tx, filter_sizes=w.shape, out_backprop=tdout, **tf_how)
        return [dx.numpy(), dw.numpy(), tf.reduce_sum(tdout, (0, 1, 2)).numpy()]

    forward: Contest = {
        "ours": lambda: [conv2d_forward(x, w, b, *how)],
        "tf": lambda: [tf.nn.bias_add(tf.nn.conv2d(tx, tw, shape.strides, rule), tb).numpy()],
        "floor": lambda: [patches @ kernels],
    }
    backward: Contest = {
        "ours": lambda: list(conv2d_backward(dout, x, w, *how)),
        "tf": tensorflow_backward,
        "floor": lambda: [patches.T @ pixels, pixels @ kernels.T],
    }
    return forward, backward


def agree(contest: Contest) -> None:
    """Stop unless ours and TensorFlow's are equal up to float32's rounding; this also warms both up."""
    for ours, theirs in zip(contest["ours"](), contest["tf"](), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-4 * np.abs(theirs).max())


def medians(contest: Contest) -> dict[str, float]:
    """Return each one's median time in milliseconds, over rounds in which they take turns."""
    times: dict[str, list[float]] = {who: [] for who in contest}
    for _ in range(ROUNDS):
        for who, run in contest.items():
            start = perf_counter()
            run()
            times[who].append(1000 * (perf_counter() - start))
    return {who: median(ms) for who, ms in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="keep the figures for docs/figures.md")
    write, load = parser.parse_args().write, measured.load_now()
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    print(f"{'':25}|{'forward, ms':^36}|{'backward, ms':^36}|")
    print(f"{'layer':25}|" + f"{'ours':>8}{'TF':>8}{'floor':>8}{'ours/TF':>11} |" * 2)
    ratios: tuple[list[float], list[float]] = ([], [])
    for shape in SHAPES:
        row = f"{shape.name:25}|"
        for contest, found in zip(contests(shape), ratios, strict=True):
            agree(contest)
            ms = medians(contest)
            found.append(ms["ours"] / ms["tf"])
            row += f"{ms['ours']:8.2f}{ms['tf']:8.2f}{ms['floor']:8.2f}{found[-1]:11.2f} |"
        print(row, flush=True)
    print(f"{'median':25}|" + "".join(f"{median(found):35.2f} |" for found in ratios))
    if write:
        sides = zip(("forward", "backward"), ratios, strict=True)
        figures = {
            f"{side}, ours / TensorFlow's": f"{median(found):.2f}, median of {len(found)} layers"
            for side, found in sides
        }
        measured.keep(Path(__file__).parents[1], "conv", measured.command(), load, figures)


if __name__ == "__main__":
    main()
