"""Experiments, switches, layers, population groups and costs: read, joined along a chain of files, and said in words."""

from __future__ import annotations

import json

import numpy as np
import pytest

from simulation.errors import ScenarioError
from simulation.groups import members, read_whom
from simulation.levers import LEVERS
from simulation.mechanisms import FORMS, HELD, LAYERS, MECHANISMS
from simulation.scenario import Scenario
from simulation.scenario_costs import ACTS_ON
from simulation.scenario_parts import SETTABLE, Cost, Experiment, PopulationGroup
from simulation.scenario_schema import scenario_schema
from simulation.sentences_experiments import EVENTS_IN_WORDS, TIES
from simulation.state import FIELD, GIVEN_TIES, STATE_DTYPE

GROUP = '[[population_group]]\nname = "group_a"\nshare = "14 %"\n'
ADVOCATES = '[[policy]]\nlever = "independent_advocate"\nset = 1\nwhom = "flagged"\n'
COSTS = '[cost]\ncurrency = "GBP"\nindependent_advocate = 45\n'


def experiment(*lines: str) -> Experiment:
    (found,) = Scenario.from_text("\n".join(["[[experiment]]", *lines])).experiments
    return found


def said(text: str) -> list[str]:
    return Scenario.from_text(text).describe()[2:-1]


@pytest.mark.parametrize(
    ("lines", "read"),
    [
        (('state = "hope"', "cap = 0.3"), Experiment("cap", "hope", 0.3)),
        (('state = "hope"', "cap = '30 %'", 'lasts = "26 weeks"'), Experiment("cap", "hope", 0.3, lasts=26)),
        (('state = "exposure"', "freeze = true", 'from = "year 2"'), Experiment("freeze", "exposure", start=52)),
        (('state = "record"', "set = false"), Experiment("set", "record", 0.0)),
        (('state = "record"', "set = 1"), Experiment("set", "record", 1.0)),
        (('state = "use"', 'set = "recovering"'), Experiment("set", "use", 2.0)),
        (('state = "weeks_use"', 'set = "2 years"'), Experiment("set", "weeks_use", 104.0)),
        (('state = "skills"', "add = -1"), Experiment("add", "skills", -1.0)),
        (('state = "hope"', "add = -0.2", 'whom = "women"'), Experiment("add", "hope", -0.2, whom="women")),
        (('give_tie = "well"',), Experiment("give_tie", what="well")),
        (('give_tie = "well"', "count = -2", 'lasts = "1 year"'), Experiment("give_tie", what="well", count=-2, lasts=52)),
        (('give_role = "work"', 'covers = "50 %"'), Experiment("give_role", what="work", covers=0.5)),
        (('take_role = "family"', 'because = "why not"'), Experiment("take_role", what="family", because="why not")),
        (('move = "new"', 'when = "decided"', 'domain = "use"', 'after = "26 weeks"'),
         Experiment("move", what="new", when="decided", domain="use", after=26)),
        (('move = "home"', 'when = "flag_on"', 'from = "week 10"'), Experiment("move", what="home", when="flag_on", start=10)),
    ],
)  # fmt: skip
def test_an_experiment_is_read_as_it_is_written(lines, read):
    assert experiment(*lines) == read


def test_people_may_be_moved_to_an_area_of_the_scenarios_own():
    plan = Scenario.from_text('[[area]]\nname = "valley"\n[[experiment]]\nmove = "valley"')
    assert plan.experiments[0].what == "valley"


def test_what_an_experiment_may_set_is_of_the_persons_own_and_fits_with_the_rest():
    assert {"hope", "use", "record", "work", "age", "skills"} <= set(SETTABLE)
    kept = {"person", "alive", "area", "flag", "flag_weeks", "service_quality", "given_kind", "weight_work", "exposure"}
    assert not kept & set(SETTABLE)
    assert {FIELD[name].kind for name in SETTABLE} == {"state", "trait"}
    assert set(HELD) <= set(FIELD)


def test_every_kind_of_tie_and_every_event_of_the_list_is_known():
    assert set(TIES) == set(GIVEN_TIES[1:])
    known = scenario_schema()["$defs"]["ExperimentTable"]["properties"]["when"]["enum"]
    assert set(EVENTS_IN_WORDS) <= set(known)
    assert "died" not in known


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (('state = "hope"', "cap = 0.3", 'from = "week 10"', 'lasts = "26 weeks"'),
         "from week 10, for 26 weeks, hope of all people cannot exceed 0.3."),
        (('state = "self_stigma"', "freeze = true", 'whom = "has_record"'),
         "from the start of year 1 (week 0), self stigma of people with a record stays as it is. Everyone else is unchanged."),
        (('state = "use"', 'set = "recovering"', 'from = "week 3"'), "in week 3, use of all people is set to recovering."),
        (('state = "record"', "set = false"), "at the start of year 1 (week 0), record of all people is set to no."),
        (('state = "weeks_use"', "set = 104"), "at the start of year 1 (week 0), weeks use of all people is set to 104 weeks."),
        (('state = "hope"', "add = -0.2"), "at the start of year 1 (week 0), hope of all people falls by 0.2."),
        (('give_tie = "recovering_a_year"', "count = 2", 'when = "decided"', 'domain = "use"', 'after = "26 weeks"'),
         ("26 weeks after each person's first decision to change in use, all people are given 2 ties to people a year or more "
         "into recovery, beside the ties that they have.")),
        (('give_tie = "well"', "count = -1"),
         "at the start of year 1 (week 0), a tie to somebody who is well is left out of those that count for all people."),
        (('give_role = "work"', 'covers = "50 %"'),
         ("at the start of year 1 (week 0), all people are given a work role, for 50 % of them chosen once at random. Everyone "
         "else is unchanged.")),
        (('take_role = "work"', 'when = "kin_estranged"', 'from = "week 8"'),
         ("in the week after each person's first event kin_estranged from week 8 on, a work role is taken from all people who "
         "hold one.")),
        (('move = "new"',), "at the start of year 1 (week 0), all people move to the area new."),
    ],
)  # fmt: skip
def test_an_experiment_is_said_to_be_one_and_what_is_done(lines, words):
    assert said("\n".join(["[[experiment]]", *lines])) == [f"An experiment, not a policy: {words}"]


def test_switches_and_layers_are_said_with_what_takes_their_place():
    text = 'layer = "null"\nswitch_off = ["turning_points", "disclosure_delay"]\nswitch_on = ["label_resistance"]'
    assert said(text) == [
        "Only the null layer is lived: independent hazards with duration and frailty.",
        "Switched off: turning_points (turning points, and sudden decisions with them): it does not happen.",
        "Switched off: disclosure_delay (the time it takes to tell kin of a flag): kin are told at once, a week after it.",
        ("Switched on: label_resistance, another form: exposure reaches self-stigma only above a threshold of each person's own "
        "(M17)."),
    ]
    assert said('switch_off = ["peers"]') == [
        ("Switched off: peers (share of ties in trouble, on deciding, lapse, relapse and onset), which is held at its mean in "
        "the starting population.")
    ]
    assert said('layer = "labels"') == []


@pytest.mark.parametrize("name", [*MECHANISMS, *FORMS, *LAYERS])
def test_every_switch_and_layer_can_be_asked_for_and_said(name):
    key = "switch_off" if name in MECHANISMS else "switch_on"
    text = f'{key} = ["{name}"]'
    if name in LAYERS:
        text = f'layer = "{name}"'
    assert all(line.endswith(".") for line in Scenario.from_text(text).describe())


def test_what_the_layer_has_off_already_is_warned_of():
    plan = Scenario.from_text('layer = "null"\nswitch_off = ["peers", "turning_points"]')
    assert plan.warnings == (
        plan.layer_warning,
        "peers is switched off, but the null layer has switched it off already.",
    )


def test_a_layer_that_has_no_fit_as_it_is_lived_is_warned_of():
    for layer in LAYERS:
        plan = Scenario.from_text(f'layer = "{layer}"')
        assert plan.warnings == ((plan.layer_warning,) if layer != "labels" else ())
    assert "fitted to the full model" in Scenario.from_text('layer = "network"').layer_warning
    assert Scenario.from_text("people = 30").layer_warning == ""


def test_a_population_group_is_read_and_said():
    plan = Scenario.from_text(GROUP + "bias = 2\nmarked = true\nbecause = 'a study'")
    assert plan.population_groups == (PopulationGroup("group_a", 0.14, 2.0, True, "a study"),)
    assert plan.group_names == ("others", "group_a")
    assert plan.describe()[-2] == (
        "14 % of people belong to the group group_a: unjustified flags meet them twice as often; employers who cannot see "
        "records take them to have one (statistical_discrimination), because: a study."
    )
    assert "meet what others meet" in said(GROUP)[0]
    assert "meet them never" in said(GROUP + "bias = 0")[0]


def test_a_marked_group_without_hidden_records_is_warned_of():
    marked = GROUP + "marked = true\n"
    hidden = '[[policy]]\nlever = "employers_not_asking"\nset = 1\n'
    assert "employers_not_asking" in Scenario.from_text(marked).warnings[0]
    assert Scenario.from_text(marked + hidden).warnings == ()


def test_a_rule_may_name_a_population_group_of_the_scenarios_own():
    rule = 'population_group == "group_a"'
    plan = Scenario.from_text(f"[[policy]]\nlever = \"policing\"\nmultiply = 2\nwhom = '{rule}'\n{GROUP}")
    people = np.zeros(3, dtype=STATE_DTYPE)
    people["alive"], people["population_group"] = 1, [0, 1, 2]
    assert members(plan.policies[0].whom, people, *(plan.area_names, plan.group_names)).tolist() == [False, True, False]
    assert members('population_group == "others"', people).tolist() == [True, False, False]
    assert members("population_group >= 1", people).tolist() == [False, True, True]
    assert read_whom(rule, groups=("others", "b", "group_a")) != read_whom(rule, groups=plan.group_names)
    with pytest.raises(ScenarioError, match='population_group: "others"'):
        read_whom(rule)


def test_policies_for_different_population_groups_do_not_contradict_each_other():
    policies = "".join(
        f"[[policy]]\nlever = \"policing\"\nset = {value}\nwhom = 'population_group == \"{name}\"'\n"
        for value, name in ((1, "group_a"), (2, "others"))
    )
    assert len(Scenario.from_text(GROUP + policies).policies) == 2


def test_costs_are_read_and_said_with_what_they_are_for_each_of():
    places = '[[policy]]\nlever = "housing_first"\nset = 1\nwhom = "homeless"\nplaces = 20\n'
    housing = 'housing_first = { amount = 9000, per = "place-week" }\n'
    plan = Scenario.from_text(ADVOCATES + places + COSTS + housing)
    assert plan.costs == (Cost("independent_advocate", 45.0), Cost("housing_first", 9000.0, "place-week"))
    assert plan.currency == "GBP"
    assert plan.warnings == ()
    assert plan.describe()[-3:-1] == [
        "Cost of independent advocate: 45 GBP for each person-week reached.",
        "Cost of housing first: 9,000 GBP for each week in which a place is held.",
    ]


def test_a_cost_that_counts_nothing_or_everybody_is_warned_of():
    assert "its cost counts nothing" in Scenario.from_text(COSTS).warnings[0]
    everyone = ADVOCATES.replace("flagged", "everyone")
    assert "everyone alive" in Scenario.from_text(everyone + COSTS).warnings[0]


@pytest.mark.parametrize(
    ("whom", "warned"),
    [
        ("flagged", False), ("flagged_without_cause", False), ('flag == "unjustified" and area == "home"', False),
        ("has_record", True), ("flagged or women", True),
    ],
)  # fmt: skip
def test_a_cost_of_more_people_than_the_lever_can_do_anything_for_is_warned_of(whom, warned):
    policy = f"[[policy]]\nlever = 'independent_advocate'\nset = 1\nwhom = '{whom}'\n"
    said = Scenario.from_text(policy + COSTS).warnings
    assert bool(said) == warned
    assert Scenario.from_text(policy).warnings == ()
    if warned:
        assert "people with a flag: say so in whom" in said[0]


def test_the_states_that_levers_act_on_can_be_read():
    assert set(ACTS_ON) <= set(LEVERS)
    assert all(read_whom(rule) for rule, _ in ACTS_ON.values())


def test_switches_experiments_groups_and_costs_are_joined_along_a_chain(tmp_path):
    (tmp_path / "base.toml").write_text(
        'layer = "null"\nswitch_off = ["peers", "frailty"]\n' + GROUP + ADVOCATES + COSTS + '[[experiment]]\nmove = "new"\n'
    )
    (tmp_path / "plan.toml").write_text(
        'extends = "base"\nlayer = "labels"\nswitch_off = ["frailty", "hope"]\nswitch_on = ["label_resistance"]\n'
        + GROUP.replace("14", "20")
        + GROUP.replace("group_a", "group_b")
        + "[cost]\nindependent_advocate = 50\n"
        + '[[experiment]]\nmove = "home"\nfrom = "week 8"\n'
    )
    plan = Scenario.load(tmp_path / "plan.toml")
    assert (plan.layer, plan.switch_off, plan.switch_on) == ("labels", ("peers", "frailty", "hope"), ("label_resistance",))
    assert [(group.name, group.share) for group in plan.population_groups] == [("group_a", 0.2), ("group_b", 0.14)]
    assert plan.costs == (Cost("independent_advocate", 50.0),)
    assert plan.currency == "GBP"
    assert [one.what for one in plan.experiments] == ["new", "home"]
    assert plan.policy_start() == 0


def test_an_experiment_begins_the_weeks_that_are_judged():
    plan = Scenario.from_text('years = 3\n[primary]\nhorizon = "1 year"\n[[experiment]]\nmove = "new"\nfrom = "year 2"')
    assert plan.policy_start() == 52
    with pytest.raises(ScenarioError, match="at most 1 year"):
        Scenario.from_text('years = 2\n[primary]\nhorizon = "2 years"\n[[experiment]]\nmove = "new"\nfrom = "year 2"')
    assert "after the end of the world" in plan.with_settings(years=1).warnings[0]


def test_all_of_it_is_part_of_what_a_scenario_resolves_to():
    text = 'layer = "null"\nswitch_off = ["frailty"]\n' + GROUP + ADVOCATES + COSTS + '[[experiment]]\nmove = "new"\n'
    resolved = Scenario.from_text(text).resolved()
    assert json.loads(json.dumps(resolved, allow_nan=False)) == resolved
    assert resolved["population_groups"][0]["name"] == "group_a"
    assert resolved["costs"] == [{"lever": "independent_advocate", "amount": 45.0, "per": "person-week"}]
    assert resolved["experiments"][0]["what"] == "new"
    plain = Scenario.from_text("people = 30").resolved()
    for key in ("switch_off", "switch_on", "population_groups", "experiments", "costs"):
        assert plain[key] == []


def test_the_schema_names_mechanisms_states_ties_roles_and_levers_with_costs():
    schema = scenario_schema()
    tables = schema["$defs"]
    assert schema["properties"]["switch_off"]["items"]["enum"] == list(MECHANISMS)
    assert schema["properties"]["switch_on"]["items"]["enum"] == list(FORMS)
    assert set(tables["ExperimentTable"]["properties"]["state"]["enum"]) == {*SETTABLE, *HELD}
    assert tables["CostTable"]["properties"]["policing"] == {"$ref": "#/$defs/Cost"}
    assert tables["PopulationGroupTable"]["required"] == ["name", "share"]
