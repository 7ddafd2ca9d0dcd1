"""What the networks of the zoo are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keras import KerasTensor


def vgg_block(x: KerasTensor, number: int, convolutions: int, filters: int) -> KerasTensor:
    """3×3 convolutions that keep the size, then a 2×2 max pooling that halves it: (N, H, W, C) -> (N, H/2, W/2, filters).

    Two 3×3 convolutions see as far as one 5×5, with 18 weights per pair of channels for its 25, and a ReLU more.
    """
    from keras import layers

    for i in range(1, convolutions + 1):
        name = f"block{number}_conv{i}"
        x = layers.Conv2D(filters, (3, 3), padding="same", activation="relu", name=name)(
            x
        )  # (N, H, W, filters)
    return layers.MaxPooling2D((2, 2), name=f"block{number}_pool")(x)  # (N, H/2, W/2, filters)
