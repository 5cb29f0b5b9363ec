"""One person's life in words, in one world or in two that differ by a policy: where the two part, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from analysis.life_terms import WeekOfALife, week_of_conduct, weigh_week
from analysis.pairing import check_comparable, differ_in_policies_only, first_difference
from analysis.recall import recall
from analysis.store import RunStore
from simulation import History, story
from simulation.errors import ComparisonError, Problem

LOOK_EVERY = 26
"""Weeks between two looks at how a person is doing."""

SCALES = ("identity", "hope", "self_stigma", "social_capital")
"""States shown beside the events of a life."""

NOT_COUNTED = (*story.EVERYDAY, "offence", "reached")
"""Events that do not count when lives are weighed against each other: many, or no part of the life itself."""

SAME = ["week", "event", "domain", "detail", "cause"]


@dataclass(frozen=True)
class Telling:
    """One life in one world: sentences, events (one row each), and states at each look (weeks by scales).

    `every` holds all events; `events` leaves out ties and being reached, which are told apart.
    """

    world: str
    sentences: list[str]
    events: pd.DataFrame
    every: pd.DataFrame
    looks: pd.DataFrame
    end: str


@dataclass(frozen=True)
class Life:
    """A person's life, told in one world or two.

    With two, `shared` tells what is the same in both, `parting` where and why they part, `apart` each life from there on.
    `weighed` takes one week apart, term by term. `worlds` are the worlds themselves.
    """

    person: int
    seed: int
    tellings: list[Telling]
    parting: list[str] = field(default_factory=list)
    chosen: str = ""
    shared: list[str] = field(default_factory=list)
    apart: list[list[str]] = field(default_factory=list)
    weighed: WeekOfALife | None = None
    worlds: list[History] = field(default_factory=list, repr=False)


def tell_life(
    base: Any,
    other: Any | None = None,
    person: int | None = None,
    seed: int = 1,
    progress: Any = None,
    store: RunStore | None = None,
    warn: Callable[[str], None] | None = None,
    week: int | None = None,
) -> Life:
    """A person's life in `base` and, where given, in `other`: same people, same luck.

    Worlds are taken from `store` where it has them, and kept there; `warn` is told in a sentence where it is damaged.

    Without `person`, the person with own experience whose two lives differ most; with one world, the person with own
    experience to whom as much happened as to the middle one. Without `week`, the week taken apart is the first in which
    conduct differs; with one world, that of the first lapse or relapse. Raises ComparisonError for worlds that cannot be
    paired, a person not there, or a week that is not lived.
    """
    if other is not None:
        check_comparable(base, other)
    _check_asked(base, person, week)
    looks = sorted({*range(0, base.weeks + 1, LOOK_EVERY), base.weeks})
    plans = [scenario for scenario in (base, other) if scenario is not None]
    worlds = [
        recall(plan, seed, store, panel=looks, progress=_part(progress, at, 2 * len(plans)), warn=warn)
        for at, plan in enumerate(plans)
    ]
    chosen = ""
    if person is None:
        person, chosen = _choose(worlds, base, other)
    tellings = [_tell(world, person) for world in worlds]
    weighed = _weighed(plans, seed, person, week, tellings, _part(progress, 1, 2))
    if progress is not None:
        progress(1, 1)
    if other is None:
        return Life(person, seed, tellings, chosen=chosen, weighed=weighed, worlds=worlds)
    parted = _last_shared_week(tellings)
    start = tellings[0].sentences[0]
    shared = [start, *story.event_lines(_before(tellings[0].every, parted))]
    apart = [_from(telling, parted) for telling in tellings]
    return Life(person, seed, tellings, part(tellings, base, other), chosen, shared, apart, weighed, worlds)


def _check_asked(base: Any, person: int | None, week: int | None) -> None:
    """Nothing if there is such a person and such a week; raises ComparisonError otherwise."""
    problems = []
    if person is not None and not 0 <= person < base.people:
        problems.append(
            Problem(f"--person {person}", "nobody of this number", f"0 to {base.people - 1:,}", "give another --person")
        )
    if week is not None and not 0 <= week < base.weeks:
        problems.append(
            Problem(f"--week {week}", "a week that is not lived", f"0 to {base.weeks - 1:,}",
                    "give another --week, or more --years")
        )  # fmt: skip
    if problems:
        raise ComparisonError(problems)


def _weighed(
    plans: list[Any], seed: int, person: int, week: int | None, tellings: list[Telling], progress: Any
) -> WeekOfALife:
    """The week asked for, in every domain; or the week in which conduct parts, in the domain in which it does."""
    if week is not None:
        return WeekOfALife(person, week, "the week asked for", weigh_week(plans, seed, person, week, progress=progress))
    found = week_of_conduct([telling.events for telling in tellings])
    if isinstance(found, str):
        return WeekOfALife(person, None, found)
    at, domain, why = found
    return WeekOfALife(person, at, why, weigh_week(plans, seed, person, at, [domain], progress))


def _part(progress: Any, at: int, of: int) -> Any:
    """Progress of one world of several."""
    if progress is None:
        return None
    return lambda week, weeks: progress(at * weeks + max(week, 0), of * weeks)


def part(tellings: list[Telling], base: Any, other: Any) -> list[str]:
    """Where two lives part and why, in sentences."""
    ours, theirs = (telling.events for telling in tellings)
    start = first_difference(base, other)
    reached = _reached(*(telling.every for telling in tellings))
    at = first_parting(ours, theirs)
    if at is None and reached.empty:
        return [
            "The two lives are the same, event for event: no policy reached this person, nor anything through others."
        ]
    lines = [] if start is None else [f"The two worlds are the same until week {start}."]
    for event in reached.to_dict("records"):
        means = story.event_words(event)
        lines.append(f"{story.week_words(event['week'])}: in {tellings[1].world}, {means}.")
    if at is None:
        return [*lines, "Yet the two lives show the same events to the end."]
    if not differ_in_policies_only(base, other) and base.experiments == other.experiments:
        lines.append("The worlds differ in assumptions, layers or mechanisms: the rule itself is another one, for everybody.")
    elif reached.empty and base.experiments != other.experiments:
        lines.append("No policy reached this person. The worlds differ in experiments, not all of which leave an event.")
    elif reached.empty:
        lines.append(
            "No policy reached this person: what changed came through people they know, or the place they live in."
        )
    week = int(min(rows["week"].iloc[at] for rows in (ours, theirs) if at < len(rows)))
    lines.append(f"The two lives part in week {week} (year {week // 52 + 1}):")
    for telling in tellings:
        lines.append(f"in {telling.world}, {_next_words(telling.events, at, week)};")
    lines[-1] = lines[-1].rstrip(";") + "."
    return [*lines, *_consequences(tellings)]


def first_parting(ours: pd.DataFrame, theirs: pd.DataFrame) -> int | None:
    """Position of the first event that differs between two lives; None where all agree. Policies reaching do not count."""
    both = [rows[SAME].to_records(index=False).tolist() for rows in (ours, theirs)]
    for at, (one, two) in enumerate(zip(*both, strict=False)):
        if one != two:
            return at
    return None if len(both[0]) == len(both[1]) else min(len(both[0]), len(both[1]))


def most_different(one: pd.DataFrame, two: pd.DataFrame, among: np.ndarray) -> int | None:
    """The person of `among` whose events differ most between two worlds; None where nobody's do."""
    key = ["person", *SAME]
    told = [rows.loc[~rows["event"].isin(NOT_COUNTED) & rows["person"].isin(among), key] for rows in (one, two)]
    unmatched = pd.concat(told).astype(dict.fromkeys(("event", "domain", "detail", "cause"), "str"))
    unmatched = unmatched.drop_duplicates(keep=False)
    if unmatched.empty:
        return None
    counts = unmatched.groupby("person").size()
    return int(counts.index[counts.to_numpy() == counts.max()].min())


def _choose(worlds: list[Any], base: Any, other: Any | None) -> tuple[int, str]:
    people = worlds[0].people
    own = people.loc[people["own_experience"] == 1, "person"].to_numpy()
    if len(own) == 0:
        own = people["person"].to_numpy()
    if other is not None:
        found = most_different(worlds[0].events, worlds[1].events, own)
        if found is not None:
            return found, "chosen because their two lives differ most: not a typical person"
        return int(own[0]), "nobody's lives differ between these worlds; the first person with own experience"
    events = worlds[0].events
    counted = events[events["person"].isin(own) & ~events["event"].isin(NOT_COUNTED)]
    counts = counted.groupby("person").size()
    if counts.empty:
        return int(own[0]), "the first person with own experience"
    middle = counts.sort_values(kind="stable")
    return int(middle.index[len(middle) // 2]), "chosen because as much happened to them as to the middle person"


def _tell(world: Any, person: int) -> Telling:
    events = world.events[world.events["person"] == person].sort_values("week", kind="stable").reset_index(drop=True)
    rows = {week: people[people["person"] == person] for week, people in sorted(world.snapshots.items())}
    rows = {week: row[0] for week, row in rows.items() if len(row)}
    first, last = rows[min(rows)], rows[max(rows)]
    looks = pd.DataFrame(
        [{"week": week, **{name: float(row[name]) for name in SCALES}} for week, row in rows.items() if row["alive"]]
    )
    telling = story.tell(events, as_mapping(first), as_mapping(last))
    plain = events[~events["event"].isin((*story.EVERYDAY, "reached"))].reset_index(drop=True)
    return Telling(world.scenario.name, telling, plain, events, looks, telling[-1])


def _last_shared_week(tellings: list[Telling]) -> int:
    """The first week in which the two lives differ, being reached apart; past the end where they never do."""
    ours, theirs = (_told(telling.events) for telling in tellings)
    at = first_parting(ours, theirs)
    weeks = [] if at is None else [int(rows["week"].iloc[at]) for rows in (ours, theirs) if at < len(rows)]
    return min(weeks, default=1_000_000)


def _told(events: pd.DataFrame) -> pd.DataFrame:
    return events[~events["event"].isin(story.EVERYDAY)].reset_index(drop=True)


def _before(events: pd.DataFrame, week: int) -> pd.DataFrame:
    return events[events["week"] < week]


def _from(telling: Telling, week: int) -> list[str]:
    rest = telling.every[telling.every["week"] >= week]
    return [*story.event_lines(rest), *story.ties_line(rest), telling.end]


def as_mapping(row: np.void) -> Mapping[str, Any]:
    """One row of a structured array as a mapping of plain values."""
    return dict(zip(row.dtype.names, row.tolist(), strict=True))


def _reached(ours: pd.DataFrame, theirs: pd.DataFrame) -> pd.DataFrame:
    ours, theirs = (rows[rows["event"] == "reached"] for rows in (ours, theirs))
    before = set(zip(ours["week"], ours["detail"].astype(str), strict=True))
    new = [(week, str(detail)) not in before for week, detail in zip(theirs["week"], theirs["detail"], strict=True)]
    return theirs[np.array(new, dtype=bool)]


def _next_words(events: pd.DataFrame, at: int, week: int) -> str:
    if at >= len(events):
        return "nothing more is written of them"
    event = events.iloc[at].to_dict()
    words = story.event_words(event)
    return words if int(event["week"]) == week else f"nothing happens then; next, in week {int(event['week'])}: {words}"


_COUNTED = {
    "lapse": ("lapse", "lapses"),
    "relapse": ("relapse", "relapses"),
    "offence": ("offence", "offences"),
    "arrest": ("arrest", "arrests"),
    "custody_start": ("stay in custody", "stays in custody"),
    "role_lost": ("role lost", "roles lost"),
    "role_gained": ("role gained", "roles gained"),
}


def _consequences(tellings: list[Telling]) -> list[str]:
    lines = []
    for telling in tellings:
        counts = telling.events["event"].value_counts()
        parts = [
            f"{int(counts.get(event, 0))} {one if counts.get(event, 0) == 1 else many}"
            for event, (one, many) in _COUNTED.items()
            if counts.get(event, 0)
        ]
        lines.append(
            f"In all, in {telling.world}: {', '.join(parts) if parts else 'none of lapses, arrests or lost roles'}."
        )
    return lines
