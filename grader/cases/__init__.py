"""Hidden cases: what stays fixed (shapes, strides, padding, ties, signs) and what is drawn (values).

`GRIDS[function][grid]` is a tuple of cases. The shapes are chosen so that every draw tells every
misconception that claims the function from the right answer; tests prove it over twenty seeds. They are
small: nested Python loops answer a grid in a fraction of a second.
"""

from grader.cases import arithmetic, lab, layers, lenet, modern, transfer, vgg
from grader.cases.kinds import Case, Grid
from grader.networks import NETWORKS

SUBJECTS = (arithmetic, lab, layers, lenet, modern, transfer, vgg)
GRIDS: dict[str, Grid] = {name: grid for subject in SUBJECTS for name, grid in subject.GRIDS.items()}
for _name in NETWORKS:
    GRIDS[f"{_name}/layers"] = {"plain": (Case("The layers", ()),)}
    GRIDS[f"{_name}/trainable"] = {"plain": (Case("What is trained", ()),)}
