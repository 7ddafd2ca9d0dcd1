"""setup.sh with a PATH of stand-ins: which Python it takes where, and what it says when it stops."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from grader.gradescope import zipped

TOOLS = ("bash", "basename", "cat", "chmod", "cksum", "cp", "cut", "mktemp", "rm", "env")

STAND_IN = r"""#!/usr/bin/env bash
# A command that writes down how it was called. Files beside it say what it can.
here=$(cd "${0%/*}" && echo "$PWD"); name=${0##*/}
echo "$name $*" >>"$LOG"
case "$name $*" in
    *sys.version_info*) [ -e "$STATE/fits-$name" ] ;;
    *ensurepip*) [ -e "$STATE/venv-$name" ] ;;
    *--version) echo "Python 3.11.2" ;;
    *"-m venv "*) mkdir -p "$3/bin" "$3/lib/python3.11/site-packages/kerasnets" "$3/lib/python3.11/site-packages/grader"
        for made in python pip uv; do cp "$0" "$3/bin/$made"; done ;;
    "uv python find"*) echo "$STATE/python-of-uv" ;;
    "apt-get "*"install"*) [ ! -e "$STATE/no-network" ] || exit 100
        for word; do case $word in
            python3-venv) : >"$STATE/venv-python3" ;;
            python3.11) cp "$0" "$here/python3.11"; : >"$STATE/fits-python3.11" ;;
            python3) cp "$0" "$here/python3" ;;
        esac; done ;;
    "apt-cache show "*) [ -e "$STATE/in-apt" ] ;;
    *"-m pip"*"install"*) [ ! -e "$STATE/no-network" ] ;;
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
        "setup: STOPPED: pip could not install what requirements.txt names",
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
    asked = [line for line in here.called if "install" in line and line.startswith("python -m pip")]
    assert len(asked) == 3
    assert (
        f"-r {here.source}/requirements.txt -r {here.source}/requirements.otter -c {here.source}/requirements.pins"
        in asked[0]
    )
    assert "--no-deps" in asked[2]
    assert asked[2].endswith("/kerasnets-0.1.0-py3-none-any.whl")
