"""The command line as a user meets it: exit codes, sentences, and never a traceback."""

import json
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader import cli
from grader.building import packing
from grader.grading import autograder, batch, doctor
from grader.reports import class_report, terminal
from grader.sandbox.defences import NO_FILTER, NO_LANDLOCK, NO_PRIVILEGES, SAME_USER, State
from tests.conftest import ROOT, SUBMISSIONS

A3 = SUBMISSIONS / "a3_numpy_convnet"


def kerasnets(*arguments, cwd=ROOT, env=None):
    command = [Path(sys.executable).with_name("kerasnets"), *arguments]
    return subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, **(env or {})},
    )


@pytest.fixture
def here(monkeypatch):
    """The command in this process, which saves a start of Python, and of Keras."""

    def here(*arguments, cwd=ROOT):
        monkeypatch.chdir(cwd)
        return CliRunner().invoke(cli.cli, [str(part) for part in arguments])

    return here


@pytest.fixture(scope="module")
def zipped(built):
    return built / "dist" / "a3_numpy_convnet-autograder.zip"


@pytest.mark.parametrize("words", [(), ("--allow-open-files",)], ids=["as it is", "allowed"])
def test_files_are_left_open_to_a_submission_where_that_is_said_alone(
    zipped, tmp_path, monkeypatch, here, words
):
    said = []
    monkeypatch.setattr(
        batch, "grade_all", lambda *_, **options: said.append(options["allow_open_files"]) or []
    )
    monkeypatch.setattr(terminal, "table", str)
    monkeypatch.setattr(class_report, "summarise", lambda reports: None)
    monkeypatch.setattr(terminal, "class_tables", lambda summary: [])
    done = here("grade", "--allow-public-seed", A3 / "empty.ipynb", "-a", zipped, "-o", tmp_path, *words)
    assert (done.exit_code, said) == (0, [bool(words)])


def test_the_zoo_is_listed_with_its_published_counts():
    done = kerasnets("models")
    assert done.returncode == 0
    for line in ("lenet5", "61,706", "vgg16", "138,357,544", "vgg19", "143,667,240"):
        assert line in done.stdout


def test_a_layer_table_ends_in_its_total(here):
    done = here("models", "vgg16")
    assert done.exit_code == 0
    assert [line.split()[2] for line in done.stdout.splitlines() if line.startswith("total")] == [
        "138,357,544"
    ]


def test_the_story_of_ilsvrc_says_of_what_each_error_is(here):
    done = here("models", "--table")
    assert done.exit_code == 0
    lines = {line.split()[1]: line for line in done.stdout.splitlines() if line.strip().startswith("20")}
    assert list(lines) == [
        "alexnet",
        "vgg16",
        "vgg19",
        "googlenet",
        "resnet34",
        "resnet50",
        "resnet101",
        "resnet152",
    ]
    for part in ("2015", "152", "60,419,944", "22.6", "3.57 %", "test; won", "table 5"):
        assert part in lines["resnet152"]
    assert "two per multiply-and-add" in done.stdout
    assert "He, Zhang, Ren, Sun" in done.stdout


def test_a_network_is_drawn(tmp_path, here):
    done = here("models", "--plot", "vgg16", "-o", tmp_path / "vgg.png")
    assert done.exit_code == 0, done.stderr
    assert (tmp_path / "vgg.png").read_bytes().startswith(b"\x89PNG")
    here("models", "lenet5", "--plot", cwd=tmp_path)
    assert (tmp_path / "lenet5.png").exists()


def test_a_class_is_graded_into_reports_a_gradebook_and_a_table(zipped, tmp_path):
    (tmp_path / "empty.ipynb").write_bytes(b"")
    done = kerasnets(
        "grade",
        *(A3 / "correct_loops.ipynb", tmp_path / "empty.ipynb"),
        *("-a", zipped, "-o", tmp_path / "out", "--allow-public-seed"),
    )
    assert done.returncode == 0, done.stderr
    assert "100 %" in done.stdout
    results = json.loads((tmp_path / "out" / "correct_loops" / "results.json").read_text())
    assert results["score"] == 100
    assert (tmp_path / "out" / "empty" / "feedback.html").exists()
    assert len((tmp_path / "out" / "gradebook.csv").read_text().splitlines()) == 4


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("grade", "nowhere.ipynb", "-a", "nothing.zip"), "there is no nowhere.ipynb"),
        (("grade", A3, "-a", "nothing.zip"), "make it with: kerasnets build"),
        (("grade", A3, "-a", ROOT / "README.md"), "can't be read as a zip"),
        (("grade", A3), "Missing option '-a'"),
        (
            ("grade", ROOT / "assignments" / "a3_numpy_convnet" / "tests" / "nothing", "-a", "x.zip"),
            "there is no",
        ),
        (("grade", A3, "-a", "nothing.zip", "--seed", "xyz"), ""),
        (("build", "a99"), "no assignment 'a99'"),
        (("build", "--course", "nowhere.toml"), "nowhere.toml can't be read"),
        (("models", "vgg99"), "no network is called 'vgg99'"),
        (("models", "--plot"), "--plot draws one network"),
        (("models", "lenet5", "-o", "x.png"), "-o says where"),
        (("models", "--table", "lenet5"), "give it alone"),
        (("models", "--plot", "lenet5", "-o", "x.foo"), "'foo' is not supported"),
        (("train", "lenet5", "--data", "faces"), "'faces' is not one of"),
        (("train", "lenet99", "--data", "digits"), "no network is called 'lenet99'"),
        (("train", "lenet5", "--epochs", "0"), "0 is not in the range"),
        (("fly",), "No such command 'fly'"),
    ],
)
def test_a_mistake_is_a_sentence_and_exit_code_2(arguments, words, here):
    done = here(*arguments)
    assert (done.exit_code, type(done.exception)) == (2, SystemExit)
    assert words in done.stderr


def test_a_mistake_is_a_sentence_in_a_process_of_its_own_too():
    done = kerasnets("grade", "nowhere.ipynb", "-a", "nothing.zip")
    assert done.returncode == 2
    assert "there is no nowhere.ipynb" in done.stderr
    assert "Traceback" not in done.stderr


def test_outside_a_course_the_command_says_where_to_go(tmp_path, here):
    done = here("build", cwd=tmp_path)
    assert done.exit_code == 2
    assert "inside a clone of the course" in done.stderr


def test_a_student_zip_of_another_kind_is_no_autograder(built, here):
    done = here("grade", A3, "-a", built / "dist" / "a3_numpy_convnet-student.zip")
    assert done.exit_code == 2
    assert "is not an autograder zip of kerasnets" in done.stderr


def test_a_seed_can_be_given_and_is_recorded(zipped, tmp_path, here):
    here("grade", A3 / "correct_fft.ipynb", "-a", zipped, "-o", tmp_path, "--seed", "00ff")
    results = json.loads((tmp_path / "correct_fft" / "results.json").read_text())
    assert "00ff" in json.dumps(results["extra_data"])


def test_the_seed_of_the_public_repository_grades_nobody(zipped, tmp_path, here):
    stopped = here("grade", A3 / "empty.ipynb", "-a", zipped, "-o", tmp_path / "out")
    assert stopped.exit_code == 2
    for words in (
        "seed that the public repository ships",
        "course.toml",
        "secrets.token_urlsafe",
        "--allow-public-seed",
    ):
        assert words in stopped.stderr
    assert not (tmp_path / "out").exists()
    allowed = here("grade", A3 / "empty.ipynb", "-a", zipped, "-o", tmp_path / "out", "--allow-public-seed")
    assert allowed.exit_code == 0, allowed.stderr


def with_entries(zipped, path, **entries):
    """A copy of the zip with other entries in its manifest."""
    with zipfile.ZipFile(zipped) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(files[autograder.MANIFEST]) | entries
    files[autograder.MANIFEST] = json.dumps({k: v for k, v in manifest.items() if v is not None}).encode()
    return packing.write_zip(path, files)


def test_a_public_seed_is_known_by_its_key_whatever_the_term_is_called(zipped, tmp_path, the_course):
    id = "a3_numpy_convnet"
    assert the_course.has_public_seed
    assert autograder.read(zipped).has_public_seed
    for term, seed, public in (
        ("2031-spring", the_course.seed, True),
        (None, the_course.seed, True),
        (the_course.term, "known to the teachers", False),
    ):
        key = replace(the_course, term=term or the_course.term, seed=seed).key(id).hex()
        other = with_entries(zipped, tmp_path / "other.zip", term=term, key=key)
        assert autograder.read(other).has_public_seed is public


def test_a_seed_of_ones_own_grades(zipped, tmp_path, the_course, here):
    key = replace(the_course, seed="known to the teachers").key("a3_numpy_convnet").hex()
    private = with_entries(zipped, tmp_path / "private.zip", key=key)
    done = here("grade", A3 / "empty.ipynb", "-a", private, "-o", tmp_path / "out")
    assert (done.exit_code, "public" in done.stderr) == (0, False)


def test_every_build_with_the_public_seed_says_so(tmp_path, here):
    done = here(
        *("build", "a1_convolution_arithmetic", "--quick"),
        *("--dist", tmp_path / "dist", "--assignments", tmp_path / "assignments"),
    )
    assert done.exit_code == 0, done.stderr
    assert (
        "warning: the hidden cases of these zips are drawn from the seed that the public repository ships"
        in done.stderr
    )


def test_an_empty_folder_and_a_place_that_cannot_be_written_are_sentences_too(zipped, tmp_path, here):
    empty = here("grade", tmp_path, "-a", zipped)
    assert (empty.exit_code, "nothing in there to grade" in empty.stderr) == (2, True)
    (tmp_path / "file").write_text("in the way")
    blocked = here("grade", A3 / "empty.ipynb", "-a", zipped, "-o", tmp_path / "file", "--allow-public-seed")
    assert (blocked.exit_code, type(blocked.exception)) == (2, SystemExit)
    assert "file: File exists" in blocked.stderr


def test_the_doctor_names_every_defence_of_a_worker(numpy_zygote):
    child = numpy_zygote.fork("worker")
    child.end()
    done = kerasnets("doctor")
    assert done.returncode == 0
    said = " ".join(done.stdout.split())
    for defence in child.defences:
        assert re.search(rf"{defence.name} {defence.state} {re.escape(defence.words.split()[0])}", said)


@pytest.mark.parametrize(
    "missing", [NO_LANDLOCK, NO_FILTER, SAME_USER, NO_PRIVILEGES], ids=lambda one: one.name
)
@pytest.mark.parametrize("state", [State.MISSING, State.NOT_TRIED])
def test_the_doctor_says_of_a_missing_defence_that_it_is_missing(missing, state):
    """Its sentence names what is missing, "this system has no Landlock": no word in it reads as a defence."""
    rows = {row.defence.name: row for row in doctor.table((replace(missing, state=state),))}
    assert rows[missing.name].defence.state is state
    assert not rows[missing.name].defence.holds
    assert all(row.without for row in rows.values())


def test_the_doctor_knows_what_follows_from_a_missing_defence():
    nothing = {
        row.defence.name: row.defence.holds for row in doctor.table((NO_LANDLOCK, NO_FILTER, SAME_USER))
    }
    all_held = tuple(replace(one, state=State.HELD) for one in (NO_LANDLOCK, NO_FILTER, SAME_USER))
    everything = {row.defence.name: row.defence.holds for row in doctor.table(all_held)}
    for follows in ("processes", "NumPy alone"):
        assert (nothing[follows], everything[follows]) == (False, True)


@pytest.mark.skipif(sys.platform != "linux", reason="seccomp is Linux's")
def test_without_the_filters_library_grading_stops_and_names_the_package(zipped, tmp_path):
    """`pyseccomp` that can't be imported stands in for a machine without libseccomp."""
    (tmp_path / "pyseccomp.py").write_text("raise OSError('libseccomp.so.2: cannot open shared object file')")
    done = kerasnets(
        *("grade", A3, "-a", zipped, "-o", tmp_path / "out", "--allow-public-seed"),
        env={"PYTHONPATH": str(tmp_path)},
    )
    assert done.returncode == 3
    assert "apt-get install libseccomp2" in done.stderr
    assert "Traceback" not in done.stderr
