"""How far each parameter and each lever moves a measure of a small world: paired, the same people and luck on both sides.

What is expected to move, in which world and which way, stands in `expected_effects.toml`; here are only the worlds and the
reading of a measure. Nothing of `analysis` is used, so that what holds the model to its word does not lean on what is built
upon it.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from simulation import Scenario, simulate
from simulation.history import History
from simulation.parameters import PARAMETERS

HERE = Path(__file__).parent
SEEDS = tuple(range(1, 11))
ERRORS_TO_COUNT = 3.0
"""A difference counts if it exceeds so many standard errors of itself, over the seeds."""


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
        way = self.difference if self.expected.goes == "up" else -self.difference
        return way > ERRORS_TO_COUNT * self.error


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


def scenario_of(expected: Expected, *, changed: bool) -> Scenario:
    """The scenario of one side: of a lever, without or with its policy."""
    text = text_of(expected.plan)
    if expected.is_lever and changed:
        policy = "\n".join(part.strip() for part in expected.policy.split(";"))
        text += f'\n[[policy]]\nlever = "{expected.name}"\n{policy}\n'
    return Scenario.from_text(text, expected.plan).with_settings(people=expected.people, years=expected.years)


def live(expected: Expected, *, changed: bool, seed: int) -> float:
    """The measure in one world: at the low end or without the policy, or, `changed`, at the high end or with it."""
    values = {}
    if not expected.is_lever:
        parameter = PARAMETERS[expected.name]
        values = {expected.name: parameter.high if changed else parameter.low}
    plan = scenario_of(expected, changed=changed)
    return read_measure(simulate(plan, seed=seed, assumptions=values, threads=1), expected.measure)


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
    sides = [[pool.submit(live, expected, changed=changed, seed=seed) for seed in SEEDS] for changed in (False, True)]
    low, high = (np.array([side.result() for side in runs]) for runs in sides)
    differences = high - low
    error = float(differences.std(ddof=1)) / math.sqrt(len(SEEDS))
    return Effect(expected, float(low.mean()), float(high.mean()), float(differences.mean()), error)
