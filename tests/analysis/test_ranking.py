"""Several policies ranked on the same worlds: each against each, the best over draws, and what luck leaves of it."""

from __future__ import annotations

import numpy as np
import pytest

from analysis import compare
from analysis.ranking import best_table, ranking_in_words, ranking_table
from analysis.worlds import Numbers, Pair, Task

LABELS = ("the-visit", "independent-advocates")


@pytest.fixture(scope="module")
def effects():
    return compare("a-year-in", list(LABELS), people=300, years=1.25, seeds=range(1, 6), draws=4, workers=1)


def test_each_world_is_set_against_each_and_pairs_add_up(effects):
    table = effects.ranking.set_index(["one", "other"])["difference"]
    assert len(table) == 3
    first, second = (table[label, "a-year-in"] for label in LABELS)
    np.testing.assert_allclose(table[LABELS[1], LABELS[0]], second - first)
    primary = effects.table[effects.table["primary"]].set_index("other")["effect"]
    np.testing.assert_allclose([first, second], primary[list(LABELS)])


def test_intervals_that_hold_at_once_are_wider_than_each_alone(effects):
    alone = effects.table[effects.table["primary"]].set_index("other")
    for row in effects.ranking[effects.ranking["other"] == "a-year-in"].itertuples():
        assert row.low_luck < alone.loc[row.one, "low_luck"]
        assert row.high_luck > alone.loc[row.one, "high_luck"]


def test_no_visit_at_all_is_best_and_nothing_is_lost_by_it(effects):
    best = effects.best.set_index("other")
    assert best.loc["a-year-in", "rank"] == 1
    assert best["draws_best"].sum() == pytest.approx(4)
    assert (best["regret"] >= 0).all()
    assert "a-year-in" in effects.ranked[0].split(";")[0]


def by_hand(effects, seeds, draws):
    """Sets of worlds with these primary values of the three worlds, shape (sets, 3)."""
    question, found = effects.question, []
    for draw, rows in ((None, seeds), (0, draws)):
        for at, row in enumerate(rows):
            one = Numbers(Task(at, draw))
            for label, value in zip(question.labels, row[1:], strict=True):
                one.pairs[label, question.primary.id, question.group.name] = Pair(100, row[0], value)
            found.append(one)
    return question, found


def test_worlds_that_are_equal_share_the_first_place(effects):
    question, numbers = by_hand(effects, [(5, 5, 9), (4, 4, 9), (6, 6, 8)], [(5, 5, 5), (5, 4, 6)])
    best = best_table(question, numbers).set_index("other")
    assert best.loc["a-year-in", "rank"] == best.loc["the-visit", "rank"] == 1
    assert best["draws_best"].to_dict() == pytest.approx(
        {"a-year-in": 1 / 3, "the-visit": 1 / 3 + 1, "independent-advocates": 1 / 3}
    )
    assert best["regret"].to_dict() == pytest.approx({"a-year-in": 0.5, "the-visit": 0.0, "independent-advocates": 1.0})
    table = ranking_table(question, numbers)
    same = table[(table["one"] == "the-visit") & (table["other"] == "a-year-in")].iloc[0]
    assert (same["difference"], same["low_luck"], same["high_luck"]) == (0, 0, 0)
    assert "cannot be told from luck" in ranking_in_words(question, table, best_table(question, numbers))[0]


def test_one_other_world_is_not_ranked():
    effects = compare("a-year-in", "the-visit", people=60, years=1.25, seeds=[1, 2], draws=0, workers=1)
    assert effects.ranking.empty
    assert effects.ranked == []
