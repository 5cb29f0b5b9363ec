"""Paths through states: who is where, who moves where and for how long, against a Markov chain's closed forms and by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from analysis.multistate import (
    STATES,
    Path,
    chances,
    flows,
    occupancy,
    path_of,
    spells,
    spells_summary,
    transitions,
)
from simulation.errors import ComparisonError
from simulation.state import ACTIVE, RECOVERING

OUT, IN = 0.08, 0.2
"""Chances a week of leaving the first of two states, and of coming back."""

paths = arrays.arrays(np.int8, st.tuples(st.integers(2, 9), st.integers(1, 6)), elements=st.integers(0, 3)).map(
    lambda table: Path(table, ("a", "b", "c", "d"))
)


@pytest.fixture(scope="module")
def chain() -> Path:
    """20,000 people of a chain of two states over 40 weeks, all in the first at the start."""
    rng = np.random.default_rng(np.random.SeedSequence(3))
    states = np.zeros((41, 20_000), dtype=np.int8)
    for week in range(40):
        draw = rng.random(20_000)
        states[week + 1] = np.where(states[week] == 0, draw < OUT, draw >= IN)
    return Path(states, ("here", "there"))


def test_a_two_state_chain_has_the_occupancy_of_its_closed_form(chain):
    share = occupancy(chain)["there"] / chain.people
    for week in (1, 5, 40):
        truth = OUT / (OUT + IN) * (1 - (1 - OUT - IN) ** week)
        assert share[week] == pytest.approx(truth, abs=4 * math.sqrt(truth * (1 - truth) / chain.people))


def test_a_two_state_chain_has_the_chances_and_rates_it_was_made_with(chain):
    table = transitions(chain).set_index(["from", "to"])
    for pair, truth in ((("here", "there"), OUT), (("there", "here"), IN)):
        row = table.loc[pair]
        assert row["chance"] == pytest.approx(truth, abs=4 * math.sqrt(truth * (1 - truth) / row["person_weeks"]))
        assert row["per_year"] == pytest.approx(52 * row["moves"] / row["person_weeks"])
        assert row["error"] == pytest.approx(row["per_year"] / math.sqrt(row["moves"]))


def test_chances_of_a_chain_are_powers_of_its_matrix_from_any_week_on(chain):
    step = np.array([[1 - OUT, OUT], [IN, 1 - IN]])
    for since, after in ((0, 10), (20, 20)):
        found = chances(chain, since)[after]
        assert found == pytest.approx(np.linalg.matrix_power(step, after), abs=0.02)


def test_stays_in_a_state_of_a_chain_last_as_a_geometric_law_says(chain):
    row = spells_summary(spells(chain), chain.names).set_index("state").loc["here"]
    # The share still there after t weeks is (1 - .08)^t, first at half or less at 9 weeks.
    assert row["low"] <= 9 <= row["high"]
    assert row["median_weeks"] == 9


@given(paths)
def test_every_week_finds_everybody_in_one_state_and_products_give_where_they_are(path):
    found = occupancy(path)
    assert (found.sum(axis=1) == path.people).all()
    start = found.to_numpy()[0] / path.people
    for week, matrix in enumerate(chances(path)):
        assert matrix.sum(axis=1) == pytest.approx(np.ones(4))
        assert start @ matrix * path.people == pytest.approx(found.to_numpy()[week])


@given(paths)
def test_stays_fill_the_weeks_of_every_person_and_flows_are_people(path):
    found = spells(path)
    assert found.groupby("person")["weeks"].sum().tolist() == [path.weeks] * path.people
    assert (~found["ended"]).sum() == found["began_before"].sum() == path.people
    assert (found.loc[~found["ended"], "next"] == "").all()
    (flow,) = flows(path, [0, path.weeks])
    assert flow.sum() == path.people
    assert transitions(path)["moves"].sum() == path.weeks * path.people


def test_stays_of_a_life_written_by_hand():
    path = Path(np.array([[1, 1, 2, 2, 2, 0]]).T, ("a", "b", "c"))
    rows = spells(path).drop(columns="person").to_numpy().tolist()
    assert rows == [["b", 0, 2, True, True, "c"], ["c", 2, 3, False, True, "a"], ["a", 5, 0, False, False, ""]]


def test_the_path_of_lives_puts_death_before_custody_and_custody_before_status(lives):
    events = [(1, 0, "lapse", "use"), (2, 0, "relapse", "use"), (3, 0, "custody_start"), (4, 0, "died")]
    found = lives(2, 6, events, use=RECOVERING, offending=[RECOVERING, ACTIVE])
    named = [[STATES[state] for state in person] for person in path_of(found).states.T]
    assert named[0] == ["in recovery", "in recovery", "in a lapse", "active", "in custody", "dead", "dead"]
    assert named[1] == ["active"] * 7
    free = path_of(found, "use", custody=False).states.T
    assert [STATES[state] for state in free[0]][4:] == ["active", "dead", "dead"]
    assert [STATES[state] for state in free[1]] == ["in recovery"] * 7


def test_people_dead_before_the_first_week_are_dead_throughout(lives):
    found = path_of(lives(1, 2, use=ACTIVE, alive=0))
    assert [STATES[state] for state in found.states[:, 0]] == ["dead"] * 3


def test_a_state_that_nobody_is_in_has_no_chance_of_leaving():
    table = transitions(Path(np.zeros((3, 4), dtype=np.int8), ("a", "b")))
    row = table[(table["from"] == "b") & (table["to"] == "a")].iloc[0]
    assert row["moves"] == 0
    assert math.isnan(row["chance"])
    assert math.isnan(row["per_year"])


def test_what_cannot_be_asked_of_a_path_is_told_in_words(lives):
    path = Path(np.zeros((3, 4), dtype=np.int8), ("a",))
    with pytest.raises(ComparisonError, match="rising weeks from 0 to 2"):
        flows(path, [0, 3])
    with pytest.raises(ComparisonError, match="moves between states"):
        transitions(path, 2, 2)
    with pytest.raises(ComparisonError, match="chances of states"):
        chances(path, 3)
    with pytest.raises(ComparisonError, match="each with a name"):
        Path(np.ones((3, 4), dtype=np.int8), ("a",))
    with pytest.raises(ComparisonError, match="unknown domain"):
        path_of(lives(1, 2), "sleep")


def test_few_stays_give_no_median():
    summary = spells_summary(spells(Path(np.array([[0, 1, 0, 1]]).T, ("a", "b"))), ("a", "b"))
    assert summary["note"].tolist() == ["only 1 stays began, fewer than 30", "only 2 stays began, fewer than 30"]
    assert summary["median_weeks"].isna().all()
