"""Right: Sequential models with activations as layers, lists, loops over pixels, pixels and weights that are counted."""
# expects: full marks


def stack_reach(kernel_size, layers):
    pixels = {0}
    for _ in range(layers):
        pixels = {pixel + tap for pixel in pixels for tap in range(kernel_size)}
    return len(pixels)


def stack_parameters(kernel_size, layers, channels):
    return sum(np.empty((kernel_size, kernel_size, channels, channels)).size + channels for _ in range(layers))


def vgg_depth(convolutions, dense):
    return [int(np.sum(convolutions)), 1 + len(dense)]


def vgg_parameters(convolutions, filters, dense, image, classes):
    takes = image[2]
    counted = []
    for count, gives in zip(convolutions, filters):
        counted += [(takes * 9 + 1) * gives] + [(gives * 9 + 1) * gives] * (count - 1)
        takes = gives
    shrunk = 2 ** len(convolutions)
    sizes = [(image[0] // shrunk) * (image[1] // shrunk) * takes, *dense, classes]
    deciding = [(sizes[i] + 1) * sizes[i + 1] for i in range(len(sizes) - 1)]
    return {"total": sum(counted + deciding), "dense": sum(deciding), "convolutions": sum(counted)}


def vgg16():
    parts = [keras.Input((224, 224, 3))]
    for filters, count in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        parts += [layers.Conv2D(filters, (3, 3), padding="same", activation="relu") for _ in range(count)]
        parts.append(layers.MaxPooling2D((2, 2), strides=(2, 2)))
    parts += [layers.Flatten(), layers.Dense(4096, "relu"), layers.Dense(4096, "relu"), layers.Dense(1000)]
    return keras.Sequential(parts)


def vgg_digits():
    parts = [keras.Input((28, 28, 1))]
    for filters in (8, 16, 32):
        for _ in range(2):
            parts += [layers.Conv2D(filters, 3, padding="same"), layers.ReLU()]
        parts.append(layers.MaxPool2D())
    parts += [layers.Flatten(), layers.Dense(64), layers.ReLU(), layers.Dropout(0.5), layers.Dense(10), layers.Softmax()]
    return keras.Sequential(parts)


def dropout(x, noise, rate, training=True):
    if training:
        return np.where(noise < rate, 0.0, x / (1 - rate))
    return np.array(x)


def moved_images(images, moves):
    out = np.zeros_like(images)
    for n in range(len(images)):
        down, right = moves[n]
        for row in range(images.shape[1]):
            for column in range(images.shape[2]):
                if 0 <= row - down < images.shape[1] and 0 <= column - right < images.shape[2]:
                    out[n, row, column] = images[n, row - down, column - right]
    return out


def top_k_error(probabilities, labels, k=5):
    wrong = 0
    for row, label in zip(probabilities, labels):
        wrong += sum(p > row[label] for p in row) >= k
    return wrong / len(labels)


def accuracy_interval(right, total):
    outcomes = np.zeros(total)
    outcomes[:right] = 1
    error = outcomes.std() / total**0.5
    return outcomes.mean() - 2 * error, outcomes.mean() + 2 * error


def leaderboard(accuracies, parameters, budget):
    order = np.lexsort((parameters, -accuracies))
    return order[parameters[order] <= budget]
