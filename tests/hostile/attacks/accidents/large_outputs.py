"""Was saved with 20 MB of outputs: pictures, streams, widgets' state."""
# from: solved
# shows: raised Ran: large

# %% upload
import json

book = json.loads(files[notebook])
picture = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "iVBORw0KGgo" * 500_000}}
stream = {"output_type": "stream", "name": "stdout", "text": ["a line of output\n"] * 200_000}
html = {"output_type": "execute_result", "execution_count": 3, "metadata": {}, "data": {"text/html": ["<b>x</b>"] * 9}}
code = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
for cell, output in zip(code[2:], (picture, picture, stream, stream, html), strict=False):
    cell["outputs"] = [output]
    cell["execution_count"] = 99
book["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {str(i): {} for i in range(999)}}}
files[notebook] = json.dumps(book, indent=1).encode()

# %% last
say("large")
