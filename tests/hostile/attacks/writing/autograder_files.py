"""Changes the grader itself: its zip, its package, its test files and its libraries, the compiled caches beside them, and the
folders from which Python imports; takes everything back that it could write, so that only the fact is left."""
# shows: raised Ran: 0 written, .*(PermissionError|OSError)
# tried: file
# stopped by: landlock, uid

# %% first
import glob
import importlib.util
import os
import site
import sys
import sysconfig

import numpy as np

packages = [path for path in [*sys.path, *site.getsitepackages(), sysconfig.get_path("purelib")] if path]
packages += [os.path.dirname(os.path.dirname(np.__file__)), "/autograder/source", "/autograder/source/files"]
ours = [getattr(m, "__file__", None) for n, m in list(sys.modules.items()) if n.partition(".")[0] in ("grader", "otter")]
CHANGED = [f"{STAGE}/source/autograder.zip", "/autograder/source/otter_config.json", "/autograder/run_autograder"]
CHANGED += [np.__file__, os.__file__, *filter(None, ours), sys.executable, "/proc/self/exe"]
CHANGED += [importlib.util.cache_from_source(path) for path in (np.__file__, os.__file__, *filter(None, ours[:5]))]
CHANGED += glob.glob("/autograder/source/tests/*.py") + glob.glob(f"{STAGE}/source/*")
NEW = ["sitecustomize.py", "usercustomize.py", "zz.pth", "grader.py", "otter.py", "cnnchecks.py", "__pycache__/grader.pyc"]

written, came = [], set()
for path in dict.fromkeys(CHANGED):
    try:
        with open(path, "r+b") as file:  # the same bytes again: the right is what counts
            start = file.read(4)
            file.seek(0)
            file.write(start)
        written.append(path)
    except OSError as error:
        came.add(type(error).__name__)
for folder in dict.fromkeys(packages):
    for name in NEW:
        path = os.path.join(folder, name)
        if os.path.realpath(folder) == os.getcwd() or os.path.exists(path):
            continue
        try:
            with open(path, "x") as file:
                file.write("# it could have been anything\n")
            os.remove(path)
            written.append(path)
        except OSError as error:
            came.add(type(error).__name__)

# %% last
say(f"{len(written)} written, {' '.join(sorted(came))} {written[:2]}"[:180])
