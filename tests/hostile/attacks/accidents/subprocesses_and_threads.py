"""Starts programs, threads that go on counting, a pool, an event loop, timers and handlers, none of which a question needs."""
# from: solved
# shows: raised Ran: started
# tried: process

# %% first
import asyncio
import atexit
import os
import signal
import subprocess
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

attempt(subprocess.run, ["ls"], timeout=5)
attempt(os.system, "true")
attempt(lambda: subprocess.Popen(["sleep", "30"]))
atexit.register(print, "bye")
attempt(signal.signal, signal.SIGTERM, signal.SIG_IGN)
attempt(signal.signal, signal.SIGINT, signal.SIG_IGN)


def count():
    while True:
        time.sleep(0.2)


threading.Thread(target=count, daemon=True).start()
threading.Thread(target=count).start()
attempt(lambda: ThreadPoolExecutor(4).submit(time.sleep, 0.1).result(5))
say("started")

# %% first
await asyncio.sleep(0.05)

# %% first
asyncio.run(asyncio.sleep(0.05))

# %% last
from concurrent.futures import ProcessPoolExecutor

with ProcessPoolExecutor(2) as pool:
    print(list(pool.map(abs, [-1, -2])))
