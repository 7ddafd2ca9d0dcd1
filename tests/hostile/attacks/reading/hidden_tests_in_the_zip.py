"""Opens the autograder's zip, which has the hidden tests and the key of their inputs: by its path, by detours through its
own process, and by links to it from its home."""
# shows: raised Ran: \[\] .*PermissionError
# tried: file
# stopped by: landlock, uid

# %% first
import glob
import io
import os
import re
import zipfile

TELLING = rb'check_draw[n]\w*|"key": *"\w+'
ZIPS = [f"{STAGE}/source/autograder.zip", "/autograder/source.zip", *glob.glob(f"{STAGE}/source/*.zip")]


def linked(path, link):
    for make in (os.symlink, os.link):
        name = f"{make.__name__}-{len(os.listdir())}.zip"
        make(path, name)
        link = open(name, "rb").read()
    return link


def ways(path):
    yield lambda: open(path, "rb").read()
    yield lambda: open(f"/proc/self/root{path}", "rb").read()
    yield lambda: open(os.path.relpath(path), "rb").read()
    yield lambda: os.read(os.open(f"/proc/self/fd/{os.open(path, os.O_PATH)}", os.O_RDONLY), 2**26)
    yield lambda: linked(path, b"")


def found_in(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        text = b"".join(archive.read(name) for name in archive.namelist() if name.endswith((".py", ".json")))
    return {match.decode() for match in re.findall(TELLING, text)}


loot, came = set(), []
for zipped in ZIPS:
    for way in ways(zipped):
        try:
            loot |= found_in(way())
        except Exception as error:
            came.append(type(error).__name__)

# %% last
say(f"{sorted(loot)} {' '.join(dict.fromkeys(came))}")
