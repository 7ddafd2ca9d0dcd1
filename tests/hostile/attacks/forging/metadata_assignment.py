"""Notebook metadata that claims another assignment, under a name that is a path into the results."""
# shows: This is the notebook of \.\./\.\./results
# stopped by: intake

# %% upload
import json

book = json.loads(files[notebook])
book["metadata"]["otter"] = {"assignment_name": "../../results/results.json", "tests": {"q1": {"points": 2000, "suites": []}}}
files[notebook] = json.dumps(book).encode()
