"""Logistic regression against scikit-learn, tables counted by hand, and cases in which there is nothing to find."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analysis.logistic import area_under_curve, fit, foreseen


def test_one_yes_or_no_predictor_gives_the_odds_ratio_of_the_table():
    """30 of 40 with it, 20 of 60 without: odds 3 and one half, ratio 6."""
    x = np.repeat([1.0, 0.0], [40, 60])
    y = np.concatenate([np.arange(40) < 30, np.arange(60) < 20])
    found = fit(x[:, None], y)
    assert math.exp(found.slopes[0] / x.std()) == pytest.approx(6.0, rel=1e-3)
    nothing = 100 * (0.5 * math.log(0.5) + 0.5 * math.log(0.5))
    whole = 30 * math.log(0.75) + 10 * math.log(0.25) + 20 * math.log(1 / 3) + 40 * math.log(2 / 3)
    assert found.mcfadden() == pytest.approx(1 - whole / nothing, rel=1e-4)
    cox_snell = 1 - math.exp(2 / 100 * (nothing - whole))
    assert found.nagelkerke() == pytest.approx(cox_snell / (1 - math.exp(2 / 100 * nothing)), rel=1e-4)


def test_it_agrees_with_scikit_learn_without_its_penalty():
    from sklearn.linear_model import LogisticRegression

    luck = np.random.default_rng(1)
    x = luck.normal(size=(400, 3)) * [1.0, 5.0, 0.1]
    y = luck.random(400) < 1 / (1 + np.exp(-(0.5 + x @ [1.0, -0.2, 3.0])))
    other = LogisticRegression(C=1e12, tol=1e-10, max_iter=1000).fit((x - x.mean(axis=0)) / x.std(axis=0), y)
    found = fit(x, y)
    assert found.slopes == pytest.approx(other.coef_[0], rel=1e-3)
    assert found.chances(x) == pytest.approx(other.predict_proba((x - x.mean(axis=0)) / x.std(axis=0))[:, 1], abs=1e-4)


def test_predictors_that_say_the_same_nothing_or_all_do_not_end_it():
    luck = np.random.default_rng(2)
    x = luck.normal(size=100)
    y = x > 0
    twice = fit(np.column_stack([x, x, np.ones(100)]), luck.random(100) < 0.5)
    assert np.isfinite(twice.slopes).all()
    assert twice.slopes[2] == 0
    assert fit(x[:, None], y).mcfadden() > 0.95
    assert fit(x[:, None], np.ones(100, dtype=bool)).mcfadden() == 0.0


def test_foresight_is_out_of_sample():
    """A predictor of luck alone foresees nothing, however many there are; one that decides foresees all."""
    luck = np.random.default_rng(3)
    y = luck.random(500) < 0.5
    noise = luck.normal(size=(500, 30))
    assert area_under_curve(foreseen(noise, y), y) < 0.6
    assert area_under_curve(foreseen(np.column_stack([noise, y + 0.0]), y), y) == pytest.approx(1.0)


def test_the_area_under_the_curve_counts_ties_half():
    assert area_under_curve(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True])) == 0.75
    assert area_under_curve(np.ones(4), np.array([False, False, True, True])) == 0.5
    assert math.isnan(area_under_curve(np.ones(4), np.ones(4, dtype=bool)))
