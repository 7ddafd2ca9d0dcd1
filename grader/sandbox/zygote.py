"""A process that has imported what is slow to import, and forks itself for every worker and evaluator.

It is trusted and knows nothing: no hidden test, no reference, no results. Run as `python -P -m grader.sandbox.zygote BACKEND FD`
it reads requests (JSON, each with one end of a socket pair) from FD, answers each with the child's process id, and ends
when FD closes. Where forking isn't safe (macOS) it starts a new interpreter for each child instead.

Source of the idea: Android's zygote. Forking after `import keras` is safe before the first operation; a thread would
make it unsafe, so the zygote counts its threads before it serves.
"""

import ctypes
import gc
import json
import mmap
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
from dataclasses import asdict
from typing import Any

from grader.sandbox import leftovers, packages, places

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


def warm_up(backend: str) -> None:
    """Import what notebooks import, so that a fork has it. Nothing may be computed: an operation starts threads."""
    import IPython.core.interactiveshell  # noqa: F401
    import matplotlib.pyplot  # noqa: F401
    import numpy  # noqa: F401

    from grader.sandbox.evaluator import load_blueprint

    load_blueprint()  # a file of the package, which the evaluator can't read once it is confined
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
    """Answer requests until the judge says that it is done. If it is gone without a word, nothing of it stays behind."""
    spawned: list[subprocess.Popen[bytes]] = []
    if not spawn:
        signal.signal(signal.SIGCHLD, lambda *_: _reap_finished())
    try:
        _answer(control, backend, kept, shell, spawned if spawn else None)
    except (EOFError, OSError):
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        leftovers.end_children(spawned)


def _answer(
    control: socket.socket,
    backend: str,
    kept: list[int],
    shell: Any,
    spawned: list[subprocess.Popen[bytes]] | None,
) -> None:
    """spawned: where a new interpreter is started for each child, those that run; None where one is forked."""
    from grader.sandbox import limits

    while True:
        request, descriptor = receive_request(control)
        if request["role"] == "end":
            return
        assert descriptor is not None, "a child needs a channel"
        request["parent"] = os.getpid()
        request["plan"]["limits"] = asdict(limits.Limits(**request["plan"]["limits"]))
        if spawned is not None:
            spawned[:] = [child for child in spawned if child.poll() is None]
            spawned.append(_spawn(request, descriptor, backend))
            pid = spawned[-1].pid
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


def _spawn(request: dict[str, Any], descriptor: int, backend: str) -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-P",  # the current folder is nobody's package
        "-m",
        "grader.sandbox.zygote",
        "--child",
        backend,
        str(descriptor),
        json.dumps(request),
    ]
    return subprocess.Popen(command, pass_fds=[descriptor], start_new_session=True)


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
    from grader.sandbox import defences, limits, worker
    from grader.sandbox.wire import Channel

    channel = Channel(sock)
    plan = request["plan"]
    if os.getsid(0) != os.getpid():
        os.setsid()
    try:
        held = limits.confine(
            limits.Confinement(**{**plan, "limits": limits.Limits(**plan["limits"])}), [sock.fileno(), *kept]
        )
        if os.getppid() != request["parent"]:  # it died before the kernel was told to end us with it
            return
    except OSError as error:
        channel.send({"full" if error.errno in limits.NO_ROOM else "refused": f"{error}"})
        return
    except limits.ConfinementError as error:
        channel.send({"refused": f"{error}"})
        return
    channel.send({"defences": defences.to_data(held)})
    if request["role"] == "worker":
        sys.path.insert(0, plan["scratch"])  # where a notebook finds cnnchecks, as in the student's folder
        writable = [plan["scratch"], "/dev"]
        own = [*plan["readable"], *writable, "/proc/self"]
        worker.serve(channel, shell, request["backend"], own, writable)
    else:
        from grader.sandbox.evaluator import serve

        serve(channel)


def main(arguments: list[str]) -> None:
    if arguments[0] == "--child":  # one child in an interpreter of its own
        backend, descriptor, request = arguments[1], int(arguments[2]), json.loads(arguments[3])
        kept = reach_from_below()
        from grader.sandbox import limits, shell, worker

        limits.check_machine()
        packages.find_only(packages.folders(backend))
        warm_up(backend)
        run_child(request, socket.socket(fileno=descriptor), kept, shell.make_shell())
        return
    backend, control, spawn = arguments[0], socket.socket(fileno=int(arguments[1])), "--spawn" in arguments
    kept = reach_from_below()
    from grader.sandbox import limits, shell, worker  # noqa: F401  # a confined child can't read it any more

    limits.hide_memory()
    limits.adopt_orphans()
    limits.check_machine()
    allowed = packages.folders(backend)
    packages.find_only(allowed)
    warm_up(backend)
    made = shell.make_shell()
    share_memory()
    if threading.active_count() > 1:
        raise SystemExit(f"the zygote has {threading.active_count()} threads; forking it isn't safe")
    readable, listed = places.readable(allowed)
    send_request(control, {"ready": True, "readable": readable, "listable": listed})
    serve(control, backend, kept, made, spawn)


if __name__ == "__main__":
    main(sys.argv[1:])
