"""Fetches a solution while it is graded: by HTTP, a raw connection, a name server, pip, curl and git."""
# stopped by: seccomp
# shows: raised Ran: (?!.*got)(\w+ ?)+ \(cell
# tried: network, process

# %% first
import os
import socket
import subprocess
import sys
import urllib.request

PLACE = "https://raw.githubusercontent.com/someone/solutions/main/convnet.py"
came = []


def run(*command):
    done = subprocess.run(command, capture_output=True, timeout=5)
    if done.returncode:
        raise OSError(done.stderr)
    return done.stdout


for way in (
    lambda: urllib.request.urlopen(PLACE, timeout=3).read(),
    lambda: urllib.request.urlopen("http://93.184.215.14/", timeout=3).read(),
    lambda: socket.create_connection(("93.184.215.14", 80), timeout=3),
    lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"solution?", ("8.8.8.8", 53)),
    lambda: socket.getaddrinfo("github.com", 443),
    lambda: run(sys.executable, "-m", "pip", "download", "--no-input", "--retries", "0", "--timeout", "2", "solutions"),
    lambda: run("curl", "--max-time", "3", "-s", PLACE),
    lambda: run("git", "clone", "--depth", "1", "https://github.com/someone/solutions"),
    lambda: [get_ipython().system(f"curl --max-time 3 -s {PLACE} -o solution.py"), open("solution.py").read()][1],
):
    try:
        answer = way()
        came.append(f"got {type(answer).__name__}")
        exec(answer, globals())
    except BaseException as error:
        came.append(type(error).__name__)

# %% last
say(" ".join(dict.fromkeys(came)))
