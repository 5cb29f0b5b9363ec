"""The part of a report that shows journeys: survival, repeated lapses, states as ribbons, shapes, in the worlds kept for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis import words
from analysis.figures import as_png
from analysis.figures_journeys import draw_mean_count, draw_survival, occupancy_as_png, ribbons_as_png
from analysis.journeys import Journeys, journeys
from analysis.measures_lives import Lives
from analysis.page import folded, paragraph, picture, tabular
from analysis.stretch import pooled
from analysis.worlds import BASE, masks_of

DECIMALS = 2


def journeys_of(effects: Any) -> Journeys | None:
    """The journeys of the primary group in every world, over the worlds kept for it; None where no events were kept."""
    question = effects.question
    kept = [found for found in effects.numbers if found.stretches]
    if not kept:
        return None
    who = np.concatenate([masks_of(question, found.stretches[BASE].start)[question.group.name] for found in kept])
    if not who.any():
        return None
    names = {BASE: question.base.name, **{label: label for label in question.labels}}
    return journeys({name: Lives(pooled([found.stretches[key] for found in kept]), who) for key, name in names.items()})


def journeys_part(effects: Any, found: Journeys | None) -> str:
    """The whole section, as HTML; says why it is empty where it is."""
    if found is None:
        return paragraph("No journeys: the events of these worlds were not kept, or nobody is in the primary group.")
    question = effects.question
    worlds = sum(bool(each.stretches) for each in effects.numbers)
    milestone = question.primary.event if question.primary.event in found.curves else "relapse"
    text = paragraph(
        f"The {question.whom} of the first {worlds} worlds, from week {question.first_week} to the horizon. Bands are of these "
        "lives alone (pointwise 95 %): whether worlds differ is told by the paired effect, not by whether bands overlap."
    )
    text += picture(as_png(draw_survival, found.curves[milestone], size=(9, 4.4)), f"Share without a first {milestone} over time")
    text += picture(ribbons_as_png(found.paths), "Journeys between states as ribbons, each world")
    text += folded(
        "Who is in which state, and how often people lapse",
        picture(occupancy_as_png(found.paths), "Share of people in each state, week by week, each world")
        + picture(as_png(draw_mean_count, found.lapses, size=(9, 4)), "Mean number of lapses per person so far"),
    )
    return text + _tables(found.tables())


def _tables(tables: Mapping[str, pd.DataFrame]) -> str:
    """The tables that a reader may open. Tests between worlds stay in their file: they do not apply to worlds of one luck."""
    shown: Mapping[str, str] = {
        "survival_summary": "Times to first events", "turns": "How lives turn (definitions: docs/journeys.md)",
        "spells": "How long people stay in a state", "transitions": "Moves between states",
    }  # fmt: skip
    text = ""
    for name, title in shown.items():
        told, more, file = tables[name], "", f"journeys-{name.replace('_', '-')}.csv"
        if told.empty:
            continue
        if name == "transitions":
            told = told[told["moves"] > 0]  # the file has those that nobody makes too
        if name == "turns":
            missing = told.loc[told["value"].isna(), "measure"].unique()
            told = told[told["value"].notna()]
            why = f"Not to be measured here, as {file} says: {', '.join(missing)}."
            more = paragraph(why, "small") if len(missing) else ""
        text += folded(title, _plain(told) + more, file if name in LONG else "")
    return text


LONG = ("spells", "transitions")
"""Tables too long to be printed."""


def _plain(table: pd.DataFrame) -> str:
    empty = [name for name in table.columns if table[name].isna().all() or (table[name].astype(str) == "").all()]
    table = table.drop(columns=empty)
    heads = [str(name).replace("_", " ") for name in table.columns]
    return tabular(heads, [([_cell(value) for value in row], "") for row in table.itertuples(index=False)])


def _cell(value: Any) -> str:
    if isinstance(value, float | np.floating):
        return "" if np.isnan(value) else words.number(float(value)) if abs(value) >= 1 else f"{value:.{DECIMALS}g}"
    return str(value)
