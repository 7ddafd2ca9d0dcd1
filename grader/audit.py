"""The grader's own grade: can its checks fail, do they let every right answer pass, and are mistakes told apart?

Every question is taken as it stands in its master, and answered by those whose mark is known beforehand:

* each wrong idea of the library, and pairs of them: the hidden cases must take points, and name the idea;
* each implementation in `tests/accepted/`, which differ in everything but their answers: all cases must pass;
* answers without thought (`grader.vacuous`): no hidden case may pass.

All hidden inputs are drawn anew, from seeds that no idea or case was written on. Cases have been mended after an audit,
though, so only a draw that no audit has taken yet is quite fresh; the tests take two of those. The score of each
answer must be the same under all of them. Nothing here is sandboxed: every answer is the course's own.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import combinations
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from grader import build, cnnchecks, judge, vacuous
from grader import course as courses
from grader.cnnchecks import CheckFailed, Outcome, Raised
from grader.master import names_asked
from grader.reference import REFERENCE, ReferenceModel
from grader.sandbox import evaluator
from grader.tasks.catalogue import GRIDS, IDEAS
from grader.tasks.networks import chain, configuration
from grader.tasks.task import Idea, Step, Way, all_are_right, taken_by
from grader.together import AND, believers, card_of_both, together
from grader.vacuous import Claim, Env

# What is asked ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """One test cell of a master."""

    hidden: bool
    names: tuple[str, ...]  # what it asks the notebook for
    ask: Callable[[Mapping[str, Any]], None]  # raises CheckFailed


@dataclass(frozen=True)
class Question:
    id: str  # "a3.q4"
    names: tuple[str, ...]
    cases: tuple[Case, ...]
    data: Mapping[str, np.ndarray]

    @property
    def about_models(self) -> bool:
        return any(map(is_model, self.names))

    def only(self, *names: str) -> Question:
        """The cases alone that ask for any of these."""
        kept = tuple(case for case in self.cases if set(case.names) & set(names))
        return Question(self.id, names, kept, self.data)


@cache
def questions(root: Path) -> tuple[Question, ...]:
    """Every question of every master of the course at `root`, and one called "none" for each graded function that no
    question asks for."""
    course = courses.load(root / "course.toml")
    asked = [question for id in course.assignments for question in _of_assignment(course, id)]
    known = {name for question in asked for name in question.names}
    left = dict.fromkeys(name.partition("/")[0] for name in GRIDS if name.partition("/")[0] not in known)
    return (*asked, *(Question("none", (name,), tuple(_unasked(name)), {}) for name in left))


def _of_assignment(course: courses.Course, id: str) -> Iterator[Question]:
    source = build.Source(course, course.assignments[id])
    data = build.data_of(source)
    for question in source.questions:
        cases = tuple(
            Case(test.hidden, asked, function_of(test.source))
            for test in question.tests
            if set(asked := tuple(names_asked(test.source)))
            <= set(REFERENCE)  # numbers have no right function
        )
        yield Question(f"{source.assignment.short}.{question.name}", question.names, cases, data)


def function_of(source: str) -> Callable[[Mapping[str, Any]], None]:
    """The test function that a cell defines.

    >>> function_of("def test_nothing(env): pass")({})
    """
    scope: dict[str, Any] = {}
    exec(compile(source, "a test cell", "exec"), scope)
    (function,) = [value for name, value in scope.items() if name.startswith("test")]
    return function


def _unasked(name: str) -> Iterator[Case]:
    """The grids of what ideas claim and no question asks for."""
    ask = judge.check_model_drawn if is_model(name) else judge.check_drawn
    for grid in GRIDS.get(name, ()):
        yield Case(True, (name,), partial(ask, name=name, grid=grid))
    if is_model(name):
        yield Case(True, (name,), partial(judge.check_parameters, name=name))


def is_model(name: str) -> bool:
    return isinstance(REFERENCE.get(name), ReferenceModel) or f"{name}/layers" in REFERENCE


@contextmanager
def judging(question: Question) -> Iterator[None]:
    """Inside the block a question's cases ask the reference, as they do when a submission is graded."""
    sys.modules["cnnchecks"] = cnnchecks  # what a public case imports
    before = (
        cnnchecks.set_oracle(judge.LiveOracle()),
        cnnchecks.set_models(Rebuilt()),
        cnnchecks.set_data(question.data),
    )
    try:
        with library(map(remembering, list(IDEAS))), np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        cnnchecks.set_oracle(before[0])
        cnnchecks.set_models(before[1])
        cnnchecks.set_data(before[2])


class Rebuilt(cnnchecks.LiveModels):
    """Keras in this process, which builds and asks once; what the evaluator would not let in, it doesn't either."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[str, Any] = {}

    def describe(self, config: dict) -> dict:
        return self._once("plan", config, (), lambda: evaluator.describe(config))

    def outputs(
        self, config: dict, weights: list, x: np.ndarray, sizes: tuple[int, ...] | None = None
    ) -> np.ndarray:
        self.describe(config)  # lets it in, or raises
        return self._once(
            "outputs",
            config,
            (weights, x, sizes),
            lambda: super(Rebuilt, self).outputs(config, weights, x, sizes),
        )

    def _once(self, what: str, config: dict, given: tuple, answer: Callable[[], Any]) -> Any:
        call = cnnchecks.key(what, (json.dumps(config, sort_keys=True), given), {})
        if call not in self._known:
            self._known[call] = answer()
        return self._known[call]


@contextmanager
def library(ideas: Iterable[Idea]) -> Iterator[None]:
    """Inside the block these ideas are all that is known."""
    before, IDEAS[:] = list(IDEAS), list(ideas)
    try:
        yield
    finally:
        IDEAS[:] = before


def remembering(idea: Idea) -> Idea:
    """The same idea, which is asked the same behind each wrong answer, and computes it once."""
    ways = {name: [Way(_once(way.answer), way.steps) for way in known] for name, known in idea.ways.items()}
    return Idea(idea.card, {name: known[0].answer for name, known in ways.items()}, ways)


def _once(step: Step) -> Step:
    known: dict[str, Any] = {}

    def answer(*args: Any, **kwargs: Any) -> Any:
        if not all_are_right():
            return step(*args, **kwargs)  # half of a pair answers otherwise
        call = cnnchecks.key("", args, kwargs)
        if call not in known:
            known[call] = step(*args, **kwargs)
        return known[call]

    return answer


# What was said ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """What a case that failed said: what kind of mistake, and whose idea it may be."""

    kind: str
    ideas: tuple[str, ...]
    sure: bool = True

    @property
    def named(self) -> str:
        """The one idea (or pair of ideas) that is named without a doubt, or nothing."""
        return self.ideas[0] if self.sure and len(self.ideas) == 1 else ""


@dataclass(frozen=True)
class Marks:
    """What the cases said of one answer (None: passed): the public ones, and the hidden ones under each seed."""

    question: str
    names: tuple[str, ...]  # the functions that it answers
    sample: str
    public: tuple[Said | None, ...]
    hidden: tuple[tuple[Said | None, ...], ...]
    alike: frozenset[str] = (
        frozenset()
    )  # other ideas that nothing tells from these: they answer alike everywhere

    @property
    def killed(self) -> bool:
        """Every draw took points."""
        return all(any(draw) for draw in self.hidden)

    @property
    def killed_in_public(self) -> bool:
        return any(self.public)

    @property
    def clean(self) -> bool:
        """No case of any draw took a point, and none that is visible failed."""
        return not any(self.public) and not any(any(draw) for draw in self.hidden)

    @property
    def empty(self) -> bool:
        """No case of any draw gave a point."""
        return all(all(draw) for draw in self.hidden)

    @property
    def steady(self) -> bool:
        """The score does not depend on the draw."""
        return len({sum(said is None for said in draw) for draw in self.hidden}) == 1

    def named(self) -> list[bool]:
        """Per draw: were the ideas at work named, all of them, without a doubt?"""
        return [
            any(said is not None and set(said.named.split(AND)) == self.truth for said in draw)
            for draw in self.hidden
        ]

    @property
    def truth(self) -> set[str]:
        """The ideas at work: one, or both of a pair."""
        return set(self.sample.split(AND))

    def confident(self) -> list[str]:
        """The ideas that were named without a doubt, case by case and draw by draw."""
        return [said.named for draw in self.hidden for said in draw if said is not None and said.named]

    def misnamed(self) -> list[str]:
        """Those of them that aren't at work."""
        names = [name for name in self.confident() if name not in self.alike]
        return [name for name in names if not set(name.split(AND)) <= self.truth]


def seeds(count: int, word: str = "audit") -> list[bytes]:
    """Seeds that no idea or case was written on; the tests take later ones than the audit does."""
    return [hashlib.sha256(f"{word}/{number}".encode()).digest() for number in range(count)]


@dataclass(frozen=True)
class Apart:
    """A function as it looks across the seal, where checks judge first and illustrate later."""

    function: Callable[..., Any]
    elsewhere = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return self.function(*args, **kwargs)
        except Exception as error:  # across the seal it comes as data, a class of one's own by its parent
            kind = next(kind for kind in type(error).__mro__ if kind.__module__ == "builtins")
            raise Raised(kind.__name__, str(error)) from None


def marks(question: Question, sample: str, env: Env, draws: Sequence[bytes]) -> Marks:
    """Ask `env`, and the reference for what it leaves out, every case of a question."""
    plain = {name: Apart(f) if callable(f) and not question.about_models else f for name, f in env.items()}
    whole = dict(REFERENCE) | plain
    public = tuple(_said(case, whole) for case in question.cases if not case.hidden)
    hidden = []
    for seed in draws:
        with judge.seeded(seed):
            hidden.append(tuple(_said(case, whole) for case in question.cases if case.hidden))
    return Marks(question.id, tuple(env), sample, public, tuple(hidden))


def _said(case: Case, env: Env) -> Said | None:
    try:
        case.ask(env)
    except CheckFailed as failed:
        outcome: Outcome = failed.outcome
        sure = outcome.diagnosis in outcome.candidates  # else it is one of several, or a doubted one
        return Said(outcome.kind, tuple(card.id for card in outcome.candidates), sure)
    return None


# Those who answer -------------------------------------------------------------------------------------------


def of_ideas(question: Question, draws: Sequence[bytes]) -> Iterator[Marks]:
    """Each idea that claims a function of the question, in each way to make the mistake."""
    for idea in list(IDEAS):
        for name, claim in _claimed(question):
            for number, way in enumerate(idea.ways.get(claim, ())):
                who = Claim(configuration(idea, name, number)) if is_model(name) else way.answer
                yield marks(question.only(name), idea.card.id, {name: who}, draws)


def of_strangers(question: Question, draws: Sequence[bytes]) -> Iterator[Marks]:
    """Each idea again, in its usual way, where the library lacks it: what is named now is named wrongly."""
    for idea in list(IDEAS):
        for name, claim in _claimed(question):
            if claim in idea.ways:
                way = idea.ways[claim][0]
                who = Claim(configuration(idea, name)) if is_model(name) else way.answer
                with library(known for known in list(IDEAS) if known is not idea):
                    found = marks(question.only(name), idea.card.id, {name: who}, draws)
                    yield _with_those_alike(found, claim, way.answer)


PAIRS = 40  # of each function, drawn once for all


def of_pairs(question: Question, draws: Sequence[bytes]) -> Iterator[Marks]:
    """Some pairs of ideas about each function of the question, each on a draw of its own."""
    for name, claim in _claimed(question):
        two = list(combinations([idea for idea in IDEAS if claim in idea.ways], 2))
        chosen = np.random.default_rng(0).permutation(len(two))[:PAIRS]
        for number, (first, second) in enumerate(two[place] for place in chosen):
            ways = first.ways[claim][0], second.ways[claim][0]
            step = together(claim, *ways)
            try:
                who = Claim(_with_both(name, *ways)) if is_model(name) else step
            except ValueError:  # the layer that one changes is no longer there
                continue
            both = card_of_both(first.card, second.card).id
            found = marks(question.only(name), both, {name: who}, [draws[number % len(draws)]])
            yield _with_those_alike(found, claim, step)


def _claimed(question: Question) -> Iterator[tuple[str, str]]:
    """(name, claim): an idea may be about what a function or a model computes, a model's layers, or what is trained."""
    for name in question.names:
        yield from ((name, claim) for claim in (name, f"{name}/layers", f"{name}/trainable"))


def _with_both(name: str, first: Way, second: Way) -> dict[str, Any]:
    """The model of someone with two ideas."""
    with taken_by(second.steps):
        return chain(first.steps["layers_of"](name))


def _with_those_alike(found: Marks, claim: str, step: Step) -> Marks:
    return replace(found, alike=frozenset(name for name in found.misnamed() if _is_alike(claim, step, name)))


def _is_alike(claim: str, step: Step, id: str) -> bool:
    """Do those with the ideas called `id` answer as `step` does, in every hidden case of another draw?"""
    with judge.seeded(b"alike"):
        calls = [
            case.draw(judge.generator(claim, grid, place))
            for grid, cases in GRIDS[claim].items()
            for place, case in enumerate(cases)
        ]
    card = cnnchecks.Diagnosis(id, "", "", "")
    return any(
        all(_agree(claim, step, other, *call) for call in calls) for _, other in believers(claim, (card,))
    )


def _agree(claim: str, step: Step, other: Step, args: tuple, kwargs: dict) -> bool:
    try:
        answers = [one(*args, **kwargs) for one in (step, other)]
    except Exception:
        return False
    return cnnchecks.agree(claim, answers, judge.LiveOracle().answer(claim, args, kwargs).atol)


@dataclass(frozen=True)
class Accepted:
    """A correct implementation: what it answers, and in what it differs from the others."""

    name: str
    differs: str
    env: Env


def accepted(folder: Path, known: Sequence[str]) -> list[Accepted]:
    """The implementations in a folder's files that answer at least one of the names `known`."""
    found = []
    for path in sorted(folder.glob("*.py")):
        spec = importlib.util.spec_from_file_location(f"accepted_{path.stem}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        env = {name: getattr(module, name) for name in known if hasattr(module, name)}
        found.append(Accepted(path.stem, " ".join((module.__doc__ or "").split()), env))
    return found


def of_accepted(question: Question, found: Sequence[Accepted], draws: Sequence[bytes]) -> Iterator[Marks]:
    """Each implementation of a function of the question."""
    for implementation in found:
        env = {name: implementation.env[name] for name in question.names if name in implementation.env}
        if env:
            yield marks(question.only(*env), implementation.name, env, draws)


def of_empty(question: Question, draws: Sequence[bytes]) -> Iterator[Marks]:
    """Each answer without thought to all functions of the question. No idea is looked for behind it."""
    networks = tuple(filter(is_model, question.names))
    functions = tuple(name for name in question.names if name not in networks)
    visible = [case.ask for case in question.only(*functions).cases if not case.hidden]
    with library(()):
        for names, made in (
            (networks, vacuous.models),
            (functions, partial(vacuous.answers, public=visible)),
        ):
            for kind, env in made(names) if names else ():
                yield marks(question.only(*names), kind, env, draws)


# Everything together ----------------------------------------------------------------------------------------


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
    measures: dict[str, Callable[[], Iterator[Marks]]] = {
        "ideas": lambda: of_ideas(question, draws),
        "pairs": lambda: of_pairs(question, draws),
        "strangers": lambda: of_strangers(question, draws[:FEW]),
        "accepted": lambda: of_accepted(question, accepted(folder, question.names), draws),
        "empty": lambda: of_empty(question, draws),
    }
    with judging(question):
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
