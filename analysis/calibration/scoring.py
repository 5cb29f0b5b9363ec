"""How well a point meets the published figures: a log score, and the scales on which surfaces are fitted."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analysis.targets import Number

LEAST, MOST = 0.002, 0.998
"""A share of none or of all has no logit, nor a correlation of 1 a Fisher's z: they count as this near to it."""

FARTHEST = 50.0
"""A ratio counts as at most so many times the published one, or its inverse."""


@dataclass(frozen=True)
class Scales:
    """The scales of some numbers: what a number is measured as, made into what a surface is fitted to, and back.

    `named` holds one of "logit", "log", "fisher", "plain" for each number, shape (numbers,).
    """

    numbers: tuple[Number, ...]
    named: tuple[str, ...]

    @cached_property
    def _by_scale(self) -> dict[str, np.ndarray]:
        return {scale: np.array([one == scale for one in self.named]) for scale in dict.fromkeys(self.named)}

    @cached_property
    def _published(self) -> np.ndarray:
        return np.array([one.value for one in self.numbers])

    def fitted(self, values: np.ndarray) -> np.ndarray:
        """Values, shape (..., numbers), on the scales of the surfaces; not a number where there is none."""
        found = np.array(values, dtype=float)
        for scale, which in self._by_scale.items():
            found[..., which] = _to(scale, found[..., which], self._published[which])
        return found

    def measured(self, fitted: np.ndarray) -> np.ndarray:
        """The same back in the unit of each number."""
        return self._each(_from, fitted)

    def slope(self, fitted: np.ndarray) -> np.ndarray:
        """How the number moves with the surface there, shape (..., numbers): an error of one makes an error of the other."""
        return self._each(_slope, fitted)

    def _each(self, change: Callable[[str, np.ndarray], np.ndarray], fitted: np.ndarray) -> np.ndarray:
        found = np.empty_like(fitted)
        for scale, which in self._by_scale.items():
            found[..., which] = change(scale, fitted[..., which])
        return found

    def take(self, places: Sequence[int]) -> Scales:
        """Those of some of the numbers."""
        return Scales(tuple(self.numbers[at] for at in places), tuple(self.named[at] for at in places))


def scales_of(numbers: Sequence[Number], named: Mapping[str, str]) -> Scales:
    """The scales of these numbers, from their names by id. Raises KeyError where one has none."""
    return Scales(tuple(numbers), tuple(named[one.id] for one in numbers))


def _to(scale: str, values: np.ndarray, published: np.ndarray) -> np.ndarray:
    if scale == "logit":
        share = np.clip(values, LEAST, MOST)
        return np.log(share / (1.0 - share))
    if scale == "log":
        return np.log(np.clip(values, published / FARTHEST, published * FARTHEST))
    return np.arctanh(np.clip(values, -MOST, MOST)) if scale == "fisher" else values


def _from(scale: str, fitted: np.ndarray) -> np.ndarray:
    if scale == "logit":
        return 1.0 / (1.0 + np.exp(-fitted))
    if scale == "log":
        return np.exp(np.clip(fitted, -30.0, 30.0))
    return np.tanh(fitted) if scale == "fisher" else fitted


def _slope(scale: str, fitted: np.ndarray) -> np.ndarray:
    if scale == "logit":
        share = _from(scale, fitted)
        return share * (1.0 - share)
    if scale == "log":
        return _from(scale, fitted)
    return 1.0 - np.tanh(fitted) ** 2 if scale == "fisher" else np.ones_like(fitted)


@dataclass(frozen=True)
class Scoring:
    """The log score of what a model gives against the published numbers.

    Each number adds its weight times the log density of Student's t about the published value, with `freedom` degrees of
    freedom and as scale its tolerance, widened by `error`, the error of what the model is said to give there.
    """

    scales: Scales
    freedom: float

    @cached_property
    def _numbers(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Published values, their tolerances, whether these are on the log, and weights, each of shape (numbers,)."""
        rows = ((one.value, one.scale, one.is_log, one.weight) for one in self.scales.numbers)
        value, sd, on_log, weight = zip(*rows, strict=True)
        return np.array(value), np.array(sd), np.array(on_log), np.array(weight)

    def distances(self, fitted: np.ndarray, errors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """How far each number is off, and the scale of that, both in published sd, shape (..., numbers).

        `fitted` and `errors` are on the scales of the surfaces.
        """
        published, sd, on_log, _ = self._numbers
        value = self.scales.measured(fitted)
        error = np.abs(self.scales.slope(fitted)) * errors
        positive = np.maximum(value, 1e-12)
        off = np.where(on_log, np.log(positive / np.where(on_log, published, 1.0)), value - published)
        wide = np.where(on_log, error / positive, error)
        return off / sd, np.sqrt(1.0 + (wide / sd) ** 2)

    def by_number(self, fitted: np.ndarray, errors: np.ndarray) -> np.ndarray:
        """Log density of each published number, in its own sd and without its weight, shape (..., numbers)."""
        off, scale = self.distances(fitted, errors)
        half = (self.freedom + 1.0) / 2.0
        constant = math.lgamma(half) - math.lgamma(self.freedom / 2.0) - 0.5 * math.log(self.freedom * math.pi)
        return constant - np.log(scale) - half * np.log1p((off / scale) ** 2 / self.freedom)

    def __call__(self, fitted: np.ndarray, errors: np.ndarray) -> np.ndarray:
        """The log score of each point, shape (...,)."""
        return self.by_number(fitted, errors) @ self._numbers[3]
