"""Leaves a daemon behind that waits until its submission is graded, and then writes what it likes wherever it may."""
# shows: raised Ran: (a daemon is left|PermissionError)
# tried: process
# stopped by: reaping

# %% last
import os
import time


def leave():
    if os.fork() == 0:
        os.setsid()
        time.sleep(3)
        for _ in range(500):
            for folder in (f"{STAGE}/results/", f"{STAGE}/results/{ATTACK}/", f"{DROP}/{ATTACK}-"):
                try:
                    with open(f"{folder}results.json", "w") as file:
                        file.write('{"score": 2000}')
                except OSError:
                    pass
            time.sleep(0.01)
        os._exit(0)
    return "a daemon is left"


say(attempt(leave))
