"""Re-binds and deletes graded names after their check, mutates what they were bound to, and forges a second check."""
# from: solved
# shows: raised Ran: re-bound [1-9]\d* names
# stopped by: binding

# %% before checks
GRADED = globals().get("GRADED", []) + NAMES

# %% last
import types

used = {
    name for value in list(globals().values()) if isinstance(value, types.FunctionType) for name in value.__code__.co_names
}
free = [name for name in GRADED if name not in used]  # no other answer needs these
for place, name in enumerate(free):
    if place % 2:
        del globals()[name]
    else:
        globals()[name] = type("Equal", (), {"__eq__": lambda self, other: True, "__call__": lambda self, *args: self})()
say(f"re-bound {len(free)} names")
