"""Has lost the tags that keep training out of grading, so that training runs again, and writes the weights file anew."""
# from: solved
# shows: raised Ran: untagged

# %% upload
import json

book = json.loads(files[notebook])
for cell in book["cells"]:
    cell["metadata"].pop("tags", None)
    cell["id"] = "a-new-id"
    if "otter_ignore" in "".join(cell["source"]) or "EPOCHS" in "".join(cell["source"]) or ".fit(" in "".join(cell["source"]):
        cell["source"] = "".join(cell["source"]) + "\n# once more, to be sure"
files[notebook] = json.dumps(book).encode()

# %% first
say("untagged")
