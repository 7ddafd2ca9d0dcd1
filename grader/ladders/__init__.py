"""Small inputs to follow a mistake by hand, a ladder of them for each function: `LADDERS[function]`."""

from grader.cnnchecks import Rung
from grader.ladders import lab, layers, lenet

LADDERS: dict[str, list[Rung]] = {**layers.LADDERS, **lenet.LADDERS, **lab.LADDERS}
