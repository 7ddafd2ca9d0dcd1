"""What a process may do once it runs a student's code. Each function takes one power away and says what it took.

`confine` is called in the forked child, before the first line of the student's. Where a defence should work and doesn't,
it raises `ConfinementError`, and grading stops: a mark without its guard is not a mark.

Sources: prctl(2), setrlimit(2), landlock(7), seccomp(2).
"""

import _thread
import ctypes
import errno
import os
import platform
import resource
import struct
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from grader.sandbox import defences, system_calls
from grader.sandbox.defences import Defence, State

LINUX = sys.platform == "linux"
SHARED_ALLOWANCE = 1024  # threads, for several workers beside each other and what their user starts meanwhile
MOST_RUNNING = 2**22  # threads that a kernel can have
# the errors of a full machine
NO_ROOM = frozenset({errno.EAGAIN, errno.ENOMEM, errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE})


class ConfinementError(BaseException):
    """A defence that should work on this machine doesn't. Grading stops.

    No Exception: what forgives a student's errors, or one of ours, must not forgive this one.
    """


@dataclass(frozen=True)
class Limits:
    """What one worker may use. Times in seconds, sizes in bytes."""

    cpu: int = 600  # of one process, the last resort: the judge's deadlines come long before
    memory: int = 4 * 2**30  # private writable memory beyond what the zygote gave
    addresses: int = 64 * 2**30  # what is mapped and not written to: its page tables are memory too
    # threads count too, and TensorFlow needs some for each processor
    processes: int = 64 + 4 * (os.cpu_count() or 1)
    file_size: int = 128 * 2**20
    open_files: int = 256


@dataclass(frozen=True)
class Confinement:
    """Who the process becomes and what it may still read and write."""

    uid: int | None  # None: stay who we are (not root)
    scratch: str  # its home, the only place it may write
    readable: tuple[str, ...]  # folders and files that Landlock leaves readable
    listable: tuple[str, ...] = ()  # folders whose names may be listed, their files not read
    limits: Limits = Limits()
    open_files: bool = False  # go on where nothing closes the files of whoever grades


def confine(plan: Confinement, keep: Iterable[int]) -> tuple[Defence, ...]:
    """Give up what the plan doesn't grant. Returns which defences hold, for the report."""
    os.chdir(plan.scratch)
    os.umask(0o077)
    os.environ.clear()
    os.environ.update(_environment(plan.scratch))
    close_descriptors(keep)
    be_the_first_to_go()
    limit_resources(plan.limits)
    held = (  # in this order: the rules about files name folders that the new user may not even enter
        forbid_new_privileges(),
        restrict_files(plan),
        drop_user(plan.uid),
    )
    # after the change of user, which forgets both; before the filter, which refuses them
    die_with_parent()
    show_what_is_open(plan.uid)
    return (*held, filter_system_calls())


def _environment(home: str) -> dict[str, str]:
    one_thread = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    places = dict.fromkeys(("HOME", "TMPDIR", "MPLCONFIGDIR", "IPYTHONDIR", "KERAS_HOME"), home)
    return {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "MPLBACKEND": "agg", **one_thread, **places}


def close_descriptors(keep: Iterable[int]) -> None:
    """Close every descriptor but `keep`; 0, 1 and 2 become /dev/null: a worker prints to nobody."""
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    kept = {0, 1, 2, *keep}
    folder = "/proc/self/fd" if LINUX else "/dev/fd"
    for descriptor in [int(name) for name in os.listdir(folder)]:
        if descriptor not in kept:
            try:
                os.close(descriptor)
            except OSError:  # the descriptor of the listing itself
                continue


def be_the_first_to_go() -> None:
    """When the machine runs out of memory, the kernel ends this process and its children, not the judge or the zygote."""
    if LINUX:
        with suppress(OSError):  # a container without this file
            Path("/proc/self/oom_score_adj").write_text("1000")


def limit_resources(limits: Limits) -> None:
    caps = {
        "RLIMIT_CORE": 0,
        "RLIMIT_CPU": limits.cpu,
        "RLIMIT_DATA": limits.memory,
        "RLIMIT_AS": limits.addresses,
        "RLIMIT_NPROC": limits.processes,
        "RLIMIT_FSIZE": limits.file_size,
        "RLIMIT_NOFILE": limits.open_files,
    }
    for name, cap in caps.items():
        which = getattr(resource, name, None)
        if which is None:
            continue
        if name == "RLIMIT_NPROC" and os.geteuid() != 0:
            if not LINUX:
                continue
            # without a user of its own a worker shares the count with everything you run, now and a little later
            cap = running_threads() + SHARED_ALLOWANCE
        _, hard = resource.getrlimit(which)
        cap = cap if hard == resource.RLIM_INFINITY else min(cap, hard)
        try:
            resource.setrlimit(which, (cap, cap))
        except (OSError, ValueError) as error:
            if LINUX:
                raise ConfinementError(f"the limit {name} could not be set: {error}") from None


def running_threads() -> int:
    """About as many processes and threads as this user has on the whole machine, some in containers perhaps: the smallest
    limit, of those that double, under which one more thread can be started. At most twice too many."""
    before = resource.getrlimit(resource.RLIMIT_NPROC)
    highest = before[1] if before[1] != resource.RLIM_INFINITY else MOST_RUNNING
    limit = 128
    try:
        while limit < highest:
            resource.setrlimit(resource.RLIMIT_NPROC, (limit, before[1]))
            if _starts_a_thread():
                break
            limit *= 2
    finally:
        resource.setrlimit(resource.RLIMIT_NPROC, before)
    return limit


def _starts_a_thread() -> bool:
    ended = _thread.allocate_lock()
    ended.acquire()
    try:
        _thread.start_new_thread(ended.release, ())
    except RuntimeError:
        return False
    ended.acquire()
    return True


def drop_user(uid: int | None) -> Defence:
    """Become `uid`, a user that owns nothing but its scratch folder and can't come back."""
    if uid is None:
        return defences.SAME_USER
    try:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    except OSError as error:
        raise ConfinementError(f"could not become the unprivileged user {uid}: {error}") from None
    if os.getresuid() != (uid, uid, uid):
        raise ConfinementError("the unprivileged user was not taken on")
    return Defence(defences.USER, State.HELD, "a fresh unprivileged user")


# --- Linux: prctl, Landlock, seccomp ---------------------------------------------------------------------------

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS = 1, 4, 36, 38
_libc = ctypes.CDLL(None, use_errno=True)


def prctl(option: int, value: int) -> None:
    if LINUX and _libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0) != 0:
        raise ConfinementError(f"prctl({option}, {value}) failed: {os.strerror(ctypes.get_errno())}")


def forbid_new_privileges() -> Defence:
    if not LINUX:
        return defences.untried(defences.NO_PRIVILEGES, sys.platform)
    prctl(_PR_SET_NO_NEW_PRIVS, 1)
    return Defence(defences.PRIVILEGES, State.HELD, "no set-uid program gives any back")


def hide_memory() -> None:
    """No other process of this user may read our memory or attach to us."""
    prctl(_PR_SET_DUMPABLE, 0)


def show_what_is_open(uid: int | None) -> None:
    """The judge may see which deleted files a process keeps, and so can its own user, where nothing else prevents it."""
    if uid is not None or landlock_abi() > 0:
        prctl(_PR_SET_DUMPABLE, 1)


def die_with_parent() -> None:
    prctl(_PR_SET_PDEATHSIG, 9)


def adopt_orphans() -> None:
    """Daemons that a worker leaves behind become our children, where they can be found."""
    prctl(_PR_SET_CHILD_SUBREAPER, 1)


_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446  # the same numbers on every architecture
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
# what a rule on a single file may hold (14: truncate)
_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE | 1 << 14
_RIGHTS_BY_ABI = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
_NO_TCP, _NO_FOREIGN_SOCKETS_OR_SIGNALS = 0b11, 0b11  # from ABI 4, from ABI 6
_NO_LOG = 1  # from ABI 7: what is denied isn't written to the machine's log, which a loop could fill
# not /dev/zero: when it is mapped, it is memory that no limit counts
_DEVICES = ("/dev/null", "/dev/urandom", "/dev/random")


def landlock_abi() -> int:
    """The kernel's Landlock version, 0 where there is none."""
    return max(0, _libc.syscall(_LANDLOCK_CREATE, None, 0, 1)) if LINUX else 0


def restrict_files(plan: Confinement) -> Defence:
    """Leave the plan's paths readable and the scratch folder writable; all else is closed, TCP too, and nothing is a program.

    What the older versions lack is closed by `system_calls`; rights that are newer than version 5 aren't asked for.
    """
    if not LINUX:
        return defences.untried(defences.NO_LANDLOCK, sys.platform)
    abi = landlock_abi()
    if abi == 0:
        return _without_landlock(plan)
    handled = _RIGHTS_BY_ABI[min(abi, 5)]
    attributes = struct.pack(
        "QQQ", handled, _NO_TCP if abi >= 4 else 0, _NO_FOREIGN_SOCKETS_OR_SIGNALS if abi >= 6 else 0
    )
    size = 8 if abi < 4 else 16 if abi < 6 else 24
    rules = _libc.syscall(_LANDLOCK_CREATE, ctypes.c_char_p(attributes), size, 0)
    if rules < 0:
        raise ConfinementError(f"Landlock refused its rules: {os.strerror(ctypes.get_errno())}")
    for path in plan.readable:
        _allow(rules, path, _READ_FILE | _READ_DIR, handled)
    for path in plan.listable:
        _allow(rules, path, _READ_DIR, handled)
    for path in (plan.scratch, *_DEVICES):
        _allow(rules, path, handled & ~_EXECUTE, handled)
    if _libc.syscall(_LANDLOCK_RESTRICT, rules, _NO_LOG if abi >= 7 else 0) != 0:
        raise ConfinementError(f"Landlock did not take hold: {os.strerror(ctypes.get_errno())}")
    os.close(rules)
    return Defence(defences.FILES, State.HELD, f"Landlock (version {abi})")


OPEN_TO_WORKERS = (
    "this system has no Landlock (it came with Linux 5.13, and a container may forbid it), and you are not root: a submission "
    "could read the hidden cases and the others, and change your files. Grade as root, or in a throw-away virtual machine or "
    "container with Landlock. To go on all the same, where nobody would try it: --allow-open-files."
)


def _without_landlock(plan: Confinement) -> Defence:
    """A user of its own can't enter our folders. Who shares ours could read the hidden cases: then nothing is graded."""
    if plan.uid is None and not plan.open_files:
        raise ConfinementError(OPEN_TO_WORKERS)
    return defences.OPEN_FILES if plan.uid is None else defences.NO_LANDLOCK


def _allow(rules: int, path: str, rights: int, handled: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # a folder that this machine doesn't have, or that this user can't enter, needs no rule
        return
    if not Path(path).is_dir():
        rights &= _FILE_RIGHTS
    rule = ctypes.c_char_p(struct.pack("=Qi", rights & handled, descriptor))
    if _libc.syscall(_LANDLOCK_ADD, rules, 1, rule, 0) != 0:
        raise ConfinementError(f"Landlock refused a rule for {path}: {os.strerror(ctypes.get_errno())}")
    os.close(descriptor)


def filter_system_calls() -> Defence:
    """seccomp: only the calls of `system_calls`. No sockets but pairs among one's own, no other process started, signalled
    or looked into, no rare corner of the kernel."""
    if not LINUX:
        return defences.untried(defences.NO_FILTER, sys.platform)
    try:
        system_calls.load()
    except Exception as error:  # whatever the library says, no filter means no grading
        raise ConfinementError(f"the system-call filter could not be loaded: {error}") from None
    return Defence(defences.CALLS, State.HELD, f"seccomp on {platform.machine()}")


def check_machine() -> None:
    """Fail before any student's code runs where a library is missing that this machine should have."""
    if not LINUX:
        return
    try:
        import pyseccomp  # noqa: F401  (its import looks for the system's library)
    except (ImportError, OSError, RuntimeError) as error:
        raise ConfinementError(
            f"the system-call filter needs libseccomp: apt-get install libseccomp2 (and pip install pyseccomp). {error}"
        ) from None
