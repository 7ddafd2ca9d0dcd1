"""A process that has imported what is slow to import, and forks itself for every worker and evaluator.

It is trusted and knows nothing: no hidden test, no reference, no results. Run as `python -m grader.sandbox.zygote BACKEND FD`
it reads requests (JSON, each with one end of a socket pair) from FD, answers each with the child's process id, and ends
when FD closes. Where forking isn't safe (macOS) it starts a new interpreter for each child instead.

Source of the idea: Android's zygote. Forking after `import keras` is safe before the first operation; a thread would
make it unsafe, so the zygote counts its threads before it serves.
"""

import ctypes
import gc
import glob
import json
import mmap
import os
import signal
import socket
import struct
import subprocess
import sys
import sysconfig
import threading
from dataclasses import asdict
from typing import Any

ENVIRONMENT = {  # of the zygote's process, before NumPy's first import: two BLAS threads on busy cores cost up to 30 times
    **dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    **{
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "MPLBACKEND": "agg",
        "CUDA_VISIBLE_DEVICES": "",
    },
}

_LENGTH = struct.Struct("!I")


def send_request(sock: socket.socket, request: dict[str, Any], descriptor: int | None = None) -> None:
    payload = json.dumps(request).encode()
    socket.send_fds(sock, [_LENGTH.pack(len(payload))], [] if descriptor is None else [descriptor])
    sock.sendall(payload)


def receive_request(sock: socket.socket) -> tuple[dict[str, Any], int | None]:
    """One request and the descriptor that came with it. Raises `EOFError` when the other end is gone."""
    prefix, descriptors, _, _ = socket.recv_fds(sock, _LENGTH.size, 1)
    if len(prefix) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(prefix)
    payload = b""
    while len(payload) < length:
        part = sock.recv(length - len(payload))
        if not part:
            raise EOFError
        payload += part
    return json.loads(payload), (descriptors[0] if descriptors else None)


def reach_from_below() -> list[int]:
    """Make the interpreter's folders importable for a user who may not enter the folders above them (/root, say).

    Each folder of `sys.path` is opened now, and named by its descriptor from here on: what is below an open
    folder can be reached from it, whatever lies above. Returns the descriptors, which the workers must keep.
    """
    if sys.platform != "linux" or os.geteuid() != 0:
        return []
    kept: list[int] = []
    renamed: dict[str, str] = {}
    for path in [p for p in sys.path if os.path.isdir(p) and not _enterable(p)]:
        descriptor = os.open(path, os.O_PATH | os.O_DIRECTORY)
        kept.append(descriptor)
        renamed[path] = f"/proc/self/fd/{descriptor}"
    sys.path[:] = [renamed.get(path, path) for path in sys.path]
    for module in list(sys.modules.values()):
        folders = getattr(module, "__path__", None)
        if isinstance(folders, list):
            module.__path__ = [_renamed(folder, renamed) for folder in folders]
    sys.path_importer_cache.clear()
    return kept


def _renamed(folder: str, renamed: dict[str, str]) -> str:
    for path, name in renamed.items():
        if folder == path or folder.startswith(path + os.sep):
            return name + folder[len(path) :]
    return folder


def _enterable(path: str) -> bool:
    """May any user walk down to `path`?"""
    while path not in ("", "/"):
        if not os.stat(path).st_mode & 0o001:
            return False
        path = os.path.dirname(path)
    return True


def readable_places(forbidden: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """What Python needs to read, and what it needs to list: the system, the interpreter, and its packages but the forbidden."""
    places = ["/bin", "/etc", *_PROCESS, "/sys", "/dev/null"]
    base = os.path.join(sys.base_prefix, "lib")
    places += [os.path.join(base, n) for n in os.listdir(base) if ".so" in n]
    ours, system = _package_folders(), ["/usr", "/lib", "/lib64", sysconfig.get_path("stdlib")]
    if not forbidden:
        return [*places, *system, *ours], []
    listed = [path for path in ours if path.endswith(_PACKAGES)]
    places += [path for path in ours if path not in listed]
    for path in listed:
        names = [n for n in os.listdir(path) if not n.lower().startswith(forbidden)]
        places += [os.path.join(path, name) for name in names]
    # the system and the standard library may have package folders in them, ours or another interpreter's
    return [*places, *(part for path in system for part in _without_packages(path))], [*listed, *system]


# Of /proc a process needs what is said of itself and of the machine; the rest has everybody's command lines
_PROCESS = (
    "/proc/self",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/proc/filesystems",
    "/proc/sys/kernel",
)
_PACKAGES = ("site-packages", "dist-packages")


def _without_packages(path: str, depth: int = 4) -> list[str]:
    """`path`, or what is in it except its package folders: a permission can't be taken back further down."""
    holds = [p for level in range(depth) for p in glob.glob(os.path.join(path, *["*"] * level, "*-packages"))]
    closed = {os.path.realpath(p) for p in holds if p.endswith(_PACKAGES)}
    if os.path.realpath(path) in closed or not closed:
        return [path]
    inside = [os.path.join(path, name) for name in os.listdir(path)]
    left = [p for p in inside if os.path.realpath(p) not in closed]
    return [part for p in left for part in _without_packages(p, depth - 1)]


def _package_folders() -> list[str]:
    folders = [os.path.realpath(path) for path in sys.path]
    return [path for path in folders if path.endswith(("site-packages", "dist-packages", "lib-dynload"))]


def warm_up(backend: str) -> None:
    """Import what notebooks import, so that a fork has it. Nothing may be computed: an operation starts threads."""
    import IPython.core.interactiveshell  # noqa: F401
    import matplotlib.pyplot  # noqa: F401
    import numpy  # noqa: F401

    from grader.sandbox import evaluator

    evaluator.load_blueprint()  # a file of the package, which the evaluator can't read once it is confined
    if backend == "keras":
        import keras  # noqa: F401


def share_memory() -> None:
    """Keep what is imported in pages that the forks share, and of libraries only the pages that are used.

    The garbage collector would write into every object that it looks at, and so copy its page; frozen objects are left alone.
    Importing TensorFlow touches 280 MB of its file once; a page of a file that nobody wrote to can be given back, and comes
    back from the file when it is needed.
    """
    gc.collect()
    gc.freeze()
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None)
    libc.madvise.argtypes = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
    for start, length in _untouched_file_pages():
        libc.madvise(start, length, mmap.MADV_DONTNEED)


def _untouched_file_pages() -> list[tuple[int, int]]:
    """(address, bytes) of the mapped files of this process in which nothing was written: all pages are as in the file."""
    found = []
    with open("/proc/self/smaps", encoding="utf-8", errors="replace") as smaps:
        for line in smaps:
            fields = line.split()
            if fields[0][-1] != ":":  # the head of a mapping: address, rights, offset, device, inode, path
                start, end = (int(part, 16) for part in fields[0].split("-"))
                is_file = fields[1] in ("r--p", "r-xp") and len(fields) > 5 and fields[5].startswith("/")
            elif fields[0] == "Anonymous:" and is_file and fields[1] == "0":
                found.append((start, end - start))
    return found


def serve(control: socket.socket, backend: str, kept: list[int], shell: Any, spawn: bool) -> None:
    from grader.sandbox import limits

    signal.signal(signal.SIGCHLD, lambda *_: _reap_finished())
    while True:
        try:
            request, descriptor = receive_request(control)
        except EOFError:
            return
        assert descriptor is not None, "a child needs a channel"
        request["plan"]["limits"] = asdict(limits.Limits(**request["plan"]["limits"]))
        if spawn:
            pid = _spawn(request, descriptor, backend)
        else:
            try:
                pid = os.fork()
            except OSError as error:  # the machine is full, of a student's processes perhaps: not for long
                os.close(descriptor)
                send_request(control, {"full": f"{error}"})
                continue
            if pid == 0:
                _become_child(request, descriptor, kept, shell)
        os.close(descriptor)
        send_request(control, {"pid": pid})


def _reap_finished() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            continue
    except ChildProcessError:
        return


def _spawn(request: dict[str, Any], descriptor: int, backend: str) -> int:
    command = [
        sys.executable,
        "-m",
        "grader.sandbox.zygote",
        "--child",
        backend,
        str(descriptor),
        json.dumps(request),
    ]
    return subprocess.Popen(command, pass_fds=[descriptor], start_new_session=True).pid


def _become_child(request: dict[str, Any], descriptor: int, kept: list[int], shell: Any) -> None:
    """In the child: confine ourselves, say which defences hold, serve, and never return."""
    status = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        run_child(request, socket.socket(fileno=descriptor), kept, shell)
        status = 0
    finally:
        os._exit(status)  # no exit handler of the zygote's, no student's either


def run_child(request: dict[str, Any], sock: socket.socket, kept: list[int], shell: Any) -> None:
    from grader.sandbox import limits, worker
    from grader.sandbox.wire import Channel

    channel = Channel(sock)
    plan = request["plan"]
    if os.getsid(0) != os.getpid():
        os.setsid()
    try:
        defences = limits.confine(
            limits.Confinement(**{**plan, "limits": limits.Limits(**plan["limits"])}), [sock.fileno(), *kept]
        )
        limits.die_with_parent()  # after the change of user, which forgets it
        limits.show_what_is_open(plan["uid"])
    except OSError as error:
        channel.send({"full" if error.errno in limits.NO_ROOM else "refused": f"{error}"})
        return
    except limits.ConfinementError as error:
        channel.send({"refused": f"{error}"})
        return
    channel.send({"defences": defences})
    if request["role"] == "worker":
        sys.path.insert(0, plan["scratch"])  # where a notebook finds cnnchecks.py, as in the student's folder
        own = [*plan["readable"], plan["scratch"], "/dev", "/proc/self"]
        worker.serve(channel, shell, tuple(request["forbidden"]), own)
    else:
        from grader.sandbox import evaluator

        evaluator.serve(channel)


def main(arguments: list[str]) -> None:
    if arguments[0] == "--child":  # one child in an interpreter of its own
        backend, descriptor, request = arguments[1], int(arguments[2]), json.loads(arguments[3])
        kept = reach_from_below()
        warm_up(backend)
        from grader.sandbox import worker

        run_child(request, socket.socket(fileno=descriptor), kept, worker.make_shell())
        return
    backend, control, spawn = arguments[0], socket.socket(fileno=int(arguments[1])), "--spawn" in arguments
    kept = reach_from_below()
    from grader.sandbox import limits, worker

    limits.hide_memory()
    limits.adopt_orphans()
    limits.check_machine()
    warm_up(backend)
    shell = worker.make_shell()
    share_memory()
    if threading.active_count() > 1:
        raise SystemExit(f"the zygote has {threading.active_count()} threads; forking it isn't safe")
    forbidden = tuple(worker.BORROWED) if backend == "numpy" else ("kerasnets", "grader")
    places, listed = readable_places(forbidden)
    send_request(control, {"ready": True, "readable": places, "listable": listed})
    serve(control, backend, kept, shell, spawn)


if __name__ == "__main__":
    main(sys.argv[1:])
