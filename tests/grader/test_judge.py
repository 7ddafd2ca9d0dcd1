"""The judge accepts every right answer, rejects every empty one, and says the same thing twice."""

import importlib.util
import time
from pathlib import Path

import numpy as np
import pytest

from grader.cnnchecks.asking import outcome_of
from grader.cnnchecks.fixtures import FixtureOracle
from grader.cnnchecks.outcome import CheckFailed, Outcome
from grader.judge.ask import check_drawn
from grader.judge.context import Judging
from grader.judge.fixtures import RecordingOracle
from grader.judge.reference import REFERENCE
from grader.tasks.catalogue import GRIDS

SEEDS = [bytes([n]) for n in range(20)]
ACCEPTED = sorted((Path(__file__).parents[1] / "accepted").glob("*.py"))
QUESTIONS = [(name, grid) for name, grids in GRIDS.items() for grid in grids]
# layers are counted, not drawn
FAST = [name for name in GRIDS if not name.startswith("lenet") and "/" not in name]


def functions_of(path: Path) -> dict:
    spec = importlib.util.spec_from_file_location(f"accepted_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {name: getattr(module, name) for name in GRIDS if hasattr(module, name)}


def mark(env: dict, name: str, grid: str) -> Outcome | None:
    try:
        check_drawn(env, name, grid)
    except CheckFailed as failed:
        return failed.outcome
    return None


# What must pass -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ACCEPTED, ids=lambda path: path.stem)
def test_another_correct_implementation_passes_on_five_seeds(path):
    assert_passes(path, SEEDS[:5])


@pytest.mark.slow
@pytest.mark.parametrize("path", ACCEPTED, ids=lambda path: path.stem)
def test_another_correct_implementation_passes_on_fifteen_seeds_more(path):
    assert_passes(path, SEEDS[5:])


def assert_passes(path, seeds):
    env = functions_of(path)
    assert env
    for seed in seeds:
        names = Judging(seed=seed).names(env)
        for name in env:
            for grid in GRIDS[name]:
                check_drawn(names, name, grid)


def test_the_reference_passes_its_own_grids():
    names = Judging(seed=b"any").names(REFERENCE)
    assert {asked: mark(names, *asked) for asked in QUESTIONS} == dict.fromkeys(QUESTIONS)


def test_nested_loops_answer_a_grid_in_a_fifth_of_a_second():
    env = functions_of(next(path for path in ACCEPTED if path.stem == "loops"))
    for name in env:
        for grid in GRIDS[name]:
            start = time.process_time()
            check_drawn(env, name, grid)
            assert time.process_time() - start < 0.2, (name, grid)


# What must fail -------------------------------------------------------------------------------------------


def map_leaves(function, value):
    if isinstance(value, dict):
        return {k: map_leaves(function, v) for k, v in value.items()}
    if isinstance(value, tuple):
        return tuple(map_leaves(function, v) for v in value)
    return function(value)


def zeros(right):
    return map_leaves(lambda leaf: leaf * 0, right)


def ones(right):
    return map_leaves(lambda leaf: leaf * 0 + 1, right)


def noise(right):
    rng = np.random.default_rng(1)
    return map_leaves(lambda leaf: leaf + rng.integers(1, 5) * (1 + rng.random(np.shape(leaf))), right)


def nothing(right):
    return None


def one_number(right):
    return 0.0


def passed(answer, questions):
    """Those (name, grid) that an answer passes, or fails without a word, though it has given no thought to them."""

    def is_told(name, grid):
        outcome = mark({name: lambda *a, **k: answer(name, *a, **k)}, name, grid)
        return outcome is not None and outcome.message

    return [asked for asked in questions if not is_told(*asked)]


@pytest.mark.parametrize("empty", [zeros, ones, noise, nothing, one_number], ids=lambda f: f.__name__)
def test_an_answer_without_thought_scores_nothing(empty):
    assert passed(lambda name, *a, **k: empty(REFERENCE[name](*a, **k)), QUESTIONS) == []


def test_no_constant_pair_is_same_padding():
    for constant in [(0, 0), (1, 1), (0, 1), (1, 2), (2, 2)]:
        grids = [("same_padding", grid) for grid in ("odd", "strided")]
        assert passed(lambda *a, constant=constant, **k: constant, grids) == [], constant


def test_returning_the_input_scores_nothing():
    drawn = [(name, grid) for name in FAST for grid in GRIDS[name]]
    assert passed(lambda name, first, *a, **k: first, drawn) == []


def test_the_answers_of_another_draw_score_nothing():
    for name in FAST:
        for grid in GRIDS[name]:
            recorded = []
            spy = {name: lambda *a, name=name, recorded=recorded, **k: recorded.append(REFERENCE[name](*a, **k))
                   or recorded[-1]}  # fmt: skip
            check_drawn(Judging(seed=b"last term").names(spy), name, grid)
            replay = iter(recorded)
            again = {name: lambda *a, replay=replay, **k: next(replay)}
            outcome = mark(Judging(seed=b"this term").names(again), name, grid)
            if name not in ("conv_output_size", "same_padding"):  # few sizes exist: a replay may hit
                assert outcome is not None, (name, grid)


# What must stay the same, and what must not be said -------------------------------------------------------


def test_a_seed_repeats_its_draw_and_another_draws_anew():
    def inputs(seed):
        seen = []
        spy = {"dense_forward": lambda x, w, b: seen.append(x.copy()) or x @ w + b}
        check_drawn(Judging(seed=seed).names(spy), "dense_forward", "plain")
        return np.concatenate([x.ravel() for x in seen])

    np.testing.assert_array_equal(inputs(b"ada"), inputs(b"ada"))
    assert not np.array_equal(inputs(b"ada"), inputs(b"bob"))


def test_a_hidden_case_quotes_no_number_of_its_inputs():
    secret = []

    def wrong(x, w, b, **options):
        secret.append(x)
        return REFERENCE["conv2d_forward"](x, w[::-1, ::-1], b, **options)

    outcome = mark({"conv2d_forward": wrong}, "conv2d_forward", "valid")
    assert outcome is not None
    assert outcome.detail == ""
    assert not any(f"{value:.4f}" in outcome.message + outcome.where for value in secret[0].ravel())


def test_an_exceptions_own_words_stay_out_of_a_hidden_message():
    def leak(x, w, b):
        raise ValueError(f"x was {x}")

    outcome = mark({"dense_forward": leak}, "dense_forward", "plain")
    assert outcome is not None
    assert outcome.kind == "raised"
    assert "ValueError" in outcome.message
    assert "x was [" not in outcome.message + outcome.where + outcome.detail


# Fixtures -------------------------------------------------------------------------------------------------

X = np.arange(25.0).reshape(1, 5, 5, 1)
W = np.arange(9.0).reshape(3, 3, 1, 1) / 7
B = np.array([1.0])
LABELS = np.array([2, 0])
LOGITS = np.array([[1.0, 2.0, 4.0], [0.5, -1.0, 3.0]])


def recorded(tmp_path, name="fixtures.npz", order=1):
    oracle = RecordingOracle()
    calls = [
        ("conv2d_forward", (X, W, B), {}),
        ("conv2d_backward", (np.ones((1, 3, 3, 1)), X, W), {}),
        ("softmax_cross_entropy", (LOGITS, LABELS), {}),
        ("conv_output_size", (64, 3), {"padding": 1}),
        ("same_padding", (64, 4), {}),
        ("sgd_step", ({"w": X}, {"w": X / 3}, 0.1), {}),
        ("max_pool2d_forward", (-X.astype(np.float32),), {}),
    ]
    for call in calls[::order]:
        oracle.answer(*call)
    oracle.save(tmp_path / name)
    return calls, tmp_path / name


def test_fixtures_answer_like_the_live_oracle(tmp_path):
    calls, path = recorded(tmp_path)
    fixtures = FixtureOracle(path)
    for name, args, kwargs in calls:
        assert outcome_of(REFERENCE, name, args, kwargs, fixtures).passed, name


def test_fixtures_name_the_wrong_idea(tmp_path):
    _, path = recorded(tmp_path)
    flipped = {"conv2d_forward": lambda x, w, b: REFERENCE["conv2d_forward"](x, w[::-1, ::-1], b)}
    outcome = outcome_of(flipped, "conv2d_forward", (X, W, B), {}, FixtureOracle(path))
    assert outcome.diagnosis is not None
    assert outcome.diagnosis.id == "conv.flipped_kernel"
    assert "window it looks at" in outcome.detail


def test_fixtures_are_the_same_bytes_in_any_order_of_questions(tmp_path):
    _, first = recorded(tmp_path, "first.npz")
    _, second = recorded(tmp_path, "second.npz", order=-1)
    assert first.read_bytes() == second.read_bytes()


def test_fixtures_hold_numbers_and_card_texts_only(tmp_path):
    _, path = recorded(tmp_path)
    with np.load(path, allow_pickle=False) as archive:
        for name in archive.files:
            if name != "index.json":
                assert archive[name].dtype.kind in "if"
    assert b"lambda" not in path.read_bytes()
    assert b"def " not in path.read_bytes()


def test_an_unknown_input_says_that_the_folder_is_mixed_up(tmp_path):
    _, path = recorded(tmp_path)
    with pytest.raises(LookupError, match="don't belong together"):
        FixtureOracle(path).answer("conv2d_forward", (X + 1, W, B), {})


def test_a_missing_fixtures_file_says_what_to_do(tmp_path):
    with pytest.raises(LookupError, match="download the folder again"):
        FixtureOracle(tmp_path / "fixtures.npz").answer("conv2d_forward", (X, W, B), {})
