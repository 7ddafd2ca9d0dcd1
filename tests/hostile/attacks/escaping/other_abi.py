"""Makes its system calls in another way, in case the filter knows one only: as a 32-bit program (int 0x80, in machine code that
it writes into memory), and with the numbers of x32. A filter ends a process for that, or says no."""
# from: solved
# shows: (code cell \d+ was stopped and left out: (the process ended itself|it was not done)|raised Ran: (another machine|no socket))
# tried: below
# stopped by: seccomp

# %% before checks
import ctypes
import mmap
import os

INT80 = "53 bb02000000 b901000000 31d2 b867010000 cd80 5b c3"  # socket(AF_INET, SOCK_STREAM, 0), as number 359 of 32 bits


def in_32_bits():
    code = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(bytes.fromhex(INT80))
    address = ctypes.addressof(ctypes.c_char.from_buffer(code))
    return ctypes.CFUNCTYPE(ctypes.c_int)(address)()


def in_x32():
    return ctypes.CDLL(None).syscall(0x40000000 | 41, 2, 1, 0)


# %% last
if os.uname().machine != "x86_64":
    raise Ran("another machine")
got = in_32_bits()
say(f"no socket: {got}" if got < 0 else f"a socket: {got}")

# %% last
if os.uname().machine != "x86_64":
    raise Ran("another machine")
got = in_x32()
say(f"no socket: {got}" if got < 0 else f"a socket: {got}")
