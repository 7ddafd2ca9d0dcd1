"""Takes memory that counts as a stack, as huge pages, as shared, or as a pipe's, none of which its limit knows; and room on the
disk beyond the largest size of a file, which is reserved without making the file longer; descriptors as often as it has threads; and page tables, by mapping what it
only reads."""
# shows: raised Ran: 0 taken, (\w+:\w+ ?)+
# stopped by: seccomp, limits

# %% first
import ctypes
import errno
import fcntl
import os

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_ulong, ctypes.c_int, ctypes.c_long
FALLOCATE, CLOSE_RANGE, UNSHARE = 285 if os.uname().machine == "x86_64" else 47, 436, 2
PRIVATE, SHARED, ANONYMOUS, GROWS_DOWN, NO_RESERVE, HUGE = 0x02, 0x01, 0x20, 0x100, 0x4000, 0x40000
FAILED, LENGTH = ctypes.c_void_p(-1).value, 6 * 2**30
WAYS = {
    "plain": PRIVATE,
    "stack": PRIVATE | GROWS_DOWN,
    "huge": PRIVATE | HUGE,
    "shared": SHARED,
    "validated": SHARED | PRIVATE,
    "high": SHARED | 1 << 32,
}
taken, came = [], []
for name, flags in WAYS.items():
    where = libc.mmap(None, LENGTH, 3, flags | ANONYMOUS | NO_RESERVE, -1, 0)
    if where == FAILED:
        came.append(f"{name}:{errno.errorcode[ctypes.get_errno()]}")
    else:
        ctypes.memset(where + LENGTH - 2**28, 1, 2**28)
        taken.append(f"{name}:mapped")
for name, number in (("pipe", 1031), ("pipehigh", 1031 | 1 << 32)):
    end, other = os.pipe()
    if libc.fcntl(ctypes.c_int(other), ctypes.c_ulong(number), ctypes.c_long(2**20)) > 2**16:
        taken.append(f"{name}:enlarged")
    else:
        came.append(f"{name}:{errno.errorcode[ctypes.get_errno()]}")
for name, high in (("descriptors", 0), ("descriptorshigh", 1 << 32)):
    if libc.syscall(CLOSE_RANGE, ctypes.c_long(1000), ctypes.c_long(1001), ctypes.c_ulong(high | UNSHARE)) == 0:
        taken.append(f"{name}:again")
    else:
        came.append(f"{name}:{errno.errorcode[ctypes.get_errno()]}")
if libc.mmap(None, 2**42, 1, PRIVATE | ANONYMOUS | NO_RESERVE, -1, 0) == FAILED:
    came.append(f"tables:{errno.errorcode[ctypes.get_errno()]}")
else:
    taken.append("tables:mapped")
with open("reserved", "wb") as file:
    libc.syscall(FALLOCATE, ctypes.c_long(file.fileno()), ctypes.c_long(1), ctypes.c_long(0), ctypes.c_long(2**29))
    if os.stat("reserved").st_blocks * 512 > 2**27:
        taken.append("disk:reserved")
    else:
        came.append(f"disk:{errno.errorcode[ctypes.get_errno()]}")

# %% first
say(f"{len(taken)} taken, {' '.join(taken + came)}"[:180])
