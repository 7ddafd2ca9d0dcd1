"""The networks of the course, each written as its paper's table.

`build(name, **options)` gives the Keras model, `table()` a card of each. Keras is imported by the builders only.
"""

from kerasnets.models.lenet import lenet5
from kerasnets.models.registry import Card, build, card, table, weights
from kerasnets.models.vgg import vgg11, vgg13, vgg16, vgg19, vgg_small

# fmt: off
__all__ = [
    "Card", "build", "card", "lenet5", "table", "vgg11", "vgg13", "vgg16", "vgg19", "vgg_small", "weights",
]
# fmt: on
