"""The right answers about AlexNet, inception modules, residual networks, global averages and the table of ILSVRC."""

from collections.abc import Sequence

import numpy as np

from grader.answers.lenet import conv_parameters, dense_parameters
from kerasnets import numpy_layers


def alexnet_activation_sizes(size: int, padding: str) -> dict[str, tuple[int, ...]]:
    """The shape of one image's activation after each layer of AlexNet (Krizhevsky et al. 2012, figure 2, on one processor).

    >>> [alexnet_activation_sizes(227, "valid")[name] for name in ("conv1", "pool5", "flat")]
    [(55, 55, 96), (6, 6, 256), (9216,)]
    """

    def maps(n: int, filters: int) -> tuple[int, int, int]:
        return n, n, filters

    def pooled(n: int) -> int:
        return numpy_layers.conv_output_size(n, 3, 2)

    conv1 = numpy_layers.conv_output_size(size, 11, 4, padding)
    pool1 = pooled(conv1)
    pool2 = pooled(pool1)
    pool5 = pooled(pool2)
    return {
        "image": maps(size, 3),
        "conv1": maps(conv1, 96),
        "pool1": maps(pool1, 96),
        "conv2": maps(pool1, 256),
        "pool2": maps(pool2, 256),
        "conv3": maps(pool2, 384),
        "conv4": maps(pool2, 384),
        "conv5": maps(pool2, 256),
        "pool5": maps(pool5, 256),
        "flat": (pool5 * pool5 * 256,),
        "fc6": (4096,),
        "fc7": (4096,),
        "output": (1000,),
    }


def inception_parameters(in_channels: int, filters: Sequence[int], reductions: bool) -> int:
    """Parameters of an inception module; `filters` are the six numbers of GoogLeNet's table (Szegedy et al. 2015, table 1).

    >>> inception_parameters(192, (64, 96, 128, 16, 32, 32), True)
    163696
    >>> inception_parameters(192, (64, 96, 128, 16, 32, 32), False)
    387296
    """
    one, reduce3, three, reduce5, five, projection = filters
    pairs: tuple[tuple[int, int, int], ...]
    if not reductions:
        pairs = ((1, in_channels, one), (3, in_channels, three), (5, in_channels, five))
    else:
        pairs = (
            (1, in_channels, one),
            (1, in_channels, reduce3),
            (3, reduce3, three),
            (1, in_channels, reduce5),
            (5, reduce5, five),
            (1, in_channels, projection),
        )
    return sum(conv_parameters(*pair) for pair in pairs)


def reduction_saving(kernel_size: int, in_channels: int, reduced: int, filters: int) -> int:
    """How many parameters fewer a convolution has with its 1×1 reduction, both counted, than without; negative for more.

    >>> reduction_saving(5, 192, 16, 32)  # GoogLeNet's first 5×5 branch; lecture 3: 1×1 adds parameters
    137712
    """
    alone = conv_parameters(kernel_size, in_channels, filters)
    return alone - conv_parameters(1, in_channels, reduced) - conv_parameters(kernel_size, reduced, filters)


def resnet_parameters(blocks: Sequence[int], bottleneck: bool) -> int:
    """Trainable parameters of a ResNet for ImageNet, convolutions without biases (He et al. 2016, table 1).

    >>> resnet_parameters((2, 2, 2, 2), False), resnet_parameters((3, 8, 36, 3), True)
    (11689512, 60192808)
    """
    channels, total = 64, _normalized(7, 3, 64)
    for stage, count in enumerate(blocks):
        width = 64 * 2**stage
        out = 4 * width if bottleneck else width
        for _ in range(count):
            if bottleneck:
                total += _normalized(1, channels, width) + _normalized(3, width, width)
                total += _normalized(1, width, out)
            else:
                total += _normalized(3, channels, width) + _normalized(3, width, width)
            if channels != out:
                total += _normalized(1, channels, out)
            channels = out
    return total + dense_parameters(channels, 1000)


def _normalized(kernel_size: int, channels: int, filters: int) -> int:
    """A convolution without biases, and the scale and shift of its batch normalisation."""
    return conv_parameters(kernel_size, channels, filters, use_bias=False) + 2 * filters


def head_parameters(height: int, width: int, channels: int, classes: int, head: str) -> int:
    """Parameters of the dense layer behind maps (height, width, channels) that are flattened, or averaged.

    >>> head_parameters(7, 7, 1024, 1000, "flatten"), head_parameters(7, 7, 1024, 1000, "average")
    (50177000, 1025000)
    """
    inputs = channels if head == "average" else height * width * channels
    return dense_parameters(inputs, classes)


def class_maps(maps: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """How much each place of the last maps (N, H, W, C) speaks for each class: (N, H, W, K), whose mean is the scores.

    After Zhou et al.: Learning deep features for discriminative localization, CVPR 2016.

    >>> class_maps(np.array([[[[1.0, 2.0]]]]), np.array([[1.0], [3.0]]), np.array([0.5])).tolist()
    [[[[7.5]]]]
    """
    return numpy_layers.dense_forward(maps.reshape(-1, maps.shape[-1]), w, b).reshape(*maps.shape[:-1], -1)


def ensemble_predictions(probabilities: np.ndarray) -> np.ndarray:
    """The classes (N,) that networks with the probabilities (M, N, K) predict together: by their mean.

    >>> ensemble_predictions(np.array([[[0.6, 0.4]], [[0.6, 0.4]], [[0.1, 0.9]]]))  # the third one is sure
    array([1])
    """
    return np.argmax(np.mean(probabilities, axis=0), axis=-1)


def single_networks(networks: np.ndarray, on_test: np.ndarray, errors: np.ndarray) -> np.ndarray:
    """The places, best first, of a table's rows that are single networks on the validation images.

    >>> single_networks(np.array([1, 6, 1]), np.array([False, True, False]), np.array([5.0, 3.0, 4.0]))
    array([2, 0])
    """
    ranked = np.argsort(errors, kind="stable")
    return ranked[((networks == 1) & ~on_test)[ranked]]


def output_units(inputs: int, parameters: int) -> int:
    """How many units a dense layer with biases has, which reads so many inputs and has so many parameters.

    >>> output_units(4096, 4_097_000)  # VGG16's last layer, a unit for each class of ILSVRC; lecture 2: 10,000
    1000
    """
    return parameters // (inputs + 1)


def relative_drop(before: float, after: float) -> float:
    """By which share of what it was an error has fallen.

    >>> relative_drop(8.0, 6.0)
    0.25
    """
    return float((before - after) / before)


ANSWERS = (
    alexnet_activation_sizes,
    inception_parameters,
    reduction_saving,
    resnet_parameters,
    head_parameters,
    class_maps,
    ensemble_predictions,
    single_networks,
    output_units,
    relative_drop,
)
