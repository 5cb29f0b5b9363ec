"""What a scenario is made of, as read: policies, assumptions and the primary outcome, in weeks and the model's units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from simulation.levers import LEVERS
from simulation.rules import HOME_AND_NEW


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
    for policy in (each for each in policies if each.how == "multiply"):
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


def area_names(areas: list[dict[str, Any]]) -> tuple[str, ...]:
    """Names of the areas in the order in which they are numbered: home, new, then the scenario's own."""
    own = (str(area["name"]) for area in areas)
    return (*HOME_AND_NEW, *dict.fromkeys(name for name in own if name not in HOME_AND_NEW))
