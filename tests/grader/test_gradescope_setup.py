"""setup.sh with a PATH of stand-ins: which Python it takes where, and what it says when it stops."""

import hashlib
import importlib.metadata
import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from itertools import product
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from grader.gradescope import pins, zipped

TOOLS = ("bash", "basename", "cat", "chmod", "cksum", "cp", "cut", "grep", "mktemp", "rm", "env")

STAND_IN = r"""#!/usr/bin/env bash
# A command that writes down how it was called. Files beside it say what it can.
here=$(cd "${0%/*}" && echo "$PWD"); name=${0##*/}
echo "$name $*" >>"$LOG"
case "$name $*" in
    *sys.version_info*) [ -e "$STATE/fits-$name" ] ;;
    *ensurepip*) [ -e "$STATE/venv-$name" ] ;;
    *--version) echo "Python 3.11.2" ;;
    *"-I -m venv "*) mkdir -p "$4/bin" "$4/lib/python3.11/site-packages/kerasnets" "$4/lib/python3.11/site-packages/grader"
        for made in python pip uv; do cp "$0" "$4/bin/$made"; done ;;
    "uv python find"*) echo "$STATE/python-of-uv" ;;
    "apt-get "*"install"*) [ ! -e "$STATE/no-network" ] || exit 100
        for word; do case $word in
            python3-venv) : >"$STATE/venv-python3" ;;
            python3.11) cp "$0" "$here/python3.11"; : >"$STATE/fits-python3.11" ;;
            python3) cp "$0" "$here/python3"; [ ! -e "$STATE/apts-fits" ] || : >"$STATE/fits-python3" ;;
        esac; done ;;
    "apt-cache show "*) [ -e "$STATE/in-apt" ] ;;
    *"-m pip"*"install"*) [ ! -e "$STATE/real-pip" ] || exec "$PYTHON" "$@"
        [ ! -e "$STATE/no-network" ] ;;
esac
"""


class Machine:
    """A machine with some commands, in a folder: what setup.sh finds there and what it called."""

    def __init__(self, folder: Path, commands: tuple[str, ...], state: tuple[str, ...]):
        self.bin, self.state, self.log = folder / "bin", folder / "state", folder / "log"
        self.prefix, self.source = folder / "opt" / "kerasnets", folder / "autograder" / "source"
        for made in (self.bin, self.state, self.source):
            made.mkdir(parents=True)
        for tool in (*TOOLS, "mkdir"):
            (self.bin / tool).symlink_to(str(shutil.which(tool)))
        for command in (*commands, "apt-get", "apt-cache"):
            self.add(self.bin / command)
        for entry in state:
            (self.state / entry).touch()
        self.add(self.state / "python-of-uv")
        (self.state / "fits-python-of-uv").touch()
        for name in ("txt", "alone", "otter", "pins", "uv", "own", "kerasnets-0.1.0-py3-none-any.whl"):
            (self.source / f"requirements.{name}").touch()
        shutil.copy(zipped.HERE / "setup.sh", self.source)

    def add(self, path: Path) -> None:
        path.write_text(STAND_IN)
        path.chmod(0o755)

    def set_up(self) -> subprocess.CompletedProcess:
        self.log.write_text("")
        environment = {
            "PATH": str(self.bin),
            "LOG": str(self.log),
            "STATE": str(self.state),
            "KERASNETS_PREFIX": str(self.prefix),
            "PYTHON": sys.executable,
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(self.log.parent),
            "PIP_TARGET": str(self.prefix / "lib" / "python3.11" / "site-packages"),
            "KERASNETS_AUTOGRADER": str(self.source.parent),
        }
        command = ["bash", str(self.source / "setup.sh")]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30)

    @property
    def called(self) -> list[str]:
        return self.log.read_text().splitlines()

    def installed_by_apt(self) -> list[str]:
        return [
            line.partition("install ")[2]
            for line in self.called
            if line.startswith("apt-get") and "install" in line
        ]

    @property
    def made_with(self) -> str:
        return next(line.split()[0] for line in self.called if line.endswith(f"-m venv {self.prefix}"))


READY = ("python3",), ("fits-python3", "venv-python3")
PYTHONS = {  # which it takes -> (commands and state of a machine, what the environment is made with, what apt installs)
    "the distribution's, where it fits": (*READY, "python3", []),
    "with its venv module from apt": (("python3",), ("fits-python3",), "python3", ["python3-venv"]),
    "the release's own 3.11": ((), ("in-apt",), "python3.11", ["python3.11 python3.11-venv"]),
    "that, where python3 is too old": (
        ("python3",),
        ("in-apt",),
        "python3.11",
        ["python3.11 python3.11-venv"],
    ),
    "apt's default, as on Ubuntu 24.04": ((), ("apts-fits",), "python3", ["python3 python3-venv"]),
    "uv's": ((), (), "python-of-uv", None),
    "uv's, where python3 is too old": (("python3",), (), "python-of-uv", None),
}


@pytest.fixture
def ready(tmp_path):
    """A machine whose own Python fits."""
    return Machine(tmp_path, *READY)


def test_the_first_python_that_fits_is_taken(tmp_path):
    for number, (what, (commands, state, made_with, installed)) in enumerate(PYTHONS.items()):
        here = Machine(tmp_path / str(number), commands, state)
        done = here.set_up()
        assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "setup: done"), (what, done.stderr)
        assert here.made_with == made_with, what
        by_uv = "uv python install --quiet 3.12" in here.called
        assert by_uv if installed is None else here.installed_by_apt() == installed, what


def test_where_it_stops_it_says_why_and_what_to_do(tmp_path):
    no_python = Machine(tmp_path / "python", ("python3",), ("no-network",)).set_up()
    assert no_python.returncode == 1
    assert "STOPPED: there is no Python 3.11, 3.12 or 3.13" in no_python.stderr
    assert "What to do: choose a newer base image" in no_python.stderr
    half = Machine(tmp_path / "half", *READY)
    (half.source / "requirements.pins").unlink()
    done = half.set_up()
    assert (done.returncode, "requirements.pins is missing" in done.stderr) == (1, True)


def test_what_pip_cannot_install_stops_it_and_the_next_run_begins_again(ready):
    (ready.state / "no-network").touch()
    done = ready.set_up()
    said = "setup: STOPPED: pip could not install what requirements.pins names"
    assert (done.returncode, done.stderr.splitlines()[0]) == (1, said)
    (ready.state / "no-network").unlink()
    assert ready.set_up().stdout.endswith("done\n")


def test_a_second_run_finds_all_done_and_another_zip_builds_anew(ready):
    ready.set_up()
    assert ready.set_up().stdout == "setup: everything is there already\n"
    assert ready.called == []
    (ready.source / "requirements.pins").write_text("numpy==2.4.6\n")
    assert ready.set_up().stdout.endswith("done\n")


def test_neither_reference_nor_hidden_cases_are_readable_for_a_students_process(ready):
    ready.set_up()
    packages = ready.prefix / "lib" / "python3.11" / "site-packages"
    closed = [packages / "kerasnets", packages / "grader", ready.source]
    assert [os.stat(path).st_mode & 0o077 for path in closed] == [0, 0, 0]
    assert os.stat(packages).st_mode & 0o005 == 0o005


def test_nothing_is_installed_but_wheels_with_a_hash_and_ours_without_its_dependencies(tmp_path):
    for number, (commands, state, calls) in enumerate([(*READY, 3), ((), (), 4)]):  # with Python; by uv
        here = Machine(tmp_path / str(number), commands, state)
        here.set_up()
        asked = [line for line in here.called if "-m pip" in line]
        assert len(asked) == calls
        hashed = "--require-hashes --only-binary :all:"
        assert [line for line in asked if "-I -m pip" not in line or hashed not in line] == []
        assert not [line for line in here.called if line.startswith("pip ")]
        asked = [line for line in asked if "install" in line and line.startswith("python -I -m pip")]
        assert asked[-3].endswith(f" -r {here.source}/requirements.pins -r {here.source}/requirements.otter")
        assert asked[-1].endswith(f"--no-deps -r {here.source}/requirements.own")


@pytest.mark.parametrize("changed", ["numpy", "kerasnets"])
def test_a_file_whose_hash_differs_stops_it_with_a_sentence(tmp_path, changed):
    """With the real pip, and a folder that has one wheel as its registry."""
    here = Machine(tmp_path, READY[0], (*READY[1], "real-pip"))
    wheels = {name: wheel(name) for name in ("numpy", "kerasnets")}
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in wheels.items()} | {changed: "0" * 64}
    (here.source / "requirements.kerasnets-0.1.0-py3-none-any.whl").write_bytes(wheels["kerasnets"])
    (tmp_path / "numpy-0.1.0-py3-none-any.whl").write_bytes(wheels["numpy"])
    (here.source / "requirements.pins").write_text(f"numpy==0.1.0 --hash=sha256:{hashes['numpy']}")
    own = f"./kerasnets-0.1.0-py3-none-any.whl --hash=sha256:{hashes['kerasnets']}"
    (here.source / "requirements.own").write_text(own)
    done = here.set_up()
    said = done.stderr.splitlines()[-2]
    assert said.startswith("setup: STOPPED: a package isn't the one that the zip was made with: its SHA-256")
    assert (done.returncode, (here.prefix / "built").exists()) == (1, False)
    installed = here.prefix / "lib" / "python3.11" / "site-packages" / "numpy"
    assert installed.exists() is (changed != "numpy")  # the one whose hash is right


def test_a_list_has_the_tested_versions_with_hashes_and_all_that_is_asked_for():
    tested = pins.versions(pins.CONSTRAINTS.read_text())
    tested["tensorflow"] = tested["tensorflow-cpu"]  # the same release, where there is no tensorflow-cpu
    for name, (asked, _) in pins.LISTS.items():
        listed = pins.read_pins(name)
        found = pins.versions(listed)
        assert found == {distribution: tested[distribution] for distribution in found}, name
        assert set(asked) <= set(found), name
        entries = re.split(r"\n(?=\S)", listed.strip())
        assert len(entries) == len(found), name
        # a release candidate, as Ubuntu 22.04's, would match none
        assert "python_full_version" not in listed, name
        hashed = re.compile(r"\S+ ; [^\\\n]+( \\\n    --hash=sha256:[0-9a-f]{64})+")
        assert [entry for entry in entries if not hashed.fullmatch(entry)] == [], name


def test_a_list_is_whole_on_each_python_and_machine():
    """What is needed by what is listed, as the distributions that are installed here say, is listed as well."""
    for name, python, machine in product(("numpy", "keras"), ("3.11", "3.12", "3.13"), ("x86_64", "aarch64")):
        there = {"python_version": python, "python_full_version": f"{python}.0", "platform_machine": machine}
        lines = [line for line in pins.read_pins(name).splitlines() if not line.startswith(" ")]
        asked = [Requirement(line.partition(" \\")[0]) for line in lines]
        listed = {canonicalize_name(one.name) for one in asked if one.marker.evaluate(there)}
        needs = {
            (distribution, canonicalize_name(need.name))
            for distribution in listed - {"tensorflow"}
            for need in map(Requirement, importlib.metadata.requires(distribution) or ())
            if need.marker is None or need.marker.evaluate({**there, "extra": ""})
        }
        assert {need for need in needs if need[1] not in listed} == set(), (name, python, machine)


def wheel(name: str) -> bytes:
    """The smallest that pip installs: one package with nothing in it."""
    about, made = f"{name}-0.1.0.dist-info", io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(f"{name}/__init__.py", "")
        archive.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.1.0\n")
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{about}/RECORD", "")
    return made.getvalue()
