"""The arithmetic of the measures against closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analysis.measures_numbers import (
    correlation,
    cross_lag,
    odds_ratio,
    paired_ratio,
    partial_r_squared,
    ratio,
    share,
    standardised,
)
from analysis.survival import Found

RNG = np.random.default_rng(5)
X, Z = RNG.normal(size=(2, 400))
Y = 0.6 * X - 0.3 * Z + RNG.normal(size=400)


def table(cases: int, of: int) -> np.ndarray:
    return np.arange(of) < cases


def test_doll_and_hill_1950_odds_of_lung_cancer_in_men_who_smoke_are_14_times_those_in_men_who_do_not():
    """647 and 2 cases, 622 and 27 controls: 647 x 27 / (2 x 622) = 14.0."""
    found, log_error = odds_ratio(table(647, 647 + 622), table(2, 2 + 27))
    assert found == pytest.approx(14.04, abs=0.01)
    assert log_error == pytest.approx(math.sqrt(1 / 647 + 1 / 622 + 1 / 2 + 1 / 27))


def test_haldane_1956_an_empty_cell_gets_half_a_person_in_every_cell():
    assert odds_ratio(table(3, 10), table(0, 10))[0] == pytest.approx((3.5 * 10.5) / (7.5 * 0.5))


def test_a_correlation_is_that_of_numpy():
    assert correlation(X, Y).value == pytest.approx(np.corrcoef(X, Y)[0, 1])


def test_nothing_goes_with_what_does_not_vary():
    assert correlation(np.full(400, 0.1), Y).value == 0
    assert cross_lag(standardised(Y), standardised(X), standardised(np.full(400, 0.3))).value == pytest.approx(0)
    assert partial_r_squared(Y, [X], [np.full(400, 0.7)]).value == pytest.approx(0)
    assert partial_r_squared(np.full(400, 2.0), [X], [Z]).value == 0


def test_a_cross_lag_is_the_closed_form_of_two_predictors():
    """beta = (r_yx - r_yz r_xz) / (1 - r_xz^2)."""
    y, x, z = map(standardised, (Y, X, Z))
    ryx, ryz, rxz = (np.corrcoef(*pair)[0, 1] for pair in ((y, x), (y, z), (x, z)))
    assert cross_lag(y, z, x).value == pytest.approx((ryx - ryz * rxz) / (1 - rxz**2))


def test_one_added_quantity_explains_its_squared_partial_correlation():
    ryx, ryz, rxz = (np.corrcoef(*pair)[0, 1] for pair in ((Y, X), (Y, Z), (X, Z)))
    partial = (ryz - ryx * rxz) / math.sqrt((1 - ryx**2) * (1 - rxz**2))
    assert partial_r_squared(Y, [X], [Z]).value == pytest.approx(partial**2)


def test_a_share_has_the_error_of_a_binomial_and_of_nobody_is_unknown():
    assert share(table(20, 100)) == pytest.approx((0.2, 0.04))
    assert math.isnan(share(table(0, 0)).value)


def test_a_ratio_over_none_is_unknown():
    assert math.isnan(ratio(Found(0.3, 0.1), Found(0.0, 0.0)).value)
    assert ratio(Found(0.3, 0.03), Found(0.2, 0.02)) == pytest.approx((1.5, 1.5 * math.hypot(0.1, 0.1)))


def test_the_error_of_a_paired_ratio_is_that_of_drawing_the_people_again():
    above, below = 2.0 + X + 0.5 * Y, 2.0 + X
    found = paired_ratio(above, below)
    again = [RNG.integers(0, 400, 400) for _ in range(2000)]
    assert found.value == pytest.approx(above.mean() / below.mean())
    assert found.error == pytest.approx(np.std([above[at].mean() / below[at].mean() for at in again]), rel=0.1)
    assert math.isnan(paired_ratio(above, np.zeros(400)).value)
