"""A class of submissions: found, graded side by side, each with its report on disk as soon as it is there."""

import itertools
import math
import os
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

from grader.files import write_atomically
from grader.grading import intake
from grader.grading.autograder import Autograder
from grader.grading.grade import grade, not_graded
from grader.grading.open_files import refuse_open_files
from grader.grading.runner import failure, know_assignment
from grader.report import Report
from grader.reports import class_report, gradebook, page
from grader.sandbox import limits
from grader.sandbox.client import NoRoom, Zygote

Writer = Callable[[Report, Autograder, Path], Any]  # into the submission's folder

GRADEBOOK, CLASS = "gradebook.csv", "class.html"


WANT_OF_ROOM = "This machine had no room to grade it:"


def grade_all(
    paths: list[Path],
    autograder: Autograder,
    out: Path,
    jobs: int | None = None,
    seed: bytes | None = None,
    done: Callable[[Report], None] = lambda report: None,
    private: Iterable[Path] = (),
    allow_open_files: bool = False,
    also: Iterable[Writer] = (),
) -> list[Report]:
    """Grade every submission in `paths` into `out`. Returns the reports, in the order of the submissions' names.

    private: what students' code must not read beside the submissions: the autograder zip. also: what is written of a report
    beside its page, such as Gradescope's results.json.
    Raises `ConfinementError` where a defence that should work doesn't, or where it isn't there and files are open to students'
    code, unless `allow_open_files`; and at the end `Unfinished` where something could not be written or graded for want of room.
    """
    write = partial(write_report, [*also, write_page])
    limits.hide_memory()
    if not allow_open_files:
        refuse_open_files(paths, private)
    # reports are read by their teacher, not by students' code
    page.import_matplotlib()
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    folders = name_folders(intake.find(paths), out)
    for path, folder in folders.items():
        before = not_graded(path, autograder, "Grading did not finish.", "Tell your instructor.")
        why_unwritten(partial(write, before, autograder, folder))
    reports: dict[Path, Report] = {}
    unwritten: list[Path] = []
    know_assignment(autograder)  # once, before there are threads
    with Zygote(autograder.backend, open_files=allow_open_files) as zygote:
        for path, report in _side_by_side(
            list(folders), autograder, zygote, jobs or os.cpu_count() or 1, seed
        ):
            if why_unwritten(partial(write, report, autograder, folders[path])):
                unwritten.append(path)
            reports[path] = report
            done(report)
    ordered = [reports[path] for path in folders]
    summary = class_report.summarise(ordered, [folder.name for folder in folders.values()])
    of_class = class_report.render(summary)
    # once more, now that no notebook's files are left on the disk
    last: dict[Path, Callable[[], Any]]
    last = {folders[path]: partial(write, reports[path], autograder, folders[path]) for path in unwritten}
    last[out / GRADEBOOK] = partial(gradebook.write_csv, ordered, out / GRADEBOOK)
    last[out / CLASS] = partial(write_atomically, out / CLASS, of_class, private=True)
    trouble = [
        f"{path} could not be written: {why}" for path, write in last.items() if (why := why_unwritten(write))
    ]
    trouble += [
        f"{report.submission} was not graded: {report.error}"
        for report in ordered
        if is_for_want_of_room(report)
    ]
    if trouble:
        raise Unfinished(ordered, trouble)
    return ordered


class Unfinished(Exception):
    """The class is graded, but for what `trouble` names, a sentence each."""

    def __init__(self, reports: list[Report], trouble: list[str]):
        super().__init__("; ".join(trouble))
        self.reports, self.trouble = reports, trouble


def why_unwritten(write: Callable[[], Any]) -> str:
    """What kept a file from being written, such as a full disk: nobody's other report suffers from it. Nothing if it was."""
    try:
        write()
        return ""
    except OSError as error:
        return error.strerror or type(error).__name__
    except Exception as error:  # a defect of ours, or of a library, in what one page shows
        return failure(error)


def _side_by_side(
    paths: list[Path], autograder: Autograder, zygote: Zygote, jobs: int, seed: bytes | None
) -> Iterator[tuple[Path, Report]]:
    """Each submission's report, as soon as it is there. For which the machine had no room, while others were at work, is
    graded once more, alone."""
    again: list[Path] = []
    with _pool(jobs) as pool:
        waiting = {
            pool.submit(_graded_if_there_is_room, path, autograder, zygote, seed): path for path in paths
        }
        try:
            for future in as_completed(waiting):
                if (report := future.result()) is None:
                    again.append(waiting[future])
                else:
                    yield waiting[future], report
        # Ctrl-C, or a defence that fails: what is written stays, what runs ends, nothing new begins
        except BaseException:
            zygote.stop()
            pool.shutdown(cancel_futures=True)
            raise
    for path in again:
        yield path, grade_or_say_why(path, autograder, zygote, seed)


def _pool(jobs: int) -> ThreadPoolExecutor:
    """A pool whose threads run already: later the machine may have no room for another. Fewer, if it has none now."""
    for number in range(jobs, 0, -1):
        pool, all_there = ThreadPoolExecutor(number), Event()
        try:
            for _ in range(number):
                pool.submit(all_there.wait)
            return pool
        except RuntimeError:  # "can't start new thread"
            all_there.set()
            pool.shutdown()
        finally:
            all_there.set()
    raise Unfinished([], ["nothing was graded: this machine has no room for one thread more"])


def _graded_if_there_is_room(
    path: Path, autograder: Autograder, zygote: Zygote, seed: bytes | None
) -> Report | None:
    try:
        return _graded(path, autograder, zygote, seed, math.inf)
    except NoRoom:
        return None


def grade_or_say_why(
    path: Path, autograder: Autograder, zygote: Zygote, seed: bytes | None, deadline: float = math.inf
) -> Report:
    """A defect of ours, or a full machine, costs one submission its grade for now, and not the class."""
    try:
        return _graded(path, autograder, zygote, seed, deadline)
    except NoRoom as error:
        what_to_do = "Nothing: your instructor has to make room, and to grade this again."
        return not_graded(path, autograder, f"{WANT_OF_ROOM} {error}. This zero is no mark.", what_to_do)


def _graded(
    path: Path, autograder: Autograder, zygote: Zygote, seed: bytes | None, deadline: float
) -> Report:
    try:
        return grade(path, autograder, zygote, seed, deadline)
    except Exception as error:
        why, what_to_do = (
            "The grader itself failed; this zero is no mark.",
            "Nothing: your instructor has to grade this again.",
        )
        return not_graded(path, autograder, why, what_to_do, log=(failure(error),))


def is_for_want_of_room(report: Report) -> bool:
    return report.error.startswith(WANT_OF_ROOM)


def name_folders(paths: list[Path], out: Path) -> dict[Path, Path]:
    """A folder of its own for each submission, named as it is: `out/ada`, and `out/ada-2` for a second `ada`.

    Names that differ in case alone, or in how an accent is written, are one name on macOS.
    """
    folders: dict[Path, Path] = {}
    taken = {GRADEBOOK, CLASS}
    for path in paths:
        stem = path.name if path.is_dir() else path.stem
        names = itertools.chain([stem], (f"{stem}-{number}" for number in itertools.count(2)))
        name = next(name for name in names if _on_disk(name) not in taken)
        taken.add(_on_disk(name))
        folders[path] = out / name
    return folders


def _on_disk(name: str) -> str:
    """The same for all names that some file system takes for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


def write_report(writers: Iterable[Writer], report: Report, autograder: Autograder, folder: Path) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    for write in writers:
        write(report, autograder, folder)


def write_page(report: Report, autograder: Autograder, folder: Path) -> None:
    write_atomically(folder / "feedback.html", page.render(report), private=True)
