"""Files that students' code must not read, where no rule of the kernel keeps it from them: they are closed, or grading stops.

With Landlock a worker reads what is on its list. Without, as root, it is a user of its own, so that modes decide; and where
it is the grader's own user, nothing does.
"""

import os
from collections.abc import Iterable
from pathlib import Path

import grader
from grader.course import CourseError, find
from grader.grading import intake
from grader.sandbox import limits
from grader.sandbox.closing import is_open
from grader.sandbox.limits import ConfinementError

MOST_NAMED = 3
GO_ON = "To go on all the same, where nobody would try it: --allow-open-files."


def refuse_open_files(submissions: Iterable[Path], others: Iterable[Path]) -> None:
    """Raises `ConfinementError` where a submission's code could read other submissions, hidden tests or answers.

    others: what else is private in this run: the autograder zip, the folder of reports.
    """
    if not limits.LINUX or limits.landlock_abi() > 0:
        return
    if os.geteuid() != 0:
        raise ConfinementError(limits.OPEN_TO_WORKERS)
    found = open_places(submissions, [*others, *our_own()])
    if found:
        named = " ".join(map(str, found[:MOST_NAMED])) + (" …" if len(found) > MOST_NAMED else "")
        raise ConfinementError(
            "this system has no Landlock, and submissions or answers can be read by every user of this machine, students' "
            f"code included. Close them: chmod -R go-rwx {named}   {GO_ON}"
        )


def open_places(submissions: Iterable[Path], others: Iterable[Path]) -> list[Path]:
    """What has to be closed: of submissions the folders that they lie in."""
    folders = [path.parent for path in intake.find(list(submissions)) if is_open(str(path))]
    found = [path for path in others if path.exists() and is_open(str(path))]
    return list(dict.fromkeys(path.resolve() for path in (*folders, *found)))


def our_own() -> list[Path]:
    """The grader and the right answers, as they are installed; of a checkout the masters and what is built of them too."""
    package = Path(grader.__file__).parent
    root = package.parent
    checkout = ("solutions", "course.toml", "dist") if (root / "course.toml").is_file() else ()
    return [package, root / "kerasnets", *(root / name for name in checkout)]


def of_its_course(zipped: Path) -> list[Path]:
    """The masters, topics and seed that an autograder zip in a course's folder was built from: a course need not lie in our
    clone."""
    try:
        root = find(zipped.parent).parent
    except CourseError:
        return []
    return [root / "solutions", root / "course.toml"]
