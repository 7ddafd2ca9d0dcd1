"""What students hand in: read where it can be, refused in a sentence where it can't."""

import contextlib
import gzip
import io
import json
import os
import stat
import tarfile
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.grading import intake, uploads
from grader.grading.intake import IntakeError


def notebook(*sources, **metadata):
    cells = [
        {"cell_type": "code", "id": f"c{i}", "metadata": {}, "source": s, "outputs": []}
        for i, s in enumerate(sources)
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}).encode()


def zipped(**files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "/"), data)
    return stream.getvalue()


def tarred(mode, files, link=False):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
        if link:
            entry = tarfile.TarInfo("b.ipynb")
            entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(entry)
    return stream.getvalue()


def read(tmp_path, name, data, extensions=()):
    path = tmp_path / name
    path.write_bytes(data)
    return intake.read(path, extensions)


def test_a_notebook_is_its_code_cells(tmp_path):
    found = read(tmp_path, "ada.ipynb", notebook("x = 1", ["y = ", "2"], otter={"assignment_name": "a3"}))
    assert [(cell.number, cell.source, cell.id) for cell in found.cells] == [
        (1, "x = 1", "c0"),
        (2, "y = 2", "c1"),
    ]
    assert (found.name, found.assignment) == ("ada.ipynb", "a3")


def test_an_otter_export_zip_is_its_notebook_and_the_files_asked_for(tmp_path):
    data = zipped(
        **{"a3.ipynb": notebook("1"), "mine.weights.h5": b"h5", ".OTTER_LOG": b"pickle", "otter.py": b"evil"}
    )
    found = read(tmp_path, "ada.zip", data, (".weights.h5",))
    assert list(found.files) == ["mine.weights.h5"]
    assert found.notes == ("set aside, not used in grading: .OTTER_LOG, otter.py",)


def test_a_folder_is_a_submission(tmp_path):
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "a3.ipynb").write_bytes(notebook("1"))
    assert intake.read(tmp_path / "ada").name == "ada"
    assert intake.find([tmp_path]) == [tmp_path / "ada"]


UNREADABLE = {
    "empty.ipynb": (b"", "0 bytes"),
    "cut.ipynb": (notebook("x = 1")[:-9], "cut off"),
    "picture.ipynb": (b"\x89PNG\r\n", "not a Jupyter notebook"),
    "json.ipynb": (b"[1, 2]", "not a Jupyter notebook of format 4"),
    "deep.ipynb": (b"[" * 100_000, "not a Jupyter notebook"),
    "no_code.ipynb": (notebook(), "no code"),
    "blank.ipynb": (notebook("", "  \n"), "no code"),
    "many.ipynb": (notebook(*["1"] * 1001), "1,001 code cells"),
    "essay.docx": (b"PK", ".docx file"),
    "corrupt.zip": (zipped(**{"a.ipynb": notebook("1")})[:-20], "damaged"),
    "not_a.zip": (b"hello", "damaged"),
    "no_notebook.zip": (zipped(**{"a.txt": b"1"}), "holds a.txt"),
    "two.zip": (zipped(**{"a.ipynb": b"", "b.ipynb": b""}), "0 bytes"),
    "bomb.tar.gz": (gzip.compress(b"0" * 50_000_000), "unpacks to more than"),
    "cut.tar.gz": (tarred("w:gz", {"a.ipynb": notebook("1")})[:-20], "damaged or cut off"),
    "linked.tar": (tarred("w", {"a.ipynb": notebook("1")}, link=True), "holds a link"),
    "three.zip": (
        zipped(**{"a.zip": zipped(**{"b.zip": zipped(**{"a.ipynb": notebook("1")})})}),
        "holds b.zip",
    ),
    "climbing.zip": (zipped(**{"..__..__a.ipynb": notebook("1")}), "leaves its folder"),
    "bomb.zip": (zipped(**{"a.ipynb": b"0" * 50_000_000}), "unpacks to"),
    "crowd.zip": (zipped(**{f"{i}.txt": b"" for i in range(300)}), "300 files"),
}


@pytest.mark.parametrize(
    ("name", "data", "words"), [(n, *v) for n, v in UNREADABLE.items()], ids=UNREADABLE.keys()
)
def test_what_cannot_be_read_is_refused_in_a_sentence(tmp_path, name, data, words):
    with pytest.raises(IntakeError) as error:
        read(tmp_path, name, data)
    assert words in str(error.value)
    assert error.value.what_to_do


def test_a_link_in_a_zip_is_refused(tmp_path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        link = zipfile.ZipInfo("a.ipynb")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(IntakeError, match="link"):
        read(tmp_path, "link.zip", stream.getvalue())


GIVEN = notebook("...", otter={"assignment_name": "a3"})
MINE = notebook("mine = 1", otter={"assignment_name": "a3"})
OF_MANY = {  # {name in the zip: content}, in the order of their times
    "the whole folder": {"h/a3_colab.ipynb": GIVEN, "h/a3.ipynb": MINE},
    "the Colab copy": {"h/a3.ipynb": GIVEN, "h/a3_colab.ipynb": MINE},
    "another assignment's": {"a3.ipynb": MINE, "a4.ipynb": notebook("4", otter={"assignment_name": "a4"})},
    "called like the assignment": {"A3.ipynb": MINE, "Copy.ipynb": notebook("2", otter={"assignment_name": "a3"})},
    "the newest": {"try.ipynb": notebook("2", otter={"assignment_name": "a3"}), "again.ipynb": MINE},
    "of one name": {"old/a3.ipynb": notebook("2", otter={"assignment_name": "a3"}), "new/a3.ipynb": MINE},
    "one that can't be read": {"a3.ipynb": MINE, "b.ipynb": b"{"},
    "an editor's copies": {"a3.ipynb": MINE, "._a3.ipynb": b"1", "a3-checkpoint.ipynb": GIVEN, ".jupyter/a3.ipynb": b"1"},
}  # fmt: skip


@pytest.mark.parametrize("kind", OF_MANY)
def test_of_several_notebooks_the_one_that_was_worked_on_is_graded_and_both_are_named(tmp_path, kind):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for minute, (name, data) in enumerate(OF_MANY[kind].items()):
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 12, minute, 0)), data)
    (tmp_path / "ada.zip").write_bytes(stream.getvalue())
    given = frozenset([intake.digest_of(intake.parse(GIVEN).cells)])
    found = intake.read(tmp_path / "ada.zip", assignment="a3", untouched=given)
    assert [cell.source for cell in found.cells] == ["mine = 1"]
    assert any("2 notebooks" in note for note in found.notes) is (kind != "an editor's copies")


def test_a_zip_whose_program_writes_no_dates_is_read(tmp_path):
    data = bytearray(zipped(**{"a3.ipynb": MINE}))
    for mark, place in ((b"PK\x03\x04", 10), (b"PK\x01\x02", 12)):
        at = data.index(mark) + place
        data[at : at + 4] = bytes(4)  # month and day are 0
    assert [cell.source for cell in read(tmp_path, "ada.zip", bytes(data)).cells] == ["mine = 1"]


def test_a_hand_out_that_nobody_touched_is_graded_as_it_is(tmp_path):
    given = frozenset([intake.digest_of(intake.parse(GIVEN).cells)])
    (tmp_path / "a3.ipynb").write_bytes(GIVEN)
    assert [cell.source for cell in intake.read(tmp_path / "a3.ipynb", untouched=given).cells] == ["..."]


V3 = {
    "nbformat": 3,
    "worksheets": [{"cells": [{"cell_type": "code", "input": "mine = 1", "language": "python"}]}],
}
ARRIVED = {  # as browsers, archive programs and old editors make them
    "a3.ipynb.json": MINE,
    "a3.ipynb.txt": MINE,
    "A3.IPYNB": MINE,
    "zip_called.ipynb": zipped(**{"a3.ipynb": MINE}),
    "notebook_called.zip": MINE,
    "a3.tar": tarred("w", {"h/a3.ipynb": MINE}),
    "a3.tar.gz": tarred("w:gz", {"a3.ipynb": MINE}),
    "tar_called.zip": tarred("w", {"a3.ipynb": MINE}),
    "in_a.zip": zipped(**{"a3.zip": zipped(**{"a3.ipynb": MINE})}),
    "capitals.zip": zipped(**{"A3.IPYNB": MINE}),
    "backslashes.zip": zipped(**{"h\\a3.ipynb": MINE}),
    "brace_behind.ipynb": MINE + b"\n}\n",
    "nul_behind.ipynb": MINE + bytes(9),
    "bom.ipynb": b"\xef\xbb\xbf" + MINE,
    "utf16.ipynb": MINE.decode().encode("utf-16"),
    "latin.ipynb": json.dumps({**json.loads(MINE), "title": "Lösung"}, ensure_ascii=False).encode("latin-1"),
    "v3.ipynb": json.dumps(V3).encode(),
}


@pytest.mark.parametrize("name", ARRIVED)
def test_a_notebook_is_read_as_it_arrives(tmp_path, name):
    assert [cell.source for cell in read(tmp_path, name, ARRIVED[name]).cells] == ["mine = 1"]


def test_a_clone_s_own_files_do_not_count(tmp_path):
    (tmp_path / "ada" / ".git").mkdir(parents=True)
    for number in range(uploads.MAX_MEMBERS + 1):
        (tmp_path / "ada" / ".git" / str(number)).touch()
    (tmp_path / "ada" / "a3.ipynb").write_bytes(MINE)
    assert intake.read(tmp_path / "ada").notes == ()


@pytest.mark.parametrize(
    "given",
    [
        "one_4021_99002_my_lenet.weights.h5",
        "My_LeNet.weights.h5",
        "my_lenet.weights (1).h5",
        "h\\my_lenet.weights.h5",
        "model.h5",
    ],
)
def test_weights_are_found_under_another_name_and_it_is_said(tmp_path, given):
    path = tmp_path / "ada.zip"
    path.write_bytes(zipped(**{"a4.ipynb": MINE, given: b"numbers"}))
    found = intake.read(path, (".weights.h5",), accepted=("my_lenet.weights.h5",))
    assert found.files == {"my_lenet.weights.h5": b"numbers"}
    assert [note.partition(" is taken for ")[0] for note in found.notes] == ([] if "\\" in given else [given])


def test_of_two_other_names_none_is_guessed(tmp_path):
    path = tmp_path / "ada.zip"
    path.write_bytes(zipped(**{"a4.ipynb": MINE, "one.weights.h5": b"1", "two.weights.h5": b"2"}))
    found = intake.read(path, (".weights.h5",), accepted=("my_lenet.weights.h5",))
    assert found.files == {"one.weights.h5": b"1", "two.weights.h5": b"2"}


def test_a_second_file_of_a_name_takes_nobodys_place(tmp_path):
    data = zipped(**{"a.ipynb": notebook("1"), "w.weights.h5": b"mine", "x__w.weights.h5": b"other"})
    found = read(tmp_path, "ada.zip", data, (".weights.h5",))
    assert found.files == {"w.weights.h5": b"mine"}
    assert found.notes == ("set aside, not used in grading: x/w.weights.h5",)


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/etc/passwd")])
def test_what_is_no_file_is_not_opened(tmp_path, make):
    make(tmp_path / "ada.ipynb")
    with pytest.raises(IntakeError, match=r"neither a file|a link"):
        intake.read(tmp_path / "ada.ipynb")


def test_a_folder_of_thousands_is_refused(tmp_path):
    for number in range(uploads.MAX_MEMBERS + 1):
        (tmp_path / f"{number}.txt").touch()
    with pytest.raises(IntakeError, match="201 files"):
        intake.read(tmp_path)


def test_a_hundred_megabytes_are_refused_without_reading_them(tmp_path):
    path = tmp_path / "big.ipynb"
    with open(path, "wb") as file:
        os.truncate(file.fileno(), 100 * 2**20)
    with pytest.raises(IntakeError, match="100 MB; at most 64 MB"):
        intake.read(path)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda v: st.lists(v) | st.dictionaries(st.text(), v),
)
cell_fields = dict.fromkeys(("source", "metadata", "id", "cell_type"), json_values)
notebooks = st.fixed_dictionaries(
    {"cells": st.lists(st.fixed_dictionaries({}, optional=cell_fields)), "metadata": json_values}
).map(lambda value: json.dumps(value).encode())


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200) | notebooks)
def test_no_notebook_raises_anything_but_our_own_error(data):
    with contextlib.suppress(IntakeError):
        intake.parse(data)


@pytest.mark.parametrize(
    "part",
    [b"[],", b"0,", b'"ab",', b'{"a": 1},', b'"",'],
    ids=["lists", "numbers", "texts", "objects", "empty"],
)
def test_a_notebook_of_millions_of_parts_is_refused_before_it_is_decoded(part, monkeypatch):
    monkeypatch.setattr(intake.json, "JSONDecoder", None)
    with pytest.raises(IntakeError, match="more than a million") as refused:
        intake.parse(b'{"metadata": [' + part * 1_200_000 + b'""], "cells": []}')
    assert "Clear the notebook's outputs" in refused.value.what_to_do


def test_a_notebook_with_megabytes_of_text_and_pictures_is_read():
    output = {
        "data": {"image/png": "iVBOR" * 1_000_000, "text/html": '<td class=\\"a\\">[0, 1],</td>' * 200_000}
    }
    cell = {"cell_type": "code", "source": "x = 1", "outputs": [output]}
    cells = intake.parse(json.dumps({"cells": [cell]}).encode()).cells
    assert cells[0].source == "x = 1"


def test_code_of_many_megabytes_is_refused():
    cell = {"cell_type": "code", "source": "x = 1 # " * 600_000}
    with pytest.raises(IntakeError, match="has 5 million characters; at most 4 million"):
        intake.parse(json.dumps({"cells": [cell]}).encode())


def test_of_a_zip_only_what_is_asked_for_is_unpacked(tmp_path, monkeypatch):
    read = []
    unpack = zipfile.ZipFile.read
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda self, m: read.append(m.filename) or unpack(self, m))
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.ipynb", json.dumps({"cells": [{"cell_type": "code", "source": "1"}]}))
        archive.writestr("large.csv", "0" * 100)
        archive.writestr("net.weights.h5", "0")
    submission = intake.read(path, (".weights.h5",))
    assert read == ["a.ipynb", "net.weights.h5"]
    assert submission.notes == ("set aside, not used in grading: large.csv",)


def test_a_zip_with_a_table_of_thousands_is_refused_before_it_is_read(tmp_path, monkeypatch):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(uploads.MOST_ENTRIES + 1):
            archive.writestr(f"{number}", "")
    monkeypatch.setattr(uploads.zipfile, "ZipFile", None)
    with pytest.raises(IntakeError, match="holds 2,001 files"):
        intake.read(path)
