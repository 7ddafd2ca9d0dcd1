"""A zip of a few hundred kilobytes that unpacks to 300 megabytes."""
# shows: The zip unpacks to [\d,]+ MB
# stopped by: intake

# %% upload
import io
import zipfile

stream = io.BytesIO()
with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
    packed.writestr(notebook, files[notebook])
    with packed.open("my_lenet.weights.h5", "w") as member:
        for _ in range(300):
            member.write(bytes(2**20))
archive = stream.getvalue()
