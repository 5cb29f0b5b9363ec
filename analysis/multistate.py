"""Lives as paths through a few states: who is where, who moves where, and for how long people stay.

Row w of a path is the state after w weeks, so that lived week w leads from row w to row w + 1. Everybody is followed from the
first row to the last, or to death, which nobody leaves.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.measures_lives import Lives
from analysis.subgroups import FEWEST
from analysis.survival import curve
from simulation.errors import ComparisonError, Problem
from simulation.state import ACTIVE, DOMAINS, LAPSED, NONE, RECOVERING

WEEKS_A_YEAR = 52
NO_PROBLEM, IN_RECOVERY, IN_A_LAPSE, IN_A_PROBLEM, IN_CUSTODY, DEAD = range(6)
STATES = ("no problem", "in recovery", "in a lapse", "active", "in custody", "dead")
"""States of a path, by number. Over all own domains: in recovery in every one, in a lapse or active in at least one."""

_OF_STATUS = np.zeros(4, dtype=np.int8)
_OF_STATUS[[NONE, RECOVERING, LAPSED, ACTIVE]] = NO_PROBLEM, IN_RECOVERY, IN_A_LAPSE, IN_A_PROBLEM


@dataclass(frozen=True)
class Path:
    """The states of some people, week by week.

    Attributes
    ----------
    states
        Number of the state, shape (weeks + 1, people).
    names
        The states, in words, by number.
    """

    states: np.ndarray
    names: tuple[str, ...] = STATES

    def __post_init__(self) -> None:
        states = self.states
        if states.ndim != 2 or not len(states) or (states.size and not 0 <= states.min() <= states.max() < len(self.names)):
            raise ComparisonError(Problem("a path of states", f"a table of shape {states.shape}",
                                          "states by number, one row a week, each with a name", "Name every state."))  # fmt: skip

    @property
    def weeks(self) -> int:
        """Weeks lived."""
        return len(self.states) - 1

    @property
    def people(self) -> int:
        """How many people."""
        return int(self.states.shape[1])

    def of(self, who: np.ndarray) -> Path:
        """The path of some of them: `who` is true or false, or their places, shape (people,)."""
        return Path(self.states[:, who], self.names)


def own_status(lives: Lives, domain: str | None = None) -> np.ndarray:
    """State by status alone, custody and death left aside, shape (weeks + 1, people): one domain, or the worst of all own."""
    domains = DOMAINS if domain is None else (domain,)
    # The states rise from no problem to active, so that the worst of all domains is the greatest.
    return np.maximum.reduce([_OF_STATUS[lives.status(one)] for one in domains])


def path_of(lives: Lives, domain: str | None = None, custody: bool = True) -> Path:
    """The path of each person through `STATES`, in one domain or over all domains of their own.

    Use `custody=False` where recovery is meant to count in custody too; else whoever is in custody is in that state whatever
    their status. Raises ComparisonError where there is no such domain.
    """
    if domain is not None and domain not in DOMAINS:
        raise ComparisonError(Problem(f"domain {domain!r}", "an unknown domain", f"one of: {', '.join(DOMAINS)}",
                                      "Leave it out for all domains together."))  # fmt: skip
    states = own_status(lives, domain)
    if custody:
        states = np.where(lives.custody == 1, np.int8(IN_CUSTODY), states)
    row = np.arange(lives.weeks + 1)[:, None]
    gone = (lives.died[None, :] < row) | (lives.start["alive"] == 0)[None, :]
    return Path(np.where(gone, np.int8(DEAD), states))


def occupancy(path: Path) -> pd.DataFrame:
    """How many people are in each state after each week: one row a week (index `week`), one column a state.

    Every row sums to the number of people, the dead among them.
    """
    count = len(path.names)
    flat = path.states.astype(np.int64) + count * np.arange(path.weeks + 1)[:, None]
    table = np.bincount(flat.ravel(), minlength=count * (path.weeks + 1)).reshape(-1, count)
    return pd.DataFrame(table, columns=list(path.names), index=pd.RangeIndex(path.weeks + 1, name="week"))


def flows(path: Path, moments: Sequence[int]) -> list[np.ndarray]:
    """People by state at one moment and at the next, for each pair of neighbours, shape (from, to) each.

    Divided by its row this is the chance of a state given an earlier one without any assumption, as everybody is followed.
    """
    outside = [week for week in moments if not 0 <= week <= path.weeks]
    if outside or list(moments) != sorted(set(moments)):
        raise ComparisonError(Problem("moments of a path", f"weeks {', '.join(map(str, moments))}",
                                      f"rising weeks from 0 to {path.weeks}", "Choose others."))  # fmt: skip
    return [_pairs(path.states[a], path.states[b], len(path.names)) for a, b in itertools.pairwise(moments)]


def transitions(path: Path, since: int = 0, until: int | None = None) -> pd.DataFrame:
    """Moves between states from row `since` to row `until`: one row for each pair of states that somebody could move between.

    Columns: `from`, `to`, `moves` (people times weeks in which it happened), `person_weeks` (weeks begun in `from`), `chance`
    (share of those weeks that ended in `to`), `per_year` (moves per person-year spent in `from`), `error` (of `per_year`, as
    if moves came by chance alone: Poisson). Staying is a pair too, without a rate. Not a number where nobody was in `from`.
    Use to see what moves. Do not read a chance as that of every person in the state: it differs by how long they have been
    there and between people.
    """
    until = path.weeks if until is None else until
    if not 0 <= since < until <= path.weeks:
        raise ComparisonError(Problem("moves between states", f"weeks {since} to {until}", f"within 0 to {path.weeks}, rising",
                                      "Choose others."))  # fmt: skip
    count = len(path.names)
    moves = _pairs(path.states[since:until].ravel(), path.states[since + 1 : until + 1].ravel(), count)
    weeks = moves.sum(axis=1)
    rows = []
    for start, end in np.ndindex(count, count):
        spent = int(weeks[start])
        chance = moves[start, end] / spent if spent else math.nan
        rate, error = math.nan, math.nan
        if spent and start != end:
            rate, error = WEEKS_A_YEAR * chance, WEEKS_A_YEAR * math.sqrt(moves[start, end]) / spent
        rows.append((path.names[start], path.names[end], int(moves[start, end]), spent, chance, rate, error))
    return pd.DataFrame(rows, columns=["from", "to", "moves", "person_weeks", "chance", "per_year", "error"])


def chances(path: Path, since: int = 0) -> np.ndarray:
    """Aalen and Johansen's estimate of the chance of each state after each week, given one after `since` weeks.

    Shape (weeks - since + 1, from, to): the product over weeks of the observed shares that moved. A state that nobody is in
    in a week is stayed in. Use for the course of people in a state as a whole where moves depend on the present state and the
    time alone. Here they also depend on how long somebody has been in it, so that away from `since = 0` `flows` is the better
    estimate; given the states at week 0 together, the product gives `occupancy` exactly. Reference: Aalen and Johansen (1978).
    """
    if not 0 <= since <= path.weeks:
        raise ComparisonError(Problem("chances of states", f"week {since}", f"0 to {path.weeks}", "Choose another."))
    count = len(path.names)
    found = [np.eye(count)]
    for week in range(since, path.weeks):
        moved = _pairs(path.states[week], path.states[week + 1], count)
        total = moved.sum(axis=1, keepdims=True)
        found.append(found[-1] @ np.where(total > 0, moved / np.maximum(total, 1), np.eye(count)))
    return np.array(found)


def spells(path: Path) -> pd.DataFrame:
    """Every stay in a state, in the order of people and weeks.

    Columns: `person` (place in the row), `state`, `begin` (row of its first week), `weeks` (how long, as far as seen),
    `began_before` (it was there at the start: how long before is not known), `ended` (else it lasts beyond the end), `next`
    (the state after it, empty where it has not ended). Being dead is no stay.
    """
    table = path.states.T
    people, width = table.shape
    new = np.ones((people, width), dtype=bool)
    new[:, 1:] = table[:, 1:] != table[:, :-1]
    person, begin = np.nonzero(new)
    state = table[person, begin]
    last = np.append(person[1:] != person[:-1], True) if len(person) else np.zeros(0, dtype=bool)
    end = np.where(last, width - 1, np.append(begin[1:], 0)[: len(begin)])
    names = np.array(path.names, dtype=object)
    following = np.where(last, "", names[np.append(state[1:], 0)[: len(state)]])
    found = pd.DataFrame({"person": person, "state": names[state], "begin": begin, "weeks": end - begin,
                          "began_before": begin == 0, "ended": ~last, "next": following})  # fmt: skip
    return found[found["state"] != "dead"].reset_index(drop=True)


def spells_summary(found: pd.DataFrame, names: Sequence[str] = STATES) -> pd.DataFrame:
    """One row a state: how many stays and people, and how long stays last that began while we looked.

    Columns: `state`, `stays`, `people`, `began_before`, `unfinished`, `median_weeks`, `low`, `high` (by Kaplan and Meier over
    stays seen to begin, unfinished ones censored; not a number where half never end or where fewer than 30 began), `note`.
    Stays of one person count as if they were of different people.
    """
    rows = []
    for state in names:
        of = found[found["state"] == state]
        if state == "dead" or of.empty:
            continue
        begun = of[~of["began_before"]]
        lasting = curve(begun["weeks"].to_numpy(), begun["ended"].to_numpy(), event="the end of the stay", fewest=FEWEST)
        note = f"only {len(begun)} stays began, fewer than {FEWEST}" if lasting.note else ""
        rows.append((state, len(of), of["person"].nunique(), int(of["began_before"].sum()), int((~of["ended"]).sum()),
                     *lasting.median(), note))  # fmt: skip
    columns = ["state", "stays", "people", "began_before", "unfinished", "median_weeks", "low", "high", "note"]
    return pd.DataFrame(rows, columns=columns)


def _pairs(before: np.ndarray, after: np.ndarray, count: int) -> np.ndarray:
    """How often each state is followed by each, shape (from, to)."""
    return np.bincount(before.astype(np.int64) * count + after, minlength=count * count).reshape(count, count)
