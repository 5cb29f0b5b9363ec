"""Every outcome says what it is: unit, whom it is counted among, what is censored, what is better, where it comes from."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pytest

from analysis.catalogue import BETTER, EVERY
from analysis.observables import THEMES
from analysis.outcomes import OUTCOMES
from analysis.stretch import NoEvents, Stretch
from analysis.targets import load_targets
from simulation.diary import EVENTS
from simulation.state import ACTIVE, RECOVERING, STATE_DTYPE

SOURCES = re.compile(r"\b(?:[SCMXPN]\d+|WS2006)\b")
NOT_TARGETS = {"S1b", "M4", "S38"}
"""Published figures of the evidence page that no target is made of."""


def two_people() -> np.ndarray:
    people = np.zeros(2, dtype=STATE_DTYPE)
    people["alive"] = people["degree"] = 1
    people["use"] = ACTIVE, RECOVERING
    return people


def test_no_name_is_given_twice():
    names = Counter(outcome.id for outcomes in (OUTCOMES.values(), *THEMES.values()) for outcome in outcomes)
    assert [name for name, times in names.items() if times > 1] == []
    assert set(names) == set(EVERY)


@pytest.mark.parametrize("outcome", EVERY.values(), ids=EVERY)
def test_an_outcome_says_all_that_it_is(outcome):
    assert outcome.id.isidentifier()
    assert outcome.better in BETTER
    assert outcome.at_risk_means.startswith(("people who", "everybody"))
    for words in (outcome.unit, outcome.means, outcome.source, outcome.censoring):
        assert words == words.strip(" .;,")
        assert words
    assert outcome.scale == (1000 if "1,000" in outcome.unit else 100 if "per 100 " in f"{outcome.unit} " else 1)
    assert outcome.shortest >= 1


@pytest.mark.parametrize("outcome", EVERY.values(), ids=EVERY)
def test_an_outcome_reads_events_if_and_only_if_it_says_so(outcome):
    people = two_people()
    without = Stretch(people, people.copy(), 0, 200)
    if outcome.needs_events:
        with pytest.raises(NoEvents):
            outcome.measure(without)
    else:
        assert len(outcome.values(without, outcome.at_risk(people))) == 2
        assert outcome.weights(without).shape == (2,)


@pytest.mark.parametrize("outcome", [one for one in EVERY.values() if one.needs_events], ids=lambda one: one.id)
def test_the_events_that_an_outcome_is_read_from_are_events(outcome):
    named = re.findall(r"\b[a-z]+_[a-z_]+\b", outcome.source)
    assert set(named) <= {*EVENTS, "decided_gradually", "weeks_role_blocked"}


def test_only_published_figures_that_there_are_stand_as_sources():
    known = {target.id for target in load_targets()} | NOT_TARGETS
    assert {found for outcome in EVERY.values() for found in SOURCES.findall(outcome.source)} <= known
