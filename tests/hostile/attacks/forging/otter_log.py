"""Hands in an `.OTTER_LOG`, the log that Otter unpickles while it grades, with code in the pickle."""
# shows: set aside, not used in grading: .*\.OTTER_LOG
# stopped by: intake

# %% upload
import json
import re

source = json.loads(files[notebook])["cells"][0]["source"]
drop = re.search(r"^DROP = '(.*)'", source, re.MULTILINE)[1]
command = f"touch {drop}/forging-otter_log"
files[".OTTER_LOG"] = f"cposix\nsystem\n(S'{command}'\ntR.".encode()
files["results/results.pkl"] = files[".OTTER_LOG"]
