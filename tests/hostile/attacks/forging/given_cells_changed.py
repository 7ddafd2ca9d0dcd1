"""Changes given cells (figures, exports) but keeps their ids and tags: they now re-bind what an earlier check has seen."""
# from: solved
# shows: raised Ran: a given cell does something else
# stopped by: binding, intake

# %% upload
import json

SOURCE = """
from pathlib import Path

for name in [name for name, value in list(globals().items()) if callable(value) and name.startswith("grad")]:
    globals()[name] = lambda *args, **kwargs: True
attempt(Path(STAGE, "results", "results.json").write_text, '{"score": 2000}')
say("a given cell does something else")
"""
book = json.loads(files[notebook])
for cell in book["cells"]:
    if "figure" in cell["metadata"].get("tags", []):
        cell["source"] = SOURCE
files[notebook] = json.dumps(book).encode()
