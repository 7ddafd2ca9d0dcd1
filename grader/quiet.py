"""Keras, imported without its greeting."""

import os


def import_keras() -> None:
    """Import Keras with stderr closed: TensorFlow's greeting goes there, below Python, and no setting stops all of it."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    stderr, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    try:
        import keras  # noqa: F401
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
        os.close(null)
