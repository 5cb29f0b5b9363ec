"""The name of a world: whatever decides its history changes the name, and nothing else does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest

from simulation import Scenario, identity
from simulation.identity import code_of, code_of_model, identity_of, name_of
from simulation.parameters import PARAMETERS
from simulation.scenario_parts import Cost, Primary

PLAN = Scenario.load("independent-advocates")
AREA = '[[area]]\nname = "harbour"\n'
GROUP = '[[population_group]]\nname = "newcomers"\nshare = "10 %"\n'
EXPERIMENT = '[[experiment]]\nstate = "hope"\nset = 0.5\n'
OTHERWISE = {
    "cohort": "england",
    "people": 4_999,
    "years": 4.0,
    "own_experience": 0.5,
    "policies": PLAN.policies[:1],
    "assumptions": PLAN.with_settings(assumptions={"deterrence": 0.1}).assumptions,
    "areas": Scenario.from_text(AREA).areas,
    "population_groups": Scenario.from_text(GROUP).population_groups,
    "experiments": Scenario.from_text(EXPERIMENT).experiments,
    "layer": "network",
    "switch_off": ("deterrence",),
    "switch_on": ("any form",),
}
"""Another value for each part of a scenario that decides something."""

ONLY_TOLD = {
    "name": "another",
    "path": Path("elsewhere.toml"),
    "text": "# another text",
    "question": "Another question?",
    "primary": Primary("lapsed", 26),
    "costs": (Cost("independent_advocate", 100.0),),
    "currency": "GBP",
    "warnings": ("Something.",),
    "extended": ("baseline",),
}
"""Another value for each part that decides nothing of a history."""


def name(scenario=PLAN, seed=1, **more):
    return name_of(identity_of(scenario, seed, **more))


@pytest.mark.parametrize("part", OTHERWISE)
def test_each_deciding_part_of_a_scenario_changes_the_name(part):
    assert name(replace(PLAN, **{part: OTHERWISE[part]})) != name()


@pytest.mark.parametrize("part", ONLY_TOLD)
def test_titles_questions_costs_and_what_is_judged_do_not(part):
    assert name(replace(PLAN, **{part: ONLY_TOLD[part]})) == name()


def test_every_part_of_a_scenario_is_one_or_the_other():
    assert {one.name for one in fields(Scenario)} == set(OTHERWISE) | set(ONLY_TOLD)


def test_reasons_given_and_the_way_a_number_is_written_do_not_count():
    said = replace(PLAN, policies=tuple(replace(policy, because="for a reason") for policy in PLAN.policies))
    whole = replace(PLAN, policies=tuple(replace(policy, value=int(policy.value)) for policy in PLAN.policies))
    assert name(said) == name(whole) == name()


def test_the_size_of_each_policy_counts():
    changed = (PLAN.policies[0], replace(PLAN.policies[1], covers=0.5))
    assert name(replace(PLAN, policies=changed)) != name()


def test_seed_assumptions_nudge_and_platform_change_the_name():
    others = [
        name(seed=2),
        name(assumptions={"deterrence": 0.1}),
        name(nudge=3),
        name(platform={"system": "another"}),
    ]
    assert len({name(), *others}) == 5


def test_an_assumption_set_to_its_default_is_no_other_world():
    assert name(assumptions={"deterrence": PARAMETERS["deterrence"].default}) == name()


def test_a_value_given_for_the_run_wins_over_that_of_the_scenario_as_it_does_in_the_world():
    stated = PLAN.with_settings(assumptions={"deterrence": 0.3})
    assert name(stated, assumptions={"deterrence": 0.1}) == name(assumptions={"deterrence": 0.1})


def test_a_changed_number_of_the_cohort_changes_the_name(monkeypatch):
    before = name()
    cohort = identity.load_cohort("a_year_in")
    numbers = dict(cohort.numbers)
    numbers["women"] = replace(numbers["women"], value=0.4)
    monkeypatch.setattr(identity, "load_cohort", lambda _: replace(cohort, numbers=numbers))
    identity._cohort.cache_clear()
    changed = name()
    identity._cohort.cache_clear()
    assert changed != before


def copied_model(tmp_path: Path, edit=lambda text: text) -> Path:
    """A copy of the model, its rule edited; gives the folder to import it from."""
    root = Path(identity.__file__).resolve().parents[1]
    for part in ("simulation", "scenarios"):
        shutil.copytree(root / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    rule = tmp_path / "simulation" / "week.py"
    before = rule.read_text(encoding="utf-8")
    after = edit(before)
    rule.write_text(after, encoding="utf-8")
    return tmp_path


def name_there(folder: Path) -> str:
    """The name that the model in `folder` gives to the world of PLAN."""
    ask = (
        "from simulation import Scenario\nfrom simulation.identity import identity_of, name_of\n"
        f"print(name_of(identity_of(Scenario.load({PLAN.name!r}), 1)))"
    )
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONHASHSEED": "7"}
    done = subprocess.run(
        [sys.executable, "-c", ask], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_another_process_with_the_same_model_gives_the_same_name(tmp_path):
    assert name_there(copied_model(tmp_path)) == name()


def test_comments_docstrings_and_layout_of_the_rule_do_not_count(tmp_path):
    def edit(text):
        documented = text.replace('"""', '"""In other words: ', 1)
        assert documented != text
        return "# a comment\n\n" + documented + "\n\n# the end\n"

    assert name_there(copied_model(tmp_path, edit)) == name()


def test_an_edit_of_the_rule_gives_every_world_another_name(tmp_path):
    def edit(text):
        edited = text.replace("1.0 - ", "0.999 - ", 1)
        assert edited != text
        return edited

    assert name_there(copied_model(tmp_path, edit)) != name()


def test_a_session_that_has_loaded_the_model_names_nothing_after_an_edit(tmp_path):
    folder = copied_model(tmp_path)
    ask = (
        "import time, simulation.world\nfrom pathlib import Path\ntime.sleep(0.05)\n"
        "from simulation.compiled import cache_folder\nbefore = cache_folder()\n"
        "path = Path(simulation.world.__file__).parent / 'week.py'\npath.write_text(path.read_text() + '\\nADDED = 1\\n')\n"
        "from simulation.errors import UserError\nfrom simulation.identity import code_of_model\n"
        "try:\n    print(code_of_model())\nexcept UserError as error:\n    print(before is not None, cache_folder(), error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", ask], cwd=folder, env={**os.environ, "PYTHONPATH": str(folder)}, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    assert done.stdout.startswith("True None")
    assert "week.py" in done.stdout
    assert "again" in done.stdout


@pytest.mark.parametrize("module", ["errors.py", "population.py", "world.py"])
def test_an_edit_of_any_module_of_the_model_counts(tmp_path, module):
    folder = copied_model(tmp_path) / "simulation"
    with (folder / module).open("a", encoding="utf-8") as file:
        file.write("\nADDED = 1\n")
    assert code_of(folder.glob("*.py")) != code_of_model()


def test_a_copy_of_the_model_has_the_same_code_wherever_it_lies(tmp_path):
    assert code_of((copied_model(tmp_path) / "simulation").glob("*.py")) == code_of_model()
