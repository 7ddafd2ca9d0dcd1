"""Hands in a notebook without a solution, and the solution beside it: as a module, a pickle, an archive, a notebook's
checkpoint and a shared library's name; imports or unpickles what arrives."""
# from: solved
# loses: q1, q2, q3, q4, q5, q6, q7, q8, q9, q10, q11, q12
# stopped by: intake
# shows: raised Ran: (\w*Error ?)+ \(cell

# %% upload
import io
import json
import pickle

import numpy as np

book = json.loads(files[notebook])
theirs = []
for cell in book["cells"]:
    if "otter_assign_solution_cell" in cell["metadata"].get("tags", []):
        theirs.append("".join(cell["source"]))
        cell["source"] = "..."
files[notebook] = json.dumps(book).encode()
solution = "\n\n".join(theirs)
files["solution.py"] = solution.encode()
files["sitecustomize.py"] = solution.encode()
files["cnnchecks.py"] = files["cnnchecks/__init__.py"] = solution.encode()
files["numpy.py"] = solution.encode()
files["solution.pickle"] = pickle.dumps(solution)
stream = io.BytesIO()
np.savez(stream, solution=np.array(solution))
files["data.npz"] = files["solution.npz"] = stream.getvalue()

# %% first
import importlib
import pickle
import sys

import numpy as np

came = []
for way in (
    lambda: vars(importlib.import_module("solution")),
    lambda: {"source": open("solution.py").read()},
    lambda: {"source": pickle.load(open("solution.pickle", "rb"))},
    lambda: {"source": str(np.load("solution.npz", allow_pickle=True)["solution"])},
    lambda: {"source": str(np.load("data.npz", allow_pickle=True)["solution"])},
    lambda: {"source": importlib.import_module("cnnchecks").solution},
    lambda: {"source": str(importlib.import_module("sitecustomize").same_padding)},
):
    try:
        found = way()
        if "source" in found:
            exec(found["source"], globals())
        globals().update(found)
        came.append("got it")
    except BaseException as error:
        came.append(type(error).__name__)

# %% last
say(" ".join(dict.fromkeys(came)))
