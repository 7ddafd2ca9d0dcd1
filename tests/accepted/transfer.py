"""Of transfer and of series: sums by label, scalar products, sorted pairs, `moveaxis`, a state for each series."""

import numpy as np


def transfer_parameters(size, filters, classes, frozen, batch_normalized=False):
    arrays = {"trainable": [], "non_trainable": []}
    for place, (before, maps) in enumerate(zip((1, *filters[:-1]), filters, strict=True)):
        learns = "non_trainable" if place < frozen else "trainable"
        arrays[learns] += [np.empty((3, 3, before, maps)), np.empty(maps)]
        if batch_normalized:
            arrays[learns] += [np.empty(maps)] * 2
            arrays["non_trainable"] += [np.empty(maps)] * 2
        size = size // 2
    arrays["trainable"] += [np.empty((size, size, filters[-1], classes)), np.empty(classes)]
    counts = {name: sum(array.size for array in parts) for name, parts in arrays.items()}
    return {"total": sum(counts.values()), **counts}


def class_means(features, labels, classes):
    sums = np.zeros((classes, features.shape[1]))
    np.add.at(sums, labels, features)
    return sums / np.bincount(labels, minlength=classes)[:, None]


def nearest_class(features, means):
    return np.argmax(features @ means.T - (means**2).sum(axis=1) / 2, axis=1)


def training_cost(images, epochs, base, head, way):
    total = 0
    for epoch in range(epochs):
        total += 3 * images * head
        if way == "fine-tuned":
            total += 3 * images * base
        elif way == "frozen" or epoch == 0:
            total += images * base
    return total


def choose_rate(rates, losses):
    means = [(sum(runs) / len(runs), rate) for rate, runs in zip(rates, losses, strict=True)]
    return min(pair for pair in means if not np.isnan(pair[0]))[1]


def as_input(kind, signal):
    if kind == "audio":
        signal = np.moveaxis(signal, 0, -1)
    elif kind != "text":
        signal = np.expand_dims(signal, -1)
    return f"Conv{signal.ndim - 1}D", np.stack([signal])


def values_seen(network, steps, kernel_sizes=()):
    seen = np.arange(steps) == steps - 1
    if network == "recurrent":
        seen[:] = True
    for taps in reversed(kernel_sizes):
        seen = np.array([seen[place : place + taps].any() for place in range(steps)])
    return int(seen.sum())


def rnn_forward(x, w_x, w_h, b):
    out = []
    for series in x:
        state = np.zeros(len(b))
        states = []
        for values in series:
            state = np.tanh(np.concatenate([values, state, [1]]) @ np.vstack([w_x, w_h, b]))
            states.append(state)
        out.append(states)
    return np.array(out)
