"""What a calibration says: which parameters the figures inform, how far, which are not told apart, and what is foretold.

References
----------
Benjamini and Hochberg (1995), "Controlling the false discovery rate", J. R. Stat. Soc. B 57:289. Vehtari, Gelman and Gabry
(2017), "Practical Bayesian model evaluation using leave-one-out cross-validation", Stat. Comput. 27:1413.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.calibration.sampling import places_of
from analysis.calibration.scoring import Scoring
from analysis.calibration.waves import Calibrated, Wave, draw, places_at, values_at
from analysis.posterior import Posterior
from analysis.targets import Number, load_numbers
from simulation.parameters import Parameter, free_parameters

UNREAD = ("statistical_discrimination",)
"""Free parameters that act on population groups alone, of which the cohorts of the targets have none."""

FALSE_DISCOVERIES = 0.05
"""Share of the pairs said to be informed that luck alone may have made."""

EVEN_VARIANCE = 1.0 / 12.0
"""Variance of a place between 0 and 1 before anything is known."""


NAMED_PAIRS = (
    ("frailty_sd", "consolidation"), ("w_capital", "w_peers"), ("i_own", "i_regard"), ("i_own", "i_roles"),
    ("i_regard", "i_roles"), ("i_roles", "i_stigma"), ("identity_rate", "i_own"),
)  # fmt: skip
"""Suspected beforehand of not being told apart: frailty and consolidation, capital and peers, identity's gains."""


def screened(wave: Wave, parameters: Sequence[Parameter], scoring: Scoring) -> pd.DataFrame:
    """Which parameters each number informs, by the trials spread over the prior.

    One row a number and parameter: number, parameter, slope (change of the fitted scale, in its sd between trials, over the whole
    range, all other parameters held), p, informed (after Benjamini and Hochberg, over all pairs).
    """
    from scipy.stats import t

    rows = []
    fitted = scoring.scales.fitted(wave.values)
    for at, number in enumerate(load_numbers()):
        known = np.isfinite(fitted[:, at])
        y = fitted[known, at]
        free = int(known.sum()) - len(parameters) - 1
        if free < 1 or y.std() < 1e-12:
            continue
        columns = np.column_stack([np.ones(known.sum()), wave.places[known]])
        inverse = np.linalg.pinv(columns.T @ columns)
        slopes = inverse @ columns.T @ (y / y.std())
        left = y / y.std() - columns @ slopes
        error = np.sqrt(np.diag(inverse) * (left @ left) / free)
        p = 2.0 * t.sf(np.abs(slopes / error), free)
        rows += [(number.id, one.name, slopes[k], p[k]) for k, one in enumerate(parameters, start=1)]
    table = pd.DataFrame(rows, columns=["number", "parameter", "slope", "p"])
    return table.assign(informed=_discovered(table["p"].to_numpy()))


def _discovered(p: np.ndarray) -> np.ndarray:
    """Which of these hold at the share of false discoveries."""
    order = np.argsort(p, kind="stable")
    under = p[order] <= FALSE_DISCOVERIES * np.arange(1, len(p) + 1) / max(len(p), 1)
    found = np.zeros(len(p), dtype=bool)
    if under.any():
        found[order[: int(np.flatnonzero(under)[-1]) + 1]] = True
    return found


def contraction(places: np.ndarray, parameters: Sequence[Parameter]) -> pd.DataFrame:
    """How far the figures narrow each parameter, from draws of the posterior, shape (draws, parameters).

    One row a parameter: parameter, unit, basis, prior_low, prior_high, low, median, high (the middle 90 % of the posterior, in
    its unit), contraction (share of the prior variance of its place that is gone: 0 nothing learned, 1 known; below 0 where
    the posterior lies at both ends).
    """
    ends = np.quantile(places, [0.05, 0.5, 0.95], axis=0)
    low, median, high = values_at(ends, parameters)
    gone = 1.0 - places.var(axis=0, ddof=1) / EVEN_VARIANCE
    return pd.DataFrame(
        [
            (one.name, one.unit, one.basis, one.low, one.high, low[one.name], median[one.name], high[one.name], gone[at])
            for at, one in enumerate(parameters)
        ],
        columns=["parameter", "unit", "basis", "prior_low", "prior_high", "low", "median", "high", "contraction"],
    )


def pairs_not_told_apart(coordinates: np.ndarray, parameters: Sequence[Parameter], count: int = 20) -> pd.DataFrame:
    """Pairs of parameters that the posterior ties together: where one is higher the other is too, or lower.

    One row a pair: first, second, correlation (of coordinates over draws), named (suspected beforehand). The strongest `count`,
    and all named ones.
    """
    correlation = np.corrcoef(coordinates.T)
    names = [one.name for one in parameters]
    rows = [
        (names[i], names[j], correlation[i, j], (names[i], names[j]) in NAMED_PAIRS or (names[j], names[i]) in NAMED_PAIRS)
        for i in range(len(names)) for j in range(i + 1, len(names))
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["first", "second", "correlation", "named"])
    table = table.sort_values("correlation", key=lambda one: -one.abs(), kind="stable", ignore_index=True)
    return table[(table.index < count) | table["named"]].reset_index(drop=True)


def left_out(found: Calibrated, chains: int, steps: int) -> pd.DataFrame:
    """What the other figures foretell of each target: the posterior without it, and how well the target fares there.

    One row a number: id, layer, published, low, median, high (the middle 90 % of what is foretold, the error of the surface and
    luck included), inside, score (log density of the published number, in its own sd; of a target's numbers together in
    `target_score`, on its first row, not a number elsewhere).
    """
    numbers = load_numbers()
    targets = list(dict.fromkeys(one.target for one in numbers))
    starts = np.array([at for _, at in found.modes])
    rows: list[tuple[object, ...]] = []
    for place, target in enumerate(targets):
        out = [at for at, one in enumerate(numbers) if one.target == target]
        rest = [at for at, one in enumerate(numbers) if one.target != target]
        scoring = replace(found.scoring, scales=found.scoring.scales.take(rest))
        drawn, _ = draw(found.surfaces.take(rest), scoring, starts[:2], 1.0, chains, steps, (place, 77))
        rows += _foretold(found, drawn.pooled(), out, numbers, place)
    columns = ["id", "layer", "published", "low", "median", "high", "inside", "score", "target_score"]
    return pd.DataFrame(rows, columns=columns)


def _foretold(
    found: Calibrated, coordinates: np.ndarray, out: Sequence[int], numbers: Sequence[Number], seed: int
) -> list[tuple[object, ...]]:
    surfaces, scales = found.surfaces.take(out), found.scoring.scales.take(out)
    fitted = surfaces.at(places_of(coordinates))
    density = replace(found.scoring, scales=scales).by_number(fitted, surfaces.error)
    luck = np.random.default_rng([seed, 78]).standard_normal(fitted.shape)
    spread = np.sqrt(surfaces.error**2 + surfaces.luck**2)
    low, median, high = np.quantile(scales.measured(fitted + luck * spread), [0.05, 0.5, 0.95], axis=0)
    whole = _log_mean(density.sum(axis=1))
    rows: list[tuple[object, ...]] = []
    for at, place in enumerate(out):
        one = numbers[place]
        inside = bool(low[at] <= one.value <= high[at])
        score = _log_mean(density[:, at])
        rows.append((one.id, one.layer, one.value, low[at], median[at], high[at], inside, score, whole if at == 0 else np.nan))
    return rows


def _log_mean(logs: np.ndarray) -> float:
    most = float(logs.max())
    return most + float(np.log(np.mean(np.exp(logs - most))))


def centre(places: np.ndarray) -> np.ndarray:
    """The middle of the posterior: the median of each parameter, shape (parameters,); places, (draws, parameters).

    The figures narrow few parameters. A draw in the middle of all others would stand at any place in the range of the rest; the
    median of each of them stands where its range has its middle. Medians taken one by one need not meet the figures together:
    docs/fit.md shows how far they do.
    """
    return np.asarray(np.median(places, axis=0))


def defaults_at_the_centre(posterior: Posterior) -> dict[str, float]:
    """Every free parameter at the middle of a posterior, by name, to the four figures that the table of parameters has.

    Those that no world of the calibration reads are left out: nothing is known of them, and they stay what a scenario finds.
    """
    parameters = free_parameters()
    places = np.array([places_at(draw, parameters) for draw in posterior.assumptions(len(posterior.draws))])
    middle = values_at(centre(places)[None], parameters)[0]
    return {name: float(f"{value:.4g}") for name, value in middle.items() if name not in UNREAD}
