"""Wrong: leaves the biases on before batch normalisation, and counts them."""
# expects: q5 residual.biases_left_on, q6 resnet.biases_counted


def residual_identity():
    image = keras.Input((8, 8, 6))
    x = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(6, 3, padding="same")(image)))
    x = layers.BatchNormalization()(layers.Conv2D(6, 3, padding="same")(x))
    return keras.Model(image, layers.ReLU()(layers.Add()([image, x])))


def residual_projection():
    image = keras.Input((8, 8, 6))
    shortcut = layers.BatchNormalization()(layers.Conv2D(10, 1, strides=2)(image))
    x = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(10, 3, strides=2, padding="same")(image)))
    x = layers.BatchNormalization()(layers.Conv2D(10, 3, padding="same")(x))
    return keras.Model(image, layers.ReLU()(layers.Add()([x, shortcut])))


def resnet_parameters(blocks, bottleneck):
    def normalized(window, channels, filters):
        return conv_parameters(window, channels, filters) + 2 * filters

    total, channels = normalized(7, 3, 64), 64
    for stage, count in enumerate(blocks):
        width = 64 * 2**stage
        given = 4 * width if bottleneck else width
        for _ in range(count):
            if channels != given:
                total += normalized(1, channels, given)
            if bottleneck:
                total += normalized(1, channels, width) + normalized(3, width, width) + normalized(1, width, given)
            else:
                total += normalized(3, channels, width) + normalized(3, width, width)
            channels = given
    return total + dense_parameters(channels, 1000)
