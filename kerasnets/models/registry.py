"""The zoo: one card per network, what it is called, where it comes from, how large it is.

>>> [card.name for card in table()][:6]
['lenet5', 'lenet5_1998', 'alexnet', 'alexnet_single_tower', 'alexnet_small', 'vgg11']
>>> card("vgg16").parameters
138357544
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from keras import Model

WEIGHTS = Path(__file__).parent.parent / "weights"

LENET = "LeCun, Bottou, Bengio, Haffner: Gradient-based learning applied to document recognition"
ALEXNET = "Krizhevsky, Sutskever, Hinton: ImageNet classification with deep convolutional neural networks"
VGG = "Simonyan, Zisserman: Very deep convolutional networks for large-scale image recognition"
GOOGLENET = "Szegedy et al.: Going deeper with convolutions"
RESNET = "He, Zhang, Ren, Sun: Deep residual learning for image recognition"
OURS = "none: made for this course, after "
ALL_WEIGHTS = "all weights and biases, dense layers included, 1,000 classes"
TORCHVISION = "as torchvision counts: trainable weights, convolutions without biases, 1,000 classes"
APPLICATIONS = (
    "as keras.applications counts: convolutions with biases, moving averages included, 1,000 classes"
)
SMALL = "all weights and biases, 10 classes"


@dataclass(frozen=True)
class Top5:
    """A top-5 error of ILSVRC: the percentage of images whose class is not among the five likeliest.

    `of` says of how many networks, on which of the contest's images: the test or the validation set;
    `source` is the place in the card's paper.
    """

    percent: float
    of: str
    source: str


@dataclass(frozen=True)
class Card:
    """What stands on a network's label.

    `input` is (H, W, C) of its usual images; `parameters` the published count, under the words of `convention`;
    `depth` the weight layers that an image passes at most. `ilsvrc` is the year in which the network took part.
    """

    name: str
    family: str
    paper: str
    year: int
    input: tuple[int, int, int]
    parameters: int
    convention: str
    summary: str
    depth: int
    trainable_only: bool = False  # whether the convention leaves the moving averages out
    ilsvrc: int | None = None
    top5: tuple[Top5, ...] = ()

    @property
    def builder(self) -> Callable[..., Model]:
        """The public function that builds it: `kerasnets.models.<family>.<name>`."""
        return getattr(import_module(f"kerasnets.models.{self.family}"), self.name)

    @property
    def trained(self) -> bool:
        """Whether trained weights ship with the package."""
        return (WEIGHTS / f"{self.name}.json").exists()


ALEXNET_TOP5 = (
    Top5(15.3, "7 networks, 2 pretrained on ImageNet 2011, test; won", "table 2"),
    Top5(16.4, "5 networks, test", "table 2"),
    Top5(18.2, "1 network, validation", "table 2"),
)
VGG_TOP5 = Top5(7.3, "7 networks of 3 columns, test; second place", "table 6")
GOOGLENET_TOP5 = (
    Top5(6.67, "7 networks, 144 crops, test; won", "table 2"),
    Top5(7.89, "1 network, 144 crops, validation", "table 3"),
)
RESNET_TOP5 = Top5(3.57, "6 networks, 2 of them ResNet-152, test; won", "table 5")
ONE_RESNET = "1 network, several scales, validation"

IMAGENET = (224, 224, 3)

CARDS = (
    Card(
        "lenet5", "lenet", LENET, 1998, (28, 28, 1), 61_706,
        "plain C3 and dense output, pooling without weights; the paper itself has 60,000",
        "two convolutions, two poolings, three dense layers: reads digits", depth=5,
    ),
    Card(
        "lenet5_1998", "lenet", LENET, 1998, (28, 28, 1), 61_706,
        "plain C3 and dense output, pooling without weights; the paper itself has 60,000",
        "LeNet-5 with tanh and average pooling, as it was", depth=5,
    ),
    Card(
        "alexnet", "alexnet", ALEXNET, 2012, (227, 227, 3), 60_965_224,
        ALL_WEIGHTS + "; three convolutions in two groups", "five convolutions, shared by two processors",
        depth=8, ilsvrc=2012, top5=ALEXNET_TOP5,
    ),
    Card(
        "alexnet_single_tower", "alexnet", ALEXNET, 2012, (227, 227, 3), 62_378_344,
        ALL_WEIGHTS + "; no groups", "AlexNet for one processor", depth=8,
    ),
    Card(
        "alexnet_small", "alexnet", OURS + ALEXNET, 2012, (32, 32, 3), 777_738, SMALL,
        "five convolutions, overlapping poolings for 32×32 images", depth=8,
    ),
    Card(
        "vgg11", "vgg", VGG, 2015, IMAGENET, 132_863_336, ALL_WEIGHTS, "column A: 8 convolutions", depth=11
    ),
    Card(
        "vgg13", "vgg", VGG, 2015, IMAGENET, 133_047_848, ALL_WEIGHTS, "column B: 10 convolutions", depth=13
    ),
    Card(
        "vgg16", "vgg", VGG, 2015, IMAGENET, 138_357_544, ALL_WEIGHTS, "column D: 13 convolutions",
        depth=16, ilsvrc=2014,
        top5=(VGG_TOP5, Top5(7.2, "1 network, dense and 150 crops, validation", "table 5")),
    ),
    Card(
        "vgg19", "vgg", VGG, 2015, IMAGENET, 143_667_240, ALL_WEIGHTS, "column E: 16 convolutions",
        depth=19, ilsvrc=2014,
        top5=(VGG_TOP5, Top5(7.1, "1 network, dense and 150 crops, validation", "table 5")),
    ),
    Card(
        "vgg_small", "vgg", OURS + VGG, 2015, (32, 32, 3), 272_874, SMALL,
        "three blocks of two convolutions for 32×32 images", depth=8,
    ),
    Card(
        "googlenet", "googlenet", GOOGLENET, 2015, IMAGENET, 6_998_552,
        "all weights and biases, 1,000 classes; 13,378,280 with both auxiliary heads",
        "nine inception modules", depth=22, ilsvrc=2014, top5=GOOGLENET_TOP5,
    ),
    Card(
        "googlenet_small", "googlenet", OURS + GOOGLENET, 2015, (32, 32, 3), 669_802, SMALL,
        "six inception modules for 32×32 images", depth=14,
    ),
    Card(
        "resnet18", "resnet", RESNET, 2016, IMAGENET, 11_689_512, TORCHVISION, "8 plain blocks",
        depth=18, trainable_only=True,
    ),
    Card(
        "resnet34", "resnet", RESNET, 2016, IMAGENET, 21_797_672, TORCHVISION, "16 plain blocks",
        depth=34, trainable_only=True, ilsvrc=2015, top5=(Top5(5.71, ONE_RESNET, "table 4"),),
    ),
    Card(
        "resnet50", "resnet", RESNET, 2016, IMAGENET, 25_636_712, APPLICATIONS, "16 bottlenecks",
        depth=50, ilsvrc=2015, top5=(Top5(5.25, ONE_RESNET, "table 4"),),
    ),
    Card(
        "resnet101", "resnet", RESNET, 2016, IMAGENET, 44_707_176, APPLICATIONS, "33 bottlenecks",
        depth=101, ilsvrc=2015, top5=(Top5(4.60, ONE_RESNET, "table 4"),),
    ),
    Card(
        "resnet152", "resnet", RESNET, 2016, IMAGENET, 60_419_944, APPLICATIONS, "50 bottlenecks",
        depth=152, ilsvrc=2015, top5=(RESNET_TOP5, Top5(4.49, ONE_RESNET, "table 4")),
    ),
    Card(
        "resnet_small", "resnet", OURS + RESNET, 2016, (32, 32, 3), 698_858,
        "all weights, convolutions without biases, moving averages included, 10 classes",
        "six plain blocks for 32×32 images", depth=14,
    ),
)  # fmt: skip


def table() -> list[Card]:
    """All cards, in the order in which the course meets them."""
    return list(CARDS)


def card(name: str) -> Card:
    """The card of one network. Raises ValueError that lists the names there are."""
    for known in CARDS:
        if known.name == name:
            return known
    raise ValueError(f"no network is called {name!r}; there are {', '.join(c.name for c in CARDS)}")


def build(name: str, **options: Any) -> Model:
    """The Keras model of that name, with new weights; the options are those of its builder.

    >>> build("lenet5", form="1998").name
    'lenet5'
    """
    return card(name).builder(**options)


class BadWeights(ValueError):
    """Shipped weights that are not those their card describes."""


def training_card(name: str, folder: Path | None = None) -> dict[str, Any]:
    """How the shipped weights were made: data, seed, epochs, seconds, accuracy, SHA-256 of the file."""
    path = (folder or WEIGHTS) / f"{name}.json"
    if not path.exists():
        have = ", ".join(sorted(p.stem for p in path.parent.glob("*.json"))) or "none"
        raise ValueError(
            f"no trained weights for {name!r} in {path.parent} (there: {have}); kerasnets train {name}"
        )
    return json.loads(path.read_text(encoding="utf-8"))


def weights(name: str, folder: Path | None = None) -> list[np.ndarray]:
    """The trained weights, float32, in layer order: what `model.set_weights` takes.

    Raises BadWeights if the file's SHA-256 or a shape is not what the card says.

    >>> [w.shape for w in weights("lenet5")][:4]
    [(5, 5, 1, 6), (6,), (5, 5, 6, 16), (16,)]
    """
    import numpy as np

    made = training_card(name, folder)
    path = (folder or WEIGHTS) / made["weights"]
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if digest != made["sha256"]:
        raise BadWeights(
            f"{path.name}: SHA-256 is {digest}, the card says {made['sha256']}; get the file anew"
        )
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        loaded = [arrays[key] for key in sorted(arrays.files)]
    shapes = [list(w.shape) for w in loaded]
    if shapes != made["shapes"]:
        raise BadWeights(f"{path.name}: shapes are {shapes}, the card says {made['shapes']}")
    return loaded
