"""Right: functional models; activations and softmax are layers of their own, and C5 is the paper's convolution."""
# expects: full marks


def lenet_valid():
    image = keras.Input((32, 32, 1))
    x = image
    for filters in (6, 16):
        x = layers.Activation("tanh")(layers.Conv2D(filters, (5, 5), strides=(1, 1), padding="valid")(x))
        x = layers.AveragePooling2D(pool_size=(2, 2), strides=(2, 2))(x)
    x = layers.Activation("tanh")(layers.Conv2D(120, 5)(x))
    x = layers.Activation("tanh")(layers.Dense(84)(layers.Flatten()(x)))
    return keras.Model(image, layers.Softmax()(layers.Dense(10)(x)))
