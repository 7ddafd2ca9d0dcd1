"""Is this answer right, where does it differ, and which idea is behind it?

`check(env, "conv2d_forward", x, w, b)` calls your function and compares its answer with the expected one:
every element, in the order shape, dtype, finiteness, values. A wrong answer raises `CheckFailed`, whose text
says what was compared, what came, where it differs and what to try next, with a small example to follow by hand.
The answers of well-known wrong ideas are at hand too: where yours equals one of them, the text names the idea.

Expected answers come from an oracle. Beside a notebook that is `fixtures.npz`: numbers, never code.
"""

from importlib import import_module
from typing import Any

from .check_functions import check, check_refuses
from .context import data
from .form import check_form

OF_MODELS = {
    "check_layers": "check_models",
    "check_model": "check_models",
    "check_trained": "check_models",
    "check_design": "design",
}

__all__ = ["check", "check_form", "check_refuses", "data"]


def __getattr__(name: str) -> Any:
    """The checks of Keras models, which the folder of a NumPy assignment does without."""
    if name not in OF_MODELS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{OF_MODELS[name]}", __name__), name)
