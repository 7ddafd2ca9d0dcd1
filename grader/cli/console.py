"""What the commands share: how they end, what they print on, and when Keras is imported."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import click

BELOW_THE_BAR, BAD_INPUT, NO_GUARD, UNFINISHED, INTERRUPTED, TERMINATED = 1, 2, 3, 4, 130, 143


def explains(command: Callable[..., Any]) -> Callable[..., Any]:
    """A user's mistake ends in a sentence and exit code 2, a defence that fails in one and 3, Ctrl-C in one and 130."""

    @wraps(command)
    def explained(*args: Any, **kwargs: Any) -> Any:
        from grader.course import CourseError, MasterError
        from grader.grading.autograder import AutograderError
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
        except KeyboardInterrupt:
            click.echo("kerasnets: stopped by Ctrl-C; what was written by then is whole, and stays", err=True)
            sys.exit(INTERRUPTED)

    return explained


@contextmanager
def names_a_mistake() -> Iterator[None]:
    """A ValueError of the library's is the user's mistake, said in its words."""
    try:
        yield
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def new_console() -> Any:
    """Where tables go: the terminal as wide as it is, a file or a pipe 120 columns."""
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else 120)
