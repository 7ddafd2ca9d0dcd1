"""Writes to where the grader writes: terminals, the output of the processes above it, inherited descriptors, the console and
the system's log; and types into a terminal (TIOCSTI)."""
# shows: raised Ran: 0 reached, .*(PermissionError|OSError)
# tried: file
# stopped by: landlock, uid

# %% first
import fcntl
import glob
import os
import stat
import termios

WORDS = b'{"score": 2000}\n'
PATHS = ["/dev/tty", "/dev/console", "/dev/kmsg", "/dev/tty0", "/dev/tty1", "/dev/ttyS0", "/var/log/syslog"]
PATHS += [f"/dev/pts/{number}" for number in range(4)]
PATHS += [f"/proc/{pid}/fd/{number}" for pid in (os.getppid(), os.getppid() - 1) for number in range(3)]
PATHS += glob.glob(f"{STAGE}/*.log") + glob.glob("/autograder/*.log")
reached, came = [], set()

for path in PATHS:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
        os.write(descriptor, WORDS)
        reached.append(path)
        fcntl.ioctl(descriptor, termios.TIOCSTI, b"#")
        reached.append(f"typed into {path}")
    except OSError as error:
        came.add(type(error).__name__)
for number in range(3, 256):
    try:
        mode = os.fstat(number).st_mode
        if stat.S_ISREG(mode) or stat.S_ISFIFO(mode) or stat.S_ISCHR(mode):
            os.write(number, WORDS)
            reached.append(number)
    except OSError as error:
        came.add(type(error).__name__)

# %% first
say(f"{len(reached)} reached, {' '.join(sorted(came))} {reached[:3]}"[:180])
