"""`simulate`: one world from start to end, the fast way."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np

from simulation.book_shelf import Shelf
from simulation.errors import Problem, ScenarioError
from simulation.history import History, provenance_of, weekly_table
from simulation.scenario import Scenario
from simulation.world import Start, World

ENGINES = ("compiled", "plain")
MOST_SEED = 2**63 - 1


def simulate(
    plan: Scenario | str | Path,
    people: int | None = None,
    years: float | None = None,
    seed: int | None = None,
    *,
    assumptions: Mapping[str, float] | None = None,
    panel: Iterable[int] = (),
    events: bool = True,
    threads: int | None = None,
    engine: str = "compiled",
    nudge: int | None = None,
    stored: Sequence[int] | np.ndarray | None = None,
    start: Start | None = None,
    watch: Callable[[World], Any] | None = None,
    progress: Callable[[int, int], Any] | None = None,
) -> History:
    """The history of one world.

    Parameters
    ----------
    plan
        A scenario, its name or a path.
    people, years, seed
        Instead of the scenario's; without a seed one is drawn and recorded.
    assumptions
        Values of parameters, by name, instead of the scenario's.
    panel
        Weeks at which the state of everyone is kept: week w is the state after w weeks.
    events
        Whether every event is kept; the weekly table counts them all the same.
    threads
        How many threads share a week, all cores by default; no result depends on it.
    engine
        "compiled", or "plain": the same history in plain Python, far slower.
    nudge
        A person who begins in great distress: the other half of a placebo pair.
    stored
        The order in which people are stored; no result depends on it.
    start
        What `settle` gave for the same people, so that worlds to be compared need not each settle them again.
    watch
        Shown the world before its first week and after each, to look at and to leave as it is.
    progress
        Called each week, burn-in included, with the week and the number of weeks.

    Raises
    ------
    ScenarioError, ParameterError
        If what is asked for cannot be done.
    """
    started = time.perf_counter()
    scenario = Scenario.load(plan)
    if start is not None and not isinstance(start, Start):
        raise TypeError(f"start is what `settle` gives, not {type(start).__name__}")
    if threads is not None and (not is_whole(threads) or threads < 1):
        raise ScenarioError(Problem("threads", repr(threads), "a whole number from 1", "Leave it out for all cores."))
    weeks_kept = checked_panel(panel)
    if people is not None or years is not None:
        scenario = scenario.with_settings(people=people, years=years)
    if engine not in ENGINES:
        raise ScenarioError(Problem("engine", repr(engine), " or ".join(ENGINES), "Choose one of them."))
    world = World(
        scenario, checked_seed(seed), assumptions=dict(assumptions or {}), engine=engine, nudge=nudge, stored=stored,
        threads=threads or os.cpu_count() or 1, start=start, progress=progress,
    )  # fmt: skip
    try:
        return _live_through(world, weeks_kept, events, engine, started, watch, progress)
    finally:
        world.close()


def settle(
    plan: Scenario | str | Path,
    people: int | None = None,
    seed: int | None = None,
    *,
    assumptions: Mapping[str, float] | None = None,
    threads: int = 1,
    progress: Callable[[int, int], Any] | None = None,
) -> Start:
    """How the world of `plan` begins: its people, settled, for any number of worlds to begin from.

    Raises
    ------
    ScenarioError, ParameterError
        If what is asked for cannot be done.
    """
    scenario = Scenario.load(plan)
    if people is not None:
        scenario = scenario.with_settings(people=people)
    world = World(
        scenario, checked_seed(seed), assumptions=dict(assumptions or {}), threads=threads, progress=progress
    )
    try:
        return world.keep_start()
    finally:
        world.close()


def checked_seed(seed: int | None) -> int:
    """The seed asked for, or one drawn where none is. Raises `ScenarioError` if it is out of range."""
    if seed is None:
        return secrets.randbelow(2**31)
    if not is_whole(seed) or not 0 <= seed <= MOST_SEED:
        raise ScenarioError(Problem("seed", repr(seed), "a whole number from 0 to 2^63 - 1", "Give another seed."))
    return int(seed)


def is_whole(value: object) -> TypeGuard[int]:
    """Whether `value` is a whole number, and not a yes or no."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def checked_panel(panel: object) -> tuple[int, ...]:
    """The weeks asked for. Raises `ScenarioError` unless they are whole numbers."""
    weeks = tuple(panel) if isinstance(panel, Iterable) and not isinstance(panel, str) else (panel,)
    wrong = [week for week in weeks if not is_whole(week)]
    if wrong:
        raise ScenarioError(Problem("panel", repr(wrong[0]), "weeks, as whole numbers", "Ask for weeks, as in (0, 52)."))
    return tuple(int(week) for week in weeks if is_whole(week))


def _live_through(
    world: World,
    panel: tuple[int, ...],
    keep_events: bool,
    engine: str,
    started: float,
    watch: Callable[[World], Any] | None,
    progress: Callable[[int, int], Any] | None,
) -> History:
    wrong = [week for week in panel if not 0 <= week <= world.weeks]
    if wrong:
        raise ScenarioError(
            Problem("panel", str(wrong[0]), f"a week from 0 to {world.weeks}", "Ask for other weeks, or live more years.")
        )
    start = world.snapshot()
    snapshots, lines = {}, []
    happened = Shelf()
    if watch is not None:
        watch(world)
    for week in range(world.weeks):
        if week in panel:
            snapshots[week] = world.snapshot()
        lived, line = world.live_and_add_up()
        lines.append(line)
        if keep_events:
            happened.append(lived)
        if watch is not None:
            watch(world)
        if progress is not None:
            progress(week, world.weeks)
    end = world.last_state()
    if world.weeks in panel:
        snapshots[world.weeks] = end
    if progress is not None:
        progress(world.weeks, world.weeks)
    record = provenance_of(world.scenario, world.seed, world.weeks, world.assumptions, engine, started)
    return History(
        world.scenario, world.seed, world.weeks, weekly_table(lines), start, end, snapshots, world.policy.reach(), record,
        world.policy.covered(), happened, world.experiments.reach(),
    )  # fmt: skip
