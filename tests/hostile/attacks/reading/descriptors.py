"""Goes through the descriptors that it inherited, and those of the processes above it, reads and lists what each leads to,
and asks the kernel for copies of others' (pidfd_getfd)."""
# shows: raised Ran: \[\] (\w+:E\w+ ?)+\w*Error
# tried: file, below
# stopped by: landlock, uid, seccomp, roles

# %% first
import ctypes
import errno
import os
import re
import stat

libc = ctypes.CDLL(None, use_errno=True)
TELLING = rb"check_draw[n]|token-2f9c41d[7]|ada\.2f9c41d[7]|bystande[r]-\w"
loot, came = set(), []


def take(data):
    global loot
    loot |= {match.decode() for match in re.findall(TELLING, data)}


def examine(path):
    take(os.readlink(path).encode())
    mode = os.stat(path).st_mode
    if stat.S_ISREG(mode):
        with open(path, "rb") as file:
            take(file.read(2**24))
    elif stat.S_ISDIR(mode):
        take(" ".join(os.listdir(path)).encode())
    elif not stat.S_ISSOCK(mode):
        take(os.read(os.open(path, os.O_RDONLY | os.O_NONBLOCK), 2**16))


for process in ("self", os.getppid()):
    try:
        numbers = os.listdir(f"/proc/{process}/fd")
    except OSError as error:
        came.append(type(error).__name__)
        continue
    for number in numbers:
        try:
            examine(f"/proc/{process}/fd/{number}")
        except OSError as error:
            came.append(type(error).__name__)
for number in range(3, 256):  # those that are not listed
    try:
        take(os.pread(number, 2**20, 0))
    except OSError as error:
        came.append(type(error).__name__)
handle = libc.syscall(434, os.getppid(), 0)  # pidfd_open
errors = ["open:" + errno.errorcode[ctypes.get_errno()]] if handle < 0 else []
for number in range(3, 30):
    copy = libc.syscall(438, handle, number, 0)  # pidfd_getfd
    if copy < 0:
        errors.append("copy:" + errno.errorcode[ctypes.get_errno()])
    elif stat.S_ISREG(os.fstat(copy).st_mode):
        take(os.pread(copy, 2**24, 0))

# %% first
say(f"{sorted(loot)} {' '.join(dict.fromkeys(errors + came))}")
