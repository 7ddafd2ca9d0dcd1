"""Ends its last cell as a script ends: quit(), sys.exit(), exit; another cell is interrupted."""
# from: solved
# shows: code cell \d+ raised \w+

# %% first
raise KeyboardInterrupt

# %% first
import sys

sys.exit()

# %% last
exit()

# %% last
quit(0)

# %% last
raise SystemExit("done")
