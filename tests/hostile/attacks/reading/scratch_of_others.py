"""Goes into the homes of notebooks that are graded at the same time: beside its own, by guessed names, and through the
processes of others, to read what they wrote, and writes a file of its own into each."""
# shows: raised Ran: 0 homes, .*PermissionError
# tried: file
# stopped by: landlock, uid

# %% first
import glob
import os
import time

MINE = os.getcwd()
ABOVE = os.path.dirname(MINE)
homes, came, until = set(), set(), time.monotonic() + 1.2


def look(folder):
    try:
        if os.path.realpath(folder) != MINE and os.listdir(folder):
            homes.add(folder)
        with open(f"{folder}/{ATTACK}", "w") as file:
            file.write("import os")
        homes.add(folder)
    except OSError as error:
        came.add(type(error).__name__)


while time.monotonic() < until and not homes:  # others come and go
    came.add(attempt(os.listdir, ABOVE)[:30])
    for path in [*glob.glob(f"{ABOVE}/*"), *glob.glob("/proc/[0-9]*/cwd")]:
        if os.path.realpath(path).startswith(ABOVE + "/") and os.path.realpath(path) != MINE:
            look(path)
    for pid in range(os.getpid() - 20, os.getpid() + 20):
        if pid != os.getpid():
            came.add(attempt(os.listdir, f"/proc/{pid}/cwd")[:30])
    time.sleep(0.2)

# %% first
say(f"{len(homes)} homes, {' '.join(sorted(came))}")
