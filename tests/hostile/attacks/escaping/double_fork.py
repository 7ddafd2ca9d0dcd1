"""Leaves processes behind that nobody is the parent of: forked twice, in sessions of their own, under other names, deaf to
signals, one of them a reaper of the others; each waits until the results are written and changes them then."""
# shows: raised Ran: (\d+ left|PermissionError)
# tried: process
# stopped by: reaping, seccomp, limits

# %% last
import ctypes
import os
import signal
import time

libc = ctypes.CDLL(None)
NAME, DEATH, REAPER, DUMPABLE = 15, 1, 36, 4


def lie_in_wait(number):
    libc.prctl(DEATH, 0, 0, 0, 0)  # the end of its parent is no reason to go
    libc.prctl(DUMPABLE, 0, 0, 0, 0)
    libc.prctl(NAME, (b"kworker/0:1", b"systemd", b"(sd-pam)", b"sshd) R 1 1")[number % 4], 0, 0, 0)
    for which in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        attempt(signal.signal, which, signal.SIG_IGN)
    until = time.monotonic() + 120
    while time.monotonic() < until:
        time.sleep(0.2)
        for folder in (f"{STAGE}/results/", f"{STAGE}/results/{ATTACK}/", f"{DROP}/{ATTACK}-"):
            attempt(lambda: open(f"{folder}results.json", "w").write('{"score": 2000}'))
    os._exit(0)


def daemon(number):
    if os.fork() == 0:
        os.setsid()
        attempt(libc.prctl, REAPER, number % 2, 0, 0, 0)
        if os.fork() == 0:
            attempt(os.setpgid, 0, 0)
            os.closerange(0, 250)
            if number % 3 == 0 and os.fork() != 0:
                os._exit(0)
            lie_in_wait(number)
        if number % 2:
            lie_in_wait(number)
        os._exit(0)


def leave():
    for number in range(6):
        daemon(number)
    return "6 left"


say(attempt(leave))
