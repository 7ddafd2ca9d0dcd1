"""LeNet-5 in the two forms that assignment 4 asks for."""

from typing import Any

from grader.networks.network import Network


def lenet_same() -> Any:
    from kerasnets.models import lenet5

    return lenet5(form="modern", padding="same", softmax=True)


def lenet_valid() -> Any:
    from kerasnets.models import lenet5

    return lenet5(form="1998", padding="valid", softmax=True)


NETWORKS = {
    "lenet_same": Network(lenet_same, "a4_lenet"),
    "lenet_valid": Network(lenet_valid, "a4_lenet"),
}
