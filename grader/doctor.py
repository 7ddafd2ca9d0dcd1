"""Which defences against students' code this machine gives, and what each missing one means."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass

from grader.sandbox.client import Zygote
from grader.sandbox.limits import LINUX


@dataclass(frozen=True)
class Defence:
    """One line of the table: what it is, whether it holds here, how, and what its absence means."""

    name: str
    holds: bool
    here: str
    without: str


def examine() -> list[Defence]:
    """Confine a worker as for a submission, and ask it. Raises `ConfinementError` where grading would stop."""
    with Zygote("numpy") as zygote:
        child = zygote.fork("worker")
        child.end()
    return table(child.defences)


def table(held: Mapping[str, str]) -> list[Defence]:
    """The defences of a worker in words.

    >>> [defence.name for defence in table({"files": "not enforced"}) if not defence.holds][:2]
    ['user', 'files']
    """
    user, files = held.get("user", "not here"), held.get("files", "not here")
    calls, privileges = held.get("system calls", "not here"), held.get("privileges", "not here")
    own_user, landlock, seccomp = "unprivileged" in user, "Landlock" in files, "seccomp" in calls
    processes = (
        "counted, and ended with the submission"
        if own_user
        else "none can be started"
        if seccomp
        else "not counted"
    )
    return [
        Defence(
            "user", own_user, user,
            "submissions run as you; what you may read or write is held by Landlock alone (run as root to have this)",
        ),
        Defence(
            "files", landlock, files,
            "a submission can read what its user can: fine as root, whose folders are closed; otherwise your home",
        ),
        Defence("system calls", seccomp, calls, "a submission can use the network and look into processes of its user"),
        Defence("processes", own_user or seccomp, processes, "what a submission starts can outlive it, or fill the machine"),
        Defence("privileges", "set-uid" in privileges, privileges, "a set-uid program can give a submission rights back"),
        Defence(
            "the grader's memory", LINUX, "closed to processes of its user" if LINUX else f"open on {sys.platform}",
            "a submission that runs as you can read the hidden cases out of the grader",
        ),
        Defence(
            "NumPy alone", landlock, "other libraries can't be read" if landlock else "only an import hook",
            "a submission to a NumPy assignment can load TensorFlow by other ways than `import`",
        ),
    ]  # fmt: skip
