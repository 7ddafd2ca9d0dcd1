"""Reads results and feedback pages of other students, in the folder of results and by every name that one could guess."""
# shows: raised Ran: \[\] of 0, .*(PermissionError|FileNotFoundError)
# tried: file
# stopped by: landlock, uid

# %% first
import glob
import os
import re

TELLING = r"token-2f9c41d[7]|\"score\": *\d+|patches_o[f]"
OTHERS = ["bystander-a", "bystander-m", "bystander-z", "ada", ATTACK]
PATHS = [f"{STAGE}/results/results.json", "/autograder/results/results.json", f"{STAGE}/results/gradebook.csv"]
PATHS += [f"{STAGE}/results/{other}/{name}" for other in OTHERS for name in ("results.json", "feedback.html")]
PATHS += glob.glob(f"{STAGE}/results/*/*") + glob.glob("/autograder/results/**/*.json", recursive=True)

read, loot, came = 0, set(), set()
for path in dict.fromkeys(PATHS):
    try:
        with open(path) as file:
            loot |= set(re.findall(TELLING, file.read()))
        read += 1
    except OSError as error:
        came.add(type(error).__name__)
for folder in (f"{STAGE}/results", "/autograder/results"):
    came.add(attempt(os.listdir, folder))

# %% last
say(f"{sorted(loot)} of {read}, {' '.join(sorted(came))}")
