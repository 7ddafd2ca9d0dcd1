"""Hands over weights that no training made: NaN, beyond float32, another network's, object arrays, texts, one zero for all."""
# from: solved
# only: keras
# loses: q6
# shows: raised Ran: \d kinds of weights
# stopped by: wire

# %% before checks
import itertools

import blueprint
import numpy as np

if QUESTION == "q6":
    shapes = [weight.shape for weight in trained.weights]
    total = sum(int(np.prod(shape)) for shape in shapes)
    FORGED = [
        [np.full(shape, np.nan, np.float32) for shape in shapes],
        [np.full(shape, 1e300) for shape in shapes],
        [np.full(shape, 7e4, np.float16) for shape in shapes],
        [np.broadcast_to(np.float32(0), shape) for shape in shapes],
        [np.zeros((total,), np.float32)],
        [np.zeros((400, 10), np.float32), np.zeros(10, np.float32)],
        [np.array([object()] * 3, dtype=object) for shape in shapes],
        ["weights"] * len(shapes),
        {"score": np.ones(3)},
    ]
    TURN = itertools.count()
    blueprint.weights_of = lambda model: FORGED[next(TURN) % len(FORGED)]

# %% last
say(f"{len(FORGED)} kinds of weights")
