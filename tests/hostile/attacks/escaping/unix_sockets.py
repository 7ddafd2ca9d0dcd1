"""Speaks to services of the machine (log, session bus, Docker) over sockets that are names: by connecting, and by pairs of sockets,
of which some kinds can still send to any name; makes a name of its own at which others could listen."""
# shows: raised Ran: open: \[\], .*raw PermissionError
# tried: network
# stopped by: seccomp

# %% first
import socket

NAMES = ["/dev/log", "/run/systemd/journal/socket", "/run/systemd/notify", "/run/docker.sock", "/var/run/docker.sock"]
NAMES += ["/run/dbus/system_bus_socket", "/run/user/1000/bus", "\0/tmp/.X11-unix/X0", f"\0{ATTACK}", f"{DROP}/{ATTACK}.sock"]
KINDS = {"stream": 1, "dgram": 2, "raw": 3, "rdm": 4, "seqpacket": 5}
SENT = (FileNotFoundError, ConnectionRefusedError)  # it was sent, only nobody listens there on this machine
opened, came = [], []


def send(kind, name):
    ours, theirs = socket.socketpair(socket.AF_UNIX, kind)
    with ours, theirs:
        ours.sendto(b"<13>LOOT", name)


def connect(kind, name):
    with socket.socket(socket.AF_UNIX, kind) as sock:
        sock.connect(name)


def connect_a_pair(kind, name):
    ours, theirs = socket.socketpair(socket.AF_UNIX, kind)
    with theirs, ours:
        ours.connect(name)


for word, kind in KINDS.items():
    errors = []
    for name in NAMES:
        for way in (send, connect, connect_a_pair):
            if word in ("stream", "seqpacket") and way is send:
                continue  # goes to the other end of the pair, whatever name is given
            try:
                way(kind, name)
                opened.append(f"{word} {name}")
            except SENT:
                opened.append(f"{word} by {way.__name__}")
            except OSError as error:
                errors.append(type(error).__name__)
    came.append(" ".join([word, *dict.fromkeys(errors)]))

# %% first
say(f"open: {list(dict.fromkeys(opened))[:4]}, {', '.join(came)}"[:180])
