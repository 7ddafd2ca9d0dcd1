"""The teacher's side of a check: the right answer and the wrong ideas' answers for any input, drawn or given.

`LiveOracle` computes them; `RecordingOracle` also writes down what it was asked, as the `fixtures.npz` that a
student's folder carries; `check_drawn` asks a whole grid of hidden cases.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import itertools
import json
import math
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from grader import shrink
from grader.cnnchecks import (
    LABELS,
    RUNG,
    UNEXPLAINED,
    Answer,
    CheckFailed,
    Diagnosis,
    Oracle,
    Outcome,
    Reader,
    Rung,
    Wrong,
    agree,
    check_design,
    check_layers,
    compare,
    designed_outcome,
    doubted,
    flatten,
    followed,
    key,
    looked_at,
    model_outcome,
    models,
    one_of,
    outcome_of,
    suited,
    tolerance,
    trained_outcome,
    traits,
    with_example,
)
from grader.packing import zip_bytes
from grader.reading import Question, reader
from grader.reading import drawn as ask_digits
from grader.reference import MODELS, REFERENCE, ReferenceModel
from grader.report import Measure
from grader.tasks.catalogue import GRIDS, TASKS, by_id, for_function
from grader.tasks.layers.faster import PARTS
from grader.tasks.rounding import map_leaves, of_a_network
from grader.tasks.trained import held_out_digits, trained
from grader.thin import ThinModel, ThinOracle, drawn, first_placed
from grader.together import believers
from grader.two_ideas import Allowance, Search, Trial, explained_by, is_met_by_chance
from kerasnets import blueprint
from kerasnets.models import registry
from kerasnets.numpy_layers.network import OURS

DEFAULT_SEED = b"kerasnets"
_seed: ContextVar[bytes] = ContextVar("seed", default=DEFAULT_SEED)
# function -> outcomes of its hidden cases, in the submission that is being graded
_found: ContextVar[dict[str, list[Outcome]] | None] = ContextVar("found", default=None)
# what is measured of it
_measures: ContextVar[list[Measure] | None] = ContextVar("measures", default=None)
_searches: ContextVar[dict[tuple[str, str], Search] | None] = ContextVar("searches", default=None)


@contextmanager
def seeded(seed: bytes) -> Iterator[None]:
    """Draw the hidden inputs from `seed` inside the block.

    >>> with seeded(b"ada"): first = generator("conv2d_forward", "valid", 0).integers(1000)
    >>> with seeded(b"ada"): again = generator("conv2d_forward", "valid", 0).integers(1000)
    >>> bool(first == again)
    True
    """
    before, found, searches = _seed.set(seed), _found.set({}), _searches.set({})
    try:
        yield
    finally:
        _seed.reset(before)
        _found.reset(found)
        _searches.reset(searches)


@contextmanager
def measuring(measures: list[Measure]) -> Iterator[None]:
    """Inside the block hidden cases write what they measure of a submission into `measures`, for a leaderboard."""
    token = _measures.set(measures)
    try:
        yield
    finally:
        _measures.reset(token)


def generator(name: str, grid: str, index: int | str) -> np.random.Generator:
    """The random numbers of one hidden case: HMAC-SHA256 of the seed and the case's place."""
    digest = hmac.digest(_seed.get(), f"{name}/{grid}/{index}".encode(), hashlib.sha256)
    return np.random.default_rng(int.from_bytes(digest, "big"))


def check_drawn(
    env: Mapping[str, Any], name: str, grid: str, ask: Callable[..., Outcome] = outcome_of
) -> None:
    """Ask `env[name]` every case of a hidden grid, in drawn order, and raise `CheckFailed` if one fails.

    Reported is the first failure that a wrong idea explains, else the first. Of several ideas that explain it,
    those remain that fit the other cases too; where none fits them all, two at once may. The outcome quotes no
    input: `detail` and picture are left out.
    """
    cases = GRIDS[name][grid]
    order = generator(name, grid, "order").permutation(len(cases))
    drawn = [(cases[i], *cases[i].draw(generator(name, grid, int(i)))) for i in order]
    outcomes = [ask(env, name, args, kwargs, LiveOracle()) for _, args, kwargs in drawn]
    if (found := _found.get()) is not None:
        found.setdefault(name, []).extend(outcomes)
    failures = [i for i, outcome in enumerate(outcomes) if not outcome.passed]
    if not failures:
        return
    main = next((i for i in failures if outcomes[i].candidates), failures[0])
    failed = replace(outcomes[main], detail="", picture=None)
    for (_, args, kwargs), outcome in zip(drawn, outcomes, strict=True):
        if len(failed.candidates) < 2:
            break
        fits = (
            set(failed.candidates) - _wrong_about(name, args, kwargs, failed.candidates)
            if outcome.passed
            else outcome.candidates
        )
        failed = _only(failed, set(fits))
    asked = [
        (name, args, kwargs, outcome) for (_, args, kwargs), outcome in zip(drawn, outcomes, strict=True)
    ]
    failed = by_two_ideas(failed, asked, _search_for(env, name))
    words = failed.message if ask is model_outcome else _in_our_words(failed, name)
    failed = replace(failed, message=f"{drawn[main][0].about}: {words}", where=_without_numbers(failed.where))
    if ask is model_outcome:  # its numbers are places of layers, fixed before a hidden input was seen
        failed = followed(env, name, drawn[main][1], failed, LiveOracle(), hidden=True)
    raise CheckFailed(with_example(env, failed, LiveOracle()))


Asked = tuple[str, tuple, dict, Outcome]


def by_two_ideas(failed: Outcome, asked: Sequence[Asked], search: Search) -> Outcome:
    """`failed`, one of the cases that were asked; with two ideas at once, if no single one fits all of them but two do."""
    met_by_chance = failed.compared is not None and is_met_by_chance(failed.compared[0])
    failed = replace(failed, compared=None)
    trials = [part for case in asked if (trial := _trial(*case)) for part in _with_first_image(trial)]
    if all(trial.passed for trial in trials):
        return failed
    steps = [step for _, step in believers(trials[0].name, failed.candidates)] if failed.candidates else []
    if any(explained_by(step, trials) for step in steps):
        return failed
    if cards := search.pairs(trials):
        message = failed.message.removesuffix(UNEXPLAINED)
        return replace(failed, message=message, candidates=cards, diagnosis=one_of(cards))
    if failed.candidates and met_by_chance:
        return replace(failed, message=failed.message + UNEXPLAINED, candidates=(), diagnosis=None)
    return replace(failed, diagnosis=doubted(failed.diagnosis))  # it fits here, but not everywhere


def _search_for(env: Mapping[str, Any], name: str) -> Search:
    """What is known of two ideas behind wrong answers of `name` to draws from one seed. The functions of one question
    share its time."""
    searches = _searches.get()
    if searches is None:
        return Search()
    question = getattr(env, "question", name)
    allowance = next((s.allowance for (asked, _), s in searches.items() if asked == question), Allowance())
    return searches.setdefault((question, name), Search(allowance))


def _trial(name: str, args: tuple, kwargs: dict, outcome: Outcome) -> Trial | None:
    """A case as the search for two ideas sees it; None for an answer that can't be compared with those of ideas."""
    if outcome.passed:
        answer = LiveOracle().answer(name, args, kwargs)
        return Trial(name, _WrongAnswers(name, args, kwargs).says, answer, answer.expected, True)
    if outcome.compared is None or not isinstance(wrong := outcome.compared[1].wrong, _WrongAnswers):
        return None
    got, answer = outcome.compared
    trial = Trial(wrong.name, wrong.says, answer, got, False)
    return None if outcome.kind == "dtype" and trial.is_right(got) else trial


def _with_first_image(trial: Trial) -> list[Trial]:
    """A case of a network with one of its first image alone, which rejects most ideas in a fraction of the time."""
    if not isinstance(REFERENCE[trial.name], ReferenceModel) or trial.passed or np.ndim(trial.got) != 2:
        return [trial]
    expected, got = trial.answer.expected[:1], trial.got[:1]

    def says(step: Callable[..., Any]) -> Any:
        return trial.says(lambda weights, x: step(weights, x[:1]))

    passed = compare(got, expected, trial.answer.atol).passed
    return [Trial(trial.name, says, replace(trial.answer, expected=expected), got, passed), trial]


def _in_our_words(failed: Outcome, name: str) -> str:
    """A failure told without anything of the answer, whose shape or number could have been made of the hidden input."""
    what = failed.label or f"`{name}`"
    words = {
        "type": f"{what} is not of the type, or not as many values, as asked for.",
        "shape": f"{what} has another shape than expected.",
        "dtype": f"{what} has another dtype than expected.",
        "finite": f"{what} has numbers that are not finite.",
        "value": f"{what} has other values than expected.",
    }
    if failed.kind not in words:
        return failed.message
    known = re.search(rf"( [\w ,]+ right\.)?{re.escape(UNEXPLAINED)}$", failed.message)
    return words[failed.kind] + (known[0] if known else "")


def _without_numbers(where: str) -> str:
    return "" if re.search(r"\d", where) else where


def follow_through(env: Mapping[str, Any], name: str, args: tuple, kwargs: dict, oracle: Oracle) -> Outcome:
    """`outcome_of`, but a mistake in a layer isn't charged a second time to the network built from it.

    Where the answer is wrong and the student's layers show at most `MOST_WRONG_PARTS` wrong ideas, it is compared with
    the network out of layers with these ideas, as a teacher who marks by hand carries an error forward. The layers are
    the library's, not the student's: those could say anything once they know that it is the network that is asked.
    """
    outcome = outcome_of(env, name, args, kwargs, oracle)
    if outcome.passed or outcome.kind == "raised":
        return outcome
    for wrong in _wrong_parts(env, NETWORKS[name]):
        try:
            expected = REFERENCE[name](*args, **kwargs, layers=NETWORKS[name] | wrong)
        except (ValueError, TypeError, IndexError):
            continue  # nothing can be built on such a part
        fixed = Fixed(Answer(expected, oracle.answer(name, args, kwargs).atol))
        if _is_telling(expected) and outcome_of(env, name, args, kwargs, fixed).passed:
            return Outcome(True, "ok", "It is right for the layers that it is built from.")
    return outcome


def _is_telling(expected: Any) -> bool:
    """Could only a real network answer this? Parts that return zeros make a network of zeros, which proves nothing."""
    leaves = [np.asarray(leaf) for leaf in flatten(expected).values()]
    return all(np.isfinite(leaf).all() and (leaf.ndim == 0 or np.ptp(leaf) > 0) for leaf in leaves)


NETWORKS: dict[str, dict[str, Callable[..., Any]]] = {
    "lenet_gradients": dict(OURS),
    "first_layer": dict(PARTS),
}
MOST_WRONG_PARTS = 2  # with more of them wrong, little of the network is left to be right
MOST_WAYS = 4  # to explain them that are tried


@dataclass(frozen=True)
class Fixed:
    """An oracle with one answer."""

    fixed: Answer

    def answer(self, name: str, args: tuple, kwargs: dict) -> Answer:
        return self.fixed


def _wrong_parts(env: Mapping[str, Any], parts: Mapping[str, Any]) -> list[dict[str, Callable[..., Any]]]:
    """Which ideas the functions among `parts` answer by: {part: the idea's code}, one dict for each way to explain them.

    None where all of them are right, where too many aren't, or where no idea explains one.
    """
    explained: dict[str, list[Callable[..., Any]]] = {}
    found = _found.get() or {}
    for part in parts:
        outcomes = found.get(part) or _asked_now(env, part)
        candidates = [{card.id for card in outcome.candidates} for outcome in outcomes if not outcome.passed]
        if candidates:
            ideas = sorted(set.intersection(*candidates))
            explained[part] = [partial(by_id(idea).answer, part) for idea in ideas]
        if len(explained) > MOST_WRONG_PARTS or [] in explained.values():
            return []
    ways = itertools.product(*explained.values()) if explained else ()
    return [dict(zip(explained, way, strict=True)) for way in itertools.islice(ways, MOST_WAYS)]


def _asked_now(env: Mapping[str, Any], part: str) -> list[Outcome]:
    """For a layer whose own question wasn't asked before. One that was isn't asked again: it could lie by now."""
    drawn = [
        case.draw(generator(part, grid, i))
        for grid in GRIDS[part]
        for i, case in enumerate(GRIDS[part][grid])
    ]
    return [outcome_of(env, part, *case, LiveOracle()) for case in drawn]


def _only(failed: Outcome, cards: set[Diagnosis]) -> Outcome:
    """Keep the candidates among `cards`, unless none would remain: two mistakes may be at work."""
    common = tuple(card for card in failed.candidates if card in cards)
    return replace(failed, candidates=common, diagnosis=one_of(common)) if common else failed


def _wrong_about(name: str, args: tuple, kwargs: dict, cards: tuple[Diagnosis, ...]) -> set[Diagnosis]:
    """Those of these ideas that would have failed here."""
    answer = LiveOracle().answer(name, args, kwargs)
    told = _WrongAnswers(name, args, kwargs, cards)
    return {card for card, value in told if _differs(name, value, answer)}


def check_network_drawn(env: Mapping[str, Any], name: str, grid: str) -> None:
    """`check_drawn` for a network made of the student's own layers: see `follow_through`."""
    check_drawn(env, name, grid, ask=follow_through)


def check_model_drawn(env: Mapping[str, Any], name: str, grid: str) -> None:
    """`check_drawn` for a model or its builder: each case is weights to load and images to show."""
    check_drawn(env, name, grid, ask=model_outcome)


def check_value(
    env: Mapping[str, Any], name: str, function: str, /, *args: Any, also: tuple[Any, ...] = (), **kwargs: Any
) -> None:
    """Raise `CheckFailed` unless the answer `env[name]` is what the reference's `function` gives, or one of those that are
    right `also`. The wrong ideas about the function explain a wrong answer.

    >>> check_value({"parameters": 280}, "parameters", "conv_parameters", 3, 3, 10)
    >>> check_value({"parameters": 270}, "parameters", "conv_parameters", 3, 3, 10)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    grader.cnnchecks.CheckFailed: `parameters` has other values than expected.
    <BLANKLINE>
    You may think: A layer's parameters are the weights of its kernels.
    ...
    """
    given = env.get(name)
    if given is None or given is Ellipsis:
        message = f"There is no answer in `{name}`. Put it where the `...` stands."
        raise CheckFailed(Outcome(False, "missing", message))
    if any(compare(given, other).passed for other in also):
        return
    outcome = outcome_of({name: lambda *_, **__: given}, name, args, kwargs, AskedAs(function))
    if not outcome.passed:
        words = _in_our_words(outcome, name)
        where = _without_numbers(outcome.where)
        raise CheckFailed(
            replace(outcome, message=words, detail="", where=where, picture=None, compared=None)
        )


def check_parameters(env: Mapping[str, Any], name: str) -> None:
    """Raise `CheckFailed` unless each layer of the model has as many weights as it should, all to be trained."""
    try:
        check_layers(env, name, LiveOracle())
    except CheckFailed as failed:
        asked: list[Asked] = [(name, (), {}, failed.outcome)]
        raise CheckFailed(by_two_ideas(failed.outcome, asked, _search_for(env, name))) from None


def check_thin(env: Mapping[str, Any], name: str) -> None:
    """Raise `CheckFailed` unless the model has the right layers, and a thin copy of it (see `grader.thin`) gives under drawn
    weights what the reference's gives. Where no thin copy can be made, nothing is known of what the model computes: it fails."""
    check_parameters(env, name)
    value = env[name]
    claimed = hasattr(type(value), "model") and not hasattr(value, "count_params")
    config = value.model()["blueprint"]["config"] if claimed else blueprint.of(value).to_dict()["config"]
    if kind := first_placed(config):
        raise CheckFailed(
            Outcome(False, "value", f"{NO_COPY} What stands in the way: a layer of the kind {kind}.")
        )
    given = drawn(name, generator(name, "thin", 0))
    outcome = model_outcome({name: ThinModel(config)}, name, given, {}, ThinOracle())
    if outcome.passed:
        return
    message = THIN if outcome.asked else f"{NO_COPY} What stands in the way: {outcome.message}"
    raise CheckFailed(replace(outcome, message=message, detail="", where="", picture=None, compared=None))


def check_accuracy(
    env: Mapping[str, Any],
    name: str,
    like: str,
    at_least: float,
    digits: range = range(10),
    trainable: bool = True,
) -> None:
    """Raise `CheckFailed` unless the trained model `env[name]` is one `like` the reference of that name and reads a
    share of `at_least` of the digits that no student's folder holds. Published weights are nobody's own work.

    digits: those that it tells apart; its first output is for the first of them. trainable: as `check_trained` has it."""
    reads = _unless_published(reader(digits_for(name, digits), at_least))
    outcome = trained_outcome(env, name, like, reads, LiveOracle(), trainable)
    if not outcome.passed:
        raise CheckFailed(outcome)


def check_design_rules(env: Mapping[str, Any], name: str, budget: int) -> None:
    """Raise `CheckFailed` unless the network that `env[name]` builds keeps the rules and the budget."""
    check_design(env, name, budget)


def check_design_accuracy(env: Mapping[str, Any], name: str, budget: int, at_least: float) -> None:
    """Raise `CheckFailed` unless the trained model `env[name]`, of whatever design, keeps the rules and the budget and reads
    a share of `at_least` of the digits that no student's folder holds."""
    reads = _unless_published(reader(digits_for(name), at_least))
    outcome = designed_outcome(env, name, budget, reads)
    if outcome.measured is not None and (measures := _measures.get()) is not None:
        claim = env[name].model(weights=True)["blueprint"]["config"]
        parameters = sum(row["parameters"] for row in models().describe(claim)["rows"])
        measures.append(Measure(f"accuracy with at most {budget:,} parameters", outcome.measured))
        measures.append(Measure("parameters", parameters, order="asc"))
    if not outcome.passed:
        raise CheckFailed(outcome)


def digits_for(name: str, digits: range = range(10)) -> Question:
    """What the network called `name` is asked about the digits that no student's folder holds: the same in all cases of a
    submission, another draw in the next."""
    images, labels = held_out_digits()
    chosen = np.isin(labels, digits)
    return ask_digits(images[chosen], labels[chosen] - digits.start, generator(name, "digits", 0))


def _unless_published(reads: Reader) -> Reader:
    """`reads`, after a look at whose weights these are."""

    def asked(name: str, config: dict, weights: list) -> Outcome:
        if are_published(weights):
            return Outcome(False, "value", f"The weights of `{name}` are those that the course publishes, number for "
                           "number, or nearly so. Hand in the file that your own training wrote.")  # fmt: skip
        return reads(name, config, weights)

    return asked


def are_published(weights: list[np.ndarray]) -> bool:
    """Are these the trained weights of a network of the zoo, as they ship? Reshaped or rounded to float16, they still are.

    So they are with filters in another order or of another sign, or with a little noise: see `_same_kernels`. Who trains on from
    them for long isn't found out: the reference is public (see SECURITY.md).
    """
    published = [trained(card.name) for card in registry.table() if card.trained]
    return any(_same_numbers(weights, known) or _same_kernels(weights, known) for known in published)


def _same_numbers(some: Sequence[np.ndarray], others: Sequence[np.ndarray]) -> bool:
    pairs = [(np.ravel(a), np.ravel(b)) for a, b in zip(some, others, strict=False)]
    return len(some) == len(others) and all(
        a.size == b.size and np.allclose(a, b, rtol=1e-2, atol=1e-4) for a, b in pairs
    )


def _same_kernels(some: Sequence[np.ndarray], others: Sequence[np.ndarray]) -> bool:
    """Has each filter and unit of a chain of layers its like in another one, where those before it are set in their order?

    >>> rng = np.random.default_rng(1)
    >>> kernels = [rng.normal(size=shape) for shape in ((3, 3, 1, 4), (16, 5), (5, 3))]  # maps of 2x2, flattened
    >>> first, second = kernels[0][..., ::-1], -kernels[1].reshape(4, 4, 5)[:, ::-1].reshape(16, 5)
    >>> _same_kernels([first, second, -kernels[2]], kernels), _same_kernels([first, *kernels[1:]], kernels)
    (True, False)
    """
    if [np.size(array) for array in some] != [np.size(array) for array in others]:
        return False
    order, signs = np.zeros(1, int), np.ones(1)  # of the layer before: one channel, an image's
    for given, known in zip(some, others, strict=True):
        if known.ndim < 2:
            continue  # biases
        if known.shape[-2] % len(order):
            return False  # it is no chain
        places = known.reshape(-1, len(order), known.shape[-1])
        set_right = (np.reshape(given, places.shape)[:, order] * signs[:, None]).reshape(-1, known.shape[-1])
        units = [_of_length_one(array) for array in (places.reshape(set_right.shape), set_right)]
        alike = units[0].T @ units[1]
        order = np.abs(alike).argmax(axis=1)
        best = alike[np.arange(len(order)), order]
        if not (np.abs(best) > ALIKE).all() or len(set(order.tolist())) < len(order):
            return False
        signs = np.sign(best)
    return True


def _of_length_one(columns: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        return np.asarray(columns / np.linalg.norm(columns, axis=0))


ALIKE = 0.99  # the cosine of two filters that are one: numbers that are off by a tenth of their size come to 0.995
THIN = (
    "All layers have the right number of weights, but the network computes something else: a copy with fewer filters and units "
    "gives other outputs. Compare the activations (also of the last layer), the kinds of pooling, and the strides "
    "with the question's."
)

NO_COPY = (
    "All layers have the right number of weights, but what the network computes can't be seen: a copy with fewer filters and "
    "units, which would show it, can't be built. Write no size down that follows from the numbers of filters and units: flatten "
    "with `layers.Flatten()`, and leave out what cuts or joins channels."
)

# The oracles ------------------------------------------------------------------------------------------------


class LiveOracle:
    """Answers by computing: the reference in float64, and every wrong idea that claims the function."""

    def answer(self, name: str, args: tuple, kwargs: dict) -> Answer:
        dtype = _answer_dtype(args, kwargs)
        wide = map_leaves(_widen, args), map_leaves(_widen, kwargs)
        expected = REFERENCE[name](*wide[0], **wide[1])
        atol = allowed_error(name, *wide, expected, dtype)
        return Answer(
            map_leaves(lambda leaf: _narrow(leaf, dtype), expected), atol, _WrongAnswers(name, args, kwargs)
        )

    def ladder(self, outcome: Outcome) -> Iterator[Rung]:
        ids = [card.id for card in outcome.candidates]
        if len(ids) == 1 and (best := shown_best(outcome.asked, ids[0], outcome.label)):
            yield best
        yield from suited(shrink.ladder(outcome.asked), outcome)

    def believed(self, name: str, rung: Rung, cards: tuple[Diagnosis, ...]) -> Wrong:
        if not cards:
            return ()
        answer = self.answer(name, rung.args, rung.kwargs)
        told = list(_WrongAnswers(name, rung.args, rung.kwargs, cards))
        answered = {card for card, _ in told}
        return (*_shown(name, told, answer), *((card, None) for card in cards if card not in answered))

    def simplify(self, rung: Rung, shows: Callable[[Rung], bool]) -> Rung:
        return shrink.simplest(rung, shows)


@dataclass(frozen=True)
class AskedAs:
    """An oracle that answers every question as if `function` had been asked."""

    function: str

    def answer(self, name: str, args: tuple, kwargs: dict) -> Answer:
        return LiveOracle().answer(self.function, args, kwargs)


@dataclass(frozen=True)
class _WrongAnswers:
    """Computed when looked through: a right answer costs nothing."""

    name: str
    args: tuple
    kwargs: dict
    cards: tuple[Diagnosis, ...] = ()  # if there are any, only these ideas are asked

    def __iter__(self) -> Iterator[tuple[Diagnosis, Any]]:
        for card, step in believers(self.name, self.cards):
            if (value := self.says(step)) is not None:
                yield card, value

    def says(self, step: Callable[..., Any]) -> Any:
        """What comes of an idea here, in the dtype of the right answer; None where it leads to no answer at all. A test
        shows that each idea leads to one elsewhere."""
        args, kwargs = self._wide
        try:
            with np.errstate(all="ignore"):
                value = step(*args, **kwargs)
        except Exception:
            return None
        return map_leaves(lambda leaf: _narrow(leaf, self._dtype), value)

    @cached_property
    def _wide(self) -> tuple[tuple, dict]:
        return map_leaves(_widen, self.args), map_leaves(_widen, self.kwargs)

    @cached_property
    def _dtype(self) -> np.dtype:
        return _answer_dtype(self.args, self.kwargs)


@cache
def shown_best(name: str, id: str, label: str) -> Rung | None:
    """The simplest input on which the wrong idea called `id` shows first in the part `label` of an answer; None if there
    is none, or no such idea.

    >>> rung = shown_best("conv2d_forward", "conv.bias_forgotten", "`conv2d_forward`")
    >>> [array.ravel().tolist() for array in rung.args]  # x, w, b
    [[0.0], [0.0], [1.0]]
    """
    if label not in (found := _first_shown(name, id)):
        return None
    rung, kind = found[label]
    if kind == "shape":
        return rung  # whatever its numbers are, so let them be different ones
    return shrink.simplest(rung, lambda simpler: _mistake(name, id, simpler) == (label, kind))


@cache
def _first_shown(name: str, id: str) -> dict[str, tuple[Rung, str]]:
    """For each part of an answer the smallest input on which an idea shows there first, and how: by shape, by value, …"""
    found: dict[str, tuple[Rung, str]] = {}
    for rung in shrink.ladder(name):
        label, kind = _mistake(name, id, rung)
        if kind:
            found.setdefault(label, (rung, kind))
    return found


def _mistake(name: str, id: str, rung: Rung) -> tuple[str, str]:
    """Where and how the idea called `id` is wrong about an input; ("", "") where it isn't, or has no answer."""
    cards = tuple(idea.card for idea in for_function(name) if idea.card.id == id)
    answer = LiveOracle().answer(name, rung.args, rung.kwargs)
    for _, value in _WrongAnswers(name, rung.args, rung.kwargs, cards) if cards else ():
        if _differs(name, value, answer):
            outcome = compare(value, answer.expected, answer.atol, LABELS.get(name), name=name)
            return outcome.label, outcome.kind
    return "", ""


class RecordingOracle(LiveOracle):
    """Keeps what it was asked and writes it as `fixtures.npz`: numbers and card texts, never code.

    The small inputs of the functions that it was asked about go there too, with their answers: students find examples
    among them; and what a model's layers give, as a student's may have to be followed.
    """

    def __init__(self) -> None:
        self.calls: dict[str, tuple[str, Answer]] = {}

    def answer(self, name: str, args: tuple, kwargs: dict) -> Answer:
        answer = super().answer(name, args, kwargs)
        self.calls[key(name, args, kwargs)] = name, answer
        if (stages := f"{name}/stages") in REFERENCE:
            self.answer(stages, looked_at(args), {})
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
            told = _shown(name, answers, answer)
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
        writer.save(Path(path), {"calls": calls, "cards": cards, "ladders": inputs})


@cache
def recorded_ladder(name: str) -> tuple[Rung, ...]:
    """What a student's folder holds of a function's small inputs: for each kind of options the smallest and the largest, as
    there are mistakes that we don't know; what shows each idea best; and what tells two ideas apart, if those don't."""
    ideas = [idea.card.id for idea in for_function(name)]
    best = [shown_best(name, id, label) for id in ideas for label in _first_shown(name, id)]
    ladder = shrink.ladder(name)
    first = {traits(name, rung.args, rung.kwargs): rung for rung in reversed(ladder)}
    last = {traits(name, rung.args, rung.kwargs): rung for rung in ladder}
    kept = {
        key(name, rung.args, rung.kwargs): rung for rung in [*first.values(), *last.values(), *best] if rung
    }
    apart = {two for rung in kept.values() for two in _told_apart(name, rung)}
    for rung in ladder:
        if told := _told_apart(name, rung) - apart:
            kept[key(name, rung.args, rung.kwargs)] = rung
            apart |= told
    return tuple(sorted(kept.values(), key=shrink.extent))


def _told_apart(name: str, rung: Rung) -> set[frozenset[str]]:
    """The pairs of ideas that give different wrong answers to an input, in whichever of their ways."""
    answer = LiveOracle().answer(name, rung.args, rung.kwargs)
    wrong = [(card.id, value) for card, value in answer.wrong if _differs(name, value, answer)]
    pairs = [
        (frozenset((id, other)), agree(name, [value, another]))
        for (id, value), (other, another) in combinations(wrong, 2)
        if id != other
    ]
    return {two for two, _ in pairs} - {two for two, alike in pairs if alike}


def _shown(name: str, told: Sequence[tuple[Diagnosis, Any]], answer: Answer) -> list[tuple[Diagnosis, Any]]:
    """All that is said by ideas that are wrong here in one way at least: in another they may be right."""
    wrong = {card for card, value in told if _differs(name, value, answer)}
    return [(card, value) for card, value in told if card in wrong]


def _differs(name: str, wrong: Any, answer: Answer) -> bool:
    if not agree(name, [wrong, answer.expected], answer.atol):
        return True
    return not compare(wrong, answer.expected, answer.atol, LABELS.get(name)).passed  # another dtype, say


# How much an honest answer may be off -----------------------------------------------------------------------


def allowed_error(name: str, args: tuple, kwargs: dict, expected: Any, dtype: Any) -> Any:
    """The absolute tolerance per label of `expected` (see the top of cnnchecks), by label for a nest.

    Sums of products: the reference, asked about absolute values, says how much was added up.
    """
    if not any(_is_float(leaf) or isinstance(leaf, float) for leaf in flatten(expected).values()):
        return 0.0  # sizes and counts
    task = TASKS.get(name)
    if task is not None and task.allowed is not None:
        return task.allowed(args, kwargs, expected, dtype)
    if name.removesuffix("/stages") in MODELS:
        return of_a_network(args, kwargs, expected, dtype)
    magnitude = REFERENCE[name](*map_leaves(_absolute, args), **map_leaves(_absolute, kwargs))
    terms = task.terms(*args) if task is not None and task.terms is not None else 1
    return map_leaves(lambda leaf: tolerance(float(np.abs(leaf).max(initial=0)), terms, dtype), magnitude)


# Trees of values --------------------------------------------------------------------------------------------


def _is_float(leaf: Any) -> bool:
    return isinstance(leaf, (np.ndarray, np.floating)) and leaf.dtype.kind == "f"


def _widen(leaf: Any) -> Any:
    return leaf.astype(np.float64) if _is_float(leaf) else leaf


def _narrow(leaf: Any, dtype: np.dtype) -> Any:
    return np.asarray(leaf).astype(dtype)[()] if isinstance(leaf, float) or _is_float(leaf) else leaf


def _absolute(leaf: Any) -> Any:
    return np.abs(leaf) if isinstance(leaf, np.ndarray) else leaf


def _answer_dtype(args: tuple, kwargs: dict) -> np.dtype:
    """float32 when all floating-point inputs are, else float64."""
    leaves = [*flatten(args).values(), *flatten(kwargs).values()]
    floats = [leaf.dtype for leaf in leaves if _is_float(leaf)]
    return np.result_type(*floats) if floats else np.dtype(np.float64)


# Writing fixtures -------------------------------------------------------------------------------------------


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
    tolerances = flatten(answer.atol, LABELS.get(name))

    def of(label: str, leaf: Any) -> float:
        return float(f"{float(tolerances[label]) + 0.6 * _step(np.asarray(leaf)):.2e}")

    if not isinstance(answer.expected, (tuple, list, dict)):
        return float(f"{float(answer.atol) + 0.6 * _step(np.asarray(answer.expected)):.2e}")
    if np.isscalar(answer.atol):
        return answer.atol
    leaves = flatten(answer.expected, LABELS.get(name))
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
