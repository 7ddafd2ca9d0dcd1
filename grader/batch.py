"""A class of submissions: found, graded side by side, each with its report on disk as soon as it is there."""

import itertools
import math
import os
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from grader import intake
from grader.autograder import Autograder
from grader.files import write_atomically, write_json
from grader.grade import grade, not_graded
from grader.open_files import refuse_open_files
from grader.report import Report
from grader.reports import class_report, gradebook, gradescope, page
from grader.runner import failure, judging
from grader.sandbox import limits
from grader.sandbox.client import Zygote


def grade_all(
    paths: list[Path],
    autograder: Autograder,
    out: Path,
    jobs: int | None = None,
    seed: bytes | None = None,
    done: Callable[[Report], None] = lambda report: None,
    private: Iterable[Path] = (),
    allow_open_files: bool = False,
) -> list[Report]:
    """Grade every submission in `paths` into `out`. Returns the reports, in the order of the submissions' names.

    private: what students' code must not read beside the submissions: the autograder zip.
    Raises `ConfinementError` where a defence that should work doesn't, or where it isn't there and files are open to students'
    code, unless `allow_open_files`.
    """
    limits.hide_memory()
    if not allow_open_files:
        refuse_open_files(paths, private)
    # reports are read by their teacher, not by students' code
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    folders = name_folders(intake.find(paths), out)
    for path, folder in folders.items():
        folder.mkdir(mode=0o700, exist_ok=True)
        write_report(
            not_graded(path, autograder, "Grading did not finish.", "Tell your instructor."),
            autograder,
            folder,
        )
    reports: dict[Path, Report] = {}
    with judging(autograder), Zygote(autograder.backend, open_files=allow_open_files) as zygote:
        for path, report in _side_by_side(
            list(folders), autograder, zygote, jobs or os.cpu_count() or 1, seed
        ):
            write_report(report, autograder, folders[path])
            reports[path] = report
            done(report)
    ordered = [reports[path] for path in folders]
    gradebook.write_csv(ordered, out / GRADEBOOK)
    summary = class_report.summarise(ordered, [folder.name for folder in folders.values()])
    write_atomically(out / CLASS, class_report.render(summary), private=True)
    return ordered


def _side_by_side(
    paths: list[Path], autograder: Autograder, zygote: Zygote, jobs: int, seed: bytes | None
) -> Iterator[tuple[Path, Report]]:
    with ThreadPoolExecutor(jobs) as pool:
        waiting = {pool.submit(grade_or_say_why, path, autograder, zygote, seed): path for path in paths}
        try:
            for future in as_completed(waiting):
                yield waiting[future], future.result()
        except (
            BaseException
        ):  # Ctrl-C, or a defence that fails: what is written stays, what runs ends, nothing new begins
            zygote.stop()
            pool.shutdown(cancel_futures=True)
            raise


def grade_or_say_why(
    path: Path, autograder: Autograder, zygote: Zygote, seed: bytes | None, deadline: float = math.inf
) -> Report:
    """A defect of ours costs one submission its grade for now, and not the class."""
    try:
        return grade(path, autograder, zygote, seed, deadline)
    except Exception as error:
        why, what_to_do = (
            "The grader itself failed; this zero is no mark.",
            "Nothing: your instructor has to grade this again.",
        )
        return not_graded(path, autograder, why, what_to_do, log=(failure(error),))


GRADEBOOK, CLASS = "gradebook.csv", "class.html"


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


def write_report(report: Report, autograder: Autograder, folder: Path) -> None:
    write_json(folder / "results.json", gradescope.to_results(report, autograder.visibility), private=True)
    write_atomically(folder / "feedback.html", page.render(report), private=True)
