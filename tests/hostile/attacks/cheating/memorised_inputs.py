"""Has a table of every hidden input and its right answer, as it came to another submission, instead of functions."""
# only: numpy
# stopped by: fresh-inputs
# shows: raised Ran: \d+ answers in the table, `conv2d_forward` came back as None|`conv2d_forward` came back as None

# %% before checks
import base64
import pickle

from cnnchecks import key

if "TABLE" not in globals():
    TABLE = pickle.loads(base64.b64decode(MEMORISED))


def remember(name):
    def function(*args, **kwargs):
        if key(name, args, kwargs) not in TABLE and name == "conv_output_size":
            raise ValueError("not in the table")
        return TABLE.get(key(name, args, kwargs))

    return function


for name in NAMES:
    globals()[name] = remember(name)

# %% upload
import base64
import json
import pickle

from grader.cnnchecks import key
from grader.judge.draw import generator, seeded
from grader.judge.reference import REFERENCE
from grader.tasks.catalogue import GRIDS
from kerasnets import numpy_layers

table = {}
with seeded(b"the same for everyone"):
    for name in [*filter(numpy_layers.__dict__.get, REFERENCE), "gradient_of_polynomial"]:
        for grid, cases in GRIDS.get(name, {}).items():
            for number, case in enumerate(cases):
                args, kwargs = case.draw(generator(name, grid, number))
                table[key(name, args, kwargs)] = REFERENCE[name](*args, **kwargs)
cells = json.loads(files[notebook])
memory = f"MEMORISED = {base64.b64encode(pickle.dumps(table))!r}"
cells["cells"].insert(1, {"cell_type": "code", "id": "memory", "metadata": {}, "source": memory, "outputs": []})
files[notebook] = json.dumps(cells).encode()
