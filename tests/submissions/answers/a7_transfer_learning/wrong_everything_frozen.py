"""Wrong: freezes the whole model, its head too, and counts the moving averages as learnt."""
# expects: q3 transfer.averages_trained, q4 transfer.head_frozen_too


def frozen_network():
    model = under_new_head(3)
    model.trainable = False
    return model


def partly_frozen_network():
    model = under_new_head(2)
    model.trainable = False
    return model


def under_new_head(frozen):
    model = keras.Sequential([keras.Input((28, 28, 1))])
    for filters in (8, 16, 32):
        model.add(layers.Conv2D(filters, 3, padding="same", activation="relu"))
        model.add(layers.MaxPooling2D(2))
    model.add(layers.Flatten())
    model.add(layers.Dense(5, activation="softmax"))
    return model


def transfer_parameters(size, filters, classes, frozen, batch_normalized=False):
    channels, learnt, kept = 1, 0, 0
    for place, kernels in enumerate(filters):
        count = 9 * channels * kernels + kernels + (4 * kernels if batch_normalized else 0)
        if place < frozen:
            kept += count
        else:
            learnt += count
        channels, size = kernels, size // 2
    learnt += (size**2 * channels + 1) * classes
    return {"trainable": learnt, "non_trainable": kept, "total": learnt + kept}
