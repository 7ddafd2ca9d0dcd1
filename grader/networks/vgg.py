"""VGG16 and VGG19, which assignment 5 builds by their table and only counts, and a small one that it trains."""

from typing import Any

from grader.networks.network import Network


def vgg16() -> Any:
    from kerasnets.models import vgg16

    return vgg16()


def vgg19() -> Any:
    from kerasnets.models import vgg19

    return vgg19()


def vgg_digits() -> Any:
    """Three blocks of two for images of 28×28: 37,186 parameters."""
    from kerasnets.models.vgg import vgg

    return vgg(
        convolutions=(2, 2, 2),
        filters=(8, 16, 32),
        dense=(64,),
        dropout=0.5,
        input_shape=(28, 28, 1),
        classes=10,
        softmax=True,
        name="vgg_digits",
    )


NETWORKS = {
    "vgg16": Network(vgg16, "a5_vgg", run=False),
    "vgg19": Network(vgg19, "a5_vgg", run=False),
    "vgg_digits": Network(vgg_digits, "a5_vgg"),
}
