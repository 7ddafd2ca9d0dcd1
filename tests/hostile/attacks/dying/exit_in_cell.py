"""A last cell that ends the process at once, before anything could be asked."""
# from: solved
# shows: code cell \d+ was stopped and left out: the process ended itself
# stopped by: roles

# %% last
import os

os._exit(0)
