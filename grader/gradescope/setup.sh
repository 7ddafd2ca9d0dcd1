#!/usr/bin/env bash
# Builds the machine that grades: Gradescope runs this once, as root, when the zip is uploaded. Nothing after it needs the network.
# One virtual environment under /opt, where a student's process, which isn't root's, can read it. A second run finds all done.
set -euo pipefail

autograder=${KERASNETS_AUTOGRADER:-/autograder}
prefix=${KERASNETS_PREFIX:-/opt/kerasnets}
source=$autograder/source
# PYTHONSAFEPATH: no Python of ours imports from the folder that it happens to be started in
export PYTHONSAFEPATH=1 DEBIAN_FRONTEND=noninteractive PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1

say() { echo "setup: $*"; }
stop() { say "STOPPED: $1"; say "What to do: $2"; exit 1; } >&2
fits() { command -v "$1" >/dev/null && "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; }
has_venv() { "$1" -c 'import venv, ensurepip' 2>/dev/null; }
has_seccomp() { for file in /usr/lib/*/libseccomp.so.2 /usr/lib*/libseccomp.so.2 /lib/*/libseccomp.so.2; do [ -e "$file" ] && return; done; return 1; }
from_apt() {
    say "installing $*"
    read_lists && apt-get -o Acquire::Retries=3 -qq -y --no-install-recommends install "$@" >/dev/null
}
in_apt() { read_lists && apt-cache show "$1" >/dev/null 2>&1; }
read_lists() { [ -n "${lists:-}" ] || apt-get -o Acquire::Retries=3 -qq update && lists=read; }

# Each of these sets `python` to one that we support, or fails.
from_distribution() {
    fits python3 || return 1
    has_venv python3 || from_apt python3-venv || return 1
    python=python3
}
from_release() {
    in_apt python3.11 && in_apt python3.11-venv || return 1
    from_apt python3.11 python3.11-venv && fits python3.11 && python=python3.11
}
from_apts_default() {
    command -v python3 >/dev/null && has_venv python3 || from_apt python3 python3-venv || return 1
    fits python3 && python=python3
}
from_uv() { # by the Python that the one before has installed
    has_venv python3 || return 1
    python3 -I -m venv "$prefix-uv" && checked "$prefix-uv" -r "$source/requirements.uv" || return 1
    export UV_PYTHON_INSTALL_DIR=$prefix-python
    "$prefix-uv/bin/uv" python install --quiet 3.12 && python=$("$prefix-uv/bin/uv" python find 3.12) && fits "$python"
}

# Nothing is installed but wheels whose SHA-256 is in a list of the zip.
checked() { # a virtual environment, and what pip is told
    local into=$1 code=0; shift
    "$into/bin/python" -I -m pip --no-input install --quiet --no-cache-dir --progress-bar off --require-hashes --only-binary :all: "$@" \
        2>"$work/said" || code=$?
    cat "$work/said" >&2
    ! grep -q "DO NOT MATCH THE HASHES" "$work/said" ||
        stop "a package isn't the one that the zip was made with: its SHA-256 is another (pip names it above)" "install nothing by hand; find out where the registry that is used here has it from, then rebuild"
    return $code
}

for file in requirements.txt requirements.alone requirements.otter requirements.pins requirements.uv requirements.own; do
    [ -f "$source/$file" ] || stop "$source/$file is missing" "build the zip again (scripts/build) and upload it whole"
done
wanted=$(cd "$source" && cat requirements.* setup.sh | cksum)
if [ -f "$prefix/built" ] && [ "$(cat "$prefix/built")" = "$wanted" ]; then say "everything is there already"; exit 0; fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if ! has_seccomp; then
    from_apt libseccomp2 || stop "libseccomp2, which filters what students' code may do, can't be installed" "look at apt's message above; rebuild if it is the network's"
fi
python=
from_distribution || from_release || from_apts_default || from_uv ||
    stop "there is no Python 3.11, 3.12 or 3.13, neither here, nor from apt, nor from uv" "choose a newer base image, such as Ubuntu 24.04"
say "$("$python" --version), into $prefix"
rm -rf "$prefix"
"$python" -I -m venv "$prefix" || stop "a virtual environment can't be made in $prefix" "look at the message above; is the disk full?"

# Otter's own image copies only requirements.* before it runs this, hence the names, and knows no kerasnets.json.
for wheel in "$source"/requirements.*.whl; do cp "$wheel" "$work/$(basename "$wheel" | cut -d. -f2-)"; done
if [ -f "$source/kerasnets.json" ]; then theirs=/dev/null; else theirs=$source/requirements.otter; fi # Otter's own image
{ checked "$prefix" -r "$source/requirements.pins" -r "$theirs" && checked "$prefix" --no-deps -r "$source/requirements.alone"; } ||
    stop "pip could not install what requirements.pins names" "look at pip's message above; rebuild if it is the network's"
cd "$work" && checked "$prefix" --no-deps -r "$source/requirements.own" ||
    stop "the package kerasnets can't be installed" "build the zip again (scripts/build) and upload it whole"
cd /

# A student's process may read the libraries, but neither the reference nor the hidden cases, also where Landlock is missing.
chmod -R a+rX "$prefix"
chmod -R go-rwx "$prefix"/lib/python3*/site-packages/{kerasnets,grader} "$source"
if [ -f "$source/kerasnets.json" ]; then
    # nor any package that the assignment's own requirements don't install; in the container, those of other interpreters too
    if [ "$prefix" = /opt/kerasnets ]; then others=--others; else others=; fi
    "$prefix/bin/python" -I -m grader.gradescope.autograde --close "$autograder" $others ||
        stop "packages that students' code may not read can't be closed to it" "look at the message above"
    "$prefix/bin/python" -I -m grader.gradescope.autograde --check "$autograder" ||
        stop "what was installed doesn't work together" "send the message above to whoever built the zip"
fi
echo "$wanted" >"$prefix/built"
say "done"
