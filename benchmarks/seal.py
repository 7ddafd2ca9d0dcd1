"""What the defences cost: one correct NumPy notebook graded with all of them, and without a user of its own, seccomp and
Landlock, in turns, in the same run. Usage: python benchmarks/seal.py [--rounds 15]
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))  # the switches are the tests': nothing in the package turns a defence off

from grader import autograder, grade  # noqa: E402
from grader.runner import judging  # noqa: E402
from grader.sandbox.client import Zygote  # noqa: E402
from tests.hostile.unguarded import switched_off  # noqa: E402

SAMPLE = ROOT / "tests" / "submissions" / "a3_numpy_convnet" / "correct_im2col.ipynb"
BARE = frozenset({"uid", "seccomp", "landlock"})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
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
    with Zygote("numpy") as guarded, switched_off(BARE), Zygote("numpy") as bare, judging(plan):
        seconds: dict[str, list[float]] = {"all defences": [], "without three": []}
        for _ in range(rounds + 1):
            for name, zygote in zip(seconds, (guarded, bare), strict=True):
                report = grade.grade(SAMPLE, plan, zygote)
                assert report.score == report.possible, report.notes
                seconds[name].append(report.seconds)
    with_all, without = (
        statistics.median(taken[1:]) for taken in seconds.values()
    )  # the first of each warms up
    print(f"all defences                     {with_all:.3f} s")
    print(f"no own user, seccomp, Landlock   {without:.3f} s")
    print(f"ratio                            {with_all / without:.2f} (at most 1.3)")


if __name__ == "__main__":
    main()
