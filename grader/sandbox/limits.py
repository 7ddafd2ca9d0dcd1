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

LINUX = sys.platform == "linux"
SHARED_ALLOWANCE = 1024  # threads, for several workers beside each other and what their user starts meanwhile
MOST_RUNNING = 2**22  # threads that a kernel can have
NO_ROOM = frozenset(
    {errno.EAGAIN, errno.ENOMEM, errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE}
)  # of a full machine


class ConfinementError(BaseException):
    """A defence that should work on this machine doesn't. Grading stops.

    No Exception: what forgives a student's errors, or one of ours, must not forgive this one.
    """


@dataclass(frozen=True)
class Limits:
    """What one worker may use. Times in seconds, sizes in bytes."""

    cpu: int = 600  # of one process, the last resort: the judge's deadlines come long before
    memory: int = 4 * 2**30  # private writable memory beyond what the zygote gave
    processes: int = 64 + 4 * (
        os.cpu_count() or 1
    )  # threads too, of which TensorFlow needs some for each processor
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


def confine(plan: Confinement, keep: Iterable[int]) -> dict[str, str]:
    """Give up what the plan doesn't grant. Returns {defence: how it holds here}, for the report."""
    os.chdir(plan.scratch)
    os.umask(0o077)
    os.environ.clear()
    os.environ.update(_environment(plan.scratch))
    close_descriptors(keep)
    be_the_first_to_go()
    limit_resources(plan.limits)
    return {  # in this order: the rules about files name folders that the new user may not even enter
        "privileges": forbid_new_privileges(),
        "files": restrict_files(plan),
        "user": drop_user(plan.uid),
        "system calls": filter_system_calls(),
    }


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


def drop_user(uid: int | None) -> str:
    """Become `uid`, a user that owns nothing but its scratch folder and can't come back."""
    if uid is None:
        return "the same user as the grader (not root)"
    try:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    except OSError as error:
        raise ConfinementError(f"could not become the unprivileged user {uid}: {error}") from None
    if os.getresuid() != (uid, uid, uid):
        raise ConfinementError("the unprivileged user was not taken on")
    return "a fresh unprivileged user"


# --- Linux: prctl, Landlock, seccomp ---------------------------------------------------------------------------

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS = 1, 4, 36, 38
_libc = ctypes.CDLL(None, use_errno=True)


def prctl(option: int, value: int) -> None:
    if LINUX and _libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0) != 0:
        raise ConfinementError(f"prctl({option}, {value}) failed: {os.strerror(ctypes.get_errno())}")


def forbid_new_privileges() -> str:
    prctl(_PR_SET_NO_NEW_PRIVS, 1)
    return "no set-uid program gives any back" if LINUX else "not available here"


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
_FILE_RIGHTS = (
    _EXECUTE | _WRITE_FILE | _READ_FILE | 1 << 14
)  # what a rule on a single file may hold (14: truncate)
_RIGHTS_BY_ABI = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
_NO_TCP, _NO_FOREIGN_SOCKETS_OR_SIGNALS = 0b11, 0b11  # from ABI 4, from ABI 6
_DEVICES = (
    "/dev/null",
    "/dev/urandom",
    "/dev/random",
)  # not /dev/zero: mapped, it is memory that no limit counts


def landlock_abi() -> int:
    """The kernel's Landlock version, 0 where there is none."""
    return max(0, _libc.syscall(_LANDLOCK_CREATE, None, 0, 1)) if LINUX else 0


def restrict_files(plan: Confinement) -> str:
    """Leave the plan's paths readable and the scratch folder writable; all else is closed, and so is TCP."""
    abi = landlock_abi()
    if abi == 0:
        return "not enforced: this system has no Landlock"
    handled = _RIGHTS_BY_ABI[min(abi, 5)]
    attributes = struct.pack(
        "QQQ", handled, _NO_TCP if abi >= 4 else 0, _NO_FOREIGN_SOCKETS_OR_SIGNALS if abi >= 6 else 0
    )
    size = 8 if abi < 4 else 16 if abi < 6 else 24
    rules = _libc.syscall(_LANDLOCK_CREATE, ctypes.c_char_p(attributes), size, 0)
    if rules < 0:
        raise ConfinementError(f"Landlock refused its rules: {os.strerror(ctypes.get_errno())}")
    for path in plan.readable:
        _allow(rules, path, _EXECUTE | _READ_FILE | _READ_DIR, handled)
    for path in plan.listable:
        _allow(rules, path, _READ_DIR, handled)
    for path in (plan.scratch, *_DEVICES):
        _allow(rules, path, handled, handled)
    if _libc.syscall(_LANDLOCK_RESTRICT, rules, 0) != 0:
        raise ConfinementError(f"Landlock did not take hold: {os.strerror(ctypes.get_errno())}")
    os.close(rules)
    return f"Landlock (version {abi})"


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


_FORBIDDEN_CALLS = {
    "look into other processes": "ptrace process_vm_readv process_vm_writev kcmp pidfd_open pidfd_getfd process_madvise",
    "change what is mounted": "mount umount2 pivot_root chroot unshare setns move_mount open_tree fsopen fsmount",
    "reach the kernel's rarer corners": "bpf perf_event_open userfaultfd keyctl add_key request_key "
    "io_uring_setup io_uring_enter io_uring_register open_by_handle_at name_to_handle_at",
    "leave something behind, or hold memory that no limit counts": "shmget shmat shmctl semget semop semctl msgget msgsnd "
    "msgrcv msgctl mq_open mq_unlink memfd_create memfd_secret",
    "reach a service of this machine (docker, the session's bus)": "connect socket bind listen accept accept4",
    "watch what other files are made": "inotify_init inotify_init1 inotify_add_watch fanotify_init fanotify_mark",
    "change the machine": "kexec_load kexec_file_load init_module finit_module delete_module reboot swapon swapoff "
    "acct quotactl settimeofday clock_settime adjtimex sethostname setdomainname",
}

# It starts no process (threads it may), so that none outlives it, and names none but itself: where it is the grader's own
# user, it could end the grader.
_FORBIDDEN_CALLS["start or disturb other processes"] = (
    "fork vfork tkill pidfd_send_signal setpriority ioprio_set sched_setscheduler sched_setparam sched_setattr "
    "migrate_pages move_pages"
)
_CLONE_THREAD = 1 << 16

# Landlock leaves them to a file's owner, who without a user of its own is the grader's; they do nothing, and say nothing,
# since copying a file ends in one of them
_IGNORED_CALLS = (
    "chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes utimensat futimesat "
    "setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr"
)
# to have the kernel send a signal to another process
_F_SETOWN, _F_SETSIG, _F_SETOWN_EX, _F_SETLEASE, _F_NOTIFY = 8, 10, 15, 1024, 1026
_FIOSETOWN, _SIOCSPGRP = 0x8901, 0x8902

_AF_UNIX = 1
_NO_STREAM = (
    2,
    3,
    4,
    5,
)  # datagrams (raw ones too), and packets: one of those could write to any socket's name
_SHARED_MEMORY = 0x21  # MAP_SHARED | MAP_ANONYMOUS: outside RLIMIT_DATA
_NEW_NAMESPACES = [
    1 << bit for bit in (17, 25, 26, 27, 28, 29, 30)
]  # CLONE_NEWNS ... CLONE_NEWUSER, CLONE_NEWNET


def filter_system_calls() -> str:
    """seccomp: no sockets but pairs among one's own, no other process started, signalled or looked into, no rare corners
    of the kernel."""
    if not LINUX:
        return "not enforced: seccomp is Linux's"
    import pyseccomp as seccomp

    refuse = seccomp.ERRNO(1)  # EPERM
    try:
        rules = seccomp.SyscallFilter(seccomp.ALLOW)
        rules.set_attr(
            seccomp.Attr.ACT_BADARCH, seccomp.KILL_PROCESS
        )  # 32-bit calls, which have other numbers
        rules.add_rule(refuse, "socketpair", seccomp.Arg(0, seccomp.NE, _AF_UNIX))
        for kind in _NO_STREAM:
            rules.add_rule(refuse, "socketpair", seccomp.Arg(1, seccomp.MASKED_EQ, 0xF, kind))
        for command in (_F_SETOWN, _F_SETSIG, _F_SETOWN_EX, _F_SETLEASE, _F_NOTIFY):
            rules.add_rule(refuse, "fcntl", seccomp.Arg(1, seccomp.EQ, command))
        for command in (_FIOSETOWN, _SIOCSPGRP):
            rules.add_rule(refuse, "ioctl", seccomp.Arg(1, seccomp.EQ, command))
        rules.add_rule(refuse, "mmap", seccomp.Arg(3, seccomp.MASKED_EQ, _SHARED_MEMORY, _SHARED_MEMORY))
        for flag in _NEW_NAMESPACES:
            rules.add_rule(refuse, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, flag, flag))
        rules.add_rule(
            seccomp.ERRNO(errno.ENOSYS), "clone3"
        )  # its flags can't be looked at; libc falls back to clone
        rules.add_rule(refuse, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, _CLONE_THREAD, 0))
        for name in ("kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo"):
            rules.add_rule(refuse, name, seccomp.Arg(0, seccomp.NE, os.getpid()))
        for name in ("prlimit64", "sched_setaffinity"):  # 0: oneself
            rules.add_rule(refuse, name, seccomp.Arg(0, seccomp.NE, 0))
        refused = dict.fromkeys(" ".join(_FORBIDDEN_CALLS.values()).split(), refuse)
        ignored = dict.fromkeys(_IGNORED_CALLS.split(), seccomp.ERRNO(0))
        for name, action in (refused | ignored).items():
            # a call that this library or architecture doesn't know can't be made by name
            with suppress(ValueError, OSError):
                rules.add_rule(action, name)
        rules.load()
    except Exception as error:  # whatever the library says, no filter means no grading
        raise ConfinementError(f"the system-call filter could not be loaded: {error}") from None
    return f"seccomp on {platform.machine()}"


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
