"""The networks that students build, and wrong ones as changes of right ones.

A network is the list of its layers, as plain data (`network_shapes`); a change makes another list of it. `computes` and
`has_other_layers` turn a change into an idea's answer, without Keras: `numpy_networks` counts and computes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grader.sandbox import admit
from grader.tasks.drawn import Grid
from grader.tasks.network_shapes import MERGING, counts_of, layers_in, shapes_of, trained_of
from grader.tasks.numpy_networks import run_chain
from grader.tasks.task import Idea, Step, replaceable
from kerasnets import blueprint

Layer = dict[str, Any]
Change = Callable[[list[Layer]], list[Layer]]
CHANGES: dict[tuple[str, str], list[Change]] = {}  # by an idea's id and what it claims, one for each way
# Their names in a student's folder, by which cnnchecks asks for them.
sys.modules.setdefault("blueprint", blueprint)
sys.modules.setdefault("admit", admit)


@dataclass(frozen=True)
class Network:
    """How the reference is built, which assignment asks for it, whether its outputs are compared too, or only its layers, and
    under which weights and images. Building one imports Keras; where that must stay out, its blueprint comes from the zip."""

    build: Callable[[], Any]
    assignment: str = ""
    run: bool = True
    hidden: Grid = field(default_factory=dict)
    trained_name: str = ""  # what students call a model of it that has its weights
    weights: str = ""  # the network of the zoo whose trained weights fit it


NETWORKS: dict[str, Network] = {}  # by the name of the student's builder
CONFIGS: dict[str, dict[str, Any]] = {}  # what `model_config` has made, or was told


def network(
    assignment: str = "",
    hidden: Grid | None = None,
    run: bool = True,
    name: str = "",
    trained_name: str = "",
    weights: str = "",
) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """Decorate the builder of a reference network. name: what students call theirs, if it isn't the builder's name."""

    def enter(build: Callable[[], Any]) -> Callable[[], Any]:
        if (called := name or build.__name__) in NETWORKS:
            raise ValueError(f"there is a network called {called} already; give this one another name")
        NETWORKS[called] = Network(build, assignment, run, hidden or {}, trained_name, weights)
        return build

    return enter


def model_configs(names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The blueprints of reference models, as plain data: what the build puts into a zip. Imports Keras."""
    return {name: blueprint.of(NETWORKS[name].build).to_dict() for name in names}


def configs_for(assignment: str) -> dict[str, dict[str, Any]]:
    """The blueprints of all networks that an assignment's students are compared with."""
    return model_configs(name for name, network in NETWORKS.items() if network.assignment == assignment)


def know_configs(configs: Mapping[str, dict[str, Any]]) -> None:
    """Take the blueprints of an autograder zip, which were made of the same networks: then no Keras is needed for them."""
    CONFIGS.update(configs)


def model_config(name: str) -> dict[str, Any]:
    """The blueprint of the reference model `name`: from the zip if one was read, else built."""
    if name not in CONFIGS:
        know_configs(model_configs([name]))
    return CONFIGS[name]


@replaceable
def layers_of(name: str) -> list[Layer]:
    """The reference's layers in order, each by its class and its arguments; in a network that branches, with its `inbound`.

    They are copies, whose arguments may be exchanged; what an argument is made of may not be changed.
    """
    return layers_in(model_config(name)["config"])


def chain(layers: list[Layer]) -> dict[str, Any]:
    """A model's configuration: Sequential, or functional if the layers branch and what they take their inputs from is there."""
    names = {part["config"].get("name") for part in layers}
    if not all("inbound" in part and names.issuperset(part["inbound"]) for part in layers):
        plain = [{key: value for key, value in part.items() if key != "inbound"} for part in layers]
        config: dict[str, Any] = {"name": "chain", "trainable": True, "layers": plain}
        return _model("keras", "Sequential", config)
    ends = [[part["config"]["name"], 0, 0] for part in (layers[0], layers[-1])]
    config = {"name": "graph", "trainable": True, "layers": [_called(part) for part in layers]}
    config |= {"input_layers": ends[0], "output_layers": ends[1]}
    return _model("keras.src.models.functional", "Functional", config)


def _model(module: str, kind: str, config: dict[str, Any]) -> dict[str, Any]:
    return {"module": module, "class_name": kind, "config": config, "registered_name": kind}


def _called(part: Layer) -> Layer:
    """A layer with its call on those it takes its inputs from, as Keras writes it down."""
    tensors = [
        {
            "class_name": "__keras_tensor__",
            "config": {"shape": [None], "dtype": "float32", "keras_history": [name, 0, 0]},
        }
        for name in part["inbound"]
    ]
    args = [tensors] if part["class_name"] in MERGING else tensors
    plain = {key: value for key, value in part.items() if key != "inbound"}
    return plain | {
        "name": part["config"]["name"],
        "inbound_nodes": [{"args": args, "kwargs": {}}] if tensors else [],
    }


def layer(kind: str, **arguments: Any) -> Layer:
    return {"module": "keras.layers", "class_name": kind, "config": arguments, "registered_name": None}


def configuration(idea: Idea, name: str, way: int = 0) -> dict[str, Any]:
    """The Keras model that someone with this idea builds for the reference `name`; IndexError if there is no such way.

    Its ways are counted through what it computes, then through its layers, then through what is trained of them.
    """
    claims = (name, f"{name}/layers", f"{name}/trainable")
    ways = [change for claim in claims for change in CHANGES.get((idea.card.id, claim), ())]
    return chain(ways[way](layers_of(name)))


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
    """Without these layers; those behind one take what it took, the first of it if it took several."""

    def change(layers: list[Layer]) -> list[Layer]:
        gone = which(layers)
        taken = {part["config"].get("name"): part["inbound"][:1] for part in gone if "inbound" in part}
        kept = [part for part in layers if not any(part is other for other in gone)]
        return [_taking(part, taken) for part in kept]

    return change


def adding(which: Which, new: Callable[[Layer], Layer]) -> Change:
    """After each of these layers the one that `new` makes of it."""

    def change(layers: list[Layer]) -> list[Layer]:
        chosen, longer = which(layers), []
        taken: dict[Any, list[str]] = {}
        for part in layers:
            longer.append(_taking(part, taken))
            if any(part is other for other in chosen):
                added = _renamed(new(part), len(longer))
                if "inbound" in part:
                    added["inbound"] = [part["config"]["name"]]
                    taken[part["config"]["name"]] = [added["config"]["name"]]
                longer.append(added)
        return longer

    return change


def _taking(part: Layer, instead: dict[Any, list[str]]) -> Layer:
    """A layer that takes its inputs from others, by the names of those that it took them from."""
    if "inbound" not in part:
        return part
    while any(name in instead for name in part["inbound"]):
        part = part | {"inbound": [new for name in part["inbound"] for new in instead.get(name, [name])]}
    return part


def _renamed(part: Layer, number: int) -> Layer:
    """A copy under a name of its own."""
    return part | {"config": part["config"] | {"name": f"added_{number}"}}


def taking(**inbound: Sequence[str]) -> Change:
    """Layers take their inputs from others, all of which stand before them; whatever leads nowhere then is left out."""

    def change(layers: list[Layer]) -> list[Layer]:
        wired = [
            part | {"inbound": list(inbound.get(part["config"]["name"]) or part["inbound"])}
            for part in layers
        ]
        return reaching(wired)

    return change


def reaching(layers: list[Layer]) -> list[Layer]:
    """Those layers of a network that branches whose outputs reach its last one."""
    wanted = {layers[-1]["config"]["name"]}
    for part in reversed(layers):
        if part["config"]["name"] in wanted:
            wanted.update(part["inbound"])
    return [part for part in layers if part["config"]["name"] in wanted]


def moved(name: str, behind: str) -> Change:
    """The layer of this name stands later in the list: needed where it takes its input from one that came after it."""

    def change(layers: list[Layer]) -> list[Layer]:
        (part,) = named(name)(layers)
        others = [other for other in layers if other is not part]
        place = next(i for i, other in enumerate(others) if other["config"]["name"] == behind)
        return [*others[: place + 1], part, *others[place + 1 :]]

    return change


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


def computes(wrong: Idea, change: Change, *names: str) -> None:
    """The changed model takes the same weights and computes something else."""
    _claim(wrong, change, names, "", lambda layers, weights, x: run_chain(layers, list(weights), x))


def has_other_layers(wrong: Idea, change: Change, *names: str) -> None:
    """The changed model can't take these weights: it is known by how many each layer has."""
    _claim(wrong, change, names, "/layers", counts_of)


def trains_less(wrong: Idea, change: Change, *names: str) -> None:
    """The changed model has the right layers, but training leaves some of them as they are."""
    _claim(wrong, change, names, "/trainable", trained_of)


def _claim(wrong: Idea, change: Change, names: tuple[str, ...], about: str, answer: Step) -> None:
    def changed(name: str) -> list[Layer]:
        return change(layers_of(name))

    for name in names:
        CHANGES.setdefault((wrong.card.id, name + about), []).append(change)
        wrong.answers_to(name + about, layers_of=changed)(
            lambda *given, name=name: answer(changed(name), *given)
        )
