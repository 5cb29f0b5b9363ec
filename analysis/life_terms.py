"""One week of one life taken apart: the log hazard of what a person was at risk of, term by term, beside a reference.

The reference is stated: the average, term by term, of everybody who in the same week of the same world was at risk of the
same. Terms add on the scale of the log hazard (of the log odds, for a relapse in a lapse), so that a difference of 0.69
doubles the hazard, whatever else there is.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from simulation import Scenario, World
from simulation.diary import DOMAIN_NAMES
from simulation.state import DOMAINS, NONE
from simulation.story import DOMAIN_WORDS, STATUS_WORDS
from simulation.terms import KINDS, TERMS, Judged, before_conduct, chance_of, in_terms

CONDUCT = ("decided_gradually", "decided_suddenly", "lapse", "relapse", "resolved")
"""Events by which a person's conduct in a domain changes, other than a first onset, which has no terms."""

FEW = 30
"""People below which an average is said to be of few."""

SHOWN = 0.005
"""Difference in log hazard below which a term is left to everything else: it would be told as 0.00."""

KIND_WORDS = {
    "use": {"lapse": "a lapse of substance use", "relapse": "a relapse into substance use, in a lapse",
            "deciding": "deciding to leave substance use behind"},
    "offending": {"lapse": "a lapse into offending", "relapse": "a relapse into offending, in a lapse",
                  "deciding": "deciding to desist"},
    "mental_health": {"lapse": "a crisis of mental health", "relapse": "life ruled by illness again, after a crisis",
                      "deciding": "deciding to live a life in recovery"},
}  # fmt: skip
_STATUS = {kind: status for status, kind in KINDS.items()}


@dataclass(frozen=True)
class Weighed:
    """What a person was at risk of in one domain and week of one world; where of nothing, only `why_not` says anything.

    Attributes
    ----------
    world, domain, kind
        In which world, in which domain, and of what: "lapse", "relapse" or "deciding".
    terms
        One row a term, by its name: `life`, `reference` and `difference`, in log hazard (relapse: log odds) a week.
    value, reference
        Their sums.
    chance, reference_chance
        The chances a week that follow from these sums.
    luck
        The number in (0, 1) drawn for it: it happens where this lies below `chance`.
    sudden
        For deciding, the chance of a turning point taken, which comes first.
    people, of_world
        How many people the reference is the average of, and of which world.
    """

    world: str
    domain: str
    why_not: str = ""
    kind: str = ""
    terms: pd.DataFrame | None = None
    value: float = math.nan
    reference: float = math.nan
    chance: float = math.nan
    reference_chance: float = math.nan
    luck: float = math.nan
    sudden: float = 0.0
    people: int = 0
    of_world: str = ""

    @property
    def beside(self) -> str:
        """The reference, in words."""
        few = f", few: fewer than {FEW}" if self.people < FEW else ""
        status = STATUS_WORDS[self.domain][_STATUS[self.kind]]
        return f"the average, term by term, of all {self.people:,} people {status} in {self.of_world} that week{few}"


@dataclass(frozen=True)
class WeekOfALife:
    """One week of a person's life, weighed in each world (the outer tuple: domains; the inner: worlds).

    `chosen` says why this week. `domains` is empty where the life has no such week, and `chosen` then says so.
    """

    person: int
    week: int | None
    chosen: str
    domains: tuple[tuple[Weighed, ...], ...] = ()


def week_of_conduct(lives: Sequence[pd.DataFrame]) -> tuple[int, str, str] | str:
    """The week to take apart, its domain and why it is chosen; or a sentence on why there is none.

    `lives` are the events of a person in one world, or in two: `week, event, domain`. With two, the first week in which
    conduct differs; with one, the week of the first lapse or relapse.
    """
    told = [_conduct(events) for events in lives]
    if len(told) > 1:
        parted = told[0] ^ told[1]
        if not parted:
            return "Their conduct is the same in both worlds: --week W takes another week apart."
        why = "the first week in which their conduct differs"
    else:
        parted = {one for one in told[0] if one[2] in ("lapse", "relapse")}
        if not parted:
            return "There is no lapse or relapse in this life: --week W takes another week apart."
        why = "the week of their first lapse or relapse"
    week, place, _ = min(parted)
    return week, DOMAINS[place], why


def _conduct(events: pd.DataFrame) -> set[tuple[int, int, str]]:
    kept = events[events["event"].isin(CONDUCT)]
    places = [DOMAIN_NAMES.index(domain) - 1 for domain in kept["domain"]]
    return set(zip(kept["week"].astype(int), places, kept["event"].astype(str), strict=True))


def weigh_week(
    plans: Sequence[Scenario],
    seed: int,
    person: int,
    week: int,
    domains: Sequence[str] = DOMAINS,
    progress: Callable[[int, int], Any] | None = None,
) -> tuple[tuple[Weighed, ...], ...]:
    """What a person is at risk of in lived week `week`, by domain and, within it, by world.

    Each world is lived again up to that week. Use when one week of one life is to be explained; not to find out what a
    policy does, of which one life says nothing.
    """
    worlds = [_lived_to(week, plan, seed, progress, at, len(plans)) for at, plan in enumerate(plans)]
    try:
        return tuple(_in_domain(worlds, person, domain) for domain in domains)
    finally:
        for world in worlds:
            world.close()


def _lived_to(
    week: int, plan: Scenario, seed: int, progress: Callable[[int, int], Any] | None, at: int, of: int
) -> World:
    world = World(plan, seed, threads=os.cpu_count() or 1)
    for lived in range(week):
        if progress is not None:
            progress(at * week + lived, of * week)
        world.step()
    return world


def _in_domain(worlds: Sequence[World], person: int, domain: str) -> tuple[Weighed, ...]:
    """One person in one domain, in each world, beside the first world in which they are at risk of the same."""
    references: dict[str, tuple[str, list[Judged]]] = {}
    found = []
    for world in worlds:
        moments = before_conduct(world, [person])
        mine = in_terms(moments, domain).get(person)
        name = world.scenario.name
        if mine is None:
            found.append(Weighed(name, domain, _why_not(moments.get(person), domain)))
            continue
        if mine.kind not in references:
            everyone = in_terms(before_conduct(world, range(len(world.people))), domain).values()
            references[mine.kind] = name, [one for one in everyone if one.kind == mine.kind]
        found.append(_beside(name, mine, *references[mine.kind]))
    return tuple(found)


def _beside(world: str, mine: Judged, of_world: str, everyone: list[Judged]) -> Weighed:
    table = pd.DataFrame({"life": mine.terms, "reference": pd.DataFrame([one.terms for one in everyone]).mean()})
    table["difference"] = table["life"] - table["reference"]
    table.index.name = "term"
    reference = float(np.mean([one.value for one in everyone]))
    return Weighed(
        world, mine.domain, "", mine.kind, table, mine.value, reference, mine.chance, chance_of(mine.kind, reference), mine.luck,
        mine.sudden, len(everyone), of_world,
    )  # fmt: skip


def _why_not(moment: Any, domain: str) -> str:
    """Why nothing was judged, in words."""
    if moment is None:
        return "no longer alive"
    if getattr(moment.person, domain) == NONE:
        return f"no problem of their own in {DOMAIN_WORDS[domain]}, so nothing to lapse from or to leave behind"
    if domain == "offending" and moment.person.custody_left > 0:
        return "in custody, where no lapse into offending is judged"
    return "nothing that has terms was judged that week"


# In words


def in_words(value: float) -> str:
    """A chance as people say it: "about 1 in 40"."""
    if value >= 0.2:
        return f"about {100.0 * value:.0f} in 100"
    return f"about 1 in {1.0 / value:,.0f}" if value > 1e-6 else "less than 1 in a million"


def leading(weighed: Sequence[Weighed], most: int = 3) -> list[str]:
    """Names of the terms that tell most: furthest from the reference in either world, and furthest apart between them."""
    differences = pd.DataFrame({at: one.terms["difference"] for at, one in enumerate(weighed) if one.terms is not None})
    size = differences.abs().max(axis=1)
    apart = differences.max(axis=1) - differences.min(axis=1)
    far = size[size >= SHOWN].nlargest(most + 2 if differences.shape[1] == 1 else most)
    kept = {*far.index, *apart[apart >= SHOWN].nlargest(most).index}
    return [name for name in size.sort_values(ascending=False, kind="stable").index if name in kept]


def week_lines(weighed: Sequence[Weighed]) -> list[str]:
    """One domain of one week in a few lines: the leading terms, the rest together, the sum and the chance."""
    lines = [f"{_risk(one, len(weighed))}: {one.why_not}." for one in weighed if one.why_not]
    at_risk = [one for one in weighed if not one.why_not]
    for kind in dict.fromkeys(one.kind for one in at_risk):
        lines += _table_lines([one for one in at_risk if one.kind == kind])
    return lines


def _risk(one: Weighed, worlds: int) -> str:
    title = DOMAIN_WORDS[one.domain].capitalize()
    return f"{title}, in {one.world}" if worlds > 1 else title


def _table_lines(alike: Sequence[Weighed]) -> list[str]:
    first = alike[0]
    names = leading(alike)
    columns = [column for one in alike if (column := one.terms) is not None]
    rest = [name for name in TERMS if name not in names]
    rows = [
        (TERMS[name].words, [columns[0].at[name, "reference"], *(table.at[name, "difference"] for table in columns)])
        for name in names
    ]
    rows.append(
        ("everything else",
         [columns[0].loc[rest, "reference"].sum(), *(table.loc[rest, "difference"].sum() for table in columns)])
    )  # fmt: skip
    rows.append(("sum", [first.reference, *(one.value - first.reference for one in alike)]))
    scale = "log odds" if first.kind == "relapse" else "log hazard"
    heads = ["reference", *(one.world for one in alike)]
    left = max(len("chance that week"), *(len(words) for words, _ in rows))
    wide = [max(14, len(head)) + 2 for head in heads]
    chances = [first.reference_chance, *(one.chance for one in alike)]
    return [
        f"{KIND_WORDS[first.domain][first.kind].capitalize()}: {scale} of the week in its terms.",
        f"The reference is {first.beside}.",
        "The column of a world is the difference from it: +0.69 doubles the hazard, -0.69 halves it."
        if first.kind != "relapse"
        else "The column of a world is the difference from it: +0.69 doubles the odds, -0.69 halves them.",
        _row("", heads, left, wide),
        *(_row(words, [f"{value:+.2f}" for value in values], left, wide) for words, values in rows),
        _row("chance that week", [in_words(chance).removeprefix("about ") for chance in chances], left, wide),
        *_luck_lines(alike),
    ]


def _row(words: str, cells: Sequence[str], left: int, wide: Sequence[int]) -> str:
    return words.ljust(left) + "".join(cell.rjust(width) for cell, width in zip(cells, wide, strict=True))


def _luck_lines(alike: Sequence[Weighed]) -> list[str]:
    """What the luck of the week made of the chances, and what else could happen first."""
    lines = []
    for luck in dict.fromkeys(one.luck for one in alike):
        of = [one for one in alike if one.luck == luck]
        told = "; ".join(f"in {one.world} {one.chance:.4f}, {'yes' if luck < one.chance else 'no'}" for one in of)
        lines.append(f"The luck drawn was {luck:.4f}; it happens where the chance is above that: {told}.")
    if alike[0].kind == "deciding":
        told = " and ".join(f"{in_words(one.sudden)} in {one.world}" for one in alike)
        lines.append(f"A turning point comes first, with a chance of its own that is not in this table: {told}.")
    return lines
