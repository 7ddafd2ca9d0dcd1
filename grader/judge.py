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
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from grader import misconceptions
from grader.cases import GRIDS
from grader.cnnchecks import (
    LABELS,
    Answer,
    CheckFailed,
    Diagnosis,
    Oracle,
    Outcome,
    check_layers,
    compare,
    flatten,
    key,
    model_outcome,
    one_of,
    outcome_of,
    tolerance,
    trained_outcome,
)
from grader.packing import zip_bytes
from grader.reference import REFERENCE, held_out_digits, trained
from kerasnets.models import registry
from kerasnets.numpy_layers.network import OURS

DEFAULT_SEED = b"kerasnets"
_seed: ContextVar[bytes] = ContextVar("seed", default=DEFAULT_SEED)
# function -> outcomes of its hidden cases, in the submission that is being graded
_found: ContextVar[dict[str, list[Outcome]] | None] = ContextVar("found", default=None)


@contextmanager
def seeded(seed: bytes) -> Iterator[None]:
    """Draw the hidden inputs from `seed` inside the block.

    >>> with seeded(b"ada"): first = generator("conv2d_forward", "valid", 0).integers(1000)
    >>> with seeded(b"ada"): again = generator("conv2d_forward", "valid", 0).integers(1000)
    >>> bool(first == again)
    True
    """
    seed_token, found_token = _seed.set(seed), _found.set({})
    try:
        yield
    finally:
        _seed.reset(seed_token)
        _found.reset(found_token)


def generator(name: str, grid: str, index: int | str) -> np.random.Generator:
    """The random numbers of one hidden case: HMAC-SHA256 of the seed and the case's place."""
    digest = hmac.digest(_seed.get(), f"{name}/{grid}/{index}".encode(), hashlib.sha256)
    return np.random.default_rng(int.from_bytes(digest, "big"))


def check_drawn(
    env: Mapping[str, Any], name: str, grid: str, ask: Callable[..., Outcome] = outcome_of
) -> None:
    """Ask `env[name]` every case of a hidden grid, in drawn order, and raise `CheckFailed` if one fails.

    Reported is the first failure that a wrong idea explains, else the first. Of several ideas that explain it,
    those remain that fit the other cases too. The outcome quotes no input: `detail` is left out.
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
    failed = outcomes[main] if ask is model_outcome else _in_our_words(outcomes[main], name)
    failed = replace(failed, message=f"{drawn[main][0].about}: {failed.message}", detail="")
    for (_, args, kwargs), outcome in zip(drawn, outcomes, strict=True):
        if len(failed.candidates) < 2:
            break
        fits = (
            set(failed.candidates) - _wrong_about(name, args, kwargs)
            if outcome.passed
            else outcome.candidates
        )
        failed = _only(failed, set(fits))
    raise CheckFailed(failed)


def _in_our_words(failed: Outcome, name: str) -> Outcome:
    """A failure told without anything of the answer, whose shape or number could have been made of the hidden input."""
    what = failed.label or f"`{name}`"
    words = {
        "type": f"{what} is not of the type, or not as many values, as asked for.",
        "shape": f"{what} has another shape than expected.",
        "dtype": f"{what} has another dtype than expected.",
        "finite": f"{what} has numbers that are not finite.",
        "value": f"{what} has other values than expected.",
    }
    where = "" if re.search(r"\d", failed.where) else failed.where
    return replace(failed, message=words.get(failed.kind, failed.message), where=where)


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
    loss, grads = expected
    arrays = [np.asarray(array) for array in grads.values()]
    finite = all(np.isfinite(array).all() for array in [np.asarray(loss), *arrays])
    return finite and all(np.ptp(array) > 0 for array in arrays)


NETWORKS: dict[str, dict[str, Callable[..., Any]]] = {"lenet_gradients": dict(OURS)}
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
            explained[part] = [partial(misconceptions.by_id(idea).answer, part) for idea in ideas]
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


def _wrong_about(name: str, args: tuple, kwargs: dict) -> set[Diagnosis]:
    """The ideas that would have failed here."""
    answer = LiveOracle().answer(name, args, kwargs)
    return {card for card, value in answer.wrong if _differs(name, value, answer)}


def check_network_drawn(env: Mapping[str, Any], name: str, grid: str) -> None:
    """`check_drawn` for a network made of the student's own layers: see `follow_through`."""
    check_drawn(env, name, grid, ask=follow_through)


def check_model_drawn(env: Mapping[str, Any], name: str, grid: str) -> None:
    """`check_drawn` for a model or its builder: each case is weights to load and images to show."""
    check_drawn(env, name, grid, ask=model_outcome)


def check_parameters(env: Mapping[str, Any], name: str) -> None:
    """Raise `CheckFailed` unless each layer of the model has as many weights as it should, all to be trained."""
    check_layers(env, name, LiveOracle())


def check_accuracy(env: Mapping[str, Any], name: str, like: str, at_least: float) -> None:
    """Raise `CheckFailed` unless the trained model `env[name]` is one `like` the reference of that name and reads a
    share of `at_least` of the digits that no student's folder holds. Published weights are nobody's own work."""
    images, labels = held_out_digits()
    outcome = trained_outcome(env, name, like, images, labels, at_least, LiveOracle(), are_published)
    if not outcome.passed:
        raise CheckFailed(outcome)


def are_published(weights: list[np.ndarray]) -> bool:
    """Are these the trained weights of a network of the zoo, as they ship? Reshaped or rounded to float16, they still are.

    Who permutes filters or trains on from them isn't found out: the reference is public (see SECURITY.md).
    """
    return any(_same_numbers(weights, trained(card.name)) for card in registry.table() if card.trained)


def _same_numbers(some: Sequence[np.ndarray], others: Sequence[np.ndarray]) -> bool:
    pairs = [(np.ravel(a), np.ravel(b)) for a, b in zip(some, others, strict=False)]
    return len(some) == len(others) and all(
        a.size == b.size and np.allclose(a, b, rtol=1e-2, atol=1e-4) for a, b in pairs
    )


# The oracles ------------------------------------------------------------------------------------------------


class LiveOracle:
    """Answers by computing: the reference in float64, and every wrong idea that claims the function."""

    def answer(self, name: str, args: tuple, kwargs: dict) -> Answer:
        dtype = _answer_dtype(args, kwargs)
        args, kwargs = _map(_widen, args), _map(_widen, kwargs)
        expected = REFERENCE[name](*args, **kwargs)
        atol = allowed_error(name, args, kwargs, expected, dtype)
        return Answer(
            _map(lambda leaf: _narrow(leaf, dtype), expected), atol, _WrongAnswers(name, args, kwargs)
        )


@dataclass(frozen=True)
class _WrongAnswers:
    """Computed when looked through: a right answer costs nothing."""

    name: str
    args: tuple
    kwargs: dict

    def __iter__(self) -> Iterator[tuple[Diagnosis, Any]]:
        for idea in misconceptions.for_function(self.name):
            try:
                with np.errstate(all="ignore"):
                    value = idea.answer(self.name, *self.args, **self.kwargs)
            except Exception:
                continue  # here this idea leads to no answer at all; a test shows that each does elsewhere
            yield idea.card, value


class RecordingOracle(LiveOracle):
    """Keeps what it was asked and writes it as `fixtures.npz`: numbers and card texts, never code."""

    def __init__(self) -> None:
        self.calls: dict[str, tuple[str, Answer]] = {}

    def answer(self, name: str, args: tuple, kwargs: dict) -> Answer:
        answer = super().answer(name, args, kwargs)
        self.calls[key(name, args, kwargs)] = name, answer
        return answer

    def save(self, path: str | Path) -> None:
        """Write the fixtures; the same questions give the same bytes, whatever their order."""
        writer = _Writer()
        calls: dict[str, Any] = {}
        cards: dict[str, dict[str, str]] = {}
        for asked, (name, answer) in sorted(self.calls.items()):
            told = [(card, value) for card, value in answer.wrong if _differs(name, value, answer)]
            cards |= {
                card.id: {"belief": card.belief, "hint": card.hint, "lecture": card.lecture}
                for card, _ in told
            }
            calls[asked] = {
                "expected": writer.tree(answer.expected),
                "atol": _stored_atol(name, answer),
                "wrong": [[card.id, writer.tree(value)] for card, value in told],
            }
        writer.save(Path(path), {"calls": calls, "cards": cards})


def _differs(name: str, wrong: Any, answer: Answer) -> bool:
    return not compare(wrong, answer.expected, answer.atol, LABELS.get(name)).passed


# How much an honest answer may be off -----------------------------------------------------------------------


def allowed_error(name: str, args: tuple, kwargs: dict, expected: Any, dtype: Any) -> Any:
    """The absolute tolerance per label of `expected` (see the top of cnnchecks), by label for a nest.

    Sums of products: the reference, asked about absolute values, says how much was added up.
    """
    if not any(_is_float(leaf) or isinstance(leaf, float) for leaf in flatten(expected).values()):
        return 0.0  # sizes and counts
    if name == "gradient_of_polynomial":
        return _rounding_of_difference(*args, **kwargs)
    if name == "softmax_cross_entropy":
        largest = float(np.abs(args[0]).max()) + 1
        return 1e-7 + tolerance(largest, 1, dtype), tolerance(
            largest, 1, dtype
        )  # log(p + 1e-8) is a fair guard
    if name.startswith("lenet"):  # a chain of sums: 1,000 stands for all their terms
        return _map(lambda leaf: tolerance(float(np.abs(leaf).max(initial=0)) * 10, 1000, dtype), expected)
    if name == "sgd_step":
        params, grads, rate = (*args, *kwargs.values())
        return {
            k: tolerance(np.abs(p).max() + rate * np.abs(grads[k]).max(), 1, dtype) for k, p in params.items()
        }
    magnitude = REFERENCE[name](*_map(_absolute, args), **_map(_absolute, kwargs))
    terms = TERMS.get(name, lambda *_: 1)(*args)
    return _map(lambda leaf: tolerance(float(np.abs(leaf).max(initial=0)), terms, dtype), magnitude)


TERMS: dict[str, Callable[..., int]] = {  # how many products the longest sum has
    "conv2d_forward": lambda x, w, *_: w[..., 0].size + 1,
    "conv2d_backward": lambda dout, x, w, *_: max(w[:, :, 0].size, dout[..., 0].size),
    "avg_pool2d_forward": lambda x, *_: x[0, ..., 0].size,
    "avg_pool2d_backward": lambda dout, x, *_: x[0, ..., 0].size,
    "max_pool2d_backward": lambda dout, x, *_: x[0, ..., 0].size,
    "global_avg_pool2d_forward": lambda x: x[0, ..., 0].size,
    "dense_forward": lambda x, w, b: w.shape[0] + 1,
    "dense_backward": lambda dout, x, w: max(x.shape[0], w.shape[1]),
}


def _rounding_of_difference(coefficients: Any, x: np.ndarray, h: float = 1e-5) -> float:
    """(f(x + h) - f(x - h)) / 2h keeps the rounding of f, blown up by 1/h."""
    magnitude = sum(abs(c) * np.sum((np.abs(x) + h) ** k) for k, c in enumerate(coefficients))
    return 16 * np.finfo(np.float64).eps * float(magnitude) / h


# Trees of values --------------------------------------------------------------------------------------------


def _map(function: Callable[[Any], Any], value: Any) -> Any:
    """Apply `function` to the leaves of nested tuples, lists and dicts."""
    if isinstance(value, dict):
        return {name: _map(function, leaf) for name, leaf in value.items()}
    if isinstance(value, (tuple, list)):
        return tuple(_map(function, leaf) for leaf in value)
    return function(value)


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
        array = np.asarray(value)
        buffer = io.BytesIO()
        np.save(buffer, _compact(rounded(array)), allow_pickle=False)
        name = hashlib.sha256(buffer.getvalue()).hexdigest()[:16]
        self.files[f"{name}.npy"] = buffer.getvalue()
        return {"array": name, "dtype": array.dtype.name}

    def save(self, path: Path, index: dict) -> None:
        files = {"index.json": json.dumps(index, indent=1, sort_keys=True).encode()} | self.files
        path.write_bytes(zip_bytes(files, zipfile.ZIP_STORED))


def _compact(values: np.ndarray) -> np.ndarray:
    """Small integers where nothing is lost, else float32: six digits fit."""
    for dtype in (np.int8, np.int16, np.int32):
        with np.errstate(invalid="ignore"):
            small = values.astype(dtype)
        if np.array_equal(small, values):
            return small
    return values.astype(np.float32) if values.dtype.kind == "f" else values
