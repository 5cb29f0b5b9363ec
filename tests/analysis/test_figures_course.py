"""The picture of the primary outcome over time: whom it shows, what its bands and bracket are, and that it ends at the effect."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from analysis import compare
from analysis.figures_course import draw_courses

SMALL = {"people": 200, "years": 1.25, "seeds": [1, 2, 3]}


def drawn(effects):
    above, below = Figure(figsize=(9, 6)).subplots(2, 1, sharex=True)
    draw_courses(above, below, effects)
    return above, below


def named(axis):
    return [text.get_text() for text in axis.get_legend().get_texts()]


@pytest.fixture(scope="module")
def effects():
    """A comparison with an interval over assumptions that was put in by hand."""
    found = compare("the-visit", "independent-advocates", draws=0, **SMALL)
    found.table.loc[found.table["primary"], ["low", "high"]] = [-190.0, 5.0]
    return found


def test_it_shows_the_primary_group_and_its_lines_end_at_the_values_and_effect_of_the_table(effects):
    above, below = drawn(effects)
    row = effects.primary()
    assert above.get_title(loc="left") == "Relapsed so far, among people flagged without cause"
    assert [line.get_ydata()[-1] for line in above.lines] == pytest.approx([row.base_value, row.other_value])
    assert below.lines[0].get_ydata()[-1] == pytest.approx(row.effect)
    band = next(one for one in below.collections if isinstance(one, PolyCollection))
    ends = [y for x, y in band.get_paths()[0].vertices if x == effects.question.horizon]
    assert (min(ends), max(ends)) == pytest.approx((row.low_luck, row.high_luck))


def test_its_bands_and_the_bracket_of_the_interval_over_assumptions_have_names(effects):
    above, below = drawn(effects)
    assert "band: the middle 95 % of worlds, luck alone" in named(above)
    assert named(below) == [
        "band: 95 % interval, luck alone", "bracket at the horizon: if our assumptions are off"
    ]  # fmt: skip
    row = effects.primary()
    bracket = below.containers[0].lines[2][0].get_segments()[0]
    assert bracket[:, 1] == pytest.approx([row.low, row.high])
    assert (bracket[:, 0] > effects.question.horizon).all()


def test_without_draws_there_is_no_bracket_and_with_one_world_no_band():
    above, below = drawn(compare("the-visit", "independent-advocates", draws=0, **SMALL | {"seeds": [1]}))
    assert not below.containers
    assert below.get_legend() is None
    assert not any("band" in name for name in named(above))


def test_of_worlds_without_events_the_title_says_that_it_is_not_the_primary_group_and_counts_repeats():
    above, below = drawn(compare("the-visit", "independent-advocates", draws=0, keep="states", **SMALL))
    told = above.get_title(loc="left").replace("\n", " ")
    assert told == (
        "Not the primary group, whose events were not kept: relapses so far, repeated ones too, all people with own experience"
    )
    assert not below.containers
    assert len(above.lines[0].get_ydata()) == 65


def test_a_group_of_nobody_is_drawn_without_a_line(effects):
    effects = copy.deepcopy(effects)
    for found in effects.numbers:
        for table in found.weekly.values():
            table["course"] = np.nan
    above, _ = drawn(effects)
    assert np.isnan(above.lines[0].get_ydata()).all()
