"""Raises what `except Exception` doesn't catch: GeneratorExit, KeyboardInterrupt, a BaseException and a group of them."""
# from: solved
# loses: q7
# shows: raised End: of all
# stopped by: roles

# %% before checks
import asyncio

globals().update(globals().pop("KEPT", {}))


class End(BaseException):
    pass


def ends(*args, **kwargs):
    ends.calls += 1
    kinds = [
        KeyboardInterrupt, GeneratorExit, End, asyncio.CancelledError,
        lambda: BaseExceptionGroup("all", [End(), SystemExit(0)]), StopIteration, MemoryError, RecursionError, BrokenPipeError,
        EOFError, ConnectionResetError, TimeoutError, BlockingIOError,
    ]  # fmt: skip
    raise kinds[ends.calls % len(kinds)]()


ends.calls = 0
if QUESTION == "q7":
    KEPT = {name: globals()[name] for name in NAMES}
    for name in NAMES:
        globals()[name] = ends

# %% last
raise KeyboardInterrupt

# %% last
raise GeneratorExit

# %% last
raise EOFError("the other end of the channel is gone")

# %% last
raise End("of all")
