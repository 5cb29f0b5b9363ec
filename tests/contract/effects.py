"""How far each parameter and each lever moves a measure of a small world: paired, the same people and luck on both sides.

What is expected to move, in which world and which way, stands in `expected_effects.toml`; here are only the worlds and the
reading of a measure. Nothing of `analysis` is used, so that what holds the model to its word does not lean on what is built
upon it.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from simulation import Scenario, simulate
from simulation.history import History
from simulation.parameters import PARAMETERS
from simulation.run import settle
from simulation.world import Start

HERE = Path(__file__).parent
SEEDS = tuple(range(1, 11))
ERRORS_TO_COUNT = 3.0
"""A difference counts if it exceeds so many standard errors of itself, over the seeds."""

FIRST_SEEDS = 5
ERRORS_AT_FIRST = 4.1
"""What is seen by so many errors over the first seeds alone needs no others: luck gives that as seldom as it gives three errors
over ten (Student's t with 4 and with 9 degrees of freedom: once in 130)."""


@dataclass(frozen=True)
class Expected:
    """One line of `expected_effects.toml`: what this parameter or lever should move, where, and which way."""

    name: str
    plan: str
    people: int
    years: float
    measure: str
    goes: str
    policy: str = ""

    @property
    def is_lever(self) -> bool:
        return bool(self.policy)

    @property
    def ends(self) -> tuple[str, str]:
        """The two sides compared, in words."""
        if self.is_lever:
            return "no policy", self.policy
        return f"{PARAMETERS[self.name].low:g}", f"{PARAMETERS[self.name].high:g}"


@dataclass(frozen=True)
class Effect:
    """Mean over seeds of the measure on both sides, their mean paired difference, and its standard error."""

    expected: Expected
    low: float
    high: float
    difference: float
    error: float

    @property
    def is_seen(self) -> bool:
        """Whether the difference exceeds three standard errors, and goes the way that was expected."""
        return self.exceeds(ERRORS_TO_COUNT)

    def exceeds(self, errors: float) -> bool:
        """Whether the difference exceeds so many standard errors, and goes the way that was expected."""
        way = self.difference if self.expected.goes == "up" else -self.difference
        return way > errors * self.error


def read_expected(path: Path = HERE / "expected_effects.toml") -> dict[str, dict[str, Expected]]:
    """What is expected, by name, of `parameters` and of `levers`."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    worlds = data["worlds"]

    def one(name: str, line: Mapping[str, str]) -> Expected:
        world = {**worlds[line["world"]], **{key: value for key, value in line.items() if key != "world"}}
        return Expected(name, **world)

    return {part: {name: one(name, line) for name, line in data[part].items()} for part in ("parameters", "levers")}


def text_of(plan: str) -> str:
    """The text of a small world's scenario: one of `scenarios/` here, else one that extends the shipped one."""
    path = HERE / "scenarios" / f"{plan}.toml"
    return path.read_text(encoding="utf-8") if path.exists() else f'extends = "{plan}"\n'


def plan_of(plan: str, people: int, years: float, policy: str = "") -> Scenario:
    """The scenario of a small world, with the text of a policy or without."""
    return Scenario.from_text(text_of(plan) + policy, plan).with_settings(people=people, years=years)


def scenario_of(expected: Expected, *, changed: bool) -> Scenario:
    """The scenario of one side: of a lever, without or with its policy."""
    text = ""
    if expected.is_lever and changed:
        policy = "\n".join(part.strip() for part in expected.policy.split(";"))
        text = f'\n[[policy]]\nlever = "{expected.name}"\n{policy}\n'
    return plan_of(expected.plan, expected.people, expected.years, text)


def live(expected: Expected, *, changed: bool, seed: int) -> float:
    """The measure in one world: at the low end or without the policy, or, `changed`, at the high end or with it."""
    if expected.is_lever:
        return read_measure(_with_or_without(expected, changed, seed), expected.measure)
    parameter = PARAMETERS[expected.name]
    values = {expected.name: parameter.high if changed else parameter.low}
    plan = scenario_of(expected, changed=changed)
    return read_measure(simulate(plan, seed=seed, assumptions=values, threads=1), expected.measure)


def _with_or_without(expected: Expected, changed: bool, seed: int) -> History:
    if not changed:
        return _without_policy(expected.plan, expected.people, expected.years, seed)
    start = _settled(expected.plan, expected.people, expected.years, seed)
    return simulate(scenario_of(expected, changed=True), seed=seed, threads=1, start=start)


@lru_cache(maxsize=2 * len(SEEDS))
def _settled(plan: str, people: int, years: float, seed: int) -> Start:
    """How all worlds of one plan begin, whatever policy comes later: settled once for levers that follow one another."""
    return settle(plan_of(plan, people, years), seed=seed)


@lru_cache(maxsize=2 * len(SEEDS))
def _without_policy(plan: str, people: int, years: float, seed: int) -> History:
    """The other side of every lever that is tried in one plan."""
    return simulate(plan_of(plan, people, years), seed=seed, threads=1, start=_settled(plan, people, years, seed))


def read_measure(history: History, measure: str) -> float:
    """The value of a measure, as the head of `expected_effects.toml` explains it."""
    kind, subject, *more = measure.split()
    if kind == "weekly":
        return float(history.weekly[subject].mean())
    if kind == "link":
        return float(np.corrcoef(history.people[subject], history.people[more[0]])[0, 1])
    events = history.events
    chosen = events["event"] == subject
    for key, word in (part.split("=") for part in more):
        chosen &= events[key] == word
    if kind == "count":
        return float(chosen.sum())
    values = events["value"][chosen]
    return float(values.mean() if kind == "value" else values.std())


def effect_of(expected: Expected, pool: Executor) -> Effect:
    """The effect over the seeds, the worlds lived in the threads of `pool`."""
    return _effect(expected, _sides(expected, SEEDS, pool))


def whether_seen(expected: Expected, pool: Executor) -> tuple[bool, Effect]:
    """Whether the effect is seen, and what it is: over the first seeds alone where those leave no doubt, else over all."""
    first = _sides(expected, SEEDS[:FIRST_SEEDS], pool)
    early = _effect(expected, first)
    if early.exceeds(ERRORS_AT_FIRST):
        return True, early
    effect = _effect(expected, np.hstack([first, _sides(expected, SEEDS[FIRST_SEEDS:], pool)]))
    return effect.is_seen, effect


def _sides(expected: Expected, seeds: Sequence[int], pool: Executor) -> np.ndarray:
    """The measure on both sides, shape (2, seeds)."""
    sides = [[pool.submit(live, expected, changed=changed, seed=seed) for seed in seeds] for changed in (False, True)]
    return np.array([[world.result() for world in worlds] for worlds in sides])


def _effect(expected: Expected, sides: np.ndarray) -> Effect:
    low, high = sides
    differences = high - low
    error = float(differences.std(ddof=1)) / math.sqrt(len(differences))
    return Effect(expected, float(low.mean()), float(high.mean()), float(differences.mean()), error)
