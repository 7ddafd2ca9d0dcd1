"""`model.add`, line by line, and the shape given with `build` at the end, as older tutorials do."""

from keras import Sequential, layers


def lenet_same():
    model = Sequential(name="LeNet-5")
    model.add(layers.Conv2D(filters=6, kernel_size=(5, 5), strides=(1, 1), padding="same", activation="relu"))
    model.add(layers.MaxPool2D(pool_size=(2, 2), strides=(2, 2)))
    model.add(layers.Conv2D(filters=16, kernel_size=(5, 5), activation="relu"))
    model.add(layers.MaxPool2D(pool_size=(2, 2), strides=(2, 2)))
    model.add(layers.Flatten())
    model.add(layers.Dense(units=120, activation="relu"))
    model.add(layers.Dense(units=84, activation="relu"))
    model.add(layers.Dense(units=10, activation="softmax"))
    model.build((None, 28, 28, 1))
    return model
