"""Events that rule each other out, and events that come back, against closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.competing import cumulative_incidence, mean_count
from analysis.survival import curve
from simulation.errors import ComparisonError


def rng(seed: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(seed))


def test_without_censoring_shares_and_errors_are_those_of_plain_shares():
    draw = rng(1)
    weeks, cause = draw.integers(1, 9, 200), draw.integers(1, 4, 200)
    found = cumulative_incidence(weeks, cause, ("a", "b", "c"))
    for one in range(3):
        for week in found.weeks:
            share = np.mean((cause == one + 1) & (weeks <= week))
            assert found.share[one, week] == pytest.approx(share)
            assert found.error[one, week] == pytest.approx(math.sqrt(share * (1 - share) / 200), abs=1e-12)


def test_two_geometric_risks_give_their_closed_form():
    """Chances of .03 and .01 a week: after t weeks the first has come first to .75 (1 - .96^t)."""
    draw, people = rng(2), 40_000
    weeks, cause = draw.geometric(0.04, people), np.where(draw.random(people) < 0.75, 1, 2)
    lost = draw.integers(1, 120, people)
    cause = np.where(weeks <= lost, cause, 0)
    found = cumulative_incidence(np.minimum(weeks, lost), cause, ("a", "b"), followed=60)
    for week in (5, 20, 60):
        for one, part in ((0, 0.75), (1, 0.25)):
            off = found.share[one, week] - part * (1 - 0.96**week)
            assert abs(off) < 4 * found.error[one, week] < 0.02


def test_the_interval_of_a_share_with_censoring_covers_as_often_as_it_says():
    draw, truth, inside = rng(3), 0.75 * (1 - 0.96**20), 0
    for _ in range(1000):
        weeks, lost = draw.geometric(0.04, 150), draw.integers(1, 60, 150)
        cause = np.where(weeks <= lost, np.where(draw.random(150) < 0.75, 1, 2), 0)
        found = cumulative_incidence(np.minimum(weeks, lost), cause, ("a", "b"), followed=30)
        inside += found.low[0, 20] <= truth <= found.high[0, 20]
    assert 930 <= inside <= 970


def test_where_all_have_had_one_event_the_ends_are_the_exact_ones_of_a_share_of_all_or_none():
    found = cumulative_incidence(np.arange(1, 41), np.ones(40), ("a", "b"))
    exact = stats.binomtest(40, 40).proportion_ci(method="exact").low
    assert (found.low[0, 40], found.high[0, 40]) == pytest.approx((exact, 1))
    assert (found.low[1, 40], found.high[1, 40]) == pytest.approx((0, 1 - exact))


def test_nobody_too_few_and_causes_without_a_name_are_told_in_words():
    assert cumulative_incidence(np.zeros(0), np.zeros(0), ("a",), followed=2).note == "nobody is at risk"
    few = cumulative_incidence(np.ones(3), np.ones(3), ("a",), fewest=30)
    assert few.note == "only 3 people are at risk, fewer than 30"
    assert np.isnan(few.share).all()
    with pytest.raises(ComparisonError, match="Name every cause"):
        cumulative_incidence(np.ones(3), np.array([0, 1, 2]), ("a",))


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 2)), min_size=1, max_size=50))
def test_shares_with_each_event_and_with_none_make_one_and_with_one_cause_it_is_the_curve(people):
    weeks, cause = (np.array(each) for each in zip(*people, strict=True))
    found = cumulative_incidence(weeks, cause, ("a", "b"), followed=20)
    known = ~np.isnan(found.free)
    assert found.share.sum(axis=0)[known] + found.free[known] == pytest.approx(np.ones(known.sum()))
    low, share, high = (each[:, known] for each in (found.low, found.share, found.high))
    assert np.all((low >= 0) & (low <= share + 1e-12) & (share <= high + 1e-12) & (high <= 1))
    alone = cumulative_incidence(weeks, np.minimum(cause, 1), ("any",), followed=20)
    assert 1 - alone.share[0] == pytest.approx(curve(weeks, cause > 0, followed=20).share, nan_ok=True)
    assert alone.table()["free"].to_numpy() == pytest.approx(1 - alone.share[0], nan_ok=True)


def repeated(draw: np.random.Generator, people: int, weeks: int, rate: np.ndarray):
    """Events of people who each have Poisson numbers a week at their own rate: lived weeks and places."""
    counts = draw.poisson(rate, (weeks, people))
    week, person = np.nonzero(counts)
    times = counts[week, person]
    return np.repeat(week, times), np.repeat(person, times)


def test_a_poisson_process_has_a_mean_of_rate_times_weeks_and_its_error():
    week, person = repeated(rng(4), 5000, 52, np.full(5000, 0.1))
    found = mean_count(week, person, np.full(5000, 52), 52)
    assert found.mean[52] == pytest.approx(5.2, abs=4 * math.sqrt(5.2 / 5000))
    assert found.error[52] == pytest.approx(math.sqrt(5.2 / 5000), rel=0.05)


def test_followed_to_the_end_the_mean_and_error_are_those_of_each_persons_number():
    draw = rng(5)
    week, person = repeated(draw, 60, 30, draw.gamma(0.5, 0.4, 60))
    found = mean_count(week, person, np.full(60, 30), 30)
    for after in (1, 10, 30):
        each = np.bincount(person[week < after], minlength=60)
        assert found.mean[after] == pytest.approx(each.mean())
        assert found.error[after] == pytest.approx(each.std() / math.sqrt(60))


def test_the_interval_covers_where_people_differ_and_are_lost_and_a_poisson_one_would_not():
    """Rates of people spread as a gamma of mean .1, so that their numbers spread far more than Poisson ones."""
    inside = narrow = 0
    for seed in range(1000):
        draw = rng(1000 + seed)
        week, person = repeated(draw, 80, 40, draw.gamma(1.0, 0.1, 80))
        followed = draw.integers(10, 60, 80)
        kept = week < np.minimum(followed, 40)[person]
        kept &= week < followed[person]
        found = mean_count(week[kept], person[kept], followed, 40)
        inside += found.low[40] <= 4.0 <= found.high[40]
        by_chance = math.sqrt(np.sum(np.bincount(week[kept], minlength=40) / found.at_risk[1:] ** 2))
        narrow += abs(found.mean[40] - 4.0) <= 1.96 * by_chance
    assert 920 <= inside <= 970
    assert narrow < 850


def test_the_robust_error_is_the_formula_of_lin_and_others_summed_person_by_person():
    draw, weeks = rng(6), 12
    followed = draw.integers(3, 20, 15)
    counts = draw.poisson(0.3, (weeks, 15)) * (np.arange(weeks)[:, None] < followed)
    week, person = (np.repeat(each, counts[np.nonzero(counts)]) for each in np.nonzero(counts))
    found = mean_count(week, person, followed, weeks)
    for after in range(1, weeks + 1):
        total = 0.0
        for one in range(15):
            beyond = 0.0
            for w in range(min(after, followed[one])):
                at_risk = sum(followed > w)
                beyond += (counts[w, one] - counts[w].sum() / at_risk) / at_risk
            total += beyond**2
        assert found.error[after] == pytest.approx(math.sqrt(total))


def test_a_death_ends_the_following_with_the_week_it_falls_in():
    found = mean_count(np.array([0, 1, 2]), np.array([0, 1, 0]), np.array([3, 2]), 4)
    assert found.mean[:4].tolist() == [0.0, 0.5, 1.0, 2.0]
    assert found.at_risk.tolist() == [2, 2, 2, 1, 0]
    assert math.isnan(found.mean[4])
    with pytest.raises(ComparisonError, match="outside the weeks"):
        mean_count(np.array([2]), np.array([1]), np.array([3, 2]), 4)


def test_where_nothing_has_come_the_upper_end_is_the_exact_one_of_poisson():
    found = mean_count(np.zeros(0), np.zeros(0), np.full(50, 3), 3)
    assert found.mean.tolist() == [0, 0, 0, 0]
    assert found.high[3] == pytest.approx(-math.log(0.025) / 50)
    assert mean_count(np.zeros(0), np.zeros(0), np.zeros(0), 3).note == "nobody is at risk"
