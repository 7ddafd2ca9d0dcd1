"""Closes every descriptor, the channel to the judge among them, and puts others in their places."""
# from: solved
# loses: q7
# shows: code cell \d+ was stopped and left out: (the process ended itself|it was not done)
# stopped by: roles

# %% before checks
import os

globals().update(globals().pop("KEPT", {}))


def close_all(*args, **kwargs):
    os.closerange(0, 10_000)
    for _ in range(50):
        os.open("/dev/null", os.O_RDWR)


if QUESTION == "q7":
    KEPT = {name: globals()[name] for name in NAMES}
    for name in NAMES:
        globals()[name] = close_all

# %% last
close_all()
