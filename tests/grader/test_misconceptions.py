"""Every wrong idea loses points on every draw, and is told its name."""

import warnings

import numpy as np
import pytest

from grader import cnnchecks, judge
from grader.cases import GRIDS
from grader.misconceptions import LIBRARY, by_id, for_function
from grader.reference import REFERENCE

CLAIMS = [(idea.card.id, name) for idea in LIBRARY for name in idea.answers]
SEEDS = [bytes([n]) for n in range(20)]


def outcomes(idea, name, seed):
    """What the grids say to a student who has this idea; None for a grid that passes."""

    def student(*args, **kwargs):
        with np.errstate(all="ignore"):
            return idea.answer(name, *args, **kwargs)

    found = []
    with judge.seeded(seed):
        for grid in GRIDS[name]:
            try:
                judge.check_drawn({name: student}, name, grid)
                found.append(None)
            except cnnchecks.CheckFailed as failed:
                found.append(failed.outcome)
    return found


@pytest.mark.parametrize(("id", "name"), CLAIMS, ids=lambda part: part)
def test_a_wrong_idea_is_rejected_and_named_on_every_draw(id, name):
    for seed in SEEDS[: 2 if name.startswith("lenet") else None]:
        failures = [outcome for outcome in outcomes(by_id(id), name, seed) if outcome is not None]
        assert failures, "survives every grid of the function"
        answered = [outcome for outcome in failures if outcome.kind not in ("raised", "dtype")]
        assert answered, "only ever raises"
        told = {card.id for outcome in answered for card in outcome.candidates}
        assert id in told
        for outcome in answered:
            assert outcome.diagnosis is not None
            assert outcome.diagnosis.id == id, "a confident diagnosis of another idea, or an avoidable doubt"


def test_a_right_answer_has_no_diagnosis_and_costs_no_search(monkeypatch):
    monkeypatch.setattr(judge._WrongAnswers, "__iter__", lambda self: pytest.fail("searched"))
    for name in GRIDS:
        for grid in GRIDS[name]:
            judge.check_drawn(REFERENCE, name, grid)


def test_an_unknown_mistake_gets_no_confident_diagnosis():
    def odd(x, w, b, **options):
        return REFERENCE["conv2d_forward"](x, w, b, **options) + np.sin(np.arange(w.shape[3]))

    with pytest.raises(cnnchecks.CheckFailed) as failed:
        judge.check_drawn({"conv2d_forward": odd}, "conv2d_forward", "valid")
    assert failed.value.outcome.diagnosis is None


def test_two_mistakes_in_one_answer_name_the_one_that_is_met_first():
    def student(dout, x, w, **options):
        dx, _, db = REFERENCE["conv2d_backward"](dout, x, w, **options)
        _, _, mean = by_id("conv.bias_gradient_averaged").answer("conv2d_backward", dout, x, w, **options)
        return dx, np.ones_like(w), mean + 0 * db

    with pytest.raises(cnnchecks.CheckFailed) as failed:
        judge.check_drawn({"conv2d_backward": student}, "conv2d_backward", "valid")
    assert failed.value.outcome.message.split(": ")[1].startswith("dw")
    assert failed.value.outcome.diagnosis is None


# Public-style inputs, worked by hand ----------------------------------------------------------------------

IMAGE = np.array([[1, 0, 2, 1, 3], [2, 1, 0, 2, 1], [0, 3, 1, 1, 2], [1, 2, 2, 0, 1], [3, 0, 1, 2, 0]], float)
X = np.stack([IMAGE, IMAGE.T[::-1]], axis=-1)[None].repeat(2, axis=0)
W = np.arange(18.0).reshape(3, 3, 2, 1) - 4
B = np.array([2.0])
PUBLIC = [
    ("conv.flipped_kernel", "conv2d_forward", (X, W, B), {}),
    ("conv.transposed_kernel", "conv2d_forward", (X, W, B), {}),
    ("conv.bias_forgotten", "conv2d_forward", (X, W, B), {}),
    ("conv.bias_per_tap", "conv2d_forward", (X, W, B), {}),
    ("conv.channels_averaged", "conv2d_forward", (X, W, B), {}),
    ("conv.strides_ignored", "conv2d_forward", (X, W, B), {"strides": 2}),
    ("conv.symmetric_same", "conv2d_forward", (X[:, :4], W[:2, :2], B), {"padding": "same"}),
    ("conv.empty_crop", "conv2d_backward", (np.ones((2, 3, 3, 1)), X, W), {}),
    ("conv.bias_gradient_averaged", "conv2d_backward", (np.ones((2, 3, 3, 1)), X, W), {}),
    ("pool.maximum_starts_at_zero", "max_pool2d_forward", (X - 9,), {}),
    ("pool.stride_one", "max_pool2d_forward", (X,), {}),
    ("pool.average_counts_padding", "avg_pool2d_forward", (X + 1,), {"padding": "same"}),
    ("pool.gradient_to_all_ties", "max_pool2d_backward", (np.full((2, 2, 2, 2), 4.0), X * 0), {}),
    ("dense.divided_by_batch", "dense_backward", (np.ones((3, 2)), np.eye(3), np.ones((3, 2))), {}),
    ("loss.sum_for_mean", "softmax_cross_entropy", (np.eye(3) * 2, np.array([0, 2, 1])), {}),
    ("shapes.ceil_for_floor", "conv_output_size", (64, 3, 2), {}),
]


@pytest.mark.parametrize(("id", "name", "args", "kwargs"), PUBLIC, ids=[row[0] for row in PUBLIC])
def test_a_wrong_idea_is_among_those_named_on_a_public_input(id, name, args, kwargs):
    student = {name: lambda *a, **k: by_id(id).answer(name, *a, **k)}
    outcome = cnnchecks.outcome_of(student, name, args, kwargs, judge.LiveOracle())
    assert not outcome.passed
    assert id in [card.id for card in outcome.candidates]


def test_ideas_that_agree_on_an_input_are_all_named():
    student = {"dense_backward": lambda dout, x, w: (dout @ w.T, x.T @ dout / 2, dout.sum(axis=0) / 2)}
    args = (np.ones((2, 1)), np.array([[1.0], [1.0]]), np.ones((1, 1)))
    outcome = cnnchecks.outcome_of(student, "dense_backward", args, {}, judge.LiveOracle())
    assert {card.id for card in outcome.candidates} == {"dense.divided_by_batch", "dense.first_image_only"}
    assert outcome.diagnosis is not None
    assert outcome.diagnosis.belief.startswith("One of these")


# The cards ------------------------------------------------------------------------------------------------


def test_every_function_has_ideas_and_every_idea_a_function():
    assert all(for_function(name) for name in GRIDS)
    assert all(idea.answers for idea in LIBRARY)
    assert set().union(*(idea.answers for idea in LIBRARY)) <= set(REFERENCE)


def test_no_two_cards_share_an_id():
    ids = [idea.card.id for idea in LIBRARY]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("idea", LIBRARY, ids=lambda idea: idea.card.id)
def test_a_card_speaks_in_whole_sentences(idea):
    card = idea.card
    assert card.belief[-1] in ".?)"
    assert card.hint[-1] in ".?"
    assert card.lecture.startswith("Lecture ")
    assert len(card.hint) < 300


def test_no_idea_changes_its_input():
    warnings.simplefilter("ignore")
    for id, name, args, kwargs in PUBLIC:
        before = cnnchecks.key(name, args, kwargs)
        by_id(id).answer(name, *args, **kwargs)
        assert cnnchecks.key(name, args, kwargs) == before
