"""What makes a training quick changes nothing of what is learned: images moved in NumPy, batch normalisation in one operation."""

import keras
import numpy as np
import pytest

from kerasnets import augmenting, fitting, models
from kerasnets.fused import fused
from kerasnets.models import registry
from kerasnets.recipes import Recipe


def test_images_are_moved_by_whole_pixels_each_way_as_often_and_nothing_comes_in():
    images = np.zeros((5000, 8, 9, 1), np.uint8)
    images[:, 3, 4] = 200
    moved = augmenting.shifted(images, 2, np.random.default_rng(0))
    assert (moved.shape, moved.dtype) == (images.shape, images.dtype)
    rows, columns = np.nonzero(moved[..., 0])[1:]
    places, counts = np.unique([rows - 3, columns - 4], axis=1, return_counts=True)
    assert {tuple(place) for place in places.T} == {(i, j) for i in range(-2, 3) for j in range(-2, 3)}
    assert counts.min() > 150  # of 200
    at_the_border = augmenting.shifted(np.full((50, 4, 4, 1), 9, np.uint8), 1, np.random.default_rng(0))
    assert sorted({int((image == 0).sum()) for image in at_the_border}) == [0, 4, 7]


def test_images_are_turned_as_scipy_turns_them():
    ndimage = pytest.importorskip("scipy.ndimage")
    images = np.random.default_rng(1).integers(256, size=(3, 9, 12, 2)).astype(float)
    for degrees in (-10, 3.5, 90):
        expected = ndimage.rotate(images, degrees, axes=(2, 1), reshape=False, order=1, mode="grid-constant")
        found = augmenting.turned_by(images, degrees)
        np.testing.assert_allclose(found, expected, atol=0.51)  # rounded to whole numbers


def test_each_image_is_turned_by_an_angle_of_its_own_within_bounds():
    bar = np.zeros((400, 21, 21, 1), np.uint8)
    bar[:, 10, 11:] = 255  # from the middle to the right
    turned = augmenting.turned(bar, 20, np.random.default_rng(2))[..., 0].astype(float)
    y, x = np.mgrid[-10:11, -10:11]
    angles = np.degrees(np.arctan2(-(turned * y).sum((1, 2)), (turned * x).sum((1, 2))))
    assert np.abs(angles).max() < 21
    assert len(np.unique(np.round(angles))) == augmenting.ANGLES
    assert abs(angles.mean()) < 3


def test_half_of_the_images_are_flipped():
    images = np.arange(12, dtype=np.uint8).reshape(1, 3, 4, 1).repeat(1000, axis=0)
    changed = augmenting.flipped(images, np.random.default_rng(0))
    flipped = (changed == images[:, :, ::-1]).all(axis=(1, 2, 3))
    assert ((changed == images).all(axis=(1, 2, 3)) ^ flipped).all()
    assert 400 < flipped.sum() < 600


def test_a_recipe_without_augmentation_leaves_images_alone():
    images = np.arange(4, dtype=np.uint8).reshape(1, 2, 2, 1)
    assert Recipe(shift=0).augmented(images, np.random.default_rng(0)) is images


@pytest.mark.parametrize("name", ["vgg_small", "resnet_small", "googlenet_small"])
def test_a_fused_network_learns_what_keras_s_own_does(name):
    keras.utils.set_random_seed(4)
    own = registry.build(name, input_shape=(28, 28, 1))
    quick = fused(own)
    assert [w.path for w in quick.weights] == [w.path for w in own.weights]
    quick.set_weights(own.get_weights())
    images = np.random.default_rng(0).uniform(size=(12, 28, 28, 1)).astype("float32")
    for layer in (*own.layers, *quick.layers):
        if isinstance(layer, keras.layers.Dropout):
            layer.rate = 0
    normalised = [layer for layer in quick.layers if isinstance(layer, keras.layers.BatchNormalization)]
    assert all(type(layer) is not keras.layers.BatchNormalization for layer in normalised)
    for training in (True, False):  # the second with the moving averages of the first
        one, other = (keras.ops.convert_to_numpy(model(images, training=training)) for model in (own, quick))
        np.testing.assert_allclose(one, other, atol=1e-4 * np.abs(one).max())
    for mine, theirs in zip(own.get_weights(), quick.get_weights(), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-5)


def test_halves_are_for_devices_that_gain_by_them(monkeypatch):
    large, small = (
        lambda name=name: models.build(name, input_shape=(28, 28, 1)) for name in ("vgg_small", "lenet5")
    )
    for gains, precision in ((True, "mixed_bfloat16"), (False, "float32")):
        monkeypatch.setattr(fitting, "multiplies_halves", lambda gains=gains: gains)
        assert fitting.precision_for(Recipe(), large) == precision
        assert fitting.precision_for(Recipe(), small) == "float32"
        assert fitting.precision_for(Recipe(precision="mixed_float16"), small) == "mixed_float16"
