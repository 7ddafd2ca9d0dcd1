"""A notebook of 60 megabytes of numbers and short texts, which are many times as large in memory, and one number of a million digits."""
# shows: The notebook (can't be read|holds more than a million)
# stopped by: intake

# %% upload
import json

book = json.loads(files[notebook])
book["metadata"] = {"x": []}
numbers = b"1e9," * 10_000_000 + b'"ab",' * 3_000_000
files[notebook] = json.dumps(book).encode().replace(b'"x": []', b'"x": [' + numbers + b"9" * 10**6 + b"]")
