"""Is slow: every graded function waits a hundredth of a second before it computes, and computes right."""
# from: solved
# shows: raised Ran: slow

# %% first
import time


def slowly(function):
    def answer(*args, **kwargs):
        time.sleep(0.01)
        return function(*args, **kwargs)

    return answer


# %% before checks
for name in NAMES:
    if callable(globals().get(name)) and not hasattr(globals()[name], "layers"):
        globals()[name] = slowly(globals()[name])

# %% last
say("slow")
