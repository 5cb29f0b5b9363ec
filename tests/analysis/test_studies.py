"""The studies are registered whole: every file is right, its worlds can be lived, and none costs more than was agreed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analysis.claims import ClaimError
from analysis.studies import NAMES, load_studies, read_study
from simulation.parameters import PARAMETERS
from simulation.state import FIELD

STUDIES = load_studies()
PAGE = Path(__file__).parents[2] / "docs" / "claims.md"
MOST_PERSON_WEEKS = 15_000_000
"""A draw of one study, with and without deterrence."""

GOOD = """
id = "ramps"
question = "Does it come back?"
why = "Because."
headline = ["loop"]
[[arm]]
name = "as_things_are"
scenario = 'extends = "baseline"'
[[measure]]
id = "loop"
population = "everyone"
weeks = "week 52"
formula = "a difference"
unit = "share"
answer = "a loop"
sign = "above"
threshold = 0.1
goes_with = ["gain"]
[[measure]]
id = "gain"
population = "everyone"
weeks = "week 52"
formula = "a gain"
unit = "share"
answer = "a gain"
"""


def test_every_study_is_registered_under_its_name():
    assert tuple(STUDIES) == NAMES
    assert all(name == study.id for name, study in STUDIES.items())


@pytest.mark.parametrize("study", STUDIES.values(), ids=list(STUDIES))
def test_a_study_says_all_that_is_measured_and_what_the_answer_is_called(study):
    assert len(study.why) > 200
    for one in study.measures:
        assert all((one.population, one.weeks, one.formula, one.unit, one.answer)), one.id
        assert one.judged == (one.threshold != 0.0), one.id


@pytest.mark.parametrize("study", STUDIES.values(), ids=list(STUDIES))
def test_every_arm_of_a_study_can_be_lived_by_the_same_people_without_a_warning(study):
    plans = study.plans()
    assert list(plans) == [arm.name for arm in study.arms]
    assert len({(plan.cohort, plan.people, plan.own_experience) for plan in plans.values()}) == 1
    assert [plan.warnings for plan in plans.values()] == [()] * len(plans)


@pytest.mark.parametrize("study", STUDIES.values(), ids=list(STUDIES))
def test_a_draw_of_a_study_costs_no_more_than_agreed(study):
    assert study.person_weeks <= MOST_PERSON_WEEKS


@pytest.mark.parametrize("study", STUDIES.values(), ids=list(STUDIES))
def test_the_page_says_what_is_registered_and_what_it_costs(study):
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| (.*) \|$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE))
    asked, cost = rows[study.id].split(" | ")[:2]
    assert asked == study.question
    assert cost.startswith(f"{study.person_weeks / 1e6:.1f}")


@pytest.mark.parametrize("study", STUDIES.values(), ids=list(STUDIES))
def test_every_name_in_a_formula_is_an_arm_another_measure_a_state_or_a_parameter(study):
    known = {arm.name for arm in study.arms} | {one.id for one in study.measures} | set(FIELD) | set(PARAMETERS)
    for one in study.measures:
        named = set(re.findall(r"\b[a-z]+(?:_[a-z0-9]+)+\b", one.formula + " " + one.population))
        assert named <= known, one.id


def test_no_study_has_been_changed_since_it_was_registered():
    """A later change gives its reason in the file, and this list grows by its name."""
    assert [name for name, study in STUDIES.items() if study.changes] == []


@pytest.mark.parametrize("study", ["label-length", "label-stage", "after-the-label"])
def test_studies_of_labels_are_lived_with_deterrence_and_without(study):
    assert STUDIES[study].with_deterrence_off


def test_what_outlasts_a_label_is_read_from_worlds_that_its_length_asks_for_too():
    after, length = STUDIES["after-the-label"].plans(), STUDIES["label-length"].plans()
    assert {name: length[name] for name in after} == after


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ('id = "ramps"', 'id = "ramp"', "ramps.toml"),
        ('sign = "above"', 'sign = "up"', "sign"),
        ('sign = "above"', "", "without a sign"),
        ("threshold = 0.1", 'threshold = "much"', "threshold"),
        ('goes_with = ["gain"]', 'goes_with = ["gains"]', "gains"),
        ('goes_with = ["gain"]', 'goes_with = ["loop"]', "another measure"),
        ('headline = ["loop"]', 'headline = ["loops"]', "headline"),
        ('id = "gain"', 'id = "loop"', "each once"),
        ('answer = "a gain"', "", "answer"),
        ('unit = "share"', 'units = "share"', "unit"),
        ('why = "Because."', 'why = "Because."\ntestable = false', "no key of it"),
        ('why = "Because."', 'why = "Because."\nchanges = [{ date = "today", what = "sign", why = "" }]', "2030-01-31"),
        ('id = "ramps"', "id = ramps", "TOML"),
    ],
)
def test_a_study_that_is_wrong_is_refused_with_what_is_wrong(was, becomes, told):
    read_study(GOOD, "ramps.toml")
    with pytest.raises(ClaimError, match=re.escape(told)):
        read_study(GOOD.replace(was, becomes, 1), "ramps.toml")


def test_a_value_on_no_side_of_a_threshold_is_not_counted():
    loop, gain = read_study(GOOD, "ramps.toml").measures
    assert (loop.holds(0.2), loop.holds(0.1), loop.holds(float("nan"))) == (True, False, False)
    assert not gain.judged
    assert not gain.holds(1.0)
