"""Kaplan and Meier's estimate and what is read off it, against a worked example that every textbook shows and closed forms."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.survival import curve, log_rank, restricted_mean, share_with_event
from simulation.errors import ComparisonError

# Weeks in remission of 21 children given 6-mercaptopurine; + is censored. Freireich et al. (1963), Blood 21:699, as worked in
# Kleinbaum and Klein, "Survival Analysis", and many others.
REMISSION = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+".split()
WEEKS = np.array([int(text.rstrip("+")) for text in REMISSION])
HAPPENED = np.array([not text.endswith("+") for text in REMISSION])


def test_freireich_1963_survival_is_that_of_the_textbooks():
    found = share_with_event(WEEKS, HAPPENED, [6, 7, 10, 13, 16, 22, 23])
    published = [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert [1 - one.value for one in found] == pytest.approx(published, abs=5e-4)


def test_freireich_1963_errors_by_greenwood_are_those_of_the_textbooks():
    found = share_with_event(WEEKS, HAPPENED, [6, 10, 16, 23])
    assert [one.error for one in found] == pytest.approx([0.0764, 0.0963, 0.1141, 0.1346], abs=5e-5)


def test_before_the_first_event_nobody_has_had_it():
    assert share_with_event(WEEKS, HAPPENED, [5])[0] == (0.0, 0.0)


def test_beyond_follow_up_nothing_is_known():
    first, second = share_with_event(WEEKS, HAPPENED, [10, 52], followed=35)
    assert math.isfinite(first.value)
    assert math.isnan(second.value)


def test_where_nobody_is_lost_it_is_the_plain_share():
    weeks = np.array([1, 2, 3, 4])
    assert share_with_event(weeks, np.ones(4, dtype=bool), [2])[0].value == pytest.approx(0.5)
    assert share_with_event(weeks, np.ones(4, dtype=bool), [4])[0].value == pytest.approx(1.0)


def test_of_nobody_nothing_is_known_and_without_an_event_the_share_is_none():
    assert math.isnan(share_with_event(np.zeros(0), np.zeros(0, dtype=bool), [1])[0].value)
    assert share_with_event(np.array([5, 5]), np.zeros(2, dtype=bool), [5])[0].value == 0


def test_the_curve_of_freireich_1963_has_the_median_and_the_numbers_at_risk_of_the_textbooks():
    found = curve(WEEKS, HAPPENED)
    assert found.median().value == 23
    assert [found.at_risk[week] for week in (6, 7, 10, 13, 16, 22, 23)] == [21, 17, 15, 12, 11, 7, 6]
    assert [found.events[week] for week in (6, 7, 8, 10)] == [3, 1, 0, 1]


def test_the_log_rank_of_freireich_1963_is_that_of_the_textbooks():
    placebo = np.array([1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23])
    found = log_rank((WEEKS, HAPPENED), (placebo, np.ones(21, dtype=bool)))
    assert found.statistic**2 == pytest.approx(16.793, abs=5e-4)


def test_the_band_is_that_of_scipy_where_scipy_has_one():
    found = curve(WEEKS, HAPPENED)
    sf = stats.ecdf(stats.CensoredData(uncensored=WEEKS[HAPPENED], right=WEEKS[~HAPPENED])).sf
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ends = sf.confidence_interval(method="log-log")
    for week in (6, 10, 16, 23, 30):
        assert found.low[week] == pytest.approx(float(ends.low.evaluate(week)))
        assert found.high[week] == pytest.approx(float(ends.high.evaluate(week)))


def test_the_log_log_band_covers_a_geometric_survival_as_often_as_it_says():
    """A chance of .02 a week, half of the people lost at random weeks: 1,000 times, the share after 26 weeks."""
    rng = np.random.default_rng(np.random.SeedSequence(5))
    truth, inside = 0.98**26, 0
    for _ in range(1000):
        event, lost = rng.geometric(0.02, 100), rng.integers(1, 105, 100)
        found = curve(np.minimum(event, lost), event <= lost, followed=52)
        inside += found.low[26] <= truth <= found.high[26]
    assert 930 <= inside <= 970


def test_without_censoring_the_restricted_mean_and_its_error_are_those_of_a_plain_mean():
    weeks = np.random.default_rng(np.random.SeedSequence(1)).geometric(0.05, 80)
    found = curve(weeks, np.ones(80, dtype=bool)).restricted_mean(20)
    each = restricted_mean(weeks, np.ones(80, dtype=bool), 20)
    assert found.value == pytest.approx(each.mean())
    assert found.error == pytest.approx(each.std() / math.sqrt(80))


def test_a_restricted_mean_is_not_known_beyond_what_was_followed():
    found = curve(np.array([3, 9, 12]), np.array([True, False, False]))
    assert math.isfinite(found.restricted_mean(12).value)
    assert math.isnan(found.restricted_mean(13).value)
    with pytest.raises(ComparisonError, match="1 of 2 people lost before week 10"):
        restricted_mean(np.array([3, 9]), np.array([True, False]), 10)


def test_once_nobody_is_followed_the_curve_is_unknown():
    found = curve(np.array([2, 4]), np.array([True, False]), followed=8)
    assert found.share[:5].tolist() == [1, 1, 0.5, 0.5, 0.5]
    assert np.isnan(found.share[5:]).all()
    assert np.isnan(found.low[5:]).all()


def test_before_the_first_event_the_band_is_the_exact_one_of_a_share_of_none():
    found = curve(np.full(40, 5), np.zeros(40, dtype=bool))
    exact = stats.binomtest(40, 40).proportion_ci(method="exact")
    assert (found.low[3], found.high[3]) == pytest.approx((exact.low, exact.high))
    gone = curve(np.full(40, 5), np.ones(40, dtype=bool))
    assert (gone.low[5], gone.high[5]) == pytest.approx((0, stats.binomtest(0, 40).proportion_ci(method="exact").high))


def test_nobody_or_too_few_at_risk_is_said_and_no_number_given():
    nobody = curve(np.zeros(0), np.zeros(0, dtype=bool), followed=3)
    assert nobody.note == "nobody is at risk"
    few = curve(WEEKS, HAPPENED, fewest=30)
    assert few.note == "only 21 people are at risk, fewer than 30"
    assert np.isnan(few.share).all()
    assert math.isnan(few.median().value)
    assert math.isnan(few.restricted_mean(10).value)


@pytest.mark.parametrize(
    ("first", "second", "note"),
    [
        (([], []), ([1, 2], [1, 1]), "nobody is at risk"),
        (([1, 2], [0, 0]), ([1, 2], [0, 0]), "nobody in either group"),
        (([1, 2], [0, 0]), ([3, 4], [1, 1]), "at no event"),
        (([1, 1], [1, 1]), ([1, 1], [1, 1]), "at no event"),
    ],
)
def test_a_log_rank_that_there_is_none_of_says_why(first, second, note):
    found = log_rank(*((np.array(weeks), np.array(had, dtype=bool)) for weeks, had in (first, second)))
    assert math.isnan(found.p)
    assert found.note.startswith(note)


@pytest.mark.parametrize("weeks", [[-1.0, 2.0], [math.nan, 2.0], [math.inf, 2.0], [1.0]])
def test_times_that_are_none_are_refused_in_words(weeks):
    with pytest.raises(ComparisonError, match="times to an event"):
        curve(np.array(weeks), np.ones(2, dtype=bool))


@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=60))
def test_a_curve_falls_between_its_ends_and_counts_everybody(people):
    weeks, happened = np.array([week for week, _ in people]), np.array([had for _, had in people])
    found = curve(weeks, happened, followed=30)
    known = ~np.isnan(found.share)
    share, low, high = (each[known] for each in (found.share, found.low, found.high))
    assert np.all((low >= 0) & (low <= share + 1e-12) & (share <= high + 1e-12) & (high <= 1))
    assert np.all(np.diff(share) <= 1e-12)
    assert found.events.sum() == happened.sum()
    assert found.at_risk[0] == len(people)
