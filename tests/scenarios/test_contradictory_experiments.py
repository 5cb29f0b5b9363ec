"""Experiments that cannot stand together are refused, those that can are not, and those that do nothing are said to."""

from __future__ import annotations

import pytest

from simulation.errors import Problem, ScenarioError
from simulation.groups import read_whom
from simulation.rule_proof import can_hold_in_turn, can_hold_together
from simulation.scenario import Scenario
from simulation.scenario_parts import SETTABLE
from simulation.state import FIELD, ends_to_set

TIE, HOPE, WORK = 'give_tie = "well"', 'state = "hope"', 'give_role = "work"'
DECIDED, LAPSED = 'when = "decided"', 'when = "lapse"'
WOMEN, MEN, RECORD, NO_RECORD = 'whom = "women"', 'whom = "men"', 'whom = "has_record"', 'whom = "not has_record"'


def plan(*experiments: tuple[str, ...]) -> Scenario:
    return Scenario.from_text("\n".join("\n".join(["[[experiment]]", *lines]) for lines in experiments))


def refused(*experiments: tuple[str, ...]) -> Problem:
    with pytest.raises(ScenarioError) as caught:
        plan(*experiments)
    (problem,) = caught.value.problems
    return problem


TOGETHER = [
    ("ties to the end, one after the other", (TIE,), (TIE, 'from = "week 10"')),
    ("ties that last into others", (TIE, 'lasts = "11 weeks"'), (TIE, 'from = "week 10"')),
    ("ties taken and ties given", (TIE, "count = -2"), ('give_tie = "in_a_problem"',)),
    ("ties for people with a record, and later for people without one", (TIE, RECORD), (TIE, NO_RECORD, 'from = "week 10"')),
    ("ties that begin by events", (TIE, DECIDED), (TIE, LAPSED)),
    ("ties from an event and ties from a week", (TIE, DECIDED), (TIE, 'from = "week 200"')),
    ("ties that last into others of one event", (TIE, DECIDED, 'lasts = "11 weeks"'), (TIE, DECIDED, 'after = "10 weeks"')),
    ("ties that end as those before them in the file begin", (TIE, 'from = "week 10"'), (TIE, 'lasts = "10 weeks"')),
    ("one state set to two values", (HOPE, "set = 0.2"), (HOPE, "set = 0.3")),
    ("one state set for a share and then for all", (HOPE, "set = 0.2", 'covers = "50 %"'), (HOPE, "set = 0.3")),
    ("one state set by events of one week", (HOPE, "set = 0.2", DECIDED), (HOPE, "set = 0.3", LAPSED)),
    ("one state set in a week and by an event", (HOPE, "set = 0.2", DECIDED), (HOPE, "set = 0.3", 'from = "week 9"')),
    ("a role given and taken", (WORK,), ('take_role = "work"',)),
    ("a role given and set to none", (WORK,), ('state = "work"', "set = false")),
    ("two moves", ('move = "new"',), ('move = "home"', WOMEN)),
    ("a freeze and a cap", (HOPE, "freeze = true"), (HOPE, "cap = 0.3", 'from = "week 9"')),
    ("a cap and a freeze", (HOPE, "cap = 0.3"), (HOPE, "freeze = true", 'from = "week 9"')),
    ("a set while frozen", (HOPE, "freeze = true", 'lasts = "10 weeks"'), (HOPE, "set = 0.3", 'from = "week 9"')),
    ("an addition while frozen", (HOPE, "add = 0.3", LAPSED), (HOPE, "freeze = true")),
    ("a freeze by an event and a set", (HOPE, "freeze = true", DECIDED), (HOPE, "set = 0.3", 'from = "week 9"')),
]  # fmt: skip


@pytest.mark.parametrize("pair", [case[1:] for case in TOGETHER], ids=[case[0] for case in TOGETHER])
def test_two_experiments_that_may_meet_in_one_person_are_told_with_both_their_lines(pair):
    problem = refused(*pair)
    assert "line 1, [[experiment]] 1" in problem.given
    assert "[[experiment]] 2" in problem.where
    assert problem.allowed
    assert "different people (whom)" in problem.todo


APART = [
    ("ties for women and for men", (TIE, WOMEN), (TIE, MEN, 'from = "week 10"')),
    ("ties for people with and without a record in the same week", (TIE, RECORD), (TIE, NO_RECORD)),
    ("ties for people with and without a record after the same event", (TIE, DECIDED, RECORD), (TIE, DECIDED, NO_RECORD)),
    ("ties that end as others begin", (TIE, 'lasts = "10 weeks"'), (TIE, 'from = "week 10"')),
    ("ties that end before any after an event begin", (TIE, 'lasts = "9 weeks"'), (TIE, DECIDED, 'from = "week 10"')),
    ("ties one after the other after one event", (TIE, DECIDED, 'lasts = "9 weeks"'), (TIE, DECIDED, 'after = "9 weeks"')),
    ("one state set to one value twice", (HOPE, "set = 0.2"), (HOPE, "set = 0.2", WOMEN)),
    ("one state set in two weeks", (HOPE, "set = 0.2"), (HOPE, "set = 0.3", 'from = "week 1"')),
    ("one state set in the first week and after an event", (HOPE, "set = 0.2"), (HOPE, "set = 0.3", DECIDED)),
    ("one state set twice after one event", (HOPE, "set = 0.2", DECIDED), (HOPE, "set = 0.3", DECIDED, 'after = "9 weeks"')),
    ("one state set for all, then for a share of them", (HOPE, "set = 0.2"), (HOPE, "set = 0.3", 'covers = "50 %"')),
    ("one state set for different people", (HOPE, "set = 0.2", RECORD), (HOPE, "set = 0.3", NO_RECORD)),
    ("one state set and then added to", (HOPE, "set = 0.2"), (HOPE, "add = 0.3")),
    ("a role given and another taken", (WORK,), ('take_role = "family"',)),
    ("two caps", (HOPE, "cap = 0.2"), (HOPE, "cap = 0.3")),
    ("two freezes", (HOPE, "freeze = true"), (HOPE, "freeze = true", 'from = "week 9"')),
    ("a state set as its freeze begins", (HOPE, "set = 0.2"), (HOPE, "freeze = true")),
    ("a state set before it is frozen", (HOPE, "set = 0.2"), (HOPE, "freeze = true", 'from = "week 9"')),
    ("a state set when its freeze is over", (HOPE, "freeze = true", 'lasts = "9 weeks"'), (HOPE, "set = 0.2", 'from = "week 9"')),
    ("a freeze and a cap of other people", (HOPE, "freeze = true", WOMEN), (HOPE, "cap = 0.3", MEN)),
    ("a freeze and a cap of another state", (HOPE, "freeze = true"), ('state = "shame"', "cap = 0.3")),
]  # fmt: skip


@pytest.mark.parametrize("pair", [case[1:] for case in APART], ids=[case[0] for case in APART])
def test_experiments_that_no_person_meets_at_once_stand_together(pair):
    assert len(plan(*pair).experiments) == 2


def test_only_what_never_changes_tells_people_apart_at_different_times():
    record, none, women, men = (read_whom(text) for text in ("has_record", "not has_record", "women", "men"))
    assert can_hold_in_turn(record, none)
    assert not can_hold_together(record, none)
    assert not can_hold_in_turn(women, men)


def test_an_experiment_on_what_is_switched_off_is_warned_of_and_said_to_do_nothing():
    experiments = '[[experiment]]\nstate = "hope"\nset = 0.3\n[[experiment]]\nstate = "involvement"\ncap = 0.3'
    text = f'switch_off = ["hope", "roles"]\n{experiments}'
    warned = Scenario.from_text(text)
    assert warned.warnings == (
        "scenario, line 2, [[experiment]] 1: hope is switched off (hope): the experiment on it does nothing.",
        "scenario, line 5, [[experiment]] 2: involvement is switched off (roles): the experiment on it does nothing.",
    )
    assert warned.with_settings(years=1).warnings == warned.warnings
    assert warned.describe()[2].endswith("is set to 0.3. It does nothing: hope is switched off (hope).")
    free = Scenario.from_text(text.replace('"hope", "roles"', '"peers"'))
    assert free.warnings == ()
    assert "does nothing" not in " ".join(free.describe())


def test_an_experiment_on_what_a_layer_holds_is_warned_of():
    warned = Scenario.from_text('layer = "identity"\n[[experiment]]\nstate = "self_stigma"\nadd = -0.3')
    assert warned.warnings[-1].endswith("self stigma is switched off (the identity layer): the experiment on it does nothing.")
    free = Scenario.from_text('layer = "identity"\n[[experiment]]\nstate = "hope"\ncap = 1')
    assert "does nothing" not in " ".join(free.warnings)


@pytest.mark.parametrize("name", [name for name in SETTABLE if not FIELD[name].words and FIELD[name].unit != "yes/no"])
def test_a_state_can_be_set_to_its_ends_and_no_further(name):
    low, high = ends_to_set(FIELD[name])
    for value in (low, high):
        (one,) = plan((f'state = "{name}"', f"set = {value:.0f}" if value == int(value) else f"set = {value}")).experiments
        assert one.value == value
    state = f'state = "{name}"'
    assert "given" in str(refused((state, f"set = {high + 1:.0f}" if high == int(high) else f"set = {high + 1}")))
    assert f"{name} is" in refused((state, f"add = {high - low + 1:.0f}")).todo
    assert plan((state, f"add = {low - high:.0f}")).experiments[0].value == round(low - high)
