"""What a published figure counts, on one world: an outcome, a share who meet a rule, a mean or a correlation, in a group.

The group is judged in the first week, and the rest in the weeks after it, as outcomes are.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from analysis.catalogue import EVERY
from analysis.declaring import ALIVE_AT_THE_END, EVERYONE, PEOPLE, Unit, at_the_end, declare
from analysis.measures_numbers import correlation
from analysis.observables_of_the_self import comfort, quality_of_life, stigma
from analysis.outcomes import WEEKS_IN_A_YEAR, Outcome
from analysis.stretch import Stretch, stretch_of
from analysis.subgroups import FEWEST
from simulation.groups import NO_NAMES, Names, members
from simulation.state import FIELDS, ROLES

OUTCOME, MEETS, MEAN, CORRELATION = KINDS = ("outcome", "meets", "mean", "correlation")
"""What may be counted: an outcome by its name, a share who meet a rule, the mean of a state, how two of them go together."""

RATIO, ODDS_RATIO, DIFFERENCE = CONTRASTS = ("ratio", "odds ratio", "difference")
"""How a group may be held against another."""

_WORDS = ("status", "flag", "service", "area", "group", "id", "tie")
"""Units of states that are names and no amounts."""


class State(NamedTuple):
    """Something known about a person that has a mean: its unit, range, meaning, and how it is read, shape (people,)."""

    unit: str
    low: float
    high: float
    means: str
    read: Callable[[np.ndarray], np.ndarray]


def _read(name: str) -> Callable[[np.ndarray], np.ndarray]:
    return lambda people: np.asarray(people[name], dtype=float)


STATES: Mapping[str, State] = {
    **{
        one.name: State("0-1" if one.unit == "yes/no" else one.unit, one.low, one.high, one.means, _read(one.name))
        for one in FIELDS if one.unit not in _WORDS
    },
    "stigma": State("0-1", 0.0, 1.0, "mean of exposure to stigma, anticipated stigma and self-stigma", stigma),
    "comfort": State("0-1", 0.0, 1.0, "identity, undisturbed by distress or by waiting for it to end", comfort),
    "quality_of_life": State("0-100", 0.0, 100.0, "quality of life", quality_of_life),
}  # fmt: skip
"""States whose mean, or whose going together, can be asked for."""


@dataclass(frozen=True)
class Measure:
    """What is counted, among whom and when; with nothing of what was published.

    Attributes
    ----------
    cohort
        A cohort, or the path of a scenario file.
    kind, what
        One of `KINDS`, and what of it: the name of an outcome, a rule, one state, or two.
    group, against, contrast
        Group or rule that narrows down whom the outcome can happen to, "" for nobody left out; another that it is held
        against, as one of `CONTRASTS`.
    first_week, weeks
        World's week in which people are judged, and weeks from there to the horizon.
    own_experience
        Share of people with own experience; None as the cohort has it.
    """

    cohort: str
    kind: str
    what: tuple[str, ...]
    group: str = ""
    against: str = ""
    contrast: str = ""
    first_week: int = 0
    weeks: int = 0
    own_experience: float | None = None

    @property
    def last_week(self) -> int:
        """World's week at which it is judged."""
        return self.first_week + self.weeks

    @property
    def world(self) -> tuple[str, float | None]:
        """What measures of one world share, however long it is lived for each."""
        return self.cohort, self.own_experience

    @property
    def panel(self) -> tuple[int, ...]:
        """World's weeks of which everybody's state is read."""
        every = EVERY[self.what[0]].every if self.kind == OUTCOME else 0
        between = range(self.first_week + every, self.last_week, every) if every else ()
        return (self.first_week, *between, self.last_week)

    def asked(self) -> dict[str, Any]:
        """All that decides its value in a world, as plain values."""
        return {
            "kind": self.kind, "what": list(self.what), "group": self.group, "against": self.against, "contrast": self.contrast,
            "first_week": self.first_week, "weeks": self.weeks,
        }  # fmt: skip

    def unit(self) -> str:
        """Unit of its value."""
        return self.contrast if self.contrast in (RATIO, ODDS_RATIO) else outcome_of(self).unit

    def ends(self) -> tuple[float, float]:
        """Least and greatest value that it can have."""
        if self.contrast in (RATIO, ODDS_RATIO):
            return 0.0, math.inf
        low, high = _state_ends(self) if self.kind in (MEAN, CORRELATION) else ends_of(outcome_of(self), self.weeks)
        return (low - high, high - low) if self.contrast == DIFFERENCE else (low, high)


class Measured(NamedTuple):
    """What a measure gave in a world: its value, not a number where `note` says why; people at risk, of both groups the fewer."""

    value: float
    people: int
    note: str = ""


def measure_in(world: Any, measure: Measure, names: Names = NO_NAMES) -> Measured:
    """The value of a measure in a world that holds its events and the states of its weeks.

    Of fewer than 30 people it is not a number, as everywhere: a handful of lives would be the result.

    Parameters
    ----------
    world
        What `simulate` gives, with the states of `measure.panel`.
    names
        Names that its scenario gives to areas and population groups, which a rule may compare with.

    Raises
    ------
    KeyError
        If the world does not hold everybody's state in one of the weeks.
    """
    outcome = outcome_of(measure, names)
    stretch = stretch_of(world, measure.first_week, measure.last_week, events=True, panel=measure.panel[1:-1])
    at_risk = np.asarray(outcome.at_risk(stretch.start), dtype=bool)
    values, weights = outcome.values(stretch, at_risk), outcome.weights(stretch)
    found = []
    for group in dict.fromkeys((measure.group, measure.against)) if measure.contrast else (measure.group,):
        belongs = np.asarray(members(group or "everyone", stretch.start, names.areas, names.groups), dtype=bool)
        found.append(_of_group(outcome, values, weights, at_risk & belongs))
    return found[0] if len(found) == 1 else _contrast(measure.contrast, found[0], found[1], outcome.scale)


def _of_group(outcome: Outcome, values: np.ndarray, weights: np.ndarray, who: np.ndarray) -> Measured:
    people, known = int(who.sum()), outcome.known(values, who)
    if people == 0:
        return Measured(math.nan, 0, "nobody at risk")
    if known < FEWEST:
        return Measured(math.nan, people, f"fewer than {FEWEST} people of whom a value is known")
    value = outcome.figure(values, weights, who)
    return Measured(value, people) if math.isfinite(value) else Measured(math.nan, people, "too little happened")


def _contrast(contrast: str, one: Measured, other: Measured, scale: float) -> Measured:
    """One group held against the other; where one of them has no value, the reason why."""
    people = min(one.people, other.people)
    without = [found.note for found in (one, other) if found.note]
    if without:
        return Measured(math.nan, people, without[0])
    a, b = one.value, other.value
    if contrast == DIFFERENCE:
        return Measured(a - b, people)
    if contrast == ODDS_RATIO:
        a, b = (share / (1.0 - share) if share < 1.0 else math.nan for share in (a / scale, b / scale))
    value = a / b if b > 0 else math.nan
    return Measured(value, people) if math.isfinite(value) else Measured(math.nan, people, "too little happened")


def outcome_of(measure: Measure, names: Names = NO_NAMES) -> Outcome:
    """What a measure counts, as an outcome. `names` as in `measure_in`."""
    if measure.kind == OUTCOME:
        return EVERY[measure.what[0]]
    if measure.kind == MEETS:
        (rule,) = measure.what

        def meets(people: np.ndarray) -> np.ndarray:
            return np.asarray(members(rule, people, names.areas, names.groups), dtype=float)

        return _at_the_horizon(MEETS, PEOPLE.words, PEOPLE.scale, meets, f"share who meet `{rule}`")
    states = [STATES[name] for name in measure.what]
    if measure.kind == MEAN:
        return _at_the_horizon(MEAN, states[0].unit, 1.0, states[0].read, f"mean of {measure.what[0]}: {states[0].means}")
    return declare(
        CORRELATION, Unit("-1 to 1", 1.0), "neither", EVERYONE, lambda stretch: _both(states, stretch),
        f"Pearson's correlation of {measure.what[0]} with {measure.what[1]} at the horizon", "states", needs_events=False,
        censoring=ALIVE_AT_THE_END, summarise=_going_together,
    )  # fmt: skip


def _at_the_horizon(
    name: str, unit: str, scale: float, read: Callable[[np.ndarray], np.ndarray], means: str
) -> Outcome:
    return declare(
        name, Unit(unit, scale), "neither", EVERYONE, at_the_end(read), f"{means}, at the horizon", "states",
        needs_events=False, censoring=ALIVE_AT_THE_END,
    )  # fmt: skip


def _both(states: list[State], stretch: Stretch) -> np.ndarray:
    return np.column_stack([at_the_end(state.read)(stretch) for state in states])


def _going_together(values: np.ndarray, weights: np.ndarray) -> float:
    """Everybody weighs the same."""
    del weights
    return correlation(values[:, 0], values[:, 1]).value


def _state_ends(measure: Measure) -> tuple[float, float]:
    if measure.kind == CORRELATION:
        return -1.0, 1.0
    state = STATES[measure.what[0]]
    return float(state.low), float(state.high)


_ENDS = {
    "ties per person": (0.0, 17.0), "kin per person": (0.0, 3.0), "roles per 1,000 people": (0.0, 1000.0 * len(ROLES)),
}  # fmt: skip
_FROM_TO = re.compile(r"(-?\d+)(?:-| to )(\d+)")


def ends_of(outcome: Outcome, weeks: int) -> tuple[float, float]:
    """Least and greatest value that an outcome can have over so many weeks, in its unit; endless where there is no greatest.

    Examples
    --------
    >>> ends_of(EVERY["arrested"], 52), ends_of(EVERY["custody_weeks"], 52)
    ((0.0, 1000.0), (0.0, 52000.0))
    """
    unit = outcome.unit
    if unit in _ENDS:
        return _ENDS[unit]
    if between := _FROM_TO.fullmatch(unit):
        return float(between[1]), float(between[2])
    if unit.startswith("attempts of at most "):
        return 1.0, float(unit.rsplit(" ", 1)[1])
    if unit.startswith("people per 1,000") or is_share(outcome):
        return 0.0, outcome.scale
    for word, most in (("weeks", weeks), ("years", weeks / WEEKS_IN_A_YEAR)):
        if unit.startswith(f"{word} per"):
            return 0.0, outcome.scale * most
    return 0.0, math.inf


def is_share(outcome: Outcome) -> bool:
    """Whether it is a share of people, of weeks or of what happened, which may be given in per cent."""
    return outcome.unit.startswith(("people per 1,000", "per 100 ", "weeks per 100")) or outcome.unit == "0-1"
