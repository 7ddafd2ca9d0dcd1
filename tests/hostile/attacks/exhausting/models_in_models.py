"""Models in models, each with sixteen outputs: through eight of them lead four thousand million ways."""
# shows: raised Ran: nested
# only: keras

# %% before checks
import keras


def nested():
    image = keras.Input((28, 28, 1))
    inner = keras.Model(image, [keras.layers.Activation("relu")(image)] * 16)
    for _ in range(7):
        image = keras.Input((28, 28, 1))
        inner = keras.Model(image, list(inner(image)))
    image = keras.Input((28, 28, 1))
    maps = keras.layers.Conv2D(6, 5, activation="tanh")(inner(image)[0])
    return keras.Model(image, keras.layers.Dense(10)(keras.layers.Flatten()(maps)))


for name in NAMES:
    globals()[name] = nested

# %% last
raise Ran("nested")
