"""What a blueprint costs, beside building the model: `python benchmarks/blueprint.py [--write]`.

Each line is measured in a fresh process, after Keras's import and one throw-away model: seconds of CPU, and the growth of
resident memory (now, and at its highest) in MB. Linux only, since it reads /proc.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grader.auditing import measured

CASES = (
    *[("blueprint.of", name) for name in ("lenet5", "vgg16", "vgg19")],
    *[("kerasnets", name) for name in ("lenet5", "vgg16", "vgg19")],
    *[("keras.applications", name) for name in ("vgg16", "vgg19")],
)


def subject(how: str, name: str) -> Callable[[], Any]:
    """The work to be measured: takes nothing, returns something with a number of parameters."""
    import keras

    from kerasnets import blueprint, models

    builder = models.card(name).builder
    if how == "blueprint.of":
        return lambda: blueprint.of(builder)
    return builder if how == "kerasnets" else lambda: getattr(keras.applications, name.upper())(weights=None)


def megabytes(field: str) -> float:
    """VmRSS (now) or VmHWM (highest) of this process, in MB of 10**6 bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith(field))


def measure(how: str, name: str) -> dict[str, Any]:
    import keras

    from kerasnets import blueprint

    work = subject(how, name)
    small = keras.Sequential(
        [keras.Input((8, 8, 1)), keras.layers.Conv2D(1, 3), keras.layers.MaxPooling2D(2)]
    )
    blueprint.of(small)
    Path("/proc/self/clear_refs").write_text("5")  # the highest mark starts again from here
    before = megabytes("VmRSS")
    start = time.process_time()
    result = work()
    seconds = time.process_time() - start
    count = result.parameters if how == "blueprint.of" else result.count_params()
    grown = {key: megabytes(field) - before for key, field in (("now", "VmRSS"), ("peak", "VmHWM"))}
    return {"how": how, "name": name, "seconds": seconds, "parameters": count, **grown}


def in_fresh_process(how: str, name: str) -> dict[str, Any]:
    quiet = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, __file__, how, name]
    ran = subprocess.run(command, env=quiet, capture_output=True, text=True, check=True)
    return json.loads(ran.stdout.splitlines()[-1])


def main(write: bool) -> None:
    load, figures = measured.load_now(), {}
    print(f"{'how':20} {'network':8} {'seconds':>8} {'MB now':>8} {'MB peak':>8} {'parameters':>12}")
    for how, name in CASES:
        m = in_fresh_process(how, name)
        numbers = f"{m['seconds']:8.3f} {m['now']:8.1f} {m['peak']:8.1f} {m['parameters']:12,}"
        print(f"{how:20} {name:8} {numbers}", flush=True)
        figures[f"{how}, {name}"] = f"{m['seconds']:.3f} s of CPU, {m['peak']:,.1f} MB more at the peak"
    if write:
        measured.keep(Path(__file__).parents[1], "blueprint", measured.command(), load, figures)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(measure(sys.argv[1], sys.argv[2])))
    else:
        main(write="--write" in sys.argv)
