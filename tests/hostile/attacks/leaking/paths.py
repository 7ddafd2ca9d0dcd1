"""Provokes errors that name the grader's folders, whole and in disguise, and says them."""
# stopped by: roles
# shows: raised Ran: .*(kept|home) …/

# %% first
import os
import sys
import traceback


def seen():
    yield "home " + os.getcwd()
    yield "kept " + os.path.abspath("data.npz")
    yield "kept " + " ".join(sys.path)
    yield "files " + " ".join(str(getattr(m, "__file__", "")) for n, m in sys.modules.items() if "grader" in n)
    yield "frames " + " ".join(frame.filename for frame in traceback.extract_stack())
    yield "arguments " + " ".join(sys.orig_argv)


def stopping(words):
    raise Ran(words)


# %% first
say(" | ".join(seen())[:180])

# %% first
open("/no/such/folder/" + os.getcwd())

# %% first
raise type(os.getcwd(), (Exception,), {})("a type with a path for a name")

# %% last
say("home " + os.getcwd() + " " + os.getcwd().replace("/", "\\") + " file://" + os.getcwd())

# %% before checks
def path_of(*args, **kwargs):
    raise FileNotFoundError(2, os.getcwd(), os.path.abspath("data.npz"))


for name in NAMES:
    globals()[name] = path_of
