"""A calibration finds what can be known, says how little that is, keeps what it has lived, and its parts give known answers."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import trial_jobs
from analysis.calibration.learned import centre, contraction, left_out, pairs_not_told_apart, screened
from analysis.calibration.predictive import intervals
from analysis.calibration.sampling import best_from, coordinates_of, places_of, sample
from analysis.calibration.scoring import Scoring, scales_of
from analysis.calibration.settings import LayerPlan, load_settings
from analysis.calibration.surfaces import fit_surfaces
from analysis.calibration.waves import Calibration, Wave, places_at, values_at
from analysis.pools import open_pool
from analysis.store import RunStore
from analysis.targets import load_numbers
from analysis.trial import Trial
from simulation.errors import EvidenceError, WorldError
from simulation.parameters import free_parameters

NUMBERS = load_numbers()
PUBLISHED = np.array([one.value for one in NUMBERS])
SCALES = scales_of(NUMBERS, load_settings().scale)
NOTHING_OFF = np.zeros(len(NUMBERS))
PARAMETERS = tuple(free_parameters())
NAMES = [one.name for one in PARAMETERS]


# Scoring


def test_what_is_measured_comes_back_from_the_scale_of_its_surface():
    assert SCALES.measured(SCALES.fitted(PUBLISHED)) == pytest.approx(PUBLISHED, abs=1e-9)


def test_a_share_of_none_and_a_ratio_of_nought_have_a_place_on_their_scales():
    assert np.isfinite(SCALES.fitted(np.zeros(len(NUMBERS)))).all()
    assert np.isnan(SCALES.fitted(np.full(len(NUMBERS), np.nan))).all()


@given(st.lists(st.floats(0.2, 0.9), min_size=len(NUMBERS), max_size=len(NUMBERS)))
def test_distances_are_those_by_which_a_fit_is_judged(values):
    model = np.array(values)
    off, scale = Scoring(SCALES, 4.0).distances(SCALES.fitted(model), NOTHING_OFF)
    known = [one.distance(value) for one, value in zip(NUMBERS, model.tolist(), strict=True)]
    near = np.abs(known) < 19.0
    assert off[near] == pytest.approx(np.array(known)[near], abs=1e-6)
    assert scale == pytest.approx(1.0)


def test_a_point_on_the_figures_scores_best_and_a_half_weight_counts_half():
    scoring = Scoring(SCALES, 4.0)
    here = SCALES.fitted(PUBLISHED)
    assert float(scoring(here, NOTHING_OFF)) == pytest.approx(
        sum(one.weight for one in NUMBERS) * (math.lgamma(2.5) - math.lgamma(2.0) - 0.5 * math.log(4.0 * math.pi))
    )
    half = next(at for at, one in enumerate(NUMBERS) if one.weight == 0.5 and not one.is_log)
    full = next(at for at, one in enumerate(NUMBERS) if one.weight == 1.0 and not one.is_log)
    lost = []
    for at in (half, full):
        there = PUBLISHED.copy()
        there[at] += NUMBERS[at].scale
        lost.append(float(scoring(here, NOTHING_OFF) - scoring(SCALES.fitted(there), NOTHING_OFF)))
    assert lost[0] == pytest.approx(lost[1] / 2, rel=1e-6)
    assert lost[1] == pytest.approx(2.5 * math.log(1.25), rel=1e-6)


def test_an_error_of_the_surface_widens_the_scale_and_flattens_the_score():
    scoring, here = Scoring(SCALES, 4.0), SCALES.fitted(PUBLISHED)
    _, scale = scoring.distances(here, np.full(len(NUMBERS), 0.3))
    assert (scale > 1.0).all()
    share = next(at for at, one in enumerate(NUMBERS) if one.id == "C1.1")
    by_hand = 0.3 * PUBLISHED[share] * (1.0 - PUBLISHED[share]) / NUMBERS[share].scale
    assert scale[share] == pytest.approx(math.hypot(1.0, by_hand))


# Surfaces


def test_a_surface_finds_slopes_a_square_and_a_product_and_tells_luck_from_the_rest():
    luck = np.random.default_rng(1)
    places = luck.random((400, 20))
    x = 2.0 * np.concatenate([places, places[:60]]) - 1.0
    truth = 1.0 + x[:, 0] - 0.5 * x[:, 1] + 0.4 * x[:, 2] ** 2 + 0.6 * x[:, 0] * x[:, 1]
    values = np.stack([truth + 0.2 * luck.standard_normal(460), np.full(460, 3.0)], axis=1)
    pairs = np.stack([np.arange(60), 400 + np.arange(60)], axis=1)
    found = fit_surfaces(np.concatenate([places, places[:60]]), values, pairs)
    assert {(0,), (1,), (2, 2), (0, 1)} <= set(found.terms_of(0))
    fresh = luck.random((200, 20))
    y = 2.0 * fresh - 1.0
    there = 1.0 + y[:, 0] - 0.5 * y[:, 1] + 0.4 * y[:, 2] ** 2 + 0.6 * y[:, 0] * y[:, 1]
    assert float(np.abs(found.at(fresh)[:, 0] - there).mean()) < 0.06
    assert found.luck[0] == pytest.approx(0.2, rel=0.25)
    assert found.error[0] < 0.1
    assert found.followed[0] > 0.9
    assert found.at(fresh)[:, 1] == pytest.approx(3.0)


def test_a_number_that_hardly_any_trial_gave_is_held_at_its_mean_with_its_spread_as_error():
    places = np.random.default_rng(2).random((60, 5))
    values = np.full((60, 2), np.nan)
    values[:10, 0] = np.arange(10.0)
    found = fit_surfaces(places, values, np.zeros((0, 2), dtype=int))
    assert found.constant[0] == pytest.approx(4.5)
    assert found.error[0] == pytest.approx(np.arange(10.0).std())
    assert found.trials.tolist() == [10, 0]
    assert np.isinf(found.error[1])  # nothing is known of it: its score says nothing


def test_what_a_surface_cannot_follow_counts_as_its_error():
    places = np.random.default_rng(3).random((300, 4))
    rough = np.sign(np.sin(40.0 * places[:, 0]))[:, None]
    found = fit_surfaces(places, rough, np.zeros((0, 2), dtype=int))
    assert found.error[0] > 0.9
    assert found.followed[0] < 0.1


# Sampling


def test_draws_of_a_straight_problem_have_the_mean_and_spread_of_its_answer():
    luck = np.random.default_rng(4)
    matrix, seen, sd = luck.standard_normal((6, 20)) / 2.0, luck.standard_normal(6), 0.1
    covariance = np.linalg.inv(matrix.T @ matrix / sd**2 + np.eye(20))
    mean = covariance @ matrix.T @ seen / sd**2

    def residuals(at):
        return (at @ matrix.T - seen) / sd

    guess = best_from(residuals, np.zeros(20))
    assert guess[0] == pytest.approx(mean, abs=1e-6)
    starts = mean + 0.1 * luck.standard_normal((8, 20))
    chains = sample(lambda at: -0.5 * (residuals(at) ** 2).sum(axis=1), guess, starts, 3000, (1, 2))
    assert chains.r_hat().max() < 1.05
    assert chains.pooled().mean(axis=0) == pytest.approx(mean, abs=0.12)
    assert np.cov(chains.pooled().T).diagonal() == pytest.approx(covariance.diagonal(), rel=0.25, abs=0.01)


def test_where_the_figures_say_nothing_the_posterior_is_the_prior():
    guess = (np.zeros(5), np.eye(5))
    chains = sample(lambda at: np.zeros(len(at)), guess, np.zeros((4, 5)), 2000, (3, 4))
    places = places_of(chains.pooled())
    assert places.mean(axis=0) == pytest.approx(0.5, abs=0.04)
    assert places.var(axis=0) == pytest.approx(1.0 / 12.0, abs=0.012)


def test_a_posterior_far_from_its_guess_is_found_all_the_same():
    def score(at):  # a banana: the second coordinate follows the square of the first
        return -0.5 * ((at[:, 1] - at[:, 0] ** 2) / 0.3) ** 2

    chains = sample(score, (np.zeros(2), np.eye(2)), np.zeros((6, 2)), 6000, (5, 6))
    grid = np.linspace(-4, 6, 801)
    a, b = np.meshgrid(grid, grid, indexing="ij")
    weight = np.exp(-0.5 * (a**2 + b**2) - 0.5 * ((b - a**2) / 0.3) ** 2)
    expected = float((weight * b).sum() / weight.sum())
    assert chains.pooled()[:, 1].mean() == pytest.approx(expected, abs=0.05)


def test_chains_that_stay_in_two_places_are_said_not_to_agree():
    def score(at):
        return 400.0 * np.abs(at[:, 0]) - 200.0 * at[:, 0] ** 2  # two narrow peaks, far apart

    guess = (np.array([1.0]), np.array([[0.003]]))
    chains = sample(score, guess, np.array([[1.0], [1.0], [-1.0], [-1.0]]), 400, (7, 8))
    assert chains.r_hat()[0] > 1.5


# A whole calibration over made-up trials


TRUE_SLOPES = np.zeros((len(PARAMETERS), len(NUMBERS)))
_luck = np.random.default_rng(9)
for _at in range(len(NUMBERS)):
    TRUE_SLOPES[_luck.choice(12, 4, replace=False), _at] = _luck.normal(0.0, 0.5, 4)
TRUE_PLACES = np.full(len(PARAMETERS), 0.5)
TRUE_PLACES[:12] = _luck.uniform(0.3, 0.7, 12)


@pytest.fixture(scope="module")
def made_up():
    """Trials whose numbers are straight in the places of twelve parameters, on the published numbers at `TRUE_PLACES`.

    Gives the list of (seed, layer) lived; a trial whose seed is in its attribute `fails` fails.
    """
    lived = SimpleNamespace(seeds=[], fails=frozenset())
    there = SCALES.fitted(PUBLISHED)

    def live(values, seed, *, people, layer, cohorts, check):
        lived.seeds.append(seed)
        if seed in lived.fails:
            raise WorldError("made to fail")
        off = places_at(dict(values), PARAMETERS) - TRUE_PLACES
        luck = np.random.default_rng(seed).standard_normal(len(NUMBERS)) * 0.03
        gave = SCALES.measured(there + 2.0 * off @ TRUE_SLOPES + luck)
        return SimpleNamespace(record=lambda: {"values": gave.tolist()})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trial_jobs, "live_trial", live)
        patch.setattr(Trial, "of_record", lambda asked, record: _MadeUp(asked, record["values"]))
        yield lived


class _MadeUp(Trial):
    def __init__(self, asked, values):
        super().__init__(asked.assumptions, asked.seed, asked.layer, asked.people, asked.cohorts)
        self.given = np.array(values)

    def values(self):
        return self.given


SETTINGS = replace(
    load_settings(), people=20, draws=60, chains=4, steps=600, left_out_steps=60,
    layers={"labels": LayerPlan((100, 60), (10, 10), (0.0, 0.5))},
)  # fmt: skip


@pytest.fixture(scope="module")
def calibrate(made_up, tmp_path_factory):
    """Calibrates by made-up trials, in a store that the tests share."""
    pool, store = open_pool(1), RunStore(tmp_path_factory.mktemp("calibration") / "store")
    yield lambda settings=SETTINGS: Calibration("labels", settings, store, pool, _quiet).run()
    pool.close()


@pytest.fixture(scope="module")
def calibrated(calibrate):
    return calibrate()


def _quiet(text):
    pass


def test_a_calibration_closes_in_on_where_the_figures_are_met_and_its_ranges_hold_the_truth(calibrated):
    places = calibrated.draws(60)
    first, last = calibrated.waves
    assert len(first.places) == 110
    assert last.pairs[:, 1].tolist() == list(range(60, 70))
    far = [np.abs(wave.places[:, :12] - TRUE_PLACES[:12]).mean() for wave in calibrated.waves]
    assert far[1] < 0.75 * far[0]
    low, high = np.quantile(places[:, :12], [0.025, 0.975], axis=0)
    assert int(((low <= TRUE_PLACES[:12]) & (TRUE_PLACES[:12] <= high)).sum()) >= 10
    gone = contraction(places, PARAMETERS).set_index("parameter")["contraction"]
    assert gone[NAMES[:12]].min() > 0.6
    assert abs(gone[NAMES[12:]].mean()) < 0.1


def test_a_calibration_that_was_stopped_goes_on_without_living_a_trial_twice(calibrate, calibrated, made_up):
    lived = len(made_up.seeds)
    again = calibrate()
    assert len(made_up.seeds) == lived >= 180
    assert again.ran.lived == 0
    assert np.array_equal(calibrated.draws(60), again.draws(60))


def test_trials_that_fail_are_counted_and_left_out_and_half_of_them_end_it(calibrate, made_up):
    one_wave = replace(SETTINGS, people=21, layers={"labels": LayerPlan((60,), (0,), (0.0,))}, steps=60)
    made_up.fails = frozenset(range(10001, 10021))
    found = calibrate(one_wave)
    assert found.waves[0].lost == 20
    assert np.isnan(found.waves[0].values[:20]).all()
    assert found.surfaces.trials.max() == 40
    made_up.fails = frozenset(range(10001, 20000))
    with pytest.raises(WorldError, match=r"more than half of the trials failed; the first: trial.*made to fail"):
        calibrate(replace(one_wave, people=22))


def test_what_one_target_is_left_to_the_others_is_foretold_by_them(calibrated):
    table = left_out(calibrated, 2, 60)
    assert list(table["id"]) == [one.id for one in NUMBERS]
    assert table["inside"].mean() > 0.8
    assert table["target_score"].notna().sum() == len({one.target for one in NUMBERS})
    assert (table["low"] < table["high"]).all()


# What is learned


def test_a_screening_names_what_moves_a_number_and_little_else():
    luck = np.random.default_rng(11)
    places = luck.random((240, len(PARAMETERS)))
    moved = SCALES.fitted(PUBLISHED) + 2.0 * (places - 0.5) @ TRUE_SLOPES + 0.1 * luck.standard_normal((240, len(NUMBERS)))
    table = screened(Wave(places, SCALES.measured(moved), np.zeros((0, 2), dtype=int)), PARAMETERS, Scoring(SCALES, 4.0))
    told = table[table["informed"]]
    true = {(NUMBERS[k].id, NAMES[i]) for i, k in zip(*np.nonzero(np.abs(TRUE_SLOPES) > 0.3), strict=True)}
    named = set(zip(told["number"], told["parameter"], strict=True))
    assert len(true & named) / len(true) > 0.95
    idle = {(NUMBERS[k].id, NAMES[i]) for i, k in zip(*np.nonzero(TRUE_SLOPES == 0.0), strict=True)}
    assert len(named & idle) / len(named) < 0.1


def test_pairs_tied_together_come_first_and_suspected_ones_are_always_there():
    coordinates = np.random.default_rng(12).standard_normal((300, len(PARAMETERS)))
    coordinates[:, 5] = -coordinates[:, 3] + 0.1 * coordinates[:, 5]
    table = pairs_not_told_apart(coordinates, PARAMETERS, count=3)
    assert {table["first"][0], table["second"][0]} == {NAMES[3], NAMES[5]}
    assert table["correlation"][0] < -0.9
    assert {"frailty_sd", "consolidation"} in [set(pair) for pair in zip(table["first"], table["second"], strict=True)]


def test_the_centre_is_the_median_of_each_parameter():
    places = np.array([[0.1, 0.1], [0.5, 0.5], [0.9, 0.8], [0.45, 0.55], [0.52, 0.4]])
    assert centre(places).tolist() == [0.5, 0.5]


def test_places_and_values_go_over_into_one_another():
    places = np.random.default_rng(13).uniform(0.01, 0.99, (3, len(PARAMETERS)))
    back = np.array([places_at(values, PARAMETERS) for values in values_at(places, PARAMETERS)])
    assert back == pytest.approx(places, abs=1e-9)
    assert places_of(coordinates_of(places)) == pytest.approx(places)


def test_an_interval_is_the_middle_of_what_the_draws_gave_and_its_width_is_in_published_sd():
    values = np.tile(PUBLISHED, (101, 1))
    at = next(place for place, one in enumerate(NUMBERS) if one.id == "C1.1")
    ratio = next(place for place, one in enumerate(NUMBERS) if one.is_log)
    values[:, at] = np.linspace(0.0, 1.0, 101)
    values[:, ratio] = PUBLISHED[ratio] * np.exp(np.linspace(-1.0, 1.0, 101))
    values[:, -1] = np.nan
    table = intervals(values)
    row = table.iloc[at]
    assert (row["low"], row["median"], row["high"]) == pytest.approx((0.05, 0.5, 0.95))
    assert row.half_width == pytest.approx(0.45 / NUMBERS[at].scale)
    assert bool(row.inside)
    assert table.iloc[ratio].half_width == pytest.approx(0.9 / NUMBERS[ratio].scale)
    assert not table.iloc[-1].inside
    assert table.iloc[-1].measured == 0


# Settings


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("freedom = 4.0", "freedom = 0", "above 0"),
        ("[layers.null]", "[layers.nul]", "'nul' is none of"),
        ("twice = [24, 24, 24, 24]", "twice = [24, 24, 24]", "as many points as twice"),
        ("sharpness = [0.0, 0.15, 0.4, 0.8]", "sharpness = [0.1, 0.15, 0.4, 0.8]", "begins at 0"),
        ('"S13", ', "", "the scale of S13.1 is missing"),
        ("fisher =", "fishers =", "'fishers' is none of"),
        ("people = 1500", "peoples = 1500", "'peoples' in the settings means nothing"),
        ("people = 1500 ", "# people ", "people is missing"),
        ("[posterior]", "[posterior", "cannot be read"),
        ("freedom = 4.0", "freedom = 4.0\nfredom = 3.0", "'fredom' in the settings means nothing"),
        ("freedom = 4.0", "freedom = nan", "freedom is no finite number"),
        ("points = [240, 180, 180, 180]", "points = [240.9, 180, 180, 180]", "points are whole numbers"),
        ("people = 2500 ", "people = 2.9 ", "people is 2.9, not a whole number"),
        ('plain = ["C19",', 'plain = ["S1", "C19",', "S1 has two scales"),
        ('plain = ["C19",', 'plain = ["S99", "C19",', "S99 in [scale] is neither a target nor one of its numbers"),
    ],
)
def test_settings_that_make_no_sense_are_refused_in_words(tmp_path, old, new, said):
    from analysis.calibration.settings import SETTINGS as FILE

    text = FILE.read_text(encoding="utf-8")
    assert old in text
    damaged = tmp_path / "calibration.toml"
    damaged.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(EvidenceError) as refused:
        load_settings(damaged)
    assert said in str(refused.value)


def test_tables_of_draws_have_a_column_a_parameter():
    assert list(pd.DataFrame(values_at(np.full((2, len(PARAMETERS)), 0.5), PARAMETERS)).columns) == NAMES
