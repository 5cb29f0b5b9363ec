"""A world recorded week by week: everybody's frame, every tie with its first and last week, and its history."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.classroom.frames import UNTIL_THE_END, Frame, Stage, frame_of, stage_of
from simulation import History, Scenario, World, simulate


@dataclass(frozen=True)
class Recording:
    """One world, from its start to its end.

    Attributes
    ----------
    stage
        Who is drawn where, by the ties of the first week.
    codes
        Everybody in each week, as `frames.Frame.codes`, row w after w weeks; shape (weeks + 1, people).
    ties
        One row a tie for as long as it lasts unchanged: `one, other, kind, first, until`, in weeks; `until` is the first week
        without it, `UNTIL_THE_END` where there is none. Shape (ties, 5), by `one`.
    history
        Its events, and everybody's state in the weeks asked for.
    """

    stage: Stage
    codes: np.ndarray
    ties: np.ndarray
    history: History


def record(
    plan: Scenario, seed: int, panel: Iterable[int] = (), progress: Callable[[int, int], Any] | None = None
) -> Recording:
    """Live a world and record it; the states of the weeks of `panel` are kept. `progress` is told week and weeks.

    Raises
    ------
    ScenarioError, ParameterError
        If the world cannot be lived.
    """
    stages: list[Stage] = []
    frames: list[Frame] = []

    def watch(world: World) -> None:
        if not frames:
            stages.append(stage_of(world))
        frames.append(frame_of(world))

    history = simulate(plan, seed=seed, panel=panel, threads=1, watch=watch, progress=progress)
    return Recording(stages[0], np.array([frame.codes for frame in frames]), spans_of([frame.ties for frame in frames]), history)


def spans_of(seen: list[np.ndarray]) -> np.ndarray:
    """Ties week by week, each of shape (ties, 3), as ties with the weeks through which each lasts; shape (ties, 5)."""
    since: dict[tuple[int, int, int], int] = {}
    spans = []
    for week, ties in enumerate(seen):
        now = set(map(tuple, ties.tolist()))
        for tie in [tie for tie in since if tie not in now]:
            spans.append((*tie, since.pop(tie), week))
        for tie in now:
            since.setdefault(tie, week)
    spans += [(*tie, first, UNTIL_THE_END) for tie, first in since.items()]
    return np.array(sorted(spans), dtype=np.int64).reshape(-1, 5)
