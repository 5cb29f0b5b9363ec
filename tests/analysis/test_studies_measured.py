"""Studies against lives and courses of which the answer is known: two places to settle, one, and a lag."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analysis.studies import NAMES, load_studies
from analysis.studies_of_labels import LENGTHS, critical_length, left_of, weeks_to_half_after
from analysis.studies_of_ramps import STEPS, WEEKS_UP, kept, loop
from analysis.studies_of_two_selves import apart_beyond_luck
from analysis.study_lives import recovering_in_all
from analysis.study_recipes import STUDY_RECIPES
from simulation.state import ACTIVE, FIELD, RECOVERING

STUDIES = load_studies()
WITHOUT_CAUSE = 2


def settled(start, gain, push, weeks=2_000, noise=None):
    """Where identity settles that moves each week a twentieth of the way to logistic(push + gain (identity - 1/2))."""
    now = np.asarray(start, dtype=float)
    for week in range(weeks):
        shake = 0.0 if noise is None else noise[week]
        now = now + 0.05 * (1 / (1 + np.exp(-(push + gain * (now - 0.5)))) - now) + shake
    return now


def begun(gain, push, noise=None):
    """The four worlds of the study for people of these pushes."""
    return [settled(np.full(len(push), start), gain, push, noise=noise) for start in (0.25, 0.251, 0.8, 0.799)]


def test_people_with_two_places_to_settle_stay_apart_and_those_with_one_meet():
    """A loop gain of 6 holds who is pushed little either way in two places, one of 3 nobody."""
    push = np.linspace(-2.0, 2.0, 81)
    strong, weak = (apart_beyond_luck(*begun(gain, push)) for gain in (6.0, 3.0))
    # The folds of 6 lie where 6 I (1 - I) = 1: two places for pushes within .415, 17 of the 81.
    assert strong["share_of_two_selves"] == pytest.approx(17 / 81)
    assert strong["share_by_a_nudge"] == 0.0
    assert weak["share_of_two_selves"] == 0.0
    assert weak["share_whose_lives_meet"] == 1.0


def test_lives_that_chance_alone_sets_apart_are_no_two_selves():
    """Ten thousand lives each, at random: half are apart, as many one way as the other."""
    low, high = np.random.default_rng(3).uniform(size=(2, 10_000))
    found = apart_beyond_luck(low, low, high, high)
    assert found["share_apart"] == pytest.approx(0.49, abs=0.02)
    assert found["share_of_two_selves"] == pytest.approx(0.0, abs=0.02)


def test_what_a_nudge_sets_apart_too_is_not_counted():
    low, high = np.full(100, 0.2), np.full(100, 0.9)
    nudged = np.where(np.arange(100) < 40, 0.9, 0.2)
    found = apart_beyond_luck(low, nudged, high, high)
    assert (found["share_apart"], found["share_by_a_nudge"]) == (1.0, 0.4)
    assert found["share_of_two_selves"] == pytest.approx(0.6)


def test_two_selves_read_identity_after_ten_years_and_five_and_the_loop_from_the_start(measured, hand_made):
    """Of four alive in all arms three are apart after five years and two after ten; a fifth dies in one arm."""
    def world(five, ten, events=()):
        years = {52 * year: {"identity": [*(five if year < 10 else ten), 0.5]} for year in range(1, 11)}
        made = hand_made(5, 520, events, years, use=[RECOVERING, RECOVERING, ACTIVE, ACTIVE, ACTIVE], sustained=[60, 60, 0, 0, 0],
                         regard=[0.8, 0.6, 0.2, 0.2, 0.2], involvement=[0.6, 0.6, 0.1, 0.1, 0.1])  # fmt: skip
        made.provenance = {"assumptions": {"i_own": 1.5, "i_stigma": 2.0, "z_identity": 2.5, "i_regard": 2.0, "i_roles": 3.0}}
        return made

    low = world([0.2] * 4, [0.2, 0.2, 0.5, 0.5], [(9, 4, "died")])
    high = world([0.8, 0.8, 0.8, 0.4], [0.8, 0.7, 0.55, 0.5])
    found = measured("two-selves", begun_low=low, begun_low_nudged=low, begun_high=high, begun_high_nudged=high)
    assert found["share_of_two_selves_after_five_years"] == 0.75
    assert found["share_of_two_selves"] == 0.5
    assert found["share_whose_lives_meet"] == 0.5
    assert found["mean_gap_after_5_years"] == pytest.approx(0.5)
    assert found["gap_kept"] == pytest.approx((1.15 / 4) / 0.5)
    assert found["loop_gain_own"] == pytest.approx(1.5 + 2.0 * 2.5 / 4)
    assert found["loop_gain_through_conduct"] == pytest.approx(2.75 + 2.0 * 0.5 + 3.0 * 0.5)


def course(step, weeks_up):
    """What follows a ramp up to 1 and back, each week by `step` of it and of the lever, at every tenth of the way."""
    now, found = 0.0, [0.0]
    for week in range(1, 2 * weeks_up + 1):
        now = step(now, min(week, 2 * weeks_up - week) / weeks_up)
        found.append(now)
    return np.array(found)[:: weeks_up // STEPS]


def lag(now, lever):
    return now + (lever - now) / 20


def switch(now, lever):
    """Up at once above .7, down at once below .3, else as it was."""
    return 1.0 if lever > 0.7 else 0.0 if lever < 0.3 else now


def test_a_mere_lag_loses_half_of_its_loop_at_half_the_speed_and_a_switch_keeps_it():
    loops = {step: [loop(course(step, weeks)) for weeks in WEEKS_UP.values()] for step in (lag, switch)}
    assert kept(*loops[lag]) == pytest.approx(0.5, abs=0.05)
    assert kept(*loops[switch]) == pytest.approx(1.0)
    # Apart at the levels .3 to .7 of 0, .1 to .9.
    assert loops[switch][0] == pytest.approx(0.5)


def test_what_follows_at_once_has_no_loop_and_nothing_is_said_of_how_much_of_it_stays():
    at_once = [loop(course(lambda _, lever: lever**2, weeks)) for weeks in WEEKS_UP.values()]
    assert at_once == pytest.approx([0.0, 0.0])
    assert math.isnan(kept(*at_once))


def of_ramps(hand_made, courses, rest):
    """Worlds of 100 people whose identity stands at these courses of help, and at these values at rest from below and above."""
    def world(weeks, by_week):
        return hand_made(100, weeks, (), {week: {"identity": value} for week, value in by_week.items()}, use=ACTIVE)

    every = sorted({week for top in WEEKS_UP.values() for week in range(top // STEPS, 2 * top + 1, top // STEPS)})
    worlds = {"as_things_are": world(1040, dict.fromkeys(every, 0.4))}
    for lever, sign in (("stigma", -1.0), ("help", 1.0)):
        for speed, top in WEEKS_UP.items():
            by_week = {at * top // STEPS: 0.4 + sign * courses[speed][at] for at in range(1, 2 * STEPS + 1)}
            worlds[f"{lever}_{speed}"] = world(2 * top, by_week)
        for way, value in zip(("from_below", "from_above"), rest, strict=True):
            worlds[f"{lever}_{way}"] = world(910, dict.fromkeys((390, *range(806, 911, 26)), 0.4 + sign * value))
    return worlds


def test_ramps_are_read_against_the_world_without_and_harm_is_turned_round(measured, hand_made):
    courses = {speed: 0.2 * course(switch, weeks) for speed, weeks in WEEKS_UP.items()}
    found = measured("ramps", **of_ramps(hand_made, courses, (0.0, 0.2)))
    for lever in ("stigma", "help"):
        assert [found[f"{lever}_identity_loop_{speed}"] for speed in WEEKS_UP] == pytest.approx([0.1, 0.1])
        assert found[f"{lever}_identity_loop_kept"] == pytest.approx(1.0)
        assert found[f"{lever}_identity_at_rest"] == pytest.approx(0.2)
        assert found[f"{lever}_recovery_at_rest"] == 0.0
    assert found["stigma_identity_fast_at_10"] == pytest.approx(-0.2)
    assert all(one.holds(found[one.id]) for one in STUDIES["ramps"].measures if one.judged and "identity" in one.id)


def test_a_lag_has_run_out_at_rest(measured, hand_made):
    courses = {speed: 0.2 * course(lag, weeks) for speed, weeks in WEEKS_UP.items()}
    found = measured("ramps", **of_ramps(hand_made, courses, (0.1, 0.1)))
    judged = [one for one in STUDIES["ramps"].measures if one.judged]
    assert len(judged) == 8
    assert not any(one.holds(found[one.id]) for one in judged)


def test_in_recovery_is_who_is_alive_and_recovering_wherever_there_is_a_problem(arms, hand_made):
    died = [(3, 2, "died"), (5, 3, "relapse", "use")]
    use, offending = [RECOVERING, ACTIVE, RECOVERING, RECOVERING, 0], [0, RECOVERING, 0, 0, 0]
    arm = arms({"one": hand_made(5, 10, died, use=use, offending=offending)})["one"]
    assert recovering_in_all(arm, 0).tolist() == [True, False, True, True, False]
    assert recovering_in_all(arm, 10).tolist() == [True, False, False, False, False]


def test_the_critical_length_is_the_one_from_which_on_every_longer_one_costs_as_much():
    costs = dict(zip(LENGTHS, (0.06, 0.01, 0.05, 0.07, 0.1, 0.1, 0.2), strict=True))
    assert critical_length(costs) == 13.0
    assert critical_length({**costs, 208: 0.049}) == math.inf
    assert critical_length({**costs, 8: 0.05}) == 4.0
    assert math.isnan(critical_length({**costs, 8: math.nan}))


def labelled(hand_made, relapses, columns, stays=312):
    """Worlds of ten people, eight of whom are flagged: at which length how many of the first of them relapse at once."""
    flags = [(0, person, "flag_on", WITHOUT_CAUSE) for person in range(8)]
    worlds = {"not_flagged": hand_made(10, stays, (), **columns)}
    for length in (*LENGTHS, "never"):
        name = "never_ended" if length == "never" else f"ended_after_{length}_weeks"
        weeks = stays if length == "never" else length + 104
        fallen = [(2, person, "relapse", "use") for person in relapses(length)]
        worlds[name] = hand_made(10, weeks, [*flags, *fallen], **columns)
    return worlds


def test_with_little_support_a_label_costs_recovery_sooner_than_with_much(measured, hand_made):
    """Those with least support fall from 13 weeks on, those with most at 208 only; who is not flagged counts for nothing."""
    def relapses(length):
        if length == "never" or length >= 208:
            return range(8)
        return (0, 9) if length >= 13 else (9,)

    columns = {"use": RECOVERING, "social_capital": [*np.linspace(0.1, 0.8, 8), 0.9, 0.9]}
    found = measured("label-length", **labelled(hand_made, relapses, columns))
    assert found["critical_weeks_with_little_support"] == 13.0
    assert found["critical_weeks_with_much_support"] == 208.0
    assert found["critical_weeks"] == 13.0
    assert found["cost_after_26_weeks"] == pytest.approx(1 / 8)
    assert found["cost_if_never_ended"] == 1.0
    assert found["cost_after_208_weeks_with_much_support"] == 1.0


def test_stages_are_told_apart_by_the_time_in_recovery_when_the_label_falls(measured, hand_made):
    """The first four are under a year: they fall from 8 weeks on, the others never; who is active then counts for nothing."""
    def relapses(length):
        return range(4) if length == "never" or length >= 8 else ()

    columns = {"use": [RECOVERING] * 7 + [ACTIVE] * 3, "sustained": [10, 20, 51, 51, 52, 90, 300, 0, 0, 0]}
    found = measured("label-stage", **labelled(hand_made, relapses, columns))
    assert found["critical_weeks_under_a_year"] == 8.0
    assert found["critical_weeks_over_a_year"] == math.inf


def test_half_is_reached_after_the_end_and_after_the_largest_gap():
    weeks = range(0, 13, 2)
    assert weeks_to_half_after([0.0, 0.2, 0.4, 0.3, 0.2, 0.1, 0.1], weeks, 4) == 4.0
    # Half of it is gone before the flag ends.
    assert weeks_to_half_after([0.4, 0.2, 0.1, 0.1, 0.1, 0.1, 0.1], weeks, 8) == 0.0
    # It grows on after the end, from a beginning that is less than half.
    assert weeks_to_half_after([0.0, 0.1, 0.1, 0.4, 0.3, 0.2, 0.1], weeks, 2) == 8.0
    assert weeks_to_half_after([0.0, 0.2, 0.4, 0.4, 0.4, 0.4, 0.3], weeks, 4) == math.inf
    assert math.isnan(weeks_to_half_after([0.0, 0.009, 0.0, 0.0, 0.0, 0.0, 0.0], weeks, 4))
    assert left_of([0.0, 0.4, 0.1], -1) == pytest.approx(0.25)
    assert math.isnan(left_of([0.0, -0.2, 0.0], -1))


def test_what_outlasts_a_label_is_read_from_its_end(measured, hand_made):
    """Distress is up by .4 while flagged and gone at the end; self-stigma halves in 19 weeks; identity stays down.

    One of ten keeps the flag.
    """
    def ended(length):
        flags = [(0, person, "flag_on", WITHOUT_CAUSE) for person in range(10)] if length else []
        return flags + [(length, person, "flag_off", WITHOUT_CAUSE) for person in range(9) if length]

    def world(length):
        panel = {}
        for week in range(2, (length or 104) + 105, 2):
            after = max(0, week - length)
            panel[week] = {
                "distress": 0.1 + 0.4 * bool(length and week <= length),
                "self_stigma": 0.3 + (0.4 * 2 ** (-after / 19) if length else 0.0), "identity": 0.5 - 0.2 * bool(length),
            }  # fmt: skip
        begun = {"use": RECOVERING, "distress": 0.1, "self_stigma": 0.3, "identity": 0.5}
        return hand_made(10, (length or 104) + 104, ended(length), panel, **begun)

    worlds = {f"ended_after_{length}_weeks": world(length) for length in (4, 26, 104)}
    found = measured("after-the-label", not_flagged=world(0), **worlds)
    for length in (4, 26, 104):
        assert found[f"share_still_flagged_after_{length}"] == pytest.approx(0.1)
        assert found[f"weeks_to_half_distress_after_{length}"] == 2.0
        assert found[f"weeks_to_half_self_stigma_after_{length}"] == 20.0
        assert found[f"weeks_to_half_identity_after_{length}"] == math.inf
        assert math.isnan(found[f"weeks_to_half_recovery_after_{length}"])
        assert found[f"left_identity_after_{length}"] == pytest.approx(1.0)
        assert found[f"left_distress_after_{length}"] == 0.0
        assert found[f"self_stigma_left_52_after_{length}"] == pytest.approx(2 ** (-52 / 19))


def test_every_study_has_a_recipe_that_keeps_states_that_there_are_of_arms_that_are_registered():
    assert tuple(STUDY_RECIPES) == NAMES
    for name, recipe in STUDY_RECIPES.items():
        plans = STUDIES[name].plans()
        assert set(recipe.panels) <= set(plans)
        for arm, plan in plans.items():
            for week, columns in recipe.panel_of(arm).items():
                assert 0 < week <= plan.weeks
                assert columns <= set(FIELD)
