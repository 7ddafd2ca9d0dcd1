"""Wrong ideas about grids of one, two and three axes, and about memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.misconceptions.idea import idea
from grader.misconceptions.right import as_input, rnn_forward, values_seen

MEMORY = "Lecture 4, CNN against RNN"
GRIDS = "Lecture 5, Grid topology"

# Grids of one, two and three axes ---------------------------------------------------------------------------

channels_as_axis = idea(
    "grid.channels_as_axis",
    belief="Several microphones and some samples make a table: a picture with two axes.",
    hint="Would a kernel that slides from the second microphone to the third see anything? Along which axis does "
    "position mean something?",
    lecture=GRIDS,
)
channels_not_last = idea(
    "grid.channels_not_last",
    belief="The file's order of axes is good enough.",
    hint="Keras slides along the first axis of an example and takes the last one for its channels. Which axis of the file "
    "is time?",
    lecture=GRIDS,
)
reshaped = idea(
    "grid.reshaped_for_transposed",
    belief="`reshape` exchanges two axes.",
    hint="It reads the numbers in the order in which they lie, and breaks the lines elsewhere. Print a (2, 3) array and "
    "both its `reshape(3, 2)` and its `.T`.",
    lecture=GRIDS,
)
text_as_image = idea(
    "grid.text_as_image",
    belief="Words and their numbers make a table: a picture with two axes.",
    hint="Are the seventh and the eighth number of a word neighbours, as two pixels are? What is a word's channel?",
    lecture=GRIDS,
)
frames_as_channels = idea(
    "grid.frames_as_channels",
    belief="A film is an image with a channel for each frame.",
    hint="A kernel spans all channels at once, so it couldn't slide through time. How many axes does the grid have?",
    lecture=GRIDS,
)
frames_as_batch = idea(
    "grid.frames_as_batch",
    belief="A film is a batch of images.",
    hint="The images of a batch know nothing of each other. How should a kernel see that something moves?",
    lecture=GRIDS,
)
no_channel_axis = idea(
    "grid.no_channel_axis",
    belief="Grey needs no channel axis, and neither does a series of single numbers.",
    hint="One channel is an axis of length 1: Keras takes the last axis for channels, whatever it is.",
    lecture=GRIDS,
)
no_batch_axis = idea(
    "grid.no_batch_axis",
    belief="A single example needs no batch axis.",
    hint="A layer takes any number of examples, also one: then the first axis has length 1.",
    lecture=GRIDS,
)
always_2d = idea(
    "grid.always_2d",
    belief="Convolutional networks are made of `Conv2D`.",
    hint="Count the axes along which the kernel is to slide: batch and channels aren't among them.",
    lecture=GRIDS,
)


@channels_as_axis.answers_to("as_input")
def _(kind: str, signal: Any) -> Any:
    return ("Conv2D", signal[None, ..., None]) if kind == "audio" else as_input(kind, signal)


@channels_not_last.answers_to("as_input")
def _(kind: str, signal: Any) -> Any:
    return ("Conv1D", signal[None]) if kind == "audio" else as_input(kind, signal)


@reshaped.answers_to("as_input")
def _(kind: str, signal: Any) -> Any:
    return ("Conv1D", signal.reshape(1, *signal.shape[::-1])) if kind == "audio" else as_input(kind, signal)


@text_as_image.answers_to("as_input")
def _(kind: str, signal: Any) -> Any:
    return ("Conv2D", signal[None, ..., None]) if kind == "text" else as_input(kind, signal)


@frames_as_channels.answers_to("as_input")
def _(kind: str, signal: Any) -> Any:
    return ("Conv2D", np.moveaxis(signal, 0, -1)[None]) if kind == "video" else as_input(kind, signal)


@frames_as_batch.answers_to("as_input")
def _(kind: str, signal: Any) -> Any:
    return ("Conv2D", signal[..., None]) if kind == "video" else as_input(kind, signal)


@no_channel_axis.answers_to("as_input")
def _(kind: str, signal: Any) -> Any:
    layer_name, batch = as_input(kind, signal)
    return layer_name, batch if kind in ("audio", "text") else batch[..., 0]


@no_batch_axis.answers_to("as_input")
def _(kind: str, signal: Any) -> Any:
    layer_name, batch = as_input(kind, signal)
    return layer_name, batch[0]


@always_2d.answers_to("as_input")
def _(kind: str, signal: Any) -> Any:
    return "Conv2D", as_input(kind, signal)[1]


# Memory -----------------------------------------------------------------------------------------------------

all_at_once = idea(
    "memory.all_at_once",
    belief="A convolution sees the whole series.",
    hint="It slides over all of it, but each answer is made of one window. How wide is that?",
    lecture=MEMORY,
)
sizes_added = idea(
    "memory.sizes_added",
    belief="The windows of two layers, laid end to end, make the width that is seen.",
    hint="Two layers of kernels of 2: draw them over five values and follow the last answer down. The windows overlap.",
    lecture=MEMORY,
)
sizes_multiplied = idea(
    "memory.sizes_multiplied",
    belief="Each layer multiplies the width by its kernel's size.",
    hint="It would, if windows lay side by side, at strides as large as they are. Here they move by one.",
    lecture=MEMORY,
)
widest_only = idea(
    "memory.widest_layer",
    belief="The widest kernel says how much is seen.",
    hint="The second layer's values have each seen several values already.",
    lecture=MEMORY,
)
series_without_end = idea(
    "memory.longer_than_the_series",
    belief="The width doesn't depend on the series.",
    hint="Can an answer hang on more values than there are?",
    lecture=MEMORY,
)
previous_only = idea(
    "memory.previous_state_only",
    belief="A recurrent network sees this value and the one before.",
    hint="It sees the state before; and what was that made of?",
    lecture=MEMORY,
)
weights_remember = idea(
    "memory.weights_remember",
    belief="A network remembers what it was asked before: that is what its weights are for.",
    hint="Weights change while training only. Ask a network about 3, then about 5, then about 3 again: do the two "
    "answers to 3 differ?",
    lecture=MEMORY,
)


@all_at_once.answers_to("values_seen")
def _(network: str, steps: int, kernel_sizes: Any = ()) -> Any:
    return steps if network == "convolution" else values_seen(network, steps)


def _width(wrong: Any, width: Callable[[Any], int]) -> None:
    @wrong.answers_to("values_seen")
    def _(network: str, steps: int, kernel_sizes: Any = ()) -> Any:
        if network != "convolution":
            return values_seen(network, steps)
        return min(steps, int(width(kernel_sizes)))


_width(sizes_added, sum)
_width(sizes_multiplied, np.prod)
_width(widest_only, max)


@series_without_end.answers_to("values_seen")
def _(network: str, steps: int, kernel_sizes: Any = ()) -> Any:
    return values_seen(network, 10**9 if network == "convolution" else steps, kernel_sizes)


@previous_only.answers_to("values_seen")
def _(network: str, steps: int, kernel_sizes: Any = ()) -> Any:
    return 2 if network == "recurrent" else values_seen(network, steps, kernel_sizes)


@weights_remember.answers_to("values_seen")
def _(network: str, steps: int, kernel_sizes: Any = ()) -> Any:
    return steps if network == "one at a time" else values_seen(network, steps, kernel_sizes)


no_memory = idea(
    "rnn.no_memory",
    belief="Each step is computed from its own input.",
    hint="Change the first input: does your second state change?",
    lecture=MEMORY,
)
last_state_only = idea(
    "rnn.last_state_only",
    belief="The answer is the last state.",
    hint="Here all states are asked for: an axis for the steps stands between those for the series and the units.",
    lecture=MEMORY,
)
no_squashing = idea(
    "rnn.no_squashing",
    belief="A state is a sum of products.",
    hint="The formula has a function around the sum: without it, states of a long series grow without bound.",
    lecture=MEMORY,
)
carried_over = idea(
    "rnn.carried_over",
    belief="The memory goes on from one series of the batch to the next.",
    hint="Every series begins anew, with a state of zeros.",
    lecture=MEMORY,
)
transposed_weights = idea(
    "rnn.transposed_weights",
    belief="The state is multiplied by its matrix from the left.",
    hint="States are rows here: `state @ w_h`. Which index of `w_h` belongs to the old state, and which to the new?",
    lecture=MEMORY,
)
state_added = idea(
    "rnn.state_added",
    belief="The old state is added to the new one as it is.",
    hint="What is `w_h` for?",
    lecture=MEMORY,
)
no_bias = idea(
    "rnn.bias_forgotten",
    belief="There is no bias.",
    hint="There is one number for each unit more, which is added before the tanh.",
    lecture=MEMORY,
)


@no_memory.answers_to("rnn_forward")
def _(x: Any, w_x: Any, w_h: Any, b: Any) -> Any:
    return rnn_forward(x, w_x, 0 * w_h, b)


@last_state_only.answers_to("rnn_forward")
def _(x: Any, w_x: Any, w_h: Any, b: Any) -> Any:
    return rnn_forward(x, w_x, w_h, b)[:, -1]


@no_squashing.answers_to("rnn_forward")
def _(x: Any, w_x: Any, w_h: Any, b: Any) -> Any:
    states = [x[:, 0] @ w_x + b]
    for step in range(1, x.shape[1]):
        states.append(x[:, step] @ w_x + states[-1] @ w_h + b)
    return np.stack(states, axis=1)


@carried_over.answers_to("rnn_forward")
def _(x: Any, w_x: Any, w_h: Any, b: Any) -> Any:
    return rnn_forward(x.reshape(1, -1, x.shape[2]), w_x, w_h, b).reshape(*x.shape[:2], len(b))


@transposed_weights.answers_to("rnn_forward")
def _(x: Any, w_x: Any, w_h: Any, b: Any) -> Any:
    return rnn_forward(x, w_x, w_h.T, b)


@state_added.answers_to("rnn_forward")
def _(x: Any, w_x: Any, w_h: Any, b: Any) -> Any:
    return rnn_forward(x, w_x, np.eye(len(b)), b)


@no_bias.answers_to("rnn_forward")
def _(x: Any, w_x: Any, w_h: Any, b: Any) -> Any:
    return rnn_forward(x, w_x, w_h, 0 * b)
