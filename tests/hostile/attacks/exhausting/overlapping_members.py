"""A zip of 150 members that are all the same few kilobytes, and a compression that asks for four gigabytes of dictionary."""
# shows: The zip (can't be opened|unpacks to|holds)|There is no notebook|There are
# stopped by: intake

# %% upload
import io
import struct
import zipfile

stream = io.BytesIO()
with zipfile.ZipFile(stream, "w", zipfile.ZIP_LZMA) as packed:
    packed.writestr("0.weights.h5", bytes(10**6))
data = stream.getvalue()
start = data.index(b"PK\x01\x02")
local, entry, end = data[:start], data[start : data.index(b"PK\x05\x06")], data[data.index(b"PK\x05\x06") :]
properties = local.index(b"\x05\x00", 30) + 2  # after LZMA's version and length: one byte of settings, then the dictionary
local = local[: properties + 1] + struct.pack("<I", 2**32 - 1) + local[properties + 5 :]
entries = b"".join(entry.replace(b"0.weights", f"{n % 10}.weights".encode()) for n in range(150))
end = end[:8] + struct.pack("<HHII", 150, 150, len(entries), len(local)) + end[20:]
archive = local + entries + end
