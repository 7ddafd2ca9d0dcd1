"""Wrong: a design with a dense layer that costs more than the budget, an error that is an accuracy, half an interval."""
# expects: q7 top_k.share_right, q9 interval.one_standard_error, q11 design.over_budget


def top_k_error(probabilities, labels, k=5):
    best = np.argsort(probabilities, axis=1)[:, -k:]
    return np.mean([label in row for row, label in zip(best, labels)])


def accuracy_interval(right, total):
    p = right / total
    error = np.sqrt(p * (1 - p) / total)
    return p - error, p + error


def my_cnn():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(8, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(16, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
