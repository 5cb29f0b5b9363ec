"""One world with its whole history: from the run store where it is there, else lived, and then kept there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from analysis.jobs import Wanted, world_wanted
from analysis.packing import pack_world, unpack_world
from analysis.store import WORLDS, Damaged, Entry, RunStore
from simulation import History, Scenario, simulate
from simulation.errors import OutputError
from simulation.history import platform_tag, provenance_of
from simulation.parameters import assumptions as all_assumptions


def recall(
    scenario: Scenario,
    seed: int,
    store: RunStore | None = None,
    *,
    panel: Iterable[int] = (),
    progress: Callable[[int, int], Any] | None = None,
    warn: Callable[[str], None] | None = None,
) -> History:
    """The history of one world, every event of it and the states of these weeks.

    Parameters
    ----------
    scenario, seed, panel, progress
        As `simulate` takes them.
    store
        The run store; none is asked or filled where None.
    warn
        Told in a sentence where the store was damaged or cannot be filled; the world is lived all the same.

    Raises
    ------
    ScenarioError, ParameterError
        If the world cannot be lived.
    """
    weeks = tuple(sorted(set(panel)))
    if store is None:
        return simulate(scenario, seed=seed, panel=weeks, progress=progress)
    kept = {0, scenario.weeks, *weeks}
    wanted = world_wanted(scenario, seed, states=kept, events=True, platform=platform_tag())
    tell = warn or (lambda _: None)
    try:
        return _remembered(wanted, store.read(WORLDS, wanted.name, wanted.files), weeks)
    except KeyError:
        pass
    except Damaged as damaged:
        place = store.place(damaged.kind, damaged.name)
        tell(f"damaged in the store, and lived again: {place / damaged.file}: {damaged.why}")
    world = simulate(scenario, seed=seed, panel=weeks, progress=progress)
    try:
        store.put(pack_world(wanted.name, wanted.identity(), world, kept, events=True))
    except OutputError as error:
        tell(f"not kept in the store: {error}")
    return world


def _remembered(wanted: Wanted, entry: Entry, panel: Iterable[int]) -> History:
    """The history that an entry of the store holds, with the states of these weeks."""
    found, plan = unpack_world(entry), wanted.scenario
    assumed = all_assumptions(found.content["identity"]["assumptions"], plan.widened)  # in the order of their table
    record = provenance_of(plan, wanted.seed, plan.weeks, assumed, "compiled", time.perf_counter())
    record["versions"] |= found.content["versions"]
    record["wall_seconds"] = found.content["seconds"]
    return History(
        plan, wanted.seed, plan.weeks, found.weekly, found.snapshots[0], found.snapshots[plan.weeks],
        {week: found.snapshots[week] for week in panel}, found.reach, record, found.covered, [], found.tried, found.events,
    )  # fmt: skip
