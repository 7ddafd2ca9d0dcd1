"""Right: a model class of the student's own, and a convolution block that is a layer class."""
# expects: full marks


def lenet_valid():
    class Block(layers.Layer):
        def __init__(self, filters):
            super().__init__()
            self.convolution, self.pooling = layers.Conv2D(filters, 5, activation="tanh"), layers.AveragePooling2D(2)

        def call(self, x):
            return self.pooling(self.convolution(x))

    class LeNet(keras.Model):
        def __init__(self):
            super().__init__()
            self.blocks = [Block(6), Block(16)]
            self.head = [layers.Flatten(), layers.Dense(120, "tanh"), layers.Dense(84, "tanh"), layers.Dense(10, "softmax")]

        def call(self, x):
            for layer in (*self.blocks, *self.head):
                x = layer(x)
            return x

    model = LeNet()
    model(keras.ops.zeros((1, 32, 32, 1)))
    return model
