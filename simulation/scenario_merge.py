"""A chain of scenario files made one, and whether its policies can stand together.

The file's own keys win over those of the file that it extends; tables [[policy]], [[assumption]], [[population_group]],
[[experiment]] and costs are added to the other's (an assumption, a group or a cost of the same name takes its place, and
areas of the same name are joined key by key), and so are switches.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from simulation.errors import Problem
from simulation.levers import LEVERS
from simulation.parameters import PARAMETERS
from simulation.rules import Names
from simulation.scenario_check import Reading, read_areas, read_assumptions, read_groups, read_policies
from simulation.scenario_contradictions import contradictions, contradictory_experiments, meet
from simulation.scenario_costs import check_costs, cost_warnings, read_costs
from simulation.scenario_experiments import read_experiments
from simulation.scenario_files import shipped_cohorts
from simulation.scenario_parts import (
    Assumption,
    Cost,
    Experiment,
    Policy,
    PopulationGroup,
    Primary,
    area_names,
    combined,
    group_names,
)  # fmt: skip
from simulation.scenario_shape import MOST_YEARS, place_of
from simulation.scenario_switches import held_warnings, read_layer, read_switches, switch_warnings
from simulation.toml_lines import KeyPath
from simulation.units import WEEKS_IN_YEAR, duration_in_words, in_words, read_duration, read_quantity

Read = TypeVar("Read")


@dataclass
class Merged:
    """What a chain of files says in the end."""

    question: str = ""
    cohort: str = "england"
    people: int = 10_000
    years: float = 10.0
    own_experience: float | None = None
    primary: Primary = field(default_factory=lambda: Primary(declared=False))
    policies: list[Policy] = field(default_factory=list)
    assumptions: dict[str, Assumption] = field(default_factory=dict)
    areas: list[dict[str, Any]] = field(default_factory=list)
    groups: dict[str, PopulationGroup] = field(default_factory=dict)
    experiments: list[Experiment] = field(default_factory=list)
    layer: str = "labels"
    switch_off: list[str] = field(default_factory=list)
    switch_on: list[str] = field(default_factory=list)
    costs: dict[str, Cost] = field(default_factory=dict)
    currency: str = ""
    warnings: list[str] = field(default_factory=list)

    @property
    def weeks(self) -> int:
        """Weeks lived."""
        return weeks_of(self.years)


def weeks_of(years: float) -> int:
    """Whole weeks, at least one, of so many years."""
    return max(1, round(years * WEEKS_IN_YEAR))


def merge(readings: list[Reading]) -> Merged:
    """The scenario of a chain of files, the one furthest away first; problems are noted in the readings."""
    merged = Merged()
    for reading in readings:
        _merge_areas(merged.areas, read_areas(reading))
        merged.groups |= {group.name: group for group in read_groups(reading)}
    names = Names(area_names(merged.areas), group_names(list(merged.groups.values())))
    begins: list[_Begins] = []
    for reading in readings:
        _merge_top(merged, reading)
        policies, experiments = read_policies(reading, names), read_experiments(reading, names)
        merged.policies += policies
        merged.experiments += experiments
        begins += [_Begins(reading, one.start, f"the policy on {one.lever}", one.where) for one in policies]
        begins += [_Begins(reading, one.start, f"the experiment {one.name}", one.where) for one in experiments]
        merged.assumptions |= read_assumptions(reading)
        merged.costs |= read_costs(reading)
    last = readings[-1]
    merged.question = " ".join((last.get("question") or "").split())
    merged.primary = _merge_primary(readings, merged, names)
    _check_weeks(merged, begins, readings)
    _check_shares(merged, readings)
    check_costs(merged.costs, merged.currency, merged.policies, readings)
    last.problems += contradictions(merged.policies, names) + contradictory_experiments(merged.experiments, names)
    if not any(reading.problems for reading in readings):
        merged.warnings += warnings_of(merged.policies, merged.assumptions, names, merged.weeks)
        merged.warnings += more_warnings(
            merged.policies, list(merged.groups.values()), merged.layer, merged.switch_off, list(merged.costs.values()),
            names,
        )
        merged.warnings += held_warnings(merged.experiments, merged.layer, merged.switch_off)
    return merged


def _merge_areas(areas: list[dict[str, Any]], more: list[dict[str, Any]]) -> None:
    for area in more:
        known = next((each for each in areas if each["name"] == area["name"]), None)
        if known is None:
            areas.append(area)
        else:
            known.update(area)


def _merge_top(merged: Merged, reading: Reading) -> None:
    """The keys at the top of one file."""
    merged.cohort = reading.known(("cohort",), shipped_cohorts(), "cohort", "recovery list cohorts") or merged.cohort
    merged.people = reading.get("people") or merged.people
    merged.years = float(reading.get("years") or merged.years)
    share = reading.read(("own_experience",), lambda given: read_quantity(given, "share"))
    share = reading.inside(("own_experience",), share, 0.0, 1.0, "share", 'Write it as "30 %".')
    merged.own_experience = merged.own_experience if share is None else share
    merged.layer = read_layer(reading) or merged.layer
    merged.switch_off = list(dict.fromkeys([*merged.switch_off, *read_switches(reading, "switch_off")]))
    merged.switch_on = list(dict.fromkeys([*merged.switch_on, *read_switches(reading, "switch_on")]))
    merged.currency = reading.get("cost", "currency") or merged.currency


def _merge_primary(readings: list[Reading], merged: Merged, names: Names) -> Primary:
    """The primary outcome, each key from the last file that gives it."""
    outcome, group, horizon, where = "relapsed", "everyone", None, ""
    for reading in readings:
        if isinstance(reading.toml.data.get("primary"), dict):
            where = reading.toml.place(("primary",))
            outcome = reading.get("primary", "outcome") or outcome
            group = reading.rule(("primary", "group"), names) or group
            weeks = reading.read(("primary", "horizon"), read_duration)
            horizon = horizon if weeks is None else weeks
    acting: list[Policy | Experiment] = [*merged.policies, *merged.experiments]
    left = merged.weeks - (first_week(acting) or 0)
    if horizon is not None and 0 < left < horizon:
        # Told where the last of the lines stands that together make the world too short: the user's own, not a shipped one.
        paths: tuple[KeyPath, ...] = (("primary", "horizon"), ("years",))
        first = _earliest(readings, acting)
        number, path = max([*((_giver(readings, *each), each) for each in paths), *first], key=lambda each: each[0])
        what = "experiment's" if any(each[0] == "experiment" for _, each in first) else "policy's"
        given = duration_in_words(horizon)
        readings[number].tell(path, given if path == paths[0] else f"a horizon of {given}",
                    f"at most {duration_in_words(left)}: the world ends then, counted from the {what} first week",
                    "Shorten the horizon, begin earlier, or give more years.")
    return Primary(outcome, horizon or max(1, min(WEEKS_IN_YEAR, left)), group, bool(where), where)


def _earliest(readings: list[Reading], acting: Sequence[Policy | Experiment]) -> list[tuple[int, KeyPath]]:
    """Number of the file, and path, of what acts first: of several, of the one in the last file; nothing where none acts."""
    first = first_week(acting)
    wheres = {one.where for one in acting if one.start == first}
    places: list[tuple[int, KeyPath]] = [
        (number, (table, entry)) for number, reading in reversed(list(enumerate(readings)))
        for table in ("policy", "experiment")
        for entry in reading.entries(table) if place_of(reading.toml, (table, entry)) in wheres
    ]
    return places[:1]


def _giver(readings: list[Reading], *path: str | int) -> int:
    """Number of the last file that gives something at a path; -1 where none does."""
    return max((number for number, reading in enumerate(readings) if reading.has(*path)), default=-1)


def first_week(acting: Sequence[Policy | Experiment]) -> int | None:
    """The first week in which any policy or experiment acts; None without one."""
    return min((one.start for one in acting), default=None)


@dataclass(frozen=True)
class _Begins:
    """Something that begins in a week, the file that says so, and what it is."""

    reading: Reading
    start: int
    what: str
    where: str


def _check_weeks(merged: Merged, begins: list[_Begins], readings: list[Reading]) -> None:
    """Whether every policy and experiment begins before the world ends."""
    last = _giver(readings, "years")
    for one in begins:
        if one.start < merged.weeks:
            continue
        if last > readings.index(one.reading):
            readings[last].tell(("years",), duration_in_words(merged.weeks),
                                f"more than {one.start} weeks: {one.what} begins then ({one.where})",
                                f"Give more years (at most {MOST_YEARS}).")
        else:
            one.reading.problems.append(Problem(
                f"{one.where}, from", f"week {one.start}",
                f"a week before the world ends, after {duration_in_words(merged.weeks)}",
                f"Begin earlier, or give more years (at most {MOST_YEARS}).",
            ))


def _check_shares(merged: Merged, readings: list[Reading]) -> None:
    """Whether the population groups are no more than everybody."""
    share = sum(group.share for group in merged.groups.values())
    if share > 1 + 1e-9:
        readings[_giver(readings, "population_group")].tell(
            ("population_group",), f"groups that are {in_words(share, 'share')} of the people together", "100 % at most",
            "Make their shares smaller: people of no group are the others.")


def base_of(lever_name: str, assumptions: Mapping[str, Assumption]) -> float:
    """Value of a lever in a world without policies, under a scenario's assumptions; ranges count with the default."""
    lever = LEVERS[lever_name]
    if not lever.from_parameter:
        return lever.base
    assumed = assumptions.get(lever.from_parameter)
    return PARAMETERS[lever.from_parameter].default if assumed is None or assumed.set is None else assumed.set


def warnings_of(
    policies: list[Policy], assumptions: Mapping[str, Assumption], names: Names, weeks: int
) -> list[str]:
    """What is allowed but probably not meant, in plain sentences."""
    found = [f"{one.where}: this range of {name} is wider than the plausible one, within which the model was tested."
             for name, one in assumptions.items() if one.is_widened]
    for policy in policies:
        lever, others = LEVERS[policy.lever], [each for each in policies if each.lever == policy.lever and each is not policy]
        together = [policy, *(each for each in others if meet(policy, each, names))]
        base = base_of(policy.lever, assumptions)
        ends = min(weeks if each.until is None else each.until for each in together) - 1
        value = combined(together, base, max(ends, policy.start))
        if math.isfinite(value) and not lever.low - 1e-12 <= value <= lever.high + 1e-12:
            clipped = min(max(value, lever.low), lever.high)
            found.append(f"{policy.where}: {lever.name} would be {in_words(value, lever.unit)}; it is kept at "
                         f"{in_words(clipped, lever.unit)}, the end of its range.")
        if policy.how == "multiply" and base == 0 and not any(each.how == "set" for each in together):
            found.append(f"{policy.where}: {lever.name} is 0 without a policy, and 0 times {policy.value:g} is 0: "
                         "this changes nothing. Use set or add.")
        length = min(weeks, policy.until or weeks) - policy.start
        if policy.ramp > length > 0:
            found.append(f"{policy.where}: the policy ends, or the world does, before its ramp of "
                         f"{duration_in_words(policy.ramp)} is over.")
        if policy.until is not None and policy.until > weeks:
            found.append(f"{policy.where}: until week {policy.until} is after the end of the world (week {weeks}).")
    return list(dict.fromkeys(found))


def more_warnings(
    policies: Sequence[Policy], groups: Sequence[PopulationGroup], layer: str, switch_off: Sequence[str], costs: Sequence[Cost],
    names: Names,
) -> list[str]:
    """What of switches, costs and groups is allowed but probably not meant, in plain sentences."""
    marked = [group for group in groups if group.marked]
    hidden = any(policy.lever == "employers_not_asking" for policy in policies)
    idle = [] if hidden else [f"{group.where}: {group.name} is marked, but no policy is on employers_not_asking: only employers "
                              "who cannot see records take its people to have one." for group in marked]
    return [*switch_warnings(layer, switch_off), *cost_warnings(costs, policies, names), *idle]
