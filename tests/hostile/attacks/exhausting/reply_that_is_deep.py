"""Answers with lists in lists, a hundred thousand deep, in dicts, in tuples, and in a list that holds itself."""
# from: solved
# loses: q7
# shows: should (be|return)
# stopped by: wire

# %% before checks
CALLS = []


def deep(*args, **kwargs):
    CALLS.append(None)
    nest = [0]
    for _ in range(10**5):
        nest = [[nest], (nest,), {"a": nest}][len(CALLS) % 3]
    if len(CALLS) % 4 == 3:
        nest = []
        nest.append(nest)
    return nest


globals().update(globals().pop("KEPT", {}))  # only question 7 is to suffer
if QUESTION == "q7":
    KEPT = {name: globals()[name] for name in NAMES}
    for name in NAMES:
        globals()[name] = deep
