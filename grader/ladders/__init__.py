"""Small inputs to follow a mistake by hand, a ladder of them for each function: `LADDERS[function]`."""

from grader.cnnchecks import Rung
from grader.ladders import layers, lenet, modern

LADDERS: dict[str, list[Rung]] = {**layers.LADDERS, **lenet.LADDERS, **modern.LADDERS}
