"""A zip whose table of contents says that 300 megabytes are 300 bytes."""
# shows: The zip can't be opened|set aside, not used in grading: my_lenet
# stopped by: intake

# %% upload
import io
import struct
import zipfile

stream = io.BytesIO()
with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
    packed.writestr("my_lenet.weights.h5", bytes(300 * 2**20))
    packed.writestr(notebook, files[notebook])
archive = stream.getvalue().replace(struct.pack("<I", 300 * 2**20), struct.pack("<I", 300))
