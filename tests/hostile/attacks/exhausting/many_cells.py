"""A notebook of a hundred thousand code cells."""
# shows: The notebook has 100,0\d\d code cells
# stopped by: intake

# %% upload
import json

book = json.loads(files[notebook])
empty = {"cell_type": "code", "metadata": {}, "source": "x = 1", "outputs": []}
book["cells"] += [empty] * 100_000
files[notebook] = json.dumps(book).encode()
