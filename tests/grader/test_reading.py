"""Reading digits: what is asked is drawn, and only a network that reads each image on its own answers it."""

import numpy as np
import pytest

from grader.cnnchecks.outcome import Misfit
from grader.cnnchecks.values import in_batches
from grader.judge import reading
from grader.judge.context import Judging
from grader.judge.models import digits_for
from grader.judge.reading import Question, drawn, reading_outcome

RNG = np.random.default_rng(0)
DIGITS, LABELS = RNG.random((300, 12, 12, 1), dtype=np.float32), np.arange(300) % 10
TEMPLATES = np.random.default_rng(5).random((10, 12, 12, 1))


def question(seed=1):
    """Digits that are their class's template with a little of their own, so that a nearest template reads them."""
    digits = (0.9 * TEMPLATES[LABELS] + 0.1 * DIGITS).astype(np.float32)
    return drawn(digits, LABELS, np.random.default_rng(seed))


def nearest(images, moves=((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1))):
    """Reads an image, also where it is moved: how near it is to each template, (N, 10)."""
    scores = [
        -(((images[:, None] - np.roll(TEMPLATES, move, (1, 2))[None])[:, :, 2:-2, 2:-2]) ** 2).sum((2, 3, 4))
        for move in moves
    ]
    return np.max(scores, axis=0)


def said_of(answer, asked=None, at_least=0.9):
    asked = asked or question()
    return reading_outcome("mine", asked, in_batches(answer, asked.images, asked.sizes), at_least)


def test_who_reads_passes_and_is_measured():
    outcome = said_of(nearest)
    assert (outcome.passed, outcome.measured) == (True, 1.0)


def test_every_digit_is_asked_once_as_it_lies_and_some_again():
    asked = question()
    whole, again, moved = np.split(asked.images, [300, 300 + len(asked.again)])
    assert sorted(asked.labels.tolist()) == sorted(LABELS.tolist())
    np.testing.assert_array_equal(again, whole[asked.again])
    assert len(moved) == len(asked.moved) == 100
    assert all(
        same != other
        for same, other in zip(asked.images[asked.moved].sum((1, 2, 3)), moved.sum((1, 2, 3)), strict=True)
    )
    assert len(set(asked.again.tolist())) == reading.AGAIN


def test_a_moved_image_is_the_image_moved_and_black_at_the_border():
    image = np.arange(1.0, 13.0).reshape(3, 4, 1)
    assert reading._moved(image, 1, 0)[..., 0].tolist() == [[0, 0, 0, 0], [1, 2, 3, 4], [5, 6, 7, 8]]
    assert reading._moved(image, 0, -1)[..., 0].tolist() == [[2, 3, 4, 0], [6, 7, 8, 0], [10, 11, 12, 0]]


def test_a_seed_repeats_its_question_and_another_asks_another():
    def asked(seed):
        return digits_for(Judging(seed=seed), "trained")

    one, same, other = asked(b"ada"), asked(b"ada"), asked(b"bob")
    np.testing.assert_array_equal(one.images, same.images)
    assert one.sizes == same.sizes != other.sizes
    assert np.mean(one.labels == other.labels) < 0.2
    assert len({*one.sizes}) > 5


def by_place(asked):
    """Answers with labels in the order of the file, however many it is asked about."""
    place = iter(range(10_000))
    return lambda images: np.eye(10)[[LABELS[next(place) % len(LABELS)] for _ in images]]


def by_place_in_the_batch(images):
    return np.eye(10)[LABELS[: len(images)]]


def by_heart(asked):
    """Knows each image of the file to a hundredth, and no other."""
    known = (0.9 * TEMPLATES[LABELS] + 0.1 * DIGITS).astype(np.float32).reshape(300, -1)
    known /= np.linalg.norm(known, axis=1, keepdims=True)

    def answer(images):
        flat = images.reshape(len(images), -1)
        near = flat @ known.T / np.linalg.norm(flat, axis=1, keepdims=True)
        return np.eye(10)[LABELS[near.argmax(1)]] * (near.max(1, keepdims=True) > 0.998) + np.eye(10)[3] / 2

    return answer


def with_the_batch(amount):
    return lambda images: nearest(images) - amount * nearest(images).mean(axis=0)


CHEATS = {
    "the order of the file": (by_place(None), "depends on the other images"),
    "the place in the batch": (by_place_in_the_batch, "depends on the other images"),
    "the mean of the batch": (with_the_batch(0.5), "depends on the other images"),
    "a hundredth of it": (with_the_batch(0.01), "depends on the other images"),
    "the batch, behind a large number": (lambda x: 1e7 + by_place_in_the_batch(x), "depends on the other images"),
    "chance": (lambda x: np.random.default_rng().random((len(x), 10)), "or on chance"),
    "images by heart": (by_heart(None), "moved by one pixel"),
    "one answer for all": (lambda x: np.tile(np.eye(10)[0], (len(x), 1)), "that it has never seen"),
    "no numbers": (lambda x: np.full((len(x), 10), np.nan), "not finite"),
    "a map for each image": (lambda x: x, "one row of numbers for an image"),
}  # fmt: skip


@pytest.mark.parametrize("cheat", CHEATS)
def test_who_does_not_read_is_told_what_is_wrong(cheat):
    answer, words = CHEATS[cheat]
    outcome = said_of(answer)
    assert not outcome.passed
    assert words in outcome.message


def test_the_order_of_the_file_would_read_everything_if_it_were_asked():
    """So that the test above proves something."""
    nothing = np.arange(0)
    outcome = said_of(by_place(None), Question(DIGITS, (300,), LABELS, nothing, nothing))
    assert (outcome.passed, outcome.measured) == (True, 1.0)


def test_images_by_heart_would_read_everything_if_none_were_moved():
    asked = question()
    outcome = said_of(by_heart(None), Question(asked.images[:300], (300,), asked.labels, *[np.arange(0)] * 2))
    assert outcome.measured == 1.0


def test_a_batch_without_a_row_for_each_image_is_a_misfit():
    for answer in (
        lambda images: images.sum(),
        lambda images: images[:1],
        lambda images: np.repeat(images, 2, 0),
    ):
        with pytest.raises(Misfit, match="expected is one row for each image"):
            in_batches(answer, np.ones((5, 2)), (3, 2))


def test_rounding_is_no_other_answer():
    def rounded(images):
        return nearest(images) * (1 + 1e-6 * len(images))

    assert said_of(rounded).passed
