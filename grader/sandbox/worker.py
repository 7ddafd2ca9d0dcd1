"""The process that runs one student's notebook and answers calls to what it defined.

It knows the notebook, the student folder's own files and the inputs it is asked about; no hidden test, no reference,
no result. It imports nothing of ours but its neighbours here, and what it says is a claim, never a verdict.
"""

import builtins
import importlib
import linecache
import re
import sys
import threading
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from grader.sandbox.audit_hook import Watch
from grader.sandbox.packages import REFUSALS
from grader.sandbox.shell import run_cell
from grader.sandbox.wire import Channel, WireError

MAX_MESSAGE = 600  # characters of an exception's text


def serve(channel: Channel, shell: Any, backend: str, own: list[str], writable: list[str]) -> None:
    """Answer requests until the judge hangs up. `own` is what a notebook may open, `writable` what of it it may change."""
    notebook = Notebook(shell)
    install_otter(notebook)
    say_what_is_missing(REFUSALS[backend])
    forget_ourselves()
    aloud = False  # does the judge want to be told of what is tried before the answer?
    sending = threading.Lock()

    def send(value: dict[str, Any]) -> None:
        with sending:
            channel.send(value)

    def tell(kind: str) -> None:
        """Between the frames of an answer, from whatever thread; while one is being sent, the next answer has it."""
        if aloud and sending.acquire(blocking=False):
            try:
                channel.send({"heard": kind})
            finally:
                sending.release()

    watch = Watch(own, writable, tell)
    watch.listen()
    operations: dict[str, Callable[..., dict[str, Any]]]
    operations = {
        "cell": notebook.run_cell,
        "look": notebook.look,
        "call": notebook.call,
        "model": notebook.model,
    }
    while True:
        try:
            request = channel.receive()
        except EOFError:
            return
        aloud = request.pop("aloud", False)
        answer = operations[request.pop("op")](**request)
        try:
            send(answer | {"tried": watch.take()})
        except WireError:  # no exception of the notebook's: its answer is too large
            send({"withheld": True, "tried": watch.take()})


class Notebook:
    """A student's namespace, and what it was when the notebook asked for each question's check."""

    def __init__(self, shell: Any):
        self.shell = shell
        self.bound: dict[str, dict[str, Any]] = {}
        self.unbound: set[str] = set()  # names that only statements bind which were left out

    def run_cell(self, index: int, source: str) -> dict[str, Any]:
        """Run one cell, and go on behind statements that can't do their work here."""
        error, left_out = run_cell(self.shell, index, source, self.unbound)
        done = {"done": True} if error is None else _describe(error)
        return done | ({"left_out": [_describe(each)["raised"] for each in left_out]} if left_out else {})

    def remember(self, question: str) -> None:
        self.bound[question] = dict(self.shell.user_ns)

    def _object(self, question: str, name: str) -> Any:
        """What `name` was bound to at the question's check cell; if it wasn't yet, what it is now."""
        bound = self.bound.get(question, {})
        return bound[name] if name in bound else self.shell.user_ns[name]

    @contextmanager
    def _as_at_the_check(self, question: str) -> Iterator[None]:
        """Names are what they were when Otter would have asked: a later cell may say `del np`, or use one again.

        Names that came later stay, unless they hide Python's own (`from numpy import *`); NumPy is as strict about
        overflow as it is by itself.
        """
        names = self.shell.user_ns
        later, then = dict(names), self.bound.get(question)
        if then is not None:
            for name in [name for name in later if name not in then and hasattr(builtins, name)]:
                del names[name]
            names.update(then)
        try:
            with np.errstate(divide="warn", over="warn", under="ignore", invalid="warn"):
                yield
        finally:
            names.clear()
            names.update(later)

    def look(self, question: str, name: str) -> dict[str, Any]:
        try:
            value = self._object(question, name)
        except KeyError:
            return {"kind": "missing"}
        return {"kind": "callable"} if callable(value) else {"kind": "value", "value": value}

    def call(self, question: str, name: str, args: tuple, kwargs: dict) -> dict[str, Any]:
        """Call a function of the student's. The reply carries those arguments that the call changed."""
        before = [_copy(value) for value in args]
        try:
            with self._as_at_the_check(question):
                value = self._object(question, name)(*args, **kwargs)
        except BaseException as error:  # SystemExit and KeyboardInterrupt are the student's too
            return _by_its_parent(_describe(error), error)
        changed = {
            i: value for i, (value, old) in enumerate(zip(args, before, strict=True)) if not _same(value, old)
        }
        return {"value": value, "changed": changed}

    def model(self, question: str, name: str, weights: bool = False) -> dict[str, Any]:
        """The blueprint of a model or of a function that builds one; of a live model its weights too, if asked for."""
        try:
            blueprint = importlib.import_module("blueprint")
            value = self._object(question, name)
            with self._as_at_the_check(question):
                plan = blueprint.of(value).to_dict()
                arrays = blueprint.weights_of(value) if weights else None
            return {"value": {"blueprint": plan, "weights": arrays}}
        except BaseException as error:
            return _describe(error)


def _copy(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return value


def _same(value: Any, old: Any) -> bool:
    if isinstance(old, np.ndarray):
        return isinstance(value, np.ndarray) and value.tobytes() == old.tobytes() and value.shape == old.shape
    if isinstance(old, dict):
        return value.keys() == old.keys() and all(_same(value[key], old[key]) for key in old)
    return True


def _describe(error: BaseException) -> dict[str, Any]:
    """An exception as text, with the notebook line it came from. Even `__str__` is the student's code."""
    try:
        message = str(error)[:MAX_MESSAGE]
    except BaseException:
        message = "(its message could not be read: its __str__ raises)"
    return _raised(type(error).__name__[:80], message, _notebook_line(error))


def _by_its_parent(described: dict[str, Any], error: BaseException) -> dict[str, Any]:
    """An answer's exception: a class of the notebook's own by its parent, as a subclass of ValueError is one."""
    kind = next(kind.__name__ for kind in type(error).__mro__ if kind.__module__ != "__main__")
    return {"raised": {**described["raised"], "type": kind[:80]}}


def _raised(kind: str, message: str, line: str) -> dict[str, Any]:
    return {"raised": {"type": kind, "message": message, "line": line}}


def _notebook_line(error: BaseException) -> str:
    """The innermost line of the notebook in a traceback: "cell 7, line 3: `out[i] = x`"."""
    if isinstance(error, SyntaxError) and error.lineno:
        return f"{error.filename}, line {error.lineno}: `{(error.text or '').strip()[:80]}`"
    found, trace = "", error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if re.fullmatch(r"cell \d+", name):
            found = (
                f"{name}, line {trace.tb_lineno}: `{linecache.getline(name, trace.tb_lineno).strip()[:80]}`"
            )
        trace = trace.tb_next
    return found


def install_otter(notebook: Notebook) -> None:
    """Put a stand-in for `otter` where the notebook imports it: a check only marks the place, an export does nothing."""

    class Grader:
        def __init__(self, *args: Any, **kwargs: Any):
            del args, kwargs

        def check(self, question: str, *args: Any, **kwargs: Any) -> None:
            notebook.remember(str(question))

        def check_all(self, *args: Any, **kwargs: Any) -> None:
            """The whole notebook is asked anyway."""

        export = to_pdf = add_plugin_files = run_plugin = check_all

    stub = types.ModuleType("otter")
    stub.Notebook = Grader  # type: ignore[attr-defined]  # a module made by hand
    sys.modules["otter"] = stub


def say_what_is_missing(words: str) -> None:
    """Word the refusal of a library that isn't on the list. What the process may read is the boundary; this only explains."""
    original = builtins.__import__

    def explaining(name: str, *args: Any, **kwargs: Any) -> Any:
        try:
            return original(name, *args, **kwargs)
        except ModuleNotFoundError as error:
            if error.name is None or error.name != name.partition(".")[0]:
                raise  # a part of a library that is here, or what another module is missing
            raise ModuleNotFoundError(words.format(error.name), name=error.name) from None

    builtins.__import__ = explaining


def forget_ourselves() -> None:
    """`import grader` finds nothing: what this process has of us is loaded."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "grader"]:
        del sys.modules[name]
