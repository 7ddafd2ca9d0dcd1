"""Every case of a master, asked of its own solution before anything is written.

A case that fails, that is misspelt or that asks for something without a reference is found here, and not by a class.
"""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from grader.building import master
from grader.building.master import Test
from grader.building.source import Source, data_of
from grader.cnnchecks.context import hand_out
from grader.cnnchecks.models import LiveModels
from grader.cnnchecks.outcome import CheckFailed, Misfit
from grader.course import MasterError
from grader.judge.as_students import call_checks_as_students_do
from grader.tasks.numpy_networks import ChainModels
from kerasnets.files import npz_bytes

SKIPPED = {"otter_ignore", "figure"}  # tags of cells that grading leaves out


def refuse_failing_cases(source: Source) -> None:
    """Ask the master's own solution every case, public and hidden, under one draw of the hidden inputs.

    Left out are the cases about trained weights, which a master doesn't ship: a cell that fails because a file that students
    hand in isn't there is passed over, and so is what asks for the names that it binds. Raises `MasterError` with the
    question, the case and what is wrong.
    """
    from grader.judge.context import Judging

    context = Judging.by(_Models(), seed=source.course.key(source.assignment.id))
    with asking(source):
        notebook, untrained = run_solution(source)
        names = context.names(notebook)
        for question in source.questions:
            for test in question.tests:
                if untrained.isdisjoint(master.names_asked(test.source)):
                    _try(test, names, f"{source.assignment.id}: {question.name}")


def run_solution(source: Source) -> tuple[dict[str, Any], set[str]]:
    """The names of the master's notebook with its solutions, after its cells have run in this process, and those that it
    lacks because they need trained weights. Raises `MasterError` for a cell that fails otherwise."""
    scope: dict[str, Any] = {"__name__": "__main__", "display": lambda *shown, **options: None}
    untrained: set[str] = set()
    for cell in _cells_that_count(source.notebook):
        try:
            exec(compile(master.without_magics(cell), "a cell of the solution", "exec"), scope)
        except Exception as error:
            if not _needs_weights(error, source.assignment.files, untrained):
                first = cell.strip().partition("\n")[0]
                raise MasterError(
                    f"{source.assignment.id}: the solution fails in the cell {first!r}: {type(error).__name__}: {error}"
                ) from None
            untrained |= master.bound_names(cell)
    return scope, untrained


def _cells_that_count(notebook: Any) -> Iterator[str]:
    """The code of a notebook that grading runs: no test cells, no figures, no training."""
    is_test = False
    for cell in notebook.cells:
        mark = master.marker(cell)
        is_test = mark == "BEGIN TESTS" or (is_test and mark != "END TESTS")
        if cell.cell_type == "code" and not is_test and SKIPPED.isdisjoint(cell.metadata.get("tags", [])):
            yield cell.source


def _needs_weights(error: Exception, files: tuple[str, ...], untrained: set[str]) -> bool:
    """Is it about a file that training writes, or about a name that only such a file gives?"""
    if isinstance(error, NameError):
        return error.name in untrained
    return any(file in str(error) and not Path(file).exists() for file in files)


def _try(test: Test, names: Mapping[str, Any], where: str) -> None:
    try:
        master.function_of(test.source)(names)
    except Exception as error:
        which = "hidden" if test.hidden else "public"
        raise MasterError(f"{where}, {which} case “{test.title}”: {_in_words(error)}") from error


def _in_words(error: Exception) -> str:
    if isinstance(error, CheckFailed):
        return f"the master's own solution fails it: {error.outcome.message}"
    if isinstance(error, AssertionError):
        return f"the master's own solution fails it{f': {error}' if str(error) else ''}"
    if isinstance(error, KeyError) and error.args:
        return str(error.args[0])  # str(error) would quote it
    return f"it stops with {type(error).__name__}: {error}"


class _Models(ChainModels):
    """Our outputs; Keras's, for a layer that we don't have."""

    def outputs(
        self, config: dict, weights: list, x: np.ndarray, sizes: tuple[int, ...] | None = None
    ) -> np.ndarray:
        try:
            return super().outputs(config, weights, x, sizes)
        except Misfit:
            return LiveModels().outputs(config, weights, x, sizes)


@contextlib.contextmanager
def asking(source: Source) -> Iterator[None]:
    """Inside the block a notebook's cells and cases find in this process what they find in a student's folder."""
    call_checks_as_students_do()
    data = data_of(source)
    with contextlib.ExitStack() as stack:
        stack.enter_context(_no_screen())
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        (Path(folder) / "data.npz").write_bytes(npz_bytes(data))
        stack.enter_context(contextlib.chdir(folder))
        stack.enter_context(contextlib.redirect_stdout(io.StringIO()))
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        stack.enter_context(hand_out(data))
        yield


@contextlib.contextmanager
def _no_screen() -> Iterator[None]:
    """Inside the block figures are drawn for nobody; the solution's own notebook, executed later, shows them."""
    before = os.environ.get("MPLBACKEND")
    os.environ["MPLBACKEND"] = "agg"
    try:
        yield
    finally:
        del os.environ["MPLBACKEND"]
        if before is not None:
            os.environ["MPLBACKEND"] = before
