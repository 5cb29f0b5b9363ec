"""Odds within persons against matched pairs and against every subset written out."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from scipy.optimize import minimize

from analysis.measures_within import within_person_odds_ratio


def test_mcnemar_1947_over_two_periods_the_odds_ratio_is_that_of_the_discordant_pairs():
    """30 people have the event in the period with the factor, 10 in the other: 30 / 10, error of its log sqrt(1/30 + 1/10)."""
    event = np.zeros((2, 60), dtype=bool)
    event[0, :30] = event[1, 30:40] = True
    event[:, 40:50] = True
    factor = np.zeros((1, 2, 60))
    factor[0, 0] = 1
    found = within_person_odds_ratio(event, factor, np.ones((2, 60), dtype=bool))
    assert found.value == pytest.approx(3.0)
    assert found.error == pytest.approx(3.0 * math.sqrt(1 / 30 + 1 / 10))


def test_the_recursion_gives_the_likelihood_that_every_subset_written_out_gives():
    rng = np.random.default_rng(8)
    periods, people = 6, 40
    factors = np.stack([rng.integers(0, 2, (periods, people)), np.arange(periods)[:, None] + rng.uniform(0, 1, people)])
    kept = rng.uniform(size=(periods, people)) < 0.9
    event = rng.uniform(size=(periods, people)) < 0.2 + 0.3 * factors[0]

    def log_likelihood(beta: np.ndarray) -> float:
        total = 0.0
        for person in range(people):
            open_to = np.flatnonzero(kept[:, person])
            at = np.flatnonzero(kept[:, person] & event[:, person])
            weight = [float(beta @ factors[:, period, person]) for period in range(periods)]
            sums = [math.exp(sum(weight[period] for period in those)) for those in combinations(open_to, len(at))]
            total += sum(weight[period] for period in at) - math.log(sum(sums))
        return total

    precisely = {"xatol": 1e-7, "fatol": 1e-10}
    best = minimize(lambda beta: -log_likelihood(beta), np.zeros(2), method="Nelder-Mead", options=precisely)
    assert within_person_odds_ratio(event, factors.astype(float), kept).value == pytest.approx(
        math.exp(best.x[0]), rel=1e-4
    )


def test_lasting_differences_between_people_have_no_part_in_it():
    """People who always have the factor and often the event say nothing."""
    rng = np.random.default_rng(2)
    liable = rng.uniform(size=800) < 0.5
    factor = np.where(liable, rng.uniform(size=(20, 800)) < 0.8, rng.uniform(size=(20, 800)) < 0.2)
    odds = np.where(liable, 1.0, 0.1) * np.where(factor, 0.5, 1.0)
    event = rng.uniform(size=(20, 800)) < odds / (1 + odds)
    found = within_person_odds_ratio(event, factor[None].astype(float), np.ones((20, 800), dtype=bool))
    assert found.value == pytest.approx(0.5, abs=3 * found.error)
    assert found.error < 0.05


def test_where_nobody_changes_nothing_is_known():
    event = np.array([[True, False], [False, True]])
    every = np.ones((2, 2), dtype=bool)
    assert math.isnan(within_person_odds_ratio(event, np.ones((1, 2, 2)), every).value)
    assert math.isnan(within_person_odds_ratio(every, np.ones((1, 2, 2)), every).value)
