"""An attack: a small file in `attacks/<family>/`, and the submission that it becomes.

An attack's file is a script. Its docstring says what it tries; comments after it say what is needed to judge it:

    # from: solved             the notebook that it starts from: `skeleton` (nothing solved, the default) or `solved`
    # loses: q3, q10           questions of a solved notebook that it has no right to; all others must keep their points
    # shows: raised Ran: …     a regular expression that the report must match: how it shows that it ran
    # only: numpy              where it runs, if not everywhere: `numpy` (a3) or `keras` (a4)
    # tried: network, file     what the report must say that it tried: network, process, signal, file, below
    # stopped by: seccomp      the defence without which it succeeds, where `test_ablations.py` shows that

and its cells say where they go: `# %% first`, `# %% last`, `# %% before checks` (one before each `grader.check`, with
`NAMES`, what it grades), `# %% after NAME` (the cell that defines NAME). Code under `# %% upload` runs here, not in the
notebook: it changes `files`, {name: bytes} of the zip to hand in, or sets `archive`, the bytes of the whole upload.
"""

import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from grader.files import zip_bytes

HERE = Path(__file__).parent
SAMPLES = HERE.parent / "submissions"
SOLVED = {"a3_numpy_convnet": "correct_im2col.ipynb", "a4_lenet": "correct_sequential.zip"}
BACKENDS = {"a3_numpy_convnet": "numpy", "a4_lenet": "keras"}

GIVEN = '''
class Ran(Exception):
    """How an attack tells that it ran: the report names every cell that raised, and the seal doesn't close that."""

def say(words):
    try:
        with open(f"{DROP}/{ATTACK}", "a") as file:  # outside of what a notebook may write
            file.write(str(words) + "\\n")
    except OSError:
        pass
    raise Ran(words)

def attempt(function, *arguments, **options):
    """What came of it, in words: the answer, or the name of the exception."""
    try:
        return str(function(*arguments, **options))
    except BaseException as error:
        return type(error).__name__
'''


@dataclass(frozen=True)
class Attack:
    """One file of the battery."""

    path: Path

    @property
    def family(self) -> str:
        return self.path.parent.name

    @property
    def name(self) -> str:
        return f"{self.family}/{self.path.stem}"

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def tries(self) -> str:
        """The docstring, as one line."""
        return " ".join(self.text.split('"""')[1].split())

    @property
    def solved(self) -> bool:
        return self._entry("from", "skeleton") == "solved"

    @property
    def shows(self) -> str:
        return self._entry("shows", "")

    @property
    def stopped_by(self) -> tuple[str, ...]:
        return tuple(re.findall(r"[\w-]+", self._entry("stopped by", "")))

    @property
    def tried(self) -> tuple[str, ...]:
        return tuple(re.findall(r"\w+", self._entry("tried", "")))

    def runs_in(self, assignment: str) -> bool:
        return self._entry("only", BACKENDS[assignment]) == BACKENDS[assignment]

    def honest(self, points: dict[str, float]) -> float:
        """The score that the work in it deserves."""
        lost = re.findall(r"q\d+", self._entry("loses", ""))
        return (
            sum(worth for question, worth in points.items() if question not in lost) if self.solved else 0.0
        )

    def _entry(self, key: str, default: str) -> str:
        found = re.search(rf"^# {key}: (.*)$", self.text.partition("# %%")[0], re.MULTILINE)
        return found[1].strip() if found else default

    @property
    def sections(self) -> Iterator[tuple[str, str]]:
        """("first", its code), ..."""
        parts = re.split(r"^# %% (.*)$", self.text, flags=re.MULTILINE)[1:]
        yield from zip(
            (title.strip() for title in parts[::2]), (code.strip("\n") for code in parts[1::2]), strict=True
        )


def battery(only: str = "") -> list[Attack]:
    """The attacks, or those whose name has one of these in it: `battery("/patched_,escaping/")`."""
    attacks = [Attack(path) for path in sorted((HERE / "attacks").glob("*/*.py"))]
    return [attack for attack in attacks if any(part in attack.name for part in only.split(","))]


def submission(
    attack: Attack, assignment: str, questions: dict[str, list[str]], places: dict[str, str]
) -> tuple[str, bytes]:
    """(file name, bytes) of what the attacker hands in. `places` are constants that the notebook is given: a real
    attacker knows the lie of the land from an earlier submission."""
    base = SOLVED[assignment] if attack.solved else "skeleton.ipynb"
    files = _files(SAMPLES / assignment / base)
    notebook_name = next(name for name in files if name.endswith(".ipynb"))
    notebook = json.loads(files[notebook_name])
    constants = "\n".join(
        f"{name} = {value!r}" for name, value in {**places, "ATTACK": attack.name.replace("/", "-")}.items()
    )
    placed = [("first", constants + GIVEN)]
    upload = ""
    for title, code in attack.sections:
        if title == "upload":
            upload += code
        else:
            placed.append((title, code))
    notebook["cells"] = list(_with(notebook["cells"], placed, questions))
    files[notebook_name] = json.dumps(notebook).encode()
    scope: dict[str, Any] = {"files": files, "notebook": notebook_name, "archive": None}
    exec(compile(upload, attack.path, "exec"), scope)  # ours: a file of this folder
    name = f"{attack.name.replace('/', '-')}"
    if scope["archive"] is not None:
        return f"{name}.zip", scope["archive"]
    if list(files) == [notebook_name]:
        return f"{name}.ipynb", files[notebook_name]
    return f"{name}.zip", zip_bytes(files)


def _files(path: Path) -> dict[str, bytes]:
    if path.suffix == ".ipynb":
        return {"notebook.ipynb": path.read_bytes()}
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _with(
    cells: list[dict], placed: list[tuple[str, str]], questions: dict[str, list[str]]
) -> Iterator[dict]:
    """The notebook's cells with the attack's among them."""
    yield from (_cell(code) for title, code in placed if title == "first")
    for cell in cells:
        source = "".join(cell["source"])
        asked = re.search(r'grader\.check\("(q\d+)"\)', source)
        if asked and cell["cell_type"] == "code":
            names = f"QUESTION, NAMES = {asked[1]!r}, {questions[asked[1]]!r}\n"
            yield from (_cell(names + code) for title, code in placed if title == "before checks")
        yield cell
        defined = re.findall(r"^def (\w+)\(", source, re.MULTILINE)
        yield from (_cell(code) for title, code in placed if title.removeprefix("after ") in defined)
    yield from (_cell(code) for title, code in placed if title == "last")


def _cell(source: str) -> dict[str, Any]:
    return {
        "cell_type": "code", "id": "attack", "metadata": {}, "source": source, "outputs": [], "execution_count": None
    }  # fmt: skip
