"""How often a sensitivity analysis is right about luck: answers by formula, whose luck is known or which are luck alone.

    python benchmarks/coverage_of_sensitivity.py [--trials 100]

First, in what share of trials the 95 % interval of the share of variance that is luck holds the truth: a sum of three of ten
assumptions, or its exponential, which a few points decide, with luck of a seed that moves all points alike and luck of each
point. Then, in what share of trials any of ten assumptions is said to stand above luck where the answer is luck alone. Last, in
what share of trials a policy that does nothing is said to help or harm at more points than luck may give, and one of two such
policies to leave least to regret.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
import pandas as pd

from analysis.discovery import HARMS, HELPS, discover
from analysis.regret import regret
from analysis.sensitivity_design import Design, make_design
from analysis.sensitivity_factors import function_factors
from analysis.sensitivity_measures import LEADING, above_the_dummy, luck_share, measures_of, under_shared_seeds

FACTORS = function_factors({f"x{number}": (0.0, 1.0) for number in range(10)})
WEIGHTS = np.r_[4.0, 2.0, 1.0, np.zeros(7)]
ALIKE, OWN = 0.1, 0.2
"""Variance of luck, as shares of that over the assumptions: of a seed at all points alike, and of each point."""

SEED = 20_261
RESAMPLES = 400
BLOCKS = {"morris": (2, 3, 5, 10), "sobol": (16, 64)}
POOL = {"morris": 400, "sobol": 4_096}
"""Blocks that those of a trial are drawn from."""

POINTS, BASE = 120, 300.0
"""Points at which policies that do nothing are looked at, and the outcome there."""

FORMULAS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "sum": lambda places: places[:, :-1] @ WEIGHTS,
    "exponential": lambda places: np.exp(places[:, :-1] @ WEIGHTS / 2),
}


def luck_held(pool: Design, answers: np.ndarray, blocks: int, seeds: int, trials: int, luck: np.random.Generator) -> float:
    """Share of trials in which the interval holds the share that is luck; `answers` are those of the pool without luck."""
    means = answers.reshape(pool.blocks, pool.width, 1)
    of_assumptions = float(np.var(under_shared_seeds(pool, means)))
    held = 0
    for _ in range(trials):
        some = luck.choice(pool.blocks, blocks, replace=False)
        alike = np.sqrt(ALIKE * of_assumptions) * luck.normal(size=seeds)
        own = np.sqrt(OWN * of_assumptions) * luck.normal(size=(blocks, pool.width, seeds))
        found = luck_share(pool.of_blocks(some), means[some] + alike + own, RESAMPLES)
        held += found is not None and found.single[1] <= (ALIKE + OWN) / (1 + ALIKE + OWN) <= found.single[2]
    return held / trials


def named_of_noise(pool: Design, blocks: int, seeds: int, trials: int, luck: np.random.Generator) -> float:
    """Share of trials in which an assumption stands above the dummy though answers are independent noise."""
    named = 0
    for _ in range(trials):
        some = luck.choice(pool.blocks, blocks, replace=False)
        answers = luck.normal(size=(blocks, pool.width, seeds))
        found = measures_of(pool.of_blocks(some), answers, RESAMPLES)[LEADING[pool.method]]
        named += bool(above_the_dummy(found))
    return named / trials


def policy_of_luck(name: str, alike: float, own: float, seeds: int, luck: np.random.Generator) -> pd.DataFrame:
    """Responses to a policy that does nothing: luck of a seed at all points alike, and of each point, of these spreads."""
    point, seed = np.indices((POINTS, seeds)).reshape(2, -1)
    effects = alike * luck.normal(size=seeds) + own * luck.normal(size=(POINTS, seeds))
    return pd.DataFrame(
        {"point": point, "seed": seed, "other": name, "base_value": BASE, "other_value": BASE + effects.ravel(),
         "response": effects.ravel()}
    )  # fmt: skip


def claims_of_luck(alike: float, own: float, seeds: int, trials: int, luck: np.random.Generator) -> tuple[float, float]:
    """Share of trials in which a policy of luck alone helps or harms with no word on luck; one of two leaves least to regret."""
    points = pd.DataFrame(FACTORS.values(luck.random((POINTS, 10))), columns=list(FACTORS.parameters)).rename_axis("point")
    nowhere, blocks = pd.Series(False, index=points.index), pd.Series(points.index // 12, index=points.index)
    judged = {"better": "lower", "unit": "people"}
    unsaid = named = 0
    for _ in range(trials):
        one, two = (policy_of_luck(name, alike, own, seeds, luck) for name in ("one", "two"))
        found = discover(points, one, FACTORS.table, smallest=0.1, independent=nowhere, **judged)
        told = " ".join(found.sentences)
        unsaid += any(found.counts[kind] and f"That it {kind} at" not in told for kind in (HELPS, HARMS))
        weighed = regret(points, pd.concat([one, two]), FACTORS.table, base="as now", blocks=blocks, **judged)
        named += any(line.endswith("least to regret.") for line in weighed.sentences)
    return unsaid / trials, named / trials


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=100)
    trials = parser.parse_args().trials
    luck = np.random.default_rng(SEED)
    for method, every in BLOCKS.items():
        pool = make_design(method, FACTORS, POOL[method])
        for name, formula in FORMULAS.items():
            answers = formula(pool.places)
            for blocks in every:
                held = [f"{luck_held(pool, answers, blocks, seeds, trials, luck):.0%}" for seeds in (2, 3, 5)]
                print(f"{method}, {name}, {blocks} blocks: luck's share held at 2, 3, 5 seeds in {', '.join(held)}", flush=True)
        for blocks in every:
            named = [f"{named_of_noise(pool, blocks, seeds, trials, luck):.0%}" for seeds in (1, 3)]
            print(f"{method}, noise, {blocks} blocks: something is named at 1, 3 seeds in {', '.join(named)}", flush=True)
    for alike, own in ((0.0, 1.0), (0.7, 0.7), (1.0, 0.05)):
        for seeds in (3, 5):
            unsaid, least = claims_of_luck(alike, own, seeds, trials, luck)
            said = f"helps or harms in {unsaid:.0%}, least to regret in {least:.0%}"
            print(f"luck of a seed {alike}, of a point {own}, {seeds} seeds: {said}", flush=True)


if __name__ == "__main__":
    main()
