"""Direct and indirect effects by design: shares are nested, ties frozen are frozen, and nothing reaches people without a link."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis.spillover import COLUMNS, DIRECT, INDIRECT, OUTSIDE, OVERALL, TOTAL, measure_shares, spillover
from analysis.spillover_design import AS_THEY_ARE, BY_CHANGES, FROZEN, checked_shares, design_of, with_ties_frozen
from analysis.store import RunStore
from analysis.words_of_parts import spillover_in_words
from simulation import Scenario, simulate
from simulation.errors import ComparisonError
from simulation.mechanisms import LAYERS
from simulation.state import RECOVERING, STATE_DTYPE

BASE, OTHER = "the-visit", "independent-advocates"
SMALL = {"people": 300, "years": 1.25, "workers": 1}
ARMS = 2 * (1 + 3)
"""Base and three shares, with ties as they are and frozen."""

CHECK_UPS = """
extends = "a-year-in"
{layer}

[primary]
outcome = "relapsed"
horizon = "26 weeks"

[[policy]]
lever = "{lever}"
set = {value}
from = "week 2"
whom = "age > {age}"
{covers}
"""


def plans(lever: str = "check_ups", value: float = 2, layer: str = "", covers: str = "", age: int = 0):
    told = f'layer = "{layer}"' if layer else ""
    base = Scenario.from_text(f'extends = "a-year-in"\n{told}', "plain")
    text = CHECK_UPS.format(layer=told, lever=lever, value=value, covers=covers, age=age)
    return base, Scenario.from_text(text, "shared")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return RunStore(tmp_path_factory.mktemp("kept") / "store")


@pytest.fixture(scope="module")
def first(store):
    return spillover(BASE, OTHER, seeds=[1, 2], shares=[0.5, 0.75], store=store, **SMALL)


def test_all_worlds_are_lived_once_and_the_whole_share_in_any_case(first, store):
    assert first.design.shares == (0.5, 0.75, 1.0)
    assert (first.ran.lived, first.ran.reused) == (2 * ARMS, 0)
    again = spillover(BASE, OTHER, seeds=[1, 2], shares=[0.5, 0.75], store=store, **SMALL)
    assert (again.ran.lived, again.ran.reused) == (0, 2 * ARMS)
    pd.testing.assert_frame_equal(first.table, again.table, check_exact=True)


def test_the_table_has_every_estimand_and_adds_up(first):
    assert list(first.table.columns) == COLUMNS
    for ties in (AS_THEY_ARE, FROZEN):
        total, indirect, direct = (first.effect(name, 0.5, ties).value for name in (TOTAL, INDIRECT, DIRECT))
        assert direct == pytest.approx(total - indirect, abs=1e-9)
    for name in (TOTAL, OUTSIDE):
        free, frozen, through = (first.effect(name, 0.5, ties).value for ties in (AS_THEY_ARE, FROZEN, BY_CHANGES))
        assert through == pytest.approx(free - frozen, abs=1e-9)


def test_where_all_are_covered_nobody_is_left_to_compare_with(first):
    assert np.isnan(first.effect(INDIRECT, 1.0).value)
    assert np.isnan(first.effect(DIRECT, 1.0).value)
    assert first.effect(TOTAL, 1.0).value == first.effect(OVERALL, 1.0).value


def test_people_covered_at_a_share_are_among_those_of_a_larger_and_the_rest_is_spared():
    base, other = plans(age=30, covers='covers = "80 %"')
    design = design_of(base.with_settings(people=400), other.with_settings(people=400), [0.25, 0.5])
    arms = design.questions[AS_THEY_ARE].others
    ids = [set(simulate(arm, seed=3, events=False).covered[design.places[0]].tolist()) for arm in arms]
    assert 0 < len(ids[0]) < len(ids[1]) < len(ids[2]) < 400
    assert ids[0] < ids[1] < ids[2]
    for share, covered in zip(design.shares, ids, strict=True):
        assert covered == set(np.flatnonzero(design.chosen(3, share, 400)).tolist()) & ids[2]
    assert [policy.covers for arm in arms for policy in arm.policies] == [0.8 * 0.25, 0.4, 0.8]


def test_worlds_end_at_the_horizon_so_that_coverage_is_up_to_it(first):
    question = first.question
    assert {plan.weeks for plan in (question.base, *question.others)} == {question.last_week}


def test_frozen_ties_are_not_made_and_end_by_death_only_while_others_change(first):
    causes = {}
    for ties, question in first.design.questions.items():
        events = simulate(question.others[0], seed=1).events
        causes[ties] = set(events.loc[events["event"].isin(["tie_made", "tie_ended"]), "cause"])
    assert causes[FROZEN] == {"death"}
    assert len(causes[AS_THEY_ARE]) > 2


def test_ties_that_are_frozen_already_are_not_frozen_twice():
    base = replace(Scenario.load(BASE), switch_off=("tie_changes",))
    assert with_ties_frozen(base) is base
    assert "tie_changes" in LAYERS["null"]
    null = replace(Scenario.load(BASE), layer="null")
    assert with_ties_frozen(null) is null


def test_nothing_reaches_people_not_covered_once_all_that_links_people_is_off():
    """In the null layer lives are independent: people covered relapse less, and nobody else's life moves at all."""
    base, other = plans(layer="null", age=25)
    found = spillover(base, other, people=800, years=1, seeds=[1, 2], shares=[0.5], workers=1)
    assert found.effect(TOTAL, 0.5).value < 0
    for ties in (AS_THEY_ARE, FROZEN):
        assert found.effect(INDIRECT, 0.5, ties).is_nothing
        assert found.effect(OUTSIDE, 0.5, ties).is_nothing
    assert found.ran.lived == 2 * 3, "frozen or not, the worlds are the same, and are lived once"


def test_people_not_covered_are_reached_where_people_are_linked():
    base, other = plans(lever="hope_coaching")
    design = design_of(base.with_settings(people=800, years=1), other.with_settings(people=800, years=1), [0.5])
    question = design.questions[AS_THEY_ARE]
    plain, shared = (
        simulate(plan, seed=1, panel=[question.last_week], events=False).snapshots[question.last_week]
        for plan in (question.base, question.others[0])
    )
    spared = ~design.chosen(1, 0.5, 800)
    assert (plain["identity"] != shared["identity"])[spared].any()


def by_hand(relapses, covered):
    """Eight people in recovery: no relapse at first, and these later; whom the only policy has covered."""
    start = np.zeros(8, dtype=STATE_DTYPE)
    start["person"], start["alive"], start["use"], start["own_experience"] = np.arange(8), 1, RECOVERING, 1
    end = start.copy()
    end["count_relapses"] = relapses
    return SimpleNamespace(snapshots={2: start, 28: end}, covered=[np.array(covered, dtype=int)])


def test_effects_are_those_of_hudgens_and_halloran_counted_by_hand(monkeypatch):
    base, other = plans()
    design = design_of(base, other, [0.5])
    # Eligible: 0 to 5. At half: 0, 1, 2 are chosen; the policy met two of them there.
    monkeypatch.setattr(type(design), "chosen", lambda self, seed, share, people: np.arange(8) < (3 if share < 1 else 6))
    question = design.questions[AS_THEY_ARE]
    lived = {
        "base": by_hand([1, 1, 1, 1, 1, 0, 1, 0], []),
        question.labels[0]: by_hand([0, 0, 1, 0, 1, 0, 0, 0], [0, 1]),
        question.labels[1]: by_hand([0, 0, 0, 0, 0, 0, 0, 0], range(6)),
    }
    found = {key[1:]: measured for key, measured in measure_shares(design, AS_THEY_ARE, 1, lived).items()}
    assert found[0.5, TOTAL].effect == pytest.approx(1000 * -2 / 3)
    assert found[0.5, INDIRECT].effect == pytest.approx(1000 * -1 / 3)
    assert found[0.5, DIRECT].effect == pytest.approx(1000 * -1 / 3)
    assert found[0.5, OVERALL].effect == pytest.approx(1000 * -3 / 6)
    assert found[0.5, OUTSIDE].effect == pytest.approx(1000 * -1 / 2)
    assert found[1.0, TOTAL].effect == pytest.approx(1000 * -5 / 6)
    assert [found[0.5, name].people for name in (TOTAL, INDIRECT, OVERALL, OUTSIDE)] == [3, 3, 6, 2]
    assert found[0.5, TOTAL].covered_there == pytest.approx(2 / 3)


def test_groups_of_a_handful_are_named_and_not_given():
    found = spillover(BASE, OTHER, people=30, years=1.25, seeds=[1, 2], shares=[0.25], workers=1)
    assert np.isnan(found.effect(TOTAL, 0.25).value)
    assert found.sentence == "Nothing can be said of shares covered (independent advocate): too few of these people are at risk."
    assert any("fewer than 30 people" in note and "total at 25 %" in note for note in found.notes)


def added(text: str) -> tuple[Scenario, Scenario]:
    base, _ = plans()
    return base, Scenario.from_text('extends = "a-year-in"\n' + text, "other")


SECOND = '[[policy]]\nlever = "check_ups"\nset = 1\nfrom = "week 60"\nwhom = "woman"\n{covers}\n'
ONCE = plans(covers='covers = "30 %"')[1]
CANNOT = {
    "places": (added('[[policy]]\nlever = "check_ups"\nset = 1\nplaces = 20'), "20 places"),
    "for everyone at once": (added('[[policy]]\nlever = "public_stigma"\nmultiply = 0.5'), "society as a whole"),
    "two levers": ((Scenario.load(BASE), Scenario.load("spoken-for")), "only='just_handling'"),
    "two shares": (
        added('[[policy]]\nlever = "check_ups"\nset = 1\nuntil = "week 50"\n' + SECOND.format(covers='covers = "30 %"')),
        "different shares",
    ),
    "a base that uses the same luck": (
        (ONCE, replace(ONCE, policies=(*ONCE.policies, replace(ONCE.policies[0], how="add")))),
        "by the luck of check_ups",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", CANNOT)
def test_what_cannot_be_given_to_shares_is_told(what):
    pair, says = CANNOT[what]
    with pytest.raises(ComparisonError, match=says):
        design_of(*pair, [0.5])


def test_one_lever_of_several_can_be_asked_alone():
    design = design_of(Scenario.load(BASE), Scenario.load("spoken-for"), [0.5], only="independent_advocate")
    levers = [[policy.lever for policy in plan.policies] for plan in design.questions[AS_THEY_ARE].others]
    assert levers == [["flag_once", "independent_advocate"]] * 2
    with pytest.raises(ComparisonError, match="did you mean"):
        design_of(Scenario.load(BASE), Scenario.load("spoken-for"), [0.5], only="independent_advocates")


@pytest.mark.parametrize("shares", [[], [0], [1.2], [-0.5], [float("nan")], ["half"], [True]])
def test_shares_that_are_none_are_told(shares):
    with pytest.raises(ComparisonError, match="shares"):
        checked_shares(shares)


def test_shares_are_put_in_order_once():
    assert checked_shares([0.75, 0.25, 0.25]) == (0.25, 0.75, 1.0)


def test_it_is_told_in_words(first):
    assert first.sentence.startswith("With 50 % of those who are eligible covered (independent advocate), within a year:")
    assert "whom it reaches through others only" in first.sentence
    assert any("not tracing" in note for note in first.notes)
    effects = {"whole": first.effect(TOTAL, 1.0), "outside": first.effect(OUTSIDE, 1.0)}
    said = spillover_in_words(first.question, "check_ups", 1.0, effects)
    assert said.startswith("With all who are eligible covered (check ups), within a year: of every 1,000 people covered, ")


def test_the_files_hold_the_table_and_a_picture(first, tmp_path):
    table, picture = first.write(tmp_path / "new")
    pd.testing.assert_frame_equal(pd.read_csv(table), first.table, check_dtype=False)
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_draws_give_each_effect_an_interval_over_assumptions_that_holds_that_over_luck(first, store):
    found = spillover(BASE, OTHER, seeds=[1, 2], draws=3, shares=[0.5, 0.75], store=store, **SMALL)
    luck = ["effect", "low_luck", "high_luck", "people", "worlds"]
    pd.testing.assert_frame_equal(found.table[luck], first.table[luck], check_exact=True)
    assert first.table[["low", "high"]].isna().all(axis=None)
    known = found.table[found.table["effect"].notna()]
    assert (known["draws"] == 3).all()
    assert (known["low"] <= known["low_luck"]).all()
    assert (known["high"] >= known["high_luck"]).all()
    assert (known["high"] - known["low"] > known["high_luck"] - known["low_luck"]).any()
    assert "if our assumptions are off" in found.sentence
    assert "if our assumptions are off" not in first.sentence
    noted = [any("hold luck only" in note for note in each.notes) for each in (first, found)]
    assert noted == [True, False]


def test_few_worlds_few_draws_and_what_it_cannot_show_are_said_beside_direct_and_indirect_effects(first, store):
    found = spillover(BASE, OTHER, seeds=[1, 2], draws=3, shares=[0.5, 0.75], store=store, **SMALL)
    said = " ".join(found.notes)
    for words in ("rests on 2 pairs of worlds", "rests on 3 draws", "No study measures police flags", "by ethnicity"):
        assert said.count(words) == 1
    assert "draws" not in " ".join(note for note in first.notes if "hold luck only" not in note and "in the draws" not in note)
