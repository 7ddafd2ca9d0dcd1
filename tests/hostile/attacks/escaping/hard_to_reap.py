"""Leaves processes that are hard to find or to end: without a first thread, stopped, waiting for a child that they made by
vfork, writing to the disk, and a swarm that forks and ends all the time (for four seconds at most)."""
# from: solved
# shows: raised Ran: ([1-9] kinds left|0 kinds left, PermissionError)
# tried: process
# stopped by: reaping, seccomp, limits

# %% last
import ctypes
import os
import signal
import threading
import time

libc = ctypes.CDLL(None)
until = time.monotonic() + 4
EXIT = 60 if os.uname().machine == "x86_64" else 93


def wait_and_write():
    while time.monotonic() < until + 60:
        time.sleep(0.2)
        attempt(lambda: open(f"{DROP}/{ATTACK}-late", "w").write("still here"))
    os._exit(0)


def headless():
    os.setsid()
    threading.Thread(target=wait_and_write).start()
    libc.syscall(EXIT, 0)  # ends the first thread only: the process looks like a dead one


def stopped():
    os.kill(os.getpid(), signal.SIGSTOP)
    wait_and_write()


def waiting():
    """Its parent sleeps, deaf to signals, until the child ends."""
    if libc.vfork() == 0:
        libc.sleep(60)
        libc._exit(0)


def writing():
    block = os.urandom(2**20)
    with open(f"disk-{os.getpid()}", "wb", buffering=0) as file:
        for _ in range(40):
            file.write(block)
            os.fsync(file.fileno())
    wait_and_write()


def swarm():
    while time.monotonic() < until:
        if libc.fork():
            libc._exit(0)
    libc._exit(0)


left, came = 0, []
for kind in (headless, stopped, waiting, writing, swarm, swarm, swarm):
    try:
        if os.fork() == 0:
            kind()
            os._exit(0)
        left += 1
    except OSError as error:
        came.append(type(error).__name__)
time.sleep(0.2)
say(f"{left} kinds left, {' '.join(dict.fromkeys(came))}")
