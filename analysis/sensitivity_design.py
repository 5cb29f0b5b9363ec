"""Where a sensitivity analysis looks: SALib's designs in blocks, so that more blocks leave those that are there as they are.

A block is one trajectory of Morris, or one base sample of Saltelli's scheme for Sobol indices. The dummy is a column like the
others; at a point where only the dummy has moved, the assumptions are the same and the seeds are others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from SALib.sample import morris as morris_sample
from SALib.sample import sobol as sobol_sample

from analysis.sensitivity_factors import DUMMY, Factors
from analysis.spelling import Spell, in_python
from simulation.errors import ComparisonError, Problem

DESIGN_SEED = 20_260_131
"""Fixes the designs, so that the same question is asked at the same points."""

LEVELS = 4
"""Levels at which Morris' method looks at each assumption: both ends, and a third of the way from each."""

STEP = LEVELS / (2 * (LEVELS - 1))
"""How far a step of Morris' method goes, as a share of the range: two thirds."""

METHODS = ("morris", "sobol")

SAMPLES = {"morris": 10, "sobol": 64}
"""Trajectories or base samples, where no number is given."""

MOST_SAMPLES = 65_536

OTHER_LUCK = 1_000_003
"""What is added to the seeds for each block where other luck is looked at, unless that met a seed that is given."""


@dataclass(frozen=True)
class Design:
    """Points in blocks of `width`, one after the other.

    Attributes
    ----------
    places
        Where each point stands, shape (blocks * width, assumptions + 1), between 0 and 1; the last column is the dummy's.
    moved
        For Morris, which factor moves between a point of a block and the next, shape (blocks, width - 1), and in `upwards`
        whether it goes up. Empty for Sobol.
    other_luck
        Whether a point of a block is lived under other seeds, shape (width,) for Sobol and Morris alike.
    second
        Whether a block holds what second-order indices need.
    """

    method: str
    factors: Factors
    places: np.ndarray
    width: int
    moved: np.ndarray
    upwards: np.ndarray
    other_luck: np.ndarray
    second: bool = False

    @property
    def blocks(self) -> int:
        """How many trajectories or base samples it has."""
        return len(self.places) // self.width

    def of_blocks(self, kept: np.ndarray) -> Design:
        """The same design with these blocks only, in this order; a block may come several times."""
        places = self.places.reshape(self.blocks, self.width, -1)[kept].reshape(-1, self.places.shape[1])
        return replace(self, places=places, moved=self.moved[kept], upwards=self.upwards[kept])

    def seeds_at(self, point: int, seeds: Sequence[int]) -> list[int]:
        """The seeds of one point: the shared ones, or others of the same number where other luck is looked at."""
        block, at = divmod(point, self.width)
        if not self.other_luck[at]:
            return list(seeds)
        added = other_luck_of(tuple(seeds)) * (block + 1)
        return [(seed + added) % 2**63 for seed in seeds]


@lru_cache(maxsize=16)
def other_luck_of(seeds: tuple[int, ...]) -> int:
    """What is added to these seeds for each block of other luck, so that none of those met is given, or met twice."""
    step = OTHER_LUCK
    while True:
        # A seed near 2^63 comes round to 0.
        round_again = [seed - 2**63 for seed in seeds if seed + step * MOST_SAMPLES >= 2**63]
        rests = [seed % step for seed in (*seeds, *round_again)]
        if len(set(rests)) == len(rests):
            return step
        step += 2


def check_samples(method: object, samples: object, name: str = "samples", spell: Spell = in_python) -> None:
    """Nothing where so many trajectories or base samples can be had. Raises ComparisonError otherwise, by this `name`."""
    if method not in METHODS:
        raise ComparisonError(Problem(spell("method"), repr(method), " or ".join(METHODS), spell("method", METHODS[0])))
    whole = isinstance(samples, int | np.integer) and not isinstance(samples, bool)
    if not whole or not 2 <= int(samples) <= MOST_SAMPLES:  # type: ignore[call-overload]
        raise ComparisonError(
            Problem(spell(name), repr(samples), f"a whole number from 2 to {MOST_SAMPLES:,}", spell(name, SAMPLES[str(method)]))
        )
    number = int(samples)  # type: ignore[call-overload]
    if method == "sobol" and number & (number - 1):
        lower = 1 << (number.bit_length() - 1)
        raise ComparisonError(
            Problem(spell(name), f"{number} base samples", "a power of two, which covers each range evenly",
                    f"{lower} or {2 * lower}")
        )  # fmt: skip


def points_of(method: str, factors: int, samples: int, second: bool = False) -> int:
    """How many points a design of so many factors, the dummy among them, has. No design is built for it."""
    width = factors + 1 if method == "morris" else (2 if second else 1) * factors + 2
    return samples * width


def make_design(method: str, factors: Factors, samples: int, second: bool = False) -> Design:
    """The design of so many trajectories ("morris") or base samples ("sobol").

    Raises
    ------
    ComparisonError
        If there is no such method, or so many samples cannot be had.
    """
    check_samples(method, samples)
    return _morris(factors, samples) if method == "morris" else _sobol(factors, samples, second)


def _problem(factors: Factors, dummy: bool) -> dict[str, object]:
    """What SALib asks for: every column between 0 and 1, in its group."""
    names, groups = list(factors.parameters), list(factors.groups)
    if dummy:
        names, groups = [*names, DUMMY], [*groups, DUMMY]
    return {"num_vars": len(names), "names": names, "groups": groups, "bounds": [[0.0, 1.0]] * len(names)}


def _morris(factors: Factors, samples: int) -> Design:
    """Each trajectory is drawn by itself, and ends with a step of the dummy, under other luck."""
    problem = _problem(factors, dummy=False)
    order = {name: at for at, name in enumerate(factors.names)}
    places, moved, upwards = [], [], []
    for block in range(samples):
        luck = np.random.default_rng([DESIGN_SEED, block])
        walk = np.round(morris_sample.sample(problem, 1, num_levels=LEVELS, seed=luck) * (LEVELS - 1)) / (LEVELS - 1)
        walk = np.vstack([walk, walk[-1:]])
        dummy = np.where(np.arange(len(walk)) == len(walk) - 1, STEP, 0.0)
        places.append(np.column_stack([walk, dummy]))
        change = np.diff(places[-1], axis=0)
        column = np.argmax(np.abs(change) > STEP / 2, axis=1)
        names = (*factors.groups, DUMMY)
        moved.append([order[names[at]] for at in column])
        upwards.append(change[np.arange(len(change)), column] > 0)
    width = len(places[0])
    return Design(
        "morris", factors, np.clip(np.concatenate(places), 0.0, 1.0), width, np.array(moved), np.array(upwards),
        np.arange(width) == width - 1,
    )  # fmt: skip


def _sobol(factors: Factors, samples: int, second: bool) -> Design:
    """Saltelli's scheme; in the row where the dummy alone comes from the second sample, the seeds are others."""
    problem = _problem(factors, dummy=True)
    places = sobol_sample.sample(problem, samples, calc_second_order=second, scramble=True, seed=DESIGN_SEED)
    width = len(places) // samples
    nothing = np.zeros((samples, 0), dtype=int)
    other = np.arange(width) == len(factors.names)
    return Design("sobol", factors, places, width, nothing, nothing.astype(bool), other, second)
