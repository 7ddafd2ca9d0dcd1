"""The networks of the course, each written as its paper's table.

`build(name, **options)` gives the Keras model, `table()` a card of each. Keras is imported by the builders only.
"""

from kerasnets.models.alexnet import alexnet, alexnet_single_tower, alexnet_small
from kerasnets.models.googlenet import googlenet, googlenet_small
from kerasnets.models.lenet import lenet5, lenet5_1998
from kerasnets.models.registry import Card, Top5, build, card, table, weights
from kerasnets.models.resnet import resnet18, resnet34, resnet50, resnet101, resnet152, resnet_small
from kerasnets.models.vgg import vgg11, vgg13, vgg16, vgg19, vgg_small

# fmt: off
__all__ = [
    "Card",
    "Top5",
    "alexnet",
    "alexnet_single_tower",
    "alexnet_small",
    "build",
    "card",
    "googlenet",
    "googlenet_small",
    "lenet5",
    "lenet5_1998",
    "resnet18",
    "resnet34",
    "resnet50",
    "resnet101",
    "resnet152",
    "resnet_small",
    "table",
    "vgg11",
    "vgg13",
    "vgg16",
    "vgg19",
    "vgg_small",
    "weights",
]
# fmt: on
