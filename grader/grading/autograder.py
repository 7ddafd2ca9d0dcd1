"""The teacher's zip, read once for a whole class: Otter's tests and configuration, and `kerasnets.json`."""

import hashlib
import hmac
import io
import json
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from grader.course import MAKE_A_SEED, PUBLIC_SEEDS, SHIPPED_TERM, Policy, key_of
from grader.report import ByHand, QuestionResult
from grader.tasks.own_topics import NONE, Topics, of_zip

OTTER_CONFIG, MANIFEST = "otter_config.json", "kerasnets.json"
PUBLIC_SEED = (
    "the hidden cases of {} are drawn from the seed that the public repository ships, so whoever has that can know them. "
    f"Make a seed of your own ({MAKE_A_SEED}), put it in course.toml under [course] as seed, and run: kerasnets build"
)


class AutograderError(Exception):
    """A zip that isn't one of ours: what is missing and how to make it."""


@dataclass(frozen=True)
class Autograder:
    """Everything the judge knows about an assignment. It stays in the judge's memory; only `files` reach a worker."""

    id: str
    title: str
    backend: str
    visibility: str
    seconds: float
    accepted: tuple[str, ...]  # names of files that may be handed in beside the notebook
    key: bytes  # of the hidden inputs
    questions: dict[str, list[str]]  # question -> names it grades
    points: dict[str, float]
    titles: dict[str, str]
    by_hand: tuple[ByHand, ...]
    skipped: frozenset[str]  # ids and digests of the cells that grading leaves out
    tests: dict[str, str]  # path -> source of Otter's test files
    models: dict[str, Any]  # blueprints of the reference models, so that the judge needs no Keras
    files: dict[str, bytes]  # what a student's folder has beside the notebook
    otter_config: dict[str, Any]
    gradescope: Policy
    term: str = SHIPPED_TERM
    untouched: frozenset[str] = frozenset()  # digests of the hand-out's notebooks as they are given
    topics: Topics = NONE  # of its own, to be loaded before anything is judged

    @property
    def extensions(self) -> tuple[str, ...]:
        return tuple(sorted({name[name.index(".") :] for name in self.accepted}))

    @cached_property
    def data(self) -> dict[str, np.ndarray]:
        """The arrays of the hand-out's data.npz."""
        with np.load(io.BytesIO(self.files["data.npz"]), allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}

    @property
    def has_public_seed(self) -> bool:
        """Is its key drawn from a seed that everybody has? Found by the key, of whatever term it is."""
        return self.key in [key_of(seed, self.term, self.id) for seed in PUBLIC_SEEDS]

    def seed(self, submission: str) -> bytes:
        """Whence a submission's hidden inputs are drawn: the same for a rerun, another for anyone else."""
        return hmac.new(self.key, submission.encode(), hashlib.sha256).digest()

    def no_results(self) -> tuple[QuestionResult, ...]:
        """Every question without a verdict: what a report of a submission that can't be graded shows."""
        return tuple(self.question_result(name) for name in self.questions)

    def question_result(self, name: str, **entries: Any) -> QuestionResult:
        short = self.id.partition("_")[0]
        return QuestionResult(f"{short}.{name}", name, self.points[name], title=self.titles[name], **entries)

    def test_files(self) -> list[Any]:
        """Otter's own test files, fresh, in the order of the questions."""
        from otter.test_files import ExceptionTestFile

        files = [ExceptionTestFile.from_string(source, path=path) for path, source in self.tests.items()]
        order = list(self.questions)
        return sorted(files, key=lambda file: order.index(file.name))


def read(path: Path) -> Autograder:
    """Read an autograder zip, or the folder that it was unpacked to. Raises `AutograderError`."""
    try:
        return from_files(_unpacked(path) if path.is_dir() else _packed(path))
    except FileNotFoundError:
        raise AutograderError(f"{path} isn't there; make it with: kerasnets build") from None
    except (OSError, zipfile.BadZipFile) as error:
        raise AutograderError(f"{path} can't be read as a zip: {error}") from None
    except (KeyError, ValueError, TypeError) as error:
        raise AutograderError(
            f"{path} is not an autograder zip of kerasnets ({error}); make it with: kerasnets build"
        ) from None


def from_files(content: dict[str, bytes]) -> Autograder:
    """An autograder of a zip's files, {name: bytes}."""
    manifest = json.loads(content[MANIFEST])
    return Autograder(
        id=manifest["id"],
        title=manifest["title"],
        backend=manifest["backend"],
        visibility=manifest["visibility"],
        seconds=float(manifest["seconds"]),
        accepted=tuple(manifest["files"]),
        key=bytes.fromhex(manifest["key"]),
        questions=manifest["questions"],
        points={name: float(points) for name, points in manifest["points"].items()},
        titles=manifest["titles"],
        by_hand=tuple(
            ByHand(f"{manifest['id'].partition('_')[0]}.{name}", name, entry["title"], float(entry["points"]))
            for name, entry in manifest.get("manual", {}).items()
        ),
        skipped=frozenset(manifest["skipped"]),
        models=manifest["models"],
        tests={
            name: data.decode()
            for name, data in content.items()
            if name.startswith("tests/") and name.endswith(".py")
        },
        files={
            name.removeprefix("files/"): data for name, data in content.items() if name.startswith("files/")
        },
        otter_config=json.loads(content[OTTER_CONFIG]),
        gradescope=Policy(**manifest["gradescope"]),
        # older zips don't say these
        term=manifest.get("term", SHIPPED_TERM),
        untouched=frozenset(manifest.get("untouched", ())),
        topics=of_zip(manifest["id"], content),
    )


def _packed(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def _unpacked(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
