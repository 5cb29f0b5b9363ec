"""Each outcome on people made by hand: among whom it is counted, and what one person's life adds to it."""

from __future__ import annotations

import re

import numpy as np
import pytest

from analysis.catalogue import find_outcomes
from analysis.outcomes import OUTCOMES
from analysis.stretch import Stretch
from analysis.targets import load_targets
from simulation.errors import ComparisonError
from simulation.history import weekly_columns
from simulation.state import ACTIVE, LAPSED, RECOVERING, STATE_DTYPE

WEEKS = 52
PER_THOUSAND = {name for name, outcome in OUTCOMES.items() if outcome.unit == "people per 1,000"}


def one_person(**state) -> np.ndarray:
    """One living person with nothing but what is said of them."""
    row = np.zeros(1, dtype=STATE_DTYPE)
    row["alive"] = 1
    for name, value in state.items():
        row[name] = value
    return row


def measured(name: str, start: np.ndarray, end: np.ndarray) -> float:
    return float(np.asarray(OUTCOMES[name].measure(Stretch(start, end, 0, WEEKS)), dtype=float)[0])


def test_there_are_the_eleven_outcomes_that_every_comparison_knows():
    assert list(OUTCOMES) == [
        "relapsed", "lapsed", "sustained_year", "personal_recovery", "offences", "arrested", "custody_weeks",
        "homeless_weeks", "flagged_weeks", "roles_held", "died",
    ]  # fmt: skip


@pytest.mark.parametrize("domain", ["use", "offending", "mental_health"])
def test_relapse_is_counted_among_people_recovering_in_any_domain(domain):
    at_risk = OUTCOMES["relapsed"].at_risk
    assert at_risk(one_person(**{domain: RECOVERING})).all()
    assert not at_risk(one_person(**{domain: ACTIVE})).any()
    assert not at_risk(one_person(**{domain: LAPSED})).any()
    assert not at_risk(one_person()).any()
    assert not at_risk(one_person(**{domain: RECOVERING}, alive=0)).any()


def test_the_other_outcomes_are_counted_among_people_with_a_problem_past_or_present():
    at_risk = OUTCOMES["offences"].at_risk
    assert at_risk(one_person(use=RECOVERING)).all()
    assert at_risk(one_person(mental_health=LAPSED)).all()
    assert not at_risk(one_person()).any()
    assert not at_risk(one_person(use=ACTIVE, alive=0)).any()


@pytest.mark.parametrize(
    ("name", "column"), [("relapsed", "count_relapses"), ("lapsed", "count_lapses"), ("arrested", "count_arrests")]
)
def test_a_person_to_whom_it_happens_counts_once_however_often(name, column):
    start = one_person(use=RECOVERING, **{column: 4})
    assert measured(name, start, one_person(use=RECOVERING, **{column: 4})) == 0
    assert measured(name, start, one_person(use=ACTIVE, **{column: 5})) == 1
    assert measured(name, start, one_person(use=ACTIVE, **{column: 9})) == 1


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("offences", "count_offences"), ("custody_weeks", "weeks_custody"), ("homeless_weeks", "weeks_homeless"),
        ("flagged_weeks", "weeks_flagged"),
    ],
)  # fmt: skip
def test_what_happened_before_the_first_week_does_not_count(name, column):
    assert measured(name, one_person(**{column: 10}), one_person(**{column: 17})) == 7


@pytest.mark.parametrize(
    ("name", "column"), [("personal_recovery", "weeks_personal_recovery"), ("roles_held", "weeks_roles")]
)
def test_a_mean_over_weeks_is_over_all_weeks_to_the_horizon(name, column):
    assert measured(name, one_person(**{column: 10}), one_person(**{column: 10 + 26})) == 0.5


def test_a_sustained_year_needs_a_year_in_every_domain_of_ones_own():
    start = one_person(use=RECOVERING, offending=RECOVERING)
    year = {"use": RECOVERING, "weeks_use": 60, "offending": RECOVERING, "weeks_offending": 52}
    assert measured("sustained_year", start, one_person(**year)) == 1
    assert measured("sustained_year", start, one_person(**year | {"weeks_offending": 51})) == 0
    assert measured("sustained_year", start, one_person(**year | {"use": LAPSED})) == 0
    assert measured("sustained_year", start, one_person(**year, alive=0)) == 0


def test_death_is_counted_once():
    assert measured("died", one_person(use=ACTIVE), one_person(use=ACTIVE, alive=0)) == 1
    assert measured("died", one_person(use=ACTIVE), one_person(use=ACTIVE)) == 0


def test_every_outcome_says_what_it_is_and_where_to_see_it_over_time():
    columns = weekly_columns()
    for outcome in OUTCOMES.values():
        assert outcome.better in {"higher", "lower"}
        assert outcome.means
        assert outcome.source
        assert outcome.at_risk_means
        assert outcome.weekly in columns
        assert "{people}" in outcome.opening


def test_shares_of_people_are_reported_per_thousand():
    assert {"relapsed", "lapsed", "sustained_year", "arrested", "died"} == PER_THOUSAND
    assert all(OUTCOMES[name].scale == 1000 for name in PER_THOUSAND)


def test_an_unknown_outcome_is_answered_with_the_nearest_one():
    with pytest.raises(ComparisonError, match="relapsed"):
        find_outcomes(["relapsd"])


def test_only_what_a_published_figure_counts_is_said_to_be_compared_with_it():
    known = {target.id for target in load_targets()}
    for outcome in OUTCOMES.values():
        if "compared with" in outcome.source:
            assert set(re.findall(r"\b[A-Z]+\d+\b", outcome.source)) <= known
    assert "no published figure" in OUTCOMES["relapsed"].source


def test_the_most_that_an_outcome_can_be_is_in_its_unit():
    assert OUTCOMES["relapsed"].most(26) == 1000
    assert OUTCOMES["custody_weeks"].most(26) == 26_000
    assert OUTCOMES["roles_held"].most(26) == 4000
    assert OUTCOMES["personal_recovery"].most(26) == 100
