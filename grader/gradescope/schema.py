"""The schema of Gradescope's results.json, written from its public documentation: what it takes, and what it doesn't."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from typing import Any

from grader.report import Visibility

OUTPUT_LIMIT = 100_000  # characters of one output, about

_NUMBER = re.compile(r"\w{1,8}(\.\w{1,8}){0,4}")  # "2", "2.1", "4b"


def validate(results: Any) -> list[str]:
    """What keeps `results` from being a results.json that Gradescope shows; an empty list when nothing does.

    >>> validate({"score": 3, "tests": [{"name": "q1", "score": float("nan"), "status": "ok"}]})
    ['tests[0].score: nan is not allowed', "tests[0].status: 'ok' is not allowed"]
    >>> validate({"tests": [{"name": "q1", "score": 1}, {"name": "q2", "status": "passed"}]})
    ['tests[1]: no score, and none above the tests: nothing says what the total is']
    """
    if not isinstance(results, dict):
        return [f"results.json holds an object, not {type(results).__name__}"]
    problems = [*_mismatches(results, TOP, "")]
    for key, fields in (("tests", TEST), ("leaderboard", LEADERBOARD)):
        for place, entry in _entries(results, key):
            problems += _mismatches(entry, fields, f"{place}.")
    problems += [*_without_total(results), *_without_name(results)]
    return problems or _not_json(results)


def _entries(results: dict[str, Any], key: str) -> Iterator[tuple[str, Any]]:
    """("tests[0]", the first one), …; nothing where there is no list."""
    entries = results.get(key)
    for i, entry in enumerate(entries if isinstance(entries, list) else []):
        yield f"{key}[{i}]", entry


def _mismatches(entry: Any, fields: dict[str, Callable[[Any], bool]], place: str) -> Iterator[str]:
    if not isinstance(entry, dict):
        yield f"{place.rstrip('.')}: an object is expected, not {type(entry).__name__}"
        return
    for key, value in entry.items():
        if key not in fields:
            yield f"{place}{key}: no such field"
        elif not fields[key](value):
            yield f"{place}{key}: {repr(value)[:60]} is not allowed"


def _without_total(results: dict[str, Any]) -> Iterator[str]:
    """The total is `score`, else the sum of the tests' scores: then each of them has to have one."""
    if "score" in results:
        return
    if not results.get("tests"):
        yield "neither a score nor tests: Gradescope needs one of them"
    for place, test in _entries(results, "tests"):
        if isinstance(test, dict) and "score" not in test:
            yield f"{place}: no score, and none above the tests: nothing says what the total is"


def _without_name(results: dict[str, Any]) -> Iterator[str]:
    for place, entry in _entries(results, "leaderboard"):
        if isinstance(entry, dict) and not {"name", "value"} <= set(entry):
            yield f"{place}: needs a name and a value"


def _not_json(results: dict[str, Any]) -> list[str]:
    """extra_data is free, but still has to be JSON, in characters that can be encoded."""
    try:
        json.dumps(results, allow_nan=False, ensure_ascii=False).encode("utf-8")
    except (TypeError, ValueError, RecursionError) as error:
        return [f"not JSON: {error}"]
    return []


# What each field takes --------------------------------------------------------------------------------------


def _is_number(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def _is_points(value: Any) -> bool:
    return _is_number(value) and value >= 0


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= OUTPUT_LIMIT and _is_encodable(value)


def _is_encodable(value: str) -> bool:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _is_word(value: Any) -> bool:
    """A text with something in it."""
    return _is_text(value) and bool(value.strip())


def _is_place(value: Any) -> bool:
    return isinstance(value, str) and _NUMBER.fullmatch(value) is not None


def _one_of(*words: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and value in words


def _list_of(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(map(fits, value))


def _is_object(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(key, str) for key in value)


_VISIBILITY = _one_of(*(choice.value for choice in Visibility))
_FORMAT = _one_of("text", "html", "simple_format", "md", "ansi")

TOP: dict[str, Callable[[Any], bool]] = {
    "score": _is_points,
    "execution_time": _is_points,
    "output": _is_text,
    "output_format": _FORMAT,
    "test_output_format": _FORMAT,
    "test_name_format": _FORMAT,
    "visibility": _VISIBILITY,
    "stdout_visibility": _VISIBILITY,
    "extra_data": _is_object,
    "tests": lambda value: isinstance(value, list),  # each is looked at by itself
    "leaderboard": lambda value: isinstance(value, list),
}
TEST: dict[str, Callable[[Any], bool]] = {
    "score": _is_points,
    "max_score": _is_points,
    "status": _one_of("passed", "failed"),
    "name": _is_word,
    "name_format": _FORMAT,
    "number": _is_place,
    "output": _is_text,
    "output_format": _FORMAT,
    "tags": _list_of(_is_word),
    "visibility": _VISIBILITY,
    "extra_data": _is_object,
}
LEADERBOARD: dict[str, Callable[[Any], bool]] = {
    "name": _is_word,
    "value": lambda value: _is_number(value) or _is_text(value),
    "order": _one_of("asc", "desc"),
}
