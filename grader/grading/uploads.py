"""What an upload holds: a file, a folder or an archive, looked at before it is opened, and known by what it is.

Files arrive as browsers, archive programs and learning platforms make them: a notebook called .ipynb.txt, a zip called
.ipynb, a zip in a zip. What a file is decides, not what it is called.
"""

import io
import itertools
import stat
import tarfile
import time
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

MAX_UPLOAD = 64 * 2**20  # bytes of one submission
MAX_UNPACKED = 256 * 2**20  # bytes of all that an archive holds
MAX_MEMBERS = 200
# what a zip's table of contents has before each name, in it and in zips inside
ENTRY, MOST_ENTRIES = b"PK\x01\x02", 2_000
MAX_RATIO = 200  # unpacked bytes for each packed one
MAX_NAME = 200  # bytes
NOTEBOOK = (".ipynb", ".ipynb.json", ".ipynb.txt")  # how browsers call what they save
ARCHIVE = (".zip", ".tar", ".tar.gz", ".tgz")
ZIP, GZIP, TAR = b"PK\x03\x04", b"\x1f\x8b", b"ustar"  # how they begin; the last at the 257th byte
# what systems, editors and version control leave beside people's files
CLUTTER = frozenset((
    "__MACOSX", ".DS_Store", ".git", ".idea", ".ipynb_checkpoints", ".jupyter", ".venv", ".virtual_documents",
    ".vscode", "__pycache__",
))  # fmt: skip
ADVICE = (
    "Open the assignment's notebook, run it from top to bottom, save it, and hand in that .ipynb, "
    "or the zip that its last cell makes."
)
REPACK = "Make the zip with the notebook's last cell (grader.export) and hand that in."
CLEAR = "Clear the notebook's outputs (Kernel > Restart and Clear Outputs), save it, and hand it in again."


class IntakeError(Exception):
    """A submission that can't be graded: why, and what its author should do."""

    def __init__(self, why: str, what_to_do: str = ADVICE):
        super().__init__(why)
        self.what_to_do = what_to_do


class File(NamedTuple):
    """A file that was handed in: its name, folders in front, and when it was changed, from the year to the second."""

    name: str
    data: bytes
    when: tuple[int, ...] = ()


class Member(NamedTuple):
    """What an archive's table of contents says of one file."""

    name: str
    size: int
    packed: int
    is_link: bool


Wanted = Callable[[str], bool]  # is the content of a file of this name needed?


def is_notebook(name: str) -> bool:
    return name.casefold().endswith(NOTEBOOK)


def is_archive(name: str) -> bool:
    return name.casefold().endswith(ARCHIVE)


def is_short(name: str) -> bool:
    """Is it a name, not a path, that every file system takes?"""
    return "/" not in name and len(name.encode(errors="replace")) <= MAX_NAME


def files_of(path: Path, wanted: Wanted) -> list[File]:
    """Everything handed in; of what isn't wanted the name alone. One archive without a notebook beside it is opened too.

    Raises `IntakeError`.
    """
    if path.is_dir():
        return _with_inner_archive(_in_folder(path, lambda name: wanted(name) or is_archive(name)), wanted)
    try:
        if not path.is_file():
            raise IntakeError("This is neither a file nor a folder.")
        if (size := path.stat().st_size) > MAX_UPLOAD:
            raise IntakeError(_too_large(size), CLEAR)
        data = path.read_bytes()
    except OSError as error:
        raise IntakeError(f"The file can't be read: {error.strerror}.") from None
    return _with_inner_archive(_opened(path.name, data, wanted), wanted)


def flatten(files: Sequence[File]) -> dict[str, File]:
    """Files by the last part of their names. A second one of a name keeps its folder, so that nothing takes another's place.

    >>> list(flatten([File("a.ipynb", b""), File("old/a.ipynb", b""), File("old/a.ipynb", b"")]))
    ['a.ipynb', 'old/a.ipynb', 'old/a.ipynb/2']
    """
    flat: dict[str, File] = {}
    for file in files:
        names = itertools.chain(
            [PurePosixPath(file.name).name, file.name],
            (f"{file.name}/{number}" for number in itertools.count(2)),
        )
        flat[next(n for n in names if n not in flat)] = file
    return flat


def _with_inner_archive(files: list[File], wanted: Wanted) -> list[File]:
    """The same; or, where the only thing of use is an archive, what that holds. Not a third one inside."""
    archives = [file for file in files if is_archive(file.name)]
    if len(archives) != 1 or any(is_notebook(file.name) for file in files):
        return files
    return _opened(archives[0].name, archives[0].data, wanted)


def _opened(name: str, data: bytes, wanted: Wanted) -> list[File]:
    """A notebook, or what an archive holds: of a file that is called like one of both."""
    if not is_notebook(name) and not is_archive(name):
        suffix = PurePosixPath(name).suffix
        raise IntakeError(
            f"This is a {suffix or 'nameless'} file, not a notebook (.ipynb) and not a zip with one."
        )

    def needed(member: str) -> bool:
        return wanted(member) or is_archive(member)

    if data.startswith(ZIP):
        return _unzip(data, needed)
    if data.startswith(GZIP) or data[257:262] == TAR:
        return _untar(data, needed)
    if is_notebook(name) or data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return [File(name if is_notebook(name) else f"{name}.ipynb", data)]
    return _unzip(data, needed)  # which says what is wrong with it


def _in_folder(folder: Path, wanted: Wanted) -> list[File]:
    inside = [
        p
        for p in sorted(folder.rglob("*"))
        if p.is_file() and not p.is_symlink() and not _is_clutter(p.relative_to(folder).as_posix())
    ]
    if (size := sum(p.stat().st_size for p in inside)) > MAX_UPLOAD:
        raise IntakeError(_too_large(size), "Hand in the notebook and nothing large beside it.")
    if len(inside) > MAX_MEMBERS:
        raise IntakeError(f"The folder holds {len(inside):,} files; at most {MAX_MEMBERS} are accepted.")
    names = [(p.relative_to(folder).as_posix(), p) for p in inside]
    return [
        File(name, p.read_bytes() if wanted(name) else b"", _local(p.stat().st_mtime)) for name, p in names
    ]


def _unzip(data: bytes, wanted: Wanted) -> list[File]:
    if (entries := data.count(ENTRY)) > MOST_ENTRIES:
        raise IntakeError(_too_many(entries), REPACK)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        inside = [
            (info, _slashes(info.filename))
            for info in archive.infolist()
            if not info.is_dir() and not _is_clutter(_slashes(info.filename))
        ]
        refuse(
            [
                Member(name, info.file_size, info.compress_size, stat.S_ISLNK(info.external_attr >> 16))
                for info, name in inside
            ]
        )
        return [
            File(name, archive.read(info) if wanted(name) else b"", info.date_time) for info, name in inside
        ]
    except IntakeError:
        raise
    except Exception as error:  # a broken archive fails in as many ways as there are ways to pack it
        raise IntakeError(
            f"The zip can't be opened: it is damaged, encrypted or cut off ({type(error).__name__})."
        ) from None


def _untar(data: bytes, wanted: Wanted) -> list[File]:
    """What a .tar or .tar.gz holds, which must not unpack to more than a zip may."""
    try:
        plain = _gunzip(data) if data.startswith(GZIP) else data
        with tarfile.open(fileobj=io.BytesIO(plain), mode="r:") as archive:
            inside = [m for m in archive if not m.isdir() and not _is_clutter(_slashes(m.name))]
            refuse([Member(_slashes(m.name), m.size, m.size, not m.isreg()) for m in inside])
            files = []
            for member in inside:
                stream = archive.extractfile(member) if wanted(_slashes(member.name)) else None
                files.append(
                    File(_slashes(member.name), stream.read() if stream else b"", _local(member.mtime))
                )
            return files
    except IntakeError:
        raise
    except Exception as error:  # as of a zip
        raise IntakeError(
            f"The tar archive can't be opened: it is damaged or cut off ({type(error).__name__})."
        ) from None


def _gunzip(data: bytes) -> bytes:
    most = min(MAX_UNPACKED, MAX_RATIO * len(data))
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    plain = unpacker.decompress(data, most)
    if unpacker.unconsumed_tail:
        raise IntakeError(
            f"The archive unpacks to more than {most / 2**20:,.0f} MB, which is refused.", REPACK
        )
    if not unpacker.eof:
        raise EOFError("the archive ends before its end mark")
    return plain


def _local(seconds: float) -> tuple[int, ...]:
    return tuple(time.localtime(seconds)[:6])


def _slashes(name: str) -> str:
    """A name as everybody but Windows writes it."""
    return name.replace("\\", "/")


def _too_large(size: int) -> str:
    return f"The submission is {size / 2**20:.0f} MB; at most {MAX_UPLOAD / 2**20:.0f} MB are accepted."


def _too_many(entries: int) -> str:
    return f"The zip holds {entries:,} files; at most {MAX_MEMBERS} are accepted."


def refuse(members: Sequence[Member]) -> None:
    """Raise `IntakeError` for an archive that isn't opened, from its table of contents alone."""
    if refused := refusal(members):
        raise IntakeError(refused, REPACK)


def refusal(members: Sequence[Member]) -> str:
    """Why an archive isn't opened; an empty string if it may be."""
    unpacked, packed = sum(m.size for m in members), sum(m.packed for m in members)
    if len(members) > MAX_MEMBERS:
        return _too_many(len(members))
    if any(m.size > MAX_UPLOAD for m in members if is_notebook(m.name)):
        return f"The zip's notebook is larger than {MAX_UPLOAD / 2**20:.0f} MB, which is refused."
    if unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(packed, 1):
        return (
            f"The zip unpacks to {unpacked / 2**20:,.0f} MB from {packed / 2**20:,.1f} MB, which is refused."
        )
    for member in members:
        path = PurePosixPath(member.name)
        if path.is_absolute() or ".." in path.parts or member.is_link:
            return "The zip holds a link, or a path that leaves its folder."
    return ""


def _is_clutter(name: str) -> bool:
    """What a system or an editor leaves beside people's files: it is nobody's work."""
    path = PurePosixPath(name)
    is_copy = path.name.startswith("._") or path.name.casefold().endswith("-checkpoint.ipynb")
    return is_copy or not CLUTTER.isdisjoint(path.parts)
