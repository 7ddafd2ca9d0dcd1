"""Ends the process where others import: SystemExit, sys.exit, exit() and quit() at the beginning of the notebook."""
# from: solved
# shows: raised SystemExit: before anything
# stopped by: roles

# %% first
import sys

sys.exit("before anything else ran")

# %% first
raise SystemExit(0)

# %% first
quit()

# %% first
exit(3)
