"""The list of allowed system calls, tried from inside a process under it: what is on no list is refused, by number and by
the bits of an argument that the kernel reads; what notebooks need works."""

import asyncio
import ctypes
import errno
import fcntl
import json
import mmap
import os
import shutil
import signal
import socket
import struct
import sys
import tempfile
import threading
from pathlib import Path

import numpy as np
import pytest

from grader.sandbox import limits, system_calls

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="system calls are filtered on Linux alone")

HIGH = 1 << 32  # the lowest bit that the kernel doesn't look at in an int
# uretprobe and uprobe on x86_64, which the kernel lets past any filter: they end who calls them from anywhere but a probe
OF_THE_KERNELS_OWN = {335, 336}
NOT_THERE, REFUSED = -errno.ENOSYS, -errno.EPERM
_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def number(name):
    import pyseccomp

    return pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name)


def call(name, *arguments):
    """What the kernel answers: a number, or minus the error's."""
    which = name if isinstance(name, int) else number(name)
    words = [ctypes.c_ulong(a % 2**64) if isinstance(a, int) else a for a in arguments]
    answer = _libc.syscall(ctypes.c_long(which), *words)
    return -ctypes.get_errno() if answer == -1 else answer


def confined(function, filtered=True):
    """What `function` returns (as JSON) in a process of its own, under the filter."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            if filtered:
                limits.forbid_new_privileges()
                system_calls.load()
            words = json.dumps(function())
        except BaseException as error:
            words = json.dumps(f"{type(error).__name__}: {error}")
        os.write(write, words.encode())
        os._exit(0)
    os.close(write)
    with open(read, "rb") as answer:
        said = answer.read()
    _, status = os.waitpid(pid, 0)
    assert status == 0, f"the process ended by itself: {status}"
    return json.loads(said)


def on_the_list():
    calls = " ".join(system_calls.ALLOWED.values())
    return set(system_calls.numbers(calls)), set(system_calls.numbers(system_calls.IGNORED))


def test_every_call_that_is_not_on_the_list_is_refused():
    allowed, ignored = on_the_list()
    unsupported = set(system_calls.numbers(system_calls.NOT_SUPPORTED))
    assert len(allowed) > 100
    rest = [n for n in range(600) if n not in allowed | unsupported | OF_THE_KERNELS_OWN]
    answers = confined(lambda: {n: call(n, *[-1] * 6) for n in rest})
    met = {int(n): answer for n, answer in answers.items()}
    assert {n for n, answer in met.items() if answer == 0} == ignored
    others = {n: answer for n, answer in met.items() if n not in ignored}
    assert set(others.values()) == {REFUSED, NOT_THERE}


def test_a_call_that_nobody_has_thought_of_yet_is_refused():
    assert confined(lambda: [call(599), call(1_000), call(100_000)]) == [NOT_THERE, REFUSED, REFUSED]


def test_what_an_older_library_cannot_name_is_refused_and_not_skipped(monkeypatch):
    import pyseccomp

    known = pyseccomp.resolve_syscall
    newest = number("openat2")

    def as_in_an_old_one(arch, call_):
        found = known(arch, call_)
        if isinstance(call_, int) and call_ > newest:
            raise ValueError
        return -1 if isinstance(found, int) and found > newest else found

    monkeypatch.setattr(pyseccomp, "resolve_syscall", as_in_an_old_one)
    faccessat2, landlock, setxattrat, fchmodat2 = 439, 444, 463, 452
    met = confined(lambda: [call(n, *[-1] * 6) for n in (faccessat2, landlock, setxattrat, fchmodat2)])
    assert met == [NOT_THERE, NOT_THERE, 0, 0]


@pytest.mark.parametrize("names", system_calls.ALLOWED.values(), ids=system_calls.ALLOWED)
def test_most_names_of_the_list_are_calls_of_this_machine(names):
    """A name that is misspelt would be left out, and nobody would see it."""
    import pyseccomp

    elsewhere = {"epoll_ctl_old", "futex_wait", "futex_wake", "futex_requeue", "futex_waitv"}
    old = {name for name in names.split() if pyseccomp.resolve_syscall(pyseccomp.Arch.X86_64, name) < 0}
    assert old <= elsewhere


OUTWARD = """
fork vfork clone3 execve execveat ptrace process_vm_readv pidfd_open pidfd_getfd socket connect bind
listen accept4 sendmsg recvmsg setsockopt io_uring_setup truncate creat openat2 mknodat mount chroot
open_by_handle_at name_to_handle_at tkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_send_signal setsid
setpgid timer_create memfd_create shmget mq_open splice tee vmsplice userfaultfd mlock io_setup
inotify_init1 fanotify_init bpf perf_event_open keyctl seccomp personality unshare setuid setresuid
setgroups setpriority sched_setscheduler ioprio_set sync syncfs
"""


def test_what_reaches_out_of_the_process_is_on_no_list():
    allowed, ignored = on_the_list()
    names = set(OUTWARD.split())
    listed = {name for name in names if number(name) in allowed | ignored}
    assert listed | (names & set(system_calls.with_arguments(1))) == set()


# What the kernel reads of an argument ------------------------------------------------------------------------------


@pytest.mark.parametrize("high", [0, HIGH, 1 << 63, 0xFFFFFFFF << 32], ids=hex)
def test_commands_are_told_by_the_bits_that_the_kernel_reads(high):
    def tried():
        end, _ = os.pipe()
        return {
            "F_SETOWN": call("fcntl", end, high | 8, os.getppid()),
            "F_SETSIG": call("fcntl", end, high | 10, 9),
            "F_SETOWN_EX": call("fcntl", end, high | 15, struct.pack("ii", 1, os.getppid())),
            "F_SETLEASE": call("fcntl", end, high | 1024, 0),
            "F_NOTIFY": call("fcntl", end, high | 1026, 1),
            "F_SETPIPE_SZ": call("fcntl", end, high | 1031, 2**20),
            "FIOSETOWN": call("ioctl", end, high | 0x8901, struct.pack("i", os.getppid())),
            "TIOCSTI": call("ioctl", end, high | 0x5412, b"x"),
            "PR_SET_PDEATHSIG": call("prctl", high | 1, 0, 0, 0, 0),
            "PR_SET_DUMPABLE": call("prctl", high | 4, 1, 0, 0, 0),
            "PR_SET_CHILD_SUBREAPER": call("prctl", high | 36, 1, 0, 0, 0),
            "PR_SET_PTRACER": call("prctl", high | 0x59616D61, -1, 0, 0, 0),
            "kill": call("kill", high | os.getppid(), 0),
            "kill the group": call("kill", high, 0),
            "kill all": call("kill", -1, 0),
            "close_range": call("close_range", 1000, 1001, high | 2),
            "tgkill": call("tgkill", high | os.getppid(), os.getppid(), 0),
            "prlimit64": call("prlimit64", high | os.getppid(), 7, 0, 0),
            "sched_setaffinity": call("sched_setaffinity", high | os.getppid(), 8, struct.pack("Q", 1)),
            "clone, as fork does": call("clone", high | signal.SIGCHLD, 0, 0, 0, 0),
            "a thread in another's place": call("clone", high | 0x3D0F00 | 0x8000, 0, 0, 0, 0),
            "madvise": call("madvise", 0, 4096, high | 100),
            "sendto a name": call("sendto", 0, b"x", 1, high, b"\1\0/dev/log", 10),
            "out of band": call("sendto", 0, b"x", 1, high | 1, 0, 0),
            "shared memory": call("mmap", 0, 4096, 3, high | 0x21, -1, 0),
            "a stack": call("mmap", 0, 4096, 3, high | 0x122, -1, 0),
            "huge pages": call("mmap", 0, 4096, 3, high | 0x40022, -1, 0),
        }  # fmt: skip

    met = confined(tried)
    assert met == dict.fromkeys(met, REFUSED)


@pytest.mark.parametrize("high", [0, HIGH, 1 << 63], ids=hex)
def test_what_is_allowed_stays_so_whatever_the_upper_half_is(high):
    def tried():
        end, _ = os.pipe()
        buffer = ctypes.create_string_buffer(8)
        return {
            "F_GETFL": call("fcntl", end, high | fcntl.F_GETFL, 0),
            "F_DUPFD": call("fcntl", end, high | fcntl.F_DUPFD, 0),
            "FIONREAD": call("ioctl", end, high | 0x541B, buffer),
            "kill oneself": call("kill", high | os.getpid(), 0),
            "socketpair": call("socketpair", high | 1, high | 1 | os.O_CLOEXEC, 0, buffer),
        }

    assert all(isinstance(answer, int) and answer >= 0 for answer in confined(tried).values())


@pytest.mark.parametrize("kind", [2, 3, 4, 5], ids=["datagrams", "raw", "reliable", "packets"])
def test_a_pair_of_sockets_is_of_one_kind(kind):
    buffer = ctypes.create_string_buffer(8)
    met = confined(lambda: [call("socketpair", 1, high | kind, 0, buffer) for high in (0, HIGH)])
    assert met == [REFUSED, REFUSED]


@pytest.mark.parametrize("access", [os.O_RDONLY, 3], ids=["reading", "neither"])
def test_a_file_is_emptied_by_who_may_write_it_alone(tmp_path, access):
    path = tmp_path / "kept"
    path.write_text("kept")
    name = str(path).encode()
    flags = access | os.O_TRUNC

    def tried():
        return [
            call("truncate", name, 0),
            *(call("openat", -100, name, high | flags, 0) for high in (0, HIGH)),
            call("openat2", -100, name, struct.pack("QQQ", flags, 0, 0), 24),
        ]

    assert confined(tried) == [REFUSED, REFUSED, REFUSED, NOT_THERE]
    assert path.read_text() == "kept"
    assert confined(lambda: os.open(path, os.O_WRONLY | os.O_TRUNC) > 0) is True
    assert path.read_text() == ""


def test_rights_stay_as_they_are_by_every_call_that_changes_them(tmp_path):
    path = tmp_path / "mine"
    path.write_text("")
    path.chmod(0o640)
    name, attribute = str(path).encode(), b"user.colour"
    value = ctypes.create_string_buffer(b"red")
    arguments = struct.pack("QII", ctypes.addressof(value), 3, 0)

    def tried():
        path.chmod(0o777)
        os.setxattr(path, "user.colour", b"red")
        os.utime(path, (1, 1))
        return [
            call(452, -100, name, 0o777, 0),
            *(call(463, -100, name, high, attribute, arguments, len(arguments)) for high in (0, HIGH)),
            call(466, -100, name, 0, attribute),
            call(469, -100, name, struct.pack("QIIII", 0x20, 0, 0, 0, 0), 24, 0),
        ]

    assert confined(tried) == [0] * 5
    assert (path.stat().st_mode & 0o777, path.stat().st_mtime > 1, os.listxattr(path)) == (0o640, True, [])


# With the filter and without it ------------------------------------------------------------------------------------


def bought_off():
    return call("prctl", 1, 0, 0, 0, 0)


def more_descriptors_than_the_limit():
    return call("close_range", 1000, 1001, 2)


def attributes_of_any_file():
    with tempfile.NamedTemporaryFile() as file:
        os.setxattr(file.name, "user.from", b"https://example.org")
        return len(os.getxattr(file.name, "user.from"))


def stack_of_a_gigabyte():
    return call("mmap", 0, 2**30, 3, 0x4122, -1, 0) > 0


def pipe_of_a_megabyte():
    return fcntl.fcntl(os.pipe()[0], 1031, 2**20)


def armed_with_high_bits():
    return call("fcntl", os.pipe()[0], HIGH | 8, os.getppid())


def room_beyond_the_end():
    with tempfile.TemporaryFile() as file:
        return call("fallocate", file.fileno(), 1, 0, 2**20)


@pytest.mark.parametrize(
    "attempt",
    [
        bought_off,
        more_descriptors_than_the_limit,
        attributes_of_any_file,
        stack_of_a_gigabyte,
        pipe_of_a_megabyte,
        armed_with_high_bits,
        room_beyond_the_end,
    ],
    ids=lambda attempt: attempt.__name__,
)
def test_the_filter_is_what_refuses(attempt):
    without, under = confined(attempt, filtered=False), confined(attempt)
    assert without is True or (isinstance(without, int) and without >= 0)
    assert under in (False, REFUSED) or str(under).startswith(("PermissionError", "OSError"))


def test_memory_that_counts_as_a_stack_has_the_limit_that_other_memory_has():
    def tried():
        limits.limit_resources(limits.Limits(memory=2**28))
        return [call("mmap", 0, 2**30, 3, flags, -1, 0) for flags in (0x4022, 0x4122)]

    plain, stack = confined(tried, filtered=False)
    assert (plain, stack > 0) == (-errno.ENOMEM, True)  # why the filter refuses it
    assert confined(tried) == [-errno.ENOMEM, REFUSED]


# What notebooks need -----------------------------------------------------------------------------------------------


def threads():
    found = []
    workers = [threading.Thread(target=found.append, args=(n,)) for n in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sorted(found) == list(range(8))


def tasks():
    async def wait():
        await asyncio.sleep(0.001)
        return await asyncio.to_thread(sum, [1, 2])

    return asyncio.run(wait()) == 3


def arrays_in_files():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.npy"
        np.save(path, np.arange(10))
        np.arange(10).tofile(path.with_suffix(".raw"))
        np.savez_compressed(path.with_suffix(".npz"), a=np.arange(10))
        mapped = np.load(path, mmap_mode="r+")
        mapped[0] = 7
        mapped.flush()
        return bool(np.load(path)[0] == 7)


def files():
    with tempfile.TemporaryDirectory() as folder:
        here, there = Path(folder) / "here", Path(folder) / "sub" / "there"
        there.parent.mkdir()
        here.write_text("words")
        shutil.copy2(here, there)
        shutil.move(there, here.with_suffix(".moved"))
        here.with_suffix(".moved").rename(here)
        os.symlink(here, there)
        with tempfile.NamedTemporaryFile(dir=folder) as file, open(here, "r+") as again:
            file.write(b"x")
            again.truncate(2)
            fcntl.flock(file, fcntl.LOCK_EX)
            fcntl.lockf(file, fcntl.LOCK_EX)
            os.fsync(file.fileno())
        return there.read_text() == "wo" and sorted(os.listdir(folder)) == ["here", "sub"]


def weights():
    import h5py

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.h5"
        with h5py.File(path, "w") as file:
            file["a"] = np.arange(5)
        with h5py.File(path) as file:
            return int(file["a"][4]) == 4


def alarms():
    rung = []
    signal.signal(signal.SIGALRM, lambda *_: rung.append(1))
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    signal.sigtimedwait([signal.SIGUSR1], 1)
    return bool(rung)


def sockets_among_themselves():
    ours, theirs = socket.socketpair()
    ours.settimeout(1)
    ours.sendall(b"word")
    return theirs.recv(4) == b"word"


def memory():
    with mmap.mmap(-1, 2**16, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as block:
        block.madvise(mmap.MADV_DONTNEED)
        return len(bytearray(2**26)) == 2**26


def signals_to_oneself():
    got = []
    signal.signal(signal.SIGUSR1, lambda *_: got.append(1))
    os.kill(os.getpid(), signal.SIGUSR1)
    signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)
    signal.raise_signal(signal.SIGUSR1)
    return len(got) == 3


@pytest.mark.parametrize(
    "need",
    [
        threads,
        tasks,
        arrays_in_files,
        files,
        weights,
        alarms,
        sockets_among_themselves,
        memory,
        signals_to_oneself,
    ],
    ids=lambda need: need.__name__,
)
def test_what_notebooks_need_works(need):
    assert confined(need) is True
