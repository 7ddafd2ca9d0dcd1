"""The IPython shell of a worker: to a notebook what its kernel is, but without a screen, a disk, a network or a person."""

import ast
import fnmatch
import linecache
import re
from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import Any, NamedTuple

# magics of a notebook's kernel for which there is nothing here to clear, to page, to save or to start
IDLE = ("autosave", "clear", "cls", "connect_info", "less", "man", "more", "qtconsole", "rehashx", "subshell")
RUNS_CODE = (
    "time",
    "timeit",
    "prun",
    "run",
    "debug",
)  # magics whose exceptions are those of the notebook's code
MAGIC = re.compile(r"(?:\w+ *= *)?get_ipython\(\)\.run_line_magic\('(\w+)'")
DEVICE = re.compile(r"gpu|tpu|cuda|physical_devices", re.IGNORECASE)
MOST_LEFT_OUT = 20  # statements of a cell


class Memory(dict[str, Any]):
    """Where a shell keeps what `%store`, `%bookmark` and `%cd` remember, for as long as it lives; in a kernel a folder.

    >>> del Memory()["nothing"]
    """

    def keys(self, pattern: str = "*") -> Any:
        """Those that a pattern such as "autorestore/*" names.

        >>> Memory({"autorestore/x": 1, "dhist": []}).keys("autorestore/*")
        ['autorestore/x']
        """
        return fnmatch.filter(self, pattern)

    def __delitem__(self, key: str) -> None:
        self.pop(key, None)


def make_shell() -> Any:
    """An IPython shell without history, colours, hooks or threads; made in the zygote, so that a fork brings it along."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.autocall = 0
    shell = InteractiveShell.instance(config=config)  # the one that `IPython.get_ipython()` finds
    # what a traceback calls a cell
    shell.compile.get_code_name = lambda raw, transformed, number: f"cell {number}"
    # drawing a traceback costs 0.1 s, and nobody looks at it
    shell.showtraceback = shell.showsyntaxerror = lambda *args, **kwargs: None
    # nor at what is displayed, at figures and windows
    shell.display_formatter.format = lambda *args, **kwargs: ({}, {})
    shell.enable_matplotlib = lambda gui=None: (None, "agg")
    shell.enable_gui = lambda gui=None: None
    shell.system = lambda command: None  # `!pip install …` has no network here, and would wait for it
    shell.getoutput = lambda command, split=True, depth=0: [] if split else ""
    shell.ask_exit = lambda: None
    shell.db = Memory()
    shell.extension_manager.load_extension("storemagic")  # as a kernel does
    for name in IDLE:
        shell.register_magic_function(lambda line: None, magic_name=name)
    shell.user_ns.update(dict.fromkeys(("_i", "_ii", "_iii"), ""))
    return shell


class Ran(NamedTuple):
    """What came of a cell: the exception that stopped it, and those of statements that were left out."""

    error: BaseException | None
    left_out: tuple[BaseException, ...] = ()


def run_cell(shell: Any, index: int, source: str, unbound: set[str]) -> Ran:
    """Run a cell, magics included. A statement at its top level that can't do its work here is left out, and the rest runs.

    Such a statement imports what isn't there, opens a missing file, asks a person or a device, or uses a name that only a
    statement left out before would have bound. Those names are kept in `unbound`.
    """
    place = f"cell {index}"
    left_out: list[BaseException] = []
    shell.execution_count = index
    whole = None
    while True:
        result = shell.run_cell(source, store_history=False)
        whole = whole or linecache.cache.get(place)
        if whole is not None:
            linecache.cache[place] = whole  # what a traceback quotes
        error = result.error_before_exec or result.error_in_exec
        if error is None or result.error_before_exec or len(left_out) == MOST_LEFT_OUT:
            return Ran(error, tuple(left_out))
        source = shell.transform_cell(source)
        statement = _statement(ast.parse(source), error, place)
        if statement is None or not _cannot_work_here(
            error, ast.get_source_segment(source, statement) or "", unbound
        ):
            return Ran(error, tuple(left_out))
        unbound.update(_names_bound(statement))
        left_out.append(error)
        source = _behind(source, statement)


def _statement(module: ast.Module, error: BaseException, place: str) -> ast.stmt | None:
    """The statement at a cell's top level in which an exception was raised."""
    where = next((p for frame, p in _positions(error.__traceback__) if _is_top(frame, place)), None)
    if where is None:
        return None
    return next((s for s in module.body if (s.end_lineno or 0, s.end_col_offset or 0) > where), None)


def _is_top(frame: FrameType, place: str) -> bool:
    return frame.f_code.co_filename == place and frame.f_code.co_name.startswith(
        ("<module>", "<cell line")  # the second in older versions of IPython
    )


def _positions(trace: TracebackType | None) -> Iterator[tuple[FrameType, tuple[int, int]]]:
    """The frames of a traceback, and line and column of each."""
    while trace is not None:
        line, _, column, _ = list(trace.tb_frame.f_code.co_positions())[trace.tb_lasti // 2]
        yield trace.tb_frame, (line or trace.tb_lineno, column or 0)
        trace = trace.tb_next


def _cannot_work_here(error: BaseException, statement: str, unbound: set[str]) -> bool:
    """Is it the place that a statement fails for, and not what it computes?"""
    if type(error) is Exception:  # Keras words a failed download so
        error = error.__context__ or error
    if isinstance(error, NameError):
        return error.name in unbound
    # what IPython raises where nobody can be asked, and for a magic that isn't there
    of_the_shell = type(error).__name__ in ("StdinNotImplementedError", "UsageError")
    if isinstance(error, (ImportError, OSError, EOFError)) or of_the_shell:
        return True
    magic = MAGIC.match(statement)
    return (magic is not None and magic[1] not in RUNS_CODE) or DEVICE.search(statement) is not None


def _names_bound(statement: ast.stmt) -> set[str]:
    """The names that a statement would have bound.

    >>> sorted(_names_bound(ast.parse("import a.b, c as d").body[0])), _names_bound(ast.parse("x = y").body[0])
    (['a', 'd'], {'x'})
    """
    names = set()
    for node in ast.walk(statement):
        match node:
            case ast.alias():
                names.add(node.asname or node.name.partition(".")[0])
            case ast.Name(ctx=ast.Store()):
                names.add(node.id)
            case ast.FunctionDef() | ast.ClassDef():
                names.add(node.name)
    return names


def _behind(source: str, statement: ast.stmt) -> str:
    """What stands behind a statement, on the lines where it stood. IPython would strip empty lines in front.

    >>> _behind("import a; x = 1\\ny = 2", ast.parse("import a").body[0])
    'pass; x = 1\\ny = 2'
    """
    line, column = statement.end_lineno or 0, statement.end_col_offset or 0
    lines = source.split("\n")
    rest = lines[line - 1].encode()[column:].decode()
    return "\n".join([*["pass"] * (line - 1), f"pass{rest}", *lines[line:]])
