"""gradebook.csv: one line for each submission, safe to open in a spreadsheet."""

import csv
from dataclasses import replace

from grader.report import QuestionResult, Report
from grader.reports import gradebook
from tests.grader import sample_reports as samples
from tests.grader.sample_reports import right


def read(reports, folder):
    path = gradebook.write_csv(reports, folder / "gradebook.csv")
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_points_possible_come_first_and_then_the_class_by_name(tmp_path):
    rows = read(samples.SAMPLES, tmp_path)
    questions = [f"a3.q{i}" for i in range(1, 11)]
    assert list(rows[0]) == ["file", *questions, "total", "possible", "percent", "status", "diagnoses"]
    names = ["ada.ipynb", "dennis.ipynb", "grace.ipynb", "linus.ipynb", "mallory.ipynb"]
    assert [row["file"] for row in rows] == [gradebook.POINTS_ROW, *names]
    assert [rows[0][key] for key in ("a3.q10", "total")] == ["3", "14"]
    assert [rows[1][key] for key in ("a3.q10", "percent")] == ["3", "100"]
    assert [rows[3][key] for key in ("a3.q2", "total", "percent")] == ["0.4", "11.9", "85"]
    assert rows[3]["diagnoses"] == "conv.flipped_kernel; pool.ties_split"
    assert [row["status"] for row in rows[1:]] == ["graded", "not graded", "graded", "see notes", "see notes"]
    assert gradebook.write_csv([], tmp_path / "g.csv").read_text().startswith("file,total,possible")


def test_no_cell_is_a_formula(tmp_path):
    names = ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "\x00=1", "\n=1", '=cmd|"/c"!A1', "＝1"]
    files = [
        row["file"] for row in read([replace(samples.CORRECT, submission=name) for name in names], tmp_path)
    ]
    assert len(files) == 1 + len(names)
    assert [file for file in files[1:] if not file.startswith("'")] == []


def test_without_questions_there_are_zeros_and_another_assignments_questions_stay_blank():
    bare = Report("a3_numpy_convnet", "A", "bare.ipynb", error="empty file")
    other = Report("a4_lenet", "B", "zoe.ipynb", (QuestionResult("a4.q1", "q1", 1, (right("x", 1),)),))
    rows = gradebook.rows([samples.CORRECT, bare, other])
    assert rows[3][:12] == ["bare.ipynb", *["0"] * 11]
    assert rows[4][:12] == ["zoe.ipynb", *[""] * 10, "1"]
