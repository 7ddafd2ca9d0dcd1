"""Every wrong idea loses points on every draw, in each of its ways, and is told its name."""

import time
import warnings

import numpy as np
import pytest

from grader.cnnchecks.asking import outcome_of
from grader.cnnchecks.outcome import Answer, CheckFailed
from grader.cnnchecks.values import key
from grader.judge import context, two_ideas
from grader.judge.ask import check_drawn
from grader.judge.context import Judging
from grader.judge.oracle import LiveOracle, WrongAnswers
from grader.judge.reference import REFERENCE
from grader.judge.together import AND, believers, card_of_both, together
from grader.tasks.catalogue import GRIDS, IDEAS, NETWORKS, by_id, for_function

WAYS = [
    pytest.param(idea.card.id, name, way.answer, id=f"{idea.card.id}-{name}-{number}")
    for idea in IDEAS
    for name, ways in idea.ways.items()
    for number, way in enumerate(ways)
]
# a network is asked on two draws: only its weights are drawn
DRAWN = [
    way
    for way in WAYS
    if not (way.values[1] in NETWORKS or way.values[1].startswith("lenet") or "/" in way.values[1])
]
SEEDS = [bytes([n]) for n in range(20)]
KNOWN: dict = {}


class Remembering(LiveOracle):
    """Knows what every idea answered to the same question before: it is asked by all ideas in turn."""

    def answer(self, name, args, kwargs):
        asked = key(name, args, kwargs)
        if asked not in KNOWN:
            answer = super().answer(name, args, kwargs)
            KNOWN[asked] = answer, Remembered(name, args, kwargs, (), tuple(answer.wrong))
        answer, wrong = KNOWN[asked]
        return Answer(answer.expected, answer.atol, wrong)

    def ladder(self, outcome):
        """No example is looked for: it would be another test's."""
        return iter(())


class Remembered(WrongAnswers):
    def __init__(self, name, args, kwargs, cards, told):
        super().__init__(name, args, kwargs, cards)
        object.__setattr__(self, "told", told)

    def __iter__(self):
        return iter(self.told)


def outcomes(answer, name, seed):
    """What the grids say to a student who answers like this, leaving out those that pass."""

    def student(*args, **kwargs):
        with np.errstate(all="ignore"):
            return answer(*args, **kwargs)

    env = Judging(Remembering(), seed=seed).names({name: student})
    for grid in GRIDS[name]:
        try:
            check_drawn(env, name, grid)
        except CheckFailed as failed:
            yield failed.outcome


@pytest.mark.parametrize(("id", "name", "answer"), WAYS)
def test_a_wrong_idea_is_rejected_and_named_on_two_draws(id, name, answer):
    assert_named(id, name, answer, SEEDS[:2])


@pytest.mark.slow
@pytest.mark.parametrize(("id", "name", "answer"), DRAWN)
def test_a_wrong_idea_is_rejected_and_named_on_eighteen_draws_more(id, name, answer):
    assert_named(id, name, answer, SEEDS[2:])


def assert_named(id, name, answer, seeds):
    for seed in seeds:
        failures = list(outcomes(answer, name, seed))
        assert failures, "survives every grid of the function"
        told = [outcome.diagnosis.id for outcome in failures if outcome.diagnosis]
        assert set(told) == {id}, "not named, or a confident diagnosis of another idea, or an avoidable doubt"
        for outcome in failures:
            assert outcome.diagnosis is not None or outcome.kind in ("raised", "dtype")


def test_a_right_answer_has_no_diagnosis_and_costs_no_search(monkeypatch):
    monkeypatch.setattr(WrongAnswers, "__iter__", lambda self: pytest.fail("searched"))
    for name in GRIDS:
        for grid in GRIDS[name]:
            check_drawn(REFERENCE, name, grid)


# What no idea of ours explains ----------------------------------------------------------------------------


def said(function, name, grid):
    with pytest.raises(CheckFailed) as failed:
        check_drawn({name: function}, name, grid)
    return failed.value.outcome


STRANGE = {
    "every channel is off by another number": (
        "conv2d_forward",
        lambda x, w, b, **options: (
            REFERENCE["conv2d_forward"](x, w, b, **options) + np.sin(np.arange(w.shape[3]))
        ),
    ),
    "the kernel is squared": (
        "conv2d_forward",
        lambda x, w, b, **options: REFERENCE["conv2d_forward"](x, w**2, b, **options),
    ),
    "the second image's gradient is doubled": (
        "conv2d_backward",
        lambda dout, x, w, **options: REFERENCE["conv2d_backward"](
            dout * np.arange(1, len(x) + 1)[:, None, None, None], x, w, **options
        ),
    ),
    "the median of a window": (
        "max_pool2d_forward",
        lambda x, *options, **named: (
            (
                REFERENCE["max_pool2d_forward"](x, *options, **named)
                - REFERENCE["max_pool2d_forward"](-x, *options, **named)
            )
            / 2
        ),
    ),
    "kernel and stride are exchanged": (
        "conv_output_size",
        lambda size, kernel_size, strides=1, **options: (size - strides) // kernel_size + 1,
    ),
    "the size is halved": ("conv_output_size", lambda size, *rest, **options: size // 2),
    "one is added to the channels": (
        "conv_parameters",
        lambda kernel_size, in_channels, filters, use_bias=True: REFERENCE["conv_parameters"](
            kernel_size, in_channels + 1, filters, use_bias
        ),
    ),
    "everything goes after": (
        "same_padding",
        lambda *sizes, **options: (0, 1 + sum(REFERENCE["same_padding"](*sizes, **options))),
    ),
}


@pytest.mark.parametrize(("name", "function"), STRANGE.values(), ids=STRANGE.keys())
def test_an_unknown_mistake_gets_no_confident_diagnosis(name, function):
    for grid in GRIDS[name]:
        outcome = said(function, name, grid)
        assert outcome.diagnosis is None, outcome.diagnosis.id
        assert outcome.candidates == ()


def test_two_mistakes_in_one_answer_one_of_them_unknown_name_nothing_that_does_not_fit():
    def student(dout, x, w, **options):
        dx, _, db = REFERENCE["conv2d_backward"](dout, x, w, **options)
        _, _, mean = by_id("conv.bias_gradient_averaged").answer("conv2d_backward", dout, x, w, **options)
        return dx, np.ones_like(w), mean + 0 * db

    outcome = said(student, "conv2d_backward", "valid")
    assert outcome.message.split(": ")[1].startswith("dw")
    assert outcome.diagnosis is None


# Two ideas at once ----------------------------------------------------------------------------------------


@pytest.fixture
def patient(monkeypatch):
    """What is found must not hang on how busy this machine is."""
    monkeypatch.setattr(context, "Allowance", lambda: two_ideas.Allowance(30.0))


TWO = [  # the first one calls the right computation, which the second takes over
    ("conv2d_forward", "conv.flipped_kernel", "conv.bias_forgotten"),
    ("conv2d_forward", "conv.strides_ignored", "conv.channels_averaged"),
    ("conv2d_forward", "conv.symmetric_same", "conv.bias_per_tap"),
    ("conv2d_forward", "conv.height_width_exchanged", "conv.bias_per_tap"),
    ("conv2d_backward", "conv.flipped_kernel", "conv.bias_gradient_averaged"),
    ("conv2d_backward", "conv.gradient_transposed", "conv.left_over_rows_lost"),
    ("conv2d_backward", "conv.divided_by_batch", "conv.crop_on_wrong_side"),
    ("max_pool2d_forward", "pool.maximum_over_channels", "pool.stride_one"),
    ("max_pool2d_forward", "pool.average_for_maximum", "pool.square_window"),
    ("max_pool2d_backward", "pool.outputs_skipped", "pool.gradient_to_all_ties"),
    ("avg_pool2d_forward", "pool.sum_for_average", "pool.ceil_for_floor"),
    ("dense_backward", "dense.gradient_transposed", "dense.bias_gradient_averaged"),
    ("softmax_cross_entropy", "loss.sum_for_mean", "loss.gradient_sign"),
    ("sgd_step", "network.step_uphill", "network.learning_rate_ignored"),
    ("lenet_forward", "network.softmax_inside", "network.average_pooling"),
    ("lenet_parameters", "lenet.pooling_has_parameters", "lenet.bias_forgotten"),
    ("lenet_same", "models.average_for_max", "models.softmax_missing"),
    ("lenet_same/layers", "models.biases_off", "models.last_pooling_missing"),
    ("alexnet/layers", "models.biases_off", "models.dense_missing"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "one", "other"), TWO, ids=[" + ".join(row[1:]) for row in TWO])
def test_two_ideas_at_once_are_named_together(name, one, other, patient):
    answer = together(name, by_id(one).ways[name][0], by_id(other).ways[name][0])
    for seed in SEEDS[:3]:
        told = [outcome.diagnosis for outcome in outcomes(answer, name, seed) if outcome.diagnosis]
        assert {one, other} in [set(card.id.split(AND)) for card in told]
        for card in told:
            assert set(card.id.split(AND)) <= {one, other}, "an idea that no one has"
            assert AND not in card.id or card.belief.startswith("Two ideas at once: “")


def test_two_ideas_that_show_in_different_cases_are_found_too(patient):
    """Every case that fails has a single idea that explains it, but no idea explains them all."""
    name, one, other = "conv2d_backward", "conv.left_over_rows_lost", "conv.extra_zero_before"
    answer = together(name, by_id(one).ways[name][0], by_id(other).ways[name][0])
    assert said(answer, name, "strides").diagnosis.id == f"{other} + {one}"


def test_right_numbers_of_another_dtype_say_nothing_against_an_idea():
    half_a_position = by_id("shapes.size_not_rounded").ways["conv_output_size"][0].answer
    told = [outcome.diagnosis for outcome in outcomes(half_a_position, "conv_output_size", b"any")]
    assert {card.id for card in told if card} == {"shapes.size_not_rounded"}
    assert None in told  # where it comes out even


def test_two_ideas_are_not_named_where_they_do_not_fit_every_case():
    """One where there is a stride, the other where there is none: no one has both at once."""
    name = "conv2d_forward"

    def student(x, w, b, strides=1, **options):
        id = "conv.bias_forgotten" if strides == 1 else "conv.strides_ignored"
        return by_id(id).answer(name, x, w, b, strides, **options)

    assert AND not in said(student, name, "same").diagnosis.id


def test_several_pairs_that_fit_are_told_as_one_of_them(patient):
    """In a border of one pixel, a mirror and a copy look alike."""
    name = "zero_pad2d"
    ways = [by_id(id).ways[name][0] for id in ("shapes.pad_always_one", "shapes.pad_edge")]
    (outcome,) = outcomes(together(name, *ways), name, b"any")
    assert [card.id for card in outcome.candidates] == [
        "shapes.pad_edge + shapes.pad_always_one",
        "shapes.pad_reflected + shapes.pad_always_one",
    ]
    assert outcome.diagnosis.belief.startswith(
        "One of these, which give the same answer here: “Two ideas at once"
    )


def test_a_card_of_two_has_both_hints_and_lectures():
    one, other = by_id("conv.flipped_kernel").card, by_id("conv.bias_forgotten").card
    both = card_of_both(one, other)
    assert both.id == "conv.flipped_kernel + conv.bias_forgotten"
    assert one.belief in both.belief
    assert other.belief in both.belief
    assert both.hint == f"1. {one.hint} 2. {other.hint}"
    assert both.lecture == f"{one.lecture}; {other.lecture}"


def test_a_card_of_two_finds_its_answers_again():
    one, other = by_id("conv.flipped_kernel"), by_id("conv.bias_forgotten")
    x, w, b = X, W, B
    both = REFERENCE["conv2d_forward"](x, w[::-1, ::-1], 0 * b)
    found = list(believers("conv2d_forward", (card_of_both(one.card, other.card),)))
    assert len(found) == 2
    for card, step in found:
        assert card.id == "conv.flipped_kernel + conv.bias_forgotten"
        np.testing.assert_array_equal(step(x, w, b), both)


def nothing_known(dout, x, w, **options):
    return tuple(np.sin(part) for part in REFERENCE["conv2d_backward"](dout, x, w, **options))


def test_a_search_has_an_end(monkeypatch):
    """In CPU seconds for all grids of a function together, beside those of single ideas and of the grids themselves."""

    def seconds():
        start = time.thread_time()
        found = list(outcomes(nothing_known, "conv2d_backward", b"any"))
        assert [outcome.candidates for outcome in found] == [()] * 3
        return time.thread_time() - start

    with monkeypatch.context() as patch:
        patch.setattr(context, "Allowance", lambda: two_ideas.Allowance(0.0))
        without = seconds()
    assert seconds() - without < two_ideas.SECONDS + 1


@pytest.mark.parametrize("limit", ["MOST_TRIES", "SECONDS"])
def test_a_search_that_was_cut_off_names_nothing(limit, monkeypatch):
    name, one, other = TWO[0]
    answer = together(name, by_id(one).ways[name][0], by_id(other).ways[name][0])
    if limit == "MOST_TRIES":
        monkeypatch.setattr(two_ideas, limit, 5)
    else:
        monkeypatch.setattr(context, "Allowance", lambda: two_ideas.Allowance(0.0))
    told = [card.id for outcome in outcomes(answer, name, b"any") for card in outcome.candidates]
    assert not any(AND in id for id in told)


def test_the_same_draw_gives_the_same_pair(patient):
    name, one, other = TWO[0]
    answer = together(name, by_id(one).ways[name][0], by_id(other).ways[name][0])
    assert list(outcomes(answer, name, b"any")) == list(outcomes(answer, name, b"any"))


def test_no_hidden_number_is_in_a_diagnosis_of_two_ideas():
    name, one, other = TWO[0]
    answer = together(name, by_id(one).ways[name][0], by_id(other).ways[name][0])
    for outcome in outcomes(answer, name, b"any"):
        assert outcome.call.answer is None
        assert outcome.detail == ""


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
    ("conv.patch_not_multiplied", "conv2d_forward", (X, W, B), {}),
    ("conv.strides_ignored", "conv2d_forward", (X, W, B), {"strides": 2}),
    ("conv.outputs_skipped", "conv2d_forward", (X, W, B), {"strides": 2}),
    ("conv.symmetric_same", "conv2d_forward", (X[:, :4], W[:2, :2], B), {"padding": "same"}),
    ("conv.empty_crop", "conv2d_backward", (np.ones((2, 3, 3, 1)), X, W), {}),
    ("conv.left_over_rows_lost", "conv2d_backward", (np.ones((2, 1, 1, 1)), X[:, :4, :4], W), {"strides": 2}),
    ("conv.bias_gradient_averaged", "conv2d_backward", (np.ones((2, 3, 3, 1)), X, W), {}),
    ("pool.maximum_starts_at_zero", "max_pool2d_forward", (X - 9,), {}),
    ("pool.stride_one", "max_pool2d_forward", (X,), {}),
    ("pool.average_counts_padding", "avg_pool2d_forward", (X + 1,), {"padding": "same"}),
    ("pool.gradient_to_all_ties", "max_pool2d_backward", (np.full((2, 2, 2, 2), 4.0), X * 0), {}),
    ("dense.divided_by_batch", "dense_backward", (np.ones((3, 2)), np.eye(3), np.ones((3, 2))), {}),
    ("loss.sum_for_mean", "softmax_cross_entropy", (np.eye(3) * 2, np.array([0, 2, 1])), {}),
    ("loss.label_for_one_hot", "softmax_cross_entropy", (np.eye(3) * 2, np.array([0, 2, 1])), {}),
    ("shapes.ceil_for_floor", "conv_output_size", (64, 3, 2), {}),
]


@pytest.mark.parametrize(("id", "name", "args", "kwargs"), PUBLIC, ids=[row[0] for row in PUBLIC])
def test_a_wrong_idea_is_among_those_named_on_a_public_input(id, name, args, kwargs):
    student = {name: lambda *a, **k: by_id(id).answer(name, *a, **k)}
    outcome = outcome_of(student, name, args, kwargs, LiveOracle())
    assert not outcome.passed
    assert id in [card.id for card in outcome.candidates]


def test_ideas_that_agree_on_an_input_are_all_named():
    student = {"dense_backward": lambda dout, x, w: (dout @ w.T, x.T @ dout / 2, dout.sum(axis=0) / 2)}
    args = (np.ones((2, 1)), np.array([[1.0], [1.0]]), np.ones((1, 1)))
    outcome = outcome_of(student, "dense_backward", args, {}, LiveOracle())
    assert {card.id for card in outcome.candidates} == {"dense.divided_by_batch", "dense.first_image_only"}
    assert outcome.diagnosis is not None
    assert outcome.diagnosis.belief.startswith("One of these")


def test_an_idea_is_held_against_a_float32_answer_as_strictly_as_the_right_one_is():
    """An idea computes in float64: that is no reason to be generous."""
    single = tuple(part.astype(np.float32) for part in (X, W, B))
    student = {"conv2d_forward": lambda *args: by_id("conv.flipped_kernel").answer("conv2d_forward", *args)}
    outcome = outcome_of(student, "conv2d_forward", single, {}, LiveOracle())
    assert [card.id for card in outcome.candidates] == ["conv.flipped_kernel"]
    student = {
        "conv2d_forward": lambda *args: 1.01 * by_id("conv.flipped_kernel").answer("conv2d_forward", *args)
    }
    outcome = outcome_of(student, "conv2d_forward", single, {}, LiveOracle())
    assert outcome.candidates == ()


def test_a_wrong_dtype_is_told_its_idea():
    image = (X[..., :1] * 40).astype(np.uint8)
    student = {
        "conv2d_forward": lambda x, w, b: (
            REFERENCE["conv2d_forward"](x, w, b).astype(np.int64).astype(np.uint8)
        )
    }
    outcome = outcome_of(student, "conv2d_forward", (image, W[:, :, :1] / 8, B), {}, LiveOracle())
    assert outcome.kind == "dtype"
    assert [card.id for card in outcome.candidates] == ["conv.kept_as_integers"]


def test_a_sum_in_float16_is_told_its_idea():
    student = {"conv2d_forward": lambda x, w, b: REFERENCE["conv2d_forward"](x, w, b).astype(np.float16)}
    outcome = outcome_of(student, "conv2d_forward", (X / 3, W, B), {}, LiveOracle())
    assert outcome.kind == "dtype"
    assert [card.id for card in outcome.candidates] == ["conv.half_precision"]


# The cards ------------------------------------------------------------------------------------------------


def test_every_function_has_ideas_and_every_idea_a_function():
    assert all(for_function(name) for name in GRIDS)
    assert all(idea.answers for idea in IDEAS)
    assert set().union(*(idea.answers for idea in IDEAS)) <= set(GRIDS)


def test_no_two_cards_share_an_id():
    ids = [idea.card.id for idea in IDEAS]
    assert len(ids) == len(set(ids))


def test_cards_speak_in_whole_sentences():
    def speaks(card):
        sentences = card.belief[-1] in ".?)" and card.hint[-1] in ".?" and len(card.hint) < 300
        return sentences and card.lecture.startswith("Lecture ") and AND not in card.id

    assert [idea.card.id for idea in IDEAS if not speaks(idea.card)] == []


def test_no_idea_changes_its_input():
    warnings.simplefilter("ignore")
    for id, name, args, kwargs in PUBLIC:
        before = key(name, args, kwargs)
        by_id(id).answer(name, *args, **kwargs)
        assert key(name, args, kwargs) == before
