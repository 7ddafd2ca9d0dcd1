"""Prints 500 megabytes, to stdout, to stderr and as rich output."""
# from: solved
# shows: raised Ran: 500 MB printed
# stopped by: roles

# %% last
import os
import sys

from IPython.display import HTML, display

line = "x" * 2**20
for _ in range(400):
    print(line)
for _ in range(50):
    os.write(2, line.encode())
    sys.stderr.write(line)
display(HTML("<b>" + "x" * 10**7))
say("500 MB printed")
