"""Leaves sixty figures open and uses a quarter of a gigabyte for a moment: much, but fine."""
# from: solved
# shows: raised Ran: 0.25

# %% first
import matplotlib.pyplot as plt
import numpy as np

for number in range(60):
    plt.figure()
plt.plot([1, 2], [3, 4])

# %% last
large = np.ones((32, 2**20))
large += 1
kept = [bytes(1000) for _ in range(5_000)]
say(large.nbytes / 2**30)
