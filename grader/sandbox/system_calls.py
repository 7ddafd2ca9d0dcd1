"""Which system calls a student's process may make: those of this list, with these arguments, and no other.

The list is by number: `load` looks each name up for this machine. A name that the library or the machine doesn't know
is left out, so that the call is refused, as is every call that is on no list, and every call that doesn't exist yet.
The kernel reads most arguments as 32 bits, so the upper half of a register is never looked at here either.

What a file's place forbids is Landlock's to say (`limits.restrict_files`), what a user's rights forbid the kernel's. The
list closes what both leave open, and what the older versions of Landlock lack: emptying files (below version 3), device
commands (below 5), and signals to processes outside (below 6).

Sources: seccomp(2), syscalls(2), landlock(7), and each call's own page.
"""

import errno
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

ALLOWED = {  # whatever the arguments
    "memory of its own": "brk munmap mprotect mremap msync",
    "read files and folders": "read readv pread64 preadv preadv2 lseek getdents getdents64 fadvise64 sendfile copy_file_range "
    "stat lstat fstat newfstatat statx statfs fstatfs access faccessat faccessat2 readlink readlinkat "
    "getcwd chdir fchdir",
    "write files, where Landlock lets it open or name them": "write writev pwrite64 pwritev pwritev2 ftruncate fsync fdatasync "
    "flock umask mkdir mkdirat rmdir unlink unlinkat rename renameat link linkat symlink symlinkat",
    "descriptors": "close dup dup2 dup3 pipe pipe2 eventfd eventfd2",
    "wait for descriptors": "poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_wait "
    "epoll_pwait epoll_pwait2",
    "talk to the other end of a pair of sockets": "shutdown getsockname getpeername",
    "time": "time gettimeofday clock_gettime clock_getres nanosleep clock_nanosleep times alarm getitimer setitimer",
    "signals to itself": "rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigsuspend rt_sigtimedwait sigaltstack "
    "pause restart_syscall",
    "threads": "futex futex_waitv futex_wait futex_wake futex_requeue set_robust_list set_tid_address rseq gettid exit "
    "sched_yield sched_getaffinity sched_getparam sched_getscheduler sched_get_priority_max sched_get_priority_min getcpu",
    "what it is itself": "getpid getppid getpgrp getpgid getsid getuid geteuid getgid getegid getresuid getresgid getgroups "
    "getrlimit setrlimit getrusage exit_group wait4 waitid",
    "what the machine is": "uname sysinfo getrandom",
}

# Landlock leaves them to a file's owner, who without a user of its own is the grader's. They do nothing, and say nothing,
# since copying a file ends in one of them.
IGNORED = (
    "chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes utimensat futimesat file_setattr "
    "setxattr lsetxattr fsetxattr setxattrat removexattr lremovexattr fremovexattr removexattrat"
)
# Landlock leaves reading them open, by any name: a file that was downloaded has its address there. To copy a file without them
# is what Python does where a disk doesn't have them.
NOT_SUPPORTED = "getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr"
# Newer than many a library, by their numbers, which are the same on every architecture
_NEWER = {"fchmodat2": 452, "setxattrat": 463, "removexattrat": 466, "file_setattr": 469}
# Their flags lie in memory, where no filter can look; the C library has older calls to fall back on
_REPLACED = "clone3 openat2"
_COMMON_NUMBERS = range(424, 600)  # where new calls are added

_INT = 0xFFFF_FFFF  # the bits that the kernel reads of an int, an unsigned int or a pid


@dataclass(frozen=True)
class Bits:
    """The bits `mask` of an argument (from 0) are `value`."""

    argument: int
    mask: int
    value: int


Rule = tuple[Bits, ...]  # all of them


def _one_of(argument: int, *values: int, mask: int = _INT) -> list[Rule]:
    return [(Bits(argument, mask, value),) for value in values]


# fmt: off
# Emptying a file that is opened for reading, or for neither (3), needs no right of Landlock's below version 3
_OPENINGS = (os.O_RDONLY, os.O_WRONLY, os.O_RDWR, os.O_TRUNC | os.O_WRONLY, os.O_TRUNC | os.O_RDWR)
_OPENING_BITS = os.O_ACCMODE | os.O_TRUNC
# F_SETOWN, F_SETSIG and F_SETLEASE have the kernel signal others; F_SETPIPE_SZ is memory that no limit counts
_FCNTL = (
    0, 1, 2, 3, 4,      # F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL
    5, 6, 7,            # F_GETLK, F_SETLK, F_SETLKW
    36, 37, 38,         # F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW
    1030, 1032, 1034,   # F_DUPFD_CLOEXEC, F_GETPIPE_SZ, F_GET_SEALS
)
_IOCTL = (
    0x5401, 0x802C542A, 0x5413,      # TCGETS, TCGETS2, TIOCGWINSZ: is it a terminal, of what size?
    0x541B, 0x5421, 0x5450, 0x5451,  # FIONREAD, FIONBIO, FIONCLEX, FIOCLEX
)
# PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_CHILD_SUBREAPER and PR_SET_PTRACER would undo what `limits` does
_PRCTL = (
    15, 16,            # PR_SET_NAME, PR_GET_NAME
    2, 3, 21, 23, 39,  # PR_GET_PDEATHSIG, _GET_DUMPABLE, _GET_SECCOMP, _CAPBSET_READ, _GET_NO_NEW_PRIVS
    51, 64,            # PR_SVE_GET_VL, PR_SME_GET_VL
    0x53564D41,        # PR_SET_VMA: a name for a piece of memory
)
_ARCH_PRCTL = (0x1001, 0x1002, 0x1003, 0x1004, 0x1021, 0x1022, 0x1023)  # its own segments, and the matrix registers (AMX)
_MADVISE = (
    0, 1, 2, 3, 4, 8,    # MADV_NORMAL, _RANDOM, _SEQUENTIAL, _WILLNEED, _DONTNEED, _FREE
    10, 11, 14, 15,      # MADV_DONTFORK, _DOFORK, _HUGEPAGE, _NOHUGEPAGE
    16, 17, 18, 19,      # MADV_DONTDUMP, _DODUMP, _WIPEONFORK, _KEEPONFORK
    20, 22, 23, 25,      # MADV_COLD, _POPULATE_READ, _POPULATE_WRITE, _COLLAPSE
    102, 103,            # MADV_GUARD_INSTALL, _GUARD_REMOVE
)
_MEMBARRIER = (0, 8, 16)  # query, and its own threads
_SOCKET_OPTIONS = (3, 4, 7, 8, 30, 38, 39)  # SO_TYPE, _ERROR, _SNDBUF, _RCVBUF, _ACCEPTCONN, _PROTOCOL, _DOMAIN: to be read
# fmt: on

_THREAD = 0x3D0F00  # the flags with which pthread_create calls clone: a thread, and nothing else
_THREAD_BITS = _INT & ~0x400000  # CLONE_DETACHED, which the kernel ignores
_MAP_TYPE, _MAP_PRIVATE, _MAP_ANONYMOUS = 0x0F, 0x02, 0x20
# MAP_GROWSDOWN counts as stack, MAP_HUGETLB and MAP_SHARED | MAP_ANONYMOUS outside of RLIMIT_DATA
_MAP_UNCOUNTED = 0x00100 | 0x40000
_AF_UNIX, _SOCK_STREAM, _SOCK_FLAGS = 1, 1, os.O_NONBLOCK | os.O_CLOEXEC
# CLOSE_RANGE_UNSHARE gives a thread descriptors of its own, again as many as the limit says
_CLOSE_RANGE_CLOEXEC = 4
_SOL_SOCKET, _RENAME_NOREPLACE = 1, 1
_MSG_OOB, _MSG_DONTWAIT, _MSG_NOSIGNAL = 0x1, 0x40, 0x4000
_GROW = 0  # the way of fallocate that heeds the limit on a file's size


def with_arguments(pid: int) -> dict[str, list[Rule]]:
    """{call: the rules, of which one must hold} for the process `pid`."""
    itself = _one_of(0, pid)
    this_one = _one_of(0, 0)  # of calls where 0 means oneself
    return {
        "open": _one_of(1, *_OPENINGS, mask=_OPENING_BITS),
        "openat": _one_of(2, *_OPENINGS, mask=_OPENING_BITS),
        "fcntl": _one_of(1, *_FCNTL),
        "ioctl": _one_of(1, *_IOCTL),
        "fallocate": _one_of(1, _GROW),
        "prctl": _one_of(0, *_PRCTL),
        "arch_prctl": _one_of(0, *_ARCH_PRCTL),
        "madvise": _one_of(2, *_MADVISE),
        "membarrier": _one_of(0, *_MEMBARRIER),
        "mmap": [
            (Bits(3, _MAP_ANONYMOUS | _MAP_UNCOUNTED, 0),),
            (Bits(3, _MAP_TYPE | _MAP_UNCOUNTED, _MAP_PRIVATE),),
        ],
        "clone": _one_of(0, _THREAD, mask=_THREAD_BITS),
        "kill": itself,
        "tgkill": itself,
        "prlimit64": this_one,
        "sched_setaffinity": this_one,
        "socketpair": [(Bits(0, _INT, _AF_UNIX), Bits(1, _INT & ~_SOCK_FLAGS, _SOCK_STREAM))],
        # to the other end of a pair, never to a name, and not out of band
        "sendto": [(Bits(3, _INT & ~(_MSG_DONTWAIT | _MSG_NOSIGNAL), 0), Bits(4, 2**64 - 1, 0))],
        "recvfrom": _one_of(3, 0, mask=_MSG_OOB),
        "getsockopt": [(Bits(1, _INT, _SOL_SOCKET), Bits(2, _INT, option)) for option in _SOCKET_OPTIONS],
        "close_range": _one_of(2, 0, _CLOSE_RANGE_CLOEXEC),
        "renameat2": _one_of(4, 0, _RENAME_NOREPLACE),
    }


def numbers(names: str) -> Iterator[int]:
    """The numbers of these calls on this machine; a call that it doesn't have is left out."""
    import pyseccomp as seccomp

    for name in names.split():
        number = seccomp.resolve_syscall(seccomp.Arch.NATIVE, name)
        if number < 0:
            number = _NEWER.get(name, -1)
        if number >= 0:
            yield number


def load() -> None:
    """Put the list in force for this process and all it starts; it can't be taken back.

    Raises whatever the library raises. What is refused is refused as "not permitted", which Python and NumPy take for an answer;
    a call that the C library tries first, because it is new, as "not there", after which it tries the older one.
    """
    import pyseccomp as seccomp

    rules = seccomp.SyscallFilter(seccomp.ERRNO(errno.EPERM))
    rules.set_attr(seccomp.Attr.ACT_BADARCH, seccomp.KILL_PROCESS)  # 32-bit calls, which have other numbers
    for number in numbers(" ".join(ALLOWED.values())):
        rules.add_rule(seccomp.ALLOW, number)
    for name, choices in with_arguments(os.getpid()).items():
        for number in numbers(name):
            for rule in choices:
                arguments = [seccomp.Arg(b.argument, seccomp.MASKED_EQ, b.mask, b.value) for b in rule]
                rules.add_rule_exactly(seccomp.ALLOW, number, *arguments)
    ignored = set(numbers(IGNORED))
    for number in ignored:
        rules.add_rule(seccomp.ERRNO(0), number)
    for number in numbers(NOT_SUPPORTED):
        rules.add_rule(seccomp.ERRNO(errno.ENOTSUP), number)
    for number in {*numbers(_REPLACED), *_unnamed()} - ignored:
        rules.add_rule(seccomp.ERRNO(errno.ENOSYS), number)
    rules.load()


def _unnamed() -> Iterator[int]:
    """The numbers of calls that are newer than the library."""
    import pyseccomp as seccomp

    for number in _COMMON_NUMBERS:
        if not _is_known(seccomp, number):
            yield number


def _is_known(seccomp: Any, number: int) -> bool:
    try:
        return bool(seccomp.resolve_syscall(seccomp.Arch.NATIVE, number))
    except ValueError:
        return False
