"""Both stories of everybody in a pair of worlds: only sentences that the model's own events give."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.life import Telling, as_mapping, first_parting, part
from simulation import History
from simulation.story import EVERYDAY, tell


@dataclass(frozen=True)
class Stories:
    """One person's two lives.

    Attributes
    ----------
    lines
        The sentences of either world: who they were at the start, each event with its week, ties, who they are at the end.
    parting
        Where and why the two lives part, in sentences.
    week
        The week of the first event that differs; None where the two lives are the same, event for event.
    """

    lines: tuple[list[str], list[str]]
    parting: list[str]
    week: int | None


def tell_stories(worlds: tuple[History, History]) -> Iterator[Stories]:
    """Both stories of everybody, in the order of permanent ids."""
    base, other = (world.scenario for world in worlds)
    events = [_by_person(world) for world in worlds]
    for person in range(len(worlds[0].start)):
        tellings = [
            _telling(world, rows.get(person, none), person) for world, (rows, none) in zip(worlds, events, strict=True)
        ]
        lines = (tellings[0].sentences, tellings[1].sentences)
        yield Stories(lines, part(tellings, base, other), _week_of_parting(tellings[0].events, tellings[1].events))


def _by_person(world: History) -> tuple[dict[int, pd.DataFrame], pd.DataFrame]:
    """Events of each person, and a table without any."""
    named = dict.fromkeys(("event", "domain", "detail", "cause"), "str")
    events = world.events.astype(named)
    return {int(str(person)): rows for person, rows in events.groupby("person")}, events.iloc[:0]


def _telling(world: History, events: pd.DataFrame, person: int) -> Telling:
    told = tell(events, as_mapping(world.start[person]), as_mapping(world.end[person]))
    plain = events[~events["event"].isin((*EVERYDAY, "reached"))].reset_index(drop=True)
    return Telling(world.scenario.name, told, plain, events, pd.DataFrame(), told[-1])


def _week_of_parting(ours: pd.DataFrame, theirs: pd.DataFrame) -> int | None:
    at: Any = first_parting(ours, theirs)
    if at is None:
        return None
    return min(int(rows["week"].iloc[at]) for rows in (ours, theirs) if at < len(rows))
