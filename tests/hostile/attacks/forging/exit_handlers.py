"""Leaves code for the end of the process: atexit, finalizers, `__del__`, signal handlers, threads; it writes the results."""
# shows: raised Ran: 6 ways to come back
# stopped by: 0700, landlock, uid

# %% last
import atexit
import glob
import signal
import threading
import weakref


def forge(*args):
    for path in [f"{DROP}/{ATTACK}-late", *glob.glob(f"{STAGE}/results/**/results.json", recursive=True)]:
        try:
            with open(path, "w") as file:
                file.write('{"score": 2000}')
        except OSError:
            pass


class Late:
    __del__ = forge


def wait_for_the_end():
    threading.main_thread().join()
    forge()


late, anchor = Late(), {1, 2}
atexit.register(forge)
weakref.finalize(forge, print)
threading.Thread(target=wait_for_the_end).start()
for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGALRM, signal.SIGXCPU):
    signal.signal(number, forge)
signal.alarm(1)
threading.excepthook = sys_hook = forge
__import__("sys").excepthook = forge
say("6 ways to come back")
