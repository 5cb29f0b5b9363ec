"""The same model as idiomatic Mesa agents (`people_as_agents.py`): what the engine gains on it, and whether the two agree.

Both begin with the same people and live by the same rule. Luck differs, so that outcomes agree in distribution and not life by
life. They agree where, for each outcome, the means over seeds differ by no more than three standard errors of both:

    |mean of the engine - mean of the agents| <= 3 sqrt(sd of the engine^2 / seeds + sd of the agents^2 / seeds)

Ends with 1 where one differs by more, with 0 otherwise; one seed has no spread and judges nothing. Where both are the same, luck
exceeds three standard errors in one outcome of nine in at most one of fifteen runs of ten seeds, and in more with fewer seeds.
"""

from __future__ import annotations

import argparse
import platform
import time
from importlib import metadata

import numpy as np
from people_as_agents import OUTCOMES, Society

from simulation import Scenario, World

ERRORS = 3.0
"""Means that are so many standard errors of both apart do not agree."""


def outcomes_of(world: World) -> list[float]:
    """The same of a world of the engine."""
    people, alive = world.snapshot(), world.snapshot()["alive"] > 0
    living = people[alive]
    friends = ((world.ties.others >= 0).sum(axis=1))[alive]
    columns = [living["use"] == 1, living["offending"] == 1, living["mental_health"] == 1, living["symptoms"], living["work"],
               living["identity"], living["distress"], friends]  # fmt: skip
    return [float(len(living)), *(float(np.mean(one)) for one in columns)]


def agreement(engine: np.ndarray, agents: np.ndarray) -> np.ndarray:
    """How many standard errors of both their means over seeds are apart, shape (outcomes,); each is given as (seeds, outcomes).

    0 where the means are the same, without end where they differ and no seed does. Needs two seeds at least.
    """
    apart = np.abs(engine.mean(axis=0) - agents.mean(axis=0))
    error = np.sqrt(engine.var(axis=0, ddof=1) / len(engine) + agents.var(axis=0, ddof=1) / len(agents))
    return np.divide(apart, error, out=np.where(apart > 0.0, np.inf, 0.0), where=error > 0.0)


def tell(engine: np.ndarray, agents: np.ndarray) -> int:
    """Print each outcome both ways, given as (seeds, outcomes), and whether they agree; 1 where they do not."""
    if len(engine) < 2:
        for place, outcome in enumerate(OUTCOMES):
            print(f"{outcome:>22}: engine {engine[0, place]:.4f}, Mesa agents {agents[0, place]:.4f}")
        print("one seed has no spread: whether they agree is not judged")
        return 0
    distance = agreement(engine, agents)
    for place, outcome in enumerate(OUTCOMES):
        said = ", ".join(
            f"{name} {found[:, place].mean():.4f} (sd {found[:, place].std(ddof=1):.4f})"
            for name, found in (("engine", engine), ("Mesa agents", agents))
        )
        print(f"{outcome:>22}: {said}; {distance[place]:.1f} standard errors apart")
    apart = [outcome for outcome, far in zip(OUTCOMES, distance, strict=True) if far > ERRORS]
    if apart:
        print(f"they do not agree: more than {ERRORS:.0f} standard errors apart in {', '.join(apart)}")
        return 1
    print(f"they agree: no outcome is more than {ERRORS:.0f} standard errors apart")
    return 0


def main() -> int:
    """Live the same weeks both ways, and print how fast, and how alike; 1 where they do not agree."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--years", type=int, default=2)
    parser.add_argument("--seeds", type=int, default=10)
    asked = parser.parse_args()
    if min(asked.people, asked.years, asked.seeds) < 1:
        parser.error("--people, --years and --seeds are 1 or more")
    plan = Scenario.load("baseline").with_settings(people=asked.people, years=asked.years)
    World(plan.with_settings(people=50), 1).live_and_add_up()
    took = {"engine": 0.0, "Mesa agents": 0.0}
    found: dict[str, list[list[float]]] = {"engine": [], "Mesa agents": []}
    for seed in range(1, asked.seeds + 1):
        world = World(plan, seed)
        world.prepare()
        society = Society(world, seed)
        started = time.process_time()
        for _ in range(world.weeks):
            society.step()
        middle = time.process_time()
        for _ in range(world.weeks):
            world.live_and_add_up()
        took["engine"] += time.process_time() - middle
        took["Mesa agents"] += middle - started
        found["engine"].append(outcomes_of(world))
        found["Mesa agents"].append(society.outcomes())
    lived = asked.people * world.weeks * asked.seeds
    print(f"Python {platform.python_version()}, Mesa {metadata.version('mesa')}, Numba {metadata.version('numba')}; one thread;"
          f" {asked.people:,} people, {asked.years} years, {asked.seeds} seeds")  # fmt: skip
    for name, seconds in took.items():
        print(f"{name}: {lived / seconds:,.0f} person-weeks a second of processor time")
    print(f"the engine is {took['Mesa agents'] / took['engine']:,.0f} times as fast")
    return tell(np.array(found["engine"]), np.array(found["Mesa agents"]))


if __name__ == "__main__":
    raise SystemExit(main())
