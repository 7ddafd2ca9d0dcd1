"""Asks for a number, for a password, opens a debugger, shows figures and waits for them to be closed."""
# from: solved
# shows: code cell \d+ raised \w+

# %% first
learning_rate = float(input("learning rate? "))

# %% first
import getpass

password = getpass.getpass()

# %% first
breakpoint()
print("after the break")

# %% first
import pdb

pdb.set_trace()

# %% last
plt.plot([1, 2, 3])
plt.show(block=True)
plt.pause(0.1)
plt.waitforbuttonpress(timeout=1)

# %% last
import sys

sys.stdin.read()
raise Ran(sys.stdin.readline())
