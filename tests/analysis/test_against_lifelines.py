"""Curves, bands and tests are those of lifelines, a library by others, on the same times."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analysis.competing import cumulative_incidence, mean_count
from analysis.survival import curve, log_rank

lifelines = pytest.importorskip("lifelines")
pytestmark = pytest.mark.filterwarnings("ignore:Starting with pandas")  # its own use of pandas, not ours


def at_random(seed: int, people: int, whole: bool = False):
    """Times and what ended them, 0 to 2; distinct unless `whole` weeks are asked for."""
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    times = rng.exponential(30.0, people)
    times = np.ceil(times) if whole else times
    return times, rng.integers(0, 3, people)


@pytest.mark.parametrize("whole", [False, True])
def test_survival_and_its_band_and_median(whole):
    times, cause = at_random(1, 90, whole)
    found = curve(times, cause > 0)
    fitted = lifelines.KaplanMeierFitter().fit(times, cause > 0)
    inside = (found.share > 0) & (found.share < 1)
    theirs = fitted.survival_function_at_times(found.weeks).to_numpy()
    band = fitted.confidence_interval_survival_function_
    place = np.searchsorted(band.index, found.weeks, side="right") - 1
    assert found.share == pytest.approx(theirs)
    assert found.low[inside] == pytest.approx(band.to_numpy()[place, 0][inside])
    assert found.high[inside] == pytest.approx(band.to_numpy()[place, 1][inside])
    assert found.median().value == fitted.median_survival_time_


def test_the_interval_of_the_median():
    times, cause = at_random(2, 200)
    fitted = lifelines.KaplanMeierFitter().fit(times, cause > 0)
    ends = lifelines.utils.median_survival_times(fitted.confidence_interval_).to_numpy()[0]
    assert curve(times, cause > 0).median()[1:] == pytest.approx(tuple(ends))


@pytest.mark.parametrize("horizon", [10.0, 37.5])
def test_the_restricted_mean(horizon):
    times, cause = at_random(3, 120)
    fitted = lifelines.KaplanMeierFitter().fit(times, cause > 0)
    theirs = lifelines.utils.restricted_mean_survival_time(fitted, t=horizon)
    assert curve(times, cause > 0).restricted_mean(horizon).value == pytest.approx(theirs)


def test_log_rank():
    (first, ended), (second, also) = at_random(4, 70, whole=True), at_random(5, 90, whole=True)
    found = log_rank((first, ended > 0), (second / 2, also > 0))
    theirs = lifelines.statistics.logrank_test(first, second / 2, ended > 0, also > 0)
    assert found.statistic**2 == pytest.approx(theirs.test_statistic)
    assert found.p == pytest.approx(theirs.p_value)


@pytest.mark.parametrize("cause", [1, 2])
def test_cumulative_incidence_and_its_error(cause):
    times, ended = at_random(6, 150)
    found = cumulative_incidence(times, ended, ("one", "two"))
    fitted = lifelines.AalenJohansenFitter(calculate_variance=True).fit(times, ended, event_of_interest=cause)
    place = np.searchsorted(fitted.cumulative_density_.index, found.weeks)
    known = ~np.isnan(found.share[cause - 1])
    assert found.share[cause - 1][known] == pytest.approx(fitted.cumulative_density_.to_numpy()[place, 0][known])
    # The last time of all leaves nobody, and lifelines no variance.
    theirs = np.sqrt(fitted.variance_.to_numpy()[place])[:-1]
    assert found.error[cause - 1][:-1] == pytest.approx(theirs)


def test_the_mean_number_of_an_event_that_ends_the_following_is_the_cumulative_hazard():
    """An event that can come but once, and ends the following, has Nelson and Aalen's hazard as its mean number."""
    rng = np.random.default_rng(np.random.SeedSequence(7))
    weeks, had = rng.geometric(0.05, 100), rng.random(100) < 0.7
    found = mean_count(weeks[had] - 1, np.flatnonzero(had), weeks, int(weeks.max()))
    fitted = lifelines.NelsonAalenFitter(nelson_aalen_smoothing=False).fit(weeks, had)
    theirs = fitted.cumulative_hazard_.iloc[:, 0]
    assert found.mean[theirs.index.to_numpy(dtype=int)] == pytest.approx(theirs.to_numpy())
    assert math.isclose(found.mean[0], 0.0)
