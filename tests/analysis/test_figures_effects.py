"""The forest of effects holds the primary outcome whole, and says of every row that it leaves out why."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from analysis import compare
from analysis.figures_effects import draw_forest, forest_size

ENDS = ["effect", "low_luck", "high_luck", "low", "high"]


@pytest.fixture(scope="module")
def found():
    return compare("the-visit", "independent-advocates", people=100, years=1.25, seeds=[1, 2], draws=0)


@pytest.fixture
def effects(found):
    """The same comparison with a table of its own, every effect an ordinary one in which eight pairs of worlds differ."""
    table = found.table.copy()
    table[["base_value", *ENDS, "people", "differ"]] = [100.0, -5.0, -6.0, -4.0, -9.0, -1.0, 80.0, 8]
    return replace(found, table=table)


def drawn(effects):
    axis = Figure(figsize=forest_size(effects)).subplots()
    draw_forest(axis, effects)
    return axis


def rows(axis):
    return [label.get_text().split("\n")[0] for label in axis.get_yticklabels()]


def put(effects, outcome, **values):
    where = (effects.table["outcome"] == outcome) & (effects.table["group"] == effects.question.group.name)
    effects.table.loc[where, list(values)] = list(values.values())


@pytest.mark.parametrize(("low", "high"), [(-95.0, -1.0), (2.0, 480.0), (-3_000.0, 2_000.0)])
def test_the_axis_holds_the_primary_effect_with_both_its_ranges_however_wide(effects, low, high):
    middle = (low + high) / 2
    put(effects, "relapsed", effect=middle, low_luck=middle - 0.5, high_luck=middle + 0.5, low=low, high=high)
    axis = drawn(effects)
    left, right = axis.get_xlim()
    assert left < low
    assert high < right
    assert rows(axis)[0] == "relapsed, primary"
    dots = [line for line in axis.lines if line.get_marker() == "o"]
    assert any(np.isclose(line.get_xdata()[0], middle) for line in dots)


def test_one_wild_range_does_not_make_the_rest_unreadable(effects):
    put(effects, "arrested", low=-900.0, high=900.0)
    axis = drawn(effects)
    assert max(np.abs(axis.get_xlim())) < 20
    assert {line.get_marker() for line in axis.lines} >= {"<", ">"}
    assert "arrow: it goes on beyond the axis" in axis.get_xlabel()


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (
            {"effect": 700.0, "low": 650.0, "low_luck": 690.0, "high_luck": 710.0, "high": 900.0},
            "effect beyond the axis",
        ),
        ({"base_value": 0.0}, "none in the-visit"),
        ({"base_value": 0.1}, "next to none in the-visit"),
        (dict.fromkeys(ENDS, np.nan), "no value known"),
        (dict.fromkeys(ENDS, np.nan) | {"people": 0.0}, "nobody at risk"),
        (dict.fromkeys(ENDS, np.nan) | {"people": 12.0}, "fewer than 30 people"),
    ],
)
def test_a_row_that_is_left_out_is_named_with_its_true_reason(effects, values, why):
    put(effects, "arrested", **values)
    axis = drawn(effects)
    told = axis.get_xlabel().replace("\n", " ")
    assert "arrested" not in rows(axis)
    assert why in told
    assert told.endswith("arrested")


def test_an_effect_in_another_unit_is_named_as_such(effects):
    row = effects.table[effects.table["outcome"] == "relapsed"].assign(
        unit="people per 100 flags averted", primary=False
    )
    effects.table = pd.concat([effects.table, row], ignore_index=True)
    told = drawn(effects).get_xlabel().replace("\n", " ")
    assert "another unit: relapsed in people per 100 flags averted" in told


def test_a_primary_outcome_that_nobody_met_in_the_base_world_keeps_its_row_in_words(effects):
    put(effects, "relapsed", base_value=0.0, effect=4.0, low=1.0, high=9.0)
    axis = drawn(effects)
    assert rows(axis)[0] == "relapsed, primary"
    assert any("+4.0 people (no share of 0)" in text.get_text() for text in axis.texts)


@pytest.mark.parametrize(("pairs", "open_rows"), [(0, 0), (1, 1), (4, 1), (5, 0)])
def test_a_row_in_which_few_pairs_differ_is_open_and_hatched_and_said_to_be(effects, pairs, open_rows):
    put(effects, "died", differ=pairs)
    axis = drawn(effects)
    hatched = [patch for patch in axis.patches if isinstance(patch, Rectangle) and patch.get_hatch()]
    hollow = [line for line in axis.lines if line.get_marker() == "o" and line.get_markerfacecolor() == "white"]
    assert (len(hatched), len(hollow)) == (open_rows, open_rows)
    assert ("open and hatched" in axis.get_xlabel()) == bool(open_rows)
