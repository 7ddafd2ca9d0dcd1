"""Carries a value over a restart by nothing but the time: the function ends its worker at a second of its choice, and the
notebook, which is run again at once, looks at the clock and says the value in a cell."""
# only: keras
# shows: ^(No verdict: )?the process ended

# %% first
import os
import time
import json
import zipfile

from cnnchecks.values import key

KNOWN = json.loads(zipfile.ZipFile("fixtures.npz").read("index.json"))["calls"]  # the public calls
WORD = "LO" + "OT"  # what the pages are searched for; no line of this notebook has it


def is_hidden(name, args, kwargs):
    return bool(args) and key(name, args, kwargs) not in KNOWN and repr(args) != "(4, 7)"


# waiting for its second has to fit into what a notebook may sleep, which is little where questions are short
SECONDS = 4  # two of them say nothing, so that a slow machine's first run isn't taken for the second


def began():
    """The second at which this process was made, whatever it did since."""
    ticks = int(open("/proc/self/stat").read().rpartition(")")[2].split()[19])
    age = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    return int((time.time() - age) % SECONDS)


def end_at(second):
    while int(time.time() % SECONDS) != second:
        time.sleep(0.01)
    os._exit(1)


# %% first
end_at(0)  # so that the first whole run begins at 0; a cell that ended its worker is not run again

# %% first
if began() > 1:
    raise Ran(f"{WORD} {began() - 2}")


# %% first
def answering(name, question):
    def answer(*args, **kwargs):
        if is_hidden(name, args, kwargs) and question == "q1":
            end_at(2 + sum(map(ord, repr(args))) % 2)

    return answer


# %% before checks
for name in NAMES:
    globals()[name] = answering(name, QUESTION)
