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

    A nested Latin hypercube: the first n of any number of draws are the same n, so that more draws add to those there are. Of
    1, 2, 4, 8 ... draws, each of as many equal slices of a range holds one; in between, some slices are halved already and the
    others wait. The order is keyed by the assumption's name, so that another range or one assumption more leaves the others
    as they were. `ranges` gives (low, high) where a scenario replaces the plausible range.

    Use when effects are to be seen over all that might be true. Do not use when the combinations themselves matter: two
    assumptions at their ends together are met as seldom as chance has it.

    References
    ----------
    McKay, Beckman and Conover (1979), "A comparison of three methods for selecting values of input variables",
    Technometrics 21:239. Qian (2009), "Nested Latin hypercube designs", Biometrika 96:957.
    """
    own = ranges or {}
    plausible = {parameter.name: (parameter.low, parameter.high) for parameter in free_parameters()}
    return {name: spread(places_of(name, draws), low, high) for name, (low, high) in (plausible | own).items()}


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


BITS = 53
"""Places between 0 and 1 are counted in steps of 2^-53, the finest that a number near 1 can tell apart."""


def places_of(name: str, draws: int) -> np.ndarray:
    """Places of the draws between 0 and 1, shape (draws,), keyed by the name: the first n are the same whatever `draws` is.

    Each doubling cuts every slice in two halves, of which one holds the draw that was there: the new draws fill the empty
    halves, in an order of luck. That order is drawn whole, and drawn for this name alone: one that filled left and right by
    turns would cover better in between, and tie the assumptions to one another.
    """
    # Raw numbers of a named generator are promised never to change; what NumPy makes of them (permutations) is not.
    luck = np.random.Philox(np.random.SeedSequence([DRAWS_SEED, zlib.crc32(name.encode())]))
    places = luck.random_raw(1) >> (64 - BITS)
    for halves in range(1, (draws - 1).bit_length() + 1):
        finer = BITS - halves
        empty = (places >> finer) ^ 1
        order = np.argsort(luck.random_raw(len(places)), kind="stable")
        within = luck.random_raw(len(places)) >> (64 - finer)
        places = np.concatenate([places, (empty[order] << finer) | within])
    return places[:draws] * 2.0**-BITS


def spread(places: np.ndarray, low: float, high: float) -> np.ndarray:
    """Values from `low` to `high` at places between 0 and 1, both of shape (places,): evenly, on a log scale in a wide range."""
    if low > 0 and high / low >= RATIO_FOR_LOG:
        start, span = math.log(low), math.log(high) - math.log(low)
        # One by one: NumPy's own exp differs in a last bit from one processor to another, and a draw decides which world it is.
        values = np.array([math.exp(start + place * span) for place in places.tolist()], dtype=float)
    else:
        values = low + places * (high - low)
    return np.clip(values, low, high)  # rounding may overstep an end by a last bit
