"""Both stories of everybody in a pair of worlds: only sentences that the model's own events give."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.life import Telling, as_mapping, first_parting, part
from simulation import History, Scenario
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


@dataclass(frozen=True)
class Lived:
    """One person in one world: its scenario, the person's events `in_words`, and how they are at the start and by now."""

    scenario: Scenario
    events: pd.DataFrame
    start: np.void
    end: np.void


def tell_stories(worlds: tuple[History, History]) -> Iterator[Stories]:
    """Both stories of everybody, in the order of permanent ids."""
    events = [_by_person(world) for world in worlds]
    for person in range(len(worlds[0].start)):
        one, two = (
            Lived(world.scenario, rows.get(person, none), world.start[person], world.end[person])
            for world, (rows, none) in zip(worlds, events, strict=True)
        )
        yield tell_two((one, two))


def tell_two(lives: tuple[Lived, Lived]) -> Stories:
    """Both stories of one person."""
    tellings = [_telling(life) for life in lives]
    parting = part(tellings, lives[0].scenario, lives[1].scenario)
    lines = (tellings[0].sentences, tellings[1].sentences)
    return Stories(lines, parting, _week_of_parting(tellings[0].events, tellings[1].events))


def _by_person(world: History) -> tuple[dict[int, pd.DataFrame], pd.DataFrame]:
    """Events of each person, and a table without any."""
    events = in_words(world.events)
    return {int(str(person)): rows for person, rows in events.groupby("person")}, events.iloc[:0]


def in_words(events: pd.DataFrame) -> pd.DataFrame:
    """A table of events whose names are plain text."""
    return events.astype(dict.fromkeys(("event", "domain", "detail", "cause"), "str"))


def _telling(life: Lived) -> Telling:
    events = life.events
    told = tell(events, as_mapping(life.start), as_mapping(life.end))
    plain = events[~events["event"].isin((*EVERYDAY, "reached"))].reset_index(drop=True)
    return Telling(life.scenario.name, told, plain, events, pd.DataFrame(), told[-1])


def _week_of_parting(ours: pd.DataFrame, theirs: pd.DataFrame) -> int | None:
    at: Any = first_parting(ours, theirs)
    if at is None:
        return None
    return min(int(rows["week"].iloc[at]) for rows in (ours, theirs) if at < len(rows))
