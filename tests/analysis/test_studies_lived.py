"""The worlds of the studies do what the studies say: a flag lasts as long as asked for, a lever comes back, selves are set."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.claim_arms import states
from analysis.claim_lives import Bench
from analysis.claims_of_the_self import flagged_in
from analysis.studies import load_studies
from analysis.studies_of_ramps import RESTED, RESTS, STEPS, WEEKS_UP
from analysis.study_lives import recovering_in_all
from simulation.levers import LEVERS
from simulation.scenario_parts import combined
from simulation.state import ACTIVE

STUDIES = load_studies()
RAMPS = STUDIES["ramps"].plans()


def lived(study, arm, weeks, panel=None, people=200):
    plan = STUDIES[study].plans()[arm].with_settings(people=people, years=weeks / 52)
    return Bench(3, {}, lambda *_: None).live(plan, panel or {})


@pytest.fixture(scope="module")
def kept_for_half_a_year():
    return lived("label-length", "ended_after_26_weeks", 52)


def test_a_flag_is_carried_by_half_of_the_people_until_it_is_ended(kept_for_half_a_year):
    arm = kept_for_half_a_year
    flagged = flagged_in(arm, 0)
    assert 0.35 < flagged.sum() / arm.own.sum() < 0.65
    assert not flagged[~arm.own].any()
    carried = [arm.flagged[week][flagged & arm.alive(week)].mean() for week in range(1, 27)]
    assert min(carried) > 0.8
    assert np.mean(carried) > 0.93
    # Lived week 26 ends it before anything else of that week is lived.
    ended = flagged & (arm.flagged[27] == 0)
    still = flagged & (arm.flagged[27] == 1) & arm.alive(27)
    assert ended.sum() > 4 * still.sum()


def test_who_keeps_a_flag_beyond_its_end_is_active_in_offending(kept_for_half_a_year):
    arm = kept_for_half_a_year
    still = flagged_in(arm, 0) & (arm.flagged[27] == 1) & arm.alive(27)
    assert still.any()
    assert (arm.status("offending")[26][still] == ACTIVE).all()


def test_nobody_else_is_flagged_without_cause():
    arm = lived("label-length", "not_flagged", 52)
    assert arm.happened("flag_on", 0, 51, cause="conduct").sum() == arm.happened("flag_on", 0, 51).sum()


def test_the_label_falls_in_england_on_people_in_recovery():
    arm = lived("label-stage", "never_ended", 26, people=400)
    flagged, recovering = flagged_in(arm, 0), arm.own & recovering_in_all(arm, 0)
    assert (flagged & recovering).sum() > 0.9 * flagged.sum()
    assert 0.35 < (flagged & recovering).sum() / recovering.sum() < 0.65


def test_selves_are_set_and_everything_else_is_as_it_was():
    panel = states([1], "identity", "hope", "self_stigma")
    low, high = (lived("two-selves", arm, 4, panel) for arm in ("begun_low", "begun_high"))
    assert np.array_equal(low.start, high.start)
    for name, between in (("identity", 0.5), ("hope", 0.25), ("self_stigma", -0.45)):
        gap = high.at(1)[name] - low.at(1)[name]
        assert gap[low.own].mean() == pytest.approx(between, abs=0.06)
        assert np.abs(gap[~low.own]).max() < 0.02


def level(arm, lever, row):
    """Value of a lever in the week that leads to a row."""
    policies = [one for one in RAMPS[arm].policies if one.lever == lever and one.in_force(row - 1)]
    return combined(policies, LEVERS[lever].base, row - 1) if row else LEVERS[lever].base


LEVERS_OF = {"stigma": ("public_stigma",), "help": tuple(dict.fromkeys(one.lever for one in RAMPS["help_fast"].policies))}


@pytest.mark.parametrize(("kind", "lever"), [(kind, lever) for kind, levers in LEVERS_OF.items() for lever in levers])
def test_a_lever_stands_at_the_same_level_on_both_ways_at_both_speeds_and_at_rest(kind, lever):
    base, most = LEVERS[lever].base, level(f"{kind}_fast", lever, WEEKS_UP["fast"])
    assert most - base == pytest.approx(0.4) if kind == "stigma" else most > 0
    for speed, top in WEEKS_UP.items():
        for at in range(1, STEPS + 1):
            up, down = (level(f"{kind}_{speed}", lever, row) for row in (at * top // STEPS, 2 * top - at * top // STEPS))
            assert up == pytest.approx(down) == pytest.approx(base + (most - base) * at / STEPS)
    for row in (RESTS, *RESTED):
        below, above = (level(f"{kind}_{way}", lever, row) for way in ("from_below", "from_above"))
        assert below == pytest.approx(above) == pytest.approx(base + (most - base) / 2)
