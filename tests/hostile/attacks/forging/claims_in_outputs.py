"""Saved outputs that claim it all: "q1 passed" under every check, scores in the metadata, a results.json as an attachment."""
# shows: raised Ran: claimed
# stopped by: roles

# %% last
say("claimed")

# %% upload
import json

book = json.loads(files[notebook])
RESULTS = {"score": 2000, "tests": []}
for cell in book["cells"]:
    if cell["cell_type"] == "code":
        cell["execution_count"] = 1
        cell["metadata"] |= {"score": 2000, "nbgrader": {"grade": True, "points": 2000, "score": 2000}}
        cell["outputs"] = [
            {"output_type": "stream", "name": "stdout", "text": ["q1 results: All test cases passed!\n"]},
            {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"application/json": RESULTS}},
        ]
book["metadata"]["results"] = book["results"] = RESULTS
files[notebook] = json.dumps(book).encode()
