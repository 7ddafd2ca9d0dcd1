"""What a run ran on, as the tables of SECURITY.md name it. Its text is also run where the tests aren't: see `userlands`."""

import ctypes
import json
import platform

from grader.sandbox import limits


def about() -> dict[str, str | int]:
    return {
        "kernel": platform.release().partition("-")[0],
        "architecture": platform.machine(),
        "landlock": limits.landlock_abi(),
        "libseccomp": libseccomp(),
        "python": platform.python_version(),
        "system": system(),
    }


def libseccomp() -> str:
    """The version of the library that makes the filter; "none" where there is none."""
    try:
        library = ctypes.CDLL("libseccomp.so.2")
    except OSError:
        return "none"
    library.seccomp_version.restype = ctypes.POINTER(ctypes.c_uint * 3)
    return ".".join(map(str, library.seccomp_version().contents))


def system() -> str:
    """The distribution, without its point release.

    >>> import re
    >>> re.fullmatch(r"[A-Z]\\w+.*", system()) is not None
    True
    """
    if platform.system() != "Linux":
        return platform.system()
    known = platform.freedesktop_os_release()
    return f"{known['NAME'].removesuffix(' GNU/Linux')} {known.get('VERSION_ID', '')}".strip()


if __name__ == "__main__":
    print(json.dumps(about()))
