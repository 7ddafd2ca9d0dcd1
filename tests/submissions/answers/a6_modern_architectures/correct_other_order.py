"""Right: branches written from the last to the first, activations as layers, the shortcut added first, a class for the block."""
# expects: full marks


def inception_naive():
    image = keras.Input((8, 8, 16))
    pooled = layers.MaxPooling2D((3, 3), strides=(1, 1), padding="same")(image)
    five = layers.Activation("relu")(layers.Conv2D(10, 5, padding="same")(image))
    three = layers.Conv2D(12, 3, padding="same", activation="relu")(image)
    one = layers.ReLU()(layers.Conv2D(8, 1)(image))
    return keras.Model(image, keras.ops.concatenate([one, three, five, pooled], axis=-1))


def inception_reduced():
    image = keras.Input((8, 8, 16))
    pooled = layers.MaxPooling2D((3, 3), strides=(1, 1), padding="same")(image)
    last = layers.ReLU()(layers.Conv2D(5, 1)(pooled))
    five = layers.Conv2D(4, 1)(image)
    five = layers.Conv2D(10, 5, padding="same", activation="relu")(layers.ReLU()(five))
    three = layers.Conv2D(6, 1, activation="relu")(image)
    three = layers.Conv2D(12, 3, padding="same", activation="relu")(three)
    one = layers.Conv2D(8, 1, activation="relu")(image)
    return keras.Model(image, layers.Concatenate(axis=3)([one, three, five, last]))


def residual_identity():
    class Block(keras.Model):
        def __init__(self):
            super().__init__()
            self.second, self.first = layers.Conv2D(6, 3, padding="same", use_bias=False), layers.Conv2D(6, 3, padding="same", use_bias=False)
            self.norms = [layers.BatchNormalization(), layers.BatchNormalization()]

        def call(self, x):
            branch = keras.ops.relu(self.norms[0](self.first(x)))
            return keras.ops.relu(x + self.norms[1](self.second(branch)))

    block = Block()
    block(keras.Input((8, 8, 6)))
    return block


def residual_projection():
    image = keras.Input((8, 8, 6))
    shortcut = layers.BatchNormalization()(layers.Conv2D(10, 1, strides=2, use_bias=False)(image))
    branch = layers.Conv2D(10, 3, strides=2, padding="same", use_bias=False)(image)
    branch = layers.Activation("relu")(layers.BatchNormalization()(branch))
    branch = layers.BatchNormalization()(layers.Conv2D(10, 3, padding="same", use_bias=False)(branch))
    return keras.Model(image, layers.Activation("relu")(layers.Add()([shortcut, branch])))


def ensemble_predictions(probabilities):
    return np.argmax(np.sum(probabilities, axis=0), axis=-1)


def single_networks(networks, on_test, errors):
    return np.array([row for row in np.argsort(errors) if networks[row] == 1 and not on_test[row]])


def class_maps(maps, w, b):
    return np.einsum("nhwc,ck->nhwk", maps, w) + b
