"""Which assumptions move an answer, as a page of its own or as sections of one: figures, rules in words, what suffices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from analysis import words
from analysis.discovery import Discovery, discover
from analysis.figures import as_png
from analysis.figures_sensitivity import (
    DUMMY,
    draw_morris_plane,
    draw_reach,
    draw_sobol,
    draw_tornado,
    ends_of,
    measured,
    size_of_bars,
)
from analysis.figures_sensitivity_space import axes_of_map, curves_as_png, draw_policy_map
from analysis.files import put
from analysis.page import bullets, folded, page, paragraph, picture, section, tabular
from analysis.page import command as typed_command
from analysis.regret import Regret, regret
from analysis.sensitivity_failures import followed_in_words, seeds_in_words
from simulation.errors import ComparisonError
from simulation.parameters import PARAMETERS
from simulation.units import number_in_words

LEADING = 6
"""Leading factors that are drawn one by one."""

FIGURES = 3
"""Significant figures of a number in a table."""

WHAT_IF = {"ablation": "switched off", "alternative": "another structure"}
LEAVES_OPEN = (
    "What is said holds over the ranges that were varied, and no further: assumptions that were not varied stay where they are."
)


@dataclass(frozen=True)
class OverAssumptions:
    """What is made of an analysis beside its measures.

    Attributes
    ----------
    discoveries
        Where each policy helps, by its name; empty where one world alone was looked at.
    regret
        The policies judged against each other and the base world; None with fewer than two policies.
    notes
        What could not be made, and why, in words.
    """

    discoveries: dict[str, Discovery]
    regret: Regret | None
    notes: tuple[str, ...]

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Tables by the name of the file that they are written to; only those that have something to say."""
        kept = {label: found.table for label, found in self.discoveries.items()}
        rules = [table.assign(other=label) for label, table in kept.items() if not table.empty]
        tables = {"rules.csv": pd.concat(rules, ignore_index=True)} if rules else {}
        return tables if self.regret is None else tables | {"regret.csv": self.regret.table}


def over_assumptions(result: Any, smallest: float | None = None) -> OverAssumptions:
    """Where each policy helps, and which to choose, from a sensitivity analysis.

    `smallest` is the smallest difference that matters, in the unit of the outcome; by default as `discover` has it.
    What cannot be made (no extra `discovery`, no better end of the outcome) is a note, never a failure.
    """
    asked, told = result.asked, factors_told(result)
    points, responses = counted_points(result)
    discoveries, notes, best = {}, [], None
    for label in asked.others:
        own = responses[responses["other"] == label]
        try:
            discoveries[label] = discover(
                points, own, told, better=asked.better, unit=asked.unit, smallest=smallest, policy=label,
                independent=result.independent,
            )
        except ComparisonError as error:
            notes.append(f"Where {label} helps is not said. " + "; ".join(_in_a_line(error)))
    if len(asked.others) > 1:
        try:
            best = regret(
                points, responses, told, base=asked.base, better=asked.better, unit=asked.unit,
                leading=result.leading(LEADING), blocks=result.blocks,
            )  # fmt: skip
        except ComparisonError as error:
            notes.append("Which policy to choose is not said. " + "; ".join(_in_a_line(error)))
    return OverAssumptions(discoveries, best, tuple(dict.fromkeys(notes)))


def counted_points(result: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Points and responses less those that the dummy alone moved, under other luck, and those of blocks that are left out."""
    counted = result.counted
    return result.points[counted], result.responses[counted.loc[result.responses["point"]].to_numpy()]


def _in_a_line(error: ComparisonError) -> list[str]:
    return [
        ". ".join(part for part in (f"{one.where}: {one.given}", f"allowed: {one.allowed}", f"to do: {one.todo}") if part)
        for one in error.problems
    ]


def factors_told(result: Any) -> pd.DataFrame:
    """A row a factor, and where factors are groups a row for each assumption in them too, as the table of parameters has it."""
    table = result.factors
    known = set(table["factor"])
    inside = [
        {"factor": name, "kind": "parameter", "low": one.low, "high": one.high, "default": one.default, "unit": one.unit,
         "means": one.means, "basis": one.basis, "log": False}
        for name, one in PARAMETERS.items() if name in result.points and name not in known
    ]  # fmt: skip
    return pd.concat([table, pd.DataFrame(inside)], ignore_index=True) if inside else table


def write_report(result: Any, path: Path, command: str = "", found: OverAssumptions | None = None) -> Path:
    """Write the page of a sensitivity analysis to `path`; it needs nothing beside it, and nothing from the network.

    `command` is what to type to repeat it, `found` what `over_assumptions` made of it. Raises OutputError where the file
    cannot be written.
    """
    return put(Path(path), report_html(result, command, found))


def report_html(result: Any, command: str = "", found: OverAssumptions | None = None) -> str:
    """The page of a sensitivity analysis as HTML; every text is escaped."""
    asked = result.asked
    title = f"Which assumptions move {' and '.join(asked.others) + ' against ' if asked.others else ''}{asked.base}"
    head = (
        "<header><p class='kind'>recovery-journeys: an analysis of made-up worlds</p>"
        f"<h1>{escape(title)}</h1><p class='question'>{escape(question_in_words(result))}</p></header>"
    )
    answers = "".join(_answer(result, label) for label in asked.labels)
    body = [
        head,
        f"<section>{answers}{paragraph(words.NOT_A_FORECAST, 'caution')}{paragraph(LEAVES_OPEN, 'caution')}</section>",
        sensitivity_part(result, found),
        section("How to repeat it", _repeat(result, command)),
    ]
    return page(title, body)


def question_in_words(result: Any) -> str:
    """What was asked, in a sentence."""
    asked = result.asked
    what = asked.outcome.replace("_", " ")
    span = f", over {words.weeks_in_words(asked.horizon_weeks)}" if asked.horizon_weeks else ""
    makes = "make" if len(asked.others) > 1 else "makes"
    of = f"the difference that {' and '.join(asked.others)} {makes} to " if asked.others else ""
    return f"Which of our assumptions move {of}{what} ({asked.means}) among {asked.whom}{span}?"


def _answer(result: Any, label: str) -> str:
    """The first sentence large, the others below it."""
    first, *others = result.sentences[label] or [""]
    name = f"<h2>{escape(label)}</h2>" if len(result.asked.labels) > 1 else ""
    more = "".join(paragraph(line) for line in others)
    return f"<div class='answer'>{name}<p class='sentence'>{escape(first)}</p>{more}</div>"


def sensitivity_part(result: Any, found: OverAssumptions | None = None) -> str:
    """The sections of a report that show a sensitivity analysis, as HTML; every text is escaped.

    Parameters
    ----------
    result
        A `Sensitivity`.
    found
        What `over_assumptions` made of it; made here where None.
    """
    found = over_assumptions(result) if found is None else found
    parts = [section("What moves the answer", "".join(_moving(result, label) for label in result.asked.labels), "moving")]
    along = "".join(_along(result, label) for label in result.asked.labels)
    if along:
        parts.append(section("The answer along the leading assumptions", along, "along"))
    if result.asked.others:
        where = "".join(_where(result, label, found) for label in result.asked.others)
        parts.append(section("Where it helps, hardly matters or harms", where + _notes(found), "where"))
    if found.regret is not None:
        parts.append(section("Which to choose", _choosing(found.regret), "choosing"))
    if what_if := "".join(_what_if(result, label) for label in result.asked.labels):
        parts.append(section("With one part of the model changed", what_if, "what-if"))
    if lost := _lost(result):
        parts.append(section("What could not be lived", lost, "lost"))
    return "\n".join(parts)


def _heading(result: Any, label: str) -> str:
    return f"<h3>{escape(label)}</h3>" if len(result.asked.labels) > 1 else ""


def _moving(result: Any, label: str) -> str:
    """The picture and the table of the measures of one answer."""
    rows = len(result.factors)
    if len(measured(result, label, "total")):
        drawn = picture(as_png(draw_sobol, result, label, size=size_of_bars(min(rows, 13) + 1)), "Shares of variance with luck")
    elif len(measured(result, label, "sigma")):
        drawn = picture(as_png(draw_morris_plane, result, label, size=(12, 6)), "Reach of each assumption against its spread")
    else:
        drawn = picture(as_png(draw_reach, result, label, size=size_of_bars(min(rows, 13))), "Reach of each group")
    return _heading(result, label) + drawn + folded("Every assumption that was varied", _measures(result, label))


def _measures(result: Any, label: str) -> str:
    """Every measure of every factor, the strongest first, with what the factor rests on."""
    names = [name for name in ("mu_star", "mu", "sigma", "first", "total", "pawn_median") if len(measured(result, label, name))]
    heads = {"mu_star": "mu*", "pawn_median": "PAWN (median)"}
    told = result.factors.set_index("factor")
    columns = {name: measured(result, label, name).set_index("factor") for name in names}
    rows = []
    for factor in columns[names[0]].index if names else []:
        one = told.loc[factor] if factor in told.index else None
        about = [one["means"], factor, _range(one), one["basis"]] if one is not None else ["", factor, "", ""]
        cells = [_with_interval(table.loc[factor]) if factor in table.index else "" for table in columns.values()]
        rows.append(([*about, *cells], "faint" if factor == DUMMY else ""))
    unit = f"mu*, mu and sigma: {result.asked.unit}, for the whole range; " if "mu_star" in names else ""
    note = f"{unit}in brackets 95 % intervals. The dummy is read by nothing: what it seems to do is luck."
    return tabular(["assumption", "name", "varied", "rests on", *(heads.get(name, name) for name in names)], rows) + paragraph(
        note, "small"
    )


def _range(factor: pd.Series) -> str:
    if pd.isna(factor["low"]) or factor["kind"] == DUMMY:
        return ""
    ends = f"{number_in_words(factor['low'])} to {number_in_words(factor['high'])} {factor['unit']}".strip()
    ends += ", on a log scale" if factor["log"] else ""
    return f"{ends} ({factor['because']})" if factor["because"] else ends


def _with_interval(row: pd.Series) -> str:
    return f"{_figure(row['estimate'])} ({_figure(row['low'])} to {_figure(row['high'])})"


def _figure(value: float) -> str:
    return number_in_words(float(f"{value:.{FIGURES}g}")) if pd.notna(value) else "unknown"


def _along(result: Any, label: str) -> str:
    """The tornado and the courses, of the leading assumptions whose values the points hold."""
    leading = [name for name in result.leading(LEADING, label) if name in result.points]
    if not leading or not len(ends_of(result, label, leading)):
        return ""
    tornado = as_png(draw_tornado, result, label, leading, size=size_of_bars(len(leading)))
    drawn = picture(tornado, "Mean answer with each assumption low and high")
    return _heading(result, label) + drawn + picture(curves_as_png(result, label, leading), "The answer along each assumption")


def _where(result: Any, label: str, found: OverAssumptions) -> str:
    discovery = found.discoveries.get(label)
    if discovery is None:
        return ""
    axes = axes_of_map(discovery, result.leading(LEADING, label), result.points)
    drawn = ""
    if axes is not None:
        drawn = picture(as_png(draw_policy_map, result, label, discovery, axes, size=(9, 5.5)), f"Where {label} helps, on a map")
    table = folded("The rules as a table", _rules(discovery)) if len(discovery.table) else ""
    return _heading(result, label) + "".join(paragraph(line) for line in discovery.sentences) + drawn + table


def _rules(discovery: Discovery) -> str:
    heads = ["rule", "for", "limit", "quasi-p-value", "points", "of them right", "density", "coverage",
             "density, points left out", "coverage, points left out", "dropped because"]  # fmt: skip
    rows = []
    for row in discovery.table.itertuples():
        low = f"above {number_in_words(row.low)}" if pd.notna(row.low) else ""
        high = f"below {number_in_words(row.high)}" if pd.notna(row.high) else ""
        limit = f"{row.factor} {' and '.join(part for part in (low, high) if part)} {row.unit}".strip()
        chance = " and ".join(f"{one:.2g}" for one in (row.quasi_p_low, row.quasi_p_high) if pd.notna(one))
        shares = (row.density, row.coverage, row.held_out_density, row.held_out_coverage)
        cells = [str(row.rule), row.kind, limit, chance, f"{row.points:,}", f"{row.right:,}", *(_share(one) for one in shares)]
        rows.append(([*cells, row.why_dropped], "faint" if row.why_dropped else ""))
    return tabular(heads, rows) + paragraph(
        "Density: share of a rule's points that are of its kind. Coverage: share of the kind that it holds. Quasi-p-value: the "
        "chance of as many in the box, were they as common there as without that limit. Points left out: rules found without a "
        "fifth of the points and asked of that fifth, for each fifth in turn.", "small",
    )  # fmt: skip


def _share(value: float) -> str:
    return f"{100 * value:.0f} %" if pd.notna(value) else ""


def _notes(found: OverAssumptions) -> str:
    return f"<div class='notes'>{bullets(found.notes)}</div>" if found.notes else ""


def _choosing(best: Regret) -> str:
    heads = ["world", "best at", "best beyond luck at", "expected regret", "greatest regret"]
    rows = []
    for row in best.table.itertuples():
        chance = f"{_share(row.best)} of points ({_share(row.best_low)} to {_share(row.best_high)})"
        expected = f"{_figure(row.expected_regret)} ({_figure(row.expected_low)} to {_figure(row.expected_high)})"
        rows.append(([row.world, chance, _share(row.best_for_sure), expected, _figure(row.greatest_regret)], ""))
    unit = paragraph(
        f"Regret, {best.table['unit'].iloc[0]}: how much worse than the best world at the same point. Intervals (95 %) are "
        "over whole trajectories or base samples, and over luck, from all of it for a world to all of it against: with one seed "
        "they hold none. The best of noisy means looks better than it is, so part of each regret is luck.", "small",
    )  # fmt: skip
    return "".join(paragraph(line) for line in best.sentences) + tabular(heads, rows) + unit


def _what_if(result: Any, label: str) -> str:
    """The answer with each mechanism switched off and with each other structure, at the default assumptions."""
    table = result.table
    rows = table[(table["other"] == label) & table["measure"].isin(WHAT_IF)]
    if rows.empty:
        return ""
    rows = rows.sort_values("difference_from_default", key=lambda one: -one.abs(), kind="stable")
    cells = [
        ([row.factor.replace("_", " "), row.means, WHAT_IF[row.measure], _with_interval(pd.Series(row._asdict())),
          _difference(row)], "")
        for row in rows.itertuples()
    ]  # fmt: skip
    answer = f"answer, {result.asked.unit} (luck alone)"
    heads = ["part", "what is changed", "how", answer, "less the usual answer (luck alone)"]
    return _heading(result, label) + tabular(heads, cells)


def _difference(row: Any) -> str:
    """How far an arm's answer lies from the usual one, with the interval over seeds where there are several."""
    if pd.isna(row.difference_low):
        return _figure(row.difference_from_default)
    return f"{_figure(row.difference_from_default)} ({_figure(row.difference_low)} to {_figure(row.difference_high)})"


def _lost(result: Any) -> str:
    """What failed, and what was left out for it; empty where everything was lived."""
    lines: Sequence[str] = [
        f"{len(result.failures):,} {'world' if len(result.failures) == 1 else 'worlds'} could not be lived or gave no figure."
        for _ in range(bool(len(result.failures)))
    ]
    if result.dropped:
        lines = [*lines, f"Left out whole for it: {len(result.dropped):,} of {result.samples:,} trajectories or base samples."]
    reasons = [f"{count:,} times: {reason}" for reason, count in result.failures["reason"].value_counts().items()]
    told = [*seeds_in_words(result), *followed_in_words(result.failed_follow)]
    return bullets([*lines, *told, *reasons]) if lines else ""


def _repeat(result: Any, command: str) -> str:
    seeds = f"{len(result.seeds)} shared {'seed' if len(result.seeds) == 1 else 'seeds'}"
    design = (
        f"{result.method}: {result.samples:,} {'trajectories' if result.method == 'morris' else 'base samples'}, "
        f"{len(result.points):,} points, {seeds} a point."
    )
    typed = typed_command(command) if command else ""
    return paragraph(design) + typed + paragraph(
        "The design and the seeds are fixed: the same inputs give the same numbers on the same platform. points.csv and "
        "responses.csv hold every point and what it gave.", "small",
    )  # fmt: skip
