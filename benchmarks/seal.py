"""What the defences cost: one correct NumPy notebook graded with all of them and with none, in turns, in the same run.

None: without everything that `tests/hostile/unguarded.py` can switch off.
Usage: python benchmarks/seal.py [--rounds 15] [--write]
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))  # the switches are the tests': nothing in the package turns a defence off

from grader.auditing import measured  # noqa: E402
from grader.grading import autograder, grade  # noqa: E402
from grader.sandbox.client import Zygote  # noqa: E402
from tests.hostile.unguarded import ALL, switched_off  # noqa: E402

SAMPLE = ROOT / "tests" / "submissions" / "a3_numpy_convnet" / "correct_im2col.ipynb"
NONE: frozenset[str] = frozenset()
# an older Landlock is a defence, too
EVERY = frozenset(name for name in ALL if not name.startswith("landlock-"))
BAR = 1.15  # of the time without any defence


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--write", action="store_true", help="keep the figures for docs/figures.md")
    options, load = parser.parse_args(), measured.load_now()
    with tempfile.TemporaryDirectory() as folder:
        build = [
            Path(sys.executable).with_name("kerasnets"),
            "build",
            "a3_numpy_convnet",
            "--quick",
            "--dist",
            folder,
        ]
        subprocess.run([*build, "--assignments", f"{folder}/a"], check=True, capture_output=True)
        plan = autograder.read(Path(folder) / "a3_numpy_convnet-autograder.zip")
    seconds: dict[str, list[float]] = {"all defences": [], "none": []}
    off = {"all defences": NONE, "none": EVERY}
    with ExitStack() as stack:
        zygotes = {name: stack.enter_context(started(off[name])) for name in seconds}
        for _ in range(options.rounds + 1):
            for name, taken in seconds.items():
                with switched_off(off[name]):
                    report = grade.grade(SAMPLE, plan, zygotes[name])
                assert report.score == report.possible, report.notes
                taken.append(report.seconds)
    # the first of each warms up
    with_all, without = (statistics.median(taken[1:]) for taken in seconds.values())
    print(f"all defences   {with_all:.3f} s")
    print(f"none           {without:.3f} s (without {', '.join(sorted(EVERY))})")
    print(f"ratio          {with_all / without:.2f} (at most {BAR})")
    if options.write:
        figures = {
            "a right NumPy notebook with all defences": f"{with_all:.3f} s",
            "the same without any": f"{without:.3f} s",
            f"ratio, at most {BAR}": f"{with_all / without:.2f}, median of {options.rounds} rounds",
        }
        measured.keep(ROOT, "seal", measured.command(), load, figures)


@contextmanager
def started(off: frozenset[str]) -> Iterator[Zygote]:
    """A zygote that lacks these defences; what is off in the judge is on again."""
    with ExitStack() as stack:
        with switched_off(off):
            zygote = stack.enter_context(Zygote("numpy"))
        yield zygote


if __name__ == "__main__":
    main()
