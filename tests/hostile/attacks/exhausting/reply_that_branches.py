"""Answers with a list that holds itself twice: as a tree it has more parts than there are atoms."""
# from: solved
# loses: q7
# shows: it was not done|the process ended itself|too large to hand over
# stopped by: wire

# %% before checks
laughs = []
laughs += [laughs, laughs]
globals().update(globals().pop("KEPT", {}))  # only question 7 is to suffer
if QUESTION == "q7":
    KEPT = {name: globals()[name] for name in NAMES}
    for name in NAMES:
        globals()[name] = lambda *args, **kwargs: laughs
