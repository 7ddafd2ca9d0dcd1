"""Files that are whole or untouched, whatever stands in their place."""

import json
import math

import pytest

from grader.files import write_atomically, write_json


def test_a_file_is_whole_or_untouched(tmp_path, monkeypatch):
    path = write_json(tmp_path / "results.json", {"score": 1})
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_atomically(path, "half")
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(path, {"score": math.nan})
    assert json.loads(path.read_text()) == {"score": 1}
    assert [file.name for file in tmp_path.iterdir()] == ["results.json"]


def test_writing_replaces_a_link_instead_of_following_it(tmp_path):
    target = tmp_path / "precious"
    target.write_text("kept")
    (tmp_path / "results.json").symlink_to(target)
    write_atomically(tmp_path / "results.json", "new")
    assert (target.read_text(), (tmp_path / "results.json").read_text()) == ("kept", "new")
