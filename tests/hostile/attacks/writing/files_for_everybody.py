"""Leaves files and folders for others where everybody may write, readable for all, and fills these places."""
# shows: raised Ran: left in \d+ places|it wrote more files than
# tried: file

# %% last
import os

os.umask(0)
places = []
for folder in ("/tmp", "/var/tmp", "/dev/shm", "/run/lock"):
    try:
        os.makedirs(f"{folder}/kept-{ATTACK}/below", exist_ok=True)
        with open(f"{folder}/kept-{ATTACK}/below/answers", "w") as file:
            file.write("answers")
        os.symlink("/etc/passwd", f"{folder}/link-{ATTACK}")
        places.append(folder)
    except OSError:
        pass

# %% last
for number in range(12 * bool(places)):
    with open(f"/tmp/kept-{ATTACK}/part{number}", "wb") as file:
        os.posix_fallocate(file.fileno(), 0, 100 * 2**20)

# %% last
raise Ran(f"left in {len(places)} places")
