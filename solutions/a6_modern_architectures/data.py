"""What goes into the student's data.npz: weights that mean nothing, for one module and one block of each kind, and maps to show them."""

import numpy as np

from grader.tasks.catalogue import GRIDS
from grader.tasks.modern.inception.module import INCEPTION_IMAGE
from grader.tasks.modern.residual import RESIDUAL_IMAGE

BUILT = ("inception_naive", "inception_reduced", "residual_identity", "residual_projection")


def data() -> dict[str, np.ndarray]:
    """For each builder its weights, builder_00 and so on, float32; the maps inception_x and residual_x (2, 8, 8, C).

    >>> [name for name in sorted(data()) if "naive" in name][:2], data()["inception_naive_00"].shape
    (['inception_naive_00', 'inception_naive_01'], (1, 1, 16, 8))
    """
    draw = np.random.default_rng(6)
    arrays = {
        f"{name}_{place:02}": rounded(array)
        for name in BUILT
        for place, array in enumerate(GRIDS[name]["random"][0].args[0].draw(draw))
    }
    maps = {"inception_x": INCEPTION_IMAGE, "residual_x": RESIDUAL_IMAGE}
    return arrays | {name: rounded(draw.standard_normal((2, *shape))) for name, shape in maps.items()}


def rounded(array: np.ndarray) -> np.ndarray:
    """In whole 1/256: the same numbers on every machine."""
    return (np.round(array * 256) / 256).astype(np.float32)
