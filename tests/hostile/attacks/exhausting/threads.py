"""Starts threads until no more can be had (here: at most 20,000)."""
# from: solved
# shows: raised Ran: (fewer than 1000|many) threads, then RuntimeError|it started more threads than
# stopped by: limits

# %% last
import threading

wait, made, end = threading.Event(), 0, "20,000"
try:
    while made < 20_000:
        threading.Thread(target=wait.wait, daemon=True).start()
        made += 1
except (RuntimeError, MemoryError) as error:
    end = type(error).__name__
wait.set()
say(f"{'fewer than 1000' if made < 1000 else 'many'} threads, then {end}")
