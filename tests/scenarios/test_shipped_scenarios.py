"""Each shipped scenario is right, and reads back as the sentences that are checked in beside this file.

`python tests/scenarios/refresh.py` writes the sentences and the schema anew.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from simulation.levers import LEVERS
from simulation.scenario import Scenario
from simulation.scenario_files import shipped_cohorts, shipped_folder, shipped_scenarios
from simulation.scenario_schema import schema_text
from simulation.scenario_shape import ExperimentTable, keys_of
from simulation.sentences import PHRASES
from simulation.state import GIVEN_TIES

SENTENCES = Path(__file__).with_name("sentences.txt")
PROMISED = {
    "baseline", "fewer-unjustified-flags", "more-unjustified-flags", "independent-advocates", "peer-recovery-groups",
    "family-support", "helping-services", "the-visit", "a-year-in",
}

INTERFACE_EXAMPLE = """
question = "What changes if police raise half as many unjustified flags on people with a record?"
extends  = "baseline"

[primary]
outcome  = "relapsed"
horizon  = "2 years"
group    = "has_record"

[[policy]]
lever    = "unjustified_flags"
multiply = 0.5
from     = "year 2"
whom     = "has_record"
covers   = "60 %"
because  = "pilot forces only"

[[assumption]]
name     = "deterrence"
range    = [0, 0.4]
because  = "no direct study of flags"
"""


def checked_in() -> dict[str, list[str]]:
    blocks = SENTENCES.read_text(encoding="utf-8").strip().split("\n\n")
    return {lines[0].strip("[]"): lines[1:] for lines in (block.split("\n") for block in blocks)}


def test_every_promised_scenario_is_shipped():
    assert PROMISED.issubset(shipped_scenarios())
    assert {"england", "a_year_in"}.issubset(shipped_cohorts())


@pytest.mark.parametrize("name", shipped_scenarios())
def test_a_shipped_scenario_reads_back_as_its_checked_in_sentences(name):
    assert Scenario.load(name).describe() == checked_in()[name]


def test_no_sentences_are_kept_of_scenarios_that_are_gone():
    assert list(checked_in()) == shipped_scenarios()


@pytest.mark.parametrize("name", shipped_scenarios())
def test_a_shipped_scenario_gives_no_warning_and_asks_one_question(name):
    plan = Scenario.load(name)
    assert plan.warnings == ()
    assert plan.question.endswith("?")
    assert plan.primary.declared


@pytest.mark.parametrize("name", shipped_scenarios())
def test_what_a_scenario_resolves_to_can_be_written_as_json(name):
    resolved = Scenario.load(name).resolved()
    assert json.loads(json.dumps(resolved, allow_nan=False)) == resolved


def test_worlds_that_are_meant_to_be_compared_share_people_years_and_cohort():
    a_year_in = {"the-visit", "independent-advocates", "a-year-in"}
    for family in (PROMISED - a_year_in, a_year_in):
        plans = [Scenario.load(name) for name in family]
        assert len({(plan.cohort, plan.people, plan.years, plan.own_experience) for plan in plans}) == 1


def test_the_visit_and_the_advocates_share_their_weeks_until_the_flags_are_up():
    visit, advocates = Scenario.load("the-visit"), Scenario.load("independent-advocates")
    assert advocates.policies[: len(visit.policies)] == visit.policies
    assert (visit.policy_start(), advocates.policies[-1].start) == (4, 5)
    assert advocates.primary.group == "flagged_without_cause"


def test_the_example_of_the_interface_is_answered_as_the_interface_says():
    plan = Scenario.from_text(INTERFACE_EXAMPLE)
    assert plan.describe()[1] == (
        "From the start of year 2 (week 52), unjustified flags on people with a record happen half as often, "
        "for 60 % of them chosen once at random. Everyone else, and justified flags, are unchanged."
    )
    assert plan.assumptions["deterrence"].range == (0.0, 0.4)
    assert plan.primary.horizon_weeks == 104
    assert plan.policy_start() == 52


def test_the_schema_beside_the_scenarios_is_current():
    assert (shipped_folder() / "schema.json").read_text(encoding="utf-8") == schema_text()


def test_the_schema_names_every_key_and_lever():
    schema = json.loads(schema_text())
    policy = schema["$defs"]["PolicyTable"]["properties"]
    assert set(policy["lever"]["enum"]) == set(LEVERS)
    assert set(policy) == {"lever", "set", "multiply", "add", "from", "until", "ramp", "whom", "covers", "places", "because"}
    assert schema["additionalProperties"] is False


def test_every_lever_can_be_said_in_words():
    assert set(PHRASES) == set(LEVERS)


@pytest.mark.parametrize("lever", LEVERS.values(), ids=list(LEVERS))
def test_each_lever_is_said_in_a_sentence_however_it_is_changed(lever):
    value = (lever.low + lever.high) / 2
    ways = {"set": f'"{100 * value} % {lever.unit[6:]}"' if lever.unit.startswith(("share ", "chance ")) else f"{value}"}
    if lever.unit == "weeks":
        ways["set"] = f'"{value:.0f} weeks"'
    elif not lever.once:
        ways |= {"multiply": "2", "add": ways["set"]}
    for how, given in ways.items():
        plan = Scenario.from_text(f'[[policy]]\nlever = "{lever.name}"\n{how} = {given}\n')
        said = plan.describe()[1]
        assert re.fullmatch(r"[A-Z][^{}]*\.", said), said
        assert "None" not in said
        assert "nan" not in said.split()


def test_readme_of_the_scenarios_names_each_of_them():
    text = (shipped_folder() / "README.md").read_text(encoding="utf-8")
    assert [name for name in shipped_scenarios() if f"`{name}`" not in text] == []


def test_examples_in_the_readme_of_the_scenarios_are_right(tmp_path):
    text = (shipped_folder() / "README.md").read_text(encoding="utf-8")
    examples = re.findall(r"```toml\n(.*?)```", text, flags=re.DOTALL)
    assert examples
    for number, example in enumerate(examples):
        named = re.match(r"# (\S+\.toml)\n", example)
        path = tmp_path / (named[1] if named else f"example-{number}.toml")
        path.write_text(example, encoding="utf-8")
        assert Scenario.load(path).warnings == ()


def test_readme_of_the_scenarios_names_every_key_of_an_experiment_and_every_kind_of_tie():
    text = (shipped_folder() / "README.md").read_text(encoding="utf-8")
    told = text[text.index("**Experiments.**") :]
    assert [name for name in (*keys_of(ExperimentTable), *GIVEN_TIES[1:]) if f"`{name}" not in told] == []
