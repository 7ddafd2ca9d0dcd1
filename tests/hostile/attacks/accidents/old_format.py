"""Was saved by other programs: format 4.0 without ids, tags and metadata of cells, Windows line ends, a byte order mark,
sources as one string. The cells that train are now like any other, and are run."""
# from: solved
# shows: raised Ran: old

# %% upload
import json

book = json.loads(files[notebook])
for number, cell in enumerate(book["cells"]):
    cell.pop("id", None)
    cell["metadata"] = {"collapsed": False, "trusted": True} if number % 2 else {}
    source = "".join(cell["source"]).replace("\n", "\r\n")
    cell["source"] = source if number % 3 else source.splitlines(keepends=True)
book["nbformat"], book["nbformat_minor"] = 4, 0
book["metadata"]["kernelspec"] = {"name": "conda-env-ml-py", "display_name": "Python [conda env:ml]", "language": "python"}
book["metadata"]["colab"] = {"provenance": [], "gpuType": "T4"}
text = json.dumps(book, indent=2, ensure_ascii=False).replace("\n", "\r\n")
files[notebook] = b"\xef\xbb\xbf" + text.encode()

# %% last
say("old")
