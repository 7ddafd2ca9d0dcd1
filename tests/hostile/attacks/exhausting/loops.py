"""A loop without end in a cell, and functions that loop without end."""
# from: solved
# loses: q7
# shows: code cell \d+ was stopped and left out: it was not done
# stopped by: deadlines

# %% before checks
def endless(*args, **kwargs):
    while True:
        pass


globals().update(globals().pop("KEPT", {}))  # only question 7 is to suffer
if QUESTION == "q7":
    KEPT = {name: globals()[name] for name in NAMES}
    for name in NAMES:
        globals()[name] = endless

# %% last
while True:
    try:
        endless()
    except BaseException:
        pass
