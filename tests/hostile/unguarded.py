"""The sandbox with defences switched off, one by one, to show that each is needed.

`python -m tests.hostile.unguarded landlock,uid BACKEND FD` is a zygote without these. Nothing in the package can switch
a defence off; `switched_off` replaces it from outside, for a test or a benchmark.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

from grader import autograder
from grader.sandbox import client, disk, evaluator, limits, zygote


def _off(*args: Any, **kwargs: Any) -> str:
    return "switched off"


def _trusting(config: Any) -> Any:
    """A model rebuilt without Keras's safe mode, which has had holes of its own."""
    import keras

    try:
        return keras.saving.deserialize_keras_object(config, safe_mode=False)
    except Exception as error:
        raise evaluator.Rejected(type(error).__name__) from None


IN_THE_ZYGOTE: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "landlock": (limits, "restrict_files", _off),
    "uid": (limits, "drop_user", _off),
    "seccomp": (limits, "filter_system_calls", _off),
    "limits": (limits, "limit_resources", _off),
    "allow-list": (evaluator, "admit", _off),
    "safe-mode": (evaluator, "_deserialised", _trusting),
}


def _close_only(child: client.Child) -> None:
    """The end of a worker without reaping: it is told to go, and its folder is removed."""
    child.channel.close()
    disk.remove(child.scratch)


IN_THE_JUDGE: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "reaping": (client.Child, "end", _close_only),
    "threads": (client.Child, "has_too_many_threads", lambda self: False),
    "disk": (client.disk, "is_large", lambda *place: False),
    "fresh-inputs": (autograder.Autograder, "seed", lambda self, submission: b"the same for everyone"),
}
PRIVATE = "0700"  # of the grader's folders: `battery.stage` makes them
ALL = (*IN_THE_ZYGOTE, *IN_THE_JUDGE, PRIVATE)


@contextmanager
def switched_off(names: frozenset[str]) -> Iterator[None]:
    """Zygotes that are started inside the block, and the judge in it, lack these defences."""
    patches = [mock.patch.object(*IN_THE_JUDGE[name]) for name in names if name in IN_THE_JUDGE]
    if there := ",".join(sorted(names & set(IN_THE_ZYGOTE))):
        patches.append(mock.patch.object(client.Zygote, "COMMAND", ("-m", "tests.hostile.unguarded", there)))
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
