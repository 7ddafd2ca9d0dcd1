"""Takes memory where nobody counts it: shared and private mappings, files without a name, /dev/zero, malloc, shm."""
# from: solved
# shows: raised Ran: 0 of 7 ways gave more than
# stopped by: limits, seccomp

# %% last
import ctypes
import mmap
import os

libc = ctypes.CDLL(None, use_errno=True)
libc.malloc.restype = libc.mmap.restype = ctypes.c_void_p
SIZE = 5 * 2**30


def sparse():
    with open("sparse", "wb") as file:
        os.truncate("sparse", SIZE)
    with open("sparse", "r+b") as file:
        return mmap.mmap(file.fileno(), SIZE)


def raw(flags):
    address = libc.mmap(None, ctypes.c_size_t(SIZE), 3, flags, -1, ctypes.c_long(0))
    if address == ctypes.c_void_p(-1).value:
        raise MemoryError
    return address


WAYS = [
    lambda: mmap.mmap(-1, SIZE),
    lambda: mmap.mmap(-1, SIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS),
    lambda: os.truncate(os.memfd_create("x"), SIZE),
    lambda: mmap.mmap(os.open("/dev/zero", os.O_RDWR), SIZE),
    lambda: libc.malloc(ctypes.c_size_t(SIZE)) or 1 / 0,
    lambda: raw(0x22 | 0x4000),  # private, anonymous, and not to be counted
    sparse,
]
HELD = []
for way in WAYS:
    try:
        HELD.append(way())
    except (OSError, MemoryError, ArithmeticError, ValueError):
        pass
say(f"{len(HELD)} of {len(WAYS)} ways gave more than 5 GB")
