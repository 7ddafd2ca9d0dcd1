"""The sandbox with defences switched off, one by one, to show that each is needed.

`python tests/hostile/unguarded.py landlock,uid BACKEND FD` is a zygote without these; `landlock-2` cuts Landlock to what its
version 2 has, 0 to none. Nothing in the package can switch
a defence off; `switched_off` replaces it from outside, for a test or a benchmark.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

import numpy as np

from grader.sandbox import admit, client, disk, evaluator, leftovers, limits, packages, zygote
from grader.sandbox.admit import Rejected
from grader.sandbox.defences import NO_FILTER, NO_LANDLOCK, SAME_USER, Defence


def _nothing(*args: Any, **kwargs: Any) -> None:
    """Of what is no row in a report."""


def _without(missing: Defence) -> Callable[..., Defence]:
    """Nothing is put up, and the sentence is the one that a teacher reads on a machine that lacks it."""
    return lambda *args, **kwargs: missing


def _trusting(config: Any) -> Any:
    """A model rebuilt without Keras's safe mode, which has had holes of its own."""
    import keras

    try:
        return keras.saving.deserialize_keras_object(config, safe_mode=False)
    except Exception as error:
        raise Rejected(type(error).__name__) from None


def _in_the_order_of_the_file(images: np.ndarray, labels: np.ndarray, rng: Any) -> Any:
    """One batch of all digits, the same for everyone."""
    from grader.judge import reading

    nothing = np.arange(0)
    return reading.Question(images, (len(images),), labels, nothing, nothing)


def _all(backend: str, installed: Any) -> set[str]:
    return {package.name for package in installed}


def _abi(version: int) -> Callable[[], int]:
    """Landlock's version, cut to `version`."""
    there = limits.landlock_abi()
    return lambda: min(version, there)


LANDLOCK_VERSIONS = range(7)  # 0: none
IN_THE_ZYGOTE: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "landlock": (limits, "restrict_files", _without(NO_LANDLOCK)),
    "uid": (limits, "drop_user", _without(SAME_USER)),
    **{f"landlock-{abi}": (limits, "landlock_abi", _abi(abi)) for abi in LANDLOCK_VERSIONS},
    "seccomp": (limits, "filter_system_calls", _without(NO_FILTER)),
    "limits": (limits, "limit_resources", _nothing),
    "packages": (packages, "allowed", _all),
    "allow-list": (evaluator, "admit", lambda config: 0),
    "constants": (admit, "_plain_numbers", lambda *_: []),
    "ending": (leftovers, "end_children", _nothing),
    "safe-mode": (evaluator, "_deserialised", _trusting),
}


def _close_only(child: client.Child) -> None:
    """The end of a worker without reaping: it is told to go, and its folder is removed."""
    child.channel.close()
    disk.remove(child.scratch)


# By name: a zygote imports this file too, and must know neither the hidden tests nor the reference
IN_THE_JUDGE: dict[str, tuple[str, Callable[..., Any]]] = {
    "reaping": ("grader.sandbox.client.Child.end", _close_only),
    "listed-types": ("grader.grading.answers.listed_type", lambda name: name),
    "drawn-question": ("grader.judge.models.ask_digits", _in_the_order_of_the_file),
    "threads": ("grader.sandbox.client.Child.has_too_many_threads", lambda self: False),
    "disk": ("grader.sandbox.disk.is_large", lambda *place: False),
    "fresh-inputs": (
        "grader.grading.autograder.Autograder.seed",
        lambda self, submission: b"the same for everyone",
    ),
}
PRIVATE = "0700"  # of the grader's folders: `battery.stage` makes them
ALL = (*IN_THE_ZYGOTE, *IN_THE_JUDGE, PRIVATE)


@contextmanager
def switched_off(names: frozenset[str]) -> Iterator[None]:
    """Zygotes that are started inside the block, and the judge in it, lack these defences."""
    patches = [mock.patch(*IN_THE_JUDGE[name]) for name in names if name in IN_THE_JUDGE]
    if there := ",".join(sorted(names & set(IN_THE_ZYGOTE))):
        patches.append(mock.patch.object(client.Zygote, "COMMAND", ("-P", os.path.abspath(__file__), there)))
    with ExitStack() as stack:
        for patch in patches:
            stack.enter_context(patch)
        yield


def main() -> None:
    for name in filter(None, sys.argv[1].split(",")):
        setattr(*IN_THE_ZYGOTE[name])
    zygote.main(sys.argv[2:])


if __name__ == "__main__":
    main()
