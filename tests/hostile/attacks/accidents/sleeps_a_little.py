"""Sleeps for a second here and there, as one does to see an animation or to wait for a download."""
# from: solved
# shows: raised Ran: slept

# %% first
import time

time.sleep(1)

# %% last
for number in range(3):
    plt.plot([number, 1])
    plt.show()
    plt.close()
    time.sleep(0.3)
say("slept")
