"""The same effect as a ratio, as a number of people, as a time: in sentences that hold both intervals."""

from __future__ import annotations

import numpy as np
import pytest

from analysis import OUTCOMES
from analysis.intervals import Effect
from analysis.number_needed import number_needed
from analysis.ratios import ratio_of
from analysis.rows import needed_for
from analysis.words_of_effects import few_worlds, one_of_how_many, times_as_many, weeks_longer

RELAPSED = OUTCOMES["relapsed"]


def test_altmans_example_of_an_interval_that_runs_through_no_effect_is_told_as_one_stretch():
    """Altman (1998), BMJ 317:1309: 10 % fewer, 25 % fewer to 5 % more: NNTB 4 to infinity to NNTH 20."""
    needed = number_needed(Effect(-10, -25, 5, -25, 5, 12, 0), 100, "lower")
    said = one_of_how_many(needed, "patients")
    assert "Of 10 patients, one fares better" in said
    assert "of 4 to any number, through none to one worse of 20 to any number" in said


def test_a_number_needed_that_is_all_harm_says_so():
    said = one_of_how_many(needed_for(RELAPSED, Effect(35, 31, 38, 2, 146, 8, 8)), "people")
    assert said == (
        "Of 29 people, one fares worse on this outcome (luck alone: of 27 to 33; if our assumptions are off: of 7 to 500)."
    )


def test_no_effect_and_weeks_have_no_number_needed():
    assert one_of_how_many(needed_for(RELAPSED, Effect(0, 0, 0, 0, 0, 8, 8)), "people") == ""
    assert needed_for(OUTCOMES["custody_weeks"], Effect(3, 1, 5, 0, 6, 8, 8)) is None


def test_a_ratio_is_told_with_both_intervals():
    base = np.array([100.0, 110.0, 90.0, 105.0])
    said = times_as_many(ratio_of(base, 0.5 * base, base, 0.25 * base), RELAPSED)
    assert said.startswith("That is 0.50 times as many (luck alone: 0.50 to 0.50; if our assumptions are off: 0.25 to 0.50)")
    assert times_as_many(ratio_of(base, base, base, base), RELAPSED) == ""


def test_a_time_is_told_by_its_size_and_its_way():
    said = weeks_longer(Effect(-1.3, -1.4, -1.2, -7.5, -0.1, 8, 8), "people")
    assert "1.3 weeks shorter" in said
    assert "luck alone: 1.2 to 1.4; if our assumptions are off: 0.1 to 7.5" in said


@pytest.mark.parametrize(("worlds", "says"), [(1, "no interval can be given"), (3, "rests on 3 pairs"), (5, "")])
def test_too_few_worlds_are_said(worlds, says):
    said = few_worlds(worlds)
    assert (says in said) if says else said == ""
