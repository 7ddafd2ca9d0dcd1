"""Leaves something for whoever is graded next, and looks whether somebody did: files in temporary folders and shared memory,
System V and POSIX memory, queues, keys of the kernel, poisoned caches of Keras and Matplotlib."""
# shows: raised Ran: 0 left, .*(EPERM|PermissionError)
# tried: file, below
# stopped by: landlock, seccomp

# %% first
import ctypes
import errno
import multiprocessing.shared_memory
import os

libc = ctypes.CDLL(None, use_errno=True)
MARK = "left-by-" + ATTACK.replace("/", "-")
FOLDERS = ["/tmp", "/var/tmp", "/dev/shm", "/run/lock", "/run/shm", "/dev/mqueue", os.path.dirname(os.getcwd()), "/var/cache"]
FOLDERS += ["/tmp/.keras/datasets", os.path.expanduser("~nobody/.keras/datasets"), "/tmp/matplotlib-nobody", "/var/crash"]
left, came = [], []

for folder in FOLDERS:
    path = f"{folder}/{MARK}"
    try:
        came += ["found"] * os.path.exists(path)
        with open(path, "w") as file:
            file.write("answers")
        left.append(folder)
        os.remove(path)
    except OSError as error:
        came.append(type(error).__name__)


def memory():
    try:
        multiprocessing.shared_memory.SharedMemory(MARK, create=True, size=4096)
    finally:
        attempt(os.remove, f"/dev/shm/{MARK}")


def semaphore():
    libc.sem_open.restype = ctypes.c_void_p
    if not libc.sem_open(b"/" + MARK.encode(), os.O_CREAT, 0o666, 1):
        raise OSError(ctypes.get_errno(), "sem_open")
    libc.sem_unlink(b"/" + MARK.encode())


for way in (memory, semaphore):
    try:
        way()
        left.append(way.__name__)
    except OSError as error:
        came.append(type(error).__name__)
KEY = 0x4B4E
for name, arguments, undo in (
    ("shmget", (KEY, 4096, 0o1666), lambda number: libc.shmctl(number, 0, None)),
    ("msgget", (KEY, 0o1666), lambda number: libc.msgctl(number, 0, None)),
    ("semget", (KEY, 1, 0o1666), lambda number: libc.semctl(number, 0, 0)),
):
    number = getattr(libc, name)(*arguments)
    if number >= 0:
        left.append(name)
        undo(number)
    else:
        came.append(f"{name}:{errno.errorcode[ctypes.get_errno()]}")
machine = os.uname().machine
for name, x86, arm, arguments in (
    ("mq_open", 240, 180, (MARK.encode(), os.O_CREAT | os.O_RDWR, 0o666, None)),
    ("add_key", 248, 217, (b"user", MARK.encode(), b"answers", 7, -4)),  # the keyring of a user
):
    if libc.syscall(x86 if machine == "x86_64" else arm, *arguments) >= 0:
        left.append(name)
    else:
        came.append(f"{name}:{errno.errorcode[ctypes.get_errno()]}")

# %% first
say(f"{len(left)} left, {' '.join(dict.fromkeys(came))} {left[:3]}"[:180])
