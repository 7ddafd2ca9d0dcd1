"""Wrong: `x` is overwritten, so the branch is added to itself."""
# expects: q5 residual.added_to_itself


def residual_identity():
    inputs = x = keras.Input((8, 8, 6))
    x = layers.Conv2D(6, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    x = layers.Conv2D(6, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return keras.Model(inputs, layers.ReLU()(layers.Add()([x, x])))
