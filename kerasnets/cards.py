"""The cards of the trained networks that ship with the package: a table, whether it is true, and its pictures."""

from __future__ import annotations

import json
import statistics
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kerasnets import data as datasets
from kerasnets.models import registry

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLUMNS = (
    "network", "data", "weights", "MFLOPs", "epochs", "made on", "seconds", "accuracy", "over seeds", "top-5 error",
)  # fmt: skip
# the accuracy of another machine, which rounds otherwise, may differ by two images in a thousand
SAME = 0.002


def all_cards(folder: Path = registry.WEIGHTS) -> list[dict[str, Any]]:
    """The cards in a folder, in the order of the registry."""
    order = {card.name: place for place, card in enumerate(registry.table())}
    cards = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")]
    return sorted(cards, key=lambda card: (order.get(card["name"], len(order)), card["name"]))


def row(card: dict[str, Any]) -> tuple[str, ...]:
    """A card as a line under COLUMNS."""
    return (
        card["name"],
        f"{card['data']['name']}, {card['trained_on']:,} + {card['tested_on']:,}",
        f"{card['parameters']:,}",
        f"{card['flops'] / 1e6:.1f}",
        f"{card['epochs']}",
        f"{card['device']}, {card['backend']}, {card.get('precision', 'float32')}",
        f"{card['seconds']:,.0f}",
        percent(card["accuracy"]),
        spread(card["accuracies"]),
        percent(card["top5_error"]),
    )


def percent(share: float) -> str:
    return f"{100 * share:.2f} %"


def spread(accuracies: list[float]) -> str:
    """Mean and spread of several trainings.

    >>> spread([0.99, 0.992, 0.991]), spread([0.99])
    ('99.10 ± 0.10 %, 3', 'one only')
    """
    if len(accuracies) < 2:
        return "one only"
    mean, deviation = statistics.mean(accuracies), statistics.stdev(accuracies)
    return f"{100 * mean:.2f} ± {100 * deviation:.2f} %, {len(accuracies)}"


def faults(card: dict[str, Any], folder: Path = registry.WEIGHTS) -> list[str]:
    """What is wrong with a card without computing anything: the file's hash, shapes, the number of parameters."""
    name = card["name"]
    try:
        arrays = registry.weights(name, folder)
    except (registry.BadWeights, OSError, ValueError) as error:
        return [f"{name}: {error}"]
    sizes = sum(array.size for array in arrays)
    found = (
        []
        if sizes == card["parameters"]
        else [f"{name}: {sizes:,} weights, the card says {card['parameters']:,}"]
    )
    confusion = np.array(card["confusion"])
    if confusion.sum() != card["tested_on"] or np.trace(confusion) != round(
        card["accuracy"] * card["tested_on"]
    ):
        found.append(f"{name}: the confusion matrix is of other images than the accuracy")
    return found


@dataclass(frozen=True)
class Evaluated:
    """What came of evaluating a card's weights again; without the data nothing did, which is no fault."""

    agrees: bool
    words: str


def evaluated(
    card: dict[str, Any], folder: Path | None = None, weights: Path = registry.WEIGHTS
) -> Evaluated:
    """Do the weights still have the accuracy on the card, on its own data? The data lies in `folder`, as for `data.load`."""
    from kerasnets import training

    try:
        dataset = datasets.load(card["data"]["name"], folder)
    except datasets.DataNotFound:
        return Evaluated(True, f"not evaluated: {card['data']['name']} isn't here")
    if dataset.sha256 != card["data"]["sha256"]:
        return Evaluated(False, f"these are other images of {card['data']['name']} than those on the card")
    model = registry.build(card["name"], input_shape=dataset.x_test.shape[1:], classes=len(dataset.classes))
    model.set_weights(registry.weights(card["name"], weights))
    now = training.accuracy(model, dataset.x_test, dataset.y_test)
    return Evaluated(abs(now - card["accuracy"]) <= SAME, f"{now:.2%}, the card says {card['accuracy']:.2%}")


# Pictures ---------------------------------------------------------------------------------------------------


def figure(card: dict[str, Any]) -> Figure:
    """The curve of a training and what was taken for what, side by side."""
    from matplotlib.figure import Figure

    drawn = Figure(figsize=(9, 3.6), layout="constrained")
    curve, matrix = drawn.subplots(1, 2, width_ratios=(1.2, 1))
    _curve(curve, card)
    _confusion(matrix, np.array(card["confusion"]), _classes(card))
    drawn.suptitle(
        f"{card['name']} on {card['data']['name']}: {card['accuracy']:.2%} of {card['tested_on']:,}"
    )
    return drawn


def _curve(axes: Any, card: dict[str, Any]) -> None:
    from matplotlib.ticker import LogLocator, NullFormatter

    errors = 100 * (1 - np.array(card["history"]["accuracy"]))
    axes.plot(np.arange(1, len(errors) + 1), errors, color="black", marker=".", label="while learning")
    unseen = 100 * (1 - card["accuracy"])
    axes.axhline(unseen, color="tab:orange", linestyle="--", label="afterwards, images never seen")
    lowest = min([unseen, *errors])
    axes.set(xlabel="epoch", ylabel="errors in %", yscale="log", ylim=(0.7 * lowest or None, None))
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.legend(fontsize="small")


def _confusion(axes: Any, confusion: np.ndarray, classes: tuple[str, ...]) -> None:
    """A row for each class; the diagonal, which would outshine all else, is left white."""
    wrong = np.where(np.eye(len(confusion), dtype=bool), 0, confusion)
    axes.imshow(wrong, cmap="Greys", vmax=max(1, int(wrong.max())))
    for (true, taken), count in np.ndenumerate(wrong):
        if count:
            dark = count > wrong.max() / 2
            axes.text(
                taken, true, count, ha="center", va="center", fontsize=6, color="white" if dark else "black"
            )
    axes.set(xlabel="taken for", ylabel="class")
    axes.set_xticks(range(len(wrong)), classes, rotation=90 if len("".join(classes)) > len(classes) else 0)
    axes.set_yticks(range(len(wrong)), classes)


def _classes(card: dict[str, Any]) -> tuple[str, ...]:
    return datasets.SETS.get(card["data"]["name"], datasets.SETS["mnist"]).classes  # the digits are MNIST's


def write(cards: list[dict[str, Any]], docs: Path) -> Path:
    """docs/zoo.md with the table and, for each card, its command and its picture in docs/zoo/. Returns the page's path."""
    pictures = docs / "zoo"
    pictures.mkdir(parents=True, exist_ok=True)
    for card in cards:
        figure(card).savefig(pictures / f"{card['name']}.png", dpi=110)
    page = docs / "zoo.md"
    page.write_text(markdown(cards), encoding="utf-8")
    return page


def markdown(cards: list[dict[str, Any]]) -> str:
    lines = [
        "# The trained networks",
        "",
        "Made by `kerasnets cards --write` from the cards in `kerasnets/weights/`.",
    ]
    lines += ["The weights are those of the first seed, whatever the others reached.", ""]
    lines += [f"| {' | '.join(COLUMNS)} |", "|" + "---|" * len(COLUMNS)]
    lines += [f"| {' | '.join(row(card))} |" for card in cards]
    for card in cards:
        lines += [
            "",
            f"## {card['name']}",
            "",
            f"    {card['command']}",
            "",
            f"![{_alt(card)}](zoo/{card['name']}.png)",
        ]
    return "\n".join(lines) + "\n"


def _alt(card: dict[str, Any]) -> str:
    """The picture in words."""
    wrong = np.array(card["confusion"])
    np.fill_diagonal(wrong, 0)
    true, taken = np.unravel_index(wrong.argmax(), wrong.shape)
    classes = _classes(card)
    return (
        f"The loss falls from {card['history']['loss'][0]:.2f} to {card['history']['loss'][-1]:.3f}; "
        f"most often, {wrong.max()} times, class {classes[true]} is taken for {classes[taken]}"
    )
