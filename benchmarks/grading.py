"""Seconds for one submission: under the seal against `otter run`, on the same machine, in the same run.

A class of copies of a correct sample is graded by `kerasnets grade`, as a whole process, start-up included; `otter run` takes
single submissions in between (Otter has no batch without Docker).
Usage: python benchmarks/grading.py [--size 20] [--otter 3] [--write]
"""

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from grader.auditing import measured

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
SAMPLES = {
    "a3_numpy_convnet": ("correct_im2col.ipynb", "correct_loops.ipynb", "correct_einsum.ipynb"),
    "a4_lenet": ("correct_sequential.zip", "correct_functional.zip"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=20, help="submissions in the class")
    parser.add_argument(
        "--otter", type=int, default=3, help="rounds: one class, then one otter run of each sample"
    )
    parser.add_argument("--write", action="store_true", help="keep the figures for docs/figures.md")
    options, load, figures = parser.parse_args(), measured.load_now(), {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        run(BIN / "kerasnets", "build", "--quick", "--dist", folder, "--assignments", folder / "assignments")
        print(f"{'assignment':20} {'sealed, a class':>16} {'each':>8} {'otter run':>10} {'ratio':>7}")
        for assignment, samples in SAMPLES.items():
            figures |= report(assignment, samples, folder, options.size, options.otter)
    if options.write:
        measured.keep(ROOT, "grading", measured.command(), load, figures)


def report(assignment: str, samples: tuple[str, ...], folder: Path, size: int, rounds: int) -> dict[str, str]:
    zipped = folder / f"{assignment}-autograder.zip"
    sources = [ROOT / "tests" / "submissions" / assignment / name for name in samples]
    inbox = folder / assignment
    inbox.mkdir()
    for number in range(size):
        source = sources[number % len(sources)]
        shutil.copy(source, inbox / f"{number:03}{source.suffix}")
    sealed, otter = [], []
    for _ in range(rounds):
        sealed.append(
            run(BIN / "kerasnets", "grade", inbox, "-a", zipped, "-o", folder / "out", "--allow-public-seed")
        )
        otter += [
            run(BIN / "otter", "run", "-a", zipped, "-o", folder, "--no-logo", source) for source in sources
        ]
    whole, each, one = statistics.median(sealed), statistics.median(sealed) / size, statistics.median(otter)
    print(f"{assignment:20} {whole:14.2f} s {each:6.2f} s {one:8.2f} s {one / each:6.1f}x", flush=True)
    return {
        f"{assignment}, a class of {size}, start-up included": f"{whole:.1f} s",
        f"{assignment}, each of them": f"{each:.2f} s",
        f"{assignment}, one by otter run": f"{one:.1f} s",
    }


def run(*command: object) -> float:
    """Seconds that a command takes. A failure ends the benchmark, and shows what it said."""
    start = time.perf_counter()
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stderr[-2000:]}")
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
