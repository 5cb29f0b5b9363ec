"""Many worlds of one people and one luck, lived through the run store: what is incomplete or wrong is said, never used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analysis.ensemble import Progress, Ran
from analysis.outcomes import Outcome
from analysis.pairing import WEEKS_A_YEAR, Question, first_difference
from analysis.pools import Pool
from analysis.sets import KEEP, live_sets
from analysis.store import RunStore
from analysis.worlds import Numbers, Task
from simulation import simulate
from simulation.errors import ComparisonError, Problem, WorldError


def live_arms(
    question: Question,
    tasks: Sequence[Task],
    store: RunStore,
    pool: Pool,
    progress: Progress | None = None,
    keep: str = KEEP[0],
) -> tuple[list[Numbers], Ran]:
    """The numbers of each set of worlds, and what came of the run; sets of which a world failed are left out.

    `keep` is what is kept of each world, as `compare` takes it.

    Raises
    ------
    WorldError
        If no set at the default assumptions is complete, or worlds that should be the same until the policy starts are not.
    OutputError
        If the store cannot be written.
    """
    numbers, ran = live_sets(question, tasks, store, pool, keep, progress)
    check_complete([found for found in numbers if found.task.draw is None], ran)
    check_identical(question, numbers)
    return numbers, ran


LOOKED_AT = 3
"""In how many worlds somebody of the primary group is looked for."""


def check_anybody(question: Question, seeds: Sequence[int], outcome: Outcome | None = None) -> None:
    """Nothing where anybody belongs to the primary group in the first week that is judged, and is at risk of `outcome`.

    The first few base worlds are lived up to that week only, so that a question about nobody is told before all worlds are lived.

    Raises
    ------
    ComparisonError
        Where nobody does.
    """
    short = replace(question.base, years=max(1, question.first_week) / WEEKS_A_YEAR)
    somebody = False
    for seed in seeds[:LOOKED_AT]:
        world = simulate(short, seed=seed, panel=(question.first_week,), events=False)
        start = world.snapshots[question.first_week]
        members = question.group.members(start)
        somebody = somebody or bool(members.any())
        if (members if outcome is None else members & outcome.at_risk(start)).any():
            return
    if somebody and outcome is not None:
        raise ComparisonError(
            Problem(f"outcome {outcome.id!r}", f"nobody of {question.whom} is at risk of it in week {question.first_week}",
                    f"an outcome that can happen to somebody then ({outcome.whom})", "ask of another outcome, or another group")
        )  # fmt: skip
    starts = {
        label: week for label, other in zip(question.labels, question.others, strict=True)
        if (week := first_difference(question.base, other)) is not None
    }  # fmt: skip
    early = [label for label, week in starts.items() if week == question.first_week]
    later = [week for week in starts.values() if week > question.first_week]
    why = f", the first in which {' and '.join(early)} can differ from {question.base.name}" if early else ""
    todo = "declare another [primary] group, or let the policy begin later"
    if early and later:
        todo = f"compare {' and '.join(early)} alone; the others begin in week {min(later)}, and are judged from there"
    raise ComparisonError(
        Problem(
            f"[primary] group {question.group.name!r}", f"nobody in week {question.first_week}{why}",
            "a group that somebody belongs to by then", todo,
        )
    )  # fmt: skip


def check_complete(sets: Sequence[object], ran: Ran) -> None:
    """Nothing where some set of worlds is complete, or none failed. Raises WorldError otherwise, with the first failure."""
    if sets or not ran.failed:
        return
    first = ran.failed[0].content
    raise WorldError(
        f"no set of worlds is complete, since {len(ran.failed):,} failed; the first ({first['told']}): "
        f"{first['message'] or first['error']}. Worlds that were finished are kept, and the same command tries the others again"
    )


def check_identical(question: Question, numbers: Sequence[Numbers]) -> None:
    """Nothing where all worlds of each set agree until the first policy starts. Raises WorldError otherwise."""
    for found in numbers:
        for label, same in found.identical.items():
            if not same:
                raise WorldError(
                    f"{question.base.name} and {label} differ before week {question.first_week}, when the first policy that "
                    f"tells them apart starts (seed {found.task.seed}, draw {found.task.draw}): nothing was computed"
                )


def failures_in_words(ran: Ran) -> list[str]:
    """A note on worlds that failed; none where none did."""
    if not ran.failed:
        return []
    first, count = ran.failed[0].content, len(ran.failed)
    return [
        (f"{count} world{'' if count == 1 else 's'} failed, and the sets of worlds that they belong to are left out of every "
         f"figure. The first ({first['told']}): {first['message'] or first['error']}. `recovery runs list --all` names each.")
    ]
