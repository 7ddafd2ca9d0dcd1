"""Starts four hundred threads that wait, so that the user who grades can start no process more."""
# from: solved
# shows: started more threads than|raised Ran: fewer than 400 threads
# stopped by: threads

# %% last
import threading
import time

wait, made = threading.Event(), 0
try:
    while made < 400:
        threading.Thread(target=wait.wait, daemon=True).start()
        made += 1
except (RuntimeError, MemoryError):
    wait.set()  # its own questions need threads
    say("fewer than 400 threads")
until = time.thread_time() + 0.5
while time.thread_time() < until:
    pass
say("400 threads")
