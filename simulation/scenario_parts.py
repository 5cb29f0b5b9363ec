"""What a scenario is made of, as read: policies, assumptions and the primary outcome, in weeks and the model's units."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from simulation.levers import LEVERS
from simulation.parameters import PARAMETERS
from simulation.rules import HOME_AND_NEW, OTHERS
from simulation.state import FIELDS


@dataclass(frozen=True)
class Policy:
    """One change of one lever.

    `how` is "set", "multiply" or "add"; `value` is in the lever's unit (a factor for "multiply"). It acts in the lived weeks
    `start` to `until` - 1, growing evenly over its first `ramp` weeks. `covers` is the share reached of the people whom
    `whom` names, `places` the number of them reached at a time; at most one of the two is given.
    """

    lever: str
    how: str
    value: float
    start: int = 0
    until: int | None = None
    ramp: int = 0
    whom: str = "everyone"
    covers: float | None = None
    places: int | None = None
    because: str = ""
    where: str = field(default="", compare=False)

    @property
    def targeted(self) -> bool:
        """Whether it is for some people only."""
        return self.whom != "everyone" or self.places is not None or (self.covers is not None and self.covers < 1)

    def in_force(self, week: int) -> bool:
        """Whether it acts in lived week `week`."""
        return self.start <= week and (self.until is None or week < self.until)

    def overlaps(self, other: Policy) -> bool:
        """Whether some week sees both act; a lever that acts once acts in its first week only."""
        if LEVERS[self.lever].once or LEVERS[other.lever].once:
            return self.start == other.start
        latest = max(self.start, other.start)
        return all(policy.until is None or latest < policy.until for policy in (self, other))

    def share(self, week: int) -> float:
        """How much of its full size it has in a week in which it acts, above 0 and at most 1."""
        return min(1.0, (week - self.start + 1) / self.ramp) if self.ramp else 1.0

    def resolved(self) -> dict[str, Any]:
        """The same as plain values, whatever was left out filled in."""
        return {
            "lever": self.lever, self.how: self.value, "from_week": self.start, "until_week": self.until,
            "ramp_weeks": self.ramp, "whom": self.whom, "covers": self.covers, "places": self.places,
            "because": self.because,
        }


def combined(policies: Sequence[Policy], base: float, week: int) -> float:
    """Value of a lever, in its unit, in a week in which all these policies act; `base` is its value without them.

    All sets apply, then all multiplies, then all adds, whatever their order. It may lie outside the lever's range.
    """
    value = base
    for policy in (each for each in policies if each.how == "set"):
        share = policy.share(week)
        value = policy.value if share >= 1 else base + share * (policy.value - base)
    for policy in (each for each in policies if each.how == "multiply" and math.isfinite(value)):
        value *= 1 + (policy.value - 1) * policy.share(week)
    return value + sum(policy.value * policy.share(week) for policy in policies if policy.how == "add")


@dataclass(frozen=True)
class Assumption:
    """A value (`set`) or a range (`range`, low and high) for one parameter, in its unit; the other one is None."""

    name: str
    set: float | None = None
    range: tuple[float, float] | None = None
    because: str = ""
    where: str = field(default="", compare=False)

    @property
    def is_widened(self) -> bool:
        """Whether its range reaches beyond the plausible one."""
        known = PARAMETERS[self.name]
        return self.range is not None and (self.range[0] < known.low or self.range[1] > known.high)

    def resolved(self) -> dict[str, Any]:
        """The same as plain values."""
        how = {"set": self.set} if self.range is None else {"range": list(self.range)}
        return {"name": self.name, **how, "because": self.because}


@dataclass(frozen=True)
class Primary:
    """What a comparison judges: an outcome, over so many weeks from the policy's first week, for a group.

    `declared` is false where the scenario names no primary outcome and the usual one stands in.
    """

    outcome: str = "relapsed"
    horizon_weeks: int = 52
    group: str = "everyone"
    declared: bool = True
    where: str = field(default="", compare=False)

    def resolved(self) -> dict[str, Any]:
        """The same as plain values."""
        return {"outcome": self.outcome, "horizon_weeks": self.horizon_weeks, "group": self.group}


_NEVER_SET = (
    "person", "alive", "population_group", "group_bias", "group_marked", "given_", "flag", "disclosed", "custody_left",
    "service", "coerced", "upheaval", "weight_", "own_experience", "personal_recovery", "weeks_flourishing", "lapse_weeks_",
    "area",
)  # fmt: skip
"""Beginnings of names: what only the world itself may set, as something else would no longer fit with it."""

SETTABLE: tuple[str, ...] = tuple(
    field.name for field in FIELDS if field.kind in ("state", "trait") and not field.name.startswith(_NEVER_SET)
)
"""States and traits that an experiment may set or add to."""


@dataclass(frozen=True)
class Experiment:
    """One intervention in people's lives that no policy could make: to see what follows from it, never to be recommended.

    `do` is "set" or "add" (once, to `state`), "cap" or "freeze" (`state`, for as long as it lasts), "give_tie" (`what` a kind
    of tie, `count` of them; below zero takes away), "give_role", "take_role" (`what` a role) or "move" (`what` an area). It acts
    at the beginning of lived week `start`; or, where `when` names an event, for each person once, `after` weeks into the time
    from their first such event in or after week `start` (0: at the beginning of the week after it). `lasts` is how many weeks
    a cap, a freeze or a tie holds, None to the end.
    """

    do: str
    state: str = ""
    value: float = 0.0
    what: str = ""
    count: int = 1
    start: int = 0
    when: str = ""
    domain: str = ""
    after: int = 0
    lasts: int | None = None
    whom: str = "everyone"
    covers: float | None = None
    because: str = ""
    where: str = field(default="", compare=False)

    @property
    def name(self) -> str:
        """What it is called in tables: "set hope", "give_role work"."""
        return f"{self.do} {self.state or self.what}"

    def resolved(self) -> dict[str, Any]:
        """The same as plain values."""
        return {
            "do": self.do, "state": self.state, "value": self.value, "what": self.what, "count": self.count,
            "from_week": self.start, "when": self.when, "domain": self.domain, "after_weeks": self.after,
            "lasts_weeks": self.lasts, "whom": self.whom, "covers": self.covers, "because": self.because,
        }


@dataclass(frozen=True)
class PopulationGroup:
    """A part of the population that a scenario defines: its share, and what it meets that others do not.

    `bias` is a factor on unjustified flags of its people, beside that of their area. `marked` says whether employers who
    cannot see records take its people to have one (statistical discrimination).
    """

    name: str
    share: float
    bias: float = 1.0
    marked: bool = False
    because: str = ""
    where: str = field(default="", compare=False)

    def resolved(self) -> dict[str, Any]:
        """The same as plain values."""
        return {"name": self.name, "share": self.share, "bias": self.bias, "marked": self.marked, "because": self.because}


@dataclass(frozen=True)
class Cost:
    """What a lever costs: so much for each `per`, "person-week" reached, "person" reached or "place-week" held."""

    lever: str
    amount: float
    per: str = "person-week"
    where: str = field(default="", compare=False)

    def resolved(self) -> dict[str, Any]:
        """The same as plain values."""
        return {"lever": self.lever, "amount": self.amount, "per": self.per}


EVERYONE_ELSE = OTHERS[0]
"""Name of the population group, number 0, of all people whom a scenario puts in no other."""


def group_names(groups: Sequence[PopulationGroup]) -> tuple[str, ...]:
    """Names of the population groups in the order in which they are numbered: the others first."""
    return (EVERYONE_ELSE, *(group.name for group in groups))


def area_names(areas: list[dict[str, Any]]) -> tuple[str, ...]:
    """Names of the areas in the order in which they are numbered: home, new, then the scenario's own."""
    own = (str(area["name"]) for area in areas)
    return (*HOME_AND_NEW, *dict.fromkeys(name for name in own if name not in HOME_AND_NEW))
