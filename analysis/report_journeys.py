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
    text += picture(as_png(draw_survival, found.curves[milestone], size=(9, 5)), f"Share without a first {milestone} over time")
    text += picture(ribbons_as_png(found.paths), "Journeys between states as ribbons, each world")
    text += folded(
        "Who is in which state, and how often people lapse",
        picture(occupancy_as_png(found.paths), "Share of people in each state, week by week, each world")
        + picture(as_png(draw_mean_count, found.lapses, size=(9, 4.5)), "Mean number of lapses per person so far"),
    )
    tables = found.tables()
    shown: Mapping[str, str] = {
        "survival_summary": "Times to first events", "turns": "How lives turn (definitions: docs/journeys.md)",
        "spells": "How long people stay in a state", "transitions": "Moves between states", "log_rank": "Log-rank tests",
    }  # fmt: skip
    for name, title in shown.items():
        if not tables[name].empty:
            told = tables[name]
            if name == "transitions":
                told = told[told["moves"] > 0]  # the file has those that nobody makes too
            text += folded(title, _plain(told))
    return text


def _plain(table: pd.DataFrame) -> str:
    heads = [str(name).replace("_", " ") for name in table.columns]
    return tabular(heads, [([_cell(value) for value in row], "") for row in table.itertuples(index=False)])


def _cell(value: Any) -> str:
    if isinstance(value, float | np.floating):
        return "" if np.isnan(value) else words.number(float(value)) if abs(value) >= 1 else f"{value:.{DECIMALS}g}"
    return str(value)
