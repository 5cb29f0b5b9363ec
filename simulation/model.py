"""`RecoveryModel`: one world as a Mesa model, with a person as an agent over columns."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mesa
import pandas as pd

from simulation.book import WeekEvents, WeekLine
from simulation.diary import DIED
from simulation.errors import Problem, ScenarioError
from simulation.history import events_table, weekly_table
from simulation.people import Person, as_row
from simulation.run import ENGINES, checked_seed, is_whole
from simulation.scenario import Scenario
from simulation.story import tell
from simulation.world import World


class RecoveryModel(mesa.Model):
    """People on journeys of recovery, week by week.

    The order of a week is that of `simulation.world.World.step`. People are agents over columns: the objects are made when
    agents are first asked for, for the living; a death removes its agent. After the last week `running` is False and a
    further `step()` changes nothing.

    Parameters
    ----------
    plan
        A scenario, its name or a path.
    people, years
        Instead of the scenario's.
    seed_number
        Names the people and their luck; wins over `rng`. With neither, one is drawn: `model.seed_number` says which.
    rng
        The same by Mesa's name: a whole number.
    engine
        "compiled", or "plain" for the same rule in plain Python, with the same history.

    Attributes
    ----------
    world
        Columns, ties, areas and policies.
    areas
        Neighbourhoods: plain objects, not agents.
    datacollector
        Collects the weekly table's columns once, at the end of each step.

    Raises
    ------
    ScenarioError, ParameterError
        If what is asked for cannot be done.
    """

    def __init__(
        self,
        plan: Scenario | str | Path = "baseline",
        people: int | None = None,
        years: float | None = None,
        seed_number: int | None = None,
        rng: int | None = None,
        engine: str = "compiled",
    ) -> None:
        seed = checked_seed(seed_number if seed_number is not None else rng)
        super().__init__(rng=seed)
        self.plan = Scenario.load(plan)
        if people is not None or years is not None:
            self.plan = self.plan.with_settings(people=people, years=years)
        if engine not in ENGINES:
            raise ScenarioError(Problem("engine", repr(engine), " or ".join(ENGINES), "Choose one of them."))
        self.seed_number = seed
        self.world = World(self.plan, seed, engine=engine, threads=os.cpu_count() or 1)
        self.start = self.world.snapshot()
        self._lines: list[WeekLine] = []
        self._happened: list[WeekEvents] = []
        self._persons: dict[int, Person] | None = None
        names = [name for name in weekly_table([]).columns if name != "week"]
        self.datacollector = mesa.DataCollector(model_reporters={name: _read_last(name) for name in names})

    @property
    def areas(self) -> list[Any]:
        """The neighbourhoods, in the order of their numbers."""
        return self.world.areas

    @property
    def week(self) -> int:
        """Weeks lived so far."""
        return self.world.week

    def step(self) -> None:
        """Live one week, for everyone, and collect; after the last week nothing happens."""
        if self.world.week >= self.world.weeks:
            self.running = False
            return
        lived, line = self.world.live_and_add_up()
        self._lines.append(line)
        self._happened.append(lived)
        self._last = weekly_table(self._lines[-1:]).iloc[0]
        if self._persons is not None:
            for person in lived.person[lived.event == DIED].tolist():
                agent = self._persons.pop(person, None)
                if agent is not None:
                    agent.remove()
        self.running = self.world.week < self.world.weeks
        self.datacollector.collect(self)

    # Agents, made when they are first asked for

    def _make_agents(self) -> None:
        if self._persons is None:
            self._persons = {}
            for person in self.world.people["person"][self.world.row_of].tolist():
                if self.world.people["alive"][self.world.row_of[person]]:
                    self._persons[person] = Person(self, person)

    @property
    def agents(self) -> Any:
        """People alive, as Mesa agents in an AgentSet."""
        if getattr(self, "world", None) is not None:
            self._make_agents()
        return super().agents

    @property
    def agents_by_type(self) -> Any:
        """Mesa's agents by type: all are people."""
        if getattr(self, "world", None) is not None:
            self._make_agents()
        return super().agents_by_type

    @property
    def agent_types(self) -> list[type]:
        """Mesa's types of agents: people only."""
        if getattr(self, "world", None) is not None:
            self._make_agents()
        return list(super().agent_types)

    def remove_all_agents(self) -> None:
        """Remove the objects of all people from Mesa's sets; the columns stay as they are."""
        self._make_agents()
        super().remove_all_agents()

    def person(self, number: int) -> Person:
        """The person of this permanent number, from 0; also after their death.

        Raises
        ------
        ScenarioError
            If there is none.
        """
        self._check_person(number)
        self._make_agents()
        found = (self._persons or {}).get(number)
        if found is None:
            found = Person(self, number)
            found.remove()
        return found

    def _check_person(self, number: int) -> None:
        if not is_whole(number) or not 0 <= number < len(self.world.people):
            raise ScenarioError(
                Problem("person", repr(number), f"0 to {len(self.world.people) - 1}", "Ask for another person.")
            )

    # What has been lived

    @property
    def weekly(self) -> pd.DataFrame:
        """One row for each week lived so far."""
        return weekly_table(self._lines)

    @property
    def events(self) -> pd.DataFrame:
        """Every event so far, in week order."""
        return events_table(self._happened, self.plan.area_names)

    def story(self, number: int) -> list[str]:
        """The life of one person so far, in sentences. Raises `ScenarioError` if there is no such person."""
        self._check_person(number)
        events = self.events
        return tell(events[events["person"] == number], as_row(self.start, number), as_row(self.world.snapshot(), number))


def _read_last(name: str) -> Callable[[RecoveryModel], float]:
    def read(model: RecoveryModel) -> float:
        return float(model._last[name])

    return read
