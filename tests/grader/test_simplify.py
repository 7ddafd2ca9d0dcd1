"""A mistake is shown on a small input that a person can follow, and asking for it harms and tells nothing."""

import json
import re
import sys
import time
import warnings
from typing import Any

import numpy as np
import pytest

from grader.building.hand_out import record_fixtures, run_case
from grader.building.source import Source
from grader.cnnchecks import example
from grader.cnnchecks.asking import outcome_of
from grader.cnnchecks.check_functions import check
from grader.cnnchecks.context import Context, Names
from grader.cnnchecks.example import SHOWN, illustrated
from grader.cnnchecks.fixtures import FixtureOracle
from grader.cnnchecks.oracle import Rung
from grader.cnnchecks.outcome import Call, CheckFailed, Outcome, explain
from grader.cnnchecks.values import key
from grader.grading import examples, grade
from grader.judge import simplify
from grader.judge.ask import check_drawn
from grader.judge.context import Judging
from grader.judge.draw import generator
from grader.judge.fixtures import RecordingOracle, recorded_ladder
from grader.judge.oracle import LiveOracle, _mistake, shown_best, signature_of
from grader.judge.reference import REFERENCE
from grader.reports import page
from grader.tasks.catalogue import GRIDS, by_id, for_function
from tests.conftest import SUBMISSIONS

LADDERS = [name for name in GRIDS if simplify.ladder(name)]
CLAIMS = [(name, idea.card.id) for name in LADDERS for idea in for_function(name)]
NOT_ON_SMALL_NUMBERS = {  # they are wrong about many terms, large numbers or dtypes only
    "conv.half_precision",
    "conv.kept_as_integers",
    "pool.kept_as_integers",
}
CONV = REFERENCE["conv2d_forward"]


def drawn(name, function, grid, seed=b"any") -> Any:
    """What a hidden grid says to a student with this function."""
    with pytest.raises(CheckFailed) as failed:
        check_drawn(Judging(seed=seed).names({name: function}), name, grid)
    return failed.value.outcome


def flipped(x, w, b, **options):
    return CONV(x, w[::-1, ::-1], b, **options)


def arrays_of(rung):
    return [value for value in rung.args if isinstance(value, np.ndarray)]


# The ladder -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LADDERS)
def test_every_wrong_idea_shows_on_a_small_input(name):
    ids = {idea.card.id for idea in for_function(name)} - NOT_ON_SMALL_NUMBERS
    assert {id for id in ids if not shows(name, id)} == set()


def shows(name, id):
    """Does the idea give another answer than the right one at each small input that is shown for it, and are they small?"""
    labels = signature_of(name).labels or (f"`{name}`",)
    nested = [label for rung in simplify.ladder(name) for label in [_mistake(name, id, rung)[0]] if label]
    found = [rung for label in {*labels, *nested} if (rung := shown_best(name, id, label))]
    are_small = all(sum(array.size for array in arrays_of(rung)) <= 60 for rung in found)
    return found and are_small and all(LiveOracle().believed(name, rung, (by_id(id).card,)) for rung in found)


def test_a_ladder_has_whole_numbers_and_begins_with_the_smallest_input():
    for name in LADDERS:
        extents = [simplify.extent(rung) for rung in simplify.ladder(name)]
        assert extents == sorted(extents)
        if name not in ("accuracy", "cross_entropy", "ensemble_predictions", "gradient_of_polynomial"):
            for rung in simplify.ladder(name):
                assert all(
                    np.array_equal(array, np.round(array), equal_nan=True) for array in arrays_of(rung)
                ), name


def test_a_ladder_is_answered_by_the_reference_and_asks_for_no_hidden_input():
    for name in LADDERS:
        hidden = set()
        for seed in range(20):
            for grid, cases in GRIDS[name].items():
                for i, case in enumerate(cases):
                    args, kwargs = case.draw(generator(bytes([seed]), name, grid, i))
                    hidden.add(key(name, args, kwargs))
        for rung in simplify.ladder(name):
            assert outcome_of(REFERENCE, name, rung.args, rung.kwargs, LiveOracle()).passed
            assert key(name, rung.args, rung.kwargs) not in hidden, (name, rung.args, rung.kwargs)


def test_a_rung_knows_the_zeros_that_same_puts_around_its_image():
    for rung in simplify.ladder("conv2d_forward"):
        (top, bottom), (left, right) = rung.zeros
        x, w, b = rung.args
        framed = np.pad(x, ((0, 0), (top, bottom), (left, right), (0, 0)))
        options = {**rung.kwargs, "padding": "valid"}
        np.testing.assert_array_equal(CONV(framed, w, b, **options), CONV(x, w, b, **rung.kwargs))


def test_simpler_numbers_are_tried_boldly_and_not_for_ever():
    tried = []

    def shows(rung):
        tried.append(rung.args)
        return bool(rung.args[0][2, 1] < 0)

    rung = Rung((np.array([[3.0, 5.0], [2.0, 7.0], [4.0, -6.0]]), np.array([8.0])))
    x, b = simplify.simplest(rung, shows).args
    assert (x.tolist(), b.tolist()) == ([[0, 0], [0, 0], [0, -1]], [0])
    assert not tried[0][1].any(), "the whole of the last array first"
    tried.clear()
    simplify.simplest(Rung((np.ones((30, 30)) * 7,)), lambda rung: tried.append(rung.args) is not None)
    assert len(tried) == simplify.MOST_TRIES


# What is shown ----------------------------------------------------------------------------------------------


def test_a_flipped_kernel_is_shown_on_four_pixels():
    example = drawn("conv2d_forward", flipped, "valid").example
    assert example.call == "conv2d_forward(x, w, b)"
    x, w = np.zeros((1, 2, 3, 1)), np.array([[0.0, 1.0]]).reshape(1, 2, 1, 1)
    x[0, 1, 2, 0] = 1
    # by hand: the 1 meets the right weight
    assert CONV(x, w, np.zeros(1))[0, :, :, 0].tolist() == [[0, 0], [0, 1]]
    assert example.text == (
        "x              w          b\n"
        "   0   0   0      0   1      0\n"
        "   0   0   1\n\n"
        "expected   got\n"
        "   0   0      0   0\n"
        "   0   1      0   0\n\n"
        "expected[0, 1, 1, 0] is 1*1 = 1, got 0"
    )
    np.testing.assert_array_equal(example.picture.expected, [[0, 0], [0, 1]])
    np.testing.assert_array_equal(example.picture.got, [[0, 0], [0, 0]])
    assert example.picture.outlined == (1, 1)


def test_the_sum_under_same_padding_counts_the_zeros_around_the_image():
    def twice_at_the_border(x, w, b, strides=1, padding="valid", **options):
        out = CONV(x, w, b, strides, padding, **options)
        if padding == "same":
            out[:, -1] *= 2
        return out

    example = drawn("conv2d_forward", twice_at_the_border, "same").example
    assert "padding='same'" in example.call
    (sum_,) = re.findall(r"expected\[.*\] is (.*) = (\S+), got (\S+)", example.text)
    assert eval(sum_[0]) == float(sum_[1])
    assert float(sum_[2]) == 2 * float(sum_[1])


def test_a_pooling_window_at_the_border_holds_real_pixels_only():
    idea = by_id("pool.average_counts_padding")
    example = drawn(
        "avg_pool2d_forward", lambda *a, **k: idea.answer("avg_pool2d_forward", *a, **k), "same"
    ).example
    (window, mean) = re.search(r"is the mean of (.*): (\S+), got", example.text).groups()
    assert np.mean([float(v) for v in window.split(", ")]) == float(mean)


def test_a_wrong_shape_keeps_different_numbers_so_that_one_sees_which_are_too_many():
    idea = by_id("conv.strides_ignored")
    example = drawn(
        "conv2d_forward", lambda *a, **k: idea.answer("conv2d_forward", *a, **k), "strides"
    ).example
    assert "shape (1, 2, 2, 1)   got, shape (1, 3, 2, 1)" in example.text
    numbers = [row.split() for row in example.text.split("got, shape")[1].splitlines()[1:]]
    assert numbers == [["12", "27", "12", "27"], ["7", "42", "17", "22"], ["7", "42"]]


def test_an_exception_is_shown_with_the_smallest_input_that_raises_it():
    def no_wide_kernels(x, w, b, **options):
        if w.shape[1] > w.shape[0]:
            raise IndexError(f"width {w.shape[1]}")
        return CONV(x, w, b, **options)

    outcome = drawn("conv2d_forward", no_wide_kernels, "valid")
    assert "width 3" not in outcome.message + outcome.detail, "the hidden case's own words"
    assert outcome.example.call == "conv2d_forward(x, w, b)"
    assert outcome.example.text.endswith('[1]}")`. IndexError: width 2')
    assert "expected\n" in outcome.example.text


def test_sizes_are_shown_as_numbers():
    idea = by_id("shapes.ceil_for_floor")
    example = drawn(
        "conv_output_size", lambda *a, **k: idea.answer("conv_output_size", *a, **k), "sizes"
    ).example
    assert (example.call, example.text) == ("conv_output_size(5, 2, 2)", "expected: 2, got: 3")


@pytest.mark.parametrize(
    ("grid", "has_it"), [("valid", False), ("strides", True)], ids=["without options", "with strides"]
)
def test_options_come_from_the_kind_of_the_case_that_failed(grid, has_it):
    def odd(x, w, b, **options):
        out = CONV(x, w, b, **options)
        return out + np.sin(out) if ("strides" in options) is has_it else out

    assert ("strides=" in drawn("conv2d_forward", odd, grid).example.call) is has_it


def test_the_example_of_a_gradient_is_about_the_part_that_is_wrong():
    def student(dout, x, w, **options):
        dx, dw, db = REFERENCE["conv2d_backward"](dout, x, w, **options)
        return dx, dw + np.cos(dw), db

    outcome = drawn("conv2d_backward", student, "valid")
    assert outcome.diagnosis is None
    assert "expected dw" in outcome.example.text
    assert "expected dx" not in outcome.example.text


def test_the_whole_text_prints_the_example_in_place_of_larger_tables():
    outcome = drawn("conv2d_forward", flipped, "valid")
    text = explain(outcome)
    assert "A small example to follow by hand: conv2d_forward(x, w, b)" in text
    assert outcome.example.text in text


# What it costs and what it may know -------------------------------------------------------------------------


def test_examples_do_not_depend_on_the_draw_and_quote_nothing_of_it():
    hidden = set()

    def unknown(x, w, b, **options):
        if not np.array_equal(x, np.round(x)):
            hidden.update(f"{value:.4g}" for value in x.ravel())
        return CONV(x, w, b, **options) ** 2 + 1

    outcomes = [drawn("conv2d_forward", unknown, "strides", seed) for seed in (b"ada", b"bob")]
    assert outcomes[0].diagnosis is None
    assert outcomes[0].example.text == outcomes[1].example.text
    assert outcomes[0].example.call == outcomes[1].example.call
    assert len(hidden) > 1000
    assert not hidden & set(re.findall(r"-?\d+\.\d+", outcomes[0].example.text))


def test_a_right_answer_costs_no_call_and_a_wrong_one_a_bounded_number():
    calls = []

    def counted(x, w, b, **options):
        calls.append(x.shape)
        return CONV(x, w, b, **options) + (np.sin(b).sum() if len(calls) > limit else 0)

    limit = 10**6
    check_drawn({"conv2d_forward": counted}, "conv2d_forward", "valid")
    assert len(calls) == len(GRIDS["conv2d_forward"]["valid"])
    calls.clear()
    limit = 0
    drawn("conv2d_forward", counted, "valid")
    most = (
        len(GRIDS["conv2d_forward"]["valid"])
        + len(simplify.ladder("conv2d_forward"))
        + simplify.MOST_TRIES
        + 2
    )
    assert len(calls) <= most


def test_a_slow_function_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(example, "EXAMPLE_SECONDS", 0.01)

    small = []

    def slow(x):
        small.extend([x] * (x.size <= 50))
        time.sleep(0.2)
        return x + np.sin(x) if x.size > 50 else np.maximum(x, 0)

    outcome = drawn("relu_forward", slow, "plain")
    assert len(small) <= 2
    assert outcome.example is None
    assert "small inputs" not in outcome.message, "not all of them were asked"


def test_what_the_function_prints_and_changes_stays_where_it_is(capsys):
    def noisy(x):
        print("called")
        return -x

    with pytest.raises(CheckFailed):
        check_drawn({"relu_forward": noisy}, "relu_forward", "plain")
    assert capsys.readouterr().out.count("called") == len(GRIDS["relu_forward"]["plain"])
    before = [rung.args[0].copy() for rung in simplify.ladder("relu_forward")]

    def changes(x):
        x[...] = 7
        return x

    illustrated(
        changes, Outcome(False, "value", "", label="`relu_forward`", call=Call("relu_forward")), LiveOracle()
    )
    for rung, kept in zip(simplify.ladder("relu_forward"), before, strict=True):
        np.testing.assert_array_equal(rung.args[0], kept)


def test_a_judge_s_threads_keep_their_standard_output_and_their_warnings():
    """Two of them that each put the other's back would leave the class's table unprinted."""
    seen = []

    def asked_elsewhere(x):
        seen.append((sys.stdout, warnings.filters))
        return -x

    failed = Outcome(False, "value", "", label="`relu_forward`", call=Call("relu_forward"))
    illustrated(asked_elsewhere, failed, LiveOracle())
    assert seen
    assert all(stdout is sys.stdout and filters is warnings.filters for stdout, filters in seen)


# Honest fallbacks -------------------------------------------------------------------------------------------

TWO_IMAGES = (np.ones((2, 1)), np.array([[1.0], [1.0]]), np.ones((1, 1)))


@pytest.mark.parametrize("id", ["dense.divided_by_batch", "dense.first_image_only"])
def test_ideas_that_agree_are_told_apart_on_an_input_about_which_they_differ(id):
    def student(dout, x, w):
        return by_id(id).answer("dense_backward", dout, x, w)

    env = {"dense_backward": student}
    outcome = outcome_of(env, "dense_backward", TWO_IMAGES, {}, LiveOracle())
    assert {card.id for card in outcome.candidates} == {"dense.divided_by_batch", "dense.first_image_only"}
    told = illustrated(student, outcome, LiveOracle())
    assert [card.id for card in told.candidates] == [id]
    assert told.diagnosis == by_id(id).card
    assert told.example.text.startswith(
        "Several known ideas explain the answer above. This input tells them apart."
    )
    assert "got dw" in told.example.text


def test_two_ideas_at_once_are_shown_together():
    outcome = drawn("conv2d_forward", lambda x, w, b, **k: CONV(x, w[::-1, ::-1], 0 * b, **k), "valid")
    assert [card.id for card in outcome.candidates] == ["conv.flipped_kernel + conv.bias_forgotten"]
    assert "expected" in outcome.example.text


def test_the_notebook_leaves_no_doubt_which_idea_it_is(the_course, tmp_path, monkeypatch):
    source = Source(the_course, the_course.assignments["a3_numpy_convnet"])
    record_fixtures(source, tmp_path / "fixtures.npz")
    beside = Context(FixtureOracle(tmp_path / "fixtures.npz"))
    doubtful, told = [], 0
    for question in source.questions:
        for name, id in [claim for claim in CLAIMS if claim[0] in question.names]:
            answers = np.errstate(all="ignore")(by_id(id).answers[name])
            env = Names({**REFERENCE, name: answers}, beside)
            for test in [test for test in question.tests if not test.hidden]:
                try:
                    run_case(test.source, env)
                except CheckFailed as failed:
                    candidates = [card.id for card in failed.outcome.candidates]
                    assert not candidates or id in candidates
                    doubtful += [candidates] if len(candidates) > 1 else []
                    told += len(candidates) == 1
    assert told > 200
    assert doubtful == []


def test_ideas_that_no_small_input_tells_apart_stay_an_honest_one_of():
    def student(dout, x, w):
        """Each of the two ideas where they agree, something else where they don't."""
        dx, dw, db = REFERENCE["dense_backward"](dout, x, w)
        same = np.array_equal(x[0], x[-1]) and np.array_equal(dout[0], dout[-1])
        return (dx, dw / len(x), db / len(x)) if same else (dx, dw + 1, db)

    outcome = outcome_of({"dense_backward": student}, "dense_backward", TWO_IMAGES, {}, LiveOracle())
    told = illustrated(student, outcome, LiveOracle())
    assert len(told.candidates) == len(outcome.candidates) == 2
    assert told.diagnosis.belief.startswith("One of these")


def test_an_unknown_mistake_is_told_what_is_known():
    def student(dout, x, w):
        dx, dw, db = REFERENCE["dense_backward"](dout, x, w)
        return dx, dw + np.sin(dw), db

    outcome = drawn("dense_backward", student, "plain")
    assert outcome.diagnosis is None
    assert outcome.message.endswith(
        "dx and db are right. None of the wrong ideas that we know gives this answer."
    )
    assert outcome.example is not None


def test_a_mistake_that_no_small_input_shows_is_said_to_be_none_there():
    def student(x):
        return np.maximum(x, 0) + (np.sin(x) if x.size > 50 else 0)

    outcome = drawn("relu_forward", student, "plain")
    assert outcome.example is None
    count = len(simplify.ladder("relu_forward"))
    assert f"About the {count} small inputs of such options that we tried it is right" in outcome.message


def test_a_recognised_idea_has_no_such_remark():
    assert "None of the wrong ideas" not in drawn("conv2d_forward", flipped, "valid").message


# In a student's folder --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def fixtures(tmp_path_factory):
    """What a folder holds whose only public cases are these."""
    path = tmp_path_factory.mktemp("folder") / "fixtures.npz"
    oracle = RecordingOracle()
    oracle.answer("conv2d_forward", (np.ones((1, 4, 4, 1)), np.ones((3, 3, 1, 1)), np.zeros(1)), {})
    oracle.answer("dense_backward", TWO_IMAGES, {})
    oracle.answer("conv_parameters", (3, 3, 10), {})
    oracle.save(path)
    return FixtureOracle(path)


def test_the_folder_answers_each_of_its_small_inputs_like_the_reference(fixtures):
    for name in ("conv2d_forward", "dense_backward", "conv_parameters"):
        rungs = list(
            fixtures.ladder(
                Outcome(False, "value", "", call=Call(name), candidates=(by_id("conv.flipped_kernel").card,))
            )
        )
        assert len(rungs) == len(recorded_ladder(name))
        for rung, ours in zip(rungs, recorded_ladder(name), strict=True):
            assert key(name, rung.args, rung.kwargs) == key(name, ours.args, ours.kwargs)
            assert rung.zeros == ours.zeros
            assert outcome_of(REFERENCE, name, rung.args, rung.kwargs, fixtures).passed


@pytest.mark.parametrize("id", [idea.card.id for idea in for_function("conv2d_forward")])
def test_the_folder_has_an_example_for_every_idea_that_shows_on_small_numbers(fixtures, id):
    card = by_id(id).card
    rungs = [
        rung for rung in simplify.ladder("conv2d_forward") if _mistake("conv2d_forward", id, rung)[1] in SHOWN
    ]
    for label, kind in {_mistake("conv2d_forward", id, rung) for rung in rungs}:
        outcome = Outcome(
            False, kind, "", diagnosis=card, candidates=(card,), label=label, call=Call("conv2d_forward")
        )
        told = illustrated(lambda *a, **k: by_id(id).answer("conv2d_forward", *a, **k), outcome, fixtures)
        assert told.example is not None


def test_a_check_in_the_notebook_tells_ideas_apart_and_shows_how(fixtures):
    env = {"dense_backward": lambda *a: by_id("dense.divided_by_batch").answer("dense_backward", *a)}
    with pytest.raises(CheckFailed) as failed:
        check(Names(env, Context(fixtures)), "dense_backward", *TWO_IMAGES)
    assert "[dense.divided_by_batch]" in str(failed.value)
    assert "This input tells them apart." in str(failed.value)


def test_a_defect_in_an_example_costs_the_example_alone(fixtures, monkeypatch):
    monkeypatch.setattr(FixtureOracle, "ladder", lambda self, outcome: 1 / 0)
    env = Names({"dense_backward": lambda dout, x, w: (dout, x + 1, x[0])}, Context(fixtures))
    with pytest.raises(CheckFailed, match="dw has shape"):
        check(env, "dense_backward", *TWO_IMAGES)


# Behind the seal --------------------------------------------------------------------------------------------


def submit(tmp_path, a3, zygote, source=""):
    """Grade the sample solution with this cell at its end, before which no name was asked for yet."""
    notebook = json.loads((SUBMISSIONS / "a3_numpy_convnet" / "correct_einsum.ipynb").read_text())
    cells = [cell for cell in notebook["cells"] if "grader.check" not in "".join(cell["source"])]
    cells.append(
        {
            "cell_type": "code",
            "id": "mine",
            "metadata": {},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }
    )
    path = tmp_path / "mine.ipynb"
    path.write_text(json.dumps({**notebook, "cells": cells}))
    return grade.grade(path, a3, zygote)


WRONG_RELU = """
def relu_forward(x):
    {before}
    return np.abs(x)
"""


def failed_in(report, name):
    return [case for q in report.questions if q.name == name for case in q.cases if not case.passed]


def test_a_wrong_function_is_shown_at_work_on_the_page(tmp_path, a3, numpy_zygote):
    report = submit(tmp_path, a3, numpy_zygote, WRONG_RELU.format(before="pass"))
    cases = failed_in(report, "q7")
    assert cases
    for case in cases:
        assert case.outcome.example.call == "relu_forward(x)"
        assert case.outcome.example.text == "x\n   -1    0\n\nexpected   got\n   0   0      1   0"
    assert report.notes == ()
    assert "A small example to follow by hand" in page.render(report)


def test_a_right_submission_starts_no_second_worker(tmp_path, a3, numpy_zygote, monkeypatch):
    forked = []
    fork = numpy_zygote.fork
    monkeypatch.setattr(
        numpy_zygote, "fork", lambda role, *a, **k: forked.append(role) or fork(role, *a, **k)
    )
    assert submit(tmp_path, a3, numpy_zygote).score == 100
    assert forked == ["worker"]


@pytest.mark.parametrize(
    "harm",
    [
        "while x.size < 5: pass",
        "if x.size < 5: import os; os._exit(1)",
        "import time; time.sleep(60 * (x.size < 5))",
    ],
    ids=["hangs", "ends its process", "sleeps"],
)
def test_harm_done_on_small_inputs_costs_no_point_and_little_time(tmp_path, a3, numpy_zygote, harm):
    source = WRONG_RELU + "\ndef relu_backward(dout, x):\n    return dout\n"
    calm = submit(tmp_path, a3, numpy_zygote, source.format(before="pass"))
    began = time.monotonic()
    report = submit(tmp_path, a3, numpy_zygote, source.format(before=harm))
    assert time.monotonic() - began < calm.seconds + 50
    assert [(q.score, q.note) for q in report.questions] == [(q.score, q.note) for q in calm.questions]
    assert report.notes == ()
    cases = failed_in(report, "q7")
    relu = [case.outcome.example.text for case in cases if case.outcome.asked == "relu_forward"]
    assert relu
    assert all(examples.AS_BELIEVED in text for text in relu), "the idea answers for a function that doesn't"


def test_a_function_that_kept_the_hidden_inputs_has_none_when_its_answers_are_shown(
    tmp_path, a3, numpy_zygote
):
    keeps = """
import pathlib
place = pathlib.Path("kept.npy")
def relu_forward(x):
    if (x != np.round(x)).any():
        np.save(place, x)
    kept = np.load(place) if place.exists() else np.arange(100.0)
    return np.resize(kept, x.shape)
"""
    report = submit(tmp_path, a3, numpy_zygote, keeps)
    outcomes = [case.outcome for case in failed_in(report, "q7") if case.outcome.asked == "relu_forward"]
    assert outcomes
    for outcome in outcomes:
        assert outcome.example.text.endswith("got\n   0   0      0   1")
        numbers = [float(word) for word in re.findall(r"-?\d+(?:\.\d+)?", outcome.example.text)]
        assert all(number == round(number) for number in numbers), "hidden inputs are drawn from all numbers"


def test_a_defect_of_ours_is_noted_and_costs_nothing(tmp_path, a3, numpy_zygote, monkeypatch):
    monkeypatch.setattr(examples, "illustrated", lambda *args: 1 / 0)
    report = submit(tmp_path, a3, numpy_zygote, WRONG_RELU.format(before="pass"))
    assert "no example could be made for q7; tell your instructor" in report.notes
    assert "an example for q7: ZeroDivisionError: division by zero" in report.log
    cases = failed_in(report, "q7")
    assert all(case.outcome.diagnosis.id == "relu.absolute_value" for case in cases)
