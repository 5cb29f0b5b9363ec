"""What is owed to the parts of a policy: they add up in each world, worlds are shared, and no part changes another's luck."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis import compare
from analysis.attribution import COLUMNS, attribute, on_luck, question_of_parts
from analysis.intervals import Effect, luck_interval
from analysis.parts import many_in_words, parts_of, with_some
from analysis.store import NUMBERS, RunStore
from analysis.stretch import stretch_of
from analysis.words_of_parts import attribution_in_words, interaction_in_words
from analysis.worlds import Numbers, Pair, Task
from simulation import Scenario, simulate
from simulation.errors import ComparisonError

BASE, OTHER = "the-visit", "spoken-for"
SMALL = {"people": 150, "years": 1.25, "workers": 1}
SEEDS, DRAWS = [1, 2, 3], 2
WORLDS = 8 * (len(SEEDS) + DRAWS)

THREE = """
extends = "a-year-in"

[[policy]]
lever = "check_ups"
set = 1
from = "week 3"
whom = "woman"
covers = "60 %"

[[policy]]
lever = "hope_coaching"
set = 0.5
from = "week 6"
whom = "age > 30"
covers = "30 %"

[[policy]]
lever = "policing"
multiply = 1
"""
"""The last part does nothing."""


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return RunStore(tmp_path_factory.mktemp("kept") / "store")


@pytest.fixture(scope="module")
def first(store):
    return attribute(BASE, OTHER, seeds=SEEDS, draws=DRAWS, store=store, **SMALL)


def three(text: str = THREE) -> tuple[Scenario, Scenario]:
    return Scenario.load("a-year-in"), Scenario.from_text(text, "three")


def test_worlds_with_every_set_of_parts_are_lived_once_and_never_again(first, store):
    assert (first.ran.lived, first.ran.reused) == (WORLDS, 0)
    again = attribute(BASE, OTHER, seeds=SEEDS, draws=DRAWS, store=store, **SMALL)
    assert (again.ran.lived, again.ran.reused) == (0, WORLDS)
    pd.testing.assert_frame_equal(first.table, again.table, check_exact=True)


def test_a_comparison_of_the_whole_shares_its_worlds_and_finds_the_same_effect(first, store):
    whole = compare(BASE, OTHER, seeds=SEEDS, draws=0, store=store, **SMALL)
    assert whole.ran.lived == len(SEEDS)  # the placebo worlds of the ledger
    assert whole.primary()["effect"] == first.effect("whole").value
    assert whole.primary()["low_luck"] == first.effect("whole").low_luck


def test_the_parts_add_up_to_the_whole_in_each_world(first):
    assert np.ptp(first.values, axis=1).any(), "nothing happened: the test says nothing"
    whole = first.values[:, -1] - first.values[:, 0]
    np.testing.assert_allclose(first.shares.sum(axis=1), whole, rtol=0, atol=1e-9)


def test_the_table_adds_up_for_every_outcome_and_says_what_the_values_say(first):
    table = first.table
    assert list(table.columns) == COLUMNS
    for _, rows in table.groupby("outcome"):
        whole = rows.loc[rows["measure"] == "whole", "effect"].item()
        assert rows.loc[rows["measure"] == "share", "effect"].sum() == pytest.approx(whole, abs=1e-9)
        together = whole - rows.loc[rows["measure"] == "alone", "effect"].sum()
        assert rows.loc[rows["measure"] == "interaction", "effect"].item() == pytest.approx(together, abs=1e-9)
    for number, part in enumerate(first.parts):
        effect = first.effect("share", part.name)
        assert (effect.value, effect.low_luck, effect.high_luck) == luck_interval(first.shares[:, number])
        assert effect.low <= effect.low_luck
        assert effect.high >= effect.high_luck


def test_each_set_of_parts_is_valued_by_its_own_world(first):
    """The world with the first and third part only, lived by hand."""
    question, plan = first.question, Scenario.load(OTHER).with_settings(people=150, years=1.25)
    by_hand = replace(plan, policies=(plan.policies[0], plan.policies[1], plan.policies[3]))
    world = simulate(by_hand, seed=SEEDS[1], panel=[question.first_week, question.last_week], events=False)
    base = simulate(question.base, seed=SEEDS[1], panel=[question.first_week], events=False).snapshots[question.first_week]
    counted = question.primary.at_risk(base) & question.group.members(base)
    stretch = stretch_of(world, question.first_week, question.last_week, events=False)
    assert first.values[1, 0b101] == 1000 * question.primary.measure(stretch)[counted].mean()


def test_a_part_that_does_nothing_is_owed_exactly_nothing():
    found = attribute(*three(), seeds=[1, 2], outcomes=["lapsed"], **SMALL)
    idle = [found.effect(measure, "policing") for measure in ("share", "alone", "last")]
    assert all(effect.is_nothing for effect in idle)
    assert not found.effect("whole").is_nothing


def test_one_part_is_owed_the_whole():
    found = attribute(BASE, "independent-advocates", seeds=[1, 2], **SMALL)
    share, whole = found.effect("share", "independent_advocate"), found.effect("whole")
    assert (share.value, share.low_luck, share.high_luck) == (whole.value, whole.low_luck, whole.high_luck)
    assert found.effect("interaction").is_nothing
    assert found.interaction == ""


def test_whom_a_part_covers_is_the_same_whatever_other_parts_are_there():
    base, other = (plan.with_settings(people=300, years=0.25) for plan in three())
    parts = parts_of(base, other)
    covered: dict[str, set[tuple[int, ...]]] = {part.name: set() for part in parts[:2]}
    for coalition in range(1, 8):
        plan = with_some(base, other, parts, coalition)
        world = simulate(plan, seed=4, events=False)
        for policy, ids in zip(plan.policies, world.covered, strict=True):
            if policy.lever in covered:
                assert len(ids) > 10
                covered[policy.lever].add(tuple(ids.tolist()))
    assert [len(ways) for ways in covered.values()] == [1, 1]


def test_no_part_is_the_base_scenario_and_all_parts_are_the_other():
    base, other = three()
    parts = parts_of(base, other)
    assert with_some(base, other, parts, 0) is base
    assert with_some(base, other, parts, 0b111) is other
    assert [policy.lever for policy in with_some(base, other, parts, 0b110).policies] == ["hope_coaching", "policing"]


def test_levers_named_together_are_one_part_and_others_stay_their_own():
    base, other = three()
    parts = parts_of(base, other, {"people": ["hope_coaching", "check_ups"]})
    assert [(part.name, part.places) for part in parts] == [("people", (0, 1)), ("policing", (2,))]


def test_two_policies_on_one_lever_are_two_parts_or_one_by_the_name_of_the_lever():
    text = THREE + '\n[[policy]]\nlever = "policing"\nmultiply = 0.5\nfrom = "week 9"\n'
    assert [part.name for part in parts_of(*three(text))][2:] == ["policing", "policing (2)"]
    assert parts_of(*three(text), {"police": ["policing"]})[-1].places == (2, 3)
    assert parts_of(*three(text), {"later": ["policing (2)"]})[-1].places == (3,)


WRONG = {
    "a part that is none": ({"a": ["coercion"]}, "no policy that only three has"),
    "a part in two groups": ({"a": ["policing"], "b": ["policing"]}, "already"),
    "a group of nothing": ({"a": []}, "nothing"),
    "the name of another part": ({"check_ups": ["policing"]}, "another part"),
}


@pytest.mark.parametrize("groups", WRONG)
def test_groups_that_cannot_be_made_are_told(groups):
    given, says = WRONG[groups]
    with pytest.raises(ComparisonError, match=says):
        parts_of(*three(), given)


def test_worlds_that_differ_in_more_than_added_policies_are_told():
    base, other = three()
    for one, two in ((other, base), (base, replace(other, switch_off=("peers",)))):
        with pytest.raises(ComparisonError, match="differ in policies"):
            attribute(one, two, seeds=[1], **SMALL)
    with pytest.raises(ComparisonError, match="no policy that a-year-in lacks"):
        attribute(base, base, seeds=[1], **SMALL)


def test_more_than_four_parts_come_with_a_warning_and_more_than_six_are_refused():
    base = Scenario.load("a-year-in")
    levers = ("check_ups", "hope_coaching", "skills_training", "peer_groups", "drop_associates", "supported_employment",
              "volunteering_posts")  # fmt: skip
    plans = [
        Scenario.from_text('extends = "a-year-in"\n' + "".join(f'[[policy]]\nlever = "{name}"\nset = 1\n' for name in levers[:n]))
        for n in (4, 6, 7)
    ]
    assert many_in_words(parts_of(base, plans[0]), 10, 0) == ""
    assert "64 worlds for each seed and draw, 960 in all" in many_in_words(parts_of(base, plans[1]), 10, 5)
    with pytest.raises(ComparisonError, match="at most 6"):
        question_of_parts(base, plans[2])
    question, parts = question_of_parts(base, plans[2], groups={"work": levers[5:]})
    assert (len(parts), len(question.labels)) == (6, 63)


def effect(value: float, low: float, high: float, draws: int = 0) -> Effect:
    return Effect(value, low, high, low, high, 10, draws)


def test_the_parts_are_told_in_words(first):
    shares = [("advocate", effect(-21.0, -27.0, -15.0)), ("review date", effect(-9.0, -12.0, -6.0))]
    said = attribution_in_words(first.question, effect(-30.0, -40.0, -20.0), shares)
    assert "30 fewer relapse within a year under spoken-for than under the-visit" in said
    assert "Of the 30.0 fewer, 21.0 are due to advocate (luck alone: 15 to 27) and 9.0 are due to review date" in said
    assert "Shapley 1953" in said


def test_a_part_against_the_whole_and_one_that_does_nothing_are_told_so(first):
    shares = [("a", effect(-40.0, -45.0, -35.0)), ("b", effect(10.0, 5.0, 15.0)), ("c", effect(0.0, 0.0, 0.0))]
    said = attribution_in_words(first.question, effect(-30.0, -40.0, -20.0), shares)
    assert "40 are due to a (luck alone: 35 to 45), minus 10 are due to b (luck alone: -15 to -5)" in said
    assert "exactly 0 are due to c" in said


def test_nothing_is_divided_where_nothing_differs(first):
    nothing = effect(0.0, 0.0, 0.0)
    said = attribution_in_words(first.question, nothing, [("a", nothing), ("b", nothing)])
    assert "exactly as many" in said
    assert "due to" not in said


@pytest.mark.parametrize(
    ("together", "says"),
    [
        (effect(10.0, 5.0, 15.0), "they overlap"), (effect(-10.0, -15.0, -5.0), "they strengthen each other"),
        (effect(10.0, -5.0, 25.0), "too small to tell from luck"), (effect(0.0, 0.0, 0.0), "exactly the sum"),
        (effect(5.0, float("nan"), float("nan")), "from a single world"),
    ],
)  # fmt: skip
def test_whether_the_parts_act_together_is_told(first, together, says):
    assert says in interaction_in_words(first.question.primary, effect(-30.0, -40.0, -20.0), together, 2)


def test_the_files_hold_the_table_and_a_picture(first, tmp_path):
    table, picture = first.write(tmp_path / "new")
    pd.testing.assert_frame_equal(pd.read_csv(table), first.table.replace("", np.nan), check_dtype=False)
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_an_effect_that_was_not_measured_is_not_given(first):
    with pytest.raises(KeyError):
        first.effect("share", "coercion")


def test_what_a_comparison_says_of_its_numbers_stands_beside_an_attribution_too(first, store):
    whole = compare(BASE, OTHER, seeds=SEEDS, draws=DRAWS, store=store, **SMALL)
    assert first.reliance == whole.answers[0].reliance
    assert "rests on 3 pairs of worlds" in first.reliance
    said = [note for note in whole.notes if "Group" not in note and "known of" not in note]
    assert [word for note in said for word in ("police flags", "by ethnicity", "rests on 2 draws") if word in note] == [
        "police flags", "by ethnicity", "rests on 2 draws",
    ]  # fmt: skip
    assert set(said) <= set(first.notes)
    assert len(first.notes) == len(set(first.notes))


def test_a_group_of_too_few_people_is_named_beside_an_attribution():
    text = 'extends = "the-visit"\n[primary]\noutcome = "relapsed"\ngroup = "age > 60"\n'
    text += '[[policy]]\nlever = "check_ups"\nset = 1\n'
    found = attribute(BASE, Scenario.from_text(text, "few"), seeds=[1, 2], **SMALL)
    assert any("'age > 60'" in note and "too few to read anything into" in note for note in found.notes)


def test_a_part_of_which_few_pairs_differ_is_named(first):
    numbers = []
    for seed in range(6):
        task = Task(seed)
        values = {0b000: 100.0, 0b001: 90.0 - seed, 0b010: 100.0, 0b100: 100.0}
        whole = {each: sum(values[1 << at] - 100.0 for at in range(3) if each >> at & 1) + 100.0 for each in range(8)}
        for each in range(8):
            whole[each] -= 5.0 if each & 0b010 and seed < 2 else 0.0
        pairs = {
            (label, "relapsed", first.question.group.name): Pair(100, whole[0], whole[each])
            for each, label in enumerate(first.question.labels, start=1)
        }
        numbers.append(Numbers(task, pairs))
    whole, notes = on_luck(first.question, first.parts, numbers)
    assert whole == ""
    assert notes[0].startswith("Share of review date: only 2 of 6 pairs of worlds differ")
    assert "just handling" not in " ".join(notes)


def test_worlds_of_which_only_numbers_are_kept_give_the_same_shares(first, tmp_path):
    store = RunStore(tmp_path / "least")
    found = attribute(BASE, OTHER, seeds=SEEDS[:1], draws=0, keep="numbers", store=store, **SMALL)
    np.testing.assert_array_equal(found.values, first.values[:1])
    assert {kind for kind, _ in store.names()} == {NUMBERS}
    with pytest.raises(ComparisonError, match="keep"):
        attribute(BASE, OTHER, seeds=[1], keep="some", **SMALL)
