"""Pictures of who gains and who loses show the net with both its ranges, by declared group, beside the placebo."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from analysis import compare
from analysis.figures import as_png, drawable, png_of, tidy
from analysis.figures_ledger import draw_ledger, draw_nets, groups_as_png
from analysis.ledger import groups_table, ledger_table
from analysis.report_lives import _chosen
from analysis.report_who import those_who_lose_first


@pytest.fixture(scope="module")
def effects():
    """A comparison of five pairs of worlds, the last two of which stand for draws of the assumptions."""
    found = compare("the-visit", "independent-advocates", people=200, years=1.25, seeds=range(5), draws=0)
    for draw, numbers in enumerate(found.numbers[3:]):
        numbers.task = replace(numbers.task, draw=draw)
    tables = {
        "groups": groups_table(found.question, found.numbers),
        "ledger": ledger_table(found.question, found.numbers),
    }
    return replace(found, draws=2, **tables)


def spans(axis, height):
    """Ends of the lines at a height, and the dots there."""
    here = [line for line in axis.lines if np.isclose(np.asarray(line.get_ydata(), dtype=float), height).all()]
    return [tuple(line.get_xdata()) for line in here]


def test_the_net_of_a_group_of_yes_or_no_is_its_effect_turned_round(effects):
    told = effects.groups[effects.groups["note"] == ""]
    assert len(told) > 3
    np.testing.assert_allclose(told["net_per_1000"], -told["effect"], atol=1e-9)
    np.testing.assert_allclose(told["net_low_luck"], -told["high_luck"], atol=1e-9)
    np.testing.assert_allclose(told["net_low"], -told["high"], atol=1e-9)


def test_the_net_of_a_group_that_is_too_small_is_not_told(effects):
    few = effects.groups[effects.groups["note"] != ""]
    assert len(few)
    assert few[["net_per_1000", "net_low_luck", "net_low", "placebo_net_per_1000"]].isna().all(axis=None)


def test_each_group_shows_its_net_with_both_ranges_and_the_placebo_below(effects):
    axis = Figure().subplots()
    label = effects.question.labels[0]
    draw_nets(axis, effects, label)
    table = effects.groups[effects.groups["note"] == ""].reset_index(drop=True)
    for at, row in enumerate(table.itertuples()):
        drawn = spans(axis, len(table) - at + 0.06)
        assert (row.net_low, row.net_high) in drawn
        assert (row.net_low_luck, row.net_high_luck) in drawn
        assert (row.placebo_net_per_1000,) in spans(axis, len(table) - at - 0.24)
    assert "placebo" in axis.get_xlabel()
    assert groups_as_png(effects, label).startswith(b"\x89PNG")


def test_the_ledger_shows_the_net_of_each_pair_inside_its_axis(effects):
    axis = Figure().subplots()
    draw_ledger(axis, effects)
    policy = effects.ledger.iloc[0]
    assert (policy["low"], policy["high"]) in spans(axis, 2 - 0.26)
    left, right = axis.get_xlim()
    assert left < policy["low"] <= policy["high"] < right


def test_whoever_loses_is_listed_first_and_who_gains_is_not_left_out(effects):
    readings = ["later"] * 3 + ["helped"] * 3 + ["earlier"] * 3 + ["harmed"] * 3
    people = pd.DataFrame({"other": "one", "seed": 1, "person": range(12), "reading": readings})
    assert those_who_lose_first(people)["person"].tolist() == [9, 10, 11, 6, 7, 8, 3, 4, 5, 0, 1, 2]
    given = type("Given", (), {"people": people})
    assert _chosen(given, 1, "one") == ([9, 10, 3, 4], ["harmed", "harmed", "helped", "helped"])
    given.people = people[people["reading"].isin(["earlier", "later"])]
    assert _chosen(given, 1, "one")[1] == ["earlier", "earlier", "later", "later"]
    given.people = people[people["reading"] == "harmed"]
    assert _chosen(given, 1, "one")[1] == ["harmed", "harmed"]


def test_a_sign_that_the_font_lacks_is_left_out_and_not_drawn_as_a_box():
    assert drawable(
        "Who helps \N{SLIGHTLY SMILING FACE}\N{ROCKET} whom\N{ROCKET}? 5 $, café, \N{GREEK SMALL LETTER ALPHA}"
    ) == ("Who helps whom? 5 $, café, \N{GREEK SMALL LETTER ALPHA}")
    assert drawable("two  spaces\nstay") == "two  spaces\nstay"
    figure = Figure()
    axis = figure.subplots()
    axis.set_title("a \N{ROCKET} title")
    axis.set_yticks([0, 1], ["one \N{ROCKET}", "two"])
    png_of(figure)  # a warning of a glyph that is missing is an error here
    assert axis.get_title() == "a title"
    assert [label.get_text() for label in axis.get_yticklabels()] == ["one ", "two"]


def test_numbers_at_an_axis_stand_in_full_with_their_thousands_apart():
    def draw(axis):
        axis.plot([0, 1], [-2_500_000, 2_500_000])
        tidy(axis, "y")
        axis.figure.canvas.draw()
        told.extend(label.get_text() for label in axis.get_yticklabels())

    told: list[str] = []
    as_png(draw)
    assert "2,000,000" in told
    assert "\N{MINUS SIGN}1,000,000" in told
