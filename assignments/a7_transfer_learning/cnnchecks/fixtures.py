"""Expected answers for the public inputs, from the `fixtures.npz` beside a notebook: numbers, never code."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .oracle import RUNG, Rung, Signature, Wrong, choose_rungs
from .outcome import Answer, Diagnosis, Outcome
from .values import key


class FixtureOracle:
    """Expected answers for the public inputs, read from a `fixtures.npz` when the first is asked for."""

    def __init__(self, path: str | Path | None = None) -> None:
        self.path = Path(path) if path is not None else Path(__file__).parents[1] / "fixtures.npz"
        self._index: dict | None = None
        self._arrays: dict[str, np.ndarray] = {}

    def answer(self, name: str, args: tuple, kwargs: dict) -> Answer:
        entry = self._load()["calls"].get(key(name, args, kwargs))
        if entry is None:
            raise LookupError(
                f"No expected answer for this call of `{name}` is known: this test file and "
                f"{self.path.name} don't belong together. Download the folder again."
            )
        cards = self._load()["cards"]
        wrong = tuple((Diagnosis(id, **cards[id]), self._tree(tree)) for id, tree in entry["wrong"])
        return Answer(self._tree(entry["expected"]), self._tree(entry["atol"]), wrong)

    def signature(self, name: str) -> Signature:
        known = {"arguments": (), "labels": (), **self._load()["functions"].get(name, {})}
        return Signature(**known | {part: tuple(known[part]) for part in ("arguments", "labels")})

    def ladder(self, outcome: Outcome) -> Iterator[Rung]:
        rungs = self._load()["ladders"].get(outcome.asked, [])
        read = (Rung(*(self._tree(rung[part]) for part in RUNG)) for rung in rungs)
        return choose_rungs(read, outcome, self.signature(outcome.asked))

    def believed(self, name: str, rung: Rung, cards: tuple[Diagnosis, ...]) -> Wrong:
        if not cards:
            return ()
        silent = self._load()["calls"][key(name, rung.args, rung.kwargs)]["silent"]
        wrong = self.answer(name, rung.args, rung.kwargs).wrong
        return (
            *((card, value) for card, value in wrong if card in cards),
            *((card, None) for card in cards if card.id in silent),
        )

    def simplify(self, rung: Rung, shows: Callable[[Rung], bool]) -> Rung:
        return rung  # of other numbers the answer isn't known

    def _load(self) -> dict:
        if self._index is None:
            if not self.path.exists():
                raise LookupError(
                    f"{self.path.name} is missing in {self.path.parent}. It comes with the "
                    "notebook: download the folder again and keep its files together."
                )
            with zipfile.ZipFile(self.path) as archive:
                self._index = json.loads(archive.read("index.json"))
                self._arrays = {
                    name.removesuffix(".npy"): np.load(io.BytesIO(archive.read(name)), allow_pickle=False)
                    for name in archive.namelist()
                    if name.endswith(".npy")
                }
        return self._index

    def _tree(self, node: Any) -> Any:
        """Back from JSON: {"array": name, "dtype": ...}, {"numbers": "1 2", "shape": "1 2", "dtype": ...}, {"tuple":
        [...]}, {"dict": {...}} or a plain value."""
        if not isinstance(node, dict):
            return node
        if "numbers" in node:
            shape = tuple(map(int, node["shape"].split()))
            return np.array(node["numbers"].split(), node["dtype"]).reshape(shape)
        if "array" in node:
            return self._arrays[node["array"]].astype(node["dtype"])
        if "tuple" in node:
            return tuple(self._tree(part) for part in node["tuple"])
        return {name: self._tree(part) for name, part in node["dict"].items()}
