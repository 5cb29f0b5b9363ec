"""How large luck is at points that share a few seeds: known distributions, and how often the truth is held."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.discovery import HARDLY, kinds_of_points
from analysis.sensitivity_design import make_design
from analysis.sensitivity_factors import function_factors
from analysis.sensitivity_measures import luck_share
from analysis.shared_luck import freedom_of_rest, reach_of_luck

POINTS = 200


def long(answers):
    points, seeds = np.indices(answers.shape)
    return pd.DataFrame({"point": points.ravel(), "seed": seeds.ravel(), "response": answers.ravel()})


def centred(answers):
    return answers - answers.mean(axis=1, keepdims=True)


def test_luck_of_one_seed_at_all_points_alike_is_known_as_surely_as_the_seeds_alone_allow():
    seeds = np.array([1.0, 4.0, 2.5, 0.0])
    half = stats.t.ppf(0.975, 3) * seeds.std(ddof=1)
    assert reach_of_luck(long(np.tile(seeds, (POINTS, 1)))) == pytest.approx(half, rel=0.02)


def test_luck_of_each_point_by_itself_is_known_from_all_of_them():
    answers = np.random.default_rng(1).normal(size=(2_000, 4))
    assert reach_of_luck(long(answers)) == pytest.approx(1.96, rel=0.03)


@pytest.mark.parametrize(("alike", "own", "freedom"), [(1.0, 0.0, 3.0), (0.0, 1.0, 3.0 * POINTS)])
def test_degrees_of_freedom_lie_between_one_a_seed_and_one_a_world(alike, own, freedom):
    luck = np.random.default_rng(2)
    answers = alike * luck.normal(size=(1, 4)) * luck.normal(size=(POINTS, 1)) + own * luck.normal(size=(POINTS, 4))
    assert freedom_of_rest(centred(answers)) == pytest.approx(freedom, rel=0.25)


def test_two_seeds_say_next_to_nothing_and_one_nothing_at_all():
    answers = np.random.default_rng(3).normal(size=(POINTS, 2))
    assert freedom_of_rest(centred(answers)) == 1.0
    assert np.isnan(reach_of_luck(long(answers[:, :1])))


@pytest.mark.parametrize(("alike", "own"), [(1.0, 0.0), (0.0, 1.0), (0.7, 0.7)])
def test_a_policy_that_does_nothing_is_said_to_help_or_harm_about_as_rarely_as_intervals_err(alike, own):
    """Three seeds shared by all points, 200 times over: that all points err together does not make them err more often."""
    luck = np.random.default_rng(4)
    wrong = []
    for _ in range(200):
        answers = alike * luck.normal(size=3) + own * luck.normal(size=(40, 3))
        wrong.append((kinds_of_points(long(answers), "higher", 0.0)["kind"] != HARDLY).mean())
    assert np.mean(wrong) <= 0.08


@pytest.mark.parametrize("seeds", [2, 3, 5])
@pytest.mark.parametrize(("alike", "own"), [(0.3, 0.0), (0.0, 0.3), (0.3, 0.3)])
def test_the_interval_of_the_share_of_luck_holds_the_truth_where_seeds_are_few(alike, own, seeds):
    design = make_design("sobol", function_factors({"a": (0.0, 1.0), "b": (0.0, 1.0)}), 64)
    truth = (alike**2 + own**2) / (1.0 + alike**2 + own**2)
    held = []
    for number in range(60):
        luck = np.random.default_rng([5, number])
        shape = (64, design.width)
        answers = luck.normal(size=(*shape, 1)) + alike * luck.normal(size=seeds) + own * luck.normal(size=(*shape, seeds))
        found = luck_share(design, answers, 200)
        held.append(found.single[1] <= truth <= found.single[2])
    assert np.mean(held) >= 0.85


@pytest.mark.parametrize("blocks", [2, 3, 10])
def test_the_interval_of_the_share_of_luck_holds_the_truth_where_trajectories_and_seeds_are_few(blocks):
    """Morris' points of one trajectory share most of what they are; two seeds; luck is a tenth of the variance."""
    design = make_design("morris", function_factors({f"x{number}": (0.0, 1.0) for number in range(6)}), 400)
    luck = np.random.default_rng(6)
    line = design.places[:, :6] @ np.array([4.0, 2.0, 1.0, 0.0, 0.0, 0.0])
    spread = float(np.sqrt(np.var(line[np.tile(~design.other_luck, design.blocks)]) / 9))
    held, open_ends = [], []
    for _ in range(60):
        some = luck.choice(design.blocks, blocks, replace=False)
        means = line.reshape(design.blocks, design.width, 1)[some]
        found = luck_share(design.of_blocks(some), means + spread * luck.normal(size=(blocks, design.width, 2)), 200)
        held.append(found.single[1] <= 0.1 <= found.single[2])
        open_ends.append(found.single[1] < found.single[2])
    assert np.mean(held) >= 0.88
    assert all(open_ends)


def test_an_answer_that_a_few_points_decide_leaves_the_share_of_luck_wider():
    """The same variance between points, from all of 64 base samples alike or from three of them."""
    design = make_design("sobol", function_factors({"a": (0.0, 1.0), "b": (0.0, 1.0)}), 64)
    luck = np.random.default_rng(7)
    even = luck.normal(size=(64, 1, 1)) + np.zeros((64, design.width, 1))
    few = np.where(np.arange(64) < 3, 1.0, 0.0)[:, None, None] + np.zeros((64, design.width, 1))
    own = 0.3 * luck.normal(size=(64, design.width, 3))
    widths = [np.ptp(luck_share(design, means / means.std() + own, 400).single[1:]) for means in (even, few)]
    assert widths[1] > 1.5 * widths[0]
