"""Wrong: a design whose first layer has the most kernels, and a ranking that ignores the budget."""
# expects: q10 leaderboard.budget_ignored, q11 design.channels_do_not_rise


def leaderboard(accuracies, parameters, budget):
    return np.lexsort((parameters, -accuracies))


def my_cnn():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(8, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )
