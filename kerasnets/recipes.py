"""How each network of the zoo is trained: everything but the data's place and the seed.

First guesses, not the outcome of a search. That for MNIST was looked at once without a test set (`kerasnets train lenet5
--epochs 12 --holdout 5000`: 99.22 %), that for Fashion-MNIST twice (`kerasnets train vgg_small --epochs 3 --holdout 5000`:
91.22 % with a learning rate of 0.002, 92.00 % with 0.006). Its epochs are those that a busy CPU had time for: the fewer, the
less the images are changed. Who has a GPU, or a night, should take more (`--epochs 30 --shift 2`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from keras import Layer
    from keras.optimizers import Optimizer


@dataclass(frozen=True)
class Recipe:
    """The settings of one training.

    learning_rate: the highest, reached after a share of `warmup` of all steps; then it falls along half a cosine.
    average: share of all steps over which the weights' moving average reaches, which is what is kept; 0 for none.
    shift: pixels by which an image is moved at most, at random; turn: degrees; flip: left and right exchanged.
    precision: in which layers compute, by Keras's name for it ("float32", "mixed_bfloat16"); "auto" as the device gains.
    """

    data: str = "digits"
    epochs: int = 40
    batch_size: int = 64
    learning_rate: float = 2e-3
    warmup: float = 0.05
    weight_decay: float = 0.0
    label_smoothing: float = 0.0
    average: float = 0.0
    shift: int = 1
    turn: float = 0.0
    flip: bool = False
    precision: str = "auto"

    def optimizer(self, steps: int) -> Optimizer:
        """AdamW with its schedule over so many steps. (Loshchilov, Hutter: SGDR, 2017; Decoupled weight decay, 2019.)"""
        from keras import optimizers

        warm = max(1, round(self.warmup * steps))
        schedule = optimizers.schedules.CosineDecay(
            0.0, max(1, steps - warm), warmup_target=self.learning_rate, warmup_steps=warm
        )

        class Averaging(optimizers.AdamW):
            """Its moving average takes the weights' place when training is over, not at the end of each `fit`."""

            def finalize_variable_values(self, var_list: Any) -> None:
                pass

            def finish(self, var_list: Any) -> None:
                super().finalize_variable_values(var_list)

        made = Averaging(
            schedule,
            weight_decay=self.weight_decay,
            use_ema=self.average > 0,
            ema_momentum=1 - 1 / max(2.0, self.average * steps),
        )
        made.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
        return made

    def augmentation(self, height: int, width: int, seed: int) -> list[Layer]:
        """Keras layers that change images (N, H, W, C) at random while training."""
        from keras import layers

        fill: dict[str, Any] = {"fill_mode": "constant", "fill_value": 0.0}
        made: list[Layer] = []
        if self.shift:
            factors = (self.shift + 0.5) / height, (self.shift + 0.5) / width  # rounded to whole pixels
            made.append(layers.RandomTranslation(*factors, interpolation="nearest", seed=seed, **fill))
        if self.turn:
            made.append(layers.RandomRotation(self.turn / 360, seed=seed + 1, **fill))
        if self.flip:
            made.append(layers.RandomFlip("horizontal", seed=seed + 2))
        return made

    def augmented(self, images: np.ndarray, random: np.random.Generator) -> np.ndarray:
        """The same in NumPy, where that is quicker."""
        from kerasnets import augmenting

        images = augmenting.shifted(images, self.shift, random) if self.shift else images
        images = augmenting.turned(images, self.turn, random) if self.turn else images
        return augmenting.flipped(images, random) if self.flip else images


FASHION = Recipe(
    "fashion_mnist", epochs=7, batch_size=128, learning_rate=6e-3, weight_decay=0.02, label_smoothing=0.1,
    average=0.03, shift=1, flip=True,
)  # fmt: skip
MNIST = Recipe("mnist", epochs=20, batch_size=128, learning_rate=3e-3, average=0.03, shift=2, turn=10)

RECIPES = {
    "lenet5": MNIST,
    "lenet5_1998": replace(MNIST, learning_rate=4e-3),
    "alexnet_small": replace(FASHION, epochs=3, learning_rate=1.5e-3, shift=0),  # without batch normalisation
    "vgg_small": FASHION,
    "googlenet_small": replace(FASHION, epochs=3, shift=0),
    "resnet_small": replace(FASHION, epochs=2, shift=0),
}


def recipe(name: str) -> Recipe:
    """The recipe of a network of the shipped zoo; a plain one for the others.

    >>> recipe("vgg_small").data, recipe("vgg16").data
    ('fashion_mnist', 'digits')
    """
    return RECIPES.get(name, Recipe())
