"""Hidden cases: what stays fixed (shapes, strides, padding, ties, signs) and what is drawn (values).

`GRIDS[function][grid]` is a tuple of cases. The shapes are chosen so that every draw tells every
misconception that claims the function from the right answer; tests prove it over twenty seeds. They are
small: nested Python loops answer a grid in a fraction of a second.
"""

from grader.cases import layers, lenet, transfer
from grader.cases.kinds import Case, Grid
from grader.networks import NETWORKS

GRIDS: dict[str, Grid] = {**layers.GRIDS, **lenet.GRIDS, **transfer.GRIDS}
for _name in NETWORKS:
    GRIDS[f"{_name}/layers"] = {"plain": (Case("The layers", ()),)}
    GRIDS[f"{_name}/trainable"] = {"plain": (Case("What is trained", ()),)}
