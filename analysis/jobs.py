"""Jobs for a pool: the worlds, or the numbers measured from worlds, that one worker lives in one go.

A job can be sent to another process or machine, knows the names of what it will give before it is run, and gives entries for
the run store. A world that fails becomes an entry too, with its parameters and the message; the others of its job go on.
"""

from __future__ import annotations

import ast
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from analysis.packing import files_of, pack_world
from analysis.pools import Stopped
from analysis.store import FAILED, NUMBERS, WORLDS, Entry
from simulation import History, Scenario, Start, settle, simulate
from simulation.cohort import load_cohort
from simulation.errors import WorldError
from simulation.identity import code_of, code_of_model, identity_of, name_of
from simulation.loading import check_unedited

Check = Callable[..., None]
"""Called each week of a world; raises Stopped where the run has been stopped."""

Asked = tuple[str, str, tuple[str, ...]]
"""Kind, name and files of one entry that a job gives."""

TRACED_LINES = 12
"""How many of the last lines of a traceback a failure keeps."""


class Job(Protocol):
    """Something for a worker to live: what it gives, how much of it there is, and how."""

    @property
    def wanted(self) -> tuple[Asked, ...]:
        """Each entry that it gives."""

    @property
    def worlds(self) -> int:
        """How many worlds it lives."""

    @property
    def work(self) -> float:
        """How much it has to live, in person-weeks, burn-in included."""

    def without(self, found: Callable[[str, str, tuple[str, ...]], bool]) -> Job | None:
        """The same job less what is `found` already; None where nothing is left."""

    def run(self, check: Check) -> Iterable[Entry]:
        """Live it; gives an entry for each that was wanted as soon as it is finished, a failed one where a world failed."""

    def failures(self, message: str) -> list[Entry]:
        """The records of its failure as a whole, with its parameters: one for each entry that was wanted."""


@dataclass(frozen=True)
class Wanted:
    """One world that is wanted, and what is to be kept of it; `world_wanted` makes one.

    Attributes
    ----------
    name
        What the world is called in the store, from all that decides it.
    scenario, seed, assumptions, nudge
        As `simulate` takes them; people and years as the scenario has them.
    platform
        Tag of the machine that is to live it.
    states
        Weeks whose states are kept.
    events
        Whether all events are kept.
    """

    name: str
    scenario: Scenario
    seed: int
    assumptions: Mapping[str, float] | None
    nudge: int | None
    platform: Mapping[str, str]
    states: tuple[int, ...] = ()
    events: bool = False

    @property
    def files(self) -> tuple[str, ...]:
        """Names of the files that it is kept in."""
        return files_of(self.states, self.events)

    @property
    def told(self) -> str:
        """Which world it is, in a few words."""
        nudged = "" if self.nudge is None else f", person {self.nudge} nudged"
        return f"{self.scenario.name}, seed {self.seed}{nudged}"

    def identity(self) -> dict[str, Any]:
        """All that decides it, as the machine that asks has it."""
        return identity_of(
            self.scenario, self.seed, assumptions=self.assumptions, nudge=self.nudge, platform=self.platform
        )

    def live(self, check: Check, start: Start | None = None, threads: int = 1) -> History:
        """The world, lived."""
        return simulate(
            self.scenario, seed=self.seed, assumptions=self.assumptions, panel=self.states, events=self.events,
            threads=threads, nudge=self.nudge, start=start, progress=check,
        )  # fmt: skip

    def lived(self, check: Check, start: Start | None = None, threads: int = 1) -> Entry:
        """The world, lived and packed for the store.

        Raises
        ------
        WorldError
            If this machine has other code or figures than the one that asked.
        """
        identity = self.identity()
        if name_of(identity) != self.name:
            raise WorldError("this machine has other code or cohorts of the model than the one that asked: install the same")
        return pack_world(self.name, identity, self.live(check, start, threads), self.states, self.events)


def world_wanted(
    scenario: Scenario,
    seed: int,
    *,
    assumptions: Mapping[str, float] | None = None,
    nudge: int | None = None,
    states: Iterable[int] = (),
    events: bool = False,
    platform: Mapping[str, str],
) -> Wanted:
    """The world of `scenario` under this seed, wanted with these states, and its events where asked for.

    Raises
    ------
    ScenarioError, ParameterError
        If there is no such cohort or assumption.
    """
    identity = identity_of(scenario, seed, assumptions=assumptions, nudge=nudge, platform=platform)
    given = None if assumptions is None else dict(assumptions)
    return Wanted(name_of(identity), scenario, seed, given, nudge, platform, tuple(sorted(set(states))), events)


@dataclass(frozen=True)
class WorldsJob:
    """Some worlds of the same people under the same luck; where they begin alike (`shared`) they are settled once."""

    asked: tuple[Wanted, ...]
    shared: bool = True

    @property
    def wanted(self) -> tuple[Asked, ...]:
        """Each world that it gives."""
        return tuple((WORLDS, one.name, one.files) for one in self.asked)

    @property
    def worlds(self) -> int:
        """How many worlds it lives."""
        return len(self.asked)

    @property
    def work(self) -> float:
        """How much it has to live, in person-weeks, burn-in included."""
        return work_of([one.scenario for one in self.asked], self.shared)

    def without(self, found: Callable[[str, str, tuple[str, ...]], bool]) -> WorldsJob | None:
        """The same job less the worlds found already; None where none is left."""
        left = tuple(one for one in self.asked if not found(WORLDS, one.name, one.files))
        return replace(self, asked=left) if left else None

    def run(self, check: Check) -> Iterator[Entry]:
        """Live the worlds, one after the other."""
        start: Start | None = None
        for one in self.asked:
            try:
                if self.shared and start is None:
                    start = settle(one.scenario, seed=one.seed, assumptions=one.assumptions, progress=check)
                entry = one.lived(check, start)
            except Stopped:
                raise
            except Exception as error:  # noqa: BLE001 - whatever goes wrong in one world must not end the others
                entry = failure_of(one.name, one.identity(), one.told, error)
            yield entry

    def failures(self, message: str) -> list[Entry]:
        """The records of its failure as a whole: one for each world."""
        return [failure_of(one.name, one.identity(), one.told, message) for one in self.asked]


def work_of(scenarios: Sequence[Scenario], shared: bool) -> float:
    """Person-weeks of these worlds, with a burn-in for all where they begin alike, else for each."""
    lived = sum(one.people * one.weeks for one in scenarios)
    settled = [one.people * load_cohort(one.cohort).burn_in_weeks for one in scenarios]
    return float(lived + (max(settled, default=0) if shared else sum(settled)))


def failure_of(name: str, identity: Mapping[str, Any], told: str, error: BaseException | str) -> Entry:
    """The record of a world, or of numbers, that could not be had: its parameters, and what was said."""
    if isinstance(error, str):
        content = {"message": error, "error": "", "where": []}
    else:
        lines = "".join(traceback.format_exception(error)).splitlines()
        content = {"message": str(error), "error": type(error).__name__, "where": lines[-TRACED_LINES:]}
    return Entry(FAILED, name, {**content, "told": told, "identity": dict(identity)})


def measured(
    name: str, identity: Mapping[str, Any], told: str, measure: Callable[[], tuple[Mapping[str, Any], Mapping[str, bytes]]]
) -> list[Entry]:
    """The entry of numbers that `measure` gives (as plain values, and files), or of its failure."""
    try:
        content, files = measure()
    except Stopped:
        raise
    except Exception as error:  # noqa: BLE001 - whatever goes wrong in one measurement must not end the others
        return [failure_of(name, identity, told, error)]
    return [Entry(NUMBERS, name, {"identity": dict(identity), "told": told, **content}, dict(files))]


@lru_cache(maxsize=16)
def code_that_measures(module: str) -> str:
    """Hash, 16 hexadecimal digits, of an analysis module, of all that it imports from analysis, and of the model.

    Raises
    ------
    UserError
        If one of them has been edited since it was loaded.
    """
    folder = Path(__file__).parent
    found: set[Path] = set()
    waiting = [folder / f"{module.removeprefix('analysis.')}.py"]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        waiting += [folder / f"{name}.py" for name in _imported(path) if (folder / f"{name}.py").is_file()]
    check_unedited(found)
    return f"{code_of(found)[:8]}{code_of_model()[:8]}"


def _imported(path: Path) -> set[str]:
    """Names of the modules of analysis that a module imports, inside functions too."""
    names = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.ImportFrom) and node.module == "analysis":
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("analysis."):
            names.add(str(node.module).removeprefix("analysis."))
    return names
