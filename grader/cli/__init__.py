"""The command line: parsing and printing only. What takes time to import is imported by the command that needs it."""

import os
import signal
import sys

import click

from grader.cli import course, gradescope, grading, networks
from grader.cli.console import TERMINATED


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


COMMANDS = [
    *(course.build, grading.grade, grading.doctor, course.audit, course.demo, course.rehearse, course.docs),
    *(networks.models, networks.train, networks.cards),
    gradescope.gradescope,
]
for command in COMMANDS:
    cli.add_command(command)
