"""One trial: what it lives, what it gives, and how several are scored."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from analysis.survival import Found
from analysis.targets import FURTHEST, load_numbers
from analysis.trial import PEOPLE, YEARS, Trial, live_trial, people_of, score, trial_asked
from analysis.validation import attempts_in_words, describe_attempts

SMALL = 150


@pytest.fixture(scope="module")
def trial() -> Trial:
    return live_trial({}, 7, people=SMALL)


def made(values: dict[str, float], seed: int = 1, cohorts=tuple(YEARS)) -> Trial:
    found = {name: Found(value, 0.01) for name, value in values.items()}
    return Trial({}, seed, "labels", dict(PEOPLE), tuple(cohorts), found)


def published(shift: float = 0.0) -> dict[str, float]:
    """Values so many sd off the published ones."""
    return {one.id: one.value * math.exp(shift * one.scale) if one.is_log else one.value + shift * one.scale
            for one in load_numbers()}  # fmt: skip


def test_a_trial_measures_every_number_of_every_target(trial):
    assert list(trial.found) == [one.id for one in load_numbers()]
    assert trial.values().shape == trial.errors().shape == trial.distances().shape == (39,)
    assert not np.isnan(trial.distances()).any()
    assert trial.cohorts == tuple(YEARS)
    assert "C19, true offences" in trial.beside


def test_shares_of_a_trial_lie_between_none_and_all(trial):
    found = dict(zip((one.id for one in load_numbers()), trial.values(), strict=True))
    shares = [found[name] for name in ("C1.1", "C1.4", "C2.1", "M3.1", "M3.3", "M5.1", "M5.2", "M20.1", "S3.1", "S3.3")]
    assert all(0 <= share <= 1 for share in shares)
    assert found["C1.1"] <= found["C1.2"] <= found["C1.3"] <= found["C1.4"]
    assert found["C1.1"] == pytest.approx(found["C2.1"], abs=0.03)


def test_the_same_seed_and_assumptions_give_the_same_numbers(trial):
    again = live_trial({}, 7, people=SMALL, cohorts=["first_episode"])
    kept = [one.id for one in load_numbers() if one.cohort == "first_episode"]
    assert list(again.found) == kept
    assert [again.found[name] for name in kept] == [trial.found[name] for name in kept]


def test_assumptions_change_what_is_found():
    slow = live_trial({"symptoms_on": 0.002}, 7, people=SMALL, cohorts=["first_episode"])
    fast = live_trial({"symptoms_on": 0.015}, 7, people=SMALL, cohorts=["first_episode"])
    assert slow.found["M3.1"].value < fast.found["M3.1"].value


def test_cohorts_left_out_are_not_measured_and_stand_at_no_distance():
    trial = live_trial({}, 7, people=SMALL, cohorts=["first_episode"])
    distances = dict(zip((one.id for one in load_numbers()), trial.distances(), strict=True))
    assert math.isnan(distances["C1.1"])
    assert not math.isnan(distances["M3.1"])
    assert (score([trial]).numbers, score([trial]).layer_numbers) == (8, 3)


def test_in_the_null_layer_neither_a_friend_nor_a_record_nor_an_employer_does_anything():
    trial = live_trial({}, 7, people=400, layer="null", cohorts=["leaving_prison", "entering_treatment"])
    assert trial.found["C16.1"].value == pytest.approx(1.0)
    assert trial.found["C19.1"].value == pytest.approx(0.0)
    assert trial.beside["C19, true offences"].value == pytest.approx(0.0)
    assert trial.found["X12.1"].value == trial.found["X12.2"].value == 0.0


def test_a_trial_is_stopped_by_what_is_called_each_week():
    class Enough(Exception):
        pass

    weeks = []

    def check(*told):
        weeks.append(told)
        if len(weeks) == 5:
            raise Enough

    with pytest.raises(Enough):
        live_trial({}, 7, people=SMALL, check=check)
    assert len(weeks) == 5


def test_a_trial_written_down_is_read_back_to_the_last_bit(trial):
    text = json.dumps(trial.record(), allow_nan=False, sort_keys=True)
    back = trial_asked({}, 7, people=SMALL).of_record(json.loads(text))
    assert list(back.found) == list(trial.found)
    np.testing.assert_array_equal(back.values(), trial.values())
    np.testing.assert_array_equal(back.errors(), trial.errors())
    np.testing.assert_array_equal(back.distances(), trial.distances())
    np.testing.assert_array_equal(back.attempts, trial.attempts, strict=True)
    assert (back.beside, back.seconds, back.cohorts) == (trial.beside, trial.seconds, trial.cohorts)


def test_numbers_that_are_none_or_endless_are_read_back_as_they_were():
    odd = made({"C1.1": math.nan, "C1.2": math.inf, "C1.3": -math.inf})
    odd.beside["C19, true offences"] = Found(0.1)
    back = made({}).of_record(json.loads(json.dumps(odd.record(), allow_nan=False)))
    assert math.isnan(back.found["C1.1"].value)
    assert (back.found["C1.2"].value, back.found["C1.3"].value) == (math.inf, -math.inf)
    assert math.isnan(back.beside["C19, true offences"].error)


def test_people_of_cohorts_left_out_are_the_usual_number():
    assert people_of(None) == dict(PEOPLE)
    assert set(people_of(500).values()) == {500}
    assert people_of({"england": 50}) == {**PEOPLE, "england": 50}


def test_a_perfect_model_has_no_loss():
    found = score([made(published())])
    assert found.loss == pytest.approx(0)
    assert (found.within, found.numbers, found.layer_within, found.layer_numbers) == (32, 32, 7, 7)


def test_the_loss_is_the_weighted_sum_of_squared_distances_of_the_mean_over_seeds():
    """One sd off in one seed and three in the other: two sd on average, on plain scales."""
    found = score([made(published(1.0)), made(published(3.0), seed=2)])
    plain = [one for one in load_numbers() if not one.is_log and not one.layer]
    assert found.loss - sum(
        row.weight * row.distance**2 for row in found.table.itertuples() if row.is_log and not row.layer
    ) == pytest.approx(4.0 * sum(one.weight for one in plain))
    row = found.table.set_index("id").loc["C1.1"]
    assert row["distance"] == pytest.approx(2.0)
    assert row["spread"] == pytest.approx(2.0 * 0.02 / math.sqrt(2))
    assert row["luck"] == pytest.approx(0.01)


def test_a_number_that_a_lived_world_did_not_give_is_as_far_off_as_can_be():
    values = published()
    values["C7.1"] = math.nan
    table = score([made(values)]).table.set_index("id")
    assert table.loc["C7.1", "distance"] == FURTHEST
    assert not table.loc["C7.1", "within"]
    without = score([made(values, cohorts=["england"])]).table.set_index("id")
    assert math.isnan(without.loc["C7.1", "distance"])


def test_without_a_trial_there_is_nothing_to_score():
    with pytest.raises(ValueError, match="no trial"):
        score([])


def test_attempts_are_described_by_their_middle_and_their_spread():
    found = describe_attempts(np.array([1, 1, 2, 2, 14]))
    assert (found["people"], found["median"], found["mean"]) == (5, 2.0, 4.0)
    assert "median 2, mean 4.00" in attempts_in_words(np.array([1, 1, 2, 2, 14]))
    assert "nobody" in attempts_in_words(np.zeros(0, dtype=int))
