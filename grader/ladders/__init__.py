"""Small inputs to follow a mistake by hand, a ladder of them for each function: `LADDERS[function]`."""

from grader.cnnchecks import Rung
from grader.ladders import arithmetic, lab, layers, lenet, modern, transfer, vgg

SUBJECTS = (arithmetic, lab, layers, lenet, modern, transfer, vgg)
LADDERS: dict[str, list[Rung]] = {
    name: rungs for subject in SUBJECTS for name, rungs in subject.LADDERS.items()
}
