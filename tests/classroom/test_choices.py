"""What a class can choose: every choice makes two worlds that can be compared, or says what is wrong with it."""

from __future__ import annotations

import math

import pytest

from analysis.classroom.choices import AS_SET, LEVERS, MECHANISMS, PRESETS, Choices, settings_of
from analysis.pairing import ask
from simulation import Scenario, simulate
from simulation.errors import UserError
from simulation.levers import LEVERS as TABLE
from simulation.mechanisms import MECHANISMS as TABLE_OF_MECHANISMS

PEOPLE = 40


def test_sliders_keep_to_the_range_unit_and_meaning_of_the_table_and_rest_where_nothing_changes():
    for lever in LEVERS:
        row = TABLE[lever.name]
        assert (lever.unit, lever.meaning) == (row.unit, row.means)
        assert row.low <= lever.low <= lever.value <= lever.high <= row.high
        assert "assumed, as nobody has measured" in lever.source or "the model's own choice" in lever.source
        assert lever.because.startswith("Why it is in the scenario ")
        assert lever.label
        steps = (lever.value - lever.low) / lever.step
        assert math.isclose(steps, round(steps), abs_tol=1e-6), "the slider can be put back where it rested"
        assert lever.rests(lever.value)
        assert lever.at_rest


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_makes_two_comparable_worlds_of_the_same_people(preset):
    one, other = Choices(preset, people=PEOPLE).worlds()
    question = ask(one, [other])
    assert (one.people, one.years, one.cohort) == (other.people, other.years, other.cohort)
    assert (one.name, other.name) == PRESETS[preset].names
    assert not one.warnings
    assert not other.warnings
    assert question.last_week <= one.weeks
    assert preset == "neither" or one.policies != other.policies


def test_where_nothing_is_chosen_both_worlds_are_the_same():
    one, other = Choices("neither").worlds()
    assert one.policies == other.policies == ()


def test_the_visit_comes_in_both_worlds_where_the_question_is_about_advocates():
    one, other = Choices("visit_with_advocates").worlds()
    assert [policy.lever for policy in one.policies] == ["flag_once"]
    assert one.policies[0] == other.policies[0]
    assert {policy.lever: policy.start for policy in other.policies} == {"flag_once": 4, "independent_advocate": 5}


def test_a_lever_moved_in_a_preset_is_moved_in_the_other_world_and_names_it_so():
    one, other = Choices("labelling", {"family_support": 0.5}).worlds()
    assert one.policies == ()
    assert {policy.lever: policy.value for policy in other.policies} == {
        **PRESETS["labelling"].levers, "family_support": 0.5,
    }  # fmt: skip
    assert other.name == AS_SET
    back = {lever.name: lever.value for lever in LEVERS}
    assert Choices("labelling", back).worlds()[1].policies == ()
    assert Choices("labelling", settings_of("labelling")).worlds()[1].name == PRESETS["labelling"].names[1]


def test_a_mechanism_is_off_in_both_worlds_and_every_one_can_be():
    assert [one.name for one in MECHANISMS] == list(TABLE_OF_MECHANISMS)
    for mechanism in MECHANISMS:
        one, other = Choices("visit", off=(mechanism.name,), people=PEOPLE).worlds()
        assert one.switch_off == other.switch_off == (mechanism.name,)


def test_settings_saved_as_a_scenario_file_read_back_and_give_the_same_world(tmp_path):
    choices = Choices("both", {"review_date": 8.0}, ("deterrence",), PEOPLE, 0.5)
    path = tmp_path / "settings.toml"
    path.write_text(choices.as_toml(), encoding="utf-8")
    again, lived = Scenario.load(path), choices.worlds()[1]
    assert again.resolved() | {"name": ""} == lived.resolved() | {"name": ""}
    assert simulate(again, seed=3).events.equals(simulate(lived, seed=3).events)


def test_every_lever_that_was_moved_and_every_mechanism_that_is_off_is_said():
    assert Choices("neither").said() == []
    levers, off = Choices("visit_with_advocates", {"public_stigma": 0.9}, ("hope",)).said()
    assert levers == (
        f"Levers set in {AS_SET!r}: Flag once 50 % (in both worlds); Public stigma 90 %; Independent advocate 100 %."
    )
    assert off.startswith("Mechanisms off in both worlds: hope (")


def test_a_lever_of_both_worlds_that_was_set_back_is_named_and_so_is_the_world_that_it_changed():
    chosen = Choices("visit_with_advocates", {"flag_once": 0.0})
    assert any("Flag once 0 % (in both worlds)" in line for line in chosen.said())
    assert [world.name for world in chosen.worlds()] == ["The visit, as you set it", "As you set it"]
    assert Choices("visit_with_advocates").worlds()[0].name == "The visit"



@pytest.mark.parametrize(
    ("choices", "said"),
    [
        (Choices("labeling"), "labeling"),
        (Choices(levers={"review_dates": 8.0}), "review_dates"),
        (Choices(levers={"public_stigma": 1.5}), "Public stigma"),
        (Choices(levers={"public_stigma": math.nan}), "Public stigma"),
        (Choices(levers={"public_stigma": math.inf}), "Public stigma"),
        (Choices(levers={"public_stigma": True}), "Public stigma"),
        (Choices(levers={"public_stigma": "0.5"}), "Public stigma"),
        (Choices(off=("magic",)), "magic"),
        (Choices(people=501), "501"),
        (Choices(people=10**400), "people"),
        (Choices(people=30.0), "people"),
        (Choices(people=19), "19"),
        (Choices(years=10.1), "10.1"),
        (Choices(years=0.1), "0.1"),
        (Choices(years=math.nan), "years"),
    ],
)
def test_what_cannot_be_lived_is_said_and_never_lived(choices, said):
    with pytest.raises(UserError) as caught:
        choices.worlds()
    assert said in str(caught.value)
    assert len(caught.value.problems) == len(choices.problems()) == 1


def test_all_that_is_wrong_is_said_at_once():
    assert len(Choices("none", {"luck": 1.0, "public_stigma": -1}, ("magic",), 5000, 99).problems()) == 6
