"""Formulas whose sensitivity is known on paper, through the same design, measures and words as the model: Ishigami, Sobol's g."""

from __future__ import annotations

import math

import numpy as np
import pytest
from SALib.analyze import morris as salib_morris

from analysis.sensitivity import Asked, study
from analysis.sensitivity_design import LEVELS, make_design
from analysis.sensitivity_factors import DUMMY, function_factors
from analysis.sensitivity_measures import Measure
from analysis.sensitivity_worlds import Formula
from simulation.errors import WorldError

A, B = 7.0, 0.1
ISHIGAMI_RANGES = dict.fromkeys(("x1", "x2", "x3"), (-math.pi, math.pi))
G_WEIGHTS = {"a": 0.0, "b": 1.0, "c": 4.5, "d": 9.0, "e": 99.0}


def ishigami(values, seed):
    """Ishigami and Homma (1990)."""
    return math.sin(values["x1"]) + A * math.sin(values["x2"]) ** 2 + B * values["x3"] ** 4 * math.sin(values["x1"])


def ishigami_indices() -> dict[str, dict[str, float]]:
    """First, total and second order as on paper (Saltelli et al. 2008, "Global sensitivity analysis: the primer")."""
    of_x1 = (1 + B * math.pi**4 / 5) ** 2 / 2
    of_x2 = A**2 / 8
    of_both = B**2 * math.pi**8 * 8 / 225
    whole = of_x1 + of_x2 + of_both
    first = {"x1": of_x1 / whole, "x2": of_x2 / whole, "x3": 0.0}
    total = {"x1": (of_x1 + of_both) / whole, "x2": of_x2 / whole, "x3": of_both / whole}
    return {"first": first, "total": total, "second": {"x1 x x2": 0.0, "x1 x x3": of_both / whole, "x2 x x3": 0.0}}


def sobol_g(values, seed):
    """Saltelli and Sobol' (1995)."""
    return math.prod((abs(4 * values[name] - 2) + a) / (1 + a) for name, a in G_WEIGHTS.items())


def sobol_g_indices() -> dict[str, dict[str, float]]:
    each = {name: 1 / (3 * (1 + a) ** 2) for name, a in G_WEIGHTS.items()}
    whole = math.prod(1 + variance for variance in each.values()) - 1
    first = {name: variance / whole for name, variance in each.items()}
    total = {
        name: variance * math.prod(1 + other for key, other in each.items() if key != name) / whole
        for name, variance in each.items()
    }
    return {"first": first, "total": total}


def asked(name: str = "formula") -> Asked:
    return Asked(name, (), "y", "the value of the formula", "units", "higher", 0, "")


def analyse(answer, ranges, method="sobol", samples=1024, seeds=(1,), second=False, groups=None, resamples=400):
    design = make_design(method, function_factors(ranges, groups), samples, second)
    return study(asked(), design, list(seeds), Formula(answer), resamples=resamples)


@pytest.mark.parametrize(
    ("answer", "ranges", "known"),
    [
        (ishigami, ISHIGAMI_RANGES, ishigami_indices()),
        (sobol_g, dict.fromkeys(G_WEIGHTS, (0.0, 1.0)), sobol_g_indices()),
    ],
    ids=["ishigami", "sobol g"],
)
def test_sobol_indices_known_on_paper_lie_in_their_intervals(answer, ranges, known):
    found = analyse(answer, ranges, second=True)
    for name, indices in known.items():
        for factor, value in indices.items():
            estimate, low, high = found.measure(factor, name)
            assert low <= value <= high, (name, factor)
            assert estimate == pytest.approx(value, abs=0.06)


@pytest.mark.slow
def test_intervals_hold_the_truth_about_as_often_as_they_say(record_property):
    """Forty designs of their own: blocks far along the sequence in place of the first ones."""
    factors = function_factors(ISHIGAMI_RANGES)
    known = ishigami_indices()
    design = make_design("sobol", factors, 8192)
    held = []
    for number in range(40):
        some = design.of_blocks(np.random.default_rng(number).choice(design.blocks, 128, replace=False))
        found = study(asked(), some, [1], Formula(ishigami), resamples=200)
        for name in ("first", "total"):
            for factor, value in known[name].items():
                _, low, high = found.measure(factor, name)
                held.append(low <= value <= high)
    share = float(np.mean(held))
    record_property("figure", f"95 % intervals of Sobol indices (128 base samples) that held the truth: {100 * share:.0f} %")
    assert 0.88 <= share <= 1.0


def test_elementary_effects_of_a_straight_line_are_its_slopes():
    slopes = {"a": 3.0, "b": -2.0, "c": 0.0}

    def line(values, seed):
        return sum(slope * values[name] for name, slope in slopes.items())

    found = analyse(line, dict.fromkeys(slopes, (10.0, 12.0)), "morris", 5)
    for name, slope in slopes.items():
        assert found.measure(name, "mu")[0] == pytest.approx(2 * slope)
        assert found.measure(name, "mu_star")[0] == pytest.approx(abs(2 * slope))
        assert found.measure(name, "sigma")[0] == pytest.approx(0.0, abs=1e-9)
    assert found.leading(2) == ["a", "b"]


def test_morris_measures_are_those_of_salib():
    found = analyse(ishigami, ISHIGAMI_RANGES, "morris", 12)
    names = list(found.design.factors.names)
    problem = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    theirs = salib_morris.analyze(problem, found.design.places, found.answers[""].mean(axis=2).ravel(), num_levels=LEVELS)
    for name in ("mu", "mu_star", "sigma"):
        np.testing.assert_allclose(found.measures[""][name].estimates, np.array(theirs[name], dtype=float), atol=1e-9)


def test_what_nothing_reads_is_zero_without_luck_and_what_luck_does_with_it():
    quiet = analyse(ishigami, ISHIGAMI_RANGES, "morris", 8, seeds=(1, 2, 3))
    assert quiet.measure(DUMMY)[0] == 0.0

    def noisy(values, seed):
        key = [seed, *(int(1e9 * (values[name] + 4)) for name in ISHIGAMI_RANGES)]
        return ishigami(values, seed) + np.random.default_rng(key).normal(0.0, 2.0)

    found = analyse(noisy, ISHIGAMI_RANGES, "morris", 200, seeds=(1, 2, 3))
    # The difference of two means of three, over a step of two thirds: mean size sqrt(2 / pi) of its spread.
    expected = math.sqrt(2 / math.pi) * 2.0 * math.sqrt(2 / 3) * 1.5
    assert found.measure(DUMMY)[0] == pytest.approx(expected, rel=0.15)


def test_the_share_that_is_luck_is_that_of_the_variances_put_in():
    """Assumptions with variance 1 / 12 (a line over 0 to 1), luck with variance 1 / 4 in each world."""

    def answer(values, seed):
        key = [seed, int(values["a"] * 2**40), int(values["b"] * 2**40)]
        return values["a"] + 0.0 * values["b"] + np.random.default_rng(key).normal(0.0, 0.5)

    found = analyse(answer, {"a": (0.0, 1.0), "b": (0.0, 1.0)}, "sobol", 512, seeds=range(4))
    single, low, high = found.luck[""].single
    truth = 0.25 / (0.25 + 1 / 12)
    assert low <= truth <= high
    assert single == pytest.approx(truth, abs=0.05)
    assert found.luck[""].mean[0] == pytest.approx(0.0625 / (0.0625 + 1 / 12), abs=0.06)
    # The total share of the dummy is the same share, seen in another way.
    assert found.measure(DUMMY, "total")[0] == pytest.approx(found.luck[""].mean[0], abs=0.12)


def test_luck_that_all_points_of_a_seed_share_is_counted_and_the_points_of_the_dummy_are_not():
    """A line and a number of each seed: nothing is left over, so that the components are the two variances themselves."""
    of_seed = {1: 0.3, 2: -0.4, 3: 0.7}

    def answer(values, seed):
        return values["a"] + of_seed.get(seed, 50.0)

    found = analyse(answer, {"a": (0.0, 1.0), "b": (0.0, 1.0)}, "morris", 6, seeds=of_seed)
    luck = np.var(list(of_seed.values()), ddof=1)
    lines = np.var(found.points.loc[found.counted, "a"], ddof=1)
    assert found.luck[""].single[0] == pytest.approx(luck / (luck + lines))
    assert found.luck[""].mean[0] == pytest.approx(luck / 3 / (luck / 3 + lines))


def test_with_one_seed_luck_is_said_to_be_unknown():
    found = analyse(ishigami, ISHIGAMI_RANGES, "morris", 4)
    assert found.luck[""] is None
    assert "luck_share" not in set(found.table["measure"])
    assert any("two seeds or more are needed" in line for line in found.sentences[""])


def test_a_trajectory_with_a_failed_point_is_left_out_whole_and_said():
    def answer(values, seed):
        if values["x1"] == math.pi:
            raise ZeroDivisionError("no such world")
        return ishigami(values, seed)

    found = analyse(answer, ISHIGAMI_RANGES, "morris", 16, seeds=(1, 2))
    steps = found.points["x1"].to_numpy().reshape(found.design.blocks, -1)
    assert found.dropped == np.flatnonzero((steps == math.pi).any(axis=1)).tolist()
    assert 0 < len(found.dropped) < 16
    assert found.answers[""].shape[0] == 16 - len(found.dropped)
    assert set(found.failures["reason"]) == {"no such world"}
    assert not set(found.failures["point"]) & set(found.responses["point"])
    assert found.table[["estimate", "low", "high"]].notna().all(axis=None)
    assert found.responses["response"].notna().all()
    assert any(f"{len(found.dropped)} of 16 trajectories are left out" in line for line in found.sentences[""])


def test_a_base_sample_with_a_failed_point_is_left_out_of_all_its_rows():
    def answer(values, seed):
        return math.nan if values["x3"] > 3.13 else ishigami(values, seed)

    found = analyse(answer, ISHIGAMI_RANGES, "sobol", 256)
    assert found.dropped
    assert found.answers[""].shape == (256 - len(found.dropped), found.design.width, 1)
    assert np.isfinite(found.answers[""]).all()
    low, high = found.measure("x2", "first")[1:]
    assert low <= ishigami_indices()["first"]["x2"] <= high


def test_where_nearly_every_world_fails_nothing_is_computed():
    with pytest.raises(WorldError, match="2 of 2 trajectories or base samples hold a failed world"):
        analyse(lambda values, seed: math.nan, ISHIGAMI_RANGES, "morris", 2)


def test_an_answer_that_never_varies_is_said_to_be_moved_by_nothing():
    for method in ("morris", "sobol"):
        found = analyse(lambda values, seed: 5.0, ISHIGAMI_RANGES, method, 4, seeds=(1, 2))
        assert any("none of the assumptions varied moves it" in line for line in found.sentences[""])
        assert found.table[["estimate", "low", "high"]].notna().all(axis=None)


def test_assumptions_in_a_group_are_moved_together():
    def answer(values, seed):
        return values["a"] + values["b"] + 10 * values["c"]

    ranges = dict.fromkeys("abc", (0.0, 1.0))
    found = analyse(answer, ranges, "sobol", 256, groups=("pair", "pair", "c"))
    assert list(found.factors["factor"]) == ["pair", "c", DUMMY]
    for factor, value in (("pair", 2 / 102), ("c", 100 / 102)):
        _, low, high = found.measure(factor, "total")
        assert low <= value <= high
    screened = analyse(answer, ranges, "morris", 6, groups=("pair", "pair", "c"))
    assert screened.leading(1) == ["c"]
    assert set(screened.measures[""]) == {"mu_star"}


def test_pawn_finds_a_factor_that_moves_only_the_shape_of_the_answers():
    """The mean does not depend on the spread, so that its first-order share is 0."""

    def answer(values, seed):
        return (values["a"] - 0.5) * values["spread"]

    found = analyse(answer, {"a": (0.0, 1.0), "spread": (0.0, 1.0), "other": (0.0, 1.0)}, "sobol", 512)
    assert found.measure("spread", "first")[1] <= 0.0
    assert found.measure("spread", "pawn_max")[1] > found.measure(DUMMY, "pawn_max")[2]
    assert found.measure("other", "pawn_median")[0] < found.measure("spread", "pawn_median")[0]


def test_more_samples_leave_the_points_that_are_there_as_they_are():
    factors = function_factors(ISHIGAMI_RANGES)
    for method, few, many in (("morris", 5, 9), ("sobol", 16, 64)):
        small, large = (make_design(method, factors, samples) for samples in (few, many))
        assert np.array_equal(small.places, large.places[: len(small.places)])


def test_all_points_share_their_seeds_but_those_where_the_dummy_alone_moves():
    for method in ("morris", "sobol"):
        found = analyse(ishigami, ISHIGAMI_RANGES, method, 4, seeds=(1, 5))
        seeds = found.responses.groupby("point")["seed"].agg(tuple)
        shared = found.counted
        assert set(seeds[shared]) == {(1, 5)}
        other = seeds[~shared]
        assert len(set(other)) == len(other) == 4
        assert not {1, 5} & set(np.concatenate([list(pair) for pair in other]))


def test_intervals_from_few_trajectories_reach_as_far_as_students_t():
    """Resamples never leave the range of what was seen: of two values their intervals hold the mean half the time."""
    luck = np.random.default_rng(3)
    held = []
    for _ in range(300):
        seen = luck.normal(size=3)
        again = seen[luck.integers(0, 3, (200, 3))].mean(axis=1, keepdims=True)
        low, high = Measure("mu", ("a",), np.array([seen.mean()]), again, 3).ends
        held.append(bool(low[0] <= 0 <= high[0]))
    assert np.mean(held) >= 0.92


@pytest.mark.parametrize("times", [4, 16])
def test_more_trajectories_narrow_an_interval_as_its_sentence_says(times):
    few = analyse(ishigami, ISHIGAMI_RANGES, "morris", 20)
    many = analyse(ishigami, ISHIGAMI_RANGES, "morris", 20 * times)
    narrower = np.ptp(few.measure("x1")[1:]) / np.ptp(many.measure("x1")[1:])
    assert narrower == pytest.approx(math.sqrt(times), rel=0.35)
    if times == 4:
        said = next(line for line in few.sentences[""] if line.startswith("To halve"))
        assert "about 80 trajectories in place of 20" in said
