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
        for name in (
            "requirements.txt",
            "requirements.alone",
            "requirements.otter",
            "requirements.pins",
            "requirements.uv",
            "requirements.own",
            "requirements.kerasnets-0.1.0-py3-none-any.whl",
        ):
            (self.source / name).touch()
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


@pytest.fixture
def machine(tmp_path):
    return lambda commands=(), state=(): Machine(tmp_path, commands, state)


def test_the_distributions_python_is_taken_where_it_fits(machine):
    here = machine(("python3",), ("fits-python3", "venv-python3"))
    done = here.set_up()
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "setup: done")
    assert here.made_with == "python3"
    assert here.installed_by_apt() == []


def test_its_venv_module_comes_from_apt(machine):
    here = machine(("python3",), ("fits-python3",))
    assert here.set_up().returncode == 0
    assert (here.made_with, here.installed_by_apt()) == ("python3", ["python3-venv"])


@pytest.mark.parametrize("commands", [(), ("python3",)], ids=["no Python", "one that is too old"])
def test_else_the_releases_own_3_11(machine, commands):
    here = machine(commands, ("in-apt",))
    assert here.set_up().returncode == 0
    assert (here.made_with, here.installed_by_apt()) == ("python3.11", ["python3.11 python3.11-venv"])


def test_else_the_one_that_apt_has_by_default_as_on_ubuntu_24_04(machine):
    here = machine((), ("apts-fits",))
    assert here.set_up().returncode == 0
    assert (here.made_with, here.installed_by_apt()) == ("python3", ["python3 python3-venv"])


@pytest.mark.parametrize("commands", [(), ("python3",)], ids=["no Python", "one that is too old"])
def test_else_uvs(machine, commands):
    here = machine(commands)
    done = here.set_up()
    assert done.returncode == 0, done.stderr
    assert here.made_with == "python-of-uv"
    assert "uv python install --quiet 3.12" in here.called


def test_without_any_it_stops_and_says_what_to_do(machine):
    done = machine(("python3",), ("no-network",)).set_up()
    assert done.returncode == 1
    assert "STOPPED: there is no Python 3.11, 3.12 or 3.13" in done.stderr
    assert "What to do: choose a newer base image" in done.stderr


def test_a_second_run_finds_all_done_and_another_zip_builds_anew(machine):
    here = machine(("python3",), ("fits-python3", "venv-python3"))
    here.set_up()
    assert here.set_up().stdout == "setup: everything is there already\n"
    assert here.called == []
    (here.source / "requirements.pins").write_text("numpy==2.4.6\n")
    assert here.set_up().stdout.endswith("done\n")


def test_what_pip_cannot_install_stops_it_and_the_next_run_begins_again(machine):
    here = machine(("python3",), ("fits-python3", "venv-python3", "no-network"))
    done = here.set_up()
    assert (done.returncode, done.stderr.splitlines()[0]) == (
        1,
        "setup: STOPPED: pip could not install what requirements.pins names",
    )
    (here.state / "no-network").unlink()
    assert here.set_up().stdout.endswith("done\n")


def test_half_a_zip_is_named(machine):
    here = machine(("python3",), ("fits-python3", "venv-python3"))
    (here.source / "requirements.pins").unlink()
    done = here.set_up()
    assert done.returncode == 1
    assert "requirements.pins is missing" in done.stderr


def test_neither_reference_nor_hidden_cases_are_readable_for_a_students_process(machine):
    here = machine(("python3",), ("fits-python3", "venv-python3"))
    here.set_up()
    packages = here.prefix / "lib" / "python3.11" / "site-packages"
    closed = [packages / "kerasnets", packages / "grader", here.source]
    assert [os.stat(path).st_mode & 0o077 for path in closed] == [0, 0, 0]
    assert os.stat(packages).st_mode & 0o005 == 0o005


def test_the_wheel_is_installed_without_its_dependencies(machine):
    here = machine(("python3",), ("fits-python3", "venv-python3"))
    here.set_up()
    asked = [line for line in here.called if "install" in line and line.startswith("python -I -m pip")]
    assert len(asked) == 3
    assert asked[0].endswith(f" -r {here.source}/requirements.pins -r {here.source}/requirements.otter")
    assert asked[2].endswith(f"--no-deps -r {here.source}/requirements.own")


@pytest.mark.parametrize("commands", [("python3",), ()], ids=["with Python", "by uv"])
def test_nothing_is_installed_but_wheels_with_a_hash(machine, commands):
    here = machine(commands, ("fits-python3", "venv-python3") if commands else ())
    here.set_up()
    asked = [line for line in here.called if "-m pip" in line]
    assert len(asked) == (3 if commands else 4)
    assert all("-I -m pip" in line and "--require-hashes --only-binary :all:" in line for line in asked)
    assert not [line for line in here.called if line.startswith("pip ")]


@pytest.mark.parametrize("changed", ["numpy", "kerasnets"])
def test_a_file_whose_hash_differs_stops_it_with_a_sentence(tmp_path, changed):
    """With the real pip, and a folder that has one wheel as its registry."""
    here = Machine(tmp_path, ("python3",), ("fits-python3", "venv-python3", "real-pip"))
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


@pytest.mark.parametrize("name", pins.LISTS)
def test_a_list_has_the_tested_versions_with_hashes_and_all_that_is_asked_for(name):
    listed, tested = pins.read_pins(name), pins.versions(pins.CONSTRAINTS.read_text())
    tested["tensorflow"] = tested["tensorflow-cpu"]  # the same release, where there is no tensorflow-cpu
    found = pins.versions(listed)
    assert found == {distribution: tested[distribution] for distribution in found}
    assert set(pins.LISTS[name][0]) <= set(found)
    entries = re.split(r"\n(?=\S)", listed.strip())
    assert len(entries) == len(found)
    assert "python_full_version" not in listed  # a release candidate, as Ubuntu 22.04's, would match none
    assert all(
        re.fullmatch(r"\S+ ; [^\\\n]+( \\\n    --hash=sha256:[0-9a-f]{64})+", entry) for entry in entries
    )


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize("machine_", ["x86_64", "aarch64"])
def test_a_list_is_whole_on_each_python_and_machine(python, machine_):
    """What is needed by what is listed, as the distributions that are installed here say, is listed as well."""
    there = {"python_version": python, "python_full_version": f"{python}.0", "platform_machine": machine_}
    for name in ("numpy", "keras"):
        applying = [
            Requirement(line.partition(" \\")[0])
            for line in pins.read_pins(name).splitlines()
            if not line.startswith(" ")
        ]
        listed = {canonicalize_name(one.name) for one in applying if one.marker.evaluate(there)}
        for distribution in listed - {"tensorflow"}:
            for line in importlib.metadata.requires(distribution) or ():
                need = Requirement(line)
                if need.marker is None or need.marker.evaluate({**there, "extra": ""}):
                    assert canonicalize_name(need.name) in listed, f"{distribution} needs {need}"


def wheel(name: str) -> bytes:
    """The smallest that pip installs: one package with nothing in it."""
    about, made = f"{name}-0.1.0.dist-info", io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(f"{name}/__init__.py", "")
        archive.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.1.0\n")
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{about}/RECORD", "")
    return made.getvalue()
