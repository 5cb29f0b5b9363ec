r"""A scenario: one question, the people it is asked of, and what differs from the defaults.

>>> plan = Scenario.from_text('extends = "baseline"\n[[policy]]\nlever = "policing"\nmultiply = 0.5\nfrom = "year 2"')
>>> print(plan.describe()[1])
From the start of year 2 (week 52), offences by anyone lead to an arrest half as often.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from simulation import sentences, sentences_experiments
from simulation.errors import Problem, ScenarioError
from simulation.parameters import assumptions as checked_assumptions
from simulation.rules import Names
from simulation.scenario_check import Reading
from simulation.scenario_files import find_scenario, read_chain
from simulation.scenario_merge import Merged, base_of, first_week, merge, more_warnings, warnings_of, weeks_of
from simulation.scenario_parts import (
    Assumption,
    Cost,
    Experiment,
    Policy,
    PopulationGroup,
    Primary,
    area_names,
    group_names,
)  # fmt: skip
from simulation.scenario_shape import FEWEST_PEOPLE, MOST_PEOPLE, MOST_YEARS
from simulation.scenario_switches import held_states, held_warnings, layer_warning
from simulation.scenario_text import scenario_as_toml
from simulation.toml_lines import TomlText, read_file, read_text
from simulation.units import number_in_words, shown


@dataclass(frozen=True)
class Scenario:
    """A checked scenario; `Scenario.load` reads one from its file.

    Attributes
    ----------
    name, path, text
        Its name, the file it was read from (None for a text) and the text as it stands there.
    question
        What it asks, in words.
    cohort, people, years, own_experience
        Who lives in it and for how long; `own_experience` None leaves the cohort's own share.
    policies, assumptions, areas, population_groups, experiments, primary
        What differs from the defaults, and what is judged.
    layer, switch_off, switch_on
        Which parts of the model it lives by, as `simulation.mechanisms` names them.
    costs, currency
        What levers cost.
    warnings
        What is allowed but probably not meant, in sentences.
    """

    name: str
    path: Path | None = None
    text: str = ""
    question: str = ""
    cohort: str = "england"
    people: int = 10_000
    years: float = 10.0
    own_experience: float | None = None
    policies: tuple[Policy, ...] = ()
    assumptions: Mapping[str, Assumption] = field(default_factory=dict)
    areas: tuple[dict[str, Any], ...] = ()
    population_groups: tuple[PopulationGroup, ...] = ()
    experiments: tuple[Experiment, ...] = ()
    primary: Primary = field(default_factory=lambda: Primary(declared=False))
    layer: str = "labels"
    switch_off: tuple[str, ...] = ()
    switch_on: tuple[str, ...] = ()
    costs: tuple[Cost, ...] = ()
    currency: str = ""
    warnings: tuple[str, ...] = ()
    extended: tuple[str, ...] = ()

    @classmethod
    def load(cls, name_or_path: str | Path | Scenario) -> Scenario:
        """The scenario of a name or path; a `Scenario` is handed back as it is.

        Raises
        ------
        ScenarioError
            With every problem of the file and of those that it extends, each with its line.
        """
        if isinstance(name_or_path, Scenario):
            return name_or_path
        if not isinstance(name_or_path, str | Path):
            raise TypeError(f"a scenario is named by words or a path, not by {type(name_or_path).__name__}")
        path = find_scenario(name_or_path)
        return cls._of(read_file(path), path)

    @classmethod
    def from_text(cls, text: str, name: str = "scenario") -> Scenario:
        """The scenario that TOML `text` states; it may extend shipped scenarios. Raises `ScenarioError` as `load` does."""
        return cls._of(read_text(text, name), None)

    @classmethod
    def _of(cls, toml: TomlText, path: Path | None) -> Scenario:
        chain, problems = read_chain(toml, path)
        readings = [Reading.of(each) for each in chain]
        merged = merge(readings)
        problems += [problem for reading in reversed(readings) for problem in reading.counted()]
        if problems:
            raise ScenarioError(_in_line_order(problems, toml.where))
        return cls._from(merged, toml, path, tuple(each.text for each in chain[:-1]))

    @classmethod
    def _from(cls, merged: Merged, toml: TomlText, path: Path | None, extended: tuple[str, ...]) -> Scenario:
        name = path.stem if path else toml.where
        return cls(
            name, path, toml.text, merged.question, merged.cohort, merged.people, merged.years, merged.own_experience,
            tuple(merged.policies), merged.assumptions, tuple(merged.areas), tuple(merged.groups.values()),
            tuple(merged.experiments), merged.primary, merged.layer, tuple(merged.switch_off), tuple(merged.switch_on),
            tuple(merged.costs.values()), merged.currency, tuple(merged.warnings), extended,
        )  # fmt: skip

    @property
    def weeks(self) -> int:
        """Weeks lived."""
        return weeks_of(self.years)

    @property
    def area_names(self) -> tuple[str, ...]:
        """Names of the areas in the order in which they are numbered."""
        return area_names(list(self.areas))

    @property
    def group_names(self) -> tuple[str, ...]:
        """Names of the population groups in the order in which they are numbered: the others first."""
        return group_names(self.population_groups)

    @property
    def names(self) -> Names:
        """Names that it gives to areas and population groups, for rules that compare with them."""
        return Names(self.area_names, self.group_names)

    @property
    def layer_warning(self) -> str:
        """What a world of its layer rests on, in a sentence; "" for the full model."""
        return layer_warning(self.layer)

    def policy_start(self) -> int | None:
        """The first week in which any policy or experiment acts; None without one."""
        return first_week([*self.policies, *self.experiments])

    def describe(self) -> list[str]:
        """The scenario in plain sentences: the people, each policy and experiment, all else that differs, what is judged."""
        held = held_states(self.layer, self.switch_off)
        bases = [base_of(policy.lever, self.assumptions) for policy in self.policies]
        policies = [sentences.describe_policy(policy, base) for policy, base in zip(self.policies, bases, strict=True)]
        return [
            sentences.describe_world(self.cohort, self.people, self.years, self.own_experience),
            *(policies or ["No policy is changed."]),
            *(sentences_experiments.describe_experiment(one, held.get(one.state, "")) for one in self.experiments),
            *sentences.describe_switches(self.layer, self.switch_off, self.switch_on),
            *(sentences.describe_assumption(assumption) for assumption in self.assumptions.values()),
            *(sentences.describe_area(area) for area in self.areas),
            *(sentences.describe_group(group) for group in self.population_groups),
            *(sentences.describe_cost(cost, self.currency) for cost in self.costs),
            sentences.describe_primary(self.primary),
        ]

    @property
    def widened(self) -> dict[str, tuple[float, float]]:
        """Ranges of assumptions that reach beyond the plausible ones, low and high in the parameter's unit, by name."""
        return {name: one.range for name, one in self.assumptions.items() if one.range is not None and one.is_widened}

    def assumed(self, drawn: Mapping[str, float] | None = None) -> dict[str, float]:
        """Value of every parameter in its world: the defaults, what the scenario sets, and over both what is `drawn`.

        Raises
        ------
        ParameterError
            For an unknown name, or a value outside the range, as far as the scenario widens it.
        """
        stated = {name: one.set for name, one in self.assumptions.items() if one.set is not None}
        return checked_assumptions({**stated, **(drawn or {})}, self.widened)

    def resolved(self) -> dict[str, Any]:
        """Everything that the scenario says, what was left out filled in, as plain values that JSON can hold."""
        return {
            "name": self.name, "question": self.question, "cohort": self.cohort, "people": self.people,
            "years": self.years, "weeks": self.weeks, "own_experience": self.own_experience,
            "policies": [policy.resolved() for policy in self.policies],
            "assumptions": [self.assumptions[name].resolved() for name in sorted(self.assumptions)],
            "areas": [dict(area) for area in self.areas], "primary": self.primary.resolved(),
            "layer": self.layer, "switch_off": list(self.switch_off), "switch_on": list(self.switch_on),
            "population_groups": [group.resolved() for group in self.population_groups],
            "experiments": [experiment.resolved() for experiment in self.experiments],
            "costs": [cost.resolved() for cost in self.costs], "currency": self.currency,
        }

    def as_toml(self) -> str:
        """The scenario as one TOML text that extends nothing: `from_text` makes an equal one of it.

        Raises
        ------
        ScenarioError
            If no one file may say it: it has more tables than a file may, or was changed to what no file can ask for.
        """
        text = scenario_as_toml(self)
        again = Scenario.from_text(text, self.name)
        if again._said() != self._said():
            raise ScenarioError(Problem(self.name, "a scenario that reads back from its text as another one",
                                        "what a scenario file can say", "Make it from a file, and with_settings."))
        return text

    def _said(self) -> tuple[Any, ...]:
        """All that it says, whatever the order in which files gave its costs: a text has them in the order of the levers."""
        return self.resolved() | {"costs": {cost.lever: cost.resolved() for cost in self.costs}}, self.primary

    def with_settings(
        self, people: int | None = None, years: float | None = None, assumptions: Mapping[str, float] | None = None
    ) -> Scenario:
        """The same scenario with other numbers of people or years, or with values set for assumptions.

        Raises
        ------
        ScenarioError
            If a number is out of range.
        ParameterError
            If an assumption is unknown, or its value out of range.
        """
        problems = []
        if people is not None and (not _is_number(people, int) or not 1 <= people <= MOST_PEOPLE):
            problems.append(Problem("people", shown(people), f"a whole number from 1 to {MOST_PEOPLE:,}", "Change it."))
        if years is not None and (not _is_number(years, int | float) or not 0 < years <= MOST_YEARS):
            problems.append(Problem("years", shown(years), f"a number above 0, at most {MOST_YEARS}", "Change it."))
        if problems:
            raise ScenarioError(problems)
        values = checked_assumptions(dict(assumptions or {}))
        assumed = {name: Assumption(name, values[name], where="set for this run") for name in assumptions or {}}
        changed = replace(
            self, people=self.people if people is None else int(people),
            years=self.years if years is None else float(years), assumptions={**self.assumptions, **assumed},
        )
        return replace(changed, warnings=tuple(changed._warnings()))

    def _warnings(self) -> list[str]:
        late = [f"{policy.where}: the policy on {policy.lever} begins in week {policy.start}, after the end of the world "
                f"(week {self.weeks})." for policy in self.policies if policy.start >= self.weeks]
        late += [f"{one.where}: the experiment {one.name} begins in week {one.start}, after the end of the world "
                 f"(week {self.weeks})." for one in self.experiments if one.start >= self.weeks]
        left = self.weeks - (self.policy_start() or 0)
        if 0 < left < self.primary.horizon_weeks:
            late.append(f"The primary outcome is judged over {self.primary.horizon_weeks} weeks, but only {left} are lived.")
        late += warnings_of(list(self.policies), self.assumptions, self.names, self.weeks)
        late += more_warnings(self.policies, self.population_groups, self.layer, self.switch_off, self.costs, self.names)
        return late + held_warnings(self.experiments, self.layer, self.switch_off)


def _is_number(given: object, kinds: Any) -> bool:
    return isinstance(given, kinds) and not isinstance(given, bool)


def _in_line_order(problems: list[Problem], own: str) -> list[Problem]:
    """The file's own problems first, each file's in the order of its lines."""

    def place(problem: Problem) -> tuple[bool, str, int]:
        file, _, rest = problem.where.partition(", line ")
        number = rest.split(",")[0]
        return file != own, file, int(number) if number.isdigit() else 0

    return sorted(problems, key=place)


def check_places(scenario: Scenario, people: int) -> None:
    """Raise `ScenarioError` if a policy of `scenario` has more places than there are `people`."""
    problems = [
        Problem(f"{policy.where}, places", number_in_words(policy.places),
                f"at most {number_in_words(people)} places: as many as there are people in this run",
                "Give fewer places, or run it with more people.")
        for policy in scenario.policies if policy.places is not None and policy.places > people
    ]
    if problems:
        raise ScenarioError(problems)


def check_run(scenario: Scenario, people: int) -> None:
    """Raise `ScenarioError` if `scenario` cannot be run with so many `people`: too few of them, or too many places."""
    if people < FEWEST_PEOPLE:
        raise ScenarioError(Problem(f"{scenario.name}, people", number_in_words(people),
                                    f"at least {FEWEST_PEOPLE}: fewer have too few others to meet", "Give more people."))
    check_places(scenario, people)
