"""Regular expressions that take for ever, in a function (deep in C, where nothing interrupts them) and for whoever reads its words."""
# from: solved
# loses: q7
# shows: it was not done
# stopped by: deadlines

# %% before checks
import re


def search(*args, **kwargs):
    return re.match(r"(a|aa)+$", "a" * 100 + "b")


globals().update(globals().pop("KEPT", {}))  # only question 7 is to suffer
if QUESTION == "q7":
    KEPT = {name: globals()[name] for name in NAMES}
    for name in NAMES:
        globals()[name] = lambda *args, **kwargs: None
    globals()[NAMES[0]] = search

# %% last
raise Ran("/a" * 5000 + "/" * 5000 + "@a.a" * 5000 + "\x1b[" * 5000)

# %% last
raise type("/a" * 40, (Exception,), {})("a@" + "a." * 300 + " " + "C:\\" * 100)
