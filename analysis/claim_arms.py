"""The worlds of one claim in one draw, lived, as its measures read them: everybody's lives in each arm, by permanent id.

Weeks are counted as everywhere: the state after w weeks is row w, so that lived week w leads from row w to row w + 1. What
happens within so many weeks "from" an event of lived week w is looked for in lived weeks w + 1, w + 2 and so on. People who die
count by what had happened until then; means of a state are over people alive in both arms. Arms share their people, so that a
group is judged in one of them, the one its measure names.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from analysis.measures_following import DECISIONS
from analysis.measures_lives import NEVER, Lived, Lives
from analysis.measures_sustained import weeks_believed, weeks_believed_at
from simulation.state import ACTIVE, DOMAINS, LAPSED, NONE, RECOVERING

YEAR = 52
KIN_TOGETHER = 4
"""Kin are the other three of so many persons in a row."""

NAN = math.nan


class Arm(Lives):
    """Everybody's lives in one arm, in the order of permanent ids.

    Attributes
    ----------
    own
        Who had own experience of a problem at the start, shape (people,), of bool.
    """

    def __init__(self, history: Lived) -> None:
        super().__init__(history, np.ones(len(history.start), dtype=bool))
        self.own: np.ndarray = (self.start["own_experience"] == 1) & (self.start["alive"] == 1)
        self._believed: dict[str, np.ndarray] = {}
        self._sustained_at: dict[int, np.ndarray] = {}

    @property
    def end(self) -> np.ndarray:
        """Everybody's state after the last week, shape (people,)."""
        return np.asarray(self.history.end)

    def covered(self, policy: int) -> np.ndarray:
        """Whom a policy of the scenario, counted from 0, covered in some week, shape (people,), of bool."""
        found = np.zeros(self.people, dtype=bool)
        found[self.history.covered[policy]] = True  # type: ignore[attr-defined]
        return found

    def believed(self, domain: str) -> np.ndarray:
        """Weeks of recovery that others believe in a domain, shape (weeks + 1, people); -1 where not recovering in it."""
        if domain not in self._believed:
            status = self.status(domain)
            self._believed[domain] = np.where(status == RECOVERING, weeks_believed(self, domain), -1.0)
        return self._believed[domain]

    def believed_at(self, domain: str, week: int) -> np.ndarray:
        """A row of `believed`, shape (people,), without the table, which takes long to fill and much room where arms are many."""
        return np.where(self.status(domain)[week] == RECOVERING, weeks_believed_at(self, domain, week), -1.0)

    @cached_property
    def sustained(self) -> np.ndarray:
        """Least weeks believed over all own domains, shape (weeks + 1, people); -1 where not recovering in all of them."""
        return _least_of_own((self.status(domain), self.believed(domain)) for domain in DOMAINS)

    def sustained_at(self, week: int) -> np.ndarray:
        """A row of `sustained`, shape (people,), without the table."""
        if week not in self._sustained_at:
            pairs = ((self.status(domain)[week], self.believed_at(domain, week)) for domain in DOMAINS)
            self._sustained_at[week] = _least_of_own(pairs)
        return self._sustained_at[week]

    def recovered(self, week: int, least: float = YEAR) -> np.ndarray:
        """Who is alive after `week` weeks and recovering in all own domains, `least` weeks of it believed, shape (people,)."""
        return np.asarray((self.sustained_at(week) >= least) & self.alive(week))

    def ever_recovered(self, least: float = YEAR) -> np.ndarray:
        """Who is so in some week, shape (people,), of bool."""
        rows = np.arange(1, self.weeks + 1)[:, None]
        return np.asarray(((self.sustained[1:] >= least) & (rows <= self.died[None, :])).any(axis=0))

    def happened(
        self, events: str | Sequence[str], first: int, last: int, domain: str | None = None, **which: Any
    ) -> np.ndarray:
        """How many such events each person had in the lived weeks `first` to `last`, both counted, shape (people,)."""
        weeks, persons = self.all_when(events, domain, **which)
        return np.bincount(persons[(weeks >= first) & (weeks <= last)], minlength=self.people)

    def happened_after(
        self, since: np.ndarray, events: str | Sequence[str], first: int, last: int, domain: str | None = None
    ) -> np.ndarray:
        """How many such events each person had `first` to `last` weeks after their own week `since`, shape (people,)."""
        weeks, persons = self.all_when(events, domain)
        wait = weeks - since[persons].astype(np.int64)
        return np.asarray(np.bincount(persons[(wait >= first) & (wait <= last)], minlength=self.people))

    def first_in(
        self, events: str | Sequence[str], first: int, last: int, domain: str | None = None, **which: Any
    ) -> np.ndarray:
        """Lived week of each person's first such event from `first` on, `NEVER` if it comes after `last`, shape (people,)."""
        weeks, persons = self.all_when(events, domain, **which)
        found = np.full(self.people, NEVER, dtype=np.int64)
        np.minimum.at(found, persons[weeks >= first], weeks[weeks >= first])
        return np.where(found <= last, found, NEVER)

    def first_after(
        self, since: np.ndarray, events: str | Sequence[str], domain: str | None = None, **which: Any
    ) -> np.ndarray:
        """Lived week of each person's first such event after their own week `since`, `NEVER` without one, shape (people,)."""
        weeks, persons = self.all_when(events, domain, **which)
        later = weeks > since[persons]
        found = np.full(self.people, NEVER, dtype=np.int64)
        np.minimum.at(found, persons[later], weeks[later])
        return found

    def all_when(self, events: str | Sequence[str], domain: str | None = None, **which: Any) -> tuple[np.ndarray, np.ndarray]:
        """Lived week and person of each event of these kinds, shape (events,) each; `which` as `Lives.when` takes it."""
        names = [events] if isinstance(events, str) else list(events)
        parts = [self.when(name, domain, **which) for name in names]
        weeks, persons = (np.concatenate(each) for each in zip(*parts, strict=True))
        return weeks.astype(np.int64), persons

    def decided(self, first: int, last: int, domain: str | None = None) -> np.ndarray:
        """Who decides in the lived weeks `first` to `last`, shape (people,), of bool."""
        return self.happened(DECISIONS, first, last, domain) > 0

    def relapsed(self, first: int, last: int, domain: str | None = None) -> np.ndarray:
        """Who relapses in the lived weeks `first` to `last`, shape (people,), of bool."""
        return self.happened("relapse", first, last, domain) > 0

    def state_at(self, weeks: np.ndarray, column: str, shift: int = 0) -> np.ndarray:
        """A column of each person's state `shift` weeks after their own week, shape (people,); not a number for `NEVER`.

        Raises KeyError where a week was not kept.
        """
        found = np.full(self.people, NAN)
        for week in np.unique(weeks[weeks < NEVER]).tolist():
            here = weeks == week
            found[here] = self.at(week + shift)[column][here]
        return found

    def living_kin(self, alive: np.ndarray | None = None) -> np.ndarray:
        """How many living kin each person has, estranged or not, shape (people,); at the start unless told who is `alive`."""
        alive = self.start["alive"] == 1 if alive is None else np.asarray(alive) == 1
        return among_kin(alive)

    def personal_recovery_per_100(self, who: np.ndarray) -> float:
        """Weeks in personal recovery per 100 weeks lived, of those `who` are true, shape (people,)."""
        lived = float(self.lived[:, who].sum())
        weeks = self.end["weeks_personal_recovery"][who].sum() - self.start["weeks_personal_recovery"][who].sum()
        return 100.0 * float(weeks) / lived if lived > 0 else NAN


def _least_of_own(pairs: Iterable[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """Least weeks believed over own domains, from the status and the weeks in each, of one shape; -1 where none is own."""
    least = np.asarray(math.inf)
    for status, believed in pairs:
        least = np.minimum(least, np.where(status == NONE, math.inf, believed))
    return np.where(np.isinf(least), -1.0, least)


def among_kin(held: np.ndarray) -> np.ndarray:
    """Of how many of each person's kin something is so, shape (people,); `held` of bool, shape (people,)."""
    people = len(held)
    rows = -(-people // KIN_TOGETHER)
    padded = np.zeros(rows * KIN_TOGETHER, dtype=int)
    padded[:people] = held
    together = padded.reshape(rows, KIN_TOGETHER)
    return np.asarray((together.sum(axis=1, keepdims=True) - together).ravel()[:people])


def in_domains(people: np.ndarray, *statuses: int, domains: Iterable[str] = DOMAINS) -> np.ndarray:
    """Who has one of these statuses in one of these domains, shape (people,), of bool."""
    return np.asarray(np.any([np.isin(people[domain], statuses) for domain in domains], axis=0))


def is_active(people: np.ndarray) -> np.ndarray:
    """Who is active in some domain, shape (people,), of bool."""
    return in_domains(people, ACTIVE)


def is_in_trouble(people: np.ndarray) -> np.ndarray:
    """Who is active or lapsed in some domain, shape (people,), of bool."""
    return in_domains(people, ACTIVE, LAPSED)


def is_recovering(people: np.ndarray) -> np.ndarray:
    """Who is recovering in some domain, shape (people,), of bool."""
    return in_domains(people, RECOVERING)


def count_own_domains(people: np.ndarray) -> np.ndarray:
    """In how many domains each person has a problem, past or present, shape (people,)."""
    return np.asarray(np.sum([people[domain] != NONE for domain in DOMAINS], axis=0))


def mean(values: np.ndarray, who: np.ndarray | None = None) -> float:
    """Mean of `values` over those `who` are true, both of shape (people,); not a number over nobody."""
    kept = np.asarray(values if who is None else values[who], dtype=float)
    return float(kept.mean()) if len(kept) else NAN


def difference(other: np.ndarray, base: np.ndarray, who: np.ndarray) -> float:
    """Mean of `other` less that of `base` over the same people, all of shape (people,); not a number over nobody."""
    return mean(other, who) - mean(base, who)


def gap(pair: Sequence[np.ndarray], who: np.ndarray) -> float:
    """The same of a pair: mean of its first less that of its second over the same people, all of shape (people,)."""
    return difference(pair[0], pair[1], who)


def state_difference(other: Arm, base: Arm, week: int, column: str, who: np.ndarray) -> float:
    """Mean of a state after `week` weeks, other less base, of those `who` are true and alive in both, shape (people,)."""
    alive = who & other.alive(week) & base.alive(week)
    return difference(other.at(week)[column], base.at(week)[column], alive)


def over(above: float, below: float) -> float:
    """`above` divided by `below`; not a number over 0."""
    return above / below if below != 0 and not math.isnan(below) else NAN


def ranks_into(values: np.ndarray, parts: int) -> np.ndarray:
    """In which of so many parts of equal size each value falls, from 0 (lowest), shape (people,); the earlier id where alike."""
    order = np.argsort(values, kind="stable")
    found = np.empty(len(values), dtype=int)
    found[order] = np.arange(len(values)) * parts // max(len(values), 1)
    return found


def highest(values: np.ndarray, who: np.ndarray, share: float) -> np.ndarray:
    """Who, of those `who` are true, is in the highest `share` of their values, ends counted, shape (people,), of bool."""
    return who & (values >= np.quantile(values[who], 1.0 - share)) if who.any() else who


def lowest(values: np.ndarray, who: np.ndarray, share: float) -> np.ndarray:
    """Who, of those `who` are true, is in the lowest `share` of their values, ends counted, shape (people,), of bool."""
    return who & (values <= np.quantile(values[who], share)) if who.any() else who


def same_first(
    arms: Sequence[Arm], events: str | Sequence[str], first: int, last: int, domain: str | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Own week of each person's first such event in the lived weeks `first` to `last`, and for whom it is one week in all arms.

    Both of shape (people,); the week is that of the first arm, `NEVER` without one. What an experiment does after such an event
    reaches others, so that a few have theirs in another week there: they are left out.
    """
    weeks = [arm.first_in(events, first, last, domain) for arm in arms]
    same = np.all([each == weeks[0] for each in weeks], axis=0) & (weeks[0] < NEVER)
    return weeks[0], same


Panel = Mapping[int, frozenset[str]]
"""Columns of everybody's state that are kept, by week."""


def states(weeks: Iterable[int], *columns: str) -> Panel:
    """A panel that keeps these columns in these weeks."""
    return {week: frozenset(columns) for week in weeks}


class Arms(Mapping[str, Arm]):
    """The arms of one claim in one draw, by name.

    `probe(arm, changed)` lives the first week of an arm whose experiments are replaced by `changed` of each, and gives the state
    of everybody after it: how to see whom an experiment covers, which depends on its name and nothing else.
    """

    def __init__(self, arms: Mapping[str, Arm], probe: Callable[[str, Callable[[Any], Any]], np.ndarray] | None = None) -> None:
        self._arms, self._probe = arms, probe

    def __getitem__(self, name: str) -> Arm:
        return self._arms[name]

    def __iter__(self) -> Any:
        return iter(self._arms)

    def __len__(self) -> int:
        return len(self._arms)

    def probe(self, name: str, changed: Callable[[Any], Any]) -> np.ndarray:
        """Everybody's state after one week of an arm with changed experiments, shape (people,)."""
        if self._probe is None:
            raise ValueError("these arms cannot be lived again")
        return self._probe(name, changed)


Numbers = dict[str, float]
"""What a claim's worlds give: each measure by its id, and under other names what is to be printed beside them."""


@dataclass(frozen=True)
class Recipe:
    """How a claim's measures are worked out from its arms.

    Attributes
    ----------
    measure
        Takes the arms, gives every measure by its id, not a number where it cannot be worked out.
    panel
        States that are kept of every arm; starts and ends always are, whole.
    panels
        The same for single arms, by name, beside those.
    weeks
        How long every arm is lived: `measure` and `recount` read no state after more weeks, no later lived week, and no end.
        None: as long as registered.
    longer
        Arms that are lived longer than that, by name.
    recount
        The other way to count, for an ablation that asks for one.
    """

    measure: Callable[[Arms], Numbers]
    panel: Panel = field(default_factory=dict)
    panels: Mapping[str, Panel] = field(default_factory=dict)
    weeks: int | None = None
    longer: Mapping[str, int] = field(default_factory=dict)
    recount: Callable[[Arms], Numbers] | None = None

    def panel_of(self, arm: str) -> Panel:
        """What is kept of one arm."""
        return merged(self.panel, self.panels.get(arm, {}))

    def weeks_of(self, arm: str) -> int | None:
        """How long one arm is lived; None: as long as registered."""
        return self.longer.get(arm, self.weeks)


def merged(*panels: Panel) -> Panel:
    """A panel that keeps what any of these keep."""
    found: dict[int, frozenset[str]] = {}
    for panel in panels:
        for week, columns in panel.items():
            found[week] = found.get(week, frozenset()) | columns
    return found
