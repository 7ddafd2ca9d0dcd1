"""Fails where nobody catches: in __del__, in threads, in callbacks, in hooks for failures."""
# from: solved
# shows: raised Ran: failed where nobody catches
# stopped by: roles

# %% last
import gc
import sys
import threading
import weakref


class Bad:
    def __del__(self):
        raise SystemExit("in __del__")


class Worse:
    def __del__(self):
        KEPT_ALIVE.append(self)  # back from the dead


def explode(*args):
    raise BaseException("in a hook")


KEPT_ALIVE = []
sys.unraisablehook = sys.excepthook = threading.excepthook = explode
for _ in range(100):
    Bad()
cycle = [Bad()]
cycle.append(cycle)
del cycle
anchor = Bad()
reference = weakref.ref(anchor, explode)
gc.callbacks.append(explode)
for _ in range(20):
    threading.Thread(target=explode).start()
del anchor
gc.collect()
say("failed where nobody catches")
