"""LeNet-5 (LeCun, Bottou, Bengio, Haffner: Gradient-based learning applied to document recognition, 1998)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keras import Model

# The two forms differ in what follows a convolution and in how a window is summed up.
FORMS = {"1998": ("tanh", "AveragePooling2D"), "modern": ("relu", "MaxPooling2D")}


def lenet5(
    form: str = "modern",
    padding: str = "same",
    input_shape: tuple[int, int, int] | None = None,
    classes: int = 10,
    softmax: bool = False,
    name: str = "lenet5",
) -> Model:
    """LeNet-5 with the paper's layer names, C1 to F6: images (N, H, W, C) -> logits (N, classes).

    form: "1998" has tanh and average pooling, "modern" has ReLU and max pooling.
    padding: of C1 alone. "same" takes 28×28 images, "valid" the same digits in a frame of 32×32; either way C1's
        maps are 28×28 and the network has 61,706 weights. "valid" with input_shape=(28, 28, 1) has 44,426.
    input_shape: (H, W, C) if it is to be another than these.
    softmax: whether the output is probabilities rather than logits.

    Simplified against the paper, in both forms: S2 and S4 have no weights (the paper scales and shifts each map);
    every map of C3 sees all 6 of S2 (the paper connects 60 of the 96 pairs); tanh is not scaled by 1.7159; the
    output is a dense layer (the paper has distances to fixed 7×12 drawings of the digits).

    >>> lenet5().count_params(), lenet5("1998", padding="valid").count_params()
    (61706, 61706)
    """
    import keras
    from keras import layers

    if form not in FORMS:
        raise ValueError(f"lenet5: form is {form!r}; expected one of {', '.join(map(repr, FORMS))}")
    if padding not in ("same", "valid"):
        raise ValueError(f"lenet5: padding is {padding!r}; expected 'same' (28×28 images) or 'valid' (32×32)")
    activation, pooling = FORMS[form]
    pool = getattr(layers, pooling)
    shape = input_shape or ((28, 28, 1) if padding == "same" else (32, 32, 1))

    x = inputs = keras.Input(shape, name="image")  # shapes below for both of the usual images
    x = layers.Conv2D(6, (5, 5), padding=padding, activation=activation, name="C1")(x)  # (N, 28, 28, 6)
    x = pool((2, 2), name="S2")(x)  # (N, 14, 14, 6)
    x = layers.Conv2D(16, (5, 5), activation=activation, name="C3")(x)  # (N, 10, 10, 16)
    x = pool((2, 2), name="S4")(x)  # (N, 5, 5, 16)
    x = layers.Flatten(name="flatten")(x)  # (N, 400): a 5×5 convolution of a 5×5 map is a dense layer
    x = layers.Dense(120, activation=activation, name="C5")(x)  # (N, 120)
    x = layers.Dense(84, activation=activation, name="F6")(x)  # (N, 84)
    x = layers.Dense(classes, activation="softmax" if softmax else None, name="output")(x)  # (N, classes)
    return keras.Model(inputs, x, name=name)


def lenet5_1998(**options) -> Model:
    """The form of 1998: tanh and average pooling; 61,706 parameters. Options as of `lenet5`."""
    return lenet5("1998", name="lenet5_1998", **options)
