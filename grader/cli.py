"""The command line: parsing and printing only. What takes time to import is imported by the command that needs it."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import click

BELOW_THE_BAR, BAD_INPUT, NO_GUARD, INTERRUPTED, TERMINATED = 1, 2, 3, 130, 143


def main() -> None:
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(name, "1")  # before NumPy is imported: submissions are graded side by side
    # as Ctrl-C: what was begun is ended in order
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    cli(prog_name="kerasnets")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kerasnets")
def cli() -> None:
    """A course on convolutional networks that grades itself."""


def explains(command: Callable[..., Any]) -> Callable[..., Any]:
    """A user's mistake ends in a sentence and exit code 2, a defence that fails in a sentence and 3; never in a traceback."""

    @wraps(command)
    def explained(*args: Any, **kwargs: Any) -> Any:
        from grader.autograder import AutograderError
        from grader.course import CourseError
        from grader.master import MasterError
        from grader.sandbox.limits import ConfinementError
        from kerasnets.data import DataNotFound

        try:
            return command(*args, **kwargs)
        except (CourseError, MasterError, AutograderError, DataNotFound) as error:
            click.echo(f"kerasnets: {error}", err=True)
            sys.exit(BAD_INPUT)
        except OSError as error:
            click.echo(f"kerasnets: {error.filename or 'a file'}: {error.strerror or error}", err=True)
            sys.exit(BAD_INPUT)
        except ConfinementError as error:
            click.echo(
                f"kerasnets: grading stopped, because student code could not be confined: {error}", err=True
            )
            sys.exit(NO_GUARD)

    return explained


@cli.command()
@click.argument("ids", nargs=-1)
@click.option(
    "--course", "course_file", type=click.Path(path_type=Path), help="course.toml, if not here or above."
)
@click.option(
    "--dist", type=click.Path(path_type=Path), help="Where the zips go. Default: dist/ beside course.toml."
)
@click.option(
    "--assignments",
    type=click.Path(path_type=Path),
    help="Where the hand-outs go. Default: assignments/ beside course.toml.",
)
@click.option(
    "--quick", is_flag=True, help="Leave out the executed solution notebook, which trains for minutes."
)
@explains
def build(
    ids: tuple[str, ...], course_file: Path | None, dist: Path | None, assignments: Path | None, quick: bool
) -> None:
    """Make hand-outs and zips from the masters in solutions/; of all assignments, or of those named."""
    from grader import course as courses
    from grader.build import build as build_one

    course = courses.load(course_file or courses.find())
    console = _console()
    if any(assignment.backend == "keras" for assignment in course.choose(ids)):
        import_keras()
    for assignment in course.choose(ids):
        with console.status(f"building {assignment.id}"):
            written = build_one(
                course,
                assignment,
                dist or course.root / "dist",
                assignments or course.root / "assignments",
                solution=not quick,
            )
        for path in written:
            console.print(f"wrote {path}", highlight=False, soft_wrap=True)


@cli.command()
@click.argument("submissions", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-a",
    "--autograder",
    "zip_path",
    required=True,
    type=click.Path(path_type=Path),
    help="dist/<id>-autograder.zip",
)
@click.option(
    "-o",
    "--out",
    default=Path("out"),
    show_default=True,
    type=click.Path(path_type=Path),
    help="Where the reports go.",
)
@click.option(
    "-j", "--jobs", type=click.IntRange(1), help="Submissions graded at a time. Default: one per processor."
)
@click.option(
    "--seed", help="Draw the hidden inputs from this instead of each submission's own seed (hexadecimal)."
)
@explains
def grade(
    submissions: tuple[Path, ...], zip_path: Path, out: Path, jobs: int | None, seed: str | None
) -> None:
    """Grade notebooks, zips and folders of them; write a report for each, and the class's gradebook.csv."""
    from grader import autograder, intake

    missing = [path for path in submissions if not path.exists()]
    if missing:
        raise click.UsageError(f"there is no {missing[0]}")
    if not intake.find(list(submissions)):
        raise click.UsageError("there is nothing in there to grade: name notebooks, zips or a folder of them")
    _grade_class(
        list(submissions),
        autograder.read(zip_path),
        out,
        jobs,
        _seed_bytes(seed),
        _console(),
    )


@cli.command()
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
    _console().print(table)


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
    _console().print(table)
    papers = dict.fromkeys(f"  {card.paper} ({card.year})" for card, _ in networks)
    click.echo(STORY.format(papers="\n".join(papers)))


STORY_COLUMNS = ("ILSVRC", "network", "depth", "parameters", "GFLOPs", "top-5", "error of", "source")
STORY = """
Depth: weight layers on the longest path. FLOPs: for one image, two per multiply-and-add of convolutions and dense layers.
Top-5: of a hundred images, those whose class is not among the five likeliest. Source: a table of the network's paper,
{papers}
No network of 2013 is here: its winner, Clarifai, had 11.7 %. A trained person had 5.1 %
(Russakovsky et al.: ImageNet large scale visual recognition challenge, 2015)."""


@cli.command()
@click.argument("name")
@click.option("--data", default="digits", show_default=True, help="digits, mnist, fashion_mnist or cifar10.")
@click.option("--epochs", default=40, show_default=True, type=click.IntRange(1))
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0))
@click.option(
    "--folder", type=click.Path(path_type=Path), help="Where the data lies, if not in KERASNETS_DATA."
)
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), help="Where weights and card go. Default: here."
)
@click.option(
    "--install", is_flag=True, help="Put them in the package, as the reference that the next build uses."
)
@explains
def train(
    name: str, data: str, epochs: int, seed: int, folder: Path | None, out: Path, install: bool
) -> None:
    """Train a reference network; write its weights and a card that says how. Ctrl-C keeps what was learned so far."""
    from kerasnets import training

    import_keras()
    with names_a_mistake():
        trained = training.train(name, data, epochs, seed, out, progress=sys.stdout.isatty(), folder=folder)
    card = trained.card
    click.echo(
        f"{card['accuracy']:.1%} of {card['tested_on']:,} held-out images, {card['epochs']} epochs, {card['seconds']} s"
    )
    click.echo(f"wrote {trained.weights_path} and {trained.card_path}")
    if card["interrupted"]:
        sys.exit(INTERRUPTED)
    if install:
        click.echo(
            f"installed as the reference: {training.install(trained).weights_path}; now run: kerasnets build"
        )


@cli.command()
@explains
def doctor() -> None:
    """Say which defences this machine gives against students' code, and what each missing one means."""
    from rich.table import Table

    from grader.doctor import examine

    table = Table("defence", "", "here", "without it", box=None, pad_edge=False)
    for defence in examine():
        table.add_row(defence.name, "yes" if defence.holds else "no", defence.here, defence.without)
    _console().print(table)


@cli.command()
@click.option(
    "--models/--no-models", default=True, show_default=True, help="Keras's questions too: most of the time."
)
@click.option("--quick", is_flag=True, help="Two draws of the hidden inputs instead of twenty.")
@click.option("--write", is_flag=True, help="Write the tables to docs/audit.md beside course.toml.")
@click.option(
    "-j", "--jobs", type=click.IntRange(1), help="Questions audited at a time. Default: one per processor."
)
@click.option(
    "--course", "course_file", type=click.Path(path_type=Path), help="course.toml, if not here or above."
)
@explains
def audit(models: bool, quick: bool, write: bool, jobs: int | None, course_file: Path | None) -> None:
    """Grade the grader: hand in every wrong idea, every right implementation and every empty answer that we know.

    Exit code 1 if a wrong one earns what it shouldn't, a right one doesn't, or an idea isn't told its name.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from grader import audit
    from grader import course as courses
    from grader.reports import audit as grade

    root = (course_file or courses.find()).resolve().parent
    chosen = [question for question in audit.questions(root) if models or not question.about_models]
    console = _console()
    bar = Progress(TextColumn("auditing"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console,
                   transient=True)  # fmt: skip
    with bar:
        task = bar.add_task("", total=len(chosen))
        found = audit.run(
            root,
            lambda question: question in chosen,
            audit.seeds(2 if quick else 20),
            jobs=jobs or os.cpu_count() or 1,
            done=lambda question: bar.advance(task),
            before_models=import_keras,
        )
    for table in grade.tables(found, root):
        console.print(_rich(table))
    if write:
        path = root / "docs" / "audit.md"
        path.write_text(grade.page(found, root), encoding="utf-8")
        console.print(f"wrote {path}", highlight=False, soft_wrap=True)
    if not all(line.met for line in grade.bars(found)):
        sys.exit(BELOW_THE_BAR)


def _rich(table: Any) -> Any:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    shown = Table(*table.head, title=table.title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for row in table.rows:
        shown.add_row(*map(Text, row))
    return shown


@contextmanager
def names_a_mistake() -> Iterator[None]:
    """A ValueError of the library's is the user's mistake, said in its words."""
    try:
        yield
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def import_keras() -> None:
    """Import Keras with stderr closed: TensorFlow's greeting goes there, below Python, and no setting stops all of it."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    stderr, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    try:
        import keras  # noqa: F401
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
        os.close(null)


def _console() -> Any:
    """Where tables go: the terminal as wide as it is, a file or a pipe 120 columns."""
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else 120)


@cli.command()
@click.option(
    "--course", "course_file", type=click.Path(path_type=Path), help="course.toml, if not here or above."
)
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    help="Where the reports go. Default: out/demo beside course.toml.",
)
@explains
def demo(course_file: Path | None, out: Path | None) -> None:
    """Build every assignment, grade the sample class of tests/submissions/, and say where the pages are."""
    from grader import autograder
    from grader import course as courses
    from grader.build import build as build_one

    course = courses.load(course_file or courses.find())
    console = _console()
    dist, out = course.root / "dist", out or course.root / "out" / "demo"
    import_keras()
    for assignment in course.choose(()):
        with console.status(f"building {assignment.id}"):
            build_one(course, assignment, dist, course.root / "assignments", solution=False)
        samples = course.root / "tests" / "submissions" / assignment.id
        zipped = autograder.read(dist / f"{assignment.id}-autograder.zip")
        _grade_class([samples], zipped, out / assignment.id, None, None, console)


def _seed_bytes(seed: str | None) -> bytes | None:
    try:
        return None if seed is None else bytes.fromhex(seed)
    except ValueError:
        raise click.BadParameter(f"{seed!r} is not hexadecimal", param_hint="--seed") from None


def _grade_class(
    paths: list[Path], autograder: Any, out: Path, jobs: int | None, seed: bytes | None, console: Any
) -> list[Any]:
    """Grade with a progress bar, then print the class's table and where its pages are."""
    if sys.platform == "win32":
        raise click.ClickException(
            "grading needs fork: install WSL2 (wsl --install), clone the course there, and run this again"
        )
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from grader import batch, intake
    from grader.reports import class_report, terminal

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
    with bar:
        task = bar.add_task(f"grading {autograder.id}", total=len(intake.find(paths)))
        reports = batch.grade_all(paths, autograder, out, jobs, seed, done=lambda report: bar.advance(task))
    console.print(terminal.table(reports))
    for table in terminal.class_tables(class_report.summarise(reports)):
        console.print(table)
    console.print(
        f"{len(reports)} reports in {out}/<submission>/feedback.html, the class in {out / batch.CLASS} "
        f"and {out / batch.GRADEBOOK}",
        highlight=False,
        soft_wrap=True,
    )
    return reports


if __name__ == "__main__":
    main()
