"""The head of a report: five questions that every reader has, answered in a few sentences each."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from analysis import words
from analysis.figures_ledger import group_name
from analysis.page import paragraph
from simulation.parameters import PARAMETERS

NAMED = 6
"""How many groups or outcomes are named at most."""


def in_short(effects: Any, command: str) -> str:
    """Five questions and their answers, as HTML."""
    answers: list[tuple[str, Iterable[str]]] = [
        ("What was asked?", what_was_asked(effects)),
        ("What is the answer, and how sure?", how_sure(effects)),
        ("Who loses?", who_loses(effects)),
        ("What does it rest on most?", what_it_rests_on(effects)),
        ("How do I repeat it?", how_to_repeat(command)),
    ]
    told = "".join(
        f"<dt>{escape(question)}</dt><dd>{''.join(paragraph(line) for line in lines)}</dd>" for question, lines in answers
    )
    return f"<dl class='short'>{told}</dl>"


def what_was_asked(effects: Any) -> list[str]:
    """What differs between the worlds, what was judged, among whom and when."""
    question = effects.question
    asked = list(dict.fromkeys(other.question for other in question.others if other.question))
    worlds = f"{question.base.name} and in {' and in '.join(question.labels)}"
    outcome = question.primary.id.replace("_", " ")
    span = f"over {words.weeks_in_words(question.horizon)} from week {question.first_week}"
    judged = (
        f"The same made-up people with the same luck live in {worlds}. Judged, and named before running: {outcome} "
        f"({question.primary.means}); {span}; among {question.whom}."
    )
    return [*asked[:NAMED], judged]


TWO_INTERVALS = (
    "Luck alone is what other runs of chance would give. If our assumptions are off is what other plausible values of numbers "
    "that nobody has measured well would give: that is how sure the answer is. The first is a 95 % interval. The second is the "
    "middle 95 % of the draws and never narrower than the first; from few draws it holds less than 95 % (about 90 % from 32)."
)


def how_sure(effects: Any) -> list[str]:
    """The answer to each comparison, with what comes of it at another fit."""
    several = len(effects.answers) > 1
    lines = [
        f"{f'{answer.other}: ' if several else ''}{answer.sentence} {answer.other_fits}".strip() for answer in effects.answers
    ]
    return [*effects.ranking_in_words, *lines, TWO_INTERVALS]


def who_loses(effects: Any) -> list[str]:
    """Who fares worse: people under shared luck beside the placebo, groups, and other outcomes."""
    question = effects.question
    several = len(question.labels) > 1
    lines = []
    for label in question.labels:
        name = f"{label}: " if several else ""
        lines.append(f"{name}{_people_who_lose(effects, label)} {_groups_that_lose(effects, label)}")
        lines.append(f"{name}{_outcomes_that_lose(effects, label)}")
    return lines


def _people_who_lose(effects: Any, label: str) -> str:
    rows = effects.ledger[effects.ledger["other"] == label].set_index("pair")
    if rows.loc["policy", "people"] == 0:
        return "Nobody was at risk, so nobody can be said to lose."
    rate = 1000.0 * rows[["helped", "harmed"]].astype(float).div(rows["people"].clip(lower=1), axis=0)
    said = (
        f"Of every 1,000 {effects.question.whom}, {words.number(rate.loc['policy', 'harmed'])} fare worse on this outcome than "
        f"in their other life and {words.number(rate.loc['policy', 'helped'])} better"
    )
    if rows.loc["placebo", "worlds"] > 0:
        said += (
            f"; a change that means nothing moves {words.number(rate.loc['placebo', 'harmed'])} and "
            f"{words.number(rate.loc['placebo', 'helped'])}"
        )
    return f"{said} ({words.SHARED_LUCK})."


def _groups_that_lose(effects: Any, label: str) -> str:
    groups = effects.groups[(effects.groups["other"] == label) & (effects.groups["note"] == "")]
    if groups.empty:
        return "No group is large enough to say more."
    worse = [group_name(row.group, effects.question) for row in groups.itertuples() if is_worse(row, row.better)]
    may = [group_name(row.group, effects.question) for row in groups.itertuples() if may_be_worse(row, row.better)]
    said = f"None of {len(groups)} groups is worse off beyond luck."
    if worse:
        said = f"Groups worse off beyond luck: {_named(worse)}."
    if may:
        said += f" The range over assumptions reaches past no effect, to slight or greater harm, for: {_named(may)}."
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
        said = f"Other outcomes that get worse beyond luck (exploratory): {_named(worse)}."
    return f"{said} Under some draws of the assumptions these may: {_named(may)}." if may else said


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
        return bool(row.high > max(0.0, row.high_luck))
    return bool(row.low < min(0.0, row.low_luck))


def _named(names: list[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{', '.join(names[:NAMED])}{more}"


def what_it_rests_on(effects: Any) -> list[str]:
    """The assumptions that the range comes from, with their grade of evidence, and how many have none."""
    lines = []
    for answer in effects.answers:
        name = f"{answer.other}: " if len(effects.answers) > 1 else ""
        if answer.sources:
            lines.append(f"{name}{answer.sources}{_graded(answer.assumptions)}")
    if effects.drawn:
        kinds = pd.Series([PARAMETERS[name].basis for name in effects.drawn]).value_counts()
        known = int(kinds.get("measured", 0) + kinds.get("calibrated", 0))
        lines.append(
            f"Of {len(effects.drawn)} numbers that were varied, published figures inform {known} and bound "
            f"{int(kinds.get('bounded', 0))}; {int(kinds.get('assumed', 0))} rest on theory alone. The model's other numbers "
            "stood still."
        )
    else:
        lines.append("How far it rests on assumptions was not asked: none was varied.")
    return lines + effects.notes


def _graded(assumptions: tuple[tuple[str, float], ...]) -> str:
    """The grade of evidence of each assumption that stands out."""
    if not assumptions:
        return ""
    grades = {"measured": "read in a published source", "calibrated": "informed by a published figure",
              "bounded": "bounded by published figures", "assumed": "theory alone"}  # fmt: skip
    told = [f"{name} ({grades.get(PARAMETERS[name].basis, PARAMETERS[name].basis)})" for name, _ in assumptions]
    return f" Their evidence: {', '.join(told)}."


def how_to_repeat(command: str) -> list[str]:
    """The two ways of having it again."""
    alone = (
        "With this page alone: `recovery repeat report.html` lives all worlds again from the receipt inside it, and says "
        "whether every number is the same."
    )
    return [alone, f"From the scenario files: `{command}`."]
