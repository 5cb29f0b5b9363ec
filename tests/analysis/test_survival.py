"""Kaplan and Meier's estimate, against a worked example that every textbook shows."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analysis.survival import share_with_event

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
