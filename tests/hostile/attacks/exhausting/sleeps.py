"""A function that sleeps for a year, which no limit on computing time notices, with all signals blocked."""
# from: solved
# loses: q7
# shows: it computed nothing for too long
# stopped by: deadlines

# %% before checks
import signal
import time


def sleep(*args, **kwargs):
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))
    time.sleep(365 * 86400)


globals().update(globals().pop("KEPT", {}))  # only question 7 is to suffer
if QUESTION == "q7":
    KEPT = {name: globals()[name] for name in NAMES}
    for name in NAMES:
        globals()[name] = lambda *args, **kwargs: None
    globals()[NAMES[0]] = sleep
