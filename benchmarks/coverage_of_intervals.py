"""How often 95 % intervals hold the truth: synthetic pairs of policies of many kinds of outcome, at 10 and 30 worlds.

    python benchmarks/coverage_of_intervals.py
    python benchmarks/coverage_of_intervals.py --real 400

Each population gives paired differences, or pairs of means, over worlds, and its truth is known in closed form. `--real` lives
so many pairs of small worlds of the model, takes their differences as a population, and draws worlds from it.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import combinations

import numpy as np

from analysis.intervals import LEVEL, mean_intervals
from analysis.outcomes import OUTCOMES
from analysis.pairing import ask
from analysis.ratios import ratio_of
from analysis.simultaneous import joint_level
from analysis.stretch import stretch_of
from simulation import Scenario, simulate

SEED = 20_250
AT_ONCE = 10
"""How many times as many comparisons are made of differences, whose intervals are all worked out at once."""

WORLDS = (10, 30)
REAL = ("the-visit", "independent-advocates")
REAL_PEOPLE, REAL_YEARS = 200, 1.1

Draw = Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]


def lognormal(spread: float, generator: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Of mean 1."""
    return np.exp(spread * generator.standard_normal(shape) - spread**2 / 2)


def weeks_of_a_few(generator: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Weeks in total of as many people as chance has it, four on the average, one week each in the mean."""
    return generator.gamma(np.maximum(generator.poisson(4, shape), 1e-12))


DIFFERENCES: dict[str, tuple[Draw, float]] = {
    "normal": (lambda g, shape: g.standard_normal(shape), 0.0),
    "heavy tails on both sides (t, 3 degrees)": (lambda g, shape: g.standard_t(3, shape), 0.0),
    "flat (uniform)": (lambda g, shape: g.random(shape), 0.5),
    "rare: 4 events against 2 in 2,000 people": (lambda g, shape: g.poisson(2, shape) - g.poisson(4, shape), -2.0),
    "rare, one way only: 2 people spared": (lambda g, shape: g.poisson(2, shape), 2.0),
    "rare, one way only: 1 person spared": (lambda g, shape: g.poisson(1, shape), 1.0),
    "weeks of 4 people, one way": (weeks_of_a_few, 4.0),
    "skewed (log-normal, 0.5; skewness 1.8)": (partial(lognormal, 0.5), 1.0),
    "skewed (exponential; skewness 2)": (lambda g, shape: g.standard_exponential(shape), 1.0),
    "very skewed (log-normal, 1; skewness 6.2)": (partial(lognormal, 1.0), 1.0),
    "very rare, one way only: 0.3 people spared": (lambda g, shape: g.poisson(0.3, shape), 0.3),
    "hardly ever: 0.1 people spared": (lambda g, shape: g.poisson(0.1, shape), 0.1),
}
"""Paired differences over worlds and their true mean."""

BEYOND = {
    "flat (uniform)",
    "very skewed (log-normal, 1; skewness 6.2)",
    "very rare, one way only: 0.3 people spared",
    "hardly ever: 0.1 people spared",
}
"""Differences of which fewer than 93 % or more than 97 % of intervals hold the truth at 10 or at 30 worlds."""


def sharing(both: float, base: float, other: float, g: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Counts in both worlds, shape (2, ...): events that happen in both, and those of one world alone."""
    common = g.poisson(both, shape)
    return np.stack([common + g.poisson(base, shape), common + g.poisson(other, shape)])


def sparing(events: float, kept: float, g: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Counts in both worlds, shape (2, ...): the policy only ever spares."""
    base = g.poisson(events, shape)
    return np.stack([base, g.binomial(base, kept)])


def growing(spread: float, g: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Skewed means of worlds, shape (2, ...): the policy takes away about a fifth, more in one world than in another."""
    base = lognormal(spread, g, shape)
    return np.stack([base, 0.8 * base * lognormal(0.3, g, shape)])


RATIOS: dict[str, tuple[Draw, float]] = {
    "common: 210 of 220 events": (partial(sharing, 200, 20, 10), 210 / 220),
    "rare: 2 of 4 events, nothing shared": (partial(sharing, 0, 4, 2), 0.5),
    "rare: 3 of 4 events, 2 shared": (partial(sharing, 2, 2, 1), 0.75),
    "one way only: 9 of 10 events": (partial(sparing, 10, 0.9), 0.9),
    "skewed (log-normal, 0.5)": (partial(growing, 0.5), 0.8),
    "very skewed (log-normal, 1)": (partial(growing, 1.0), 0.8),
}
"""Pairs of means over worlds, base and other, and the true ratio."""


def correlated(own: Draw, g: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Differences of three policies, shape (..., worlds, 3), that share the luck of their base world."""
    return own(g, (*shape, 3)) + own(g, (*shape, 1))


POLICIES: dict[str, tuple[Draw, tuple[float, ...]]] = {
    "normal": (partial(correlated, DIFFERENCES["normal"][0]), (0.0, 0.0, 0.0)),
    "rare events": (partial(correlated, lambda g, shape: g.poisson(3, shape)), (6.0, 6.0, 6.0)),
    "skewed (exponential)": (partial(correlated, DIFFERENCES["skewed (exponential; skewness 2)"][0]), (2.0, 2.0, 2.0)),
}
"""Paired differences of three policies against the same base worlds, and their true means."""


def of_differences(draw: Draw, truth: float, worlds: int, pairs: int) -> float:
    """Share of intervals of the mean difference that hold the truth."""
    _, low, high = mean_intervals(np.asarray(draw(np.random.default_rng(SEED), (pairs, worlds)), dtype=float))
    return float(np.mean((low <= truth) & (truth <= high)))


def of_ratios(draw: Draw, truth: float, worlds: int, pairs: int) -> float:
    """Share of intervals of the ratio of means that hold the truth."""
    base, other = draw(np.random.default_rng(SEED), (pairs, worlds))
    none = np.zeros(0)
    found = [ratio_of(one, another, none, none) for one, another in zip(base, other, strict=True)]
    return float(np.mean([ratio.low_luck <= truth <= ratio.high_luck for ratio in found]))


def of_policies(draw: Draw, truths: tuple[float, ...], worlds: int, pairs: int, each_other: bool = False) -> float:
    """Share of comparisons in which the intervals of all policies hold their truths at once.

    Against the base world, or, with `each_other`, of every two policies against each other.
    """
    samples, truth = draw(np.random.default_rng(SEED), (pairs, worlds)), np.array(truths)
    if each_other:
        first, second = (list(side) for side in zip(*combinations(range(len(truths)), 2), strict=True))
        samples, truth = samples[..., first] - samples[..., second], truth[first] - truth[second]
    samples = np.asarray(samples, dtype=float)
    levels = np.array([joint_level(sample) for sample in samples])
    _, low, high = mean_intervals(np.swapaxes(samples, 1, 2), levels[:, None])
    return float(np.mean(np.all((low <= truth) & (truth <= high), axis=1)))


def real_differences(sets: int) -> Iterator[tuple[str, np.ndarray]]:
    """For each outcome, its differences in pairs of small worlds of the model in which somebody is at risk, shape (sets,)."""
    plans = [replace(Scenario.load(name), people=REAL_PEOPLE, years=REAL_YEARS) for name in REAL]
    question = ask(plans[0], plans[1:], None, None)
    weeks = question.first_week, question.last_week
    found: dict[str, list[float]] = {name: [] for name in OUTCOMES}
    for seed in range(1, sets + 1):
        worlds = [
            simulate(plan, seed=seed, threads=1, events=False, panel=weeks)
            for plan in (question.base, *question.others)
        ]
        start = worlds[0].snapshots[weeks[0]]
        for outcome in OUTCOMES.values():
            at_risk = outcome.at_risk(start)
            if at_risk.any():
                base, other = (
                    outcome.scale * outcome.measure(stretch_of(world, *weeks, events=False))[at_risk].mean() for world in worlds
                )
                found[outcome.id].append(other - base)
    for name, differences in found.items():
        yield name, np.array(differences)


def drawn_from(population: np.ndarray) -> tuple[Draw, float]:
    """Worlds drawn from a population of worlds, each as likely, and the mean of all of them."""
    return (lambda g, shape: g.choice(population, shape)), float(population.mean())


def rows(pairs: int) -> Iterator[tuple[str, str, list[float]]]:
    """Kind of interval, population, and the share held at each number of worlds."""
    kinds = (
        ("difference", DIFFERENCES, lambda *population: of_differences(*population, pairs * AT_ONCE)),
        ("ratio", RATIOS, lambda *population: of_ratios(*population, pairs)),
        ("three policies against the base", POLICIES, lambda *population: of_policies(*population, pairs)),
        ("three policies, every two", POLICIES, lambda *population: of_policies(*population, pairs, each_other=True)),
    )
    for kind, populations, study in kinds:
        for name, (draw, truth) in populations.items():
            yield kind, name, [study(draw, truth, worlds) for worlds in WORLDS]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=1_000)
    parser.add_argument("--real", type=int, default=0, metavar="SETS")
    asked = parser.parse_args()
    print(f"| interval | outcome | {' | '.join(f'{worlds} worlds' for worlds in WORLDS)} |\n|---|---|{'---|' * len(WORLDS)}")
    for kind, name, held in rows(asked.pairs):
        print(f"| {kind} | {name} | {' | '.join(f'{100 * share:.1f} %' for share in held)} |", flush=True)
    for name, differences in real_differences(asked.real) if asked.real else ():
        draw, truth = drawn_from(differences)
        held = [of_differences(draw, truth, worlds, asked.pairs * AT_ONCE) for worlds in WORLDS]
        shares = " | ".join(f"{100 * share:.1f} %" for share in held)
        print(f"| worlds of the model | {name}, {100 * np.mean(differences != 0):.0f} % of worlds differ | {shares} |")
    print(f"\nIntervals of {100 * LEVEL:g} %. {asked.pairs:,} comparisons each, {asked.pairs * AT_ONCE:,} of differences.")


if __name__ == "__main__":
    main()
