"""Writes what runs later as somebody else: shell profiles of all users, crontabs, units, the loader's preload list, Python's
and Jupyter's start-up files; takes back what it could write."""
# shows: raised Ran: 0 written, .*(PermissionError|FileNotFoundError)
# tried: file
# stopped by: landlock, uid

# %% first
import glob
import os
import pwd
import subprocess

homes = {entry.pw_dir for entry in pwd.getpwall()} | set(glob.glob("/home/*")) | {"/root", "/nonexistent", "/autograder"}
NAMES = (".bashrc", ".profile", ".bash_aliases", ".pythonrc", ".config/zz.conf", ".ipython/profile_default/startup/zz.py")
NAMES += (".local/lib/python3.11/site-packages/usercustomize.py", ".jupyter/jupyter_lab_config.py", ".ssh/zz", ".keras/zz")
PATHS = [f"{home}/{name}" for home in homes for name in NAMES if home != "/"]
PATHS += ["/etc/cron.d/zz", "/var/spool/cron/crontabs/root", "/etc/ld.so.preload", "/etc/profile.d/zz.sh"]
PATHS += ["/etc/systemd/system/zz.service", "/etc/environment", "/etc/passwd", "/usr/local/bin/zz", "/bin/zz"]

written, came = [], set()
for path in PATHS:
    try:
        if os.path.exists(path):
            with open(path, "r+b") as file:  # nothing is changed: the right is what counts
                file.seek(0, 2)
        else:
            with open(path, "x") as file:
                file.write("# it could have been anything\n")
            os.remove(path)
        written.append(path)
    except OSError as error:
        came.add(type(error).__name__)
for command in (["crontab", "-l"], ["at", "-l"]):
    came.add(attempt(subprocess.run, command, capture_output=True, timeout=3)[:30].partition("(")[0])

# %% last
say(f"{len(written)} written, {' '.join(sorted(came))} {written[:2]}"[:180])
