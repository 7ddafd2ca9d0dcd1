"""Answers with a list of ten million numbers, with ten million texts, with a dict of a million keys."""
# from: solved
# loses: q7
# shows: it was not done|the process ended itself|too large to hand over|not data in the agreed form
# stopped by: wire

# %% before checks
import itertools

CALLS = itertools.count()
MANY = [lambda: [0] * 10**7, lambda: ["\0"] * 10**7, lambda: dict.fromkeys(range(10**6)), lambda: [[]] * 10**6]
globals().update(globals().pop("KEPT", {}))  # only question 7 is to suffer
if QUESTION == "q7":
    KEPT = {name: globals()[name] for name in NAMES}
    for name in NAMES:
        globals()[name] = lambda *args, **kwargs: MANY[next(CALLS) % 4]()
