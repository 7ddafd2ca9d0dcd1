"""The grader's own grade: can its checks fail, do they let every right answer pass, and are mistakes told apart?

Every question is taken as it stands in its master, and answered by those whose mark is known beforehand:

* each wrong idea of the library, and pairs of them: the hidden cases must take points, and name the idea;
* each implementation in `tests/accepted/`, which differ in everything but their answers: all cases must pass;
* answers without thought (`empty_answers`): no hidden case may pass.

All hidden inputs are drawn anew, from seeds that no idea or case was written on. Cases have been mended after an audit,
though, so only a draw that no audit has taken yet is quite fresh; the tests take two of those. The score of each
answer must be the same under all of them. Nothing here is sandboxed: every answer is the course's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from grader.auditing.answers import accepted, of_accepted, of_empty, of_ideas, of_pairs, of_strangers
from grader.auditing.marks import Marks, seeds
from grader.auditing.questions import Question, judging, questions


@dataclass(frozen=True)
class Findings:
    """What was measured; findings of several questions add up."""

    ideas: tuple[Marks, ...] = ()
    pairs: tuple[Marks, ...] = ()
    strangers: tuple[Marks, ...] = ()
    accepted: tuple[Marks, ...] = ()
    empty: tuple[Marks, ...] = ()

    def __add__(self, other: Findings) -> Findings:
        return Findings(*(getattr(self, part) + getattr(other, part) for part in PARTS))


PARTS = tuple(Findings.__dataclass_fields__)


def of_question(
    root: Path, number: int, parts: Sequence[str], draws: Sequence[bytes], before_models: Callable[[], Any]
) -> Findings:
    """All findings about one question of the course at `root`, by its place among `questions`."""
    question = questions(root)[number]
    if question.about_models:
        before_models()
    folder = root / "tests" / "accepted" / ("models" if question.about_models else "")
    with judging(question) as context:
        measures: dict[str, Callable[[], Iterator[Marks]]] = {
            "ideas": lambda: of_ideas(context, question, draws),
            "pairs": lambda: of_pairs(context, question, draws),
            "strangers": lambda: of_strangers(context, question, draws[:FEW]),
            "accepted": lambda: of_accepted(context, question, accepted(folder, question.names), draws),
            "empty": lambda: of_empty(context, question, draws),
        }
        return Findings(**{part: tuple(measures[part]()) for part in parts})


FEW = 3  # draws where twenty would only repeat what three say


def run(
    root: Path,
    wanted: Callable[[Question], bool] = lambda question: True,
    draws: Sequence[bytes] = tuple(seeds(20)),
    parts: Sequence[str] = PARTS,
    jobs: int = 1,
    done: Callable[[Question], None] = lambda question: None,
    before_models: Callable[[], Any] = lambda: None,
) -> Findings:
    """Audit the questions that are `wanted`, `jobs` of them at a time, in processes of their own (1: in this one).

    `before_models` is called wherever Keras will be needed.
    """
    chosen = [(n, question) for n, question in enumerate(questions(root)) if wanted(question)]
    found: dict[int, Findings] = {}
    if jobs == 1:
        for number, question in chosen:
            found[number] = of_question(root, number, parts, draws, before_models)
            done(question)
    else:
        longest_first = sorted(chosen, key=lambda row: -len(row[1].cases) - 100 * row[1].about_models)
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            running = {
                pool.submit(of_question, root, number, parts, draws, before_models): (number, question)
                for number, question in longest_first
            }
            for future in as_completed(running):
                number, question = running[future]
                found[number] = future.result()
                done(question)
    return sum((found[number] for number, _ in chosen), Findings())
