"""The ledger: who fares better and who worse in the other world under shared luck, beside what nothing moves, by group.

Both lives of a person are lived with the same luck, so that each can be told apart; but luck is shared in one of many possible
ways, and another coupling would give other counts of helped and harmed. The net does not depend on it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from analysis import words
from analysis.intervals import Effect, effect_of, unreported
from analysis.outcomes import Outcome
from analysis.pairing import Question
from analysis.rows import effect_in
from analysis.subgroups import FEWEST
from analysis.worlds import BASE, PLACEBO, Numbers, Tally, gain_of, masks_of, over_seeds_and_draws

LEDGER_COLUMNS = (
    "base other pair outcome group worlds people helped harmed same net reading later earlier net_per_1000 low_luck high_luck "
    "low high"
).split()
"""Columns of `ledger.csv`; `pair` is "policy" or "placebo"; `later` and `earlier` count dates moved among the same."""

GROUP_COLUMNS = (
    "base other outcome unit better group means people effect low_luck high_luck low high worlds draws helped_per_1000 "
    "harmed_per_1000 placebo_helped_per_1000 placebo_harmed_per_1000 net_per_1000 net_low_luck net_high_luck net_low net_high "
    "placebo_net_per_1000 placebo_net_low_luck placebo_net_high_luck note"
).split()
"""Columns of `groups.csv`; the net is helped less harmed."""

PEOPLE_COLUMNS = "base other seed person reading base_value other_value base_week other_week".split()
"""Columns of `ledger_people.csv`: a row for each person whose outcome or date differs; weeks are the world's, empty for never."""

TOO_FEW = f"under {FEWEST} people a world: not reported"


def ledger_table(question: Question, numbers: list[Numbers]) -> pd.DataFrame:
    """People helped, harmed and the same on the primary outcome, summed over worlds, each policy beside the placebo."""
    seeds = [found for found in numbers if found.task.draw is None]
    nudged = [found for found in seeds if found.placebo]
    group = question.group.name
    rows = []
    for label in question.labels:
        net = effect_of(*over_seeds_and_draws(numbers, _net_of(label, group)))
        tallies = [found.tallies[label, group] for found in seeds]
        rows.append(_ledger_row(question, label, "policy", tallies, _dates(seeds, label), net))
        tallies = [found.placebo[group] for found in nudged]
        net = effect_of(np.array([tally.net for tally in tallies]), np.zeros(0))
        rows.append(_ledger_row(question, label, "placebo", tallies, _dates(nudged, PLACEBO), net))
    return pd.DataFrame(rows, columns=LEDGER_COLUMNS)


def _net_of(label: str, group: str) -> Callable[[Numbers], float]:
    return lambda found: found.tallies[label, group].net


def _dates(kept: list[Numbers], label: str) -> tuple[float, float]:
    """How many people meet the event in both worlds, later or earlier in the other; not a number where no dates were kept."""
    if any(label not in found.times for found in kept):
        return np.nan, np.nan
    later = earlier = 0
    for found in kept:
        (ours, had), (theirs, has) = found.times[BASE], found.times[label]
        both = had & has
        later += int((theirs[both] > ours[both]).sum())
        earlier += int((theirs[both] < ours[both]).sum())
    return later, earlier


def _ledger_row(
    question: Question, label: str, pair: str, tallies: list[Tally], dates: tuple[float, float], net: Effect
) -> dict:
    helped, harmed = sum(tally.helped for tally in tallies), sum(tally.harmed for tally in tallies)
    return {
        "base": question.base.name, "other": label, "pair": pair, "outcome": question.primary.id,
        "group": question.group.name, "worlds": len(tallies), "people": sum(tally.people for tally in tallies),
        "helped": helped, "harmed": harmed, "same": sum(tally.same for tally in tallies), "net": helped - harmed,
        "reading": words.SHARED_LUCK, "later": dates[0], "earlier": dates[1], "net_per_1000": net.value,
        "low_luck": net.low_luck, "high_luck": net.high_luck, "low": net.low, "high": net.high,
    }  # fmt: skip


def groups_table(question: Question, numbers: list[Numbers]) -> pd.DataFrame:
    """Who gains and who loses: the primary effect in each declared group, with both intervals, and people helped and harmed.

    Groups were declared before anything was lived; so many are looked at that one of twenty stands out by luck alone.
    """
    seeds = [found for found in numbers if found.task.draw is None]
    primary = question.primary
    rows = []
    for label in question.labels:
        for group in (question.group, *question.declared, *question.splits):
            people = float(np.mean([found.pairs[label, primary.id, group.name].people for found in seeds]))
            effect = effect_in(numbers, label, primary.id, group.name)
            net = effect_of(*over_seeds_and_draws(numbers, _net_of(label, group.name)))
            placebo = effect_of(np.array([found.placebo[group.name].net for found in seeds if found.placebo]), np.zeros(0))
            few = people < FEWEST
            if few:
                effect, net, placebo = unreported(effect), unreported(net), unreported(placebo)
            policy = _per_thousand([found.tallies[label, group.name] for found in seeds], few)
            nothing = _per_thousand([found.placebo[group.name] for found in seeds if found.placebo], few)
            row = (
                question.base.name, label, primary.id, primary.unit, primary.better, group.name, group.means, people,
                effect.value, effect.low_luck, effect.high_luck, effect.low, effect.high, effect.worlds, effect.draws,
                *policy, *nothing, net.value, net.low_luck, net.high_luck, net.low, net.high,
                placebo.value, placebo.low_luck, placebo.high_luck, TOO_FEW if few else "",
            )  # fmt: skip
            rows.append(row)
    return pd.DataFrame(rows, columns=GROUP_COLUMNS).drop_duplicates(["other", "group"], ignore_index=True)


def _per_thousand(tallies: list[Tally], few: bool) -> tuple[float, float]:
    """People helped and harmed per 1,000, over all these worlds."""
    people = sum(tally.people for tally in tallies)
    if few or people == 0:
        return np.nan, np.nan
    return tuple(1000.0 * sum(getattr(tally, name) for tally in tallies) / people for name in ("helped", "harmed"))


def people_table(question: Question, numbers: list[Numbers]) -> pd.DataFrame:
    """Each person of the primary group whose primary outcome, or its date, differs, in the worlds kept for it.

    `reading` is "helped" or "harmed", or, where the outcome is the same, "later" or "earlier".
    """
    outcome = question.primary
    parts = []
    for found in numbers:
        for label in question.labels:
            if label not in found.stretches:
                continue
            base, other = found.stretches[BASE], found.stretches[label]
            at_risk = outcome.at_risk(base.start) & masks_of(question, base.start)[question.group.name]
            ours, theirs = (outcome.values(stretch, at_risk) for stretch in (base, other))
            gain = gain_of(outcome, ours, theirs)
            weeks = [_first_week(outcome, stretch) for stretch in (base, other)]
            moved = np.where(np.isfinite(weeks[0]) & np.isfinite(weeks[1]), weeks[1] - weeks[0], 0.0)
            reading = np.select(
                [gain > 0, gain < 0, moved > 0, moved < 0], ["helped", "harmed", "later", "earlier"], default="same"
            )
            who = np.flatnonzero(at_risk & (reading != "same"))
            parts.append(pd.DataFrame({
                "base": question.base.name, "other": label, "seed": found.task.seed,
                "person": base.start["person"][who], "reading": reading[who],
                "base_value": ours[who], "other_value": theirs[who],
                "base_week": weeks[0][who], "other_week": weeks[1][who],
            }))  # fmt: skip
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({name: [] for name in PEOPLE_COLUMNS})
    return table.astype({"base_week": "Int64", "other_week": "Int64"})[PEOPLE_COLUMNS]


def _first_week(outcome: Outcome, stretch: object) -> np.ndarray:
    """The world's week of each person's first event of the kind that an outcome asks about, not a number for never."""
    first = np.full(len(stretch.start), np.nan)
    if outcome.event:
        week = stretch.lives.first(outcome.event)
        first = np.where(week < stretch.weeks, week + stretch.first_week, np.nan)
    return first


def partings_table(question: Question, numbers: list[Numbers]) -> pd.DataFrame:
    """Until when each pair of worlds is the same, and the first people whose lives differ, a row each."""
    rows = []
    for found in numbers:
        for label, parting in found.partings.items():
            common = {
                "base": question.base.name, "other": label, "seed": found.task.seed, "same_until": question.first_week,
                "reached_from": parting.reached_week, "week": parting.week, "people_that_week": parting.people,
                "reached": parting.reached, "reached_and_parted": parting.reached_and_parted,
                "only_parted": parting.only_parted,
            }  # fmt: skip
            rows += [
                {**common, "person": one.person, "in_base": one.in_base, "in_other": one.in_other, "reached_by": one.reached_by}
                for one in parting.first
            ] or [{**common, "person": None, "in_base": "", "in_other": "", "reached_by": ""}]
    table = pd.DataFrame(rows, columns=PARTING_COLUMNS)
    return table.astype(dict.fromkeys(("reached_from", "week", "person"), "Int64"))


PARTING_COLUMNS = (
    "base other seed same_until reached_from week people_that_week reached reached_and_parted only_parted person in_base "
    "in_other reached_by"
).split()
"""Columns of `partings.csv`: `reached_from` is the first week in which a policy of one world alone reaches somebody, `week` the
first in which lives differ; `reached_and_parted` and `only_parted` count lives that differ up to the horizon."""


def parting_in_words(question: Question, numbers: list[Numbers], label: str) -> list[str]:
    """Identical until, only because: the same until when, who parts first and why, and how many lives ever differ."""
    found = [each.partings[label] for each in numbers if label in each.partings]
    if not found:
        return []
    parted = [each for each in found if each.week is not None]
    if not parted:
        return [f"No life differs in any of {len(found)} pairs of worlds up to the horizon."]
    weeks = sorted({each.week for each in parted})
    first = [one for each in parted for one in each.first]
    reached = sum(bool(one.reached_by) for one in first)
    when = f"in week {weeks[0]}" if len(weeks) == 1 else f"between week {weeks[0]} and week {weeks[-1]}"
    lives = [np.mean([getattr(each, name) for each in found]) for name in ("reached_and_parted", "only_parted", "reached")]
    people, (parted_too, only_parted, all_reached) = np.mean([each.people for each in parted]), lives
    began = (
        f"The first lives to part do so {when}: {words.number(people, 10)} in a mean pair of worlds. Of {len(first)} of them "
        f"looked at, {reached} are covered by a policy that only one world has."
    )
    ever = (
        f"Up to the horizon, {words.number(parted_too, 10)} of the {words.number(all_reached, 10)} people covered live another "
        f"life in some event, and {words.number(only_parted, 10)} whom none covers, through ties, kin or places."
    )
    lines = [began, ever]
    told = next((each.first[0] for each in parted if each.first), None)
    if told is not None:
        by = f", covered by {told.reached_by}" if told.reached_by else ", covered by none"
        lines.append(
            f"For example person {told.person} of seed {_seed_of(numbers, label)}{by}, week {parted[0].week}: in "
            f"{question.base.name}: {told.in_base}; in {label}: {told.in_other}."
        )
    return lines


def _seed_of(numbers: list[Numbers], label: str) -> int:
    return next(each.task.seed for each in numbers if label in each.partings and each.partings[label].first)
