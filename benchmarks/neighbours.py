"""What a hostile notebook costs the others: honest ones are graded beside another honest one, and beside each attack on
the judge's time, disk and threads, in turns, in the same run. Usage: python benchmarks/neighbours.py [--rounds 8] [--write]
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))  # the attacks are the tests'

from grader.auditing import measured  # noqa: E402
from grader.grading import autograder, grade  # noqa: E402
from grader.sandbox.client import Zygote  # noqa: E402
from tests.hostile.attack import HERE, Attack, submission  # noqa: E402

ID = "a3_numpy_convnet"
SAMPLE = ROOT / "tests" / "submissions" / ID / "correct_im2col.ipynb"
ATTACKS = (
    "json_of_empty_lists",
    "notebook_of_small_parts",
    "sleeps_in_each_cell",
    "disk_in_long_paths",
    "disk_deleted_and_open",
    "threads_400",
    "loops",
)
HONEST = "another honest one"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--write", action="store_true", help="keep the figures for docs/figures.md")
    options, load = parser.parse_args(), measured.load_now()
    with tempfile.TemporaryDirectory() as folder:
        plan = _built(Path(folder))
        beside = {HONEST: SAMPLE}
        for name in ATTACKS:
            file_name, data = submission(
                Attack(HERE / "attacks" / "exhausting" / f"{name}.py"), ID, plan.questions, {"DROP": folder}
            )
            beside[name] = Path(folder) / file_name
            beside[name].write_bytes(data)
        seconds: dict[str, list[float]] = {name: [] for name in beside}
        with Zygote("numpy") as zygote:
            grade.grade(SAMPLE, plan, zygote)  # warms up
            for _ in range(options.rounds):
                for name, path in beside.items():
                    with _graded_all_the_time(path, plan, zygote):
                        report = grade.grade(SAMPLE, plan, zygote)
                    assert report.score == report.possible, report.notes
                    seconds[name].append(report.seconds)
    usual = statistics.median(seconds[HONEST])
    for name, taken in seconds.items():
        print(f"beside {name:26} {statistics.median(taken):.3f} s  {statistics.median(taken) / usual:.2f}")
    print("at most 1.10 of what it takes beside another honest one")
    if options.write:
        figures = {
            f"beside {name}": f"{statistics.median(taken):.3f} s, ratio {statistics.median(taken) / usual:.2f}"
            for name, taken in seconds.items()
        }
        measured.keep(ROOT, "neighbours", measured.command(), load, figures)


def _built(folder: Path) -> Any:
    command = [Path(sys.executable).with_name("kerasnets"), "build", ID, "--quick", "--dist", folder]
    subprocess.run([*command, "--assignments", folder / "a"], check=True, capture_output=True)
    return replace(autograder.read(folder / f"{ID}-autograder.zip"), seconds=1.0)


@contextmanager
def _graded_all_the_time(path: Path, plan: Any, zygote: Zygote) -> Iterator[None]:
    """Grades one submission over and over, in a thread, as long as the block lasts."""
    over = threading.Event()

    def work() -> None:
        while not over.is_set():
            grade.grade(path, plan, zygote)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


if __name__ == "__main__":
    main()
