"""Lives the worlds of claims in one draw: people settled once where worlds begin alike, a world once however many claims ask."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from analysis.claim_arms import Arm, Panel
from analysis.jobs import Check
from analysis.worlds import assumptions_for
from simulation import Scenario, Start, settle, simulate

WEEK = 1 / 52


class Bench:
    """Where the worlds of one draw are lived, one after the other, under one seed.

    Parameters
    ----------
    seed, assumptions
        Of the draw; what a world's own scenario sets stays as set.
    check
        Called each week of each world; what it raises ends it.
    """

    def __init__(self, seed: int, assumptions: Mapping[str, float], check: Check) -> None:
        self.seed, self.assumptions, self.check = seed, assumptions, check
        self._starts: dict[str, Start] = {}

    def live(self, plan: Scenario, panel: Panel) -> Arm:
        """Everybody's lives in the world of `plan`, with the columns of `panel` kept.

        Raises
        ------
        ScenarioError, ParameterError
            If the world cannot be lived.
        """
        kept: dict[int, np.ndarray] = {}

        def watch(world: Any) -> None:
            if columns := panel.get(world.week):
                kept[world.week] = _some_columns(world, sorted(columns))

        history = simulate(
            plan, seed=self.seed, assumptions=self._assumed(plan), threads=1, start=self._start(plan), watch=watch,
            progress=self.check,
        )  # fmt: skip
        history.snapshots.update(kept)
        arm = Arm(history)
        history.happened = []  # the lives hold the events: nobody reads them a second time
        return arm

    def probe(self, plan: Scenario, changed: Callable[[Any], Any]) -> np.ndarray:
        """Everybody's state after one week of `plan` with each experiment as `changed` makes it, shape (people,)."""
        other = replace(plan, years=WEEK, experiments=tuple(changed(one) for one in plan.experiments))
        history = simulate(
            other, seed=self.seed, assumptions=self._assumed(plan), threads=1, start=self._start(plan), events=False,
            progress=self.check,
        )  # fmt: skip
        return history.end

    def forget_all_but(self, needed: Collection[str]) -> None:
        """Keep only the starts of these names, from which worlds are still to begin."""
        self._starts = {name: start for name, start in self._starts.items() if name in needed}

    def start_name(self, plan: Scenario) -> str:
        """What decides how a world begins, as text: worlds of one such name share their start."""
        return repr((
            plan.cohort, plan.people, plan.own_experience, sorted(plan.assumed(self._assumed(plan)).items()),
            list(plan.areas), plan.layer, plan.population_groups,
        ))  # fmt: skip

    def _start(self, plan: Scenario) -> Start:
        name = self.start_name(plan)
        if name not in self._starts:
            self._starts[name] = settle(plan, seed=self.seed, assumptions=self._assumed(plan), progress=self.check)
        return self._starts[name]

    def _assumed(self, plan: Scenario) -> dict[str, float]:
        return assumptions_for(plan, self.assumptions) or {}


def _some_columns(world: Any, names: Sequence[str]) -> np.ndarray:
    """Columns of everybody's state as it stands, shape (people,), by permanent ids: a whole snapshot takes half a week's time."""
    kept = np.empty(len(world.people), dtype=[(name, world.people.dtype[name]) for name in names])
    for name in names:
        kept[name] = world.people[name][world.row_of]
    return kept
