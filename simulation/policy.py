"""A scenario's policies in force: who is covered by what this week, and the settings that follow.

Everything is keyed by permanent person ids, never by the order of rows: who is covered, who holds a place, who was reached.
Whether a person is among the share that a policy covers is drawn once for each lever and person, so that the people of a
smaller share are among those of any larger one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from simulation.experiments import Hold
from simulation.groups import GROUPS, Group, members, people_in_words, read_whom
from simulation.levers import LEVERS, unchanged_settings
from simulation.luck import COVERED_BASE, uniforms
from simulation.rules import HOME_AND_NEW, Node, holds
from simulation.scenario_parts import EVERYONE_ELSE, Policy, combined

__all__ = ["GROUPS", "Group", "PolicyInForce", "coverage_luck", "members", "people_in_words"]


def coverage_luck(seed: int, lever: str, people: int) -> np.ndarray:
    """One uniform number in (0, 1) for each person, shape (people,): whoever has less than a share is among that share.

    Keyed by the lever, so that two policies on one lever cover the same people first.
    """
    return uniforms(seed, np.arange(people), 0, COVERED_BASE + list(LEVERS).index(lever))


@dataclass
class _Tally:
    """What one policy has done so far; arrays have one entry a permanent person id."""

    policy: Policy
    rule: Node
    luck: np.ndarray | None = None
    rank: np.ndarray | None = None
    holding: np.ndarray | None = None
    ever: np.ndarray | None = None
    people: int = 0
    person_weeks: int = 0
    weeks: int = 0
    places_held: int = 0
    clipped: bool = False

    def acts(self, week: int) -> bool:
        """Whether the policy acts in lived week `week`."""
        return week == self.policy.start if LEVERS[self.policy.lever].once else self.policy.in_force(week)


@dataclass
class PolicyInForce:
    """The policies of one world, week by week.

    Parameters
    ----------
    policies
        As the scenario gives them.
    lever_base
        Value of each lever without policies, in its unit.
    seed
        Of the world.
    people
        One row a person, of `simulation.state.STATE_DTYPE`, in any order; ids run from 0 to their number - 1.
    areas
        Names of the areas, in the order in which they are numbered.
    groups
        Names of the population groups, likewise.

    Attributes
    ----------
    settings
        Shape (patterns,), dtype `SETTINGS_DTYPE`: what applies to people covered by the same policies. Row 0 is for those
        whom no targeted policy covers.
    setting_of
        Shape (people,), int32: for each row of `people` its row of `settings`.
    newly_reached
        This week's first-time reached: (person ids in order, lever), for targeted policies.
    """

    policies: Sequence[Policy]
    lever_base: Mapping[str, float]
    seed: int
    people: np.ndarray
    areas: tuple[str, ...] = HOME_AND_NEW
    groups: tuple[str, ...] = (EVERYONE_ELSE,)
    settings: np.ndarray = field(init=False)
    setting_of: np.ndarray = field(init=False)
    newly_reached: list[tuple[np.ndarray, str]] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        count = len(self.people)
        self._size = int(self.people["person"].max()) + 1 if count else 0
        del self.people
        self._base = unchanged_settings(self.lever_base)
        self.settings = self._base.copy()
        self.setting_of = np.zeros(count, dtype=np.int32)
        self._plain = True
        self._reached = {policy.lever: np.zeros(self._size, dtype=bool) for policy in self.policies if policy.targeted}
        self._tallies = [self._tally(policy) for policy in self.policies]

    def _tally(self, policy: Policy) -> _Tally:
        tally = _Tally(policy, read_whom(policy.whom, self.areas, self.groups))
        if policy.targeted:
            tally.ever = np.zeros(self._size, dtype=bool)
        if policy.covers is not None or policy.places is not None:
            tally.luck = coverage_luck(self.seed, policy.lever, self._size)
        if policy.places is not None and tally.luck is not None:
            # Equal luck is rare but certain among millions; the lower id then comes first, whatever the order of rows.
            tally.rank = np.empty(self._size, dtype=np.int64)
            tally.rank[np.argsort(tally.luck, kind="stable")] = np.arange(self._size)
            tally.holding = np.zeros(self._size, dtype=bool)
        return tally

    def freeze(self, states: Sequence[str]) -> None:
        """Freeze these states of everyone from now on: mechanisms that are switched off."""
        for name in states:
            self._base[f"freeze_{name}"] = 1.0
        self.settings = self._base.copy()
        self.setting_of[:] = 0
        self._plain = True

    def turn_to(self, week: int, people: np.ndarray, held: Sequence[Hold] = ()) -> None:
        """Make `settings`, `setting_of` and `newly_reached` those of lived week `week`, from the state at its start.

        `held` are the caps and freezes of experiments, each with the rows of `people` that it is on.
        """
        self.newly_reached = []
        acting = [tally for tally in self._tallies if tally.acts(week)]
        if not acting and not held:
            if not self._plain:
                self.settings = self._base.copy()
                self.setting_of[:] = 0
                self._plain = True
            return
        self._plain = False
        alive = people["alive"] != 0
        living = int(np.count_nonzero(alive))
        patterns: list[tuple[int, ...]] = [()]
        of_row = np.zeros(len(people), dtype=np.int64)
        for number, tally in enumerate(acting):
            tally.weeks += 1
            if not tally.policy.targeted:
                tally.people = max(tally.people, living)
                tally.person_weeks += living
                continue
            covered = self._covered(tally, people, alive)
            self._count(tally, covered, people["person"])
            of_row, patterns = _split(of_row, patterns, covered, number)
        for number, hold in enumerate(held, len(acting)):
            of_row, patterns = _split(of_row, patterns, hold.on, number)
        self.setting_of[:] = of_row
        self.settings = self._settings_of(acting, patterns, week)
        for row, pattern in enumerate(patterns):
            for number in pattern:
                if number >= len(acting):
                    held[number - len(acting)].apply(self.settings, row)

    def _covered(self, tally: _Tally, people: np.ndarray, alive: np.ndarray) -> np.ndarray:
        """Which rows of `people` the policy covers this week, shape (people,), of bool."""
        policy, ids = tally.policy, people["person"]
        eligible = np.asarray(holds(tally.rule, people) & alive)
        if policy.covers is not None and tally.luck is not None:
            return np.asarray(eligible & (tally.luck[ids] < policy.covers))
        if policy.places is None or tally.rank is None or tally.holding is None:
            return eligible
        covered = np.asarray(tally.holding[ids] & eligible)
        free = policy.places - int(np.count_nonzero(covered))
        waiting = np.flatnonzero(eligible & ~covered)
        if 0 < free < len(waiting):
            waiting = waiting[np.argpartition(tally.rank[ids[waiting]], free - 1)[:free]]
        if free > 0:
            covered[waiting] = True
        tally.holding[:] = False
        tally.holding[ids[covered]] = True
        tally.places_held += int(np.count_nonzero(covered))
        return covered

    def _count(self, tally: _Tally, covered: np.ndarray, ids: np.ndarray) -> None:
        """Add this week's people to what the policy has reached."""
        now = ids[covered]
        tally.person_weeks += len(now)
        if tally.ever is None or not len(now):
            return
        tally.people += len(now) - int(np.count_nonzero(tally.ever[now]))
        tally.ever[now] = True
        reached = self._reached[tally.policy.lever]
        new = now[~reached[now]]
        if len(new):
            reached[new] = True
            self.newly_reached.append((np.sort(new), tally.policy.lever))

    def _settings_of(self, acting: list[_Tally], patterns: list[tuple[int, ...]], week: int) -> np.ndarray:
        """One row of settings for each pattern, shape (patterns,)."""
        settings = np.repeat(self._base, len(patterns))
        everyone = {number for number, tally in enumerate(acting) if not tally.policy.targeted}
        for row, pattern in enumerate(patterns):
            together: dict[str, list[_Tally]] = {}
            for number in sorted(everyone.union(one for one in pattern if one < len(acting))):
                together.setdefault(acting[number].policy.lever, []).append(acting[number])
            for name, tallies in together.items():
                lever = LEVERS[name]
                value = combined([tally.policy for tally in tallies], self.lever_base[name], week)
                settings[name][row] = min(max(value, lever.low), lever.high)
                if not lever.low - 1e-12 <= value <= lever.high + 1e-12:
                    for tally in tallies:
                        tally.clipped = True
        return settings

    def covered(self) -> list[np.ndarray]:
        """Permanent ids of everyone whom each policy has covered so far, in the order of the scenario."""
        everyone = np.arange(self._size)
        return [
            np.flatnonzero(tally.ever) if tally.ever is not None else everyone[: self._size if tally.weeks else 0]
            for tally in self._tallies
        ]

    def reach(self) -> list[dict[str, Any]]:
        """What each policy has reached so far, in the order of the scenario.

        `people` counts those covered in any week, `person_weeks` the weeks, `places` is the mean number held in a week
        (None without places); `nobody` is true where nobody was met, `clipped` where the lever stood at its range's end.
        """
        return [
            {
                "lever": tally.policy.lever, "whom": tally.policy.whom, "people": tally.people,
                "person_weeks": tally.person_weeks,
                "places": None if tally.policy.places is None else tally.places_held / max(1, tally.weeks),
                "nobody": tally.people == 0, "clipped": tally.clipped,
            }
            for tally in self._tallies
        ]


def _split(
    of_row: np.ndarray, patterns: list[tuple[int, ...]], covered: np.ndarray, number: int
) -> tuple[np.ndarray, list[tuple[int, ...]]]:
    """Patterns told apart by one more policy, and the pattern of each row; only those that occur, and the first, are kept."""
    code = of_row + len(patterns) * covered
    present = np.bincount(code, minlength=2 * len(patterns)) > 0
    present[0] = True
    kept = np.flatnonzero(present)
    renumbered = np.cumsum(present) - 1
    both = [*patterns, *((*pattern, number) for pattern in patterns)]
    return renumbered[code], [both[each] for each in kept]
