"""How well a point meets the published figures: a log score, and the scales on which surfaces are fitted."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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

    def fitted(self, values: np.ndarray) -> np.ndarray:
        """Values, shape (..., numbers), on the scales of the surfaces; not a number where there is none."""
        columns = [_to(scale, values[..., at], one) for at, (scale, one) in enumerate(zip(self.named, self.numbers, strict=True))]
        return np.stack(columns, axis=-1)

    def measured(self, fitted: np.ndarray) -> np.ndarray:
        """The same back in the unit of each number."""
        return np.stack([_from(scale, fitted[..., at]) for at, scale in enumerate(self.named)], axis=-1)

    def slope(self, fitted: np.ndarray) -> np.ndarray:
        """How the number moves with the surface there, shape (..., numbers): turns an error of a surface into one of the number."""
        return np.stack([_slope(scale, fitted[..., at]) for at, scale in enumerate(self.named)], axis=-1)

    def take(self, places: Sequence[int]) -> Scales:
        """Those of some of the numbers."""
        return Scales(tuple(self.numbers[at] for at in places), tuple(self.named[at] for at in places))


def scales_of(numbers: Sequence[Number], named: Mapping[str, str]) -> Scales:
    """The scales of these numbers, from their names by id. Raises KeyError where one has none."""
    return Scales(tuple(numbers), tuple(named[one.id] for one in numbers))


def _to(scale: str, values: np.ndarray, number: Number) -> np.ndarray:
    if scale == "logit":
        share = np.clip(values, LEAST, MOST)
        return np.log(share / (1.0 - share))
    if scale == "log":
        return np.log(np.clip(values, number.value / FARTHEST, number.value * FARTHEST))
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

    def distances(self, fitted: np.ndarray, errors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """How far each number is off, and the scale of that, both in published sd, shape (..., numbers).

        `fitted` and `errors` are on the scales of the surfaces.
        """
        numbers = self.scales.numbers
        published = np.array([one.value for one in numbers])
        sd = np.array([one.scale for one in numbers])
        on_log = np.array([one.is_log for one in numbers])
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
        weights = np.array([one.weight for one in self.scales.numbers])
        return self.by_number(fitted, errors) @ weights
