"""What a reader of a comparison must be told beside its numbers: what they cannot show, and what they rest on."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.flags import is_about_flags, levers_that_differ
from analysis.outcomes import Outcome, is_recovering
from analysis.pairing import Question, judged_otherwise
from analysis.subgroups import EVERYONE, FEWEST
from analysis.tables import NOBODY
from analysis.words_of_effects import few_draws, nothing_differs
from analysis.worlds import Numbers
from simulation.mechanisms import switched_off
from simulation.parameters import PARAMETERS

FALLS_BY_ETHNICITY = {
    "unjustified_flags", "flag_once", "review_date", "just_handling", "just_officers", "accountability",
    "stage_aware_policing", "policing", "seal_records", "employers_not_asking", "independent_advocate",
    "supported_employment", "community_sentences", "prison_visits", "parenting_support",
}  # fmt: skip
"""Levers on policing, flags, records, prison and hiring, which may fall differently on people of different ethnicity."""


NOT_BY_ETHNICITY = "This comparison cannot show effects by ethnicity"
"""How the note begins that a report repeats where it says who loses."""


def notes_on(question: Question, table: pd.DataFrame, reach: pd.DataFrame) -> list[str]:
    """Notes on a comparison, in sentences; `table` and `reach` are those of its effects."""
    return [
        *_on_reach(reach),
        *_on_nobody(question, table),
        *_on_small_groups(question, table),
        *_on_unknown(question, table),
        *caveats_on(question),
    ]


def caveats_on(question: Question) -> list[str]:
    """Notes on what was asked, whatever came of it: what it cannot show, and what it takes for granted."""
    return [
        *judged_otherwise(question),
        *_on_layers(question),
        *_on_personal_recovery(question),
        *_on_flags(question),
        *_on_ethnicity(question),
    ]


def on_few_draws(numbers: Sequence[Numbers]) -> list[str]:
    """A note on a range over assumptions from few draws; none where no pair of worlds differs in anything that was asked."""
    differences = [pair.other - pair.base for found in numbers for pair in found.pairs.values()]
    few = few_draws(sum(found.task.draw is not None for found in numbers))
    return [few] if few and not nothing_differs(differences) else []


def _on_reach(reach: pd.DataFrame) -> list[str]:
    """Policies and experiments that met nobody, or stood at the end of their range."""
    notes = []
    if not reach.empty:
        for line in reach[reach["note"] != ""].itertuples():
            what = "reached nobody" if line.note == NOBODY else f"was {line.note}"
            named = line.lever if line.lever.startswith("experiment") else f"policy on {line.lever}"
            notes.append(f"{line.other}: the {named} for {line.whom} {what}.")
    return notes


def _on_nobody(question: Question, table: pd.DataFrame) -> list[str]:
    """Outcomes that could happen to nobody, said once for all of those that need the same people."""
    empty = set(table.loc[(table["people"] == 0) & (table["group"] == question.group.name), "outcome"])
    needing: dict[str, list[Outcome]] = {}
    for outcome in question.outcomes:
        if outcome.id in empty:
            needing.setdefault(outcome.at_risk_is, []).append(outcome)
    among = "" if question.group.name == EVERYONE else f" among {question.group.means}"
    notes = []
    for is_so, outcomes in needing.items():
        if outcomes[0].at_risk is is_recovering:
            follows = f"nobody can {' or '.join(outcome.phrase for outcome in outcomes if outcome.phrase)}"
        else:
            follows = f"nothing can be said of {', '.join(outcome.id for outcome in outcomes)}"
        notes.append(f"Nobody{among} {is_so} in the first week, week {question.first_week}, so {follows}.")
    return notes


def _on_small_groups(question: Question, table: pd.DataFrame) -> list[str]:
    """Groups of which too few people are at risk; nobody at all in the primary group is told with the outcomes."""
    counted = table["unit"].ne("") & ~table["unit"].str.contains("100 flags")
    told = (table["people"] == 0) & table["group"].isin([EVERYONE, question.group.name])
    small = table[(table["people"] < FEWEST) & counted & ~told]
    notes = []
    for group, rows in small.groupby("group"):
        whole = set(table.loc[counted & (table["group"] == group), "outcome"])
        few = list(dict.fromkeys(rows["outcome"]))
        of = "" if set(few) == whole else f" of {', '.join(few)}"
        people = _few(rows["people"].max())
        notes.append(f"Group {group!r} has {people} a world at risk{of}, fewer than {FEWEST}: too few to read anything into.")
    own = ~table["group"].isin([EVERYONE, question.group.name])
    for group, rows in table[counted & own & (table["people"] >= FEWEST) & (table["known"] < FEWEST)].groupby("group"):
        of = ", ".join(dict.fromkeys(rows["outcome"]))
        notes.append(f"In group {group!r}, {of} is known of fewer than {FEWEST} people a world: not reported.")
    return notes


def _on_unknown(question: Question, table: pd.DataFrame) -> list[str]:
    """Outcomes that have no value for some of those at risk, so that a policy may change of whom it is known."""
    rows = table[(table["group"] == question.group.name) & (table["known"] < table["people"])].drop_duplicates("outcome")
    return [
        f"{row.outcome} is known of {row.known:,.0f} of {row.people:,.0f} people at risk in a mean base world, and in each "
        "world of its own: a difference may be one of whom it is known of."
        for row in rows.itertuples()
    ]


def _few(people: float) -> str:
    """How many people at risk, in words."""
    return "fewer than one person" if 0 < people < 1 else "1 person" if round(people) == 1 else f"{people:.0f} people"


def _on_layers(question: Question) -> list[str]:
    """Worlds that live by a part of the model with the numbers of the whole of it."""
    told = [scenario.layer_warning for scenario in (question.base, *question.others)]
    return [said for said in dict.fromkeys(told) if said]


def _on_personal_recovery(question: Question) -> list[str]:
    """An outcome made of what is held still."""
    if not any(outcome.id == "personal_recovery" for outcome in question.outcomes):
        return []
    notes = []
    for scenario, label in zip((question.base, *question.others), (question.base.name, *question.labels), strict=True):
        still = {state for mechanism in switched_off(scenario.layer, scenario.switch_off) for state in mechanism.holds}
        held = [state for state in ("identity", "hope") if state in still]
        if held:
            are = "are each" if len(held) > 1 else "is"
            notes.append(f"In {label}, {' and '.join(held)} {are} held at a mean: personal_recovery, which is made of identity, "
                         "hope and roles, means nothing there.")  # fmt: skip
    return notes


def _on_flags(question: Question) -> list[str]:
    """What stands beside every result on flags: how often they are raised without cause is not known."""
    if not is_about_flags(question):
        return []
    rate = PARAMETERS["unjustified_flag_rate"]
    said = (
        f"No study measures police flags. Beside what a scenario sets, {rate.default:.1%} of people with a record are assumed "
        f"to be flagged without cause in a year ({rate.low:.2%} to {rate.high:.0%} in the draws); what a flag does to a person "
        "is assumed too."
    )
    return [said]


def _on_ethnicity(question: Question) -> list[str]:
    """What stands beside a result on policing, flags, records, prison or hiring among people who belong to no groups."""
    levers = set().union(*(levers_that_differ(question.base, other) for other in question.others))
    falls = bool(levers & FALLS_BY_ETHNICITY) or is_about_flags(question)
    if question.base.population_groups or not falls:
        return []
    said = (
        f"{NOT_BY_ETHNICITY}, as its people belong to no groups. In a study of employers (Agan and Starr), "
        "hiding records widened a racial gap in callbacks: a scenario that defines population groups can look."
    )
    return [said]
