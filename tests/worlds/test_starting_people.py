"""The starting people of each cohort: what has happened to them at week 0, how many of each there are, and their traits."""

from __future__ import annotations

import dataclasses
import math
from functools import cache

import numpy as np
import pytest

from simulation.cohort import Cohort, cohort_names, load_cohort
from simulation.population import draw_population, let_event_happen, skewed
from simulation.state import ACTIVE, DOMAINS, FIELDS, NONE, RECOVERING, SERVICE_NAMES

COUNT = 10_000

# Shares of people with own experience, as the cohorts are defined: (holding the problem, active in it), by domain.
PROBLEMS = {
    "leaving_prison": {"use": (0.5, 0.5), "offending": (1.0, 0.7), "mental_health": (0.4, 0.4)},
    "entering_treatment": {"use": (1.0, 1.0), "offending": (0.4, 0.4), "mental_health": (0.5, 0.5)},
    "first_episode": {"use": (0.2, 0.2), "offending": (0.0, 0.0), "mental_health": (1.0, 0.0)},
    "a_year_in": {"use": (1.0, 0.0), "offending": (0.5, 0.0), "mental_health": (0.0, 0.0)},
}
# Mean and sd of age: 18 + gamma(shape, scale), or even from 18 to 70; and the share of women.
AGES = {
    "leaving_prison": (18 + 4 * 4.5, 4.5 * math.sqrt(4), 0.1),
    "entering_treatment": (18 + 5 * 3.5, 3.5 * math.sqrt(5), 0.5),
    "first_episode": (18 + 3 * 2.5, 2.5 * math.sqrt(3), 0.5),
    "a_year_in": (44, 52 / math.sqrt(12), 0.5),
    "england": (44, 52 / math.sqrt(12), 0.5),
}


@cache
def drawn(name: str) -> np.ndarray:
    """The people of a cohort at week 0, without burn-in."""
    people = draw_population(load_cohort(name), COUNT, 3, None)[0]
    let_event_happen(people, load_cohort(name), 3)
    return people


def own(name: str) -> np.ndarray:
    return drawn(name)[drawn(name)["own_experience"] > 0]


def with_numbers(cohort: Cohort, **values: float) -> Cohort:
    numbers = {**cohort.numbers, **{key: dataclasses.replace(cohort.numbers[key], value=v) for key, v in values.items()}}
    return dataclasses.replace(cohort, numbers=numbers)


def begun(cohort: Cohort) -> np.ndarray:
    people = draw_population(cohort, 1000, 3, None)[0]
    let_event_happen(people, cohort, 3)
    return people


def columns_that_differ(one: np.ndarray, other: np.ndarray) -> set[str]:
    return {field.name for field in FIELDS if not np.array_equal(one[field.name], other[field.name])}


# What has happened at week 0


def test_everybody_with_own_experience_who_leaves_prison_has_just_been_released():
    people = own("leaving_prison")
    assert np.all(people["ever_released"] == 1)
    assert np.all(people["weeks_since_release"] == 0)
    assert np.all(people["custody_left"] == 0)
    assert np.all(people["record"] == 1)
    assert np.all(people["record_age"] == 0)
    assert np.all(people["prior_convictions"] >= 1)
    assert np.all(people["offending"] != NONE)


def test_custody_has_taken_the_roles_it_takes_and_left_some_work():
    """About .15 hold work, below the .19 of six weeks after release (P11); .14 to .16 have no home (P2); giving is kept."""
    people = own("leaving_prison")
    assert not people["family"].any()
    assert not people["community"].any()
    assert 0.12 < people["work"].mean() < 0.19
    assert people["giving"].any()
    assert people["homeless"].mean() == pytest.approx(0.15, abs=0.02)


def test_everybody_with_own_experience_who_enters_treatment_is_in_a_service_for_use():
    people = own("entering_treatment")
    assert np.all(people["service"] == SERVICE_NAMES.index("use"))
    assert np.all(people["use"] == ACTIVE)
    assert people["service_quality"].mean() == pytest.approx(0.3, abs=0.02)
    assert people["service_quality"].std() == pytest.approx(0.3, abs=0.02)
    assert np.abs(people["service_quality"]).max() <= 1.0
    assert not people["coerced"].any()


def test_everybody_with_own_experience_after_a_first_episode_is_without_symptoms_and_recovering():
    people = own("first_episode")
    assert not people["symptoms"].any()
    assert np.all(people["mental_health"] == RECOVERING)
    assert np.all(people["weeks_mental_health"] == 0.0)


def test_everybody_a_year_in_has_recovered_for_a_year_in_the_new_area():
    people = own("a_year_in")
    assert np.all(people["use"] == RECOVERING)
    assert np.all(people["weeks_use"] == 52.0)
    assert np.all(people["area"] == 1)


@pytest.mark.parametrize("name", cohort_names())
def test_the_event_of_a_cohort_happens_to_nobody_without_own_experience(name):
    others = drawn(name)[drawn(name)["own_experience"] == 0]
    for column in (*DOMAINS, "symptoms", "diagnosis", "record", "prior_convictions", "ever_released", "service", "years_active"):
        assert not others[column].any(), column


@pytest.mark.parametrize("name", cohort_names())
def test_people_around_are_drawn_as_in_england(name):
    """As old, as many women, as many roles; and as good as nobody homeless."""
    others, england = (drawn(one)[drawn(one)["own_experience"] == 0] for one in (name, "england"))
    assert others["age"].mean() == pytest.approx(england["age"].mean(), abs=1.0)
    for column in ("woman", "family", "work", "giving", "community", "identity", "hope", "self_stigma", "area"):
        assert others[column].mean() == pytest.approx(england[column].mean(), abs=0.03), column
    assert others["homeless"].mean() < 0.01


# How many of each


@pytest.mark.parametrize("name", cohort_names())
def test_exactly_the_share_asked_for_has_own_experience(name):
    assert len(own(name)) == round(load_cohort(name)["own_experience"] * COUNT)
    people, _ = draw_population(load_cohort(name), 1000, 3, 0.8)
    assert people["own_experience"].sum() == 800


@pytest.mark.parametrize("name", PROBLEMS)
def test_problems_are_as_common_as_the_cohort_is_defined(name):
    people = own(name)
    for domain, (has, active) in PROBLEMS[name].items():
        assert np.mean(people[domain] != NONE) == pytest.approx(has, abs=0.03), domain
        assert np.mean(people[domain] == ACTIVE) == pytest.approx(active, abs=0.03), domain


@pytest.mark.parametrize("name", AGES)
def test_ages_and_women_are_as_the_cohort_is_defined(name):
    people = own(name)
    mean, sd, women = AGES[name]
    assert people["age"].mean() == pytest.approx(mean, abs=1.0)
    assert people["age"].std() == pytest.approx(sd, abs=0.7)
    assert people["age"].min() >= 18.0
    assert people["woman"].mean() == pytest.approx(women, abs=0.03)


@pytest.mark.parametrize("name", ["england", "leaving_prison", "entering_treatment", "a_year_in"])
def test_convictions_rise_with_the_liability_to_offend(name):
    """As the Poisson draw says: mean 5 exp(.6 z), hence about 6; correlated with liability. C7 rests on this draw."""
    people = own(name)[own(name)["record"] > 0]
    liability = people["frailty"] + people["frailty_offending"]
    assert people["prior_convictions"].mean() == pytest.approx(6.2, abs=0.6)
    assert np.corrcoef(liability, people["prior_convictions"])[0, 1] > 0.25


@pytest.mark.parametrize("name", cohort_names())
def test_everybody_starts_within_the_range_of_every_column(name):
    people = drawn(name)
    for field in FIELDS:
        assert np.all((people[field.name] >= field.low) & (people[field.name] <= field.high)), field.name


# Traits


@pytest.mark.parametrize("name", cohort_names())
def test_resistance_is_even_up_to_one_half_and_nobody_is_in_a_group(name):
    people = drawn(name)
    assert people["resistance"].mean() == pytest.approx(0.25, abs=0.01)
    assert people["resistance"].std() == pytest.approx(0.5 / math.sqrt(12), abs=0.01)
    assert np.all(people["group_bias"] == 1.0)
    assert not people["group_marked"].any()


def test_a_shape_of_nothing_leaves_normal_draws_as_they_are():
    z = np.random.default_rng(1).standard_normal(100)
    assert np.array_equal(skewed(z, 0.0), z)
    assert skewed(z, 1e-4) == pytest.approx(z, abs=1e-3)


@pytest.mark.parametrize("shape", [0.1, 0.3, 0.5])
def test_a_heavier_right_tail_has_mean_0_sd_1_and_the_skewness_of_its_shape(shape):
    """Evenly spaced quantiles of the normal in place of chance; skewness of a log-normal in closed form."""
    z = np.linspace(-9.0, 9.0, 200_001)
    weights = np.exp(-0.5 * z * z)
    weights /= weights.sum()
    x = skewed(z, shape)
    s = math.exp(shape * shape)
    assert weights @ x == pytest.approx(0.0, abs=1e-6)
    assert weights @ x**2 == pytest.approx(1.0, abs=1e-6)
    assert weights @ x**3 == pytest.approx((s + 2.0) * math.sqrt(s - 1.0), rel=1e-4)
    assert np.all(np.diff(x) > 0.0)


def test_the_common_frailty_of_people_takes_the_tail_and_nothing_else_does():
    """Convictions go with liability, and so move with it."""
    cohort = load_cohort("leaving_prison")
    one, _ = draw_population(cohort, COUNT, 3, None)
    other, _ = draw_population(with_numbers(cohort, frailty_skew=0.5, entrenchment=0.0), COUNT, 3, None)
    assert columns_that_differ(one, other) <= {"frailty", "prior_convictions"}
    frailty = other["frailty"]
    assert frailty.mean() == pytest.approx(0.0, abs=0.05)
    assert frailty.std() == pytest.approx(1.0, abs=0.05)
    assert np.mean(((frailty - frailty.mean()) / frailty.std()) ** 3) > 1.0


# Draws of one purpose leave the others as they were

ALONE = [
    ("women", 0.3, {"woman"}),
    ("symptoms_active", 0.1, {"symptoms"}),
    ("diagnosis", 0.9, {"diagnosis"}),
    ("new_area", 0.1, {"area"}),
    ("homeless", 0.2, {"homeless"}),
    ("record", 0.2, {"record", "record_age", "prior_convictions"}),
    ("convictions", 9.0, {"prior_convictions"}),
    ("hope_active", 0.5, {"hope"}),
    ("kept_work", 0.5, {"work"}),
    ("released", 1.0, {"ever_released", "upheaval"}),
    ("service_use", 0.5, {"service", "service_quality"}),
    ("friends", 3.0, set()),
    ("estranged_active", 0.9, set()),
]


@pytest.mark.parametrize(("number", "value", "moves"), ALONE, ids=[row[0] for row in ALONE])
def test_a_change_in_how_one_thing_is_drawn_leaves_the_others_as_they_were(number, value, moves):
    one, other = load_cohort("england"), with_numbers(load_cohort("england"), **{number: value})
    changed = columns_that_differ(*(begun(cohort) for cohort in (one, other)))
    assert changed <= moves
    assert changed or not moves


def test_another_draw_of_age_moves_age_and_years_active_of_people_with_own_experience_only():
    """Years active are at most age - 12, and entrenchment and convictions follow them; nobody else is another person."""
    one = draw_population(load_cohort("england"), 1000, 3, None)[0]
    other = draw_population(with_numbers(load_cohort("england"), age_shape=4.0, age_scale=4.5), 1000, 3, None)[0]
    assert columns_that_differ(one, other) <= {"age", "years_active", "frailty", "prior_convictions"}
    others = one["own_experience"] == 0
    assert columns_that_differ(one[others], other[others]) == set()


@pytest.mark.parametrize("name", cohort_names())
def test_the_same_seed_draws_the_same_people_and_another_seed_others(name):
    one, again, other = (draw_population(load_cohort(name), 200, seed, None)[0] for seed in (3, 3, 4))
    assert columns_that_differ(one, again) == set()
    assert {"age", "frailty", "resistance", "hope"} <= columns_that_differ(one, other)


def test_people_about_to_be_released_settle_in_custody_and_have_no_home_to_lose_there():
    """Until the event: then they are free, and some have nowhere to live."""
    people = draw_population(load_cohort("leaving_prison"), 1000, 3, None)[0]
    inside = people["own_experience"] > 0
    assert (people["custody_left"][inside] == 1).all()
    assert not people["homeless"][inside].any()


def test_the_event_falls_on_the_same_people_in_whatever_order_they_are_stored():
    """By their ids."""
    for name in ("leaving_prison", "entering_treatment"):
        cohort = load_cohort(name)
        people = draw_population(cohort, 400, 3, None)[0]
        order = np.random.default_rng(1).permutation(400)
        shuffled = people[order]
        let_event_happen(people, cohort, 3)
        let_event_happen(shuffled, cohort, 3)
        assert columns_that_differ(people, shuffled[np.argsort(shuffled["person"])]) == set()
