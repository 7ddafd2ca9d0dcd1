"""Sleeps in every cell a little less than a cell may take, which no limit on computing time notices."""
# from: solved
# only: numpy
# shows: was stopped and left out: it computed nothing for too long
# stopped by: deadlines

# %% first
import time

# %% last
for number in range(60):
    time.sleep(0.95)
# %% last
for number in range(60):
    time.sleep(0.95)
# %% last
for number in range(60):
    time.sleep(0.95)
# %% last
time.sleep(1.5)
# %% last
time.sleep(1.5)
# %% last
time.sleep(1.5)
# %% last
time.sleep(1.5)
# %% last
time.sleep(1.5)
# %% last
time.sleep(1.5)
# %% last
time.sleep(1.5)
# %% last
time.sleep(1.5)
# %% last
time.sleep(1.5)
# %% last
time.sleep(1.5)
