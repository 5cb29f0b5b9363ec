"""A few typical courses that sum up many lives: classes of the share of each quarter spent in recovery, by k-means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType

import numpy as np
import pandas as pd

from analysis.measures_lives import Lives
from analysis.multistate import NO_PROBLEM, own_status
from analysis.subgroups import FEWEST
from analysis.trajectories import QUARTER, in_recovery, quarters
from simulation.errors import ComparisonError, Problem

MOST = 6
STARTS = 10
JUDGED = 2000
"""People drawn to judge a division by: every pair of them is compared."""

CLEAR = 0.25
"""Mean silhouette below which no division is worth naming (Kaufman and Rousseeuw 1990, "Finding Groups in Data")."""

SMALLEST = 0.05
"""Share of people below which a class is no typical course but a few lives."""

SUMMARY = "classes are a summary of the paths, not kinds of people"
STEADY, TURNED = 0.25, 0.3
"""Share of weeks within which a course is mostly the one or the other, and change from first to last quarter that is one."""


@dataclass(frozen=True)
class Classes:
    """A few typical courses, in the order of their share of time in recovery, least first.

    Attributes
    ----------
    names
        The courses, in plain words.
    centres
        Mean share of each quarter in recovery, shape (classes, quarters).
    member
        Class of each person, shape (people,).
    silhouettes
        Mean silhouette by number of classes tried, from -1 to 1: how much nearer people are to their own class than to the
        next. A division is taken only where it reaches 0.25 and each class holds 5 % of people; else all are one class.
    note
        What classes are, and what they are not.
    """

    names: tuple[str, ...]
    centres: np.ndarray
    member: np.ndarray
    silhouettes: Mapping[int, float]
    note: str = SUMMARY

    def nearest(self, positions: np.ndarray) -> np.ndarray:
        """Class whose course is nearest to each life, shape (people,); `positions` is of shape (people, quarters)."""
        if positions.shape[1:] != self.centres.shape[1:]:
            raise ComparisonError(Problem("classes of courses", f"lives of {positions.shape[1]} quarters",
                                          f"{self.centres.shape[1]} quarters", "Take a stretch of the same length."))  # fmt: skip
        return np.argmin(((positions[:, None, :] - self.centres) ** 2).sum(axis=2), axis=1)

    def table(self) -> pd.DataFrame:
        """One row a class and quarter: `class, quarter, recovering` (mean share of its weeks)."""
        steps = np.arange(1, self.centres.shape[1] + 1)
        parts = [pd.DataFrame({"class": name, "quarter": steps, "recovering": centre})
                 for name, centre in zip(self.names, self.centres, strict=True)]  # fmt: skip
        return pd.concat(parts, ignore_index=True)


def trajectory_classes(positions: np.ndarray, most: int = MOST, seed: int = 0) -> Classes:
    """Classes of lives by k-means over their quarters; as many as give the highest mean silhouette, to `most`, or one.

    Use to tell many lives in a few lines, and to ask whether a policy changes how many take which course. Do not use to say
    that there are so many kinds of people, to place a person, or to compare worlds each divided for itself. The same lives
    and `seed` give the same classes.

    Parameters
    ----------
    positions
        Share of each quarter in recovery, shape (people, quarters), as `quarters` gives it.
    most
        Most classes to try.
    seed
        Of the starting points and of the people a division is judged by.

    Raises
    ------
    ComparisonError
        If scikit-learn is not installed, people are fewer than 30, or there are fewer than two quarters.

    References
    ----------
    Genolini and Falissard (2010), Comput Stat 25:317, for k-means over courses; Rousseeuw (1987), J Comput Appl Math 20:53,
    for the silhouette.
    """
    positions = np.asarray(positions, dtype=float)
    _check(positions)
    members: dict[int, np.ndarray] = {1: np.zeros(len(positions), dtype=int)}
    silhouettes: dict[int, float] = {}
    for count in range(2, min(most, len(np.unique(positions, axis=0))) + 1):
        members[count], silhouettes[count] = _divided(positions, count, seed)
    worth = [count for count in silhouettes if silhouettes[count] >= CLEAR
             and np.bincount(members[count], minlength=count).min() >= SMALLEST * len(positions)]  # fmt: skip
    found = members[max(worth, key=lambda count: silhouettes[count], default=1)]
    centres = np.array([positions[found == one].mean(axis=0) for one in np.unique(found)])
    # By share of time in recovery, then by the course itself: an order that does not hang on the starting points.
    order = np.lexsort((*centres.T[::-1], centres.mean(axis=1)))
    place = np.argsort(order)
    return Classes(_names(centres[order]), centres[order], place[found], silhouettes)


def classes_of_worlds(
    lives_by_world: Mapping[str, Lives], domain: str | None = None, most: int = MOST, seed: int = 0
) -> tuple[Classes, pd.DataFrame]:
    """Classes found in all worlds together, and how many people of each world take each course.

    Of people with a problem, past or present, at the start who are alive at the end: a life that ended has no course to it.
    The table has one row a world and class: `world, class, people, share` and `left_out`, people who died.
    """
    parts, left_out = {}, {}
    for world, lives in lives_by_world.items():
        states = own_status(lives, domain)
        own = (states[0] != NO_PROBLEM) & (lives.start["alive"] == 1)
        alive = own & lives.alive(lives.weeks)
        parts[world] = quarters(in_recovery(states[:, alive]))
        left_out[world] = int(own.sum() - alive.sum())
    if len({part.shape[1] for part in parts.values()}) > 1:
        raise ComparisonError(Problem("classes of courses", "worlds of different lengths", "one length", "Cut them to one."))
    found = trajectory_classes(np.concatenate(list(parts.values())), most, seed)
    rows, at = [], 0
    for world, part in parts.items():
        member = found.member[at : at + len(part)]
        at += len(part)
        counts = np.bincount(member, minlength=len(found.names))
        rows += [(world, name, int(count), count / max(len(part), 1), left_out[world])
                 for name, count in zip(found.names, counts, strict=True)]  # fmt: skip
    return found, pd.DataFrame(rows, columns=["world", "class", "people", "share", "left_out"])


def _check(positions: np.ndarray) -> None:
    people, steps = positions.shape
    if people < FEWEST:
        raise ComparisonError(Problem("classes of courses", f"{people} people", f"{FEWEST} people or more",
                                      "Take a larger group, or more people in the world."))  # fmt: skip
    if steps < 2:
        raise ComparisonError(Problem("classes of courses", f"{steps} whole quarters of {QUARTER} weeks",
                                      "two quarters or more", "Take a longer stretch."))  # fmt: skip


def _divided(positions: np.ndarray, count: int, seed: int) -> tuple[np.ndarray, float]:
    """Class of each person by k-means with `count` classes, and the mean silhouette."""
    cluster, metrics, threadpoolctl = _libraries()
    # On one thread: several add up in the order in which they come, and the last bit would hang on it.
    with threadpoolctl.threadpool_limits(1):
        member = cluster.KMeans(count, n_init=STARTS, random_state=seed).fit_predict(positions)
        asked = min(JUDGED, len(positions))
        drawn = np.sort(np.random.default_rng(seed).choice(len(positions), asked, replace=False))
        if not 2 <= len(np.unique(member[drawn])) < asked:
            return member, -1.0
        return member, float(metrics.silhouette_score(positions[drawn], member[drawn]))


def _libraries() -> tuple[ModuleType, ModuleType, ModuleType]:
    try:
        import threadpoolctl
        from sklearn import cluster, metrics
    except ImportError as missing:
        raise ComparisonError(
            Problem("classes of courses", f"{missing.name} is not installed", "scikit-learn, which the extra `journeys` brings",
                    "pip install 'recovery-journeys[journeys]'")
        ) from missing  # fmt: skip
    return cluster, metrics, threadpoolctl


def _names(centres: np.ndarray) -> tuple[str, ...]:
    """Each course in words with its share of weeks in recovery, no two alike."""
    plain = [f"{_course(centre)} ({round(100 * float(centre.mean()))} % of weeks)" for centre in centres]
    before = [plain[:at].count(name) for at, name in enumerate(plain)]
    return tuple(f"{name}, no. {number + 1}" if number else name for name, number in zip(plain, before, strict=True))


def _course(centre: np.ndarray) -> str:
    change = centre[-1] - centre[0]
    if abs(change) >= TURNED:
        return "coming into recovery" if change > 0 else "falling out of recovery"
    if centre.min() >= 1.0 - STEADY:
        return "in recovery nearly throughout"
    if centre.max() <= STEADY:
        return "hardly in recovery"
    return "in and out of recovery"
