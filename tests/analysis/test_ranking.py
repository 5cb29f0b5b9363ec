"""Several policies ranked on the same worlds, the base world among them: tables and sentences of a comparison."""

from __future__ import annotations

import numpy as np
import pytest

from analysis import compare
from analysis.ranking import best_table, ranking_of, ranking_table
from analysis.worlds import Numbers, Pair, Task

LABELS = ("the-visit", "independent-advocates")


@pytest.fixture(scope="module")
def effects():
    return compare("a-year-in", list(LABELS), people=300, years=1.25, seeds=range(1, 7), draws=4, workers=1)


def test_each_world_is_set_against_each_and_pairs_add_up(effects):
    table = effects.ranking.set_index(["better", "worse"])["difference"]
    assert len(table) == 3
    np.testing.assert_allclose(
        table["a-year-in", "the-visit"],
        table["a-year-in", "independent-advocates"] + table["independent-advocates", "the-visit"],
    )
    primary = effects.table[effects.table["primary"]].set_index("other")["effect"]
    np.testing.assert_allclose([-table["a-year-in", label] for label in LABELS], primary[list(LABELS)])


def test_intervals_that_hold_at_once_are_wider_than_each_alone(effects):
    alone = effects.table[effects.table["primary"]].set_index("other")
    together = effects.best.set_index("world")
    for label in LABELS:
        assert together.loc[label, "low_luck"] < alone.loc[label, "low_luck"]
        assert together.loc[label, "high_luck"] > alone.loc[label, "high_luck"]


def test_no_visit_at_all_is_best_and_is_told_so(effects):
    best = effects.best.set_index("world")
    assert best.loc["a-year-in", ["rank", "effect"]].tolist() == [1, 0]
    assert best["draws_best"].sum() == pytest.approx(4)
    assert effects.ranking_in_words[0].startswith("From best to worst: a-year-in, then independent-advocates, then the-visit")


def test_worlds_that_are_equal_differ_by_exactly_nothing_and_share_the_draws(effects):
    question, numbers = effects.question, []
    for draw, rows in ((None, [(5, 5, 9), (4, 4, 9), (6, 6, 8)]), (0, [(5, 5, 5), (5, 4, 6)])):
        for at, row in enumerate(rows):
            one = Numbers(Task(at, draw))
            for label, value in zip(question.labels, row[1:], strict=True):
                one.pairs[label, question.primary.id, question.group.name] = Pair(100, row[0], value)
            numbers.append(one)
    ranked = ranking_of(question, numbers)
    best = best_table(ranked).set_index("world")["draws_best"].to_dict()
    assert best == pytest.approx({"a-year-in": 1 / 3, "the-visit": 1 / 3 + 1, "independent-advocates": 1 / 3})
    same = ranking_table(question, ranked).iloc[0]
    assert {same["better"], same["worse"]} == {"a-year-in", "the-visit"}
    assert (same["difference"], same["low_luck"], same["high_luck"], same["sure"]) == (0, 0, 0, False)


def test_one_other_world_is_not_ranked():
    effects = compare("a-year-in", "the-visit", people=60, years=1.25, seeds=[1, 2], draws=0, workers=1)
    assert effects.ranking.empty
    assert effects.best.empty
    assert effects.ranking_in_words == []
