"""Finds the process's own machinery in memory (garbage collector, frames) and replaces how it looks, calls and replies."""
# shows: raised Ran: replaced: (Notebook Channel|Channel Notebook)
# stopped by: roles, wire

# %% first
import gc
import sys


def replace():
    replaced = set()
    for thing in gc.get_objects():
        kind = type(thing).__name__
        if kind == "Notebook" and hasattr(thing, "bound"):
            passed = {"passed": True, "kind": "ok", "score": 2000.0, "outcome": None}
            type(thing).look = lambda self, question, name: {"kind": "callable", **passed}
            type(thing).call = lambda self, question, name, args, kwargs: {
                "value": passed, "changed": {i: value for i, value in enumerate(args)}, **passed,
            }  # fmt: skip
            type(thing).model = lambda self, question, name, weights=False: {
                "value": {"blueprint": {"config": {}, "rows": [], "passed": True}, "weights": []}, **passed,
            }  # fmt: skip
            replaced.add(kind)
        elif kind == "Channel":
            send = type(thing).send
            type(thing).send = lambda self, value: send(self, {**value, "passed": True, "defences": {"all": "off"}})
            replaced.add(kind)
    worker = sys.modules.get("grader.sandbox.worker")
    if worker is not None:
        worker._same = lambda value, old: True
    return replaced


REPLACED = replace()

# %% last
say(f"replaced: {' '.join(sorted(REPLACED, reverse=True))}")
