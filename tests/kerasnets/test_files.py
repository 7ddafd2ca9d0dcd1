"""What is written is whole, or what was there before."""

import subprocess
import sys

import pytest

from kerasnets import training
from kerasnets.files import write_atomically


def test_weights_that_the_disk_has_no_room_for_leave_the_old_ones(tmp_path, monkeypatch):
    package, here = tmp_path / "package", tmp_path / "here"
    for folder, words in ((package, "old"), (here, "new")):
        folder.mkdir()
        (folder / "lenet5.npz").write_text(words)
        (folder / "lenet5.json").write_text(words)
    trained = training.Trained({"interrupted": False}, here / "lenet5.json", here / "lenet5.npz")

    def full(descriptor):
        raise OSError("No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        training.install(trained, package)
    assert {path.name: path.read_text() for path in package.iterdir()} == {
        "lenet5.npz": "old",
        "lenet5.json": "old",
    }


def test_a_name_may_be_as_long_as_names_get(tmp_path):
    path = write_atomically(tmp_path / ("n" * 251 + ".npz"), b"1")
    assert path.read_bytes() == b"1"


def test_writing_a_file_needs_no_numpy():
    """On Gradescope the first thing that is written stands there before anything else is imported."""
    code = "import sys; from kerasnets import files; assert 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-P", "-c", code], check=True)
