"""Gradescope's results.json, made from a report: one test for each question, and a summary above them."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from grader.files import write_json
from grader.gradescope.html import blocks, cap, finite, possible, summary
from grader.gradescope.schema import OUTPUT_LIMIT
from grader.report import QuestionResult, Report, Visibility
from grader.reports import file_name, heading, public

if TYPE_CHECKING:
    from grader.cnnchecks.outcome import Picture
    from grader.grading.autograder import Autograder

MOST_PICTURES, PICTURE_LIMIT = 6, 45_000  # in one results.json, a test has one at most; characters of one


def to_results(
    report: Report, visibility: Visibility | str = Visibility.VISIBLE, remarks: Sequence[str] = ()
) -> dict[str, Any]:
    """The report as Gradescope's dictionary; `remarks` are the caller's own sentences, and come first.

    Public cases are always visible, hidden ones as `visibility` says: then a question is two tests. Gradescope hides
    the total from students while any test is hidden, and nothing that is visible depends on hidden cases then.
    Only a leaderboard does, which is why the teacher turns it on.
    """
    visibility = Visibility(visibility)
    parts = list(_parts(report, visibility))
    return {
        "score": report.score,
        "execution_time": whole_minutes(report.seconds),
        "visibility": "visible",
        "stdout_visibility": "hidden",  # the grader's own log
        "output": str(cap(summary(report, visibility, remarks))),
        "output_format": "html",
        "test_output_format": "html",
        "test_name_format": "text",
        "tests": [
            _test(part, output, bool(report.error))
            for part, output in zip(parts, _outputs(parts), strict=True)
        ],
        "extra_data": {
            "assignment": report.assignment,
            "submission": file_name(report.submission),
            "status": report.status,
            "notes": [str(escape(public(note))) for note in report.notes],  # wherever it may be shown
            "seed": report.seed,
            "isolation": {
                one.name: {"state": str(one.state), "words": one.words} for one in report.isolation
            },
            "versions": dict(report.versions),
        },
        **_leaderboard(report),
    }


def whole_minutes(seconds: float) -> int:
    """Seconds, rounded up to minutes: a function that is asked a hidden case could say its input by how long it takes.

    >>> whole_minutes(1.8), whole_minutes(61.0), whole_minutes(float("nan"))
    (60, 120, 0)
    """
    return 60 * math.ceil(max(0.0, finite(seconds)) / 60)


def _leaderboard(report: Report) -> dict[str, Any]:
    """What was measured of a submission, where something is. Gradescope shows it to the class if the teacher lets it."""
    entries = [
        {"name": one.name, "value": round(finite(one.value), 4), "order": one.order}
        for one in report.measures
    ]
    return {"leaderboard": entries} if entries else {}


# A question's tests -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """What becomes one test: a question, or its public or its hidden cases alone."""

    question: QuestionResult  # with these cases, and what they are worth
    visibility: Visibility
    number: str
    name: str


def _parts(report: Report, visibility: Visibility) -> Iterator[Part]:
    """ "2" is a whole question; "2.1" what is always visible of it, "2.2" what follows `visibility`."""
    for i, question in enumerate(report.questions, 1):
        name = public(heading(question), 170)
        shown, hidden = (tuple(c for c in question.cases if c.hidden is kind) for kind in (False, True))
        if not hidden or visibility is Visibility.VISIBLE:
            yield Part(question, Visibility.VISIBLE, f"{i}", name)
        elif not shown:
            yield Part(question, visibility, f"{i}", name)
        else:
            worth = min(math.fsum(max(0.0, finite(c.points)) for c in shown), possible(question))
            unasked = any(not c.passed and c.outcome is None for c in shown)
            first = replace(question, cases=shown, possible=worth, note=question.note if unasked else "")
            rest = replace(question, cases=hidden, possible=round(possible(question) - worth, 6))
            yield Part(first, Visibility.VISIBLE, f"{i}.1", f"{name} · examples")
            yield Part(rest, visibility, f"{i}.2", f"{name} · hidden cases")


def _test(part: Part, output: Markup, is_error: bool) -> dict[str, Any]:
    question = part.question
    kinds = [case.outcome.kind for case in question.cases if case.outcome and not case.passed]
    audiences = ["hidden" if case.hidden else "public" for case in question.cases]
    return {
        "number": part.number,
        "name": part.name,
        "name_format": "text",
        "score": 0.0 if is_error else question.score,
        "max_score": possible(question),
        "status": "passed" if question.state == "complete" and not is_error else "failed",
        "visibility": str(part.visibility),
        "output": str(output),
        "output_format": "html",
        "tags": [question.id, *dict.fromkeys(audiences)],
        "extra_data": {
            "question": question.id,
            "kinds": list(dict.fromkeys(kinds)),
            "diagnoses": [diagnosis.id for diagnosis in question.diagnoses],
        },
    }


def _outputs(parts: list[Part]) -> list[Markup]:
    """Each part's output. What is always visible gets its pictures first: they depend on nothing hidden."""
    outputs, room = {}, MOST_PICTURES
    for part in sorted(parts, key=lambda part: part.visibility is not Visibility.VISIBLE):
        outputs[part.number], is_drawn = _with_picture(list(blocks(part.question)), room > 0)
        room -= is_drawn
    return [outputs[part.number] for part in parts]


def _with_picture(blocks: list[Markup | Picture], is_room: bool) -> tuple[Markup, bool]:
    """The words, with the first picture where both fit; the picture gives way, words don't."""
    words = [block for block in blocks if isinstance(block, Markup)]
    pictures = ((i, block) for i, block in enumerate(blocks) if not isinstance(block, Markup))
    place, first = next(pictures, (0, None))
    image = _image(first) if is_room and first is not None else Markup("")
    if not image or sum(map(len, [*words, image])) + len(blocks) > OUTPUT_LIMIT:
        return cap(words), False
    return Markup("\n").join(filter(None, [*words[:place], image, *words[place:]])), True


def _image(picture: Picture) -> Markup:
    """The heat maps inside the page, with their words; nothing where they can't be drawn, or are too large."""
    try:
        from PIL import Image  # comes with Matplotlib

        from grader.cnnchecks.pictures import alt, png

        data, words = png(picture), alt(picture)
        with Image.open(io.BytesIO(data)) as image:
            width = round(image.width * 96 / image.info["dpi"][0])
    except Exception:  # whatever goes wrong in a drawing: the marks are worth more than a picture of them
        return Markup("")
    drawn = Markup('<p><img src="data:image/png;base64,{}" alt="{}" width="{}"></p>').format(
        base64.b64encode(data).decode(), public(words), width
    )
    return drawn if len(drawn) <= PICTURE_LIMIT else Markup("")


def write_results(report: Report, autograder: Autograder, folder: Path) -> None:
    """Write `results.json` into the submission's folder, as Gradescope takes it."""
    write_json(folder / "results.json", to_results(report, autograder.visibility), private=True)
