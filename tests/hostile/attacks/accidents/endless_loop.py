"""A cell of its own experiments never ends, another waits for a file that nobody writes."""
# from: solved
# shows: code cell \d+ was stopped and left out

# %% first
count = 0
while count >= 0:
    count += 1

# %% last
import time

while not Path("finished.txt").exists():
    time.sleep(0.5)
