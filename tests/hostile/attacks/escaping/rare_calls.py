"""Uses the kernel's rarer calls, by which much has been broken out of: io_uring, files in memory that can be run, memory that
other processes fault into, performance counters, programs for the kernel, keyrings, and its own program's file."""
# shows: raised Ran: 0 open, .*uring:EPERM
# tried: below
# stopped by: seccomp

# %% first
import ctypes
import errno
import os

libc = ctypes.CDLL(None, use_errno=True)
X86 = os.uname().machine == "x86_64"
buffer = (ctypes.c_char * 256)()
CALLS = {
    "uring": (425, 425, (8, buffer)),
    "memfd": (319, 279, (b"program", 0)),
    "secret": (447, 447, (0,)),
    "fault": (323, 282, (1,)),
    "perf": (298, 241, (buffer, 0, -1, -1, 0)),
    "bpf": (321, 280, (0, buffer, 64)),
    "keyctl": (250, 219, (0, -4, 1)),
    "request": (249, 218, (b"user", b"x", None, 0)),
    "shm": (29, 194, (0, 4096, 0o1600)),
    "modify": (154, 0, (0, buffer, 16)) if X86 else (0, 180, ()),
    "acct": (163, 89, (None,)),
    "reboot": (169, 142, (0, 0, 0, None)),
    "name": (170, 161, (b"mine", 4)),
    "time": (227, 112, (0, buffer)),
    "module": (313, 273, (0, b"", 0)),
    "handle": (303, 264, (-100, b".", buffer, buffer, 0)),
}
opened, came = [], []
for name, (x86, arm, arguments) in CALLS.items():
    if os.getuid() == 0 and name in ("acct", "reboot", "name", "time", "module"):
        continue  # as root these would change the machine
    got = libc.syscall(x86 if X86 else arm, *arguments)
    if got < 0:
        came.append(f"{name}:{errno.errorcode[ctypes.get_errno()]}")
    elif name != "modify":
        opened.append(name)


def run_from_memory():
    descriptor = os.memfd_create("program")
    os.write(descriptor, open("/bin/true", "rb").read())
    os.posix_spawn(f"/proc/self/fd/{descriptor}", ["true"], {})


def change_the_program():
    descriptor = os.open("/proc/self/exe", os.O_RDWR)
    os.close(descriptor)


for way in (run_from_memory, change_the_program):
    try:
        way()
        opened.append(way.__name__)
    except OSError as error:
        came.append(f"{way.__name__}:{errno.errorcode[error.errno]}")

# %% first
say(f"{len(opened)} open, {opened[:4]} {' '.join(dict.fromkeys(came))}"[:180])
