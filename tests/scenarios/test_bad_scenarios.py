"""Each kind of mistake is answered in one message: where, what was given, what is allowed, what to do. All at once."""

from __future__ import annotations

import os

import pytest

from simulation.errors import Problem, ScenarioError, UserError
from simulation.scenario import Scenario, check_places, check_run


def problems_of(text: str) -> tuple[Problem, ...]:
    with pytest.raises(ScenarioError) as caught:
        Scenario.from_text(text)
    return caught.value.problems


def policy(*lines: str) -> str:
    return "\n".join(["[[policy]]", 'lever = "unjustified_flags"', *lines])


def group(*lines: str, name: str = "a") -> str:
    return "\n".join(["[[population_group]]", f'name = "{name}"', *lines])


def experiment(*lines: str) -> str:
    return "\n".join(["[[experiment]]", *lines])


# (what is wrong, the text, its line, a word of what is said to be wrong or to do)
MISTAKES = [
    ("a misspelt key", 'question = "?"\nextnds = "baseline"', 2, '"extends"'),
    ("an unknown key", "colour = 3", 1, "colour"),
    ("a key of another table", 'lever = "policing"', 1, "belongs to [[policy]]"),
    ("a misspelt key in a policy", policy("multiply = 0.5", 'form = "year 2"'), 4, '"from"'),
    ("a misspelt lever", '[[policy]]\nlever = "unjustifed_flags"\nmultiply = 0.5', 2, '"unjustified_flags"'),
    ("an unknown lever", '[[policy]]\nlever = "xyzzy"\nset = 0.5', 2, "recovery list levers"),
    ("a policy without a lever", "[[policy]]\nset = 0.5", 1, "lever = ..."),
    ("a misspelt assumption", '[[assumption]]\nname = "deterence"\nset = 0.1', 2, '"deterrence"'),
    ("a misspelt cohort", 'cohort = "englnd"', 1, '"england"'),
    ("words for a number", 'people = "many"', 1, "without quotation marks"),
    ("a number for words", "question = 3", 1, "quotation marks"),
    ("yes or no for a number", "people = true", 1, "true"),
    ("a date for a moment", policy("set = '1 % a year'", "from = 1979-05-27"), 4, "year 2"),
    ("half a person", "people = 10.5", 1, "whole number"),
    ("negative people", "people = -5", 1, "-5"),
    ("no people", "people = 0", 1, "from 20"),
    ("too few people to meet", 'question = "?"\npeople = 19', 2, "from 20"),
    ("a number in quotation marks", '[[policy]]\nlever = "community_building"\nset = "2"', 3, "without quotation marks: 2."),
    ("too many people", "people = 10_000_001", 1, "10,000,000"),
    ("a number of many digits", f"people = {'9' * 400}", 1, "20 digits"),
    ("no years", "years = 0", 1, "above 0"),
    ("too many years", "years = 101", 1, "at most 100"),
    ("years without end", "years = inf", 1, "inf"),
    ("years that are no number", "years = nan", 1, "nan"),
    ("more than everybody", 'own_experience = "130 %"', 1, "100 %"),
    ("a share below nothing", "own_experience = -0.1", 1, "0 %"),
    ("a value out of range", policy('set = "60 % a year"'), 3, "0 % a year to 50 % a year"),
    ("no change at all", policy(), 1, "exactly one of set, multiply, add"),
    ("two changes", policy("multiply = 2", 'add = "1 % a year"'), 1, "exactly one of set, multiply, add"),
    ("a chance without its time", policy('set = "0.2 %"'), 3, "a week or a year"),
    ("a plain number for a chance a year", policy("set = 0.002"), 3, "0.2 % a year"),
    ("a chance a week for one a year", policy('set = "0.2 % a week"'), 3, '"9.89 % a year"'),
    ("a unit that does not fit", policy('set = "26 weeks"'), 3, "0.2 % a year"),
    ("a length of time without unit", '[[policy]]\nlever = "review_date"\nset = 26', 3, "26 weeks"),
    ("a value that is no number", '[[policy]]\nlever = "peer_groups"\nset = nan', 3, "finite"),
    ("a value without end", '[[policy]]\nlever = "peer_groups"\nadd = inf', 3, "finite"),
    ("a value without end in words", policy('set = "1e999 % a year"'), 3, "finite"),
    ("a negative factor", policy("multiply = -1"), 3, "from 0"),
    ("a factor without end", policy("multiply = inf"), 3, "from 0"),
    ("a plain number for a moment", policy("multiply = 2", "from = 52"), 4, "week 52"),
    ("a length of time for a moment", policy("multiply = 2", 'from = "2 years"'), 4, "year 2"),
    ("year 0", policy("multiply = 2", 'from = "year 0"'), 4, "year 1"),
    ("a policy that ends before it begins", policy("multiply = 2", 'from = "year 3"', 'until = "year 2"'), 5, "after the policy"),
    ("a policy after the end", "years = 1\n" + policy("multiply = 2", 'from = "year 2"'), 2, "before the world ends"),
    ("a ramp of no length", policy("multiply = 2", 'ramp = "0 weeks"'), 4, "at least a week"),
    ("a share of nobody", policy("multiply = 2", 'covers = "0 %"'), 4, "reaches nobody"),
    ("a share without its sign", policy("multiply = 2", "covers = 60"), 4, '"60 %"'),
    ("no places", policy("multiply = 2", "places = 0"), 4, "1 or more"),
    ("a share and places", policy("multiply = 2", 'covers = "60 %"', "places = 20"), 5, "one of them"),
    ("an unknown group", policy("multiply = 2", 'whom = "has_recrd"'), 4, '"has_record"'),
    ("a rule that is none", policy("multiply = 2", 'whom = "identity <"'), 4, "missing"),
    ("a rule of code", policy("multiply = 2", "whom = '__import__(\"os\")'"), 4, "no group"),
    ("a rule that nobody can meet", policy("multiply = 2", 'whom = "identity > 1.2"'), 4, "correct it"),
    ("a rule of two states at once", policy("multiply = 2", "whom = 'use == \"none\" and use == \"active\"'"), 4, "correct it"),
    ("a rule without end", policy("multiply = 2", f'whom = "{"not " * 200}record"'), 4, "at most"),
    ("a lever of society for some", '[[policy]]\nlever = "public_stigma"\nset = 0.4\nwhom = "women"', 4, "society as a whole"),
    ("more of what happens once", '[[policy]]\nlever = "flag_once"\nmultiply = 2', 3, "happens once"),
    ("an end of what happens once", '[[policy]]\nlever = "flag_once"\nset = 1\nuntil = "week 9"', 4, "happens once"),
    ("more of what there is none of", '[[policy]]\nlever = "review_date"\nmultiply = 2', 3, "without a policy"),
    ("an assumption out of range", '[[assumption]]\nname = "deterrence"\nset = 7', 3, "0 to 0.6"),
    ("a range the wrong way round", '[[assumption]]\nname = "deterrence"\nrange = [0.4, 0.1]', 3, "Exchange"),
    ("a range of one value", '[[assumption]]\nname = "deterrence"\nrange = [0.4]', 3, "two values"),
    ("a range of words", '[[assumption]]\nname = "deterrence"\nrange = ["low", "high"]', 3, "finite"),
    ("an assumption with no value", '[[assumption]]\nname = "deterrence"', 1, "exactly one of set, range"),
    ("an assumption twice", "[[assumption]]\nname = 'meet'\nset = 0.5\n" * 2, 5, "a second time"),
    ("an area without a name", "[[area]]\nrisk = 0.1", 1, "name = ..."),
    ("an area out of range", '[[area]]\nname = "home"\nbias = 2', 3, "0 to 1"),
    ("an area twice", '[[area]]\nname = "home"\n[[area]]\nname = "home"', 4, "a second time"),
    ("a horizon after the end", '[primary]\nhorizon = "20 years"', 2, "at most 10 years"),
    ("a primary group of nobody", '[primary]\ngroup = "women and men"', 2, "correct it"),
    ("a table where tables belong", '[policy]\nlever = "policing"\nset = 2', 1, "[[policy]]"),
    ("a number where tables belong", "policy = 3", 1, "[[policy]]"),
    ("a misspelt layer", 'layer = "netwrk"', 1, '"network"'),
    ("a misspelt mechanism", 'switch_off = [\n"hope",\n"peerz"]', 3, '"peers"'),
    ("an unknown mechanism", 'switch_off = ["xyzzy"]', 1, "recovery list mechanisms"),
    ("a form switched off", 'switch_off = ["label_resistance"]', 1, "Write it in switch_on"),
    ("a mechanism switched on", 'switch_on = ["peers"]', 1, "Write it in switch_off"),
    ("one mechanism without a list", 'switch_off = "peers"', 1, "a list of mechanisms"),
    ("a group without a share", '[[population_group]]\nname = "a"', 1, "share = ..."),
    ("a group of nobody", group("share = 0"), 3, "more than 0 %"),
    ("a group's share without its sign", group("share = 14"), 3, '"14 %"'),
    ("a group by the name of the rest", group('share = "14 %"', name="others"), 2, "no such group"),
    ("a group by the name of another kind", group('share = "14 %"', name="women"), 2, "recovery list groups"),
    ("a group with too much bias", group('share = "14 %"', "bias = 11"), 4, "from 0 to 10"),
    ("a group marked by a number", group('share = "14 %"', "marked = 1"), 4, "true or false"),
    ("a group twice", group('share = "14 %"') + "\n" + group('share = "2 %"'), 5, "a second time"),
    ("groups of more than everybody", group('share = "60 %"') + "\n" + group('share = "41 %"', name="b"), 1, "100 %"),
    ("a rule on a group that is none", policy("multiply = 2", "whom = 'population_group == \"b\"'"), 4, '"others"'),
    ("a cost of no lever", '[cost]\ncurrency = "GBP"\nadvocate = 3', 3, "recovery list levers"),
    ("a misspelt lever with a cost", '[cost]\ncurrency = "GBP"\nindependent_advocat = 3', 3, '"independent_advocate"'),
    ("a cost below nothing", '[cost]\ncurrency = "GBP"\npolicing = -1', 3, "0 or more"),
    ("a cost in words", '[cost]\ncurrency = "GBP"\npolicing = "much"', 3, "0 or more"),
    ("a cost without end", '[cost]\ncurrency = "GBP"\npolicing = inf', 3, "0 or more"),
    ("a cost for each of something else", '[cost]\ncurrency = "GBP"\npolicing = { amount = 1, per = "day" }', 3, "place-week"),
    ("a cost without an amount", '[cost]\ncurrency = "GBP"\npolicing = { per = "person" }', 3, "amount"),
    ("a cost of more than all there is", '[cost]\ncurrency = "GBP"\npolicing = 1.1e12', 3, "at most 1,000,000,000,000"),
    ("a cost of many digits", f'[cost]\ncurrency = "GBP"\npolicing = {"9" * 30}', 3, "more than 15 digits"),
    ("a wrong amount of a kind", '[cost]\ncurrency = "GBP"\npolicing = { amount = "1", per = "person" }', 3, 'amount = "1"'),
    ("a wrong kind beside its amount", '[cost]\ncurrency = "GBP"\npolicing = { amount = 1, per = "x" }', 3, 'per = "x"'),
    ("a misspelt key of a cost", '[cost]\ncurrency = "GBP"\npolicing = { amount = 1, pr = "person" }', 3, "amount and per"),
    ("a currency of many words", '[cost]\ncurrency = "pounds sterling"\npolicing = 3', 2, "1 to 12"),
    ("a currency that turns the line around", '[cost]\ncurrency = "G\u202eBP"\npolicing = 3', 2, "1 to 12"),
    ("a currency with a sign of control", '[cost]\ncurrency = "G\\u0007BP"\npolicing = 3', 2, "1 to 12"),
    ("a currency with a space after it", '[cost]\ncurrency = "GBP "\npolicing = 3', 2, "1 to 12"),
    ("costs without a currency", "[cost]\npolicing = 3", 1, 'currency = "GBP"'),
    ("a currency that is a number", '[cost]\ncurrency = "3"\npolicing = 3', 2, '"GBP"'),
    ("costs as a list", "[[cost]]\npolicing = 3", 1, "[cost]"),
    ("a cost of places that there are none of", policy("multiply = 2") + '\n[cost]\ncurrency = "GBP"\n'
     'unjustified_flags = { amount = 1, per = "place-week" }', 6, "has no places"),
    ("an experiment on nothing", experiment("set = 1"), 1, "exactly one of state, give_tie, give_role, take_role, move"),
    ("an experiment on two things", experiment('give_role = "work"', 'move = "new"'), 1, "exactly one of"),
    ("an experiment that does nothing", experiment('state = "hope"'), 1, "exactly one of set, add, cap, freeze"),
    ("an experiment that does two things", experiment('state = "hope"', "set = 1", "cap = 1"), 1, "set and cap"),
    ("a misspelt state", experiment('state = "hpe"', "set = 1"), 2, '"hope"'),
    ("an unknown state", experiment('state = "xyzzy"', "set = 1"), 2, "recovery list states"),
    ("a state that nothing can set", experiment('state = "alive"', "set = 0"), 2, "cannot be set or added to"),
    ("a state worked out from others", experiment('state = "exposure"', "set = 0"), 2, "cannot be set or added to"),
    ("a state that cannot be capped", experiment('state = "record"', "cap = 0"), 2, "cannot be capped"),
    ("a state that cannot be frozen", experiment('state = "use"', "freeze = true"), 2, "cannot be frozen"),
    ("a state beyond its range", experiment('state = "hope"', "set = 1.2"), 3, "0 to 1"),
    ("a cap beyond the range", experiment('state = "hope"', "cap = -0.1"), 3, "0 to 1"),
    ("more added than there is room for", experiment('state = "hope"', "add = 2"), 3, "-1 to 1"),
    ("half a conviction", experiment('state = "prior_convictions"', "set = 0.5"), 3, "whole number"),
    ("a state that is no number", experiment('state = "hope"', 'set = "much"'), 3, "finite"),
    ("yes for a number", experiment('state = "hope"', "set = true"), 3, "a number"),
    ("a status by its number", experiment('state = "use"', "set = 2"), 3, '"recovering"'),
    ("a status by an unknown word", experiment('state = "use"', 'set = "well"'), 3, '"recovering"'),
    ("a status that is added to", experiment('state = "use"', "add = 1"), 3, "no amount"),
    ("a record that is added to", experiment('state = "record"', "add = 1"), 3, "set = true"),
    ("what is not frozen", experiment('state = "hope"', "freeze = false"), 3, "true"),
    ("a set beside a role", experiment('give_role = "work"', "set = 1"), 3, "Leave set out"),
    ("a misspelt tie", experiment('give_tie = "wel"'), 2, '"well"'),
    ("no tie of a kind", experiment('give_tie = "none"'), 2, "recovering_a_year"),
    ("no ties", experiment('give_tie = "well"', "count = 0"), 3, "not 0"),
    ("too many ties", experiment('give_tie = "well"', "count = 8"), 3, "from -7 to 7"),
    ("a count of roles", experiment('give_role = "work"', "count = 2"), 3, "for give_tie only"),
    ("a misspelt role", experiment('take_role = "wrk"'), 2, '"work"'),
    ("a move to nowhere", experiment('move = "moon"'), 2, "home, new"),
    ("an event that is none", experiment('give_role = "work"', 'when = "decide"'), 3, '"decided"'),
    ("an unknown event", experiment('move = "new"', 'when = "xyzzy"'), 3, "recovery list events"),
    ("a misspelt area", experiment('move = "vally"') + '\n[[area]]\nname = "valley"', 2, '"valley"'),
    ("an area that the scenario lacks", experiment('move = "moon"') + '\n[[area]]\nname = "valley"', 2, "home, new, valley"),
    ("an age that nobody has", experiment('state = "age"', "set = 130"), 3, "18 to 100"),
    ("weeks beyond a life", experiment('state = "weeks_use"', 'set = "200 years"'), 3, "0 to 5,200"),
    ("more added than any has", experiment('state = "skills"', "add = 21"), 3, "-20 to 20"),
    ("what comes after death", experiment('give_role = "work"', 'when = "died"'), 3, "goes on"),
    ("a domain of no event", experiment('give_role = "work"', 'domain = "use"'), 3, "Add when"),
    ("a time after no event", experiment('give_role = "work"', 'after = "2 weeks"'), 3, "Add when"),
    ("a domain of an event without one", experiment('move = "new"', 'when = "flag_on"', 'domain = "use"'), 4, "have one"),
    ("a misspelt domain", experiment('move = "new"', 'when = "lapse"', 'domain = "usee"'), 4, '"use"'),
    ("how long a role lasts", experiment('give_role = "work"', 'lasts = "2 weeks"'), 3, "happens once"),
    ("an experiment without its unit", experiment('state = "hope"', "cap = 0.5", "lasts = 26"), 4, "unit"),
    ("an experiment after the end", "years = 1\n" + experiment('move = "new"', 'from = "year 2"'), 2, "before the world ends"),
    ("an experiment on a share of nobody", experiment('move = "new"', 'covers = "0 %"'), 3, "on nobody"),
    ("an experiment on an unknown group", experiment('move = "new"', 'whom = "womn"'), 3, '"women"'),
    ("a lever of a policy in an experiment", experiment('lever = "policing"', "set = 1"), 2, "belongs to [[policy]]"),
    ("a table where experiments belong", '[experiment]\nmove = "new"', 1, "[[experiment]]"),
    ("a path to extend", 'extends = "../baseline"', 1, "never a path"),
    ("a file to extend", 'extends = "baseline.toml"', 1, "never a path"),
    ("nothing to extend", 'extends = ""', 1, "never a path"),
    ("an unknown scenario to extend", 'extends = "baselin"', 1, '"baseline"'),
    ("a key twice", "people = 5\npeople = 6", 2, "once"),
    ("a table twice", "[primary]\n[primary]", 2, "once"),
    ("no TOML", "people is 5", 1, "not TOML"),
    ("an open string", 'question = "what', 1, "not TOML"),
    ("markup", "<html><body>404</body></html>", 1, "not TOML"),
    ("a line of brackets", "question = " + "[" * 5_000, 1, "brackets"),
    ("tables inside tables", "\n".join(f"[{'.'.join('a' * depth)}]" for depth in range(1, 20)), None, "deeply"),
    ("lists inside lists", "question = " + "[\n" * 3_000 + "]\n" * 3_000, None, "deeply"),
    ("a number too long to read", f"people = {'9' * 6_000}", 1, "thousands of digits"),
    ("a number too long to read below", f"# {'9' * 80}\npeople = 30\nyears = {'9_' * 5_000}9", 3, "thousands of digits"),
    ("an empty text", "", None, "empty"),
    ("a blank text", " \n\t\n", None, "empty"),
    ("a text without end", "#" * 1_000_001, None, "1 MB"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "word"), [case[1:] for case in MISTAKES], ids=[case[0] for case in MISTAKES])
def test_a_mistake_is_told_with_its_line_and_what_to_do(text, line, word):
    problems = problems_of(text)
    said = [str(problem) for problem in problems if word in str(problem)]
    assert said, problems
    assert any(line is None or f"line {line}" in one.split("\n")[0] for one in said), said
    assert all(problem.where and problem.given and problem.allowed and problem.todo for problem in problems)
    assert "Traceback" not in str(problems)
    assert "pydantic" not in str(problems)


def test_all_problems_of_a_file_are_told_at_once_in_the_order_of_their_lines():
    text = "\n".join([
        "people = -5", 'layer = "netwrk"', "wrong = 1", "[[policy]]", 'lever = "policng"', "multiply = 2", "from = 3",
        "[[policy]]", 'lever = "policing"', "set = 9", 'whom = "nobody"', "[[assumption]]", 'name = "meet"', "set = 7",
    ])  # fmt: skip
    lines = [int(problem.where.split("line ")[1].split(",")[0]) for problem in problems_of(text)]
    assert lines == [1, 2, 3, 5, 7, 10, 11, 14]


def test_a_file_of_thousands_of_mistakes_is_answered_in_a_page_or_two():
    text = "\n".join(f"key_{number} = {number}" for number in range(20_000))
    assert len(problems_of(text)) <= 102


def test_policies_that_set_one_lever_differently_for_the_same_people_and_weeks_contradict_each_other():
    first, second = policy('set = "1 % a year"', 'whom = "women"'), policy('set = "2 % a year"', 'whom = "under_30"')
    (problem,) = problems_of(f"{first}\n{second}")
    assert "contradict" in problem.allowed
    assert "line 1" in problem.given
    assert "line 5" in problem.where


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (('set = "1 % a year"', 'whom = "women"'), ('set = "2 % a year"', 'whom = "men"')),
        (('set = "1 % a year"', 'whom = "age < 20"'), ('set = "2 % a year"', 'whom = "over_50"')),
        (('set = "1 % a year"', 'until = "year 2"'), ('set = "2 % a year"', 'from = "year 2"')),
        (('set = "1 % a year"',), ("multiply = 2",)),
        (("multiply = 2",), ("multiply = 3",)),
        (('set = "1 % a year"',), ('set = "1 % a year"', 'whom = "women"')),
    ],
    ids=["other people", "other ages", "other weeks", "set and multiplied", "multiplied twice", "the same value"],
)
def test_policies_that_cannot_meet_or_that_add_up_do_not_contradict_each_other(first, second):
    assert len(Scenario.from_text(f"{policy(*first)}\n{policy(*second)}").policies) == 2


def test_a_value_outside_the_range_of_its_lever_is_kept_inside_with_a_warning():
    plan = Scenario.from_text(policy("multiply = 200"))
    assert any("kept at 50 % a year" in warning for warning in plan.warnings)


def test_a_multiple_of_nothing_is_warned_of():
    plan = Scenario.from_text('[[policy]]\nlever = "hope_coaching"\nmultiply = 2')
    assert any("changes nothing" in warning for warning in plan.warnings)


def test_more_places_than_people_is_an_error_of_the_run_not_of_the_file():
    plan = Scenario.from_text(policy("multiply = 2", "places = 200"))
    check_places(plan, 200)
    with pytest.raises(ScenarioError, match="at most 199 places"):
        check_places(plan, 199)


def test_a_run_needs_twenty_people():
    plan = Scenario.load("baseline")
    check_run(plan, 20)
    with pytest.raises(ScenarioError, match="at least 20"):
        check_run(plan, 19)


@pytest.mark.parametrize("first", ["policy", "experiment"])
def test_a_horizon_of_a_shipped_file_that_is_too_long_is_told_at_what_begins_too_late(first):
    when = 'from = "week 500"'
    late = {"policy": policy("multiply = 0.5", when), "experiment": experiment('move = "new"', when)}
    later = late["policy" if first == "experiment" else "experiment"].replace("500", "510")
    for text in (late[first], f"{late[first]}\n{later}", f"{later}\n{late[first]}"):
        (problem,) = problems_of(f'extends = "baseline"\n{text}')
        line = 2 + text[: text.index(late[first])].count("\n")
        assert problem.where == f"scenario, line {line}, [[{first}]] 1"
        assert problem.given == "a horizon of 2 years"
        assert problem.allowed == f"at most 20 weeks: the world ends then, counted from the {first}'s first week"


def test_extends_in_a_circle_is_an_error_that_names_the_circle(tmp_path):
    for name, other in (("one", "two"), ("two", "three"), ("three", "one")):
        (tmp_path / f"{name}.toml").write_text(f'extends = "{other}"')
    with pytest.raises(ScenarioError, match="one extends two extends three extends one, a circle"):
        Scenario.load(tmp_path / "one.toml")


def test_a_file_that_extends_itself_is_a_circle(tmp_path):
    (tmp_path / "baseline.toml").write_text('extends = "baseline"')
    with pytest.raises(ScenarioError, match="circle"):
        Scenario.load(tmp_path / "baseline.toml")


def test_a_long_chain_of_files_is_refused(tmp_path):
    for number in range(40):
        (tmp_path / f"s{number}.toml").write_text(f'extends = "s{number + 1}"')
    (tmp_path / "s40.toml").write_text("people = 50")
    with pytest.raises(ScenarioError, match="more than 20 files"):
        Scenario.load(tmp_path / "s0.toml")


def test_extends_does_not_follow_a_link_out_of_the_scenario_folders(tmp_path):
    outside = tmp_path / "outside.toml"
    outside.write_text("people = 50")
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "inside.toml").symlink_to(outside)
    (folder / "plan.toml").write_text('extends = "inside"')
    with pytest.raises(ScenarioError, match="a link to"):
        Scenario.load(folder / "plan.toml")


def test_problems_of_a_file_that_is_extended_are_told_with_its_own_name(tmp_path):
    (tmp_path / "base.toml").write_text("people = -1")
    (tmp_path / "plan.toml").write_text('extends = "base"\nyears = -1')
    with pytest.raises(ScenarioError) as caught:
        Scenario.load(tmp_path / "plan.toml")
    assert [os.path.basename(problem.where.split(",")[0]) for problem in caught.value.problems] == ["plan.toml", "base.toml"]


BASE_OF_TEN_YEARS = """
years = 10
[primary]
horizon = "2 years"
[[policy]]
lever = "policing"
multiply = 0.5
from = "year 4"
"""


@pytest.mark.parametrize(
    ("own", "key", "word"),
    [
        ('extends = "base"\nyears = 4', "years", "give more years"),
        ('extends = "base"\nyears = 3', "years", "begins then"),
        ('extends = "base"\nyears = 4\n[primary]\nhorizon = "3 years"', "horizon", "Shorten"),
    ],
    ids=["a horizon that no longer fits", "a policy that no longer begins", "a horizon of one's own"],
)
def test_years_too_few_for_what_is_extended_are_told_at_the_line_of_ones_own(tmp_path, own, key, word):
    (tmp_path / "base.toml").write_text(BASE_OF_TEN_YEARS)
    (tmp_path / "mine.toml").write_text(own)
    with pytest.raises(ScenarioError) as caught:
        Scenario.load(tmp_path / "mine.toml")
    (problem,) = caught.value.problems
    line = next(number for number, text in enumerate(own.split("\n"), 1) if text.startswith(key))
    assert f"mine.toml, line {line}" in problem.where
    assert word in str(problem)


def test_a_policy_of_ones_own_too_late_for_the_horizon_extended_is_told_at_its_own_line(tmp_path):
    (tmp_path / "base.toml").write_text('years = 4\n[primary]\nhorizon = "2 years"')
    (tmp_path / "mine.toml").write_text('extends = "base"\n[[policy]]\nlever = "policing"\nmultiply = 2\nfrom = "year 4"')
    with pytest.raises(ScenarioError, match=r"mine\.toml, line 2"):
        Scenario.load(tmp_path / "mine.toml")


def test_a_file_beside_is_extended_before_a_shipped_one_and_its_own_keys_win(tmp_path):
    (tmp_path / "baseline.toml").write_text(
        'people = 50\nyears = 3\n[primary]\noutcome = "died"\n[[assumption]]\nname = "meet"\nset = 0.4\n'
        '[[area]]\nname = "home"\nbias = 0.5\nrisk = 0.2\n[[policy]]\nlever = "policing"\nmultiply = 2'
    )
    (tmp_path / "plan.toml").write_text(
        'extends = "baseline"\nyears = 4\n[primary]\nhorizon = "1 year"\n[[assumption]]\nname = "meet"\nset = 0.6\n'
        '[[area]]\nname = "home"\nbias = 0.7\n[[policy]]\nlever = "hope_coaching"\nset = 1'
    )
    plan = Scenario.load(tmp_path / "plan.toml")
    assert (plan.people, plan.years, plan.name) == (50, 4.0, "plan")
    assert (plan.primary.outcome, plan.primary.horizon_weeks) == ("died", 52)
    assert plan.assumptions["meet"].set == 0.6
    assert plan.areas == ({"name": "home", "bias": 0.7, "risk": 0.2},)
    assert [policy.lever for policy in plan.policies] == ["policing", "hope_coaching"]


def test_a_rule_may_name_an_area_of_the_scenarios_own():
    text = policy("multiply = 2", "whom = 'area == \"valley\"'")
    assert "valley" in str(problems_of(text))
    assert Scenario.from_text(f'{text}\n[[area]]\nname = "valley"').area_names == ("home", "new", "valley")


def test_a_folder_instead_of_a_file_is_refused(tmp_path):
    with pytest.raises(ScenarioError, match="a folder"):
        Scenario.load(tmp_path)


def test_a_pipe_instead_of_a_file_is_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe.toml")
    with pytest.raises(ScenarioError, match="no file"):
        Scenario.load(tmp_path / "pipe.toml")


def test_a_huge_file_is_refused(tmp_path):
    path = tmp_path / "huge.toml"
    path.write_bytes(b"# " + b"x" * 1_000_000)
    with pytest.raises(ScenarioError, match="more than 1 MB"):
        Scenario.load(path)


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "garbage.toml"
    path.write_bytes(b'question = "x"\n\xff\xfe\x00\x80')
    with pytest.raises(ScenarioError, match="line 2"):
        Scenario.load(path)


def test_a_file_with_a_byte_order_mark_and_windows_line_ends_is_read(tmp_path):
    path = tmp_path / "plan.toml"
    path.write_bytes(b'\xef\xbb\xbfquestion = "x"\r\npeople = 50\r\n')
    assert Scenario.load(path).people == 50


@pytest.mark.parametrize("name", ["baselin", "no/such/file", "x.toml", "a b", "", "\0", "x" * 5_000, "é", "/dev/zero"])
def test_a_name_that_leads_nowhere_is_told(name):
    with pytest.raises(ScenarioError):
        Scenario.load(name)


def test_a_misspelt_name_is_answered_with_the_nearest_one():
    with pytest.raises(ScenarioError, match='Did you mean "baseline"'):
        Scenario.load("baselin")


def test_settings_of_a_run_are_checked_like_the_file():
    plan = Scenario.load("fewer-unjustified-flags")
    assert plan.with_settings(people=100, years=3).weeks == 156
    assert plan.with_settings(assumptions={"deterrence": 0.1}).assumptions["deterrence"].set == 0.1
    for wrong in ({"people": 0}, {"people": 2.5}, {"years": 0}, {"years": float("nan")}, {"people": True}, {"years": 1e9}):
        with pytest.raises(UserError):
            plan.with_settings(**wrong)
    for wrong in ({"detrrence": 0.1}, {"deterrence": 99}, {"deterrence": "much"}):
        with pytest.raises(UserError):
            plan.with_settings(assumptions=wrong)


def test_a_run_too_short_for_its_policy_is_warned_of():
    warnings = Scenario.load("fewer-unjustified-flags").with_settings(years=1).warnings
    assert any("after the end of the world" in warning for warning in warnings)


def test_two_visits_in_different_weeks_are_no_contradiction():
    """A lever that acts once acts in its first week only."""
    text = 'extends = "the-visit"\n[[policy]]\nlever = "flag_once"\nset = "50 %"\nfrom = "week 60"\nwhom = "own_experience"'
    assert len(Scenario.from_text(text).policies) == 2
