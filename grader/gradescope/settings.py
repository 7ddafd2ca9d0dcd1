"""How this machine reaches its registries: what `--as-here` takes along into the container, and nothing more.

* pip: what `pip config list` says, files and PIP_* variables together, as one pip.conf;
* the certificates: the bundle that pip, or else Python, trusts here;
* apt: the sources of the release that is built, the Acquire settings for http, https, retries and dates, and the
  credentials of auth.conf;
* the names: /etc/hosts; the variables of proxies and of uv;
* local folders of packages that pip's settings name, read-only and only while the container is built; of an index in a folder
  `simple` the folder around it, where its files are (never one that has the caller's home in it).
"""

from __future__ import annotations

import ast
import configparser
import io
import os
import re
import ssl
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader.gradescope.releases import Release

PLACE = "/etc/as-here"  # not /etc/ssl/certs: installing ca-certificates writes that anew
BUNDLES = "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"
CA_VARIABLES = "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"
VARIABLES = re.compile(
    r"(https?|all|no)_proxy|UV_((DEFAULT_|EXTRA_)?INDEX(_URL)?|PYTHON_INSTALL_MIRROR)", re.IGNORECASE
)
APT_KEPT = re.compile(r"Acquire::(https?(::|\s)|Retries|Check-Valid-Until|Check-Date)")
APT_TARGET = "$(REPO_URI)|$(RELEASE)|$(CODENAME)|$(COMPONENT)|$(ORIGIN)"


@dataclass(frozen=True)
class Settings:
    """Of one machine. Without any, a container finds its registries as any new machine does."""

    files: Mapping[str, bytes] = field(default_factory=dict)  # path in the container -> content
    environment: Mapping[str, str] = field(default_factory=dict)
    folders: tuple[str, ...] = ()  # of this machine, to be seen at the same place


def as_here(release: Release, root: str = "") -> Settings:
    """This machine's, for a container of a `release` whose files stand below `root`."""
    bundle, said = f"{root}{PLACE}/certificates.crt", pip_says()
    files: dict[str, bytes] = {}
    environment = {name: value for name, value in os.environ.items() if VARIABLES.fullmatch(name)}
    if certificates := read_certificates(said):
        files[f"{PLACE}/certificates.crt"] = certificates
        environment |= dict.fromkeys(CA_VARIABLES, bundle)
        said = {**said, ("global", "cert"): bundle}
    files[f"{PLACE}/pip.conf"] = as_pip_conf(said)
    environment["PIP_CONFIG_FILE"] = f"{root}{PLACE}/pip.conf"
    named = [path for value in said.values() for path in paths(value) if str(path) != bundle]
    files |= {str(path): path.read_bytes() for path in named if path.is_file()}
    files |= apt(release, bundle if certificates else "")
    files |= {"/etc/hosts": Path("/etc/hosts").read_bytes()}
    return Settings(
        files, environment, tuple(sorted({str(folder_to_show(path)) for path in named if path.is_dir()}))
    )


def pip_says() -> dict[tuple[str, str], str]:
    """{(section, option): value} of this Python's pip; a variable's value stands over a file's."""
    said = _output([sys.executable, "-P", "-m", "pip", "config", "list"])
    return parse_pip(said)


def parse_pip(said: str) -> dict[tuple[str, str], str]:
    """
    >>> parse_pip("global.index-url='https://a'\\ninstall.pre='1'\\n:env:.index-url='https://b'")
    {('install', 'pre'): '1', ('global', 'index-url'): 'https://b'}
    """
    entries = [line.partition("=") for line in said.splitlines() if "=" in line]
    found = {_place(key): ast.literal_eval(value) for key, _, value in entries}
    variables = {("global", name): value for (section, name), value in found.items() if section == ":env:"}
    kept = {key: value for key, value in found.items() if key[0] != ":env:" and key not in variables}
    return {**kept, **variables}


def _place(key: str) -> tuple[str, str]:
    section, _, option = key.rpartition(".")
    return section, option


def as_pip_conf(said: Mapping[tuple[str, str], str]) -> bytes:
    written, text = configparser.RawConfigParser(), io.StringIO()
    for (section, name), value in said.items():
        if not written.has_section(section):
            written.add_section(section)
        written.set(section, name, value)
    written.write(text)
    return text.getvalue().encode()


def paths(value: str) -> list[Path]:
    """The files and folders of this machine that a setting names.

    >>> [str(path) for path in paths("https://pypi.example/simple file:///srv/wheels /opt/more 180")]
    ['/srv/wheels', '/opt/more']
    """
    words = [word.removeprefix("file://") for word in value.split()]
    return [Path(word) for word in words if word.startswith("/")]


def folder_to_show(path: Path) -> Path:
    """The folder to show for one that pip's settings name."""
    around = path.parent
    return around if path.name == "simple" and not Path.home().is_relative_to(around) else path


def read_certificates(said: Mapping[tuple[str, str], str]) -> bytes:
    """The bundle of certificates that is trusted here; nothing where there is none."""
    candidates = [said.get(("global", "cert")), ssl.get_default_verify_paths().cafile, *BUNDLES]
    there = [Path(path) for path in candidates if path and Path(path).is_file()]
    return there[0].read_bytes() if there else b""


def apt(release: Release, bundle: str) -> dict[str, bytes]:
    """The release's own sources as this machine has them (its others aren't for a clean one), and how they are got."""
    targets = _output(["apt-get", "indextargets", "--format", APT_TARGET, "Created-By: Packages"])
    dump = [line for line in _output(["apt-config", "dump"]).splitlines() if APT_KEPT.match(line)]
    if bundle:
        dump.append(f'Acquire::https::CaInfo "{bundle}";')
    files = {"/etc/apt/apt.conf.d/90as-here": "\n".join([*dump, ""]).encode()}
    if sources := sources_of(targets, release):
        files["/etc/apt/sources.list"] = sources.encode()
    credentials = [Path("/etc/apt/auth.conf"), *sorted(Path("/etc/apt/auth.conf.d").glob("*.conf"))]
    return files | {str(path): path.read_bytes() for path in credentials if path.is_file()}


def sources_of(targets: str, release: Release) -> str:
    """The lines of sources.list, from what `apt-get indextargets` prints.

    >>> from grader.gradescope.releases import RELEASES
    >>> lines = "http://a/debian/|bookworm|bookworm|main|Debian\\nhttp://b|bookworm-more|bookworm-more|main|Another"
    >>> print(sources_of(lines, RELEASES["bookworm"]))
    deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://a/debian/ bookworm main
    <BLANKLINE>
    >>> sources_of(lines, RELEASES["jammy"])
    ''
    """
    entries = [line.split("|") for line in targets.splitlines() if line.count("|") == 4]
    return "".join(
        f"deb [signed-by={release.keys}] {uri} {suite} {component}\n"
        for uri, suite, codename, component, origin in entries
        if origin == release.origin and codename.partition("-")[0] == release.name
    )


def _output(command: list[str]) -> str:
    """Nothing where there is no such program, or it fails."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""
