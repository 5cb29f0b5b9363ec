"""Pictures and pages of a sensitivity analysis: what they show, that nothing overlaps, that every text is escaped."""

from __future__ import annotations

import importlib.util
import itertools
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from analysis.discovery import HARDLY, HARMS, HELPS, Discovery
from analysis.discovery_rules import Limit, Rule
from analysis.figures import heading
from analysis.figures_sensitivity import (
    draw_morris_plane,
    draw_reach,
    draw_sobol,
    draw_tornado,
    ends_of,
    measured,
    plain_name,
    point_means,
    size_of_bars,
)
from analysis.figures_sensitivity_space import axes_of_map, curve, curves_as_png, draw_policy_map
from analysis.intervals import mean_over_groups
from analysis.report_sensitivity import (
    OverAssumptions,
    over_assumptions,
    question_in_words,
    report_html,
    sensitivity_part,
    write_report,
)
from analysis.sensitivity_factors import choose_factors
from analysis.sensitivity_failures import FOLLOW_COLUMNS
from simulation import Scenario

_spec = importlib.util.spec_from_file_location("tables_of_sensitivity", Path(__file__).with_name("tables_of_sensitivity.py"))
_tables = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_tables)
FACTORS, STRENGTHS, found_by = _tables.FACTORS, _tables.STRENGTHS, _tables.found_by

OTHER = "advocates"
NAMES = list(STRENGTHS)[:-1]
HOSTILE = "<script>alert('x')</script> & \"others\""
NOTHING_MADE = OverAssumptions({}, None, ())


def drawn(draw, *arguments, size=(12, 6)):
    """The axis of a picture, laid out as it is written."""
    figure = Figure(figsize=size, layout="constrained")
    axis = figure.subplots()
    draw(axis, *arguments)
    FigureCanvasAgg(figure).draw()
    return axis


def test_a_title_of_long_names_is_broken_and_stands_within_its_picture():
    def entitled(axis):
        heading(axis, f"{'a-policy-of-many-words ' * 4}against {'a-base-of-many-words ' * 3}\nand a line of its own")

    axis = drawn(entitled, size=(9, 5.5))
    lines = axis.get_title(loc="left").split("\n")
    assert len(lines) == 4
    assert lines[-1] == "and a line of its own"
    picture = axis.get_figure()
    assert all(text.get_window_extent().x1 <= picture.bbox.x1 for text in axis.get_children() if isinstance(text, Text))


def discovery_of(found, *rules) -> Discovery:
    kinds = pd.DataFrame({"kind": [HELPS, HARDLY] * (len(found.points) // 2), "unclear": False}, index=found.points.index)
    return Discovery(kinds, 3.0, tuple(rules), (), {}, {}, ("Said in words.",))


def rule_of(*limits) -> Rule:
    return Rule(HARDLY, tuple(Limit(name, low, high, 0.001, 0.001) for name, low, high in limits), 40, 38, 50)


def test_names_beside_the_plane_do_not_overlap():
    """Twelve factors with long names, of which ten are named."""
    names = [f"factor_{at}" for at in range(12)]
    factors = pd.concat([FACTORS.iloc[[0] * 12].assign(factor=names, means="a name that takes two lines " * 4), FACTORS.tail(1)])
    measures = [(name, measure, 5.0 + at % 3) for at, name in enumerate([*names, "dummy"]) for measure in ("mu_star", "sigma")]
    table = pd.DataFrame(measures, columns=["factor", "measure", "estimate"]).assign(other=OTHER)
    table = table.assign(low=table["estimate"] - 1, high=table["estimate"] + 1)
    axis = drawn(draw_morris_plane, found_by(table=table, factors=factors), OTHER)
    boxes = [Text.get_window_extent(text) for text in axis.texts]
    assert len(boxes) == 10
    assert [(one, two) for at, one in enumerate(boxes) for two in boxes[at + 1 :] if one.overlaps(two)] == []
    assert min(box.x0 for box in boxes) > axis.get_window_extent().x1


def test_the_dummys_floor_is_drawn_and_the_dummy_is_no_point():
    axis = drawn(draw_morris_plane, found_by(), OTHER)
    floor = measured(found_by(), OTHER, "mu_star").set_index("factor").loc["dummy", "high"]
    assert any(np.allclose(line.get_xdata(), floor) for line in axis.lines)
    dots = next(line for line in axis.lines if line.get_marker() == "o")
    assert sorted(dots.get_xdata()) == sorted(STRENGTHS[name] for name in NAMES)


@pytest.mark.parametrize(
    ("draw", "method", "more"), [(draw_morris_plane, "morris", ()), (draw_reach, "morris", ()), (draw_sobol, "sobol", ()),
                                 (draw_tornado, "morris", (NAMES,))],
)  # fmt: skip
def test_every_axis_says_its_unit(draw, method, more):
    axis = drawn(draw, found_by(method), OTHER, *more)
    assert "people per 1,000" in axis.get_xlabel() or "share of" in axis.get_xlabel()


def test_the_share_of_luck_stands_below_the_sobol_bars():
    axis = drawn(draw_sobol, found_by("sobol"), OTHER)
    names = [tick.get_text() for tick in axis.get_yticklabels()]
    assert names[-2:] == ["nothing (the dummy)", "luck, in the mean over seeds"]
    assert any(np.isclose(bar.get_width(), 0.1) and np.isclose(bar.get_y(), -0.25) for bar in axis.patches)


def test_shares_that_few_points_leave_wide_open_are_cut_at_the_edge_and_that_is_said():
    found = found_by("sobol")
    found.table.loc[(found.table["measure"] == "total") & (found.table["factor"] == "dummy"), ["low", "high"]] = [-4.0, 20.0]
    axis = drawn(draw_sobol, found, OTHER)
    assert axis.get_xlim() == (-0.25, 1.25)
    assert any("beyond the picture" in text.get_text() for text in axis.texts)
    assert not drawn(draw_sobol, found_by("sobol"), OTHER).texts


def test_a_tornado_compares_the_lowest_and_the_highest_quarter_and_the_widest_comes_first():
    found = found_by()
    means = found.responses.groupby("point")["response"].mean()
    ends = ends_of(found, OTHER, NAMES)
    values = found.points["exposure"]
    assert ends.loc["exposure", "above"] == pytest.approx(means[values >= values.quantile(0.75)].mean())
    assert ends.loc["exposure", "below"] == pytest.approx(means[values <= values.quantile(0.25)].mean())
    width = (ends["above"] - ends["below"]).abs().to_numpy()
    assert (np.diff(width) <= 0).all()
    axis = drawn(draw_tornado, found, OTHER, NAMES)
    assert axis.get_yticklabels()[0].get_text() == plain_name(ends.index[0], FACTORS)


def test_points_of_other_luck_are_no_part_of_pictures_rules_or_regret():
    """The dummy's points are the same assumptions once more; here they would turn everything round."""
    found = found_by()
    other = pd.Series(np.arange(len(found.points)) % 10 == 9, index=found.points.index)
    found.responses.loc[other.loc[found.responses["point"]].to_numpy(), "response"] = 1e6
    found.counted = ~other
    assert point_means(found, OTHER).max() < 100
    space = over_assumptions(found)
    assert len(space.discoveries[OTHER].points) == 180
    assert space.discoveries[OTHER].counts[HARMS] == 0


def test_a_tornados_intervals_are_over_whole_blocks():
    found = found_by()
    means, values = found.responses.groupby("point")["response"].mean(), found.points["exposure"]
    high = values >= values.quantile(0.75)
    known = mean_over_groups(means[high].to_numpy(), found.blocks[high].to_numpy())
    assert ends_of(found, OTHER, NAMES).loc["exposure", ["above", "above_low", "above_high"]].tolist() == pytest.approx(known)


def test_what_one_changed_part_does_is_told_with_its_interval():
    assert "25 (22 to 28)" in report_html(found_by())


def test_a_course_along_levels_has_a_mean_for_each_level():
    values = np.repeat([0.0, 1.0, 2.0, 3.0], 10)
    line = curve(values, values**2, np.arange(40) % 5)
    assert line["at"].tolist() == [0, 1, 2, 3]
    assert line["mean"].tolist() == [0, 1, 4, 9]
    assert line["points"].tolist() == [10] * 4


def test_a_course_over_many_values_takes_neighbours_together():
    values = np.random.default_rng(1).random(80)
    line = curve(values, 3 * values, np.arange(80) // 8)
    assert line["points"].tolist() == [10] * 8
    assert line["mean"].to_numpy() == pytest.approx(3 * line["at"].to_numpy())
    assert curve(values[:15], values[:15], np.arange(15)).empty


def test_a_map_shows_the_factors_that_rules_name_first_and_frames_them():
    found = found_by()
    rule = rule_of(("need_weeks", np.nan, 80.0), ("exposure", 0.2, np.nan))
    discovery = discovery_of(found, rule, rule_of(("need_weeks", 20.0, np.nan), ("kin_voice", np.nan, 0.02)))
    assert axes_of_map(discovery, NAMES, found.points) == ("need_weeks", "exposure")
    axis = drawn(draw_policy_map, found, OTHER, discovery, ("need_weeks", "exposure"))
    whole, part = axis.patches
    assert whole.get_x() + whole.get_width() == pytest.approx(80)
    assert whole.get_y() == pytest.approx(0.2)
    assert (whole.get_linestyle(), part.get_linestyle()) == ("-", "--")
    assert "weeks of needing help (need_weeks), weeks" in axis.get_xlabel()


def test_kinds_of_points_differ_in_mark_as_well_as_in_colour():
    found = found_by()
    axis = drawn(draw_policy_map, found, OTHER, discovery_of(found), ("deterrence", "exposure"))
    marks = {line.get_marker() for line in axis.lines}
    assert marks == {"o", "x", "^"}


def test_a_range_covered_on_a_log_scale_is_drawn_on_one():
    found = found_by()
    axis = drawn(draw_policy_map, found, OTHER, discovery_of(found), ("kin_voice", "exposure"))
    assert (axis.get_xscale(), axis.get_yscale()) == ("log", "linear")
    assert curves_as_png(found, OTHER, NAMES).startswith(b"\x89PNG")


def test_a_long_name_is_cut_to_two_lines_and_keeps_the_name_it_has_in_files():
    told = pd.DataFrame({"factor": ["long_one"], "means": ["word " * 40]})
    name = plain_name("long_one", told)
    assert name.count("\n") == 2
    assert name.endswith("...\n(long_one)")


def test_bars_of_groups_bear_their_names_first_and_no_two_labels_overlap():
    factors = choose_factors([Scenario.load("the-visit")], groups="mechanism").table
    names = factors["factor"].tolist()
    table = pd.DataFrame({"factor": names, "measure": "mu_star", "estimate": np.arange(len(names), 0, -1.0), "other": OTHER})
    table = table.assign(low=table["estimate"] - 0.5, high=table["estimate"] + 0.5)
    found = found_by(table=table, factors=factors)
    axis = drawn(draw_reach, found, OTHER, size=size_of_bars(min(len(factors), 13)))
    labels = axis.get_yticklabels()
    assert labels[0].get_text() == f"{names[0]}\n({factors['means'][0].split(':')[0]})"
    boxes = sorted((label.get_window_extent() for label in labels), key=lambda box: box.y0)
    assert all(one.y1 <= two.y0 for one, two in itertools.pairwise(boxes))


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_the_page_answers_first_and_then_shows_what_it_rests_on(method):
    found = found_by(method)
    made = OverAssumptions({OTHER: discovery_of(found, rule_of(("deterrence", np.nan, 0.16)))}, None, ())
    page = report_html(found, "recovery sensitivity the-visit advocates", made)
    order = ["Which of our assumptions", "Looked at: the effect of advocates.", "What moves the answer", "Said in words.",
             "With one part of the model changed", "How to repeat it", "recovery sensitivity the-visit advocates"]  # fmt: skip
    read = re.sub(r"<[^>]+>", "", page)
    places = [read.index(text) for text in order]
    assert places == sorted(places)
    assert page.count("<img") == 4
    assert not re.search(r"(src|href)=['\"](?!data:)", page)


def test_groups_without_a_spread_are_drawn_as_bars():
    found = found_by()
    found.table = found.table[found.table["measure"] != "sigma"]
    assert "Reach of each group" in sensitivity_part(found, NOTHING_MADE)


def test_every_text_is_escaped():
    factors = FACTORS.assign(means=HOSTILE, unit=HOSTILE, because=HOSTILE)
    found = found_by(others=(HOSTILE,), factors=factors, sentences={HOSTILE: [HOSTILE, HOSTILE]}, dropped=[1])
    found.asked.base = found.asked.whom = found.asked.means = HOSTILE
    found.table["means"] = HOSTILE
    found.failures = pd.DataFrame({"point": [3], "arm": [""], "seed": [1], "reason": [HOSTILE]})
    made = OverAssumptions({HOSTILE: discovery_of(found, rule_of((HOSTILE, np.nan, 1.0)))}, None, (HOSTILE,))
    page = report_html(found, HOSTILE, made)
    assert "<script" not in page
    assert page.count("&lt;script&gt;") > 10


def test_one_world_alone_has_no_policy_to_judge():
    found = found_by(others=())
    assert over_assumptions(found) == NOTHING_MADE
    page = report_html(found)
    assert "Where it helps" not in page
    assert "difference" not in question_in_words(found)


def test_what_cannot_be_made_is_said_and_the_page_still_comes():
    found = found_by()
    found.asked.better = "neither"
    made = over_assumptions(found)
    assert made.discoveries == {}
    assert "lower or higher" in made.notes[0]
    assert "Where advocates helps is not said" in report_html(found, found=made)


def test_failed_worlds_are_told_with_their_reasons():
    followed = pd.DataFrame([("flag_shock", "high", 0.4, 0.0, 0.01)], columns=list(FOLLOW_COLUMNS))
    found = found_by(dropped=[4], seeds=[1, 3], failed_seeds=[2], failed_follow=followed)
    found.failures = pd.DataFrame({"point": [3, 3], "arm": "", "seed": [1, 2], "reason": "out of memory"})
    page = sensitivity_part(found, NOTHING_MADE)
    assert "2 worlds could not be lived" in page
    assert "2 times: out of memory" in page
    assert "1 of 10 trajectories" in page
    assert "Seed 2 is left out of every figure" in page
    assert "more often where distress from a flag (flag_shock) is high (40 % of points there, 0 % elsewhere)" in page


@pytest.mark.skipif(importlib.util.find_spec("ema_workbench") is None, reason="the extra `discovery` is not installed")
def test_several_policies_are_told_apart_and_weighed_on_a_page_that_is_written(tmp_path):
    found = found_by(count=60, others=("advocates", "peers"))
    made = over_assumptions(found, smallest=5.0)
    assert list(made.discoveries) == ["advocates", "peers"]
    assert set(made.tables) == {"rules.csv", "regret.csv"}
    assert set(made.tables["rules.csv"]["other"]) == {"advocates", "peers"}
    page = write_report(found, tmp_path / "report.html", found=made).read_text(encoding="utf-8")
    assert "On average advocates leaves least to regret." in page
    assert "5.0 people per 1,000 or more" in page
