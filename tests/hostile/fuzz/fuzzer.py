"""What all fuzzers share: an example is examined under an alarm and under tracemalloc, and only our own errors count as no."""

import contextlib
import signal
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SECONDS = 30  # for one call: a hundred times what any takes, as other tests may run beside this one
# for all that a property does to an example: no promise, but a fuzzer must not hang either
EXAMPLE_SECONDS = 300
MEGABYTE = 2**20
GROWTH = 64  # bytes of memory for each byte that is read: an empty JSON object takes 30 times its text
REFUSED = object()
Errors = type[Exception] | tuple[type[Exception], ...]


class Found(AssertionError):
    """What a fuzzer looks for."""


def expect(condition: Any, otherwise: str) -> None:
    if not condition:
        raise Found(otherwise)


class _Rung(BaseException):
    """The alarm, which no `except Exception` on the way may keep to itself."""


def examined(call: Callable[[], Any], ours: Errors, memory: int) -> Any:
    """What `call` returns, `REFUSED` if it raises an error of `ours`; Found for anything else that it may do."""
    began = time.perf_counter()
    tracemalloc.start()
    try:
        with alarm(SECONDS):
            value = call()
    except ours:
        value = REFUSED
    except _Rung:
        raise Found(f"no answer after {time.perf_counter() - began:.1f} s") from None
    except Exception as error:
        raise Found(f"{type(error).__name__}: {str(error)[:200]}") from error
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    if peak > memory:
        raise Found(f"{peak:,} bytes of memory, of {memory:,} allowed")
    return value


@contextlib.contextmanager
def alarm(seconds: float) -> Iterator[None]:
    """Interrupt what hangs. An alarm that was set before (pytest's own) goes on afterwards."""

    def ring(*_: Any) -> None:
        raise _Rung

    began, handler = time.monotonic(), signal.signal(signal.SIGALRM, ring)
    # again and again: an exception that comes up in a destructor is dropped
    left, _ = signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - began), 0.01) if left else 0)
        signal.signal(signal.SIGALRM, handler)


HANGS = "^no answer after "
MEMORY = "bytes of memory, of "


@dataclass(frozen=True)
class Hole:
    """A reader broken on purpose, which a fuzzer must find, and a regular expression for what it then says of it."""

    reader: Callable
    shows: str


@dataclass(frozen=True)
class Fuzzer:
    """`holds(reader, example)` raises Found where an example breaks the promise."""

    examples: Callable[[], st.SearchStrategy]  # made when it is needed: some need Keras
    holds: Callable[[Callable, Any], None]
    reader: Callable
    quick: int
    slow: int
    holes: dict[str, Hole] = field(default_factory=dict)

    def look(self, reader: Callable, **budget: Any) -> None:
        """Draw examples until one breaks the promise or the budget is spent."""

        @settings(
            deadline=None,  # `SECONDS` is the bound
            database=None,
            report_multiple_bugs=False,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
            **budget,
        )
        @given(self.examples())
        def holds(example: Any) -> None:
            with alarm(EXAMPLE_SECONDS):
                self.holds(reader, example)

        holds()


def patched(reader: Callable, module: Any, **attributes: Any) -> Callable:
    """`reader` while these names of `module` are something else: a cap made small, or a check left out."""

    def read(*args: Any) -> Any:
        with mock.patch.multiple(module, **attributes):
            return reader(*args)

    return read
