"""Has lost some check cells, has others twice or at the end, every solution twice, and the first import in the middle."""
# from: solved
# shows: raised Ran: moved

# %% upload
import copy
import json

book = json.loads(files[notebook])
cells, checks = [], []
for cell in book["cells"]:
    source = "".join(cell["source"])
    if cell["cell_type"] == "code" and "grader.check(" in source:
        checks.append(cell)
        if len(checks) % 3 == 1:
            continue  # deleted
        if len(checks) % 3 == 2:
            cells.append(copy.deepcopy(cell))  # here and at the end
        continue
    cells.append(cell)
    if cell["cell_type"] == "code" and "def " in source:
        cells.append(copy.deepcopy(cell))
cells += [cell for number, cell in enumerate(checks) if number % 3 != 0]
book["cells"] = cells
files[notebook] = json.dumps(book).encode()

# %% last
say("moved")
