"""Draws of the assumptions: sets of values, each within its plausible range, together covering what might be true."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from simulation.errors import ComparisonError, Problem
from simulation.parameters import free_parameters

DRAWS_SEED = 20_151_101
"""Fixes the draws, so that every comparison of any scenario is made under the same sets of assumptions."""

RATIO_FOR_LOG = 5.0
"""A range whose high end is at least this many times its low end is covered evenly on a log scale."""


def draw_assumptions(draws: int, ranges: Mapping[str, tuple[float, float]] | None = None) -> dict[str, np.ndarray]:
    """Values of every free assumption, each of shape (draws,), in the assumption's own unit.

    A Latin hypercube: each assumption's range is cut in as many slices as there are draws and each slice is used once, in an
    order keyed by the assumption's name, so that another range or one assumption more leaves the others as they were.
    `ranges` gives (low, high) where a scenario replaces the plausible range.

    References
    ----------
    McKay, Beckman and Conover (1979), "A comparison of three methods for selecting values of input variables",
    Technometrics 21:239.
    """
    own = ranges or {}
    plausible = {parameter.name: (parameter.low, parameter.high) for parameter in free_parameters()}
    return {name: _spread(_slices(name, draws), low, high) for name, (low, high) in (plausible | own).items()}


def own_ranges(scenarios: Iterable[Any]) -> dict[str, tuple[float, float]]:
    """The ranges that the compared scenarios give to assumptions, by name.

    A value that a scenario sets is left out here: it holds in that world, whatever is drawn. Raises ComparisonError where
    two scenarios give one assumption different ranges, since a pair of worlds must share its draw.
    """
    found: dict[str, tuple[float, float]] = {}
    for scenario in scenarios:
        for name, own in scenario.assumptions.items():
            if own.range is None:
                continue
            ends = (float(own.range[0]), float(own.range[1]))
            if found.setdefault(name, ends) != ends:
                raise ComparisonError(
                    Problem(
                        f"assumption {name}", f"the ranges {_show(found[name])} and {_show(ends)}",
                        "one range, since a pair of worlds shares its draw", "give the same range in both scenarios",
                    )
                )  # fmt: skip
    return found


def _show(ends: tuple[float, float]) -> str:
    return f"{ends[0]:g} to {ends[1]:g}"


def _slices(name: str, draws: int) -> np.ndarray:
    """One number in each of `draws` equal slices of 0 to 1, in an order of this assumption's own."""
    generator = np.random.default_rng([DRAWS_SEED, zlib.crc32(name.encode())])
    return (generator.permutation(draws) + generator.random(draws)) / draws


def _spread(uniform: np.ndarray, low: float, high: float) -> np.ndarray:
    if low > 0 and high / low >= RATIO_FOR_LOG:
        return np.exp(math.log(low) + uniform * (math.log(high) - math.log(low)))
    return low + uniform * (high - low)
