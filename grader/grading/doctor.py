"""Which defences against students' code this machine gives, and what each missing one means."""

import sys
from dataclasses import dataclass

from grader.grading.grade import numpy_alone
from grader.sandbox.client import Zygote
from grader.sandbox.defences import CALLS, FILES, NUMPY_ALONE, PRIVILEGES, USER, Defence, State, holds
from grader.sandbox.limits import LINUX


@dataclass(frozen=True)
class Row:
    """One line of the table: a defence as it is here, and what its absence means."""

    defence: Defence
    without: str


def examine() -> list[Row]:
    """Confine a worker as for a submission, and ask it. Raises `ConfinementError` where grading would stop."""
    with Zygote("numpy") as zygote:
        child = zygote.fork("worker")
        child.end()
    return table(child.defences)


def table(held: tuple[Defence, ...]) -> list[Row]:
    """The defences of a worker, and those that follow from them.

    >>> from grader.sandbox.defences import NO_LANDLOCK
    >>> [row.defence.name for row in table((NO_LANDLOCK,)) if not row.defence.holds][:2]
    ['files', 'processes']
    """
    rows = (*held, processes(held), memory(LINUX), numpy_alone(held))
    return [Row(one, WITHOUT[one.name]) for one in rows]


PROCESSES, MEMORY = "processes", "the grader's memory"
WITHOUT = {
    USER: "submissions run as you; what you may read or write is held by Landlock alone (run as root to have this)",
    FILES: "a submission can read what its user can: fine as root, whose folders are closed; otherwise your home",
    CALLS: "a submission can use the network and look into processes of its user",
    PRIVILEGES: "a set-uid program can give a submission rights back",
    PROCESSES: "what a submission starts can outlive it, or fill the machine",
    MEMORY: "a submission that runs as you can read the hidden cases out of the grader",
    NUMPY_ALONE: "a submission to a NumPy assignment can load TensorFlow by other ways than `import`",
}


def processes(held: tuple[Defence, ...]) -> Defence:
    """Does nothing that a submission starts outlive it?"""
    if holds(held, USER):
        return Defence(PROCESSES, State.HELD, "counted, and ended with the submission")
    if holds(held, CALLS):
        return Defence(PROCESSES, State.HELD, "none can be started")
    return Defence(PROCESSES, State.MISSING, "not counted, and not ended where they leave their group")


def memory(linux: bool) -> Defence:
    """Is the grader's memory closed to processes of its user?"""
    if linux:
        return Defence(MEMORY, State.HELD, "closed to processes of its user")
    return Defence(MEMORY, State.NOT_TRIED, f"the grader has no way to do this on {sys.platform}")
