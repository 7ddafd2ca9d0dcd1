"""Tags every cell with otter_ignore and gives its own cells the ids of given ones, to choose what the grader sees."""
# from: solved
# shows: raised Ran: not left out
# stopped by: intake

# %% last
say("not left out")

# %% upload
import json

book = json.loads(files[notebook])
given = [cell["id"] for cell in book["cells"] if "otter_ignore" not in cell["metadata"].get("tags", []) and cell["id"] != "attack"]
for cell in book["cells"]:
    cell["metadata"].setdefault("tags", []).append("otter_ignore")
    cell["metadata"]["otter"] = {"ignore": True}
    if cell["id"] == "attack":
        cell["id"] = given[0]
files[notebook] = json.dumps(book).encode()
