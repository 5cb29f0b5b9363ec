"""Several worlds ranked on the primary outcome, the base world among them: which is better than which, and how sure that is."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from analysis.intervals import LEVEL
from analysis.pairing import Question
from analysis.simultaneous import Ranking, rank_policies
from analysis.worlds import Numbers, difference, over_seeds_and_draws

RANKING_COLUMNS = (
    "better worse outcome unit group difference low_luck high_luck low high level worlds draws draws_better draws_same sure"
).split()
"""Columns of `ranking.csv`: a row a pair of worlds, the better one first; the intervals over luck hold for all rows at once."""

BEST_COLUMNS = "world rank effect low_luck high_luck low high draws draws_best regret regret_most".split()
"""Columns of `best.csv`: the base world has no effect against itself; intervals over luck hold for all rows at once."""


def ranking_of(question: Question, numbers: list[Numbers]) -> Ranking | None:
    """The base world and the others ranked on the primary outcome; None where nobody is at risk in any world.

    Raises nothing for worlds that are equal: they share their place, and their difference is exactly 0.
    """
    columns = [_differences(question, numbers, label) for label in question.labels]
    seeds, draws = (np.column_stack([np.zeros_like(parts[0]), *parts]) for parts in zip(*columns, strict=True))
    if not np.isfinite(seeds).all(axis=1).any() or question.primary.better not in ("lower", "higher"):
        return None
    return rank_policies([question.base.name, *question.labels], seeds, draws, question.primary.better)


def _differences(question: Question, numbers: list[Numbers], label: str) -> tuple[np.ndarray, np.ndarray]:
    """Paired differences of one world to the base world over seeds, shape (worlds,), and over draws, shape (draws,)."""
    primary, group = question.primary.id, question.group.name
    return over_seeds_and_draws(numbers, lambda found: difference(found, label, primary, group))


def ranking_table(question: Question, ranking: Ranking) -> pd.DataFrame:
    """Each world against each that is ranked below it, a row a pair."""
    primary, group = question.primary, question.group.name
    rows = []
    for pair in ranking.pairs:
        effect = pair.effect
        ends = (effect.value, effect.low_luck, effect.high_luck, effect.low, effect.high, LEVEL, effect.worlds, effect.draws)
        rows.append((pair.first, pair.second, primary.id, primary.unit, group, *ends, pair.won, pair.tied, pair.sure))
    return pd.DataFrame(rows, columns=RANKING_COLUMNS)


def best_table(ranking: Ranking) -> pd.DataFrame:
    """Each world's place, its effect against the base world, in how many draws it is the best, and its regret over them."""
    each = zip(ranking.names, ranking.effects, ranking.best, ranking.regret, strict=True)
    rows = [
        (name, at, effect.value, effect.low_luck, effect.high_luck, effect.low, effect.high, ranking.draws, best, *regret)
        for at, (name, effect, best, regret) in enumerate(each, start=1)
    ]
    table = pd.DataFrame(rows, columns=BEST_COLUMNS)
    if ranking.draws == 0:
        table["draws_best"] = math.nan
    return table


def unit_in_words(question: Question) -> str:
    """What follows a number of the primary outcome's unit: "of every 1,000 people flagged without cause relapse"."""
    opening = question.primary.opening.format(people=question.whom)
    return f"{opening[0].lower()}{opening[1:]} {question.primary.phrase}"
