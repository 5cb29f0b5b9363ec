"""The part of a report that shows single lives as strips, and some people on their network at a moment, in both worlds."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import Any

from analysis.figures import as_png
from analysis.figures_lives import draw_strips
from analysis.figures_network import draw_network, network_at
from analysis.page import paragraph, picture
from analysis.report_who import READINGS
from analysis.worlds import BASE, Numbers

EACH, LATER = 2, 13
"""How many lives of each reading are drawn, and how many weeks after the first lives part the network is looked at."""

DRAWN = 60
"""How many people of the network are drawn in each world."""


def lives_part(effects: Any) -> str:
    """The whole section, as HTML; says why it is empty where it is."""
    question = effects.question
    kept = [found for found in effects.numbers if found.stretches]
    if not kept:
        return paragraph("No single lives: the events of these worlds were not kept.")
    text = ""
    for label in question.labels:
        heading = f"<h3>{escape(label)}</h3>" if len(question.labels) > 1 else ""
        chosen, readings = _chosen(effects, kept[0].task.seed, label)
        if not chosen:
            told = f"No life of the primary group differs in its outcome in seed {kept[0].task.seed}."
            text += heading + paragraph(told)
            continue
        text += heading + _strips(effects, kept[0], label, chosen, readings) + _network(effects, kept[0], label, chosen)
    return text


def _chosen(effects: Any, seed: int, label: str) -> tuple[list[int], list[str]]:
    """The first people of one seed, by number, and how each fares: those harmed first, then those to whom it happens earlier."""
    people = effects.people
    ours = people[(people["seed"] == seed) & (people["other"] == label)]
    first = {reading: ours.loc[ours["reading"] == reading, "person"].head(EACH).tolist() for reading in READINGS}
    lose, gain = first["harmed"] + first["earlier"], first["helped"] + first["later"]
    found: list[int] = lose[: 2 * EACH - min(len(gain), EACH)]
    found += gain[: 2 * EACH - len(found)]
    return found, [ours.loc[ours["person"] == person, "reading"].iloc[0] for person in found]


def _strips(effects: Any, found: Numbers, label: str, chosen: list[int], readings: list[str]) -> str:
    question = effects.question
    lives = [found.stretches[key].lives for key in (BASE, label)]
    size = (11.0, 1.4 + 1.1 * len(chosen))
    png = as_png(draw_strips, lives, (question.base.name, label), chosen, size=size)
    fare = ", ".join(f"person {person} {reading}" for person, reading in zip(chosen, readings, strict=True))
    unseen = "" if question.primary.event else f" {question.primary.id.replace('_', ' ').capitalize()} are not drawn."
    none = "" if "harmed" in readings else " Nobody is harmed in this seed."
    said = (
        f"In {label}, of seed {found.task.seed}: {fare}; the first of each, by number.{none} Not typical people, and nobody "
        f"real. Weeks count from week {question.first_week}; a strip shows the worst of all domains.{unseen} `recovery life "
        f"{question.base.name} {label} --person {chosen[0]} --seed {found.task.seed}` tells the first in words."
    )
    return picture(png, f"Single lives as strips, {question.base.name} above {label}") + paragraph(said, "small")


def _network(effects: Any, found: Numbers, label: str, chosen: list[int]) -> str:
    """The same people on their network, in both worlds, some weeks after they begin to differ."""
    question = effects.question
    partings = effects.partings
    ours = partings[(partings["other"] == label) & (partings["seed"] == found.task.seed)]["week"]
    week = min((question.first_week if ours.empty else int(ours.min())) + LATER, question.last_week)
    plans = (question.base, question.others[question.labels.index(label)])
    text = ""
    for plan, name in zip(plans, (question.base.name, label), strict=True):
        network = replace(network_at(plan, week, found.task.seed, centres=chosen, most=DRAWN), world=name)
        text += picture(as_png(draw_network, network, size=(10, 5.2)), f"The same people on their network in week {week}, {name}")
    return text
