"""Reports of a class, from full marks to a file that can't be read, and what the tests of pages look at."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import numpy as np
from rich.console import Console

from grader.cnnchecks.outcome import Diagnosis, Example, Outcome, Picture
from grader.report import CaseResult, QuestionResult, Report
from grader.sandbox.defences import Defence, State

SCRIPT = "<script>alert(1)</script>"
FLIPPED = Diagnosis(
    "conv.flipped_kernel",
    "A convolution turns the kernel by 180° before sliding it.",
    "Mathematicians flip, networks don't: slide the kernel as it is and multiply element by element. "
    "Look for `w[::-1, ::-1]` or `np.convolve`, which flips too.",
    "Lecture 2, the worked 5×5 example",
)
HALVES = Diagnosis(
    "pool.ties_split",
    "Equal maxima share the gradient.",
    "The rule of this course (and of TensorFlow) is that the first maximum gets all of it: `argmax`.",
    "Lecture 1, pooling",
)
EITHER = Diagnosis(f"{FLIPPED.id} | other.idea", "one of these", "", "")
TABLE = "row 0:  88  67  55\n        ↑\nyours:  61  67  55"
ISOLATION = (
    Defence("user", State.HELD, "a fresh unprivileged user"),
    Defence("system calls", State.HELD, "filtered"),
    Defence("files", State.MISSING, "this system has no Landlock"),
    Defence("privileges", State.NOT_TRIED, "the grader has no way to do this on darwin"),
)
VERSIONS = (("kerasnets", "0.1.0"), ("numpy", "2.4.6"), ("python", "3.11.9"))
QUESTIONS = (  # name, title, points, hidden cases
    ("q1", "Output sizes", 1.0, 3),
    ("q2", "Convolution, forward", 2.0, 3),
    ("q3", "Convolution, backward", 2.0, 3),
    ("q4", "Max pooling, forward", 1.0, 2),
    ("q5", "Max pooling, backward", 1.0, 2),
    ("q6", "Average pooling", 1.0, 1),
    ("q7", "Dense layer", 1.0, 2),
    ("q8", "Softmax and cross-entropy", 1.0, 2),
    ("q9", "Gradient check", 1.0, 2),
    ("q10", "Train a LeNet", 3.0, 2),
)
NAMES = [name for name, *_ in QUESTIONS]

# Cases ------------------------------------------------------------------------------------------------------


def right(title: str, points: float = 0.5) -> CaseResult:
    return CaseResult(title, points > 0, points, True, Outcome(True, "ok", "Every element is right."))


def wrong(title: str, points: float, message: str, **more: Any) -> CaseResult:
    return CaseResult(title, points > 0, points, False, Outcome(False, "value", message, **more))


def unasked(title: str, points: float) -> CaseResult:
    return CaseResult(title, points > 0, points, False)


def one_question(*cases: CaseResult, possible: float = 1, **more: Any) -> Report:
    """The smallest report."""
    return Report("a", "A", "s.ipynb", (QuestionResult("a.q1", "q1", possible, cases),), **more)


def heat_map(value: float, title: str) -> Picture:
    expected = np.zeros((3, 3))
    expected[0, 1] = value
    return Picture(expected, np.eye(3), title, (0, 0))


def large(name: str, seed: int) -> Picture:
    return Picture(np.random.default_rng(seed).normal(size=(7, 7)), np.full((7, 7), 1 / 3), name, (0, 0))


def by_hand(name: str) -> Example:
    return Example(f"{name}(x, w)", f"table of {name}", heat_map(2, f"example of {name}"))


# Reports ----------------------------------------------------------------------------------------------------


def with_question(report: Report, name: str, *cases: CaseResult, note: str = "") -> Report:
    """The report with other cases in one of its questions."""
    return replace(
        report,
        questions=tuple(
            replace(one, cases=cases, note=note) if one.name == name else one for one in report.questions
        ),
    )


CORRECT = Report(
    "a3_numpy_convnet", "A convolutional network in NumPy", "ada.ipynb",
    tuple(
        QuestionResult(
            f"a3.{name}", name, possible,
            (right("By hand", 0), *(right(f"Drawn {i}", possible / hidden) for i in range(hidden))), title=title,
        )
        for name, title, possible, hidden in QUESTIONS
    ),
    isolation=ISOLATION, seed="5eed5eed5eed", seconds=1.84, versions=VERSIONS,
)  # fmt: skip

_VALUE = "`conv2d_forward` has the right shape, but another value in 12 of 24 elements."
FLIP_CASES = (
    wrong("The 5×5 image of lecture 2", 0, _VALUE, detail=TABLE, where="everywhere", diagnosis=FLIPPED),
    wrong("Strides, unequal", 0.8, _VALUE, detail="SECRET 4711", where="everywhere", diagnosis=FLIPPED),
    wrong("Same, odd total", 0.8, _VALUE, detail="SECRET 4712", where="everywhere", diagnosis=FLIPPED),
    right("One pixel", 0.4),
)
FLIPS = with_question(
    with_question(replace(CORRECT, submission="grace.ipynb"), "q2", *FLIP_CASES),
    "q5",
    right("One window", 0),
    right("Overlapping windows", 0.5),
    wrong("Equal maxima", 0.5, "dx has the right shape, but another value in 6 of 32 elements.",
          where="only where two maxima are equal", diagnosis=HALVES),
)  # fmt: skip
HANGS = with_question(
    replace(
        CORRECT,
        submission="linus.ipynb",
        notes=("Cell 31 ran past its time limit and was skipped when the notebook ran again.",),
    ),
    "q9",
    right("x² at 3", 0),
    unasked("A function of an array", 0.5),
    unasked("The array is left as it was", 0.5),
    note="It ran past its 10 seconds of computing time and was stopped. The rest of the notebook was graded.",
)
FORGES = replace(
    CORRECT,
    submission="mallory.ipynb",
    questions=tuple(
        replace(one, cases=(), note="The notebook has no answer here.") for one in CORRECT.questions
    ),
    notes=(
        "A forged answer was refused: the notebook wrote to the grader's socket in cell 4.",
        "Tried to open a network connection (refused) in cell 7.",
    ),
)
UNREADABLE = replace(
    CORRECT,
    submission="dennis.ipynb",
    questions=tuple(replace(one, cases=()) for one in CORRECT.questions),
    error="The file is not a notebook: it ends in the middle of a line, as an interrupted upload does.",
    what_to_do="Open the notebook in JupyterLab, save it, run `grader.export()` and hand that file in.",
)
SAMPLES = (HANGS, CORRECT, FORGES, UNREADABLE, FLIPS)

_LAYERS = (("156 weights", "c1 (Conv2D), 156 weights", False), ("2,416 weights", SCRIPT, True))
ILLUSTRATED = with_question(  # q3: a hidden case alone, with a picture that must not be shown
    with_question(
        with_question(
            CORRECT, "q2",
            wrong("Public", 0, "another", detail=TABLE, picture=heat_map(3, "the first"), example=by_hand("one")),
            wrong("Public too", 0, "another", picture=heat_map(4, "the second"), example=by_hand("one again")),
            wrong("Hidden", 2, "another", picture=heat_map(5, "SECRET"), layers=(("SECRET", "SECRET", True),)),
        ),
        "q3",
        right("Public", 0),
        wrong("Hidden", 2, "another", picture=heat_map(6, "SECRET"), example=by_hand("two")),
    ),
    "q10", wrong("Public", 0, "another", layers=_LAYERS), right("Hidden", 3),
)  # fmt: skip

_SCRIPTED = wrong(
    SCRIPT, 0, f"{SCRIPT} `{SCRIPT}`", detail=f"</pre>{SCRIPT}", where=SCRIPT,
    diagnosis=Diagnosis(SCRIPT, SCRIPT, SCRIPT, SCRIPT),
)  # fmt: skip
HOSTILE = Report(  # in every text that a student may have a hand in, and in all others too
    SCRIPT, SCRIPT, f"{SCRIPT}.ipynb",
    (QuestionResult("a3.q1", SCRIPT, 1, (_SCRIPTED, replace(_SCRIPTED, hidden=True, points=1.0)), SCRIPT, SCRIPT),),
    (SCRIPT,), (Defence(SCRIPT, State.HELD, SCRIPT),), SCRIPT, 1.0, ((SCRIPT, SCRIPT),),
)  # fmt: skip
HOSTILE_ERROR = replace(HOSTILE, error=SCRIPT, what_to_do=SCRIPT)
NAMES_FOLDERS = replace(
    HANGS,
    submission="/srv/class/ana@uni.example/hw.ipynb",
    notes=("No such file: '/srv/grading/run7/w.npz' (asked by ana@uni.example) in C:\\grading\\x.py",),
)


def all_wrong() -> Report:
    """Every question has a large picture in public and one behind the example of its hidden case."""
    report = CORRECT
    for number, name in enumerate(NAMES):
        picture = large(name, number)
        example = Example(name, f"table of {name}", picture)
        shown = wrong("Public", 0, "no", detail=TABLE, picture=picture)
        report = with_question(report, name, shown, wrong("Hidden", 1, "no", example=example))
    return report


def a_class() -> list[Report]:
    """The samples, eleven more that flip the kernel, one that both flips and does something unknown to q3."""
    strange = CaseResult("Strides", True, 2.0, False, Outcome(False, "raised", "no"))
    more = [replace(FLIPS, submission=f"flips {i}.ipynb") for i in range(11)]
    odd = with_question(FLIPS, "q3", right("By hand", 0), strange)
    return [*SAMPLES, *more, replace(odd, submission="odd.ipynb")]


# What is looked at ------------------------------------------------------------------------------------------


class Structure(HTMLParser):
    """Opening tags, attributes, what stays open, and the words that a reader sees."""

    VOID = ("meta", "br", "hr", "img", "link")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.images: list[dict[str, str]] = []
        self.open: list[str] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self.images += [{name: str(value) for name, value in attrs}] if tag == "img" else []
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words += data

    @property
    def titles(self) -> list[str]:
        """Of the pictures, by their words."""
        return [image["alt"].split(",")[0] for image in self.images]


def words(html: str) -> str:
    return " ".join(Structure(html).words.split())


def parse_page(html: str) -> Structure:
    """A page that is well formed, runs nothing, and takes nothing from elsewhere: pictures are inside it."""
    page = Structure(html)
    assert page.open == []
    assert not {"script", "link", "iframe", "object", "form"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert not re.search(r"https?:|url\(|@import", html)
    assert all(image["src"].startswith("data:image/png;base64,") for image in page.images)
    ids = [value for name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    links = [str(value) for name, value in page.attributes if name == "href"]
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    return page


def printed(*tables: Any, width: int = 200) -> str:
    """What a terminal shows, without colours."""
    console = Console(width=width, record=True, file=io.StringIO(), color_system=None)
    for table in tables:
        console.print(table)
    return console.export_text()
