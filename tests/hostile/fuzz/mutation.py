"""What a fuzzer hands in: noise, and valid things after a few edits, which pass the first check and meet the second.

Hypothesis draws a seed, and functions of a `random.Random` make the thing: twenty times as many as when hypothesis draws
each part. A failure shows the thing itself. Sizes are small: a bound on memory is told by its ratio to the input.
"""

import copy
import math
import struct
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

from hypothesis import strategies as st

NUMBERS = (0, 1, -1, 2, 127, 255, 256, 2**15, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1, 2**53, 2**63, 10**400)
FLOATS = (0.0, -0.0, 0.5, 1e308, -1e308, 5e-324, math.inf, -math.inf, math.nan)
TEXTS = ("", "x", "é\n", "x" * 400, "\ud800", "../x", "%s", "\0")
PLAIN = (None, True, False, 3, 300, -7, *NUMBERS, *FLOATS, *TEXTS)
DEEPEST = 60  # levels put around a value at once
LARGEST = 20_000  # parts of a tree that is edited further


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def seeded(make: Callable[[Random], Any]) -> st.SearchStrategy:
    return st.integers(0, 2**64 - 1).map(lambda seed: make(Random(seed)))


# ---- bytes ----


def _flip(random: Random, data: bytes, start: int, end: int, other: bytes) -> bytes:
    return data[:start] + bytes(byte ^ random.randrange(256) for byte in data[start:end]) + data[end:]


def _cut(random: Random, data: bytes, start: int, end: int, other: bytes) -> bytes:
    return data[:start] + data[end:]


def _stop(random: Random, data: bytes, start: int, end: int, other: bytes) -> bytes:
    return data[:start]


def _repeat(random: Random, data: bytes, start: int, end: int, other: bytes) -> bytes:
    return data[:end] + data[start:end] * random.choice([1, 2, 100]) + data[end:]


def _splice(random: Random, data: bytes, start: int, end: int, other: bytes) -> bytes:
    return (
        data[:start] + other[start:]
        if random.random() < 0.3
        else data[:start] + other[start:end] + data[start:]
    )


def _number(random: Random, data: bytes, start: int, end: int, other: bytes) -> bytes:
    """A number where a length may be, in the byte order of one format or the other."""
    form = random.choice(("<H", ">H", "<I", ">I", "<Q", ">Q"))
    size = struct.calcsize(form)
    return data[:start] + struct.pack(form, random.choice(NUMBERS) % 256**size) + data[start + size :]


EDITS = (_flip, _flip, _cut, _stop, _repeat, _splice, _number, _number)


def mutated(random: Random, valid: Sequence[bytes]) -> bytes:
    """One of `valid` after one to six edits."""
    data, other = random.choice(valid), random.choice(valid)
    for _ in range(random.randint(1, 6)):
        start = random.randint(0, len(data))
        data = random.choice(EDITS)(random, data, start, start + random.choice([1, 1, 4, 40]), other)
    return data


# ---- trees of JSON ----


def value(random: Random, words: Sequence[str] = (), depth: int = 3) -> Any:
    """JSON of any shape, with `words` among its names and texts."""
    match random.randrange(6) if depth else 0:
        case 4:
            return [value(random, words, depth - 1) for _ in range(random.randrange(4))]
        case 5:
            names = ["x", "", *words]
            return {random.choice(names): value(random, words, depth - 1) for _ in range(random.randrange(4))}
    return random.choice([*PLAIN, *words])


def grafted(random: Random, trees: Sequence[Any], words: Sequence[str] = ()) -> Any:
    """One of `trees` after one to four subtrees were replaced, moved, deleted, repeated, wrapped, or given a key more."""
    whole = [copy.deepcopy(random.choice(trees))]
    for _ in range(random.randint(1, 4)):
        places = list(_places(whole))
        if len(places) < LARGEST:
            parent, key = random.choice(places)
            giver, name = random.choice(places)
            graft = copy.deepcopy(giver[name]) if random.random() < 0.4 else value(random, words)
            _edit(random, parent, key, graft, [*words, "x"], is_root=parent is whole)
    return whole[0]


def _places(parent: Any) -> Iterator[tuple[Any, Any]]:
    """Every dict's value and every list's item within `parent`, as the parent and its key or index."""
    for key, part in list(parent.items() if isinstance(parent, dict) else enumerate(parent)):
        yield parent, key
        if isinstance(part, dict | list):
            yield from _places(part)


def _edit(random: Random, parent: Any, key: Any, graft: Any, names: list[str], is_root: bool) -> None:
    match random.choice(["replace", "replace", "write", "add", "delete", "repeat", "wrap"]):
        case "write" if isinstance(parent[key], str):
            place = random.randint(0, len(parent[key]))
            parent[key] = parent[key][:place] + random.choice(TEXTS) + parent[key][place:]
        case "replace":
            parent[key] = graft
        case "add" if isinstance(parent[key], dict):
            parent[key][random.choice(names)] = graft
        case "delete" if not is_root:
            del parent[key]
        case "repeat" if isinstance(parent, list) and not is_root:
            parent[key:key] = [copy.deepcopy(parent[key]) for _ in range(random.choice([1, 2, 50]))]
        case "wrap":
            name = random.choice([None, *names])
            for _ in range(random.randint(1, DEEPEST)):
                parent[key] = [parent[key]] if name is None else {name: parent[key]}
