"""Functions that call sys.exit(0) when they are asked, so that a grader in the same process ends in the middle."""
# from: solved
# loses: q7
# shows: stopped with (SystemExit|an exception)
# stopped by: roles

# %% before checks
import sys

globals().update(globals().pop("KEPT", {}))  # only question 7 is to die
if QUESTION == "q7":
    KEPT = {name: globals()[name] for name in NAMES}
    for name in NAMES:
        globals()[name] = lambda *args, **kwargs: sys.exit(0)
