"""What the hidden cases are made of: values that are drawn, and a case out of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from grader.tasks.windows import outputs

Args = tuple[tuple[Any, ...], dict[str, Any]]


class Drawn(Protocol):
    """A part of a case that is drawn."""

    def draw(self, rng: np.random.Generator) -> Any: ...


@dataclass(frozen=True)
class Normal:
    """Normally distributed numbers, so without ties, of both signs."""

    shape: tuple[int, ...]
    mean: float = 0.0
    scale: float = 1.0
    dtype: str = "float64"

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        return (self.mean + self.scale * rng.standard_normal(self.shape)).astype(self.dtype)


@dataclass(frozen=True)
class Bytes:
    """Pixels as cameras give them, uint8."""

    shape: tuple[int, ...]

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        return rng.integers(0, 256, self.shape, dtype=np.uint8)


@dataclass(frozen=True)
class Levels:
    """Whole numbers from few levels, as floats: full of ties and of zeros."""

    shape: tuple[int, ...]
    low: int
    high: int  # included

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        return rng.integers(self.low, self.high + 1, self.shape).astype(np.float64)


@dataclass(frozen=True)
class Ties:
    """Windows (size) side by side, each with the same maximum twice, at drawn places: (N, H, W, C)."""

    shape: tuple[int, int, int, int]
    size: tuple[int, int]

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        x = rng.integers(-9, 0, self.shape).astype(np.float64)
        (n, h, w, c), (kh, kw) = self.shape, self.size
        for image, i, j, k in np.ndindex(n, h // kh, w // kw, c):
            for place in rng.choice(kh * kw, 2, replace=False):
                x[image, i * kh + place // kw, j * kw + place % kw, k] = 5
        return x


@dataclass(frozen=True)
class Labels:
    """Classes for `count` images: all different while there are enough classes, so that one label can't be right for all."""

    count: int
    classes: int

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        return rng.permutation(np.arange(self.count) % self.classes)


@dataclass(frozen=True)
class LargeLogits:
    """(logits, labels): about half of the logits are +size, half are -size; in row 0 the right class has a low one."""

    count: int
    classes: int
    size: float

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        signs = np.where(np.arange(self.classes) % 2, 1.0, -1.0)
        logits = self.size * rng.permuted(np.tile(signs, (self.count, 1)), axis=1)
        labels = rng.integers(0, self.classes, self.count)
        labels[0] = rng.choice(np.flatnonzero(logits[0] < 0))
        return logits + rng.standard_normal(logits.shape), labels


@dataclass(frozen=True)
class OneOf:
    """One of several values, each of which tells the wrong ideas apart."""

    values: tuple[Any, ...]

    def draw(self, rng: np.random.Generator) -> Any:
        return self.values[int(rng.integers(len(self.values)))]


@dataclass(frozen=True)
class Larger:
    """One of several rows (size, kernel_size[, strides]), with the size increased by a drawn number of double strides.

    This changes neither the pixels that are left over nor whether a size is even, so each draw tells the same wrong ideas
    apart. There are thousands of draws, so that a table of known sizes doesn't help.
    """

    rows: tuple[tuple[int, ...], ...]
    steps: int = 400

    def draw(self, rng: np.random.Generator) -> tuple[int, ...]:
        size, kernel_size, *strides = self.rows[int(rng.integers(len(self.rows)))]
        return size + 2 * (strides or [1])[0] * int(rng.integers(self.steps)), kernel_size, *strides


@dataclass(frozen=True)
class Several:
    """A dict of drawn parts."""

    parts: tuple[tuple[str, Drawn], ...]

    def draw(self, rng: np.random.Generator) -> dict[str, Any]:
        return {name: part.draw(rng) for name, part in self.parts}


@dataclass(frozen=True)
class Case:
    """One hidden call. Students read `about`, so it names the situation and no value."""

    about: str
    args: tuple[Any, ...]
    options: tuple[tuple[str, Any], ...] = ()

    def draw(self, rng: np.random.Generator) -> Args:
        def given(part: Any) -> Any:
            return part.draw(rng) if hasattr(part, "draw") else part

        return tuple(given(part) for part in self.args), {name: given(part) for name, part in self.options}


class RowCase(Case):
    """A case whose only argument is drawn as a row of arguments."""

    def draw(self, rng: np.random.Generator) -> Args:
        (row,), options = super().draw(rng)
        return row, options


@dataclass(frozen=True)
class Whole:
    """A whole number from low to high, both included."""

    low: int
    high: int
    step: int = 1

    def draw(self, rng: np.random.Generator) -> int:
        return self.low + self.step * int(rng.integers((self.high - self.low) // self.step + 1))


@dataclass(frozen=True)
class Twice:
    """The same value for two arguments."""

    part: Drawn

    def draw(self, rng: np.random.Generator) -> tuple[Any, Any]:
        value = self.part.draw(rng)
        return value, value


Grid = dict[str, tuple[Case, ...]]


# Cases of layers with windows: shapes first, then Keras's names ------------------------------------------------


def conv(about: str, x: tuple[int, ...], w: tuple[int, ...], dtype: str = "float64", **options: Any) -> Case:
    arrays = (Normal(x, dtype=dtype), Normal(w, dtype=dtype), Normal(w[3:], mean=3, dtype=dtype))
    return Case(about, arrays, tuple(options.items()))


def conv_back(
    about: str, x: tuple[int, ...], w: tuple[int, ...], dtype: str = "float64", **options: Any
) -> Case:
    dout = (*outputs(x, w[:2], **options), w[3])
    return Case(about, tuple(Normal(shape, dtype=dtype) for shape in (dout, x, w)), tuple(options.items()))


def pooled(about: str, x: Any, pool_size: Any = (2, 2), **options: Any) -> Case:
    image = x if hasattr(x, "draw") else Normal(x)
    return Case(about, (image, pool_size), tuple(options.items()))


def pooled_back(about: str, x: Any, pool_size: Any = (2, 2), **options: Any) -> Case:
    image = x if hasattr(x, "draw") else Normal(x)
    given = {"strides": pool_size} | options
    dout = Normal((*outputs(image.shape, pool_size, **given), image.shape[3]))
    return Case(about, (dout, image, pool_size), tuple(options.items()))


def sizes(about: str, *rows: tuple[int, ...], **options: Any) -> Case:
    """A case with the arguments (size, kernel_size, strides), drawn from one of the rows."""
    return RowCase(about, (Larger(rows),), tuple(options.items()))
