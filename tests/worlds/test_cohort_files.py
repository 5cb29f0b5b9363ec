"""Cohort files say everything about each number, and the page about cohorts says what the files say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from simulation.cohort import cohort_folder, cohort_names, load_cohort
from simulation.errors import ScenarioError
from simulation.scenario import Scenario

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "cohorts.md").read_text(encoding="utf-8")
FIGURES = (Path(__file__).resolve().parents[2] / "docs" / "evidence.md").read_text(encoding="utf-8")
CLAIMS = (Path(__file__).resolve().parents[2] / "docs" / "claims.md").read_text(encoding="utf-8")
COLUMNS = ("england", "leaving_prison", "entering_treatment", "first_episode", "a_year_in")


def names_for_all(name: str) -> set[str]:
    return {number for number in load_cohort(name).numbers if not number.endswith("_own")}


def test_there_are_the_five_cohorts():
    assert set(COLUMNS).issubset(cohort_names())


@pytest.mark.parametrize("name", cohort_names())
def test_every_number_of_a_cohort_has_a_unit_a_source_and_a_meaning(name):
    cohort = load_cohort(name)
    assert cohort.means
    assert cohort.event
    bare = [n.name for n in cohort.numbers.values() if not (n.unit.strip() and n.source.strip() and n.means.strip())]
    assert bare == []
    assert [n.name for n in cohort.numbers.values() if not isinstance(n.value, float)] == []


@pytest.mark.parametrize("name", cohort_names())
def test_every_cohort_states_the_same_numbers(name):
    """So that none is forgotten or misspelt; numbers of people with own experience alone stand beside one for all."""
    assert names_for_all(name) == names_for_all("england")
    own = {number for number in load_cohort(name).numbers if number.endswith("_own")}
    assert {number.removesuffix("_own") for number in own} <= names_for_all(name)


@pytest.mark.parametrize("name", cohort_names())
def test_every_source_that_a_cohort_names_is_among_the_evidence(name):
    sources = " ".join(number.source for number in load_cohort(name).numbers.values())
    cited = set(re.findall(r"\b[SCMXPNVD]\d+b?\b", sources))
    assert [one for one in sorted(cited) if not re.search(rf"^\| {one} \|", FIGURES, re.MULTILINE)] == []
    claims = set(re.findall(r"\bR\d+\b", sources))
    assert [one for one in sorted(claims) if not re.search(rf"\b{one}\b", CLAIMS)] == []


@pytest.mark.parametrize("name", cohort_names())
def test_a_cohort_says_how_its_people_live_before_week_0(name):
    """People to whom something has just happened must not live it away: what defines them is held."""
    cohort = load_cohort(name)
    assert cohort.burn_in_weeks > 0
    assert cohort.burn_in == ("settling" if cohort.event == "none" else "holding")


@pytest.mark.parametrize("name", cohort_names())
def test_a_scenario_may_name_the_cohort(name, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(f'question = "Who are they?"\ncohort = "{name}"\n', encoding="utf-8")
    assert Scenario.load(str(path)).cohort == name


def test_an_unknown_cohort_is_answered_with_the_nearest_name():
    with pytest.raises(ScenarioError, match="leaving_prison"):
        load_cohort("leaving_prisons")


def test_the_page_gives_every_number_in_which_cohorts_differ():
    """Its table and the files agree."""
    cohorts = [load_cohort(name) for name in COLUMNS]
    names = sorted({number for cohort in cohorts for number in cohort.numbers})
    table = PAGE.split("## What differs between cohorts")[1].split("\n## ")[0]
    row = r"^\| `(\w+)`" + r" \| ([^|]+)" * len(COLUMNS) + r" \|$"
    told = {name: values for name, *values in re.findall(row, table, re.MULTILINE)}
    for name in names:
        values = [f"{cohort[name]:g}" if name in cohort.numbers else "-" for cohort in cohorts]
        if len(set(values)) > 1:
            assert told.get(name) == values, name


def test_every_cohort_is_on_the_page_and_in_the_reading_of_scenarios():
    readme = (cohort_folder().parent / "README.md").read_text(encoding="utf-8")
    for name in cohort_names():
        assert f"`{name}`" in PAGE
        assert f"`{name}`" in readme
