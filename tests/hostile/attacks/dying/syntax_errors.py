"""Cells that can't be compiled: half a function first, NUL bytes, half characters, a million brackets, tabs, magics."""
# from: solved
# shows: raised (IndentationError|TabError)
# stopped by: roles

# %% first
def half(

# %% last
0

# %% upload
import json

book = json.loads(files[notebook])
SOURCES = [
    "x = '\0'", "x = '\ud800'", "# -*- coding: rot13 -*-\nk = 1", "(" * 10**6, "-" * 10**5 + "1", "if True:\n\tx = 1\n        y = 2",
    "%no_such_magic", "%%no_such_cell_magic\n1", "\ufeffx = 1\x0c", "9" * 10**5, "lambda: " * 5000 + "0", "x = [" + "[" * 150 + "]" * 151,
    "f'{" * 100, "\\", "'''", "=" * 10**6, ["x = 1\n", None, 7, {"a": 1}], {"not": "text"}, None, 7,
]  # fmt: skip
for source in SOURCES:
    cell = {"cell_type": "code", "id": "attack", "metadata": {}, "source": source, "outputs": [], "execution_count": None}
    book["cells"].insert(1, cell)
files[notebook] = json.dumps(book).encode()
