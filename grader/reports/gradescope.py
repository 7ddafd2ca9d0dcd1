"""Gradescope's results.json: made from a report, and checked against the published schema."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from typing import Any

from markupsafe import Markup

from grader.report import CaseResult, QuestionResult, Report, Visibility
from grader.reports import file_name, heading, layers_text, number, public, tell

OUTPUT_LIMIT = 100_000  # characters, about


def to_results(
    report: Report, visibility: Visibility | str = Visibility.VISIBLE, remarks: Any = ()
) -> dict[str, Any]:
    """The report as Gradescope's dictionary.

    Public cases are always visible, hidden ones as `visibility` says. Gradescope hides the total from
    students while any test is hidden, so the text above the tests then says nothing that they decided.
    """
    visibility = Visibility(visibility)
    return {
        "score": report.score,
        "execution_time": round(_finite(report.seconds), 2),
        "visibility": "visible",
        "stdout_visibility": "hidden",  # the grader's own log
        "output": str(_summary(report, visibility)),
        "output_format": "html",
        "test_output_format": "html",
        "test_name_format": "text",
        "tests": list(_tests(report, visibility)),
        "extra_data": {
            "assignment": report.assignment,
            "submission": file_name(report.submission),
            "status": report.status,
            "seed": report.seed,
            "isolation": dict(report.isolation),
            "versions": dict(report.versions),
        },
        **_leaderboard(report),
    }


def _leaderboard(report: Report) -> dict[str, Any]:
    """What was measured of a submission, where something is. Gradescope shows it to the class if the teacher lets it."""
    entries = [
        {"name": name, "value": round(_finite(value), 4), "order": "desc"} for name, value in report.measures
    ]
    return {"leaderboard": entries} if entries else {}


def _tests(report: Report, visibility: Visibility) -> Iterator[dict[str, Any]]:
    for i, question in enumerate(report.questions, 1):
        if not question.cases:
            yield _no_cases(question, str(i), report.error)
        told: set[str] = set()  # a wrong idea or an example is given once per question and audience
        for j, case in enumerate(question.cases, 1):
            yield _test(case, question, f"{i}.{j}", visibility if case.hidden else Visibility.VISIBLE, told)


def _test(
    case: CaseResult, question: QuestionResult, place: str, seen: Visibility, told: set[str]
) -> dict[str, Any]:
    points = max(0.0, _finite(case.points))
    diagnosis = case.diagnosis
    outcome = case.outcome
    explain = diagnosis is not None and _is_new(told, f"{seen} {diagnosis.id}")
    example = outcome is not None and outcome.example is not None and _is_new(told, f"{seen} example")
    return {
        "number": place,
        "name": public(f"{question.name}: {case.title}", 200),
        "score": points if case.passed else 0.0,
        "max_score": points,
        "status": "passed" if case.passed else "failed",
        "visibility": str(seen),
        "output": str(_case_text(case, question, explain, example)),
        "tags": [question.id, "hidden" if case.hidden else "public"],
        "extra_data": {
            "kind": case.outcome.kind if case.outcome else "",
            "diagnosis": diagnosis.id if diagnosis else "",
        },
    }


def _is_new(told: set[str], what: str) -> bool:
    """Is this said for the first time?"""
    is_new = what not in told
    told.add(what)
    return is_new


def _no_cases(question: QuestionResult, place: str, error: str) -> dict[str, Any]:
    """A question without a verdict is a zero that says why."""
    why = question.note or (
        "The submission could not be graded." if error else "This question got no verdict."
    )
    return {
        "number": place,
        "name": public(heading(question), 200),
        "score": 0.0,
        "max_score": max(0.0, _finite(question.possible)),
        "status": "failed",
        "visibility": "visible",
        "output": str(_paragraph(why)),
        "tags": [question.id],
        "extra_data": {"kind": "", "diagnosis": ""},
    }


def _case_text(case: CaseResult, question: QuestionResult, explain: bool, example: bool) -> Markup:
    """A few tags only, and no picture: Gradescope publishes no list of those that it keeps; without them it still
    reads."""
    told, diagnosis = tell(case, question), case.diagnosis
    parts = [
        _paragraph(told.message),
        _paragraph(told.where, "Where: "),
        _block(told.detail),
        _block(layers_text(told.layers)),
    ]
    if example and told.example:
        parts += [
            _paragraph(told.example.call, "A small example to follow by hand: "),
            _block(told.example.text),
        ]
    if diagnosis and explain:
        parts += [
            _paragraph(diagnosis.belief, "The idea to check: "),
            _paragraph(diagnosis.hint, "Hint: "),
            _paragraph(diagnosis.lecture, "To re-read: "),
        ]
    elif diagnosis:
        parts.append(_paragraph(f"The idea to check is the same as above ({diagnosis.id})."))
    return _capped(parts)


def _summary(report: Report, visibility: Visibility) -> Markup:
    """Text above the tests: what stopped the grading, what happened, and when hidden cases appear."""
    later = {
        Visibility.AFTER_DUE_DATE: "The hidden cases and the total appear after the due date.",
        Visibility.AFTER_PUBLISHED: "The hidden cases and the total appear when the grades are published.",
        Visibility.HIDDEN: "The hidden cases and the total are not shown here.",
    }
    parts = [_paragraph(report.error, "Not graded: "), _paragraph(report.what_to_do, "What to do: ")]
    if visibility is Visibility.VISIBLE:
        complete = sum(question.state == "complete" for question in report.questions)
        if not report.error:
            parts.append(
                _paragraph(
                    f"{number(report.score)} of {number(report.possible)} points; "
                    f"{complete} of {len(report.questions)} questions complete."
                )
            )
        parts += [_paragraph(question.note, f"{question.name}: ") for question in report.questions]
    elif any(case.hidden for question in report.questions for case in question.cases):
        parts.append(_paragraph(later[visibility]))
    parts += [_paragraph(question.words, f"{heading(question)}: ") for question in report.by_hand]
    parts += [_paragraph(note, "Note: ") for note in report.notes[:50]]
    return _capped(parts)


def _capped(parts: list[Markup]) -> Markup:
    """Whole paragraphs only: cutting inside one could leave half a tag."""
    kept: list[Markup] = []
    for part in filter(None, parts):
        if sum(map(len, kept)) + len(part) > OUTPUT_LIMIT - 10_000:
            kept.append(_paragraph("There was more than fits here."))
            break
        kept.append(part)
    return Markup("\n").join(kept)


def _paragraph(text: str, label: str = "") -> Markup:
    """Escaped, with the label in bold; nothing for an empty text."""
    if not text:
        return Markup("")
    return Markup("<p>{}{}</p>").format(
        Markup("<strong>{}</strong>").format(label) if label else "", public(text)
    )


def _block(text: str) -> Markup:
    return Markup("<pre>{}</pre>").format(public(text)) if text else Markup("")


def _finite(value: float) -> float:
    return float(value) if math.isfinite(value) else 0.0


# ---------------------------------------------------------------------------------------------- the schema


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_points(value: Any) -> bool:
    return _is_number(value) and value >= 0


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= OUTPUT_LIMIT and _encodable(value)


def _encodable(value: str) -> bool:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _one_of(*words: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and value in words


def _is_object(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(key, str) for key in value)


def _is_tags(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(tag, str) for tag in value)


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
    "tests": lambda value: isinstance(value, list),
    "leaderboard": lambda value: isinstance(value, list),
}
TEST: dict[str, Callable[[Any], bool]] = {
    "score": _is_points,
    "max_score": _is_points,
    "status": _one_of("passed", "failed"),
    "name": _is_text,
    "name_format": _FORMAT,
    "number": _is_text,
    "output": _is_text,
    "output_format": _FORMAT,
    "tags": _is_tags,
    "visibility": _VISIBILITY,
    "extra_data": _is_object,
}
LEADERBOARD: dict[str, Callable[[Any], bool]] = {
    "name": _is_text,
    "value": lambda value: _is_number(value) or _is_text(value),
    "order": _one_of("asc", "desc"),
}


def validate(results: Any) -> list[str]:
    """What keeps `results` from being a results.json that Gradescope shows; an empty list when nothing does.

    >>> validate({"score": 3, "tests": [{"name": "q1", "score": float("nan"), "status": "ok"}]})
    ['tests[0].score: nan is not allowed', "tests[0].status: 'ok' is not allowed"]
    """
    if not isinstance(results, dict):
        return [f"results.json holds an object, not {type(results).__name__}"]
    problems = list(_mismatches(results, TOP, ""))
    if "score" not in results and not results.get("tests"):
        problems.append("neither a score nor tests: Gradescope needs one of them")
    for key, fields in (("tests", TEST), ("leaderboard", LEADERBOARD)):
        entries = results.get(key, [])
        for i, entry in enumerate(entries if isinstance(entries, list) else []):
            problems += _mismatches(entry, fields, f"{key}[{i}].")
            if key == "leaderboard" and isinstance(entry, dict) and not {"name", "value"} <= set(entry):
                problems.append(f"{key}[{i}]: needs a name and a value")
    return problems or _not_json(results)


def _mismatches(entry: Any, fields: dict[str, Callable[[Any], bool]], place: str) -> Iterator[str]:
    if not isinstance(entry, dict):
        yield f"{place.rstrip('.')}: an object is expected, not {type(entry).__name__}"
        return
    for key, value in entry.items():
        if key not in fields:
            yield f"{place}{key}: no such field"
        elif not fields[key](value):
            yield f"{place}{key}: {repr(value)[:60]} is not allowed"


def _not_json(results: dict[str, Any]) -> list[str]:
    """extra_data is free, but still has to be JSON."""
    try:
        json.dumps(results, allow_nan=False).encode("utf-8")
    except (TypeError, ValueError) as error:
        return [f"not JSON: {error}"]
    return []
