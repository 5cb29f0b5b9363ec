"""Results of other inputs are refused with the name of each thing that differs, and both its values."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analysis.inputs_told import differing_in_words
from simulation.scenario import Scenario


def asked(settings=(None, None), other="independent-advocates", others=(), **more):
    """Inputs of a comparison, as the command has them."""
    plans = [Scenario.load(name).with_settings(*settings) for name in ("the-visit", other, *others)]
    return {
        "base": plans[0].resolved(), "others": [plan.resolved() for plan in plans[1:]], "seeds": [1, 2, 3], "draws": 32,
        "by": None, "version": "1", "code": "abc", **more,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (asked((500, None)), "people 5,000 there, 500 now"),
        (asked((None, 2)), "years 5 there, 2 now"),
        (asked(seeds=[1, 2, 3, 7, 8]), "seeds 1-3 there, 1-3,7-8 now"),
        (asked(draws=0), "draws 32 there, 0 now"),
        (asked(by="woman"), "by none there, woman now"),
        (asked(precision=2.5), "precision none there, 2.5 now"),
        (asked((500, 2), seeds=[4]), "people 5,000 there, 500 now; years 5 there, 2 now; seeds 1-3 there, 4 now"),
        (asked(other="spoken-for"), "other scenarios independent-advocates there, spoken-for now"),
        (asked((None, None, {"identity_rate": 0.02})), "assumptions identity rate none there, 0.02 now"),
    ],
)
def test_what_differs_is_named_once_with_both_values(now, told):
    assert differing_in_words(asked(), now) == told


def test_what_differs_in_one_scenario_only_is_told_with_its_name():
    other = Scenario.load("independent-advocates")
    less = replace(other, policies=(replace(other.policies[0], covers=0.4), *other.policies[1:]))
    now = {**asked(), "others": [less.resolved()]}
    assert differing_in_words(asked(), now) == "policies flag once covers of independent-advocates 0.5 there, 0.4 now"


def test_other_code_is_named_without_its_fingerprints():
    assert differing_in_words(asked(), asked(code="xyz")) == "the code of the model"


def test_of_many_things_that_differ_six_are_named_and_the_others_counted():
    before = {f"thing_{number}": 0 for number in range(9)}
    told = differing_in_words(before, dict.fromkeys(before, 1))
    assert told.startswith("thing 0 0 there, 1 now; thing 1")
    assert told.count("there") == 6
    assert told.endswith("; and 3 more")


def test_a_long_text_that_differs_is_named_and_not_shown():
    assert differing_in_words({"fit": "x" * 900}, {"fit": "y" * 900}) == "fit"
