"""Which worlds may be compared, from which week on they differ, and what is asked of them."""

from __future__ import annotations

import pytest

from analysis.pairing import ask, differing_policies, first_difference, judged_otherwise
from analysis.subgroups import check_split, split_by
from analysis.tables import differing_levers
from simulation import Scenario
from simulation.errors import ComparisonError
from simulation.groups import Names

BASE = 'cohort = "england"\npeople = 200\nyears = 4\n'
FLAGS = '[[policy]]\nlever = "unjustified_flags"\nmultiply = 0.5\nfrom = "year 2"\n'
POLICING = '[[policy]]\nlever = "policing"\nmultiply = 0.5\nfrom = "week 30"\n'
PRIMARY = '[primary]\noutcome = "arrested"\nhorizon = "1 year"\ngroup = "has_record"\n'


def scenario(text: str, name: str = "one") -> Scenario:
    return Scenario.from_text(BASE + text, name)


def test_worlds_differ_from_the_first_week_of_a_policy_that_only_one_has():
    assert first_difference(scenario(""), scenario(FLAGS)) == 52
    assert first_difference(scenario(FLAGS), scenario("")) == 52
    assert first_difference(scenario(FLAGS), scenario(FLAGS + POLICING)) == 30


def test_a_policy_common_to_both_does_not_count_in_whatever_order_and_for_whatever_reason():
    reason = FLAGS + 'because = "another reason"\n'
    assert first_difference(scenario(FLAGS + POLICING), scenario(POLICING + reason)) is None
    assert differing_policies(scenario(FLAGS), scenario(POLICING + reason))[0].lever == "policing"


def test_the_visit_and_the_advocates_share_the_visit():
    assert first_difference(Scenario.load("the-visit"), Scenario.load("independent-advocates")) == 5


def test_worlds_that_set_an_assumption_differently_differ_from_the_start():
    text = '[[assumption]]\nname = "deterrence"\nset = 0.1\n'
    assert first_difference(scenario(""), scenario(text)) == 0
    assert not ask(scenario(""), [scenario(text)]).identical


def test_with_several_others_the_first_week_is_that_of_the_first_to_differ():
    question = ask(scenario(""), [scenario(FLAGS), scenario(POLICING)])
    assert question.first_week == 30


@pytest.mark.parametrize(
    "text",
    [
        'cohort = "a_year_in"\npeople = 200\nyears = 4\n', 'cohort = "england"\npeople = 201\nyears = 4\n',
        'cohort = "england"\npeople = 200\nyears = 5\n', BASE + 'own_experience = "50 %"\n',
    ],
)  # fmt: skip
def test_worlds_that_start_differently_are_not_compared(text):
    with pytest.raises(ComparisonError, match="start the same"):
        ask(scenario(""), [Scenario.from_text(text, "two")])


def test_the_primary_outcome_is_the_one_that_the_first_other_scenario_declares():
    question = ask(scenario(""), [scenario(PRIMARY + FLAGS)])
    assert (question.primary.id, question.horizon, question.group.name) == ("arrested", 52, "has_record")
    assert question.last_week == 104


def test_the_base_scenario_declares_it_where_the_other_does_not():
    assert ask(scenario(PRIMARY), [scenario(FLAGS)]).primary.id == "arrested"


def test_a_horizon_beyond_the_end_is_told_with_the_years_it_needs():
    short = [
        plan.with_settings(years=2) for plan in (scenario(""), scenario(PRIMARY.replace("1 year", "2 years") + FLAGS))
    ]
    with pytest.raises(ComparisonError, match="--years 3"):
        ask(short[0], short[1:])


def test_a_comparison_needs_something_to_compare():
    with pytest.raises(ComparisonError):
        ask(scenario(""), [])


def test_two_others_of_one_name_keep_apart():
    assert ask(scenario(""), [scenario(FLAGS), scenario(POLICING)]).labels == ("one", "one (2)")


def test_an_experiment_that_only_one_world_has_parts_them_from_its_first_week():
    capped = '[[experiment]]\nstate = "hope"\ncap = 0.3\nfrom = "week 20"\n'
    decided = '[[experiment]]\ngive_role = "work"\nwhen = "decided"\nfrom = "week 9"\nafter = "26 weeks"\n'
    assert first_difference(scenario(""), scenario(capped)) == 20
    assert first_difference(scenario(capped + FLAGS), scenario(FLAGS)) == 20
    assert first_difference(scenario(capped), scenario(capped + decided)) == 9
    reason = capped + 'because = "another reason"\n'
    assert first_difference(scenario(capped), scenario(reason)) is None


def test_worlds_that_differ_in_switches_begin_alike_and_part_in_week_0():
    other = Scenario.from_text('switch_off = ["peers"]\n' + BASE, "two")
    assert first_difference(scenario(""), other) == 0
    assert ask(scenario(""), [other]).identical
    form = Scenario.from_text('switch_on = ["label_resistance"]\n' + BASE, "two")
    assert first_difference(other, form) == 0
    again = Scenario.from_text('switch_off = ["hope", "peers"]\n' + BASE + FLAGS, "three")
    both = Scenario.from_text('switch_off = ["peers", "hope"]\n' + BASE, "four")
    assert first_difference(both, again) == 52


def test_worlds_of_different_layers_do_not_begin_alike():
    other = Scenario.from_text('layer = "null"\n' + BASE, "two")
    assert first_difference(scenario(""), other) == 0
    assert not ask(scenario(""), [other]).identical


def test_worlds_of_different_population_groups_are_not_compared():
    groups = '[[population_group]]\nname = "group_a"\nshare = "14 %"\n'
    assert ask(scenario(groups), [scenario(groups + FLAGS)]).identical
    with pytest.raises(ComparisonError, match="different population groups"):
        ask(scenario(groups), [scenario(groups.replace("14", "15"))])
    with pytest.raises(ComparisonError, match=r"put \[\[population_group\]\] into a base file that both extend"):
        ask(scenario(""), [scenario(groups)])


def test_another_scenario_that_declares_a_primary_outcome_of_its_own_is_named():
    died = '[primary]\noutcome = "died"\nhorizon = "1 year"\ngroup = "women"\n'
    others = [scenario(PRIMARY, "one"), scenario(PRIMARY, "same"), scenario(FLAGS, "none"), scenario(died + FLAGS, "deaths")]
    (note,) = judged_otherwise(ask(scenario("", "base"), others))
    assert note.startswith("deaths declares another primary outcome (died, over 52 weeks, for women)")
    assert "`recovery compare base deaths`" in note


def test_a_primary_group_may_be_a_population_group_of_the_scenarios_own():
    groups = '[[population_group]]\nname = "group_a"\nshare = "14 %"\n'
    primary = "[primary]\ngroup = 'population_group == \"group_a\"'\n"
    question = ask(scenario(primary + groups), [scenario(primary + groups + FLAGS)])
    assert question.group.name == 'population_group == "group_a"'


def test_people_without_groups_are_not_split_by_them():
    check_split("population_group", Names(groups=("others", "group_a")))
    with pytest.raises(ComparisonError, match="population_group"):
        check_split("population_group")


def test_people_are_split_by_the_areas_of_a_scenario_that_adds_some():
    assert [part.name for part in split_by("area")] == ["home area", "another area"]
    parts = split_by("area", Names(areas=("home", "new", "valley")))
    assert [part.name for part in parts] == ["area home", "area new", "area valley"]


def test_what_differs_is_said_by_the_levers_only_where_nothing_else_does():
    capped = '[[experiment]]\nstate = "hope"\ncap = 0.3\n'
    assert differing_levers(scenario(""), scenario("")) is None
    assert differing_levers(scenario(""), scenario(FLAGS)) == [("unjustified_flags", False)]
    assert differing_levers(scenario(""), scenario(FLAGS + capped)) == []
    assert differing_levers(scenario(""), Scenario.from_text('switch_off = ["peers"]\n' + BASE, "two")) == []
