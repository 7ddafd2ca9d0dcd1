"""Right: a base whose ReLUs and softmax are layers of their own; sums, scalar products and loops in the rest."""
# expects: full marks


def digit_base():
    x = image = keras.Input((28, 28, 1))
    for filters in (8, 16, 32):
        x = layers.ReLU()(layers.Conv2D(filters, 3, padding="same")(x))
        x = layers.MaxPooling2D()(x)
    x = layers.Dense(64, activation="relu")(layers.Flatten()(x))
    return keras.Model(image, layers.Softmax()(layers.Dense(5)(x)))


def class_means(features, labels, classes):
    sums = np.zeros((classes, features.shape[1]))
    np.add.at(sums, labels, features)
    return sums / np.bincount(labels, minlength=classes)[:, None]


def nearest_class(features, means):
    half = (means**2).sum(axis=1) / 2
    return np.argmax(features @ means.T - half, axis=1)


def rnn_forward(x, w_x, w_h, b):
    out = []
    for one in x:
        h = np.zeros(len(b))
        rows = []
        for values in one:
            h = np.tanh(values @ w_x + h @ w_h + b)
            rows.append(h)
        out.append(rows)
    return np.array(out)
