"""The head of a report: five questions that every reader has, answered in a few sentences each."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

import numpy as np

from analysis import words
from analysis.figures_ledger import group_name
from analysis.intervals import LEVEL
from analysis.notes import NOT_BY_ETHNICITY
from analysis.page import paragraph
from analysis.report_rests import rests_on_luck_only, what_differs, what_it_rests_on
from analysis.subgroups import FEWEST
from analysis.worlds import difference, over_seeds_and_draws
from simulation.cohort import load_cohort
from simulation.history import version

NAMED = 6
"""How many groups or outcomes are named at most."""


def in_short(effects: Any, command: str) -> str:
    """Five questions and their answers, as HTML."""
    answers: list[tuple[str, Iterable[str]]] = [
        ("What was asked?", what_was_asked(effects)),
        ("What is the answer, and how sure?", how_sure(effects)),
        ("Who loses?", who_loses(effects)),
        ("What does it rest on most?", what_it_rests_on(effects)),
        ("How do I repeat it?", how_to_repeat(command, effects.ran, effects.seconds)),
    ]
    told = "".join(
        f"<dt>{escape(question)}</dt><dd>{''.join(paragraph(line) for line in lines)}</dd>" for question, lines in answers
    )
    return f"<dl class='short'>{told}</dl>"


def what_was_asked(effects: Any) -> list[str]:
    """What differs between the worlds, what was judged, among whom and when."""
    question = effects.question
    base = question.base
    alike = " ".join(base.describe()[:1] + [said for said in base.describe()[1:-1] if not said.startswith("Cost of")])
    lines = [f"In the world {base.name}: {alike} (The cohort: {load_cohort(base.cohort).means}.)"]
    for label, other in zip(question.labels, question.others, strict=True):
        differs = " ".join(what_differs(base, other)) or "assumptions or the layer of the model differ, no policy does."
        asked = f" Asked: “{other.question}”" if other.question else ""
        lines.append(f"In the world {label}, the same people with the same luck, but: {differs}{asked}")
    span = f"over {words.weeks_in_words(question.horizon)} from week {question.first_week}"
    lines.append(
        f"Judged, and named before running: {question.primary.id.replace('_', ' ')} ({question.primary.means}); {span}; among "
        f"{question.whom}. Nobody in these worlds is real."
    )
    return lines


TWO_INTERVALS = (
    "“Luck alone” is what other runs of chance would give (a 95 % interval): it shrinks with more worlds. “If our assumptions "
    "are off” is what other values of numbers that nobody has measured well, {whose}, would give: that is how sure the answer "
    "is, of a policy as strong as stated. It is the middle 95 % of {draws} draws of them, holds the range over luck, and covers "
    "less of what might be true than 95 % where draws are few (about {held:.0%} here)."
)


WHOSE = {"posterior": "with which the model meets published figures about as well", "ranges": "each plausible by itself"}


def _two_intervals(draws: int, over: str) -> str:
    """What the two ranges are; from n draws their middle 95 % holds .95 (n - 1) / (n + 1) on average (docs/intervals.md)."""
    return TWO_INTERVALS.format(draws=draws, whose=WHOSE[over], held=LEVEL * (draws - 1) / (draws + 1))


def how_sure(effects: Any) -> list[str]:
    """The answer to each comparison, with what comes of it at another fit."""
    several = len(effects.answers) > 1
    lines = []
    for answer in effects.answers:
        name = f"{answer.other}: " if several else ""
        lines.append(" ".join([f"{name}{answer.sentence}", *_levels(effects, answer), answer.other_fits]).strip())
        lines += [line for line in (answer.reliance, answer.per_flags, answer.reached) if line]
    two = [_two_intervals(effects.draws, effects.over)] if effects.draws >= 2 else []
    return [*effects.ranking_in_words, *lines, *two]


def _levels(effects: Any, answer: Any) -> list[str]:
    """What the difference is a difference of, and how to read its range over assumptions, in sentences."""
    row = effects.primary(answer.other)
    if answer.effect.is_nothing or not np.isfinite(row.base_value):
        return []
    like = max(abs(row.base_value), abs(row.other_value))
    values = [words.number(value, like) for value in (row.base_value, row.other_value)]
    said = [f"That is {values[1]} {row.unit} in {answer.other} instead of {values[0]} in {row.base}."]
    if row.unit.endswith("per 1,000 people") and not row.unit.startswith("people") and abs(row.effect) >= 1000:
        way = "fewer" if row.effect < 0 else "more"
        said.append(f"For each person that is {words.number(abs(row.effect) / 1000)} {way} {row.unit.split(' per ')[0]}.")
    if rests_on_luck_only(row):
        said.append("In the draws it stayed within the range over luck.")
    elif np.isfinite(row.low) and max(abs(row.low), abs(row.high)) > abs(row.base_value) / 2:
        said.append(f"In the draws {row.base} itself differs too, so the range may reach beyond what these two figures suggest.")
    middle = _middle_draw(effects, answer.other)
    if np.isfinite(middle):
        said.append(f"The middle one of the draws gives {words.signed(middle, abs(answer.effect.value))}.")
    return said


def _middle_draw(effects: Any, label: str) -> float:
    """The primary effect that half of the draws lie below, in its unit; not a number with fewer than two draws."""
    question = effects.question
    key = question.primary.id, question.group.name
    _, drawn = over_seeds_and_draws(effects.numbers, lambda found: difference(found, label, *key))
    known = drawn[np.isfinite(drawn)]
    return float(np.median(known)) if len(known) >= 2 else float("nan")


def who_loses(effects: Any) -> list[str]:
    """Who fares worse: people under shared luck beside the placebo, groups, and other outcomes."""
    question = effects.question
    several = len(question.labels) > 1
    lines = []
    for label in question.labels:
        name = f"{label}: " if several else ""
        lines.append(f"{name}{_people_who_lose(effects, label)} {_groups_that_lose(effects, label)}")
        lines.append(f"{name}{_outcomes_that_lose(effects, label)}")
    if several:
        pair = " ".join(question.labels[-2:])
        lines.append(f"Who gains and loses between two of the other worlds: compare them alone, as in `recovery compare {pair}`.")
    return lines + [note for note in effects.notes if note.startswith(NOT_BY_ETHNICITY)]


def _people_who_lose(effects: Any, label: str) -> str:
    rows = effects.ledger[effects.ledger["other"] == label].set_index("pair")
    if rows.loc["policy", "people"] == 0:
        return "Nobody was at risk, so nobody can be said to lose."
    rate = 1000.0 * rows[["helped", "harmed"]].astype(float).div(rows["people"].clip(lower=1), axis=0)
    said = (
        f"Of every 1,000 {effects.question.whom}, all worlds taken together, {words.number(rate.loc['policy', 'harmed'])} fare "
        f"worse on this outcome than in their other life and {words.number(rate.loc['policy', 'helped'])} better"
    )
    if rows.loc["placebo", "worlds"] > 0:
        said += (
            f"; a change that means nothing moves {words.number(rate.loc['placebo', 'harmed'])} and "
            f"{words.number(rate.loc['placebo', 'helped'])}"
        )
    return f"{said} ({words.SHARED_LUCK})."


def _groups_that_lose(effects: Any, label: str) -> str:
    rows = effects.groups[effects.groups["other"] == label]
    rows = rows[rows["group"] != effects.question.group.name]
    groups, few = rows[rows["note"] == ""], [group_name(one, effects.question) for one in rows.loc[rows["note"] != "", "group"]]
    if groups.empty:
        return "No group is large enough to say more."
    worse = [group_name(row.group, effects.question) for row in groups.itertuples() if is_worse(row, row.better)]
    may = [group_name(row.group, effects.question) for row in groups.itertuples() if may_be_worse(row, row.better)]
    open_to_luck = [group_name(row.group, effects.question) for row in groups.itertuples() if luck_leaves_harm(row, row.better)]
    said = f"None of {len(groups)} groups within them is worse off beyond luck."
    if worse:
        said = f"Groups worse off beyond luck: {_named(worse)}."
    if may:
        said += f" The range over assumptions reaches past no effect, to slight or greater harm, for: {_named(may)}."
    if open_to_luck:
        said += f" Luck alone leaves it open whether these are slightly worse off: {_named(open_to_luck)}."
    if few:
        said += f" Nothing is said of groups under {FEWEST} people: {', '.join(few)}."
    return said


def _outcomes_that_lose(effects: Any, label: str) -> str:
    table = effects.table
    rows = table[(table["other"] == label) & (table["group"] == effects.question.group.name) & ~table["primary"]]
    rows = rows[~rows["unit"].str.contains("100 flags") & rows["effect"].notna()]
    worse = [row.outcome.replace("_", " ") for row in rows.itertuples() if is_worse(row, row.better)]
    may = [row.outcome.replace("_", " ") for row in rows.itertuples() if may_be_worse(row, row.better)]
    if rows.empty:
        return "Nothing can be said of other outcomes."
    said = f"None of {len(rows)} other outcomes gets worse beyond luck (exploratory)."
    if worse:
        said = f"Other outcomes that get worse beyond luck (exploratory): {', '.join(worse)}."
        perhaps = [
            row.outcome.replace("_", " ") for row in rows.itertuples() if is_worse(row, row.better) and row.low < 0 < row.high
        ]
        if perhaps:
            said += f" Under some draws of the assumptions these get better: {', '.join(perhaps)}."
    if may:
        said += f" Under some draws of the assumptions these may get worse: {_named(may)}."
    open_to_luck = [row.outcome.replace("_", " ") for row in rows.itertuples() if luck_leaves_harm(row, row.better)]
    if open_to_luck:
        said += f" Luck alone leaves it open whether these get worse: {_named(open_to_luck)}."
    return said


def is_worse(row: Any, better: str) -> bool:
    """Whether an effect is for the worse, and luck alone would not give that."""
    if better not in ("lower", "higher") or not (np.isfinite(row.low_luck) and np.isfinite(row.high_luck)):
        return False
    return bool(row.low_luck > 0 if better == "lower" else row.high_luck < 0)


def may_be_worse(row: Any, better: str) -> bool:
    """Whether an effect may be for the worse under some of the assumptions, though it is not beyond luck as they stand."""
    if better not in ("lower", "higher") or not (np.isfinite(row.low) and np.isfinite(row.high)) or is_worse(row, better):
        return False
    # The wide interval always holds that over luck: only where it reaches further do the draws themselves say so.
    if better == "lower":
        return bool(row.high > max(0.0, row.high_luck)) and not _is_next_to_nothing(row.high, row)
    return bool(row.low < min(0.0, row.low_luck)) and not _is_next_to_nothing(row.low, row)


def _is_next_to_nothing(end: float, row: Any) -> bool:
    """Whether an end of an interval is shown as 0 beside its effect."""
    return words.number(end, (abs(row.low) + abs(row.high)) / 4) == "0"


def luck_leaves_harm(row: Any, better: str) -> bool:
    """Whether an effect may be for the worse as far as luck goes, and the draws reach no further than that."""
    if better not in ("lower", "higher") or not (np.isfinite(row.low_luck) and np.isfinite(row.high_luck)):
        return False
    harm = row.high_luck > 0 if better == "lower" else row.low_luck < 0
    return bool(harm) and not is_worse(row, better) and not may_be_worse(row, better)


def _named(names: list[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{', '.join(names[:NAMED])}{more}"


def how_to_repeat(command: str, ran: Any, seconds: float) -> list[str]:
    """The two ways of having it again, and what is needed for them; how long it took where every world was lived for it."""
    took = f", which took {words.seconds_in_words(seconds)} here" if not ran.reused and seconds >= 1 else ""
    needed = (
        f"Needed: Python 3.11 or later, and a copy of the project recovery-journeys, version {version()}; in that folder, "
        "`python3 -m venv .venv && .venv/bin/pip install .` installs the command `recovery` as `.venv/bin/recovery`."
    )
    alone = (
        "With this page alone, whatever the file is called: `recovery repeat report.html` lives all "
        f"{ran.lived + ran.reused:,} worlds again from the "
        f"receipt inside it{took}, and says whether every number is the same. `--quick 3` lives three pairs only."
    )
    return [needed, alone, f"From the scenario files: `{command}`."]
