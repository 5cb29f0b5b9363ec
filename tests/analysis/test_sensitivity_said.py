"""What a sensitivity analysis says, and does not say, where little is known: few trajectories, few seeds, only luck."""

from __future__ import annotations

import re
import warnings

import numpy as np
import pytest

from analysis import sensitivity_design
from analysis.sensitivity import Asked, sensitivity, study
from analysis.sensitivity_design import make_design
from analysis.sensitivity_factors import DUMMY, function_factors
from analysis.sensitivity_worlds import Arm, Formula, Lived, question_asked, share_read
from simulation.errors import ComparisonError

RANGES = {"a": (0.0, 1.0), "b": (0.0, 1.0), "c": (0.0, 1.0)}


def analyse(answer, method="morris", samples=10, seeds=(1, 2, 3), ranges=RANGES):
    asked = Asked("formula", (), "y", "the value of the formula", "units", "higher", 0, "")
    design = make_design(method, function_factors(ranges), samples)
    return study(asked, design, list(seeds), Formula(answer), resamples=200)


def said(found) -> str:
    return " ".join(found.sentences[""])


def line(values, seed):
    return 10 * values["a"] + values["b"]


def only_luck(values, seed):
    return float(seed % 7)


def noise(values, seed):
    return float(np.random.default_rng([seed, *(int(1e9 * value) for value in values.values())]).normal())


@pytest.mark.parametrize("samples", [2, 3, 4])
def test_few_trajectories_are_never_said_to_tell_an_assumption_from_luck(samples):
    told = said(analyse(line, samples=samples))
    assert f"{samples} trajectories are too few to tell any of 3 assumptions from luck" in told
    assert "stand above" not in told
    assert "settled" not in told


def test_five_trajectories_tell_a_strong_assumption():
    assert "stand above what luck alone does" in said(analyse(line, samples=5))


def test_with_one_seed_what_stands_above_may_be_luck():
    told = said(analyse(line, seeds=(1,)))
    caveat = told.index("With one seed, what luck does to each is not known, and it may have put some there: 2 of 3")
    assert caveat < told.index("a (")
    assert "With one seed the share of luck cannot be told" in told


def test_an_assumption_that_moves_nothing_is_given_no_direction_and_not_listed_among_the_largest():
    told = said(analyse(lambda values, seed: values["a"] + noise(values, seed), samples=4, seeds=(1, 2)))
    assert "a (" in told
    told = said(analyse(lambda values, seed: values["a"], samples=4))
    assert "The largest so far: a (" in told
    assert "b (" not in told
    assert "now raises the answer, now lowers it" not in told


def test_what_is_larger_but_too_uncertain_to_tell_from_luck_is_named():
    def rare(values, seed):
        return 4 * values["a"] + 60 * (values["b"] > 0.9) * (values["c"] > 0.9) + noise(values, seed)

    told = said(analyse(rare, samples=10))
    assert "1 of 3 assumptions stands above" in told
    assert "Perhaps as large, but too uncertain to tell from luck: " in told
    assert "To halve the interval of a:" not in told


def test_where_luck_moves_nothing_what_is_uncertain_is_put_down_to_few_trajectories():
    def rare(values, seed):
        return 4 * values["a"] + 60 * (values["b"] > 0.9) * (values["c"] > 0.9)

    told = said(analyse(rare))
    assert "How large is not known from so few trajectories: " in told
    assert "too uncertain to tell from luck" not in told
    alone = said(analyse(lambda values, seed: rare(values, seed) - 4 * values["a"]))
    assert "How far any of 3 assumptions reaches is not known from so few trajectories (" in alone
    assert "may be luck" not in alone
    assert "told from luck" not in alone


@pytest.fixture(params=range(8))
def another_design(request, monkeypatch):
    """Eight designs one after the other, as the same question is always asked at the same points."""
    monkeypatch.setattr(sensitivity_design, "DESIGN_SEED", sensitivity_design.DESIGN_SEED + request.param)


@pytest.mark.usefixtures("another_design")
def test_no_direction_is_claimed_from_the_few_steps_that_move_anything():
    """It acts in a corner, up as often as down; in Ishigami's function x3 turns round with x1, whose sine is 0 at either end."""
    corner = said(analyse(lambda values, seed: values["a"] * (values["b"] > 0.9) * (1 if values["c"] > 0.5 else -1)))
    assert not re.search(r"\ba \([^)]*\), (raises|lowers) the answer", corner)
    ends = dict.fromkeys(("x1", "x2", "x3"), (-np.pi, np.pi))

    def ishigami(values, seed):
        return np.sin(values["x1"]) * (1 + values["x3"] ** 4 / 10) + 7 * np.sin(values["x2"]) ** 2

    assert not re.search(r"x3 \([^)]*\), (raises|lowers) the answer", said(analyse(ishigami, ranges=ends)))


@pytest.mark.usefixtures("another_design")
def test_an_assumption_that_luck_alone_may_move_is_not_said_to_move_the_answer_both_ways():
    told = said(analyse(lambda values, seed: values["a"] + 0.5 * noise(values, seed)))
    assert "now raises the answer, now lowers it" not in told


@pytest.mark.parametrize(("method", "samples"), [("morris", 10), ("sobol", 64)])
def test_assumptions_that_are_equally_strong_are_given_no_order(method, samples):
    told = said(analyse(lambda values, seed: values["a"] + values["b"] - values["c"], method, samples))
    assert "The order of the 3 is not settled" in told
    assert "some are as good as equal" in told
    assert "as good as equal" not in said(analyse(lambda values, seed: 4 * values["a"] + values["b"], method, samples))


def test_no_direction_is_claimed_from_what_a_few_seeds_agree_on_by_chance():
    """What the assumption does has a mean of nothing over seeds; under three of them the same sign one time in four."""
    slopes = {1: 3.0, 2: 9.0, 3: 1.0}
    told = said(analyse(lambda values, seed: slopes.get(seed, -8.0) * values["a"], samples=10))
    assert "raises the answer" not in told
    assert "which way is not settled" in told


def test_where_seeds_decide_more_trajectories_alone_are_not_advised():
    slopes = {1: 13.0, 2: 19.0, 3: 31.0}
    told = said(analyse(lambda values, seed: slopes.get(seed, 20.0) * values["a"] ** 2, samples=10))
    assert "about 40 trajectories in place of 10, and 12 seeds in place of 3, as what it does differs from seed to seed" in told


@pytest.mark.parametrize("lost", [9, 12, 16])
def test_base_samples_lost_to_failures_leave_the_check_on_distributions_standing(lost):
    design = make_design("sobol", function_factors(RANGES), 64)
    broken = set(np.sort(design.places[:: design.width, 0])[-lost:])

    def answer(values, seed):
        return float("nan") if values["a"] in broken else line(values, seed)

    assert "PAWN" in said(analyse(answer, "sobol", 64))


def test_few_trajectories_give_no_advice_on_how_many_more():
    told = said(analyse(lambda values, seed: line(values, seed) + noise(values, seed), samples=3))
    assert "To halve" not in told
    assert "How many more would do cannot be told from so few trajectories: 5 are the least" in told
    assert "From so few trajectories both are rough." in told


def test_shares_that_may_add_up_to_all_are_not_said_to_leave_something_to_doing_together():
    told = said(analyse(line, "sobol", 16))
    assert "it cannot be told whether they do something together" in told
    assert "the rest is what they do together" not in told


def test_shares_that_surely_leave_something_are_said_to_leave_it_with_their_interval():
    told = said(analyse(lambda values, seed: (values["a"] - 0.5) * (4.0 + 12.0 * (values["b"] - 0.5)), "sobol", 256))
    assert "the rest is what they do together, or luck" in told


def test_a_negative_share_is_never_said_to_be_explained():
    def together(values, seed):
        return 20 * (values["a"] - 0.5) * (values["b"] - 0.5) * (1 + values["c"]) + 0.5 * noise(values, seed)

    told = [said(analyse(together, "sobol", 32, seeds=(seed,))) for seed in range(1, 7)]
    assert any("of the variance at most; the rest is what they do together" in one for one in told)
    assert not any("explain -" in one for one in told)


def test_the_check_on_distributions_is_told_in_words():
    told = said(analyse(line, "sobol", 64))
    assert "PAWN, which compares whole distributions, puts the same one first and tells" in told
    assert "PAWN" not in said(analyse(line))


@pytest.mark.parametrize(("method", "samples"), [("morris", 6), ("sobol", 16)])
def test_where_only_luck_moves_the_answer_that_is_said_and_no_warning_is_given(method, samples):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        told = said(analyse(only_luck, method, samples))
    assert "none of the assumptions varied moves it; other seeds do, from 0 to 6." in told
    assert "With one seed" not in told
    assert "To halve" not in told


def test_luck_larger_than_all_the_rest_is_not_said_as_a_share_above_all():
    def mostly_luck(values, seed):
        return values["a"] + 100 * float(np.random.default_rng(seed).normal())

    found = analyse(mostly_luck, "sobol", 16)
    assert found.measure(DUMMY, "total")[0] > 1
    assert "times the variance over these points" in said(found)


def test_an_interval_without_width_is_not_said_to_need_more_worlds():
    assert "To halve" not in said(analyse(lambda values, seed: values["a"], samples=6))


def arms_said(effects, seeds=(1, 2)):
    """The sentences on arms whose answers, one for all seeds or one a seed, are `effects` by name, the default's being 1."""
    asked = Asked("formula", (), "y", "the value of the formula", "units", "higher", 0, "")
    design = make_design("morris", function_factors(RANGES), 5)
    arms = [Arm("default", "default", "", None), *(Arm(name, "mechanism", "off", None) for name in effects if name != "default")]

    def evaluate(lives):
        given = {"default": 1.0, **effects}
        arm = {name: np.broadcast_to(values, len(seeds)) for name, values in given.items()}
        values = [
            float(arm[life.arm][seeds.index(life.seed)]) if life.arm else line(life.values, life.seed) for life in lives
        ]
        return [Lived({"": (value, value)}) for value in values]

    return " ".join(study(asked, design, list(seeds), evaluate, arms, resamples=50).sentences[""])


def test_mechanisms_that_change_nothing_are_not_listed_among_those_that_change_most():
    told = arms_said({"hope": 1.0, "regard": 3.0})
    assert "most is changed by: regard (3)." in told
    assert "hope" not in told
    assert "no mechanism switched off changes the answer" in arms_said({"hope": 1.0})


def test_mechanisms_whose_change_luck_may_explain_are_counted_not_named():
    told = arms_said({"hope": (1.5, 0.6, 1.3), "regard": (3.0, 3.1, 2.9)}, seeds=(1, 2, 3))
    assert "most is changed by: regard (3); within luck of the default: 1 more." in told
    assert "by more than luck may (1 within it)" in arms_said({"hope": (1.5, 0.6, 1.3)}, seeds=(1, 2, 3))


def test_where_the_worlds_as_they_are_have_no_figure_no_change_is_claimed():
    told = arms_said({"default": float("nan"), "hope": 1.5})
    assert "Without a figure to compare, so that what they change is not known: hope." in told
    assert "hope (1.5)" not in told
    assert "no mechanism" not in told


def test_a_mechanism_that_failed_is_said_to_be_unknown_and_one_seed_of_several_to_leave_luck_unknown():
    nan = float("nan")
    told = arms_said({"hope": nan, "regard": 1.0, "work": (5.0, nan, nan)}, seeds=(1, 2, 3))
    assert "Without a figure to compare, so that what they change is not known: hope." in told
    assert "most is changed by: work (5)." in told
    assert "Where one seed alone could be compared it is not known how much is luck." in told


def test_a_seed_that_is_left_out_does_not_decide_what_counts_as_rounding():
    def answer(values, seed):
        return 10 * values["a"] if seed != 3 else (1e14 if values["b"] > 0.5 else float("nan"))

    told = said(analyse(answer, samples=6))
    assert "Seed 3 is left out of every figure" in told
    assert "none of the assumptions varied moves it" not in told


def test_which_way_an_assumption_moves_the_answer_is_said_only_where_that_is_settled():
    told = said(analyse(lambda values, seed: 0.3 * values["a"] + noise(values, seed), samples=10))
    assert "which way is not settled" in told
    assert "raises the answer" not in told
    assert "raises the answer" not in said(analyse(line, samples=3))
    bent = said(analyse(lambda values, seed: 9 * (values["a"] - 0.5) * (values["b"] - 0.5), samples=10))
    assert "now raises the answer, now lowers it" in bent
    assert "c (1; 1 to 1), raises the answer" in said(analyse(lambda values, seed: values["c"] + 0.0 * seed, samples=10))


def test_with_one_seed_what_an_arm_changes_is_said_to_be_of_unknown_luck():
    assert "it is not known how much of that is luck" in arms_said({"hope": 2.0}, seeds=(1,))
    assert "it is not known how much of that is luck" not in arms_said({"hope": 2.0})


@pytest.mark.parametrize("given", [2.0, -0.1, float("nan"), True, "200 %", "most", None, [0.5]])
def test_a_share_of_people_that_is_none_is_refused(given):
    with pytest.raises(ComparisonError, match="a share from 0 to 100 %"):
        share_read(given)


@pytest.mark.parametrize("given", ["80 %", "0.8", 0.8])
def test_a_share_of_people_may_be_a_number_or_text(given):
    question, _ = question_asked("the-visit", ["independent-advocates"], own_experience=given)
    assert question.base.own_experience == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"workers": 1.5}, "workers"),
        ({"workers": "two"}, "workers"),
        ({"outcome": ["relapsed"]}, "one name"),
        ({"parameters": [1]}, "a list of names"),
        ({"parameters": "w_hope"}, "a list of names"),
        ({"leading": "six", "method": "sobol"}, "leading"),
        ({"own_experience": 2.0}, "a share from 0 to 100 %"),
    ],
)
def test_what_makes_no_sense_from_python_is_said_before_anything_is_lived(asked, told, tmp_path):
    with pytest.raises(ComparisonError, match=told):
        sensitivity("the-visit", "independent-advocates", people=60, store=tmp_path / "store", **asked)
    assert not (tmp_path / "store").exists()


def test_a_world_looked_at_against_itself_is_named_as_that(tmp_path):
    found = sensitivity(
        "the-visit", "the-visit", people=60, seeds=[1, 2], samples=2, parameters=["w_hope"], ablation=False, workers=1,
        store=tmp_path / "store",
    )  # fmt: skip
    assert any("against itself" in note for note in found.notes)
