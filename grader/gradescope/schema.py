"""The schema of Gradescope's results.json, written from its public documentation: what it takes, and what it doesn't."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from functools import cache
from typing import Any

from grader.report import Visibility

OUTPUT_LIMIT = 100_000  # characters of one output, about

# JSON Schema, draft 2020-12 ---------------------------------------------------------------------------------

POINTS = {"type": "number", "minimum": 0}
TEXT = {"type": "string", "maxLength": OUTPUT_LIMIT}
WORD = {**TEXT, "pattern": r"\S"}  # a text with something in it
PLACE = {"type": "string", "pattern": r"^\w{1,8}(\.\w{1,8}){0,4}(?![\s\S])"}  # "2", "2.1", "4b"
FORMAT = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
VISIBILITY = {"enum": [choice.value for choice in Visibility]}
EXTRA_DATA = {"type": "object", "propertyNames": {"type": "string"}}  # else free

TEST = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "score": POINTS,
        "max_score": POINTS,
        "status": {"enum": ["passed", "failed"]},
        "name": WORD,
        "name_format": FORMAT,
        "number": PLACE,
        "output": TEXT,
        "output_format": FORMAT,
        "tags": {"type": "array", "items": WORD},
        "visibility": VISIBILITY,
        "extra_data": EXTRA_DATA,
    },
}
LEADERBOARD = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "value"],
    "description": "needs a name and a value",
    "properties": {
        "name": WORD,
        "value": {"type": ["number", "string"], "maxLength": OUTPUT_LIMIT},
        "order": {"enum": ["asc", "desc"]},
    },
}
# The total is `score`, else the sum of the tests' scores: then each of them has to have one.
TOTAL = {
    "required": ["tests"],
    "description": "neither a score nor tests: Gradescope needs one of them",
    "properties": {
        "tests": {
            "minItems": 1,
            "description": "no score, and no test that has one",
            "items": {
                "required": ["score"],
                "description": "no score, and none above the tests: nothing says what the total is",
            },
        }
    },
}
RESULTS = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "score": POINTS,
        "execution_time": POINTS,
        "output": TEXT,
        "output_format": FORMAT,
        "test_output_format": FORMAT,
        "test_name_format": FORMAT,
        "visibility": VISIBILITY,
        "stdout_visibility": VISIBILITY,
        "extra_data": EXTRA_DATA,
        "tests": {"type": "array", "items": TEST},
        "leaderboard": {"type": "array", "items": LEADERBOARD},
    },
    "if": {"required": ["score"]},
    "else": TOTAL,
}

# What a schema can't say ------------------------------------------------------------------------------------


def validate(results: Any) -> list[str]:
    """What keeps `results` from being a results.json that Gradescope shows; an empty list when nothing does.

    >>> validate({"score": 3, "tests": [{"name": "q1", "score": float("nan"), "status": "ok"}]})
    ['tests[0].score: nan is not allowed', "tests[0].status: 'ok' is not allowed"]
    >>> validate({"tests": [{"name": "q1", "score": 1}, {"name": "q2", "status": "passed"}]})
    ['tests[1]: no score, and none above the tests: nothing says what the total is']
    """
    problems = dict.fromkeys(line for error in _validator().iter_errors(results) for line in _words(error))
    return list(problems) or _not_json(results)


@cache
def _validator() -> Any:
    """Imported here: jsonschema takes a second to load, and what only makes a results.json doesn't need it."""
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    types = {"number": _is_number, "string": _is_string}
    return extend(Draft202012Validator, type_checker=Draft202012Validator.TYPE_CHECKER.redefine_many(types))(
        RESULTS
    )


def _is_number(_: Any, value: Any) -> bool:
    """A finite one: JSON has no other, but Python writes and reads NaN and infinity."""
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def _is_string(_: Any, value: Any) -> bool:
    """One that UTF-8 can encode: half of a surrogate pair can't be written."""
    if not isinstance(value, str):
        return False
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _words(error: Any) -> Iterator[str]:
    """The place, and what is wrong there."""
    place = error.json_path.removeprefix("$").removeprefix(".")
    at = f"{place}: " if place else ""
    if error.validator == "additionalProperties":
        unknown = [key for key in error.instance if key not in error.schema["properties"]]
        yield from (f"{place}.{key}: no such field".removeprefix(".") for key in unknown)
    elif error.validator in ("required", "minItems"):
        yield f"{at}{error.schema['description']}"
    elif error.validator_value == "object":
        yield f"{place or 'results.json'}: an object is expected, not {type(error.instance).__name__}"
    else:
        yield f"{at}{repr(error.instance)[:60]} is not allowed"


def _not_json(results: Any) -> list[str]:
    """extra_data is free, but still has to be JSON, in characters that can be encoded."""
    try:
        json.dumps(results, allow_nan=False, ensure_ascii=False).encode("utf-8")
    except (TypeError, ValueError, RecursionError) as error:
        return [f"not JSON: {error}"]
    return []
