"""Small inputs to follow a mistake by hand, a ladder of them for each function: `LADDERS[function]`."""

from grader.cnnchecks import Rung
from grader.ladders import layers, lenet, transfer

LADDERS: dict[str, list[Rung]] = {**layers.LADDERS, **lenet.LADDERS, **transfer.LADDERS}
