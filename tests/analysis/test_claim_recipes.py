"""Every registered claim has a recipe, and every recipe gives all of its claim's measures, however little happens."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analysis.claim_recipes import MEASURED_IN, RECIPES
from analysis.claims import claim_ids, load_claims
from simulation import Scenario, simulate
from simulation.state import FIELD

CLAIMS = load_claims()


@pytest.fixture(scope="module")
def worlds():
    """Two short worlds of the same size, one a seed, every week kept."""
    plan = Scenario(name="a world", cohort="england", people=240, years=0.5, own_experience=0.8)
    return [simulate(plan, seed=seed, panel=range(27), threads=1) for seed in (1, 2)]


def test_every_claim_can_be_measured_in_one_place():
    assert tuple(RECIPES) == claim_ids()
    assert set(MEASURED_IN) == set(RECIPES)


@pytest.mark.parametrize("name", list(RECIPES))
def test_a_recipe_keeps_states_that_there_are_in_weeks_that_are_lived_of_arms_that_are_registered(name):
    claim, recipe = CLAIMS[name], RECIPES[name]
    names = {arm.name for arm in claim.arms}
    assert set(recipe.panels) <= names
    assert set(recipe.longer) <= names
    registered = next(iter(claim.plans().values())).weeks
    for arm in names:
        weeks = recipe.weeks_of(arm) or registered
        assert (recipe.weeks or 0) <= weeks <= registered
        for week, columns in recipe.panel_of(arm).items():
            assert 0 <= week <= weeks
            assert columns <= set(FIELD)


@pytest.mark.parametrize("name", list(RECIPES))
def test_a_recipe_gives_every_measure_of_its_claim_from_worlds_as_long_as_registered(name, worlds, arms, stretched):
    """Lives of two unlike worlds stretched to full length, turn by turn: what comes of it means nothing, but there it is."""
    claim, recipe = CLAIMS[name], RECIPES[name]
    weeks = next(iter(claim.plans().values())).weeks
    lived = [stretched(world, weeks) for world in worlds]
    given = {arm.name: lived[at % 2] for at, arm in enumerate(claim.arms)}
    probed = worlds[0].start.copy()
    probed["hope"][::2] = 0.0
    found = recipe.measure(arms(given, probed))
    assert {one.id for one in claim.measures} <= set(found)
    assert all(isinstance(value, float | np.floating | int) for value in found.values())
    if claim.ablation.recount:
        assert claim.ablation.measure in recipe.recount(arms(given, probed))


@pytest.mark.parametrize("name", list(RECIPES))
def test_a_recipe_needs_no_state_that_it_does_not_keep(name, worlds, arms, stretched):
    """Only the columns and weeks that a recipe names are there: a state that is read without being kept ends the test."""
    claim, recipe = CLAIMS[name], RECIPES[name]
    weeks = next(iter(claim.plans().values())).weeks
    given = {}
    for at, arm in enumerate(claim.arms):
        lived = stretched(worlds[at % 2], weeks)
        kept = {week: lived.snapshots[week][sorted(columns)] for week, columns in recipe.panel_of(arm.name).items()}
        lived.snapshots = kept
        given[arm.name] = lived
    recipe.measure(arms(given, worlds[0].start))
    if recipe.recount:
        recipe.recount(arms(given, worlds[0].start))


@pytest.mark.parametrize("name", list(RECIPES))
def test_worlds_in_which_nothing_happens_to_nobody_give_no_number_and_no_crash(name, hand_made, arms):
    claim, recipe = CLAIMS[name], RECIPES[name]
    weeks = next(iter(claim.plans().values())).weeks
    empty = hand_made(8, weeks, own_experience=0)
    empty.covered = [np.zeros(0, dtype=int)]
    empty.snapshots = dict.fromkeys(range(weeks + 1), empty.start)
    found = recipe.measure(arms({arm.name: empty for arm in claim.arms}, empty.start))
    assert {one.id for one in claim.measures} <= set(found)
    assert all(math.isnan(value) or math.isfinite(value) for value in found.values())
