"""The grader's own grade: what it measures, that it can come out badly, and that it comes out well."""

import ast
import json
import re

import numpy as np
import pytest
from click.testing import CliRunner

from grader.auditing import audit, empty_answers
from grader.auditing import page as report
from grader.auditing.answers import accepted, knowing, known_ideas, of_accepted, of_empty, of_ideas
from grader.auditing.audit import Findings, run
from grader.auditing.marks import Marks, Said, seeds
from grader.auditing.marks import marks as ask_every_case
from grader.auditing.questions import Case, Question, judging, questions
from grader.cli import cli
from grader.cnnchecks.asking import outcome_of
from grader.cnnchecks.check_functions import check_refuses
from grader.cnnchecks.oracle import OneAnswer
from grader.cnnchecks.outcome import Answer, CheckFailed, Outcome
from grader.grading import grade
from grader.judge.ask import check_drawn
from grader.judge.context import Judging, judging_of
from grader.judge.draw import DEFAULT_SEED
from grader.judge.reference import REFERENCE
from grader.tasks.catalogue import IDEAS, by_id
from tests.conftest import ROOT, SUBMISSIONS

ACCEPTED = ROOT / "tests" / "accepted"
NUMPY, MODELS = sorted(ACCEPTED.glob("*.py")), sorted((ACCEPTED / "models").glob("*.py"))
QUESTIONS = questions(ROOT)
SHORT = ("a3.q1", "a3.q7", "a3.q9", "a4.q5")  # a second each


def about(question):
    return f"{question.id} {' '.join(question.names)}"


def question(ask, names=("relu_forward",), hidden=True):
    return Question("made up", names, (Case(hidden, names, ask),), {})


def asked(of_question, *arguments):
    with judging(arguments[0]) as context:
        return list(of_question(context, *arguments, seeds(2)))


def drawn(env):
    check_drawn(env, "relu_forward", "plain")


def accepts_everything(env):
    pass


def accepts_a_shape(env):
    x = np.arange(-3.0, 3.0)
    anything = OneAnswer(Answer(x, atol=1e9))
    outcome = outcome_of(env, "relu_forward", (x,), {}, anything)
    if not outcome.passed:
        raise CheckFailed(outcome)


# It comes out well -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("chosen", [q for q in QUESTIONS if q.id in SHORT], ids=about)
def test_a_question_meets_every_bar_on_two_draws(chosen):
    found = run(ROOT, lambda question: question == chosen, seeds(2))
    assert [bar.what for bar in report.bars(found) if not bar.met] == []
    assert len(found.ideas) >= 3
    assert len(found.empty) >= 20


@pytest.mark.slow
@pytest.mark.parametrize("chosen", QUESTIONS, ids=about)
def test_each_question_meets_every_bar(chosen):
    """`kerasnets audit` takes twenty draws, and these are none of them."""
    found = run(ROOT, lambda question: question == chosen, seeds(22)[20:])
    assert [bar.what for bar in report.bars(found) if not bar.met] == []


def test_every_function_that_ideas_claim_is_audited():
    asked_for = {name for question in QUESTIONS for name in question.names}
    assert {name.partition("/")[0] for idea in IDEAS for name in idea.answers} <= asked_for


def test_the_cases_are_those_of_the_masters():
    (chosen,) = [q for q in QUESTIONS if q.id == "a3.q1"]
    source = (ROOT / "solutions" / "a3_numpy_convnet" / "a3_numpy_convnet.py").read_text()
    first = source.partition("# BEGIN TESTS")[2].partition("# END TESTS")[0]
    assert len(chosen.cases) == first.count("def test_")
    assert sum(case.hidden for case in chosen.cases) == first.count("# HIDDEN")


def test_no_test_draws_from_the_audit_s_seeds():
    known = {bytes([n]) for n in range(256)} | {b"", DEFAULT_SEED}
    assert not known & set(seeds(20))
    assert len(set(seeds(20))) == 20


def test_the_page_in_the_docs_is_about_what_there_is():
    page = (ROOT / "docs" / "audit.md").read_text(encoding="utf-8")
    names = set(re.findall(r"^\| (\w+) \| .* \|$", page, re.MULTILINE))
    assert {path.stem for path in (*NUMPY, *MODELS)} <= names
    assert "| NO |" not in page
    assert int(re.search(r"under (\d+) draws", page)[1]) >= 2


# It can come out badly -------------------------------------------------------------------------------------


def test_a_check_that_accepts_everything_kills_nothing_and_pays_for_everything():
    weak = question(accepts_everything)
    assert not any(m.killed for m in asked(of_ideas, weak))
    assert not any(m.empty for m in asked(of_empty, weak))


def test_a_check_of_the_shape_alone_pays_for_noise():
    paid = {m.sample for m in asked(of_empty, question(accepts_a_shape)) if not m.empty}
    assert {"zeros", "noise", "argument 1 returned"} <= paid
    assert not {"returns None", "always 0", "refuses everything"} & paid


def test_a_check_that_is_too_narrow_rejects_what_is_right():
    def exact(env):
        x = np.arange(-3.0, 3.0).reshape(2, 3)
        if not env["relu_forward"](x).flags.c_contiguous:
            raise CheckFailed(Outcome(False, "value", "not as I wrote it"))

    narrow = question(exact)
    found = asked(of_accepted, narrow, accepted(ACCEPTED, narrow.names))
    rejected = {m.sample for m in found if not m.clean}
    assert "stride_tricks" in rejected
    assert "loops" not in rejected


def test_a_case_that_hangs_on_the_draw_is_noticed():
    def lucky(env):
        if judging_of(env).generator("relu_forward", "plain", 0).integers(2):
            drawn(env)

    zeros = {"relu_forward": lambda x: 0 * x}
    (marks,) = asked(lambda context, q, draws: [ask_every_case(context, q, "always 0", zeros, seeds(20))],
                     question(lucky))  # fmt: skip
    assert not marks.steady
    assert not marks.killed
    assert not marks.empty


def test_without_an_idea_in_the_library_nothing_is_named():
    before = list(IDEAS)
    (marks,) = asked(
        lambda context, q, draws: [
            ask_every_case(knowing(context, ()), q, "", {"relu_forward": lambda x: x}, draws)
        ],
        question(drawn),
    )
    assert marks.killed
    assert marks.confident() == []
    assert before == IDEAS


def test_a_master_s_weak_case_is_found_by_the_answer_that_refuses_everything():
    """A kernel that doesn't fit must be refused; whoever refuses all of them knows nothing."""

    def refuses(env):
        check_refuses(env, "conv_output_size", 5, 6)

    paid = {m.sample for m in asked(of_empty, question(refuses, ("conv_output_size",))) if not m.empty}
    assert paid == {"refuses everything"}


# The grade -------------------------------------------------------------------------------------------------

GOOD, OTHER, FAILED = Said("value", ("a",)), Said("value", ("b",)), Said("value", ())


def marks(*hidden, public=(None,), sample="a"):
    return Marks("a1.q1", ("f",), sample, public, hidden)


RIGHT = Findings(
    ideas=(marks((GOOD, None), (GOOD, None)),),
    accepted=(marks((None, None), (None, None), sample="loops"),),
    empty=(marks((FAILED, FAILED), (FAILED, FAILED), sample="zeros"),),
    strangers=(marks((FAILED,), sample="a"),),
    pairs=(marks((Said("value", ("a + b",)), GOOD), sample="a + b"),),
)
WRONG = {
    "wrong ideas killed": Findings(ideas=(marks((GOOD, None), (None, None)),)),
    "right implementations": Findings(accepted=(marks((None, FAILED), (None, FAILED), sample="loops"),)),
    "answers without thought": Findings(empty=(marks((FAILED, None), (FAILED, None), sample="zeros"),)),
    "answers whose score": Findings(ideas=(marks((GOOD, None), (GOOD, GOOD)),)),
    "draws on which": Findings(ideas=(marks((FAILED, GOOD), (FAILED, FAILED)),)),
    "names given to one": Findings(ideas=(marks((GOOD, OTHER), (GOOD, OTHER)),)),
    "names given to pairs": Findings(pairs=(marks((Said("value", ("a + c",)),), sample="a + b"),)),
    "cases of ideas taken out": Findings(strangers=(marks((OTHER,)),)),
}


def test_good_findings_meet_all_bars():
    assert all(bar.met for bar in report.bars(RIGHT))
    assert [table.title for table in report.tables(RIGHT, ROOT)][1] != "What is wrong"


@pytest.mark.parametrize("what", WRONG)
def test_each_bar_can_be_missed(what):
    missed = [bar.what for bar in report.bars(WRONG[what]) if not bar.met]
    assert any(bar.startswith(what) for bar in missed)
    assert "What is wrong" in [table.title for table in report.tables(RIGHT + WRONG[what], ROOT)]


def test_an_implementation_that_only_fails_a_visible_case_is_rejected_too():
    found = Findings(accepted=(marks((None,), public=(FAILED,), sample="loops"),))
    assert next(bar.met for bar in report.bars(found)) is False


def test_an_idea_that_explains_one_case_and_not_another_is_told_but_in_doubt():
    (chosen,) = [q for q in QUESTIONS if q.id == "a3.q3"]
    with judging(chosen) as everything:
        others = (idea for idea in known_ideas(everything) if idea.card.id != "conv.bias_per_tap")
        context = knowing(everything, others)
        wrong = {"conv2d_forward": by_id("conv.bias_per_channel").answers["conv2d_forward"]}
        right = ask_every_case(context, chosen, "conv.bias_per_channel", wrong, seeds(2))
        wrong = {"conv2d_forward": lambda x, w, b, *more, **options: REFERENCE["conv2d_forward"](
            x, w, b * w[..., 0].size, *more, **options)}  # fmt: skip
        unknown = ask_every_case(context, chosen, "conv.bias_per_tap", wrong, seeds(2))
    assert all(right.named())
    assert unknown.confident() == []
    told = {said.ideas for draw in unknown.hidden for said in draw if said}
    assert ("conv.bias_per_channel",) in told  # kernels of one pixel can't tell them apart


def test_several_ideas_at_once_are_no_name():
    assert Said("value", ("a", "b")).named == ""
    assert marks((Said("value", ("a", "b")), GOOD)).confident() == ["a"]


@pytest.mark.parametrize(
    ("found", "code"), [(RIGHT, 0), (WRONG["wrong ideas killed"], 1)], ids=["met", "missed"]
)
def test_a_bar_that_is_missed_is_an_exit_code(found, code, monkeypatch):
    monkeypatch.setattr(audit, "run", lambda *args, **kwargs: found)
    done = CliRunner().invoke(cli, ["audit", "--course", str(ROOT / "course.toml"), "--no-models"])
    assert done.exit_code == code, done.output
    assert "wrong ideas killed by hidden cases" in done.output


def test_the_page_is_written_where_the_course_is(monkeypatch, tmp_path):
    (tmp_path / "docs").mkdir()
    monkeypatch.setattr(audit, "run", lambda *args, **kwargs: RIGHT)
    monkeypatch.setattr("grader.auditing.questions.questions", lambda root: ())
    monkeypatch.setattr(report, "_implementations", lambda found, root: [("loops", "f", "loops")])
    done = CliRunner().invoke(cli, ["audit", "--write", "--course", str(tmp_path / "course.toml")])
    assert done.exit_code == 0, done.output
    page = (tmp_path / "docs" / "audit.md").read_text()
    assert page.startswith("# The grader's own grade")
    assert "| wrong ideas killed by hidden cases | 1 of 1 (100 %) | all | yes |" in page


# Right implementations -------------------------------------------------------------------------------------


def test_there_are_more_than_forty_and_each_says_what_is_different_about_it():
    words = [ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) for path in (*NUMPY, *MODELS)]
    assert len(words) >= 40
    assert all(words)
    assert len(set(words)) == len(words)


def test_each_answers_something_that_is_asked():
    names = {name for question in QUESTIONS for name in question.names}
    found = {answer.name: answer.env for answer in accepted(ACCEPTED, sorted(names))}
    assert [path.stem for path in NUMPY if not found[path.stem]] == []


def test_an_error_class_of_one_s_own_is_a_value_error_too():
    class TooLarge(ValueError):
        pass

    def refuse(size):
        raise TooLarge(size)

    check_refuses({"f": refuse}, "f", 7)


@pytest.mark.slow
@pytest.mark.parametrize("path", NUMPY, ids=lambda path: path.stem)
def test_an_implementation_passes_behind_the_seal_as_well(path, a3, a4, numpy_zygote, keras_zygote, tmp_path):
    """Views, Fortran order, NumPy's numbers and classes of one's own have to cross to the judge."""
    source = path.read_text(encoding="utf-8")
    defined = {node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}
    for autograder, sample in ((a3, "correct_loops"), (a4, "without_weights")):
        zygote = numpy_zygote if autograder.backend == "numpy" else keras_zygote
        answered = {
            q: defined & set(names) for q, names in autograder.questions.items() if defined & set(names)
        }
        if not answered:
            continue
        notebook = with_answers(autograder.id, sample, source, answered)
        (tmp_path / f"{autograder.id}.ipynb").write_text(json.dumps(notebook))
        result = grade.grade(tmp_path / f"{autograder.id}.ipynb", autograder, zygote)
        lost = {q.name: [case.title for case in q.cases if not case.passed] for q in result.questions}
        assert {name: cases for name, cases in lost.items() if name in answered and cases} == {}


def with_answers(assignment, sample, source, answered):
    """A sample's notebook, in which the implementation's functions (and nothing else of it) stand before the check of
    each question that they answer."""
    notebook = json.loads((SUBMISSIONS / assignment / f"{sample}.ipynb").read_text())
    first = ["mine = {'__name__': '__main__'}", f"exec({source!r}, mine)"]
    cells = []
    for number, known in enumerate(notebook["cells"]):
        check = re.search(r'grader\.check\("(\w+)"\)', "".join(known["source"]))
        for name in sorted(answered.get(check[1], ())) if check else ():
            lines = [*first, f"{name} = mine[{name!r}]"]
            cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
            cells.append({**cell, "id": f"mine{number}{name}", "source": "\n".join(lines)})
        cells.append(known)
    return {**notebook, "cells": cells}


# Answers without thought -----------------------------------------------------------------------------------


def test_what_is_empty_has_the_right_form():
    (chosen,) = [q for q in QUESTIONS if q.id == "a3.q4"]
    x, w, dout = np.ones((1, 4, 4, 2)), np.ones((3, 3, 2, 1)), np.ones((1, 2, 2, 1))
    right = REFERENCE["conv2d_backward"](dout, x, w)
    for kind, env in empty_answers.answers(chosen.names, [], Judging()):
        if kind in empty_answers.FORMS:
            answer = env["conv2d_backward"](dout, x, w)
            assert [a.shape for a in answer] == [r.shape for r in right]
            assert [a.dtype for a in answer] == [r.dtype for r in right]


def test_the_public_answers_are_known_by_heart():
    (chosen,) = [q for q in QUESTIONS if q.id == "a3.q1"]
    public = [case.ask for case in chosen.cases if not case.hidden]
    with judging(chosen) as context:
        known = dict(empty_answers.answers(chosen.names, public, context))
    by_heart = known["the public answers by heart"]["conv_output_size"]
    assert by_heart(64, 3) == 62
    assert by_heart(65, 3) == 0
    assert known["the last public answer"]["conv_output_size"](1, 2, 3) == REFERENCE["conv_output_size"](
        10, 3, strides=2, padding=1, dilation_rate=3
    )
