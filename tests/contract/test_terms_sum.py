"""The terms of a log hazard sum to what the rule computes, for anybody anywhere, with any numbers, switches and policy."""

from __future__ import annotations

import math
from collections import Counter

import pytest

from simulation import week
from simulation.state import ACTIVE, DOMAINS, LAPSED, RECOVERING
from simulation.terms import TERMS, Moment, in_terms

STATUSES = (ACTIVE, RECOVERING, LAPSED)


def moment_of(case, domain: str, status: int) -> Moment:
    moment = Moment(*(case[name] for name in Moment._fields))
    setattr(moment.person, domain, status)
    moment.person.custody_left = 0
    return moment


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("status", STATUSES, ids=["deciding", "lapse", "relapse"])
def test_terms_sum_to_what_the_rule_computes(anywhere, domain, status):
    draws = anywhere(20)
    acting, asked = Counter(), 0
    for _ in range(300):
        for judged in in_terms({0: moment_of(draws.case(), domain, status)}, domain).values():
            assert math.fsum(judged.terms.values()) == pytest.approx(judged.value, rel=0, abs=1e-12)
            acting.update(name for name, value in judged.terms.items() if value != 0.0)
            asked += 1
    assert asked > 100
    assert acting["start"] > 0
    assert acting["ties_in_trouble"] > 0


def test_every_term_acts_somewhere(anywhere):
    draws, acting = anywhere(21), set()
    for place in range(600):
        domain, status = DOMAINS[place % 3], STATUSES[place // 3 % 3]
        for judged in in_terms({0: moment_of(draws.case(), domain, status)}, domain).values():
            acting |= {name for name, value in judged.terms.items() if value != 0.0}
    assert acting == set(TERMS)


def test_the_relapse_in_a_lapse_is_the_chance_that_the_rule_gives(anywhere):
    draws = anywhere(22)
    for _ in range(100):
        moment = moment_of(draws.case(), "use", LAPSED)
        expected = week.chance_of_relapse(moment.around.share_active_use, moment.person, moment.lever, moment.assume)
        for judged in in_terms({0: moment}, "use").values():
            assert judged.chance == expected


def test_in_custody_only_deciding_is_open_in_offending(anywhere):
    draws = anywhere(23)
    for status, kinds in ((ACTIVE, ["deciding"]), (RECOVERING, []), (LAPSED, [])):
        moment = moment_of(draws.case(), "offending", status)
        moment.person.custody_left = 5
        assert [judged.kind for judged in in_terms({0: moment}, "offending").values()] == kinds


def test_a_person_without_a_problem_is_at_risk_of_nothing_that_has_terms(anywhere):
    moment = moment_of(anywhere(24).case(), "use", 0)
    assert in_terms({0: moment}, "use") == {}
