"""The part of a report that says who gains and who loses: the ledger beside the placebo, groups, and whose lives part first."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np
import pandas as pd

from analysis import words
from analysis.figures import as_png
from analysis.figures_ledger import draw_ledger, group_name, groups_as_png, ledger_size
from analysis.intervals import Effect
from analysis.page import bullets, definitions, folded, paragraph, picture, tabular
from analysis.subgroups import FEWEST

SHOWN = 40
"""How many lives that differ are listed in a report; the file has them all."""


def who_gains_and_who_loses(effects: Any) -> str:
    """The whole section, as HTML."""
    question = effects.question
    text = paragraph(
        f"Each person lived both lives, {words.SHARED_LUCK}; the net does not depend on it. Helped and harmed are counted on the "
        f"primary outcome ({question.primary.means}), among {question.whom}. The placebo world differs from the base world by "
        "one irrelevant change to one person: what it moves is what nothing moves."
    )
    drawn = as_png(draw_ledger, effects, size=ledger_size(effects))
    text += picture(drawn, "People helped and harmed per 1,000 and the net with both ranges, beside the placebo")
    text += _ledger_table(effects)
    for label in question.labels:
        text += _groups(effects, label)
    return text + _people(effects)


def _ledger_table(effects: Any) -> str:
    heads = ["pair of worlds", "worlds", "people", "helped", "harmed", "same", "of these later", "of these earlier",
             "net per 1,000", "luck alone", "if our assumptions are off"]  # fmt: skip
    rows = []
    for row in effects.ledger.itertuples():
        name = "nothing (placebo)" if row.pair == "placebo" else f"{row.other} against {row.base}"
        draws = effects.draws if row.pair == "policy" else 0
        net = Effect(row.net_per_1000, row.low_luck, row.high_luck, row.low, row.high, row.worlds, draws)
        if row.people == 0:
            rows.append(([name, f"{row.worlds:,}", words.NOBODY, *[""] * (len(heads) - 3)], "faint"))
            continue
        cells = [
            name, f"{row.worlds:,}", f"{row.people:,}", f"{row.helped:,}", f"{row.harmed:,}", f"{row.same:,}",
            _count(row.later), _count(row.earlier), words.signed(row.net_per_1000),
            words.between(row.low_luck, row.high_luck, net), words.over_assumptions(net),
        ]  # fmt: skip
        rows.append((cells, "faint" if row.pair == "placebo" else ""))
    nudged = effects.ledger.loc[effects.ledger["pair"] == "placebo", "worlds"].max()
    said = (
        f"Lives of {len(effects.seeds)} worlds added up; the placebo was lived in the first {nudged} of them. Rounded numbers "
        "may not add up."
    )
    if effects.ledger["later"].notna().any():
        said += " Later and earlier: people to whom it happens in both worlds, at another date."
    return tabular(heads, rows) + paragraph(said, "small")


def _count(value: float) -> str:
    return f"{value:,.0f}" if np.isfinite(value) else ""


def _groups(effects: Any, label: str) -> str:
    question = effects.question
    rows = effects.groups[effects.groups["other"] == label]
    told, few = rows[rows["note"] == ""], rows[rows["note"] != ""]
    heading = f"<h3>{escape(label)}: which groups gain and lose</h3>"
    if told.empty:
        return heading + paragraph("No group is large enough to say.")
    text = paragraph(
        f"The primary effect within {question.whom}, in groups that were declared before any world was lived, judged in week "
        f"{question.first_week}. Exploratory: of {len(told)} groups, which overlap, one in twenty stands out by luck alone."
    )
    shown = picture(
        groups_as_png(effects, label), f"Primary effect, and people helped less harmed beside the placebo, by group, {label}"
    )
    heads = ["group", "people", question.primary.unit, "luck alone", "if our assumptions are off", "helped per 1,000",
             "harmed per 1,000", "net per 1,000", "luck alone", "if our assumptions are off", "placebo: net"]  # fmt: skip
    cells = [(_group_cells(row, question), "primary" if row.group == question.group.name else "") for row in told.itertuples()]
    text += shown + folded("The same as a table", tabular(heads, cells), "groups.csv")
    belongs = {group.name: group.means for group in question.declared}
    named = [(group_name(row.group, question), belongs[row.group]) for row in told.itertuples()
             if belongs.get(row.group, row.group) != row.group]  # fmt: skip
    text += folded("Who belongs to each group", definitions(named))
    if not few.empty:
        names = ", ".join(few["group"].str.replace("_", " "))
        text += paragraph(f"Too few to say (under {FEWEST} people a world): {names}.", "small")
    return heading + text


def _group_cells(row: Any, question: Any) -> list[str]:
    effect = Effect(row.effect, row.low_luck, row.high_luck, row.low, row.high, row.worlds, row.draws)
    net = Effect(
        row.net_per_1000, row.net_low_luck, row.net_high_luck, row.net_low, row.net_high, row.worlds, row.draws
    )
    return [
        group_name(row.group, question), f"{row.people:,.0f}", words.signed(row.effect),
        words.between(row.low_luck, row.high_luck, effect), words.over_assumptions(effect),
        words.number(row.helped_per_1000), words.number(row.harmed_per_1000), words.signed(net.value),
        words.between(net.low_luck, net.high_luck, net), words.over_assumptions(net), words.number(row.placebo_net_per_1000),
    ]  # fmt: skip


def _people(effects: Any) -> str:
    people = effects.people
    if people.empty:
        return ""
    dated = bool(effects.question.primary.event)
    rows = [
        ([row.other, f"{row.seed}", f"{row.person}", row.reading, *_both(row, dated)], "")
        for row in those_who_lose_first(people).head(SHOWN).itertuples()
    ]
    which = "first time, week" if dated else effects.question.primary.id.replace("_", " ")
    heads = ["world", "seed", "person", "in the other world", f"{which}: in base", f"{which}: in the other world"]
    more = f" {SHOWN} of {len(people):,}, those who lose first; ledger_people.csv has them all." if len(people) > SHOWN else ""
    worlds = people["seed"].nunique()
    said = paragraph(
        f"People of {'one world' if worlds == 1 else f'the first {worlds} worlds'} whose primary outcome, or its date, differs "
        f"between their two lives.{more} Nobody real.",
        "small",
    )
    return folded("One by one", said + tabular(heads, rows), "ledger_people.csv")


READINGS = ("harmed", "earlier", "helped", "later")
"""How a life can fare in the other world, those first who lose where the primary outcome is nothing to be wished for."""


def those_who_lose_first(people: pd.DataFrame) -> pd.DataFrame:
    """The same rows, people harmed first, then by date; in the order of the table within each."""
    place = people["reading"].map({reading: at for at, reading in enumerate(READINGS)})
    return people.loc[place.sort_values(kind="stable").index]


def _both(row: Any, dated: bool) -> list[str]:
    """What a person met in both worlds: the week of the event that was judged, or the value of the outcome."""
    if dated:
        return [_week(row.base_week), _week(row.other_week)]
    return [words.number(row.base_value), words.number(row.other_value)]


def _week(value: Any) -> str:
    return "never" if pd.isna(value) else f"{value:,}"


def identical_until(effects: Any) -> str:
    """The section on until when the worlds are the same and whose lives part first, as HTML."""
    text = paragraph(effects.identical)
    for label in effects.question.labels:
        lines = effects.parting(label)
        if lines:
            heading = f"<h3>{escape(label)}</h3>" if len(effects.question.labels) > 1 else ""
            text += heading + bullets(lines)
    if effects.partings.empty:
        text += paragraph("Whose lives part first is not known: the events of these worlds were not kept.", "small")
    return text
