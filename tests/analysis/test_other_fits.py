"""No fit is shown without the other: every comparison says what comes of it at both of them too."""

from __future__ import annotations

import pytest

from analysis import compare
from analysis.fit import load_fit
from analysis.other_fits import SEEDS_A_FIT, fit_tasks, other_fits

BOTH = ["change-in-the-person", "differences-between-people"]


def test_the_other_fits_are_the_two_explanations_between_which_the_defaults_lie():
    """Of the full model; the null layer explains no policy."""
    assert [fit.name for fit in other_fits()] == BOTH


def test_a_comparison_lives_its_first_seeds_at_each_other_fit_too():
    """With that fit's values, a task a seed."""
    tasks = fit_tasks(range(1, 31))
    for name in BOTH:
        there = [task for task in tasks if task.fit == name]
        assert [task.seed for task in there] == list(range(1, SEEDS_A_FIT + 1))
        assert all(task.assumptions == load_fit(name).point for task in there)


@pytest.fixture(scope="module")
def effects():
    """A small comparison with draws, and one without."""
    asked = {"people": 300, "years": 1.2, "seeds": (1, 2)}
    return [compare("the-visit", ["independent-advocates"], draws=draws, **asked) for draws in (2, 0)]


def test_the_answer_says_what_comes_of_it_at_each_other_fit(effects):
    """In a sentence of its own, with what the fit means and its interval over luck."""
    second, third = effects[0].answers[0].other_fits.split("With a third set of numbers")
    assert second.startswith("With a second set of numbers")
    for said, name in ((second, BOTH[0]), (third, BOTH[1])):
        assert load_fit(name).means in said
        assert "luck alone" in said or "no difference" in said


def test_the_effect_and_its_intervals_are_those_of_the_defaults_alone(effects):
    """Worlds at the other fit are counted nowhere else."""
    with_it, without = (one.primary() for one in effects)
    assert with_it["effect"] == without["effect"]
    assert with_it["worlds"] == 2
    assert with_it["draws"] == 2


def test_a_quick_look_without_draws_leaves_the_other_fit_out(effects):
    """It was not asked how far assumptions matter."""
    assert effects[1].answers[0].other_fits == ""
