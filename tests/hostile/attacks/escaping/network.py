"""Opens network connections of every kind: TCP, UDP, raw packets, name servers, the kernel's own families, a web request; to
carry answers in, or hidden inputs out."""
# shows: raised Ran: 0 made, (\w+ )*PermissionError
# tried: network
# stopped by: seccomp

# %% first
import socket
import urllib.request

AWAY = [("127.0.0.1", 80), ("192.0.2.1", 443), ("localhost", 22)]  # 192.0.2.0/24 belongs to nobody
made, came = 0, []


def reach(family, kind, protocol=0):
    with socket.socket(family, kind, protocol) as sock:
        sock.settimeout(0.2)
        for address in AWAY:
            try:
                sock.sendto(b"LOOT", address) if kind == socket.SOCK_DGRAM else sock.connect(address)
            except OSError:
                continue


def listen():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.listen()


def pair(family):
    for end in socket.socketpair(family, socket.SOCK_STREAM):
        end.close()


FAMILIES = [getattr(socket, f"AF_{name}", 1) for name in ("INET", "INET6", "NETLINK", "PACKET", "VSOCK", "ALG", "CAN")]
KINDS = (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET)
ways = [lambda f=family, k=kind: reach(f, k) for family in FAMILIES for kind in KINDS]
ways += [lambda: reach(socket.AF_INET, socket.SOCK_DGRAM, 1), lambda: reach(socket.AF_INET, socket.SOCK_STREAM, 262)]
ways += [listen, *(lambda f=family: pair(f) for family in FAMILIES), lambda: socket.fromfd(0, 2, 1).connect(AWAY[0])]
ways += [lambda: socket.getaddrinfo("answers.example", 80), lambda: socket.gethostbyname("hidden-input.example")]
ways += [lambda: urllib.request.urlopen("http://192.0.2.1/answers", timeout=0.2)]
for way in ways:
    try:
        way()
        made += 1
    except OSError as error:
        came.append(type(error).__name__)

# %% last
say(f"{made} made, {' '.join(dict.fromkeys(came))}")
