"""Wrong: dropout without making up for what is gone, and images that are rolled."""
# expects: q5 dropout.not_rescaled, q6 moves.rolled


def dropout(x, noise, rate, training=True):
    return np.where(noise < rate, 0, x) if training else x.copy()


def moved_images(images, moves):
    return np.stack([np.roll(image, tuple(move), axis=(0, 1)) for image, move in zip(images, moves)])
