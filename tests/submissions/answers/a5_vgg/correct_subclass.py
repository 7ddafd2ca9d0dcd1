"""Right: model classes, a block that is a layer class, and NumPy without loops where that is short."""
# expects: full marks


def vgg19():
    class Block(layers.Layer):
        def __init__(self, count, filters):
            super().__init__()
            self.steps = [layers.Conv2D(filters, 3, padding="same", activation="relu") for _ in range(count)]
            self.steps.append(layers.MaxPooling2D(2))

        def call(self, x):
            for step in self.steps:
                x = step(x)
            return x

    x = image = keras.Input((224, 224, 3))
    for count, filters in zip((2, 2, 4, 4, 4), (64, 128, 256, 512, 512)):
        x = Block(count, filters)(x)
    x = layers.Flatten()(x)
    for units in (4096, 4096):
        x = layers.Dropout(0.5)(layers.Dense(units, activation="relu")(x))
    return keras.Model(image, layers.Dense(1000, activation="softmax")(x))


def top_k_error(probabilities, labels, k=5):
    ranks = np.argsort(np.argsort(-probabilities, axis=1), axis=1)[np.arange(len(labels)), labels]
    return np.mean(ranks >= k)


def dropout(x, noise, rate, training=True):
    share = rate if training else 0.0
    return x * ((noise >= share) / (1 - share))


def leaderboard(accuracies, parameters, budget):
    rows = sorted((-a, p, i) for i, (a, p) in enumerate(zip(accuracies, parameters)) if p <= budget)
    return np.array([i for _, _, i in rows])


def moved_images(images, moves):
    rows, columns = np.indices(images.shape[1:3])
    out = []
    for image, (down, right) in zip(images, moves):
        rolled = np.roll(image, (down, right), axis=(0, 1))
        inside = (rows >= down) & (rows < len(image) + down)
        inside &= (columns >= right) & (columns < image.shape[1] + right)
        out.append(np.where(inside[..., None], rolled, 0).astype(image.dtype))
    return np.stack(out)
