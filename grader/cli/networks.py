"""The commands about the networks: `models`, `train`, `cards`."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from grader.cli.console import (
    BELOW_THE_BAR,
    INTERRUPTED,
    explains,
    names_a_mistake,
    new_console,
)
from grader.quiet import import_keras
from kerasnets.recipes import Recipe


@click.command()
@click.argument("name", required=False)
@click.option(
    "--table", "story", is_flag=True, help="Print ILSVRC's networks: year, depth, size, work, errors."
)
@click.option("--plot", is_flag=True, help="Draw NAME as blocks with their sizes, and write the picture.")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), help="Where the picture goes. Default: NAME.png, here."
)
@explains
def models(name: str | None, story: bool, plot: bool, out: Path | None) -> None:
    """List the zoo, or print the layer table of one network, or draw it (no weights are allocated)."""
    from kerasnets import blueprint
    from kerasnets.models import registry

    _refuse_contradictions(name, story, plot, out)
    if story:
        import_keras()
        _print_story([(card, blueprint.of(card.builder)) for card in registry.table() if card.top5])
        return
    if name is None:
        _print_zoo(registry.table())
        return
    with names_a_mistake():
        card = registry.card(name)
    import_keras()
    if plot:
        _plot(blueprint.of(card.builder), out or Path(f"{name}.png"))
        return
    click.echo(f"{card.name}: {card.summary}. {card.paper} ({card.year}).")
    click.echo(blueprint.of(card.builder))
    click.echo(f"published: {card.parameters:,} parameters ({card.convention})")


def _refuse_contradictions(name: str | None, story: bool, plot: bool, out: Path | None) -> None:
    if plot and name is None:
        raise click.UsageError("--plot draws one network: kerasnets models --plot vgg16")
    if out and not plot:
        raise click.UsageError(
            "-o says where --plot writes its picture: kerasnets models --plot vgg16 -o vgg.png"
        )
    if story and (plot or name):
        raise click.UsageError("--table is about all networks of ILSVRC: give it alone")


def _plot(blueprint: Any, path: Path) -> None:
    from kerasnets import drawing

    with names_a_mistake():  # a suffix that Matplotlib can't write
        drawing.draw(blueprint).savefig(path)
    click.echo(f"wrote {path}")


def _print_zoo(cards: list[Any]) -> None:
    from rich.table import Table

    table = Table("network", "year", "input", "parameters", "weights", "what it is", box=None)
    for card in cards:
        size, trained = "×".join(map(str, card.input)), "trained" if card.trained else ""
        table.add_row(card.name, str(card.year), size, f"{card.parameters:>11,}", trained, card.summary)
    new_console().print(table)


def _print_story(networks: list[tuple[Any, Any]]) -> None:
    """The cards with a top-5 error and their blueprints; one line for each error, the first with the network's facts."""
    from rich.table import Table

    table = Table(*STORY_COLUMNS, box=None, pad_edge=False)
    for column in table.columns[2:6]:
        column.justify = "right"
    for card, blueprint in sorted(networks, key=lambda network: network[0].ilsvrc):
        flops = f"{blueprint.flops / 1e9:.1f}"
        facts = (str(card.ilsvrc), card.name, str(card.depth), f"{card.parameters:,}", flops)
        for top5 in card.top5:
            table.add_row(*facts, f"{top5.percent:g} %", top5.of, top5.source)
            facts = ("",) * 5
    new_console().print(table)
    papers = dict.fromkeys(f"  {card.paper} ({card.year})" for card, _ in networks)
    click.echo(STORY.format(papers="\n".join(papers)))


STORY_COLUMNS = ("ILSVRC", "network", "depth", "parameters", "GFLOPs", "top-5", "error of", "source")
STORY = """
Depth: weight layers on the longest path. FLOPs: for one image, two per multiply-and-add of convolutions and dense layers.
Top-5: of a hundred images, those whose class is not among the five likeliest. Source: a table of the network's paper,
{papers}
No network of 2013 is here: its winner, Clarifai, had 11.7 %. A trained person had 5.1 %
(Russakovsky et al.: ImageNet large scale visual recognition challenge, 2015)."""


# Training ---------------------------------------------------------------------------------------------------


def recipe_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """An option for each setting of a recipe, which takes the place of the network's own."""
    for setting in reversed(fields(Recipe)):
        option = "--" + setting.name.replace("_", "-")
        if setting.name in SETTINGS:
            command = click.option(option, type=SETTINGS[setting.name][0], help=SETTINGS[setting.name][1])(
                command
            )
    return click.option("--flip/--no-flip", default=None, help="Exchange left and right at random.")(command)


SETTINGS: dict[str, tuple[Any, str]] = {
    "data": (click.Choice(["digits", "mnist", "fashion_mnist", "cifar10"]), "What to learn from."),
    "epochs": (click.IntRange(1), "How often to see every image."),
    "batch_size": (click.IntRange(1), "Images for each step."),
    "learning_rate": (click.FloatRange(0, min_open=True), "The highest, after the warm-up."),
    "warmup": (click.FloatRange(0, 1), "Share of the steps in which it rises."),
    "weight_decay": (click.FloatRange(0), "Of kernels, not of biases."),
    "label_smoothing": (click.FloatRange(0, 1), "Share of a label that goes to all classes."),
    "average": (click.FloatRange(0, 1), "Share of the steps over which the kept weights are averaged."),
    "shift": (click.IntRange(0), "Pixels by which images are moved at most."),
    "turn": (click.FloatRange(0), "Degrees by which images are turned at most."),
    "precision": (
        click.Choice(["auto", "float32", "mixed_bfloat16", "mixed_float16"]),
        "In which layers compute. Default: bfloat16 on a GPU for all but the smallest networks.",
    ),
}


@click.command()
@click.argument("name")
@recipe_options
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0))
@click.option(
    "--seeds",
    default=1,
    show_default=True,
    type=click.IntRange(1),
    help="How many trainings, with seeds from --seed on; the weights of the first are kept, the card has all accuracies.",
)
@click.option(
    "--holdout",
    default=0,
    type=click.IntRange(0),
    help="How many training images to judge by instead of the test set. For choosing settings.",
)
@click.option(
    "--backend", type=click.Choice(["tensorflow", "jax"]), help="Keras's backend. Default: KERAS_BACKEND."
)
@click.option(
    "--folder", type=click.Path(path_type=Path), help="Where the data lies, if not in KERASNETS_DATA."
)
@click.option(
    "-o",
    "--out",
    default=".",
    type=click.Path(path_type=Path),
    help="Where weights and card go. Default: here.",
)
@click.option(
    "--install", is_flag=True, help="Put them in the package, as the reference that grading compares with."
)
@explains
def train(
    name: str,
    seed: int,
    seeds: int,
    holdout: int,
    backend: str | None,
    folder: Path | None,
    out: Path,
    install: bool,
    **settings: Any,
) -> None:
    """Train a network as its recipe says, or as the options do; write its weights and a card that says how.

    Ctrl-C keeps what was learned so far; the same command goes on from there, to the same result.
    """
    if backend:
        os.environ["KERAS_BACKEND"] = backend  # before Keras is imported
    import_keras()
    from kerasnets import fitting, training

    click.echo(f"training {name} on {fitting.device()}", err=True)
    with names_a_mistake(), _bar() as told:
        trained = training.train(
            name, seed=seed, seeds=seeds, out=out, told=told, folder=folder, holdout=holdout, **settings
        )
    card = trained.card
    click.echo(
        f"{card['accuracy']:.2%} of {card['tested_on']:,} images of {card['test']}, {card['epochs']} epochs, "
        f"{card['seconds']:,} s" + ("" if seeds == 1 else f"; all seeds: {card['accuracies']}")
    )
    click.echo(f"wrote {trained.weights_path}, {trained.card_path} and {_curve(trained)}")
    if card["interrupted"]:
        click.echo("interrupted: the same command goes on from the last finished epoch")
        sys.exit(INTERRUPTED)
    if install:
        click.echo(f"installed: from now on grading compares with {training.install(trained).weights_path}")


def _curve(trained: Any) -> Path:
    """The picture of a training beside its card: its curve, and what is taken for what. Returns its path."""
    from kerasnets import cards

    path = trained.card_path.with_suffix(".png")
    cards.figure(trained.card).savefig(path, dpi=110)
    return path


@contextmanager
def _bar() -> Iterator[Callable[[Any], None]]:
    """A function that shows a training's progress: on a bar where there is a terminal, else by a line for each epoch."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("epoch"), MofNCompleteColumn(), BarColumn(), TextColumn("{task.description}"))
    with Progress(*columns, TimeRemainingColumn(), disable=not sys.stdout.isatty()) as bar:
        task = bar.add_task("starting", total=None)

        def told(progress: Any) -> None:
            words = (
                f"seed {progress.seed}, loss {progress.loss:.4f}, {progress.accuracy:.1%} right, "
                f"{progress.images_per_second:,.0f} images/s"
            )
            bar.update(task, description=words, completed=progress.epoch, total=progress.epochs)
            if bar.disable:
                click.echo(f"epoch {progress.epoch} of {progress.epochs}, {words}", err=True)

        yield told


# Cards ------------------------------------------------------------------------------------------------------


@click.command()
@click.option("--verify", is_flag=True, help="Evaluate all weights again, where the data is at hand.")
@click.option("--write", is_flag=True, help="Draw curves and confusion matrices to docs/zoo, with the table.")
@click.option(
    "--folder", type=click.Path(path_type=Path), help="Where the data lies, if not in KERASNETS_DATA."
)
@explains
def cards(verify: bool, write: bool, folder: Path | None) -> None:
    """The trained networks that ship with the package: data, size, accuracy, how they were made.

    Exit code 1 if a file, a hash, a size or (with --verify) an accuracy isn't what its card says.
    """
    from rich.table import Table

    from kerasnets import cards as shipped

    if verify:
        import_keras()
    found = shipped.all_cards()
    table = Table(*shipped.COLUMNS, box=None, pad_edge=False)
    for card in found:
        table.add_row(*shipped.row(card))
    new_console().print(table)
    faults = [fault for card in found for fault in shipped.faults(card)]
    for card in found if verify else ():
        told = shipped.evaluated(card, folder)
        click.echo(f"{card['name']}: {told.words}")
        faults += [f"{card['name']}: {told.words}"] * (not told.agrees)
    if write:
        click.echo(f"wrote {shipped.write(found, Path('docs'))}")
    for fault in faults:
        click.echo(f"kerasnets: {fault}", err=True)
    if faults:
        sys.exit(BELOW_THE_BAR)
