"""What a student's folder knows of right and wrong answers: `fixtures.npz`, numbers and never code."""

from __future__ import annotations

import hashlib
import io
import json
import math
import zipfile
from dataclasses import asdict, dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from grader.cnnchecks.follow import first_images
from grader.cnnchecks.oracle import RUNG, Rung, Signature, traits
from grader.cnnchecks.outcome import Answer
from grader.cnnchecks.values import agree, flatten, key
from grader.files import zip_bytes
from grader.judge import simplify
from grader.judge.oracle import LiveOracle, differs, first_shown, shown_best, signature_of, wrong_here
from grader.judge.reference import REFERENCE
from grader.tasks.catalogue import cached, for_function


@dataclass(frozen=True)
class RecordingOracle(LiveOracle):
    """Keeps what it was asked and writes it as `fixtures.npz`: numbers and card texts, never code.

    The small inputs of the functions that it was asked about go there too, with their answers: students find examples
    among them; and what a model's layers give, as a student's may have to be followed.
    """

    calls: dict[str, tuple[str, Answer]] = field(default_factory=dict)

    def answer(self, name: str, args: tuple, kwargs: dict) -> Answer:
        answer = super().answer(name, args, kwargs)
        self.calls[key(name, args, kwargs)] = name, answer
        if (stages := f"{name}/stages") in REFERENCE:
            self.answer(stages, first_images(args), {})
        return answer

    def save(self, path: str | Path) -> None:
        """Write the fixtures; the same questions give the same bytes, whatever their order."""
        writer = _Writer()
        names = sorted({name for name, _ in self.calls.values()})
        ladders = {name: rungs for name in names if (rungs := recorded_ladder(name))}
        for name, rungs in ladders.items():
            for rung in rungs:
                self.answer(name, rung.args, rung.kwargs)
        calls: dict[str, Any] = {}
        cards: dict[str, dict[str, str]] = {}
        for asked, (name, answer) in sorted(self.calls.items()):
            answers = list(answer.wrong)
            silent = {idea.card.id for idea in for_function(name)} - {card.id for card, _ in answers}
            told = wrong_here(name, answers, answer)
            cards |= {
                card.id: {"belief": card.belief, "hint": card.hint, "lecture": card.lecture}
                for card, _ in told
            }
            calls[asked] = {
                "expected": writer.tree(answer.expected),
                "atol": _stored_atol(name, answer),
                "wrong": [[card.id, writer.tree(value)] for card, value in told],
                "silent": sorted(silent),
            }
        inputs = {
            name: [{part: writer.given(getattr(rung, part)) for part in RUNG} for rung in rungs]
            for name, rungs in ladders.items()
        }
        functions = {name: known for name in names if (known := _as_json(signature_of(name)))}
        index = {"calls": calls, "cards": cards, "functions": functions, "ladders": inputs}
        writer.save(Path(path), index)


def _as_json(signature: Signature) -> dict[str, Any]:
    """What is known of a function, without what is usual."""
    return {part: value for part, value in asdict(signature).items() if value}


@cached
def recorded_ladder(name: str) -> tuple[Rung, ...]:
    """What a student's folder holds of a function's small inputs: for each kind of options the smallest and the largest, as
    there are mistakes that we don't know; what shows each idea best; and what tells two ideas apart, if those don't."""
    ideas = [idea.card.id for idea in for_function(name)]
    best = [shown_best(name, id, label) for id in ideas for label in first_shown(name, id)]
    ladder, signature = simplify.ladder(name), signature_of(name)
    first = {traits(signature, rung.args, rung.kwargs): rung for rung in reversed(ladder)}
    last = {traits(signature, rung.args, rung.kwargs): rung for rung in ladder}
    kept = {
        key(name, rung.args, rung.kwargs): rung for rung in [*first.values(), *last.values(), *best] if rung
    }
    apart = {two for rung in kept.values() for two in _told_apart(name, rung)}
    for rung in ladder:
        if told := _told_apart(name, rung) - apart:
            kept[key(name, rung.args, rung.kwargs)] = rung
            apart |= told
    return tuple(sorted(kept.values(), key=simplify.extent))


def _told_apart(name: str, rung: Rung) -> set[frozenset[str]]:
    """The pairs of ideas that give different wrong answers to an input, in whichever of their ways."""
    answer = LiveOracle().answer(name, rung.args, rung.kwargs)
    wrong = [(card.id, value) for card, value in answer.wrong if differs(name, value, answer)]
    pairs = [
        (frozenset((id, other)), agree([value, another]))
        for (id, value), (other, another) in combinations(wrong, 2)
        if id != other
    ]
    return {two for two, _ in pairs} - {two for two, alike in pairs if alike}


def rounded(values: np.ndarray) -> np.ndarray:
    """Six digits, counted from the largest value's first: the last bits differ between processors.

    >>> rounded(np.array([1234.56789123, 0.00012]))
    array([1234.57,    0.  ])
    """
    return values if (step := _step(values)) == 0 else np.round(values / step) * step


def _step(values: np.ndarray) -> float:
    """The unit of the sixth digit; 0 for whole numbers, which are kept as they are."""
    finite = np.asarray(values)[np.isfinite(values)]
    if np.array_equal(finite, np.round(finite)):
        return 0.0
    return 10.0 ** (math.ceil(math.log10(np.abs(finite).max())) - 6)


def _stored_atol(name: str, answer: Answer) -> Any:
    """The tolerance plus what the rounding took, to three digits so that it is the same everywhere."""
    tolerances = flatten(answer.atol, signature_of(name).labels)

    def of(label: str, leaf: Any) -> float:
        return float(f"{float(tolerances[label]) + 0.6 * _step(np.asarray(leaf)):.2e}")

    if not isinstance(answer.expected, (tuple, list, dict)):
        return float(f"{float(answer.atol) + 0.6 * _step(np.asarray(answer.expected)):.2e}")
    if np.isscalar(answer.atol):
        return answer.atol
    leaves = flatten(answer.expected, signature_of(name).labels)
    return {"dict": {label: of(label, leaf) for label, leaf in leaves.items()}}


FEW = 48  # numbers that stand in the index itself


class _Writer:
    """Arrays by content, so that an array that occurs twice is stored once."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def tree(self, value: Any) -> Any:
        """The JSON of a nest; cnnchecks reads it back."""
        if isinstance(value, dict):
            return {"dict": {name: self.tree(part) for name, part in value.items()}}
        if isinstance(value, (tuple, list)):
            return {"tuple": [self.tree(part) for part in value]}
        if isinstance(value, (bool, int, np.integer)):
            return int(value)
        if isinstance(value, str):
            return value
        array = np.asarray(value)
        if array.size <= FEW:
            return self.given(rounded(array))
        buffer = io.BytesIO()
        np.save(buffer, _compact(rounded(array)), allow_pickle=False)
        name = hashlib.sha256(buffer.getvalue()).hexdigest()[:16]
        self.files[f"{name}.npy"] = buffer.getvalue()
        return {"array": name, "dtype": array.dtype.name}

    def given(self, value: Any) -> Any:
        """The same of an input, which must come back to its last bit."""
        if isinstance(value, np.ndarray):
            numbers = " ".join(f"{number:.10g}" for number in value.ravel().tolist())
            return {"numbers": numbers, "shape": " ".join(map(str, value.shape)), "dtype": value.dtype.name}
        if isinstance(value, tuple):
            return {"tuple": [self.given(part) for part in value]}
        if isinstance(value, dict):
            return {"dict": {name: self.given(part) for name, part in value.items()}}
        return value

    def save(self, path: Path, index: dict) -> None:
        files = {"index.json": json.dumps(index, sort_keys=True, separators=(",", ":")).encode()} | self.files
        path.write_bytes(zip_bytes(files, zipfile.ZIP_STORED))


def _compact(values: np.ndarray) -> np.ndarray:
    """Small integers where nothing is lost, else float32: six digits fit."""
    for dtype in (np.int8, np.int16, np.int32):
        with np.errstate(invalid="ignore"):
            small = values.astype(dtype)
        if np.array_equal(small, values):
            return small
    return values.astype(np.float32) if values.dtype.kind == "f" else values
