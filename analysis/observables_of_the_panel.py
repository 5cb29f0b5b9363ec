"""What is read from everybody's state every few weeks: comfort found again after a flag, and which label kept roles shut."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

import numpy as np

from analysis.declaring import EVERYONE, QUARTER, WEEKS, WITH_A_PROBLEM, YEAR, Unit, declare, declare_of_each
from analysis.observables_of_the_self import comfort
from analysis.outcomes import Outcome
from analysis.stretch import Stretch

EVERY = 4
"""Weeks between states, at most."""

LEAST_FALL = 0.05
"""A fall of comfort by less than this is that of any week."""

LABELS = ("flag", "record", "diagnosis")
SEVERAL = "several"


def _weeks_to_half_comfort(stretch: Stretch) -> tuple[np.ndarray, np.ndarray]:
    """For each flag after which comfort fell: its person, and the weeks until half of the fall is made good, 52 at most.

    The fall is from the last state before the flag to the lowest within 13 weeks of it; the lowest week and later ones count.
    """
    lives = stretch.lives
    at = np.array(list(stretch.snapshots))
    alive = at[:, None] <= lives.died[None, :]
    felt = np.where(alive, np.stack([comfort(state) for state in stretch.snapshots.values()]), np.nan)
    weeks, persons = lives.when("flag_on")
    followed = weeks + YEAR <= stretch.weeks
    weeks, persons = weeks[followed], persons[followed]
    since = at[:, None] - weeks[None, :]
    before = felt[np.searchsorted(at, weeks, side="right") - 1, persons]
    after = np.where(since > 0, felt[:, persons], np.nan)
    soon = np.where(since <= QUARTER, after, np.inf)
    lowest = np.nanmin(np.where(np.isnan(soon), np.inf, soon), axis=0, initial=np.inf)
    fell = np.isfinite(lowest) & (before - lowest >= LEAST_FALL)
    from_then = np.arange(len(at))[:, None] >= (soon == lowest).argmax(axis=0)
    back = from_then & (since <= YEAR) & (after >= (before + lowest) / 2)
    found = np.where(back.any(axis=0), at[back.argmax(axis=0)] - weeks, YEAR)
    return persons[fell], found[fell]


def blocked_under(stretch: Stretch) -> dict[str, np.ndarray]:
    """Weeks in which a label kept a role shut, by the label that was carried, shape (people,) each; they add up to all.

    Under one kind of label alone where that was the one carried in every week with a label between two states; else "several".
    """
    lives, weeks = stretch.lives, list(stretch.snapshots)
    # Roles are drawn after flags and seals of the week, before its convictions and diagnoses.
    record = lives.record[:-1].copy()
    record[lives.when("record_off")] = 0
    carried = (lives.flagged[1:] == 1, record == 1, lives.diagnosis[:-1] == 1)
    code = np.sum([held.astype(np.int8) << place for place, held in enumerate(carried)], axis=0)
    found = {name: np.zeros(lives.people) for name in (*LABELS, SEVERAL)}
    totals = [state["weeks_role_blocked"] for state in stretch.snapshots.values()]
    for part, (first, last) in enumerate(pairwise(weeks)):
        blocked = totals[part + 1] - totals[part]
        most = code[first:last].max(axis=0)
        one_kind = ((code[first:last] == most) | (code[first:last] == 0)).all(axis=0)
        left = blocked.astype(float)
        for place, name in enumerate(LABELS):
            theirs = np.where(one_kind & (most == 1 << place), left, 0.0)
            found[name] += theirs
            left = left - theirs
        found[SEVERAL] += left
    return found


_UNDER = {
    "flag": "a police flag was carried, and no other label",
    "record": "a record was carried, and no other label",
    "diagnosis": "a diagnosis was carried, and no other label",
    SEVERAL: "labels of several kinds were carried, or of different kinds between one state and the next, or none that is seen",
}

PANELS: tuple[Outcome, ...] = (
    declare_of_each(
        "weeks_to_half_comfort", Unit("weeks per flag"), "lower", EVERYONE, _weeks_to_half_comfort,
        "weeks from when a flag is raised until half of what comfort fell by is made good, 52 at most; comfort falls from the "
        "last state before the flag to the lowest within 13 weeks of it; of flags after which it fell by 0.05 or more",
        "events flag_on and states every 4 weeks; restricted mean: Royston and Parmar (2013), BMC Med Res Methodol 13:152",
        censoring="flags are counted of which 52 weeks are part of the stretch, so that none is censored; whoever dies within "
        "them counts as not recovered; of flags carried when the stretch begins no earlier state is known",
        shortest=YEAR, every=EVERY,
    ),
    *(
        declare(
            f"weeks_role_blocked_by_{name}", WEEKS, "lower", WITH_A_PROBLEM,
            partial(lambda stretch, name: blocked_under(stretch)[name], name=name),
            f"weeks in which a role would have been gained but for the barrier of a label, under the same luck, while {means}; "
            "the four add up to `weeks_role_blocked`",
            "total weeks_role_blocked in states every 4 weeks, and events flag_on, flag_off, record_on, record_off, diagnosis_on",
            every=EVERY,
        )
        for name, means in _UNDER.items()
    ),
)  # fmt: skip
