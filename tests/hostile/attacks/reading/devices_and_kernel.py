"""Reads below the file system: disks as devices, physical memory, the kernel's memory and log, crash folders, the password
file, keyrings and other places where secrets lie."""
# shows: raised Ran: \[\] .*PermissionError.*, log \S+
# tried: file, below
# stopped by: landlock, uid

# %% first
import ctypes
import glob
import os
import re

TELLING = rb"token-2f9c41d[7]|ada\.2f9c41d[7]|check_draw[n]|root:[^:]+:\d+:\d*:\d*:\d*:::"
PATHS = ["/dev/mem", "/dev/kmem", "/dev/port", "/proc/kcore", "/dev/kmsg", "/proc/kmsg", "/etc/shadow", "/etc/gshadow"]
PATHS += ["/proc/1/root/etc/shadow", "/proc/keys", "/proc/vmcore", "/sys/kernel/debug/tracing/trace"]
PATHS += sorted(glob.glob("/dev/[sv]d[a-z]*") + glob.glob("/dev/nvme*") + glob.glob("/dev/dm-*") + ["/dev/vda", "/dev/sda"])
PATHS += ["/var/log/syslog", "/var/log/auth.log", "/var/backups/shadow.bak"]

loot, came = set(), []
for path in dict.fromkeys(PATHS):
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        loot |= {match.decode()[:5] for match in re.findall(TELLING, os.read(descriptor, 2**22))}
        os.close(descriptor)
    except OSError as error:
        came.append(type(error).__name__)
log = ctypes.create_string_buffer(2**18)
got = ctypes.CDLL(None).klogctl(3, log, len(log))  # the kernel's log needs no file
loot |= {match.decode() for match in re.findall(TELLING, log.raw)}

# %% first
say(f"{sorted(loot)} {' '.join(dict.fromkeys(came))}, log {'open' if got >= 0 else 'closed'}")
