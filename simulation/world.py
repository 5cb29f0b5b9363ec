"""One world: its people in columns, its ties, areas and policies, and the order of a week.

`World` is what both `simulate` and `RecoveryModel` live in. It knows nothing of Mesa and makes no object for a person.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from simulation.areas import areas_table, let_bias_move, make_areas
from simulation.book import Book, WeekEvents, WeekLine, gather
from simulation.cohort import load_cohort
from simulation.diary import EVENTS, FLAG_OFF
from simulation.errors import ComparisonError, Problem, ScenarioError, WorldError
from simulation.experiments import ExperimentsInForce, Noted
from simulation.fast import CompiledWeek
from simulation.levers import LEVERS, lever_bases
from simulation.luck import POPULATION_GROUP, uniforms
from simulation.mechanisms import LAYERS, MECHANISMS, switched_off
from simulation.parameters import assumptions_row
from simulation.plain import PlainWeek, live_alone
from simulation.policy import PolicyInForce
from simulation.population import draw_population, let_event_happen
from simulation.scenario import Scenario, check_run
from simulation.state import FIELDS, TOTALS
from simulation.switches import Thrown, settle_bias, throw
from simulation.ties import Ties, room_to_be_seen
from simulation.week import HOLDING, LIVING, SETTLING, is_upheld

WEEKS_A_YEAR = 52
_BURN_INS = {"settling": SETTLING, "holding": HOLDING}
_LEVER_NUMBERS = {name: number for number, name in enumerate(LEVERS)}


@dataclass(frozen=True)
class Start:
    """How a world begins: its people as they have settled before week 0, and what decided that."""

    names: dict[str, object]
    people: np.ndarray
    ties: Ties
    thrown: Thrown

    def check(self, asked: dict[str, object]) -> None:
        """Raise `ComparisonError` unless a world with the names `asked` begins like this."""
        other = [name for name, value in self.names.items() if asked[name] != value]
        if other:
            raise ComparisonError(
                Problem("the start", f"another world's, which differs in {', '.join(other)}", "one of the same people",
                        "Let the world draw its own people.")
            )  # fmt: skip


def checked_order(stored: Sequence[int] | np.ndarray, people: int) -> np.ndarray:
    """The order asked for. Raises `ScenarioError` unless it names each person once."""
    order = np.asarray(stored)
    if order.shape != (people,) or not np.array_equal(np.sort(order), np.arange(people)):
        raise ScenarioError(
            Problem("stored", f"{order.size} entries", f"each person from 0 to {people - 1} once", "Give a permutation.")
        )
    return order


class World:
    """People, ties, areas and policies, week by week.

    Parameters
    ----------
    scenario
        What is asked; its cohort, people, areas and policies.
    seed
        Names the people and their luck: 0 to 2^63 - 1.
    assumptions
        Values of parameters that differ from the scenario's, by name.
    engine
        "compiled", or "plain" for the same rule in plain Python, with the same history, far slower.
    threads
        How many threads share a week; no result depends on it.
    stored
        The order in which people are stored, shape (people,), as permanent ids; no result depends on it.
    start
        How another world of the same people begins, instead of drawing and settling them again: the same to the bit.
    nudge
        A person who begins in great distress: the other half of a placebo pair, which shows what nothing does.
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int,
        *,
        assumptions: dict[str, float] | None = None,
        engine: str = "compiled",
        threads: int = 1,
        stored: Sequence[int] | np.ndarray | None = None,
        nudge: int | None = None,
        start: Start | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        check_run(scenario, scenario.people)
        self.scenario = scenario
        self.seed = seed
        self.weeks = round(scenario.years * WEEKS_A_YEAR)
        self.assumptions = scenario.assumed(assumptions)
        self.cohort = load_cohort(scenario.cohort)
        if start is None:
            self.people, self.ties = draw_population(self.cohort, scenario.people, seed, scenario.own_experience)
            self._draw_groups()
        else:
            start.check(self._names_of_start())
            self.people, self.ties = start.people.copy(), start.ties.copy()
        if stored is not None:
            self.people = self.people[checked_order(stored, len(self.people))]
        self.row_of = np.argsort(self.people["person"]).astype(np.int64)
        self.areas = make_areas(self.assumptions, scenario.areas)
        if start is None:
            self._spread_over_areas()
        self.week = 0
        self.mode = LIVING
        self.public_stigma_moved = 0.0
        self._level = 0.0
        self.sanctions = np.zeros(len(self.areas))
        names = scenario.area_names, scenario.group_names
        self.policy = PolicyInForce(scenario.policies, lever_bases(self.assumptions), seed, self.people, *names)
        self.experiments = ExperimentsInForce(scenario.experiments, seed, len(self.people), *names)
        self.threads = max(1, threads)
        self.engine = engine
        self.assume = assumptions_row(self.assumptions)
        self.areas_table = areas_table(self.areas)
        self._frozen: tuple[str, ...] = ()
        self.seen, self.seen_next = room_to_be_seen(len(self.people)), room_to_be_seen(len(self.people))
        cuts = np.linspace(0, len(self.people), self.threads + 1).astype(int).tolist()
        self.ranges: list[tuple[int, int]] = list(pairwise(cuts))
        self.books = [Book(high - low) for low, high in self.ranges]
        self._passes: CompiledWeek | PlainWeek = (CompiledWeek if engine == "compiled" else PlainWeek)(self)
        self._is_stale = True
        self._reached: list[tuple[np.ndarray, int]] | None = None
        self._done_to: list[Noted] = []
        self._switched = not (scenario.switch_off or scenario.switch_on)
        self.coming: dict[int, np.void] = {}
        if start is None:
            self._burn_in(progress)
        else:
            self._live_by(start.thrown)
        if nudge is not None:
            self._nudge(nudge)

    # A week

    def step(self) -> WeekEvents:
        """Live the coming week, in the numbered order of the model, and return its events.

        1. Settings of the week: policies, public stigma, bias of policing.
        2. to 13. Each person's week (`simulation.week`), other people and areas as of last week's end.
        14. Ties end, mend and are made (`simulation.ties`), everybody as of the end of step 13.
        """
        reached = self.prepare()
        self.seen, self.seen_next = self.seen_next, self.seen
        self._live()
        self._passes.tie()
        events = gather(self.week, reached, [book.entries() for book in self.books], self._done_to)
        self._hear_complaints(events)
        if self.mode == LIVING:
            self.experiments.hear(events)
        self.week += 1
        self._reached = None
        return events

    def live_and_add_up(self) -> tuple[WeekEvents, WeekLine]:
        """Live the coming week; its events, and its line of the weekly table."""
        events = self.step()
        counts, sums = self.add_up()
        return events, (counts, sums, np.bincount(events.event, minlength=len(EVENTS)), self._level)

    def prepare(self) -> list[tuple[np.ndarray, int]]:
        """Step 1, once a week: experiments, settings of the coming week, what others see as it begins; who is reached first."""
        if not self._switched and self.mode == LIVING:
            self._throw_switches()
        # Before the settings change: others are seen as of last week's end, and under its settings.
        if self._is_stale:
            self.show()
        if self._reached is None:
            for area, sanction in zip(self.areas, self.sanctions, strict=True):
                let_bias_move(area, float(sanction), self.assumptions["bias_return"])
            self.areas_table["bias"] = [area.bias for area in self.areas]
            self._reached, self._done_to = [], []
            if self.mode == LIVING:
                self._done_to, held = self.experiments.act(self.week, self.people, self._frozen)
                self.policy.turn_to(self.week, self.people, held)
                self._reached = [(persons, _LEVER_NUMBERS[lever]) for persons, lever in self.policy.newly_reached]
        return self._reached

    def live_alone(self, person: int) -> None:
        """Live the coming week of one person in plain Python, and lay it by until everyone lives theirs."""
        self.prepare()
        row = int(self.row_of[person])
        if self.people["alive"][row]:
            self.coming[row] = live_alone(self, row, self.public_stigma)

    @property
    def public_stigma(self) -> float:
        """Level of public stigma this week, 0 to 1."""
        settings = self.policy.settings[0]
        return float(min(1.0, max(0.0, settings["public_stigma"] + self.public_stigma_moved)))

    def _live(self) -> None:
        """Steps 2 to 13, for everyone alive; a week that a person has lived alone is taken as it was lived."""
        self._level = self.public_stigma
        for book in self.books:
            book.turn()
        self._passes.live(self._level)
        for row, coming in self.coming.items():
            self.people[row] = coming
        self.coming = {}
        if self.mode == LIVING:
            self.public_stigma_moved += float(self.policy.settings[0]["public_stigma_trend"]) / WEEKS_A_YEAR

    def _hear_complaints(self, events: WeekEvents) -> None:
        """Upheld complaints of the week, times accountability, per 100 people of each area, for next week's step 1."""
        self.sanctions[:] = 0.0
        ended = events.event == FLAG_OFF
        if not ended.any() or not self.policy.settings["accountability"].any():
            return
        living = np.bincount(self.people["area"][self.people["alive"] > 0], minlength=len(self.areas))
        for line in np.flatnonzero(ended):
            if is_upheld(int(events.detail[line]), int(events.cause[line])):
                row = self.row_of[events.person[line]]
                area = int(self.people["area"][row])
                weight = float(self.policy.settings["accountability"][self.policy.setting_of[row]])
                self.sanctions[area] += weight / max(1.0, living[area] / 100.0)

    # What follows from the state as it stands

    def show(self) -> None:
        """Work out, from the state as it stands, what others see of everyone."""
        self._passes.show()
        self._is_stale = False

    def touch(self) -> None:
        """Say that somebody has changed the state from outside: what others see, and weeks lived one by one, are stale."""
        self._is_stale = True
        self.coming = {}

    def take_stock(self) -> None:
        """Work out the derived columns from the state as it stands."""
        self.show()
        self._passes.take_stock(self.public_stigma)

    # Before week 0, and switches

    def _draw_groups(self) -> None:
        """Put each person into a population group of the scenario, or among the others, by luck of their own."""
        low = 0.0
        luck = uniforms(self.seed, self.people["person"], 0, POPULATION_GROUP)
        for number, group in enumerate(self.scenario.population_groups, 1):
            within = (luck >= low) & (luck < low + group.share)
            low += group.share
            self.people["population_group"][within] = number
            self.people["group_bias"][within] = group.bias
            self.people["group_marked"][within] = group.marked

    def _live_by(self, thrown: Thrown) -> None:
        """Live by what switches have left, from now on."""
        self.assume, self.areas_table = thrown.assume.copy(), thrown.areas_table.copy()
        settle_bias(self.areas, self.areas_table)
        self.policy.freeze(thrown.frozen)
        self._frozen = thrown.frozen

    def _thrown(self) -> Thrown:
        return Thrown(self.assume, self.areas_table, self._frozen)

    def _throw_switches(self) -> None:
        """Throw the scenario's own switches, from week 0 on; those of its layer have been thrown before burn-in."""
        self._switched = True
        self.take_stock()
        off = [MECHANISMS[name] for name in self.scenario.switch_off if name not in LAYERS[self.scenario.layer]]
        self._live_by(throw(off, self.scenario.switch_on, self.people, self._thrown()))
        self.touch()

    def _spread_over_areas(self) -> None:
        """People of areas that a scenario adds come from the new area, by their ids: an equal part to each."""
        more = len(self.areas) - 2
        if more > 0:
            away = self.people["area"] > 0
            self.people["area"][away] = 1 + self.people["person"][away] % (more + 1)

    def _burn_in(self, progress: Callable[[int, int], None] | None) -> None:
        """Live together before week 0: no event is written, no policy acts, nobody ages or dies."""
        self.take_stock()
        if self.scenario.layer != "labels":
            self._live_by(throw(switched_off(self.scenario.layer, ()), (), self.people, self._thrown()))
            self.touch()
        self.mode = _BURN_INS[self.cohort.burn_in]
        for week in range(-self.cohort.burn_in_weeks, 0):
            self.week = week
            self.step()
            if progress is not None:
                progress(week, self.weeks)
        self.mode = LIVING
        self.week = 0
        self.sanctions[:] = 0.0
        self.people["upheaval"] = 0
        for name in TOTALS:
            self.people[name] = 0
        let_event_happen(self.people, self.cohort, self.seed)
        self.take_stock()

    def _nudge(self, person: int) -> None:
        """Change one thing about one person that has nothing to do with any policy: they begin in great distress."""
        if not 0 <= person < len(self.people):
            raise ScenarioError(
                Problem("nudge", str(person), f"a person from 0 to {len(self.people) - 1}", "Nudge another.")
            )
        row = self.row_of[person]
        self.people["distress"][row] = 1.0
        self.touch()

    def _names_of_start(self) -> dict[str, object]:
        """What decides how a world begins."""
        scenario = self.scenario
        return {
            "cohort": scenario.cohort, "people": scenario.people, "own experience": scenario.own_experience,
            "seed": self.seed, "assumptions": self.assumptions, "areas": list(scenario.areas), "layer": scenario.layer,
            "population groups": scenario.population_groups,
        }  # fmt: skip

    def keep_start(self) -> Start:
        """How this world begins, for other worlds of the same people; only before its first week is lived."""
        return Start(self._names_of_start(), self.people[self.row_of], self.ties.copy(), self._thrown().copy())

    # What a reader sees

    def snapshot(self) -> np.ndarray:
        """The state of everyone as it stands, shape (people,), in the order of permanent ids."""
        return self.people[self.row_of]

    def last_state(self) -> np.ndarray:
        """The same, where no further week is to be lived: the world's own columns, where they stand in that order."""
        in_order = np.array_equal(self.row_of, np.arange(len(self.row_of)))
        return self.people if in_order else self.snapshot()

    def add_up(self) -> tuple[np.ndarray, np.ndarray]:
        """Counts and sums of the state as it stands, in the order of `engine.COUNTS` and `engine.SUMS`."""
        return self._passes.add_up()

    def check(self) -> None:
        """Raise `WorldError` if anybody has left the range of a state, or a tie is not returned."""
        for field in FIELDS:
            column = self.people[field.name]
            if not (np.all(column >= field.low) and np.all(column <= field.high)):
                raise WorldError(f"{field.name} has left its range, {field.low:g} to {field.high:g}, in week {self.week}")
        others = self.ties.others
        one, place = np.nonzero(others >= 0)
        other = others[one, place]
        if not np.all((others[other] == one[:, None]).sum(axis=1) == 1):
            raise WorldError(f"a tie is not returned, in week {self.week}")

    def close(self) -> None:
        """Let go of the threads."""
        self._passes.close()
