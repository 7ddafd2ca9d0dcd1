"""Answers without thought, which no check may give a point: nothing, zeros, the input, noise, what was public.

`answers(question functions, public cases)` makes an environment of each kind, to be handed in like a student's notebook.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from grader.cnnchecks.outcome import CheckFailed
from grader.cnnchecks.values import key
from grader.judge.context import Judging
from grader.judge.reference import REFERENCE, ReferenceModel
from grader.tasks.networks import Layer, chain, layer, layers_of
from grader.tasks.rounding import map_leaves

Env = dict[str, Any]
Case = Callable[[Mapping[str, Any]], None]


def type_of(leaf: Any) -> np.dtype:
    return np.asarray(leaf).dtype


def _noise(leaf: Any) -> Any:
    rng = np.random.default_rng(1)
    if type_of(leaf).kind in "iu":
        return leaf + rng.integers(1, 9, np.shape(leaf))[()]
    return (leaf * 0 + rng.standard_normal(np.shape(leaf))).astype(type_of(leaf))[()]


FORMS: dict[str, Callable[[Any], Any]] = {  # what becomes of each number or array of the right answer
    "zeros": lambda leaf: leaf * 0,
    "ones": lambda leaf: leaf * 0 + 1,
    "noise": _noise,
    "its mean everywhere": lambda leaf: (leaf * 0 + np.mean(leaf) * (np.size(leaf) > 1)).astype(
        type_of(leaf)
    ),
}


def _shaped(name: str, form: Callable[[Any], Any]) -> Callable[..., Any]:
    """Whoever has no thought refuses nothing."""

    def answer(*args: Any, **kwargs: Any) -> Any:
        try:
            return map_leaves(form, REFERENCE[name](*args, **kwargs))
        except ValueError:
            return None

    return answer


def _unwritten(*args: Any, **kwargs: Any) -> Any:
    raise NotImplementedError


def _refusal(*args: Any, **kwargs: Any) -> Any:
    raise ValueError("no")


STUBS: dict[str, Any] = {
    "returns None": lambda *args, **kwargs: None,
    "not implemented": _unwritten,
    "the placeholder": ...,
    "a placeholder is returned": lambda *args, **kwargs: ...,
    "refuses everything": _refusal,
}
CONSTANTS = (0, 1, 2, 0.0, 1.0, (0, 0), (0, 1), (1, 1), (1, 2), (2, 2))


def _argument(place: int) -> Callable[..., Any]:
    return lambda *args, **kwargs: [*args, *kwargs.values()][place]


def _always(value: Any) -> Callable[..., Any]:
    return lambda *args, **kwargs: value


Asked = list[tuple[str, Any]]  # the key of a public call, and its right answer


def public_answers(names: Iterable[str], cases: Iterable[Case], context: Judging) -> dict[str, Asked]:
    """Per function, in the order in which they are asked, what the public cases want to hear."""
    heard: dict[str, Asked] = {name: [] for name in names}

    def listening(name: str) -> Callable[..., Any]:
        def answer(*args: Any, **kwargs: Any) -> Any:
            right = REFERENCE[name](*args, **kwargs)
            heard[name].append((key(name, args, kwargs), right))
            return right

        return answer

    env = context.names(dict(REFERENCE) | {name: listening(name) for name in heard})
    for case in cases:
        with contextlib.suppress(CheckFailed):  # the form of a number: the reference has functions only
            case(env)
    return heard


def _looked_up(name: str, asked: Asked) -> Callable[..., Any]:
    """The public answers by heart, zeros of the right shape elsewhere."""
    known, zeros = dict(asked), _shaped(name, FORMS["zeros"])

    def answer(*args: Any, **kwargs: Any) -> Any:
        call = key(name, args, kwargs)
        return known[call] if call in known else zeros(*args, **kwargs)

    return answer


def answers(names: tuple[str, ...], public: Iterable[Case], context: Judging) -> Iterator[tuple[str, Env]]:
    """(what it is, the environment) of every empty answer to the functions called `names`.

    >>> kinds = [kind for kind, _ in answers(("relu_forward",), [], Judging())]
    >>> kinds[0], kinds[5], len(kinds)
    ('returns None', 'zeros', 22)
    """
    for kind, stub in STUBS.items():
        yield kind, dict.fromkeys(names, stub)
    for kind, form in FORMS.items():
        yield kind, {name: _shaped(name, form) for name in names}
    for place in range(3):
        yield f"argument {place + 1} returned", dict.fromkeys(names, _argument(place))
    functions = tuple(name for name in names if name in REFERENCE)  # the others are numbers and words
    for constant in CONSTANTS:
        yield (
            f"always {constant}",
            {name: _always(constant) if name in functions else constant for name in names},
        )
    heard = public_answers(functions, public, context)
    for place in range(max((len(asked) for asked in heard.values()), default=0)):
        replayed = {name: asked[-1 - place][1] for name, asked in heard.items() if place < len(asked)}
        kind = "an earlier public answer" if place else "the last public answer"
        yield kind, {name: _always(replayed.get(name)) for name in names}
    if any(heard.values()):
        yield "the public answers by heart", {name: _looked_up(name, heard[name]) for name in functions}


class Claim:
    """A model as it looks from the other side of the seal: its configuration and, if asked for, its weights."""

    def __init__(self, config: dict[str, Any], weights: list[np.ndarray] | None = None) -> None:
        self.config, self.weights = config, weights

    def model(self, weights: bool = False) -> dict[str, Any]:
        claimed = {"config": self.config, "rows": "a lie"}  # only the configuration may be believed
        return {"blueprint": claimed, "weights": self.weights if weights else None}


def models(names: tuple[str, ...]) -> Iterator[tuple[str, Env]]:
    """(what it is, the environment) of every empty answer to the models, or builders of models, called `names`."""
    references = {name: reference(name) for name in names}
    for kind, stub in STUBS.items():
        yield kind, dict.fromkeys(names, stub)
    for kind, kept in EMPTY_MODELS.items():
        yield kind, {name: Claim(chain(kept(layers_of(model.name)))) for name, model in references.items()}
    trained = {name: model.model(weights=True) for name, model in references.items() if name != model.name}
    for kind, fill in WEIGHTS.items() if trained else ():
        yield kind, {name: _refilled(claim, fill) for name, claim in trained.items()}


def reference(name: str) -> ReferenceModel:
    model = REFERENCE.get(name)
    return model if isinstance(model, ReferenceModel) else ReferenceModel(name)


EMPTY_MODELS: dict[str, Callable[[list[Layer]], list[Layer]]] = {  # what is left of the right network
    "the input returned": lambda layers: layers[:1],
    "the input in one row": lambda layers: [layers[0], layer("Flatten", name="flat")],
    "the output layer alone": lambda layers: [layers[0], layer("Flatten", name="flat"), layers[-1]],
}
WEIGHTS: dict[str, Callable[[tuple[int, ...]], np.ndarray]] = {  # of a network that was never trained
    "zeros for weights": np.zeros,
    "one number for all weights": lambda shape: np.full(shape, 0.1),
    "noise for weights": np.random.default_rng(1).standard_normal,
}


def _refilled(claim: dict[str, Any], fill: Callable[[tuple[int, ...]], np.ndarray]) -> Claim:
    arrays = [fill(array.shape).astype(np.float32) for array in claim["weights"]]
    return Claim(claim["blueprint"]["config"], arrays)
