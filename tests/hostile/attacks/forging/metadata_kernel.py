"""Notebook metadata as a command: a kernel that is a path, tests and points of its own, values of the wrong kinds."""
# from: solved
# shows: raised Ran: metadata as a command
# stopped by: intake

# %% last
say("metadata as a command")

# %% upload
import json

book = json.loads(files[notebook])
command = "python -c 'open(chr(47)+\"tmp\"+chr(47)+\"forging-metadata_kernel\",\"w\")' {connection_file}"
book["metadata"] = {
    "kernelspec": {"name": "../../../../tmp/evil", "argv": ["/bin/sh", "-c", command], "language": "bash"},
    "language_info": {"name": "bash", "file_extension": "/../x"},
    "otter": {"OK_FORMAT": True, "assignment_name": ["a"], "tests": {"q1": {"name": "q1", "points": 2000, "suites": []}}},
    "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {}}},
}
book["nbformat"] = -1
for cell in book["cells"]:
    cell["metadata"]["otter"] = {"tests": ['q1") or __import__("os")._exit(0) #']}
    cell["outputs"] = {"score": 2000} if cell["cell_type"] == "code" else []
files[notebook] = json.dumps(book).encode()
