"""Waves of trials that close in on where the published figures are met, and the posterior that the last surfaces give.

The first wave is spread over the prior. Surfaces are fitted to what its trials gave, points for the next wave are drawn from the
posterior that these surfaces say, with the figures counting only in part, and so on: where a surface was wrong the next trials
show it. In the end the posterior is drawn from the last surfaces, what they do not follow counted as an error.

References
----------
Andrianakis et al. (2015), "Bayesian history matching of complex infectious disease models using emulation", PLoS Comput. Biol.
11:e1003968. Marjoram et al. (2003), "Markov chain Monte Carlo without likelihoods", PNAS 100:15324.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from analysis.calibration.sampling import Chains, best_from, coordinates_of, places_of, sample
from analysis.calibration.scoring import Scoring, scales_of
from analysis.calibration.settings import LayerPlan, Settings
from analysis.calibration.surfaces import Surfaces, fit_surfaces
from analysis.draws import places_of as places_of_draws
from analysis.draws import spread
from analysis.ensemble import Progress, Ran, gather
from analysis.fit import Searched, fit_names, load_fit
from analysis.pools import Pool
from analysis.store import NUMBERS, Entry, RunStore
from analysis.targets import load_numbers
from analysis.trial import Trial, trial_asked
from analysis.trial_jobs import TrialJob, trial_job
from simulation.errors import WorldError
from simulation.identity import code_of, name_of
from simulation.parameters import Parameter, free_parameters

SEEDS_A_WAVE = 1_000
TWICE = 500_000
"""The second seed of a point is so far beyond its first."""

REFINEMENTS = 2
"""How often the guess of the posterior is made anew; points of a wave, which are to cover, do without."""

DECIMALS = 4
"""Places are rounded: a ten-thousandth of a range."""

STARTS = 4
"""The search for the best point begins at so many of the best trials, besides the fits."""

DECIDING = ("sampling", "scoring", "surfaces", "waves")
"""The modules whose code decides which points a wave has."""

FEWER_STEPS = 3
"""Points of a wave come from chains of a third of the steps: they are to cover, not to be exact."""


@dataclass
class Wave:
    """Trials of one wave: their places, shape (trials, parameters), what they gave, shape (trials, numbers), and which are pairs.

    `pairs` holds the rows that differ by seed only, shape (pairs, 2). `lost` counts trials that failed, which are left out.
    """

    places: np.ndarray
    values: np.ndarray
    pairs: np.ndarray
    lost: int = 0


@dataclass
class Calibrated:
    """What a calibration of one layer gave.

    Attributes
    ----------
    layer, parameters
        Which, and the free parameters in the order of all columns.
    waves
        The trials.
    surfaces, scoring
        The last surfaces and how points are scored.
    chains
        The posterior as drawn, in coordinates.
    modes
        Log score and coordinates of each best point that a search ended at, best first.
    ran
        What was lived now and what the store had.
    """

    layer: str
    parameters: tuple[Parameter, ...]
    waves: list[Wave]
    surfaces: Surfaces
    scoring: Scoring
    chains: Chains
    modes: list[tuple[float, np.ndarray]]
    ran: Ran

    def log_score(self, coordinates: np.ndarray) -> np.ndarray:
        """Log score of points by the surfaces, shape (points,)."""
        return self.scoring(self.surfaces.at(places_of(coordinates)), self.surfaces.error)

    def draws(self, count: int) -> np.ndarray:
        """Places of so many draws of the posterior, shape (count, parameters)."""
        return np.round(places_of(self.chains.draws(count)), DECIMALS)


def code_of_points() -> str:
    """Hash of the code that decides which points a wave has."""
    return code_of([Path(__file__).parent / f"{name}.py" for name in DECIDING])


def values_at(places: np.ndarray, parameters: Sequence[Parameter]) -> list[dict[str, float]]:
    """The parameters' values, in their units, at each row of places."""
    columns = {one.name: spread(places[:, at], one.low, one.high) for at, one in enumerate(parameters)}
    return [{name: float(column[row]) for name, column in columns.items()} for row in range(len(places))]


def places_at(values: dict[str, float], parameters: Sequence[Parameter]) -> np.ndarray:
    """Where values stand in their ranges, shape (parameters,)."""
    each = [Searched(one.name, one.low, one.high, ()).place(values[one.name]) for one in parameters]
    return np.clip(np.array(each), 0.001, 0.999)


@dataclass
class Calibration:
    """A calibration of one layer under way; every trial is in the store, so that an interrupted one goes on where it stood.

    Parameters
    ----------
    layer, settings
        What is calibrated, and how.
    store, pool
        Where trials are kept, and what lives them.
    tell
        Told in words how far it is.
    progress
        Told how many worlds of a wave are done.
    """

    layer: str
    settings: Settings
    store: RunStore
    pool: Pool
    tell: Callable[[str], None] = print
    progress: Progress | None = None
    ran: Ran = field(default_factory=Ran)

    def __post_init__(self) -> None:
        self.parameters = tuple(free_parameters())
        numbers = load_numbers()
        self.scoring = Scoring(scales_of(numbers, self.settings.scale), self.settings.freedom)

    @property
    def plan(self) -> LayerPlan:
        """The waves of the layer."""
        return self.settings.layers[self.layer]

    def run(self) -> Calibrated:
        """Live all waves and draw the posterior.

        Raises
        ------
        WorldError
            If nearly all trials of a wave failed.
        """
        waves: list[Wave] = []
        for at in range(self.plan.waves):
            waves.append(self._live(at, self._points(at, waves)))
        surfaces = self._surfaces(waves)
        self.tell(f"{self.layer}: drawing the posterior")
        chains, modes = self._drawn(waves, surfaces, 1.0, self.settings.steps, self.plan.waves)
        return Calibrated(self.layer, self.parameters, waves, surfaces, self.scoring, chains, modes, self.ran)

    def _points(self, wave: int, before: list[Wave]) -> np.ndarray:
        """Places of a wave's trials, kept once drawn: on another machine the last digits of a draw may differ."""
        identity = self._identity(wave, before)
        name = name_of(identity)
        try:
            return np.array(self.store.read(NUMBERS, name).content["places"], dtype=float)
        except KeyError:
            places = self._fresh_points(wave, before)
            self.store.put(Entry(NUMBERS, name, {"identity": identity, "places": places.tolist()}))
            return places

    def _identity(self, wave: int, before: list[Wave]) -> dict[str, Any]:
        plan, settings = self.plan, self.settings
        return {
            "measured": "points of a wave", "layer": self.layer, "wave": wave, "points": plan.points[: wave + 1],
            "twice": plan.twice[: wave + 1], "sharpness": plan.sharpness[: wave + 1], "people": settings.people,
            "first_seed": settings.first_seed, "lasting_waves": settings.lasting_waves, "freedom": settings.freedom,
            "steps": settings.steps, "chains": settings.chains, "scale": dict(settings.scale),
            "targets": [[one.id, one.value, one.scale, one.weight] for one in load_numbers()],
            "ranges": [[one.name, one.low, one.high] for one in self.parameters],
            "gave": [name_of({"values": np.nan_to_num(one.values, nan=-1e9).tolist()}) for one in before],
            "code": code_of_points(),
        }  # fmt: skip

    def _fresh_points(self, wave: int, before: list[Wave]) -> np.ndarray:
        count = self.plan.points[wave]
        if not before:
            columns = [places_of_draws(one.name, count) for one in self.parameters]
            return np.round(np.stack(columns, axis=1), DECIMALS)
        surfaces = self._surfaces(before)
        steps = max(30, self.settings.steps // FEWER_STEPS)
        chains, _ = self._drawn(before, surfaces, self.plan.sharpness[wave], steps, wave)
        return np.round(places_of(chains.draws(count)), DECIMALS)

    def _live(self, wave: int, places: np.ndarray) -> Wave:
        """Live the trials of a wave."""
        first = self.settings.first_seed + SEEDS_A_WAVE * wave
        twice = np.unique(np.linspace(0, len(places) - 1, self.plan.twice[wave]).round().astype(int))
        rows = np.concatenate([np.arange(len(places)), twice])
        seeds = [first + at for at in range(len(places))] + [first + int(at) + TWICE for at in twice]
        values = values_at(places, self.parameters)
        self.tell(f"{self.layer}: wave {wave + 1} of {self.plan.waves}, {len(rows)} trials")
        jobs = [self._job(values[row], seed) for row, seed in zip(rows, seeds, strict=True)]
        found, ran = gather(jobs, self.store, self.pool, lambda place: jobs[place].read(self.store), self.progress)
        self.ran.add(ran)
        lived = [one for one in found if isinstance(one, Trial)]
        if len(lived) < len(jobs) / 2:
            content = ran.failed[0].content
            raise WorldError(f"more than half of the trials failed; the first: {content['told']}: {content['message']}")
        nothing = np.full(len(load_numbers()), np.nan)
        measured = np.array([one.values() if isinstance(one, Trial) else nothing for one in found])
        pairs = np.stack([twice, len(places) + np.arange(len(twice))], axis=1)
        return Wave(places[rows], measured, pairs, len(jobs) - len(lived))

    def _job(self, values: dict[str, float], seed: int) -> TrialJob:
        return trial_job(trial_asked(values, seed, people=self.settings.people, layer=self.layer), self.pool.platform)

    def _surfaces(self, waves: list[Wave]) -> Surfaces:
        """Surfaces over the last waves."""
        lasting = waves[-self.settings.lasting_waves :]
        offsets = np.cumsum([0, *(len(one.places) for one in lasting)])[:-1]
        pairs = np.concatenate([one.pairs + offset for one, offset in zip(lasting, offsets, strict=True)])
        places = np.concatenate([one.places for one in lasting])
        fitted = self.scoring.scales.fitted(np.concatenate([one.values for one in lasting]))
        self.tell(f"{self.layer}: surfaces over {len(places)} trials")
        return fit_surfaces(places, fitted, pairs)

    def _drawn(
        self, waves: list[Wave], surfaces: Surfaces, sharpness: float, steps: int, wave: int
    ) -> tuple[Chains, list[tuple[float, np.ndarray]]]:
        """Chains of the posterior that the surfaces say, the log score times `sharpness`, and the best points found."""
        starts = self._starts(waves)
        refinements = REFINEMENTS if sharpness == 1.0 else 0
        seed = (self.settings.first_seed, wave)
        return draw(surfaces, self.scoring, starts, sharpness, self.settings.chains, steps, seed, refinements)

    def _starts(self, waves: list[Wave]) -> np.ndarray:
        """Where searches begin: the best trials of the last wave, and the fits; not the defaults, which follow from this."""
        last = waves[-1]
        fitted = self.scoring.scales.fitted(last.values)
        whole = np.isfinite(fitted).all(axis=1)
        scores = np.where(whole, self.scoring(np.nan_to_num(fitted), np.zeros(fitted.shape[1])), -np.inf)
        best = last.places[np.argsort(-scores, kind="stable")[:STARTS]]
        fits = [load_fit(name).point for name in fit_names() if load_fit(name).layer == self.layer]
        return coordinates_of(np.array([*best, *(places_at(point, self.parameters) for point in fits)]))


def draw(
    surfaces: Surfaces, scoring: Scoring, starts: np.ndarray, sharpness: float, chains: int, steps: int, seed: Sequence[int],
    refinements: int = REFINEMENTS,
) -> tuple[Chains, list[tuple[float, np.ndarray]]]:  # fmt: skip
    """Chains of the posterior that surfaces say, and the best points that searches from `starts` ended at, best first.

    Parameters
    ----------
    surfaces, scoring
        What the model gives at a point, and how that is scored.
    starts
        Coordinates where searches begin, shape (starts, parameters).
    sharpness
        What the log score is multiplied by.
    chains, steps, seed, refinements
        As `sample` takes them.
    """
    numbers = scoring.scales.numbers
    heaviness = np.sqrt(sharpness * np.array([one.weight for one in numbers]))

    def score(coordinates: np.ndarray) -> np.ndarray:
        return sharpness * scoring(surfaces.at(places_of(coordinates)), surfaces.error)

    def residuals(coordinates: np.ndarray) -> np.ndarray:
        off, scale = scoring.distances(surfaces.at(places_of(coordinates)), surfaces.error)
        # The signed root of what Student's t loses, so that its halved square is the loss itself.
        relative = off / scale
        loss = (scoring.freedom + 1.0) * np.log1p(relative**2 / scoring.freedom)
        return heaviness * np.sign(relative) * np.sqrt(loss)

    found = []
    for start in starts:
        at, covariance = best_from(residuals, start)
        found.append((float(score(at[None])[0] - 0.5 * at @ at), at, covariance))
    found.sort(key=lambda one: -one[0])
    mean, covariance = found[0][1], found[0][2]
    begins = np.array([found[at % len(found)][1] for at in range(chains)])
    luck = np.random.default_rng([*seed, 1])
    begins = begins + 0.5 * luck.standard_normal(begins.shape) @ np.linalg.cholesky(covariance).T
    return sample(score, (mean, covariance), begins, steps, seed, refinements=refinements), [(one[0], one[1]) for one in found]
