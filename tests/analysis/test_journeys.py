"""Journeys of whole worlds: by hand, and of a real small world against its own totals."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analysis.figures import as_png
from analysis.figures_journeys import (
    draw_classes,
    draw_mean_count,
    draw_survival,
    evenly,
    occupancy_as_png,
    ribbons_as_png,
)
from analysis.journeys import MILESTONES, journeys, times_to
from analysis.measures_lives import Lives
from analysis.multistate import path_of
from analysis.outcomes import OUTCOMES
from analysis.stretch import Stretch
from analysis.trajectory_classes import classes_of_worlds
from simulation import simulate
from simulation.errors import ComparisonError
from simulation.state import ACTIVE, RECOVERING

LAPSE, RELAPSE, DECISION = MILESTONES


@pytest.fixture(scope="module")
def history():
    return simulate("a-year-in", people=400, years=2, seed=1, threads=1)


@pytest.fixture(scope="module")
def found(history):
    return journeys({"a year in": Lives(history), "the same": Lives(history)})


def test_a_lapse_of_the_first_week_has_happened_after_one_week_and_death_ends_the_following(lives):
    events = [(0, 0, "lapse", "use"), (1, 1, "died"), (2, 2, "lapse", "use"), (2, 2, "died"), (1, 3, "lapse", "offending")]
    world = lives(5, 4, events, use=[RECOVERING] * 4 + [ACTIVE], offending=[0, 0, 0, RECOVERING, 0])
    weeks, happened = times_to(world, LAPSE)
    assert weeks.tolist() == [1, 2, 3, 2]
    assert happened.tolist() == [True, False, True, True]
    weeks, happened = times_to(world, LAPSE, "use")
    assert (weeks[3], happened[3]) == (4, False)
    assert times_to(world, DECISION)[0].tolist() == [4]


def test_shares_at_the_horizon_are_the_outcomes_that_a_comparison_counts(history, found):
    """Once death counts as an end of its own, `lapsed` and `relapsed` after two years, from the totals of the world itself."""
    start, end = (state[history.start["own_experience"] == 1] for state in (history.start, history.end))
    for milestone, outcome in ((LAPSE, OUTCOMES["lapsed"]), (RELAPSE, OUTCOMES["relapsed"])):
        whom = outcome.at_risk(start)
        incidence = found.incidence[milestone.name]["a year in"]
        assert incidence.people == whom.sum()
        assert incidence.share[0, -1] == pytest.approx(outcome.measure(Stretch(start[whom], end[whom], 0, 104)).mean())


def test_lapses_and_states_are_those_of_the_world_itself(history, found):
    own = history.start["own_experience"] == 1
    lapses = found.lapses["a year in"]
    # Nobody of these is lost but by death, so each week's rate times the people in it is the week's count of lapses.
    counted = np.diff(lapses.mean) * lapses.at_risk[1:]
    assert counted.sum() == pytest.approx((history.end["count_lapses"] - history.start["count_lapses"])[own].sum())
    table = found.tables()["occupancy"]
    last = table[(table["world"] == "a year in") & (table["week"] == 104)].iloc[0]
    assert last["dead"] == (history.end["alive"][own] == 0).sum()
    assert last["in custody"] == ((history.end["custody_left"][own] > 0) & (history.end["alive"][own] == 1)).sum()
    inside = path_of(Lives(history), custody=False).states[-1]
    weekly = history.weekly.iloc[-1]
    assert np.count_nonzero(inside == 1) == weekly["own_recovering"]


def test_tables_hold_every_world_and_equal_worlds_do_not_differ(found):
    tables = found.tables()
    assert list(tables) == [
        "survival", "survival_summary", "log_rank", "incidence", "mean_lapses", "occupancy", "transitions", "spells", "turns",
    ]  # fmt: skip
    for name, table in tables.items():
        if name != "log_rank":
            assert set(table["world"]) == {"a year in", "the same"}, name
    log_rank = tables["log_rank"].set_index("milestone")
    assert log_rank.loc["lapse", "statistic"] == pytest.approx(0, abs=1e-12)
    assert "no independent groups" in log_rank.loc["lapse", "note"]
    assert math.isnan(log_rank.loc["decision", "p"])


def test_nobody_at_risk_is_a_note_and_no_number(found):
    summary = found.summary().set_index(["milestone", "world"])
    row = summary.loc[("decision", "a year in")]
    assert row["note"] == "nobody is at risk"
    assert math.isnan(row["restricted_mean_weeks"])


def test_a_world_of_one_week_has_tables_without_wrong_numbers(lives):
    tables = journeys({"short": lives(40, 1, use=RECOVERING)}).tables()
    summary = tables["survival_summary"].set_index("milestone")
    assert summary.loc["lapse", "events"] == 0
    assert math.isnan(summary.loc["lapse", "median_weeks"])
    assert tables["turns"].set_index("measure").loc["tortuosity", "note"] == "nobody is at risk"


def test_a_group_of_a_few_people_is_told_apart(lives):
    found = journeys({"few": lives(12, 60, use=RECOVERING)})
    assert found.curves["lapse"]["few"].note == "only 12 people are at risk, fewer than 30"
    assert found.lapses["few"].note == "only 12 people are at risk, fewer than 30"


def test_worlds_that_cannot_stand_side_by_side_are_refused_in_words(lives):
    with pytest.raises(ComparisonError, match="no world"):
        journeys({})
    with pytest.raises(ComparisonError, match="no week"):
        journeys({"one": lives(1, 0)})
    with pytest.raises(ComparisonError, match="one 60, two 61"):
        journeys({"one": lives(1, 60), "two": lives(1, 61)})
    with pytest.raises(ComparisonError, match="one of: use, offending, mental_health"):
        journeys({"one": lives(1, 60)}, "sleep")


def test_pictures_are_drawn_of_worlds_with_numbers_and_without(found, lives):
    curves = {**found.curves["lapse"], "few": journeys({"few": lives(12, 104, use=RECOVERING)}).curves["lapse"]["few"]}
    pictures = [as_png(draw_survival, curves), as_png(draw_survival, {"few": curves["few"]}),
                as_png(draw_mean_count, found.lapses), ribbons_as_png(found.paths), occupancy_as_png(found.paths)]  # fmt: skip
    assert all(picture.startswith(b"\x89PNG") for picture in pictures)
    assert len(set(pictures)) == 5


def test_ribbons_between_two_bars_hold_everybody_once(found):
    from matplotlib.figure import Figure
    from matplotlib.patches import PathPatch

    from analysis.figures_journeys import draw_ribbons

    axis = Figure().subplots()
    draw_ribbons(axis, found.paths["a year in"], [0, 52, 104])
    sides = {}
    for patch in axis.patches:
        if isinstance(patch, PathPatch):
            points = patch.get_path().vertices
            for low, high in ((0, 7), (3, 4)):
                sides.setdefault(round(points[low, 0], 6), []).append((points[low, 1], points[high, 1]))
    assert len(sides) == 4
    for ends in sides.values():
        # One on the other, from 0 to 100, without a gap or an overlap.
        lows, highs = zip(*sorted(ends), strict=True)
        assert (0, *highs) == pytest.approx((*lows, 100))
    with pytest.raises(ComparisonError, match="two moments"):
        draw_ribbons(axis, found.paths["a year in"], [0])


def test_moments_lie_evenly_and_are_never_more_than_the_weeks():
    assert evenly(104) == [0, 26, 52, 78, 104]
    assert evenly(1) == [0, 1]


def test_typical_courses_of_a_real_world_are_drawn(history):
    pytest.importorskip("sklearn")
    classes, table = classes_of_worlds({"a year in": Lives(history)})
    assert table["share"].sum() == pytest.approx(1)
    assert table["people"].sum() + table["left_out"].iloc[0] == 320
    assert as_png(draw_classes, classes, table).startswith(b"\x89PNG")
