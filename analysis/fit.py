"""A quick fit: parameters brought as near to the published figures as the form of the model allows.

A damped Gauss-Newton search (`scipy.optimize.least_squares`) over the parameters that the figures inform, on a few seeds at
once. All trials share their luck, so that what differs between two of them is what the parameters do. It gives one point, not
what the figures leave open; and it is scored on seeds that it was not fitted to.

Use when a form or a target has changed and the defaults must follow. Do not use to say how sure a parameter is.

References
----------
Branch, Coleman and Li (1999), "A subspace, interior, and conjugate gradient method for large-scale bound-constrained
minimization problems", SIAM J. Sci. Comput. 21:1. Broyden (1965), "A class of methods for solving nonlinear simultaneous
equations", Math. Comp. 19:577.
"""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from analysis.draws import RATIO_FOR_LOG
from analysis.ensemble import Ran, gather
from analysis.pools import Pool
from analysis.store import RunStore
from analysis.targets import FURTHEST, load_numbers
from analysis.trial import YEARS, Trial, trial_asked
from analysis.trial_jobs import TrialJob, trial_job
from simulation.errors import EvidenceError, Problem, WorldError
from simulation.parameters import PARAMETERS, free_parameters, nearest

FITS = Path(__file__).parent / "evidence" / "fits"
STEP = 0.12
"""How far a parameter is moved to see what it does, as a share of its range: large against luck."""

TOLD_EVERY = 16
"""How many trials are lived before the search says how far it is."""

FRESH = 2
"""Slopes are measured anew every so many times; in between they follow from the last step (Broyden 1965)."""

PULL = 0.35
"""Share of its range that a parameter may move from where the search began at the price of one sd of one number."""

ONE_ATTEMPT, ONE_ATTEMPT_SD = 0.42, 0.04
"""Share of people who need one attempt only for a first sustained year, of those who reach one: a survey's median is 2 (S38).

Not one of the 39 numbers: a condition on their side, met at this share within a stated judgement."""

BLUNT = 2.0
"""Distance, in sd, from which a number counts less and less: a figure that the form cannot reach must not spoil the rest."""


@dataclass(frozen=True)
class Searched:
    """One parameter that a fit searches over, between `low` and `high`; `cohorts` are those whose figures it can move."""

    name: str
    low: float
    high: float
    cohorts: tuple[str, ...]

    @property
    def is_log(self) -> bool:
        """Whether it is searched on a log scale."""
        return self.low > 0.0 and self.high / self.low >= RATIO_FOR_LOG

    def value(self, place: float) -> float:
        """The value at `place`, 0 to 1, between its ends."""
        place = min(1.0, max(0.0, place))
        if self.is_log:
            return min(self.high, max(self.low, self.low * math.exp(place * math.log(self.high / self.low))))
        return self.low + place * (self.high - self.low)

    def place(self, value: float) -> float:
        """Where `value` stands, 0 to 1, between its ends."""
        value = min(self.high, max(self.low, value))
        if self.is_log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


@dataclass(frozen=True)
class Fit:
    """One point that explains the figures: what was searched, in which layer, and the values found.

    `start` holds where the search begins and `values` what it found, for every parameter searched, by name, in its unit; `held`
    has every other free parameter, where the fit was made, so that a fit stays what it is when defaults move (both: the default
    where left out); `made` says how and how well.
    """

    name: str
    means: str
    layer: str
    searched: tuple[Searched, ...]
    values: Mapping[str, float]
    made: Mapping[str, Any] = field(default_factory=dict)
    start: Mapping[str, float] = field(default_factory=dict)
    held: Mapping[str, float] = field(default_factory=dict)

    @property
    def point(self) -> dict[str, float]:
        """Every free parameter of the fit, searched or held, by name."""
        return {**self.held, **self.values}

    def text(self) -> str:
        """The fit as its file has it, in TOML."""
        lines = [f"means = {json.dumps(self.means)}", f'layer = "{self.layer}"', "", *_ABOUT_SEARCH, "[search]"]
        for one in self.searched:
            parameter = PARAMETERS[one.name]
            own = (one.low, one.high) != (parameter.low, parameter.high)
            ends = f"range = [{one.low:g}, {one.high:g}], " if own else ""
            lines.append(f"{one.name} = {{ {ends}cohorts = {json.dumps(list(one.cohorts))} }}")
        if self.start:
            lines += ["", *_ABOUT_START, "[start]", *(f"{name} = {value:.4g}" for name, value in self.start.items())]
        lines += ["", *_ABOUT_VALUES, "[values]", *(f"{name} = {value:.4g}" for name, value in self.values.items())]
        if self.held:
            lines += ["", *_ABOUT_HELD, "[held]", *(f"{name} = {value:.4g}" for name, value in self.held.items())]
        if self.made:
            lines += ["", "[made]", *(f"{name} = {_toml(value)}" for name, value in self.made.items())]
        return "\n".join(lines) + "\n"


_ABOUT_SEARCH = (
    "# Parameters searched, between the ends of their plausible range or of `range`; `cohorts` have the figures they can move.",
)
_ABOUT_START = ("# Where the search begins, which the price on moving is measured from.",)
_ABOUT_VALUES = ("# The point found, in the units of the parameter table.",)
_ABOUT_HELD = ("# Every other free parameter, where it stood when the fit was made.",)


def _toml(value: Any) -> str:
    """A value as TOML has it."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {json.dumps(one)}" for key, one in value.items()) + " }"
    return json.dumps(value)


def fit_names() -> list[str]:
    """Names of the fits there are."""
    return sorted(path.stem for path in FITS.glob("*.toml"))


def load_fit(name: str) -> Fit:
    """The fit of this name, or of a file such as `recovery evidence calibrate` writes, named by its path.

    Raises
    ------
    EvidenceError
        If there is none of this name, or the file is no fit.
    """
    if name not in fit_names() and not name.endswith(".toml"):
        near = f"{nearest(name, fit_names())} " if nearest(name, fit_names()) else ""
        raise EvidenceError(
            Problem("fit", repr(name), f"{', '.join(fit_names())}, or a file fit.toml", f"{near}Name one of them.")
        )
    path = FITS / f"{name}.toml" if name in fit_names() else Path(name)
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        searched = tuple(_searched(one, row) for one, row in data["search"].items())
        return Fit(
            path.stem, data["means"], data["layer"], searched, data.get("values", {}), data.get("made", {}),
            data.get("start", {}), data.get("held", {}),
        )  # fmt: skip
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as problem:
        what = "a fit, as `recovery evidence calibrate` writes one"
        raise EvidenceError(Problem(str(path), f"it cannot be read: {problem}", what, "Name another.")) from problem


def _searched(name: str, row: Mapping[str, Any]) -> Searched:
    parameter = PARAMETERS[name]
    low, high = row.get("range", (parameter.low, parameter.high))
    return Searched(name, float(low), float(high), tuple(row.get("cohorts", YEARS)))


def attempts_distance(trial: Trial) -> float:
    """How far, in sd, the share of people who needed one attempt only is from a survey's; not a number where not lived."""
    if "entering_treatment" not in trial.cohorts:
        return math.nan
    attempts = trial.attempts
    return (float(np.mean(attempts <= 1)) - ONE_ATTEMPT) / ONE_ATTEMPT_SD if len(attempts) else FURTHEST


@dataclass
class Search:
    """A search under way: every trial lived is in the store, so that an interrupted one goes on where it stood.

    Parameters
    ----------
    fit
        What is searched, and from where.
    seeds, people
        The worlds of each trial. Slopes are measured on the first seed alone.
    store, pool
        Where trials are kept, and what lives them.
    tell
        Told in words how far the search is.

    Attributes
    ----------
    asked
        Distances of each trial that the search has asked for, lived now or before, by its name in the store.
    ran
        What was lived now, and what the store had.
    """

    fit: Fit
    seeds: Sequence[int]
    store: RunStore
    pool: Pool
    people: Mapping[str, int] | int | None = None
    tell: Callable[[str], None] = print
    asked: dict[str, np.ndarray] = field(default_factory=dict)
    ran: Ran = field(default_factory=Ran)
    _last: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None
    _slopes_asked: int = 0

    def run(self, rounds: int) -> np.ndarray:
        """Search for so many rounds; gives the places found, shape (parameters,).

        Raises
        ------
        WorldError
            If a trial failed: without it there is no next step.
        """
        from scipy.optimize import least_squares

        began = np.array([one.place(self._start(one.name)) for one in self.fit.searched])
        began = np.clip(began, 0.01, 0.99)
        self.tell(f"{len(began)} parameters, seeds {list(self.seeds)}, layer {self.fit.layer}")
        found = least_squares(
            lambda places: self._residuals(places, began), began, lambda places: self._slopes(places, began),
            bounds=(0.0, 1.0), loss="soft_l1", f_scale=BLUNT, max_nfev=rounds, x_scale=0.3,
        )  # fmt: skip
        return np.asarray(found.x)

    def found(self, places: np.ndarray, **made: Any) -> Fit:
        """The fit at these places; `made` says how it came about."""
        values = {name: float(f"{value:.4g}") for name, value in self.values(places).items()}
        start = {one.name: float(f"{self._start(one.name):.4g}") for one in self.fit.searched}
        held = {one.name: self.fit.held.get(one.name, one.default) for one in free_parameters() if one.name not in values}
        return Fit(self.fit.name, self.fit.means, self.fit.layer, self.fit.searched, values, made, start, held)

    def values(self, places: np.ndarray) -> dict[str, float]:
        """Parameters, by name, in their units, at these places."""
        return {one.name: one.value(place) for one, place in zip(self.fit.searched, places.tolist(), strict=True)}

    def _start(self, name: str) -> float:
        return self.fit.start.get(name, PARAMETERS[name].default)

    def _residuals(self, places: np.ndarray, began: np.ndarray) -> np.ndarray:
        distances = self._distances([(places, tuple(YEARS))], self.seeds)[0]
        within = int((np.abs(distances[:-1]) <= 2.0).sum())
        loss = float(self._weights() @ distances**2)
        self.tell(f"within two sd: {within} of {len(distances) - 1}; loss {loss:.1f}; attempts off by {distances[-1]:.1f} sd")
        return np.concatenate([np.sqrt(self._weights()) * distances, (places - began) / PULL])

    def _slopes(self, places: np.ndarray, began: np.ndarray) -> np.ndarray:
        """How each residual moves with each place, shape (residuals, parameters)."""
        residuals = self._residuals(places, began)
        if self._last is not None and self._slopes_asked % FRESH:
            before, then, slopes = self._last
            step = places - before
            slopes = slopes + np.outer(residuals - then - slopes @ step, step) / float(step @ step)
        else:
            slopes = self._measured_slopes(places)
        self._slopes_asked += 1
        self._last = (places.copy(), residuals, slopes)
        return slopes

    def _measured_slopes(self, places: np.ndarray) -> np.ndarray:
        """The same by one step in each parameter, with the luck of the first seed."""
        moved = []
        steps = np.where(places + STEP <= 1.0, STEP, -STEP)
        for at, one in enumerate(self.fit.searched):
            there = places.copy()
            there[at] += steps[at]
            moved.append((there, one.cohorts))
        seed = self.seeds[:1]
        here = self._distances([(places, tuple(YEARS))], seed)[0]
        slopes = np.zeros((len(here) + len(places), len(places)))
        for at, distances in enumerate(self._distances(moved, seed)):
            change = np.where(np.isnan(distances), 0.0, distances - here) / steps[at]
            slopes[: len(here), at] = np.sqrt(self._weights()) * change
            slopes[len(here) + at, at] = 1.0 / PULL
        return slopes

    def _weights(self) -> np.ndarray:
        return np.array([*(one.weight for one in load_numbers()), 1.0])

    def _distances(
        self, asked: Sequence[tuple[np.ndarray, tuple[str, ...]]], seeds: Sequence[int]
    ) -> list[np.ndarray]:
        """Mean over seeds of each number's distance, in sd, for each set of places and cohorts; not a number elsewhere."""
        jobs = [[self._job(places, cohorts, seed) for seed in seeds] for places, cohorts in asked]
        fresh = {job.name: job for each in jobs for job in each if job.name not in self.asked}
        self._have(list(fresh.values()))
        return [np.mean([self.asked[job.name] for job in each], axis=0) for each in jobs]

    def _have(self, jobs: Sequence[TrialJob]) -> None:
        """Have these trials lived where the store has not got them, and their distances read."""
        there = {job.name for job in jobs if job.without(self.store.has) is None}
        ordered, missing = sorted(jobs, key=lambda job: job.name in there), len(jobs) - len(there)
        for start in range(0, len(jobs), TOLD_EVERY):
            part = ordered[start : start + TOLD_EVERY]
            found, ran = gather(part, self.store, self.pool, lambda place, part=part: part[place].read(self.store))
            self.ran.add(ran)
            for job, trial in zip(part, found, strict=True):
                if trial is None:
                    failed = ran.failed[0]
                    raise WorldError(
                        f"the search cannot go on: {failed.content['told']} failed: {failed.content['message']} "
                        f"(recovery runs show {failed.name[:8]})"
                    )
                self.asked[job.name] = np.append(trial.distances(), attempts_distance(trial))
            if start < missing:
                self.tell(f"  {min(start + TOLD_EVERY, missing)} of {missing} trials lived")

    def _job(self, places: np.ndarray, cohorts: tuple[str, ...], seed: int) -> TrialJob:
        point = {**self.fit.held, **self.values(places)}
        asked = trial_asked(point, seed, people=self.people, layer=self.fit.layer, cohorts=cohorts)
        return trial_job(asked, self.pool.platform)
