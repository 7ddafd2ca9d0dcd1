"""Wrong: turns axes with `reshape`, pads the series, and has a recurrent layer without memory."""
# expects: q8 grid.reshaped_for_transposed, q9 series.padded, q10 rnn.no_memory


def as_input(kind, signal):
    if kind == "audio":
        return "Conv1D", signal.reshape(1, signal.shape[1], signal.shape[0])
    example = signal if kind == "text" else signal[..., None]
    return f"Conv{example.ndim - 1}D", example[None]


def series_network():
    return keras.Sequential(
        [
            keras.Input((4, 1)),
            layers.Conv1D(4, 2, padding="causal", activation="relu"),
            layers.Conv1D(4, 2, padding="causal", activation="relu"),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )


def rnn_forward(x, w_x, w_h, b):
    return np.tanh(x @ w_x + b)
