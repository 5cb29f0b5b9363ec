"""Rules on a person's state: what they mean, and what can be known about them before anybody meets them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.errors import ScenarioError
from simulation.groups import GROUPS, members, people_in_words, read_whom
from simulation.rule_proof import can_hold, can_hold_together
from simulation.state import ACTIVE, FIELDS, LAPSED, NONE, RECOVERING, STATE_DTYPE, UNJUSTIFIED


def someone(**known) -> np.ndarray:
    row = np.zeros(1, dtype=STATE_DTYPE)
    row["alive"] = 1
    for name, value in known.items():
        row[name] = value
    return row


def meets(rule: str, **known) -> bool:
    return bool(members(rule, someone(**known))[0])


@pytest.mark.parametrize(
    ("rule", "known", "met"),
    [
        ("identity < 0.4", {"identity": 0.39}, True),
        ("identity < 0.4", {"identity": 0.4}, False),
        ("0.4 > identity", {"identity": 0.39}, True),
        ("0.2 < identity <= 0.5", {"identity": 0.5}, True),
        ("0.2 < identity <= 0.5", {"identity": 0.2}, False),
        ('use == "recovering"', {"use": RECOVERING}, True),
        ("use != 'none'", {"use": NONE}, False),
        ('flag == "unjustified"', {"flag": UNJUSTIFIED}, True),
        ('service == "mental_health"', {"service": 3}, True),
        ('area == "home"', {"area": 0}, True),
        ('area != "home"', {"area": 5}, True),
        ("homeless", {"homeless": 1}, True),
        ("not homeless and woman", {"woman": 1}, True),
        ("record or woman and homeless", {"record": 1}, True),
        ("(record or woman) and homeless", {"record": 1}, False),
        ("has_record and not in_custody", {"record": 1, "custody_left": 3}, False),
        ("stigma >= 0.5", {"exposure": 0.5, "self_stigma": 0.5, "anticipated_stigma": 0.5}, True),
        ("domains == 2", {"use": ACTIVE, "mental_health": LAPSED}, True),
        ("age >= 1e1", {"age": 10}, True),
        ("identity == 1 and identity==1", {"identity": 1}, True),
    ],
)
def test_a_rule_means_what_it_says(rule, known, met):
    assert meets(rule, **known) is met


@pytest.mark.parametrize(
    ("group", "known", "outside"),
    [
        ("own_experience", {"own_experience": 1}, {}),
        ("has_record", {"record": 1}, {}),
        ("no_record", {}, {"record": 1}),
        ("flagged", {"flag": 1}, {}),
        ("flagged_without_cause", {"flag": 2}, {"flag": 1}),
        ("in_custody", {"custody_left": 1}, {}),
        ("homeless", {"homeless": 1}, {}),
        ("in_service", {"service": 2}, {}),
        ("recovering", {"offending": RECOVERING}, {"use": LAPSED}),
        ("recovering_under_a_year", {"use": RECOVERING, "sustained": 51}, {"use": RECOVERING, "sustained": 52}),
        ("recovering_over_a_year", {"use": RECOVERING, "sustained": 52}, {"sustained": 260}),
        ("in_a_problem", {"offending": LAPSED}, {"mental_health": ACTIVE}),
        ("women", {"woman": 1}, {}),
        ("men", {}, {"woman": 1}),
        ("under_30", {"age": 29.9}, {"age": 30}),
        ("over_50", {"age": 50}, {"age": 49.9}),
        ("has_close_kin", {"kin_close": 1}, {}),
        ("no_close_kin", {}, {"kin_close": 1}),
        ("strong_kin_voice", {"kin_close": 2}, {"kin_close": 1}),
        ("one_domain", {"use": ACTIVE}, {"use": ACTIVE, "offending": ACTIVE}),
        ("two_domains", {"use": ACTIVE, "offending": RECOVERING}, {"use": ACTIVE}),
        ("three_domains", {"use": 1, "offending": 1, "mental_health": 1}, {"use": 1, "offending": 1}),
        ("with_diagnosis", {"diagnosis": 1}, {}),
        ("home_area", {}, {"area": 1}),
        ("new_area", {"area": 1}, {}),
    ],
)
def test_a_group_holds_those_whom_its_words_say(group, known, outside):
    assert meets(group, **known)
    assert not meets(group, **outside)
    assert not meets(group, alive=0, **known)


def test_everyone_is_everyone_alive():
    assert meets("everyone")
    assert not meets("everyone", alive=0)


@pytest.mark.parametrize("group", GROUPS.values(), ids=list(GROUPS))
def test_each_group_can_be_met_and_is_said_in_words(group):
    assert can_hold(read_whom(group.name))
    assert group.means
    assert people_in_words(group.name) == group.people


@pytest.mark.parametrize(
    "rule",
    [
        "identity > 1.2", "identity < 0", "kin_close > 3", "kin_close > 1 and kin_close < 2", "homeless == 2", "domains > 3",
        "hope < 0.2 and hope > 0.5", "hope == 0.2 and hope != 0.2", 'use == "none" and use == "active"', "women and men",
        'recovering and use == "none" and offending == "none" and mental_health == "none"', "has_record and no_record",
        'not (use == "none" or use != "none")', "not everyone", "one_domain and two_domains", "under_30 and over_50",
        'use != "none" and use != "active" and use != "recovering" and use != "lapsed"', "weeks_custody < 0",
    ],
)  # fmt: skip
def test_a_rule_that_nobody_can_meet_is_found_out(rule):
    assert not can_hold(read_whom(rule))


@pytest.mark.parametrize("rule", ["hope <= 0.2 and hope >= 0.2", "kin_close > 1 and kin_close < 3", "age > 99", "not women"])
def test_a_rule_that_somebody_can_meet_is_let_through(rule):
    assert can_hold(read_whom(rule))


def test_rules_for_different_people_are_told_apart():
    assert not can_hold_together(read_whom("women"), read_whom("not woman or in_custody and not in_custody"))
    assert can_hold_together(read_whom("women"), read_whom("under_30"))


SIGNS = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
COMPARED = st.one_of(
    st.tuples(st.sampled_from(["identity", "hope"]), SIGNS, st.sampled_from([0, 0.3, 0.5, 1])),
    st.tuples(st.just("kin_close"), SIGNS, st.integers(0, 3)),
).map(lambda parts: f"{parts[0]} {parts[1]} {parts[2]}")
RULES = st.recursive(
    st.one_of(COMPARED, st.sampled_from(["woman", "homeless", 'use == "active"', 'use != "none"'])),
    lambda inner: st.one_of(
        inner.map(lambda rule: f"not ({rule})"),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda parts: f"({parts[0]}) {parts[1]} ({parts[2]})"),
    ),
    max_leaves=8,
)


def everybody() -> np.ndarray:
    """One person of each kind that the rules above can tell apart."""
    shares = [0, 0.1, 0.3, 0.4, 0.5, 0.9, 1]
    kinds = list(itertools.product(shares, shares, range(4), (0, 1), (0, 1), range(4)))
    people = np.zeros(len(kinds), dtype=STATE_DTYPE)
    for name, values in zip(("identity", "hope", "kin_close", "woman", "homeless", "use"), np.array(kinds).T, strict=True):
        people[name] = values
    people["alive"] = 1
    return people


EVERYBODY = everybody()


@given(RULES)
def test_a_rule_is_possible_just_where_somebody_meets_it(rule):
    assert can_hold(read_whom(rule)) == members(rule, EVERYBODY).any()


@given(RULES, RULES)
def test_rules_exclude_each_other_just_where_nobody_meets_both(one, other):
    met = (members(one, EVERYBODY) & members(other, EVERYBODY)).any()
    assert can_hold_together(read_whom(one), read_whom(other)) == met


@given(RULES)
def test_not_turns_a_rule_round(rule):
    assert (members(f"not ({rule})", EVERYBODY) != members(rule, EVERYBODY)).all()


@pytest.mark.parametrize(
    "rule",
    [
        "", "identity", "use", "use == 1", "use < 'active'", "1 < 2", "identity = 0.3", "identity == hope", "record = 1", "a.b",
        "women men", "has_record == 1", "(women", "women)", "not", "and", "x[0]",
    ],
)  # fmt: skip
def test_what_is_no_rule_is_refused_with_what_to_do(rule):
    with pytest.raises(ScenarioError) as caught:
        members(rule, EVERYBODY)
    assert all(problem.todo for problem in caught.value.problems)


def test_every_state_of_a_person_may_stand_in_a_rule():
    for known in FIELDS:
        compared = f'== "{known.words[0]}"' if known.words else ">= 0"
        rule = known.name if known.unit == "yes/no" else f"{known.name} {compared}"
        assert members(rule, EVERYBODY).shape == EVERYBODY.shape
