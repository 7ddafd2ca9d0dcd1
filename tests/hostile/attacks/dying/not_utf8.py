"""A notebook that is no text: bytes that are no UTF-8, and a NUL in the middle."""
# shows: The notebook can't be read
# stopped by: intake

# %% upload
files[notebook] = files[notebook].replace(b"conv", b"\xff\xfe\x00conv").replace(b"lenet", b"\xc3\x28lenet")
