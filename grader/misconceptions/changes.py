"""Wrong networks as changes of right ones.

A network is the list of its layers, as plain data; a change makes another list of it. `computes` and `has_other_layers`
turn a change into an idea's answer, without Keras: `grader.chains` counts and computes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grader.chains import counts_of, run_chain, shapes_of, trained_of
from grader.misconceptions.idea import Misconception
from grader.misconceptions.right import Step, replaceable
from grader.reference import model_config

Layer = dict[str, Any]
Change = Callable[[list[Layer]], list[Layer]]
CHANGES: dict[tuple[str, str], list[Change]] = {}  # by an idea's id and what it claims, one for each way

# Layers -----------------------------------------------------------------------------------------------------


@replaceable
def layers_of(name: str) -> list[Layer]:
    """The reference's layers in order, each by its class and its arguments; the networks here are chains.

    They are copies, whose arguments may be exchanged; what an argument is made of may not be changed.
    """
    kept = ("module", "class_name", "registered_name")
    return [
        {key: layer[key] for key in kept} | {"config": dict(layer["config"])}
        for layer in model_config(name)["config"]["config"]["layers"]
    ]


def chain(layers: list[Layer]) -> dict[str, Any]:
    """A Sequential model's configuration."""
    config = {"name": "chain", "trainable": True, "layers": layers}
    return {"module": "keras", "class_name": "Sequential", "config": config, "registered_name": "Sequential"}


def layer(kind: str, **arguments: Any) -> Layer:
    return {"module": "keras.layers", "class_name": kind, "config": arguments, "registered_name": None}


def configuration(idea: Misconception, name: str, way: int = 0) -> dict[str, Any]:
    """The Keras model that someone with this idea builds for the reference `name`; IndexError if there is no such way.

    Its ways are counted through what it computes, then through its layers, then through what is trained of them.
    """
    claims = (name, f"{name}/layers", f"{name}/trainable")
    ways = [change for claim in claims for change in CHANGES.get((idea.card.id, claim), ())]
    return chain(ways[way](layers_of(name)))


# Which layers -----------------------------------------------------------------------------------------------

Which = Callable[[list[Layer]], list[Layer]]  # the layers that a change is about, of all


def named(*names: str) -> Which:
    return lambda layers: [part for part in layers if part["config"].get("name") in names]


def every(*kinds: str) -> Which:
    return lambda layers: [part for part in layers if part["class_name"] in kinds]


def nth(kind: str, place: int) -> Which:
    """One layer of that class; counted from the end, if `place` is negative."""
    return lambda layers: [every(kind)(layers)[place]]


def hidden(*kinds: str) -> Which:
    """The layers of these classes but for the last of the network that has weights, its output."""

    def which(layers: list[Layer]) -> list[Layer]:
        return [part for part in every(*kinds)(layers) if part is not every("Conv2D", "Dense")(layers)[-1]]

    return which


# Changes ----------------------------------------------------------------------------------------------------


def setting(which: Which, **arguments: Any) -> Change:
    """These layers with other arguments; those that don't know an argument are left alone."""

    def change(layers: list[Layer]) -> list[Layer]:
        for part in which(layers):
            part["config"] |= {key: value for key, value in arguments.items() if key in part["config"]}
        return layers

    return change


def settings(*names: str, **arguments: Any) -> Change:
    """The layers of these names with other arguments."""
    return setting(named(*names), **arguments)


def kinds(**exchanged: str) -> Change:
    """Layers of one class become layers of another, with the same arguments."""

    def change(layers: list[Layer]) -> list[Layer]:
        return [
            part | {"class_name": exchanged.get(part["class_name"], part["class_name"])} for part in layers
        ]

    return change


def dropping(which: Which) -> Change:
    """Without these layers."""

    def change(layers: list[Layer]) -> list[Layer]:
        gone = which(layers)
        return [part for part in layers if not any(part is other for other in gone)]

    return change


def adding(which: Which, new: Callable[[Layer], Layer]) -> Change:
    """After each of these layers the one that `new` makes of it."""

    def change(layers: list[Layer]) -> list[Layer]:
        chosen, longer = which(layers), []
        for part in layers:
            longer.append(part)
            if any(part is other for other in chosen):
                longer.append(_renamed(new(part), len(longer)))
        return longer

    return change


def _renamed(part: Layer, number: int) -> Layer:
    """A copy under a name of its own."""
    return part | {"config": part["config"] | {"name": f"added_{number}"}}


def after(name: str, new: Layer) -> Change:
    return adding(named(name), lambda part: new)


def both(*changes: Change) -> Change:
    def change(layers: list[Layer]) -> list[Layer]:
        for step in changes:
            layers = step(layers)
        return layers

    return change


def images(*shape: int | None) -> Change:
    """Other images: (H, W, C), None where it is as it was."""

    def change(layers: list[Layer]) -> list[Layer]:
        batch, *known = layers[0]["config"]["batch_shape"]
        sizes = [old if new is None else new for new, old in zip(shape, known, strict=True)]
        layers[0]["config"]["batch_shape"] = [batch, *sizes]
        return layers

    return change


def sizes_of(layers: list[Layer]) -> list[tuple[int, ...]]:
    """What each layer gives for one image."""
    return [gives for _, _, gives in shapes_of(layers)]


# From a change to an answer ---------------------------------------------------------------------------------


def computes(wrong: Misconception, change: Change, *names: str) -> None:
    """The changed model takes the same weights and computes something else."""
    _claim(wrong, change, names, "", lambda layers, weights, x: run_chain(layers, list(weights), x))


def has_other_layers(wrong: Misconception, change: Change, *names: str) -> None:
    """The changed model can't take these weights: it is known by how many each layer has."""
    _claim(wrong, change, names, "/layers", counts_of)


def trains_less(wrong: Misconception, change: Change, *names: str) -> None:
    """The changed model has the right layers, but training leaves some of them as they are."""
    _claim(wrong, change, names, "/trainable", trained_of)


def _claim(wrong: Misconception, change: Change, names: tuple[str, ...], about: str, answer: Step) -> None:
    def changed(name: str) -> list[Layer]:
        return change(layers_of(name))

    for name in names:
        CHANGES.setdefault((wrong.card.id, name + about), []).append(change)
        wrong.answers_to(name + about, layers_of=changed)(
            lambda *given, name=name: answer(changed(name), *given)
        )
