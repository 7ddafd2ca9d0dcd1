"""What of the machine a worker may read: a list of what Python, its libraries and the allowed packages need. All else is closed.

Landlock can't take back further down what it gave further up, so that nothing is given that has more in it than is meant:
no `/usr`, in which there may be other interpreters' packages, data sets and libraries with convolutions.
"""

import glob
import os
import sys
import sysconfig
from collections.abc import Iterable, Sequence

from grader.sandbox.packages import Folder, standard_library

# Of /proc a process needs what is said of itself and of the machine; the rest has everybody's command lines
_PROCESS = (
    "/proc/self",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/proc/filesystems",
    "/proc/sys/kernel",
)
_MACHINE = ("/sys/devices/system/cpu", "/sys/devices/system/node", "/sys/fs/cgroup", "/sys/kernel/mm")
_TEXT = (  # languages, times, fonts, certificates
    "/etc/localtime", "/etc/timezone", "/usr/share/zoneinfo", "/usr/share/locale", "/usr/lib/locale",
    "/usr/lib/*/gconv", "/etc/fonts", "/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/fontconfig",
    "/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/usr/lib/ssl", "/etc/pki/tls/certs", "/etc/mime.types", "/usr/share/terminfo",
    "/lib/terminfo", "/etc/terminfo",
)  # fmt: skip
_NAMES = (  # which system this is, and what its users, services and the loader's libraries are called
    "/etc/passwd", "/etc/group", "/etc/nsswitch.conf", "/etc/hosts", "/etc/host.conf", "/etc/services", "/etc/protocols",
    "/etc/os-release", "/usr/lib/os-release", "/etc/debian_version", "/etc/ld.so.cache",
)  # fmt: skip
_LIBRARY_OF_PYTHON = os.path.realpath(sysconfig.get_path("stdlib"))
_LIBRARY_FOLDERS = (
    "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/lib/*-linux-*", "/usr/lib/*-linux-*", "/usr/local/lib",
)  # fmt: skip
# Shared libraries that the standard library and wheels (PEP 599, PEP 600) are linked to. What the zygote has loaded is
# allowed as well: where NumPy is a distribution's own, its linear algebra is among it
_LIBRARIES = (
    *("ld-linux*", "libc", "libm", "libmvec", "libdl", "libpthread", "librt", "libutil", "libresolv", "libnsl", "libcrypt"),
    *("libnss_*", "libgcc_s", "libstdc++", "libgomp", "libgfortran", "libquadmath", "libatomic", "libpython3*"),
    *("libz", "libbz2", "liblzma", "libzstd", "libffi", "libexpat", "libssl", "libcrypto", "libsqlite3", "libuuid"),
    *("libreadline", "libtinfo*", "libncurses*", "libpanel*", "libmpdec*", "libgdbm*", "libdb-*", "libtirpc"),
)  # fmt: skip


def readable(folders: Sequence[Folder]) -> tuple[list[str], list[str]]:
    """(what may be read, what may be listed), once all is imported that is imported before a fork."""
    lists = [folder for folder in folders if folder.parts]
    packages = [
        os.path.join(os.path.realpath(folder.path), part) for folder in lists for part in folder.parts
    ]
    existing = [path for path in packages if os.path.exists(path)]
    listed = [os.path.realpath(path) for path in (_LIBRARY_OF_PYTHON, *(folder.path for folder in lists))]
    places = [
        *existing,
        *_standard_modules(),
        *_shared_libraries(folder.path for folder in folders),
        *_everywhere(),
    ]
    return list(dict.fromkeys(map(_kept, places))), list(dict.fromkeys(listed))


def _kept(path: str) -> str:
    """Libraries have many names; a rule is for what is behind them. Of /proc/self the name is what is meant."""
    return path if path.startswith("/proc/") else os.path.realpath(path)


def _everywhere() -> list[str]:
    patterns = (*_PROCESS, *_MACHINE, *_TEXT, *_NAMES, "/dev/null")
    return [path for pattern in patterns for path in glob.glob(pattern)]


def _standard_modules() -> list[str]:
    """Python's own modules, by name: there may be a folder of packages among them."""
    modules = (*sys.stdlib_module_names, "lib-dynload", "__pycache__")
    names = [
        name
        for name in os.listdir(_LIBRARY_OF_PYTHON)
        if name.partition(".")[0] in modules or name.startswith("_sysconfigdata")
    ]
    return [*(os.path.join(_LIBRARY_OF_PYTHON, name) for name in names), *_beside_the_library()]


def _beside_the_library() -> list[str]:
    """Where Python keeps modules outside of that folder: a zip, or compiled ones."""
    return [path for path in standard_library() if path != _LIBRARY_OF_PYTHON and os.path.exists(path)]


def _shared_libraries(folders: Iterable[str]) -> list[str]:
    """The system's shared libraries of the list, and those that are loaded here."""
    roots = [folder for pattern in _LIBRARY_FOLDERS for folder in glob.glob(pattern)]
    roots.append(os.path.join(sys.base_prefix, "lib"))
    files = {
        os.path.realpath(path)
        for root in roots
        for name in _LIBRARIES
        for path in glob.glob(f"{root}/{name}.so*")
    }
    packages = tuple(os.path.realpath(folder) + os.sep for folder in folders)
    return sorted(files | {path for path in _loaded() if not path.startswith(packages)})


def _loaded() -> list[str]:
    """The files that this process has mapped: libraries, mostly."""
    if sys.platform != "linux":
        return []
    with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:
        paths = {
            line.split(maxsplit=5)[5].rstrip("\n") for line in maps if line.count(" ") > 4 and "/" in line
        }
    return [path for path in paths if os.path.isabs(path) and os.path.isfile(path)]
