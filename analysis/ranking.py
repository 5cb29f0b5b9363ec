"""Several policies ranked on the primary outcome: which is better than which, and how sure that is."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from analysis import words
from analysis.intervals import LEVEL
from analysis.pairing import Question
from analysis.simultaneous import simultaneous_intervals
from analysis.worlds import Numbers, difference

RANKING_COLUMNS = (
    "one other outcome unit better group difference low_luck high_luck level worlds draws draws_one_better draws_other_better"
).split()
"""Columns of `ranking.csv`: `one` less `other`; the intervals over luck hold for all rows at once."""

BEST_COLUMNS = "other rank value draws_best draws regret".split()


def ranking_table(question: Question, numbers: list[Numbers]) -> pd.DataFrame:
    """Each world against each on the primary outcome, a row a pair, with intervals over luck that hold all at once."""
    seeds, draws = (_effects(question, numbers, drawn) for drawn in (False, True))
    names = [question.base.name, *question.labels]
    pairs = list(combinations(range(len(names)), 2))
    over_seeds = np.array([seeds[two] - seeds[one] for one, two in pairs])
    over_seeds = over_seeds[:, np.isfinite(over_seeds).all(axis=0)]
    primary = question.primary
    sign = -1.0 if primary.better == "lower" else 1.0
    rows = []
    for (one, two), (mean, low, high) in zip(pairs, simultaneous_intervals(over_seeds), strict=True):
        gain = sign * (draws[two] - draws[one])
        rows.append((
            names[two], names[one], primary.id, primary.unit, primary.better, question.group.name, mean, low, high, LEVEL,
            over_seeds.shape[1], int(np.isfinite(gain).sum()), int((gain > 0).sum()), int((gain < 0).sum()),
        ))  # fmt: skip
    return pd.DataFrame(rows, columns=RANKING_COLUMNS)


def best_table(question: Question, numbers: list[Numbers]) -> pd.DataFrame:
    """Each world's rank on the primary outcome, in how many draws it is the best, and its mean regret over draws.

    Regret is what is lost against the best world of the same draw. Worlds that are equal in a draw share it.
    """
    names = [question.base.name, *question.labels]
    sign = -1.0 if question.primary.better == "lower" else 1.0
    gains = sign * _effects(question, numbers, drawn=False)
    drawn = sign * _effects(question, numbers, drawn=True)
    drawn = drawn[:, np.isfinite(drawn).all(axis=0)]
    value = gains[:, np.isfinite(gains).all(axis=0)].mean(axis=1) if gains.size else np.full(len(names), np.nan)
    top = drawn == drawn.max(axis=0, initial=-np.inf)
    share = (top / np.maximum(top.sum(axis=0), 1)).sum(axis=1)
    regret = (drawn.max(axis=0, initial=-np.inf) - drawn).mean(axis=1) if drawn.shape[1] else np.full(len(names), np.nan)
    order = pd.Series(-value).rank(method="min")
    rows = [
        (name, order[at], sign * value[at], share[at], drawn.shape[1], regret[at]) for at, name in enumerate(names)
    ]
    return pd.DataFrame(rows, columns=BEST_COLUMNS).sort_values("rank", kind="stable", ignore_index=True)


def _effects(question: Question, numbers: list[Numbers], drawn: bool) -> np.ndarray:
    """Primary effect of each world against the base world, which is 0 against itself, shape (worlds compared, pairs)."""
    kept = [found for found in numbers if (found.task.draw is not None) == drawn]
    rows = [
        [difference(found, label, question.primary.id, question.group.name) for found in kept] for label in question.labels
    ]
    return np.array([[0.0] * len(kept), *rows], dtype=float).reshape(len(question.labels) + 1, len(kept))


def ranking_in_words(question: Question, table: pd.DataFrame, best: pd.DataFrame) -> list[str]:
    """The ranking in sentences: who comes first, what luck leaves of that, and in how many draws it holds."""
    if best["value"].isna().all():
        return []
    order = [row.other for row in best.itertuples()]
    first, second = order[0], order[1]
    pair = table[table["one"].isin([first, second]) & table["other"].isin([first, second])].iloc[0]
    sure = np.isfinite(pair["low_luck"]) and not pair["low_luck"] <= 0 <= pair["high_luck"]
    luck = "luck alone would not turn that round" if sure else "which of the first two is better cannot be told from luck"
    lines = [f"From best to worst on the primary outcome: {', '.join(order)}; {luck} (intervals that hold for all at once)."]
    draws = int(best["draws"].iloc[0])
    if draws:
        told = "; ".join(
            f"{row.other} in {row.draws_best:.3g}, {words.number(row.regret)} behind the best on average"
            for row in best.itertuples()
        )
        lines.append(f"Best in how many of {draws} draws of the assumptions ({question.primary.unit}): {told}.")
    return lines
