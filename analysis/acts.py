"""What a policy did, beside whom it covers: flags ended, records sealed, people moved, where the events of a world say so.

A lever that makes something likelier (work, a giving role, leaving homelessness) leaves no event of its own: which of them it
brought about cannot be told in one world, only from two. Such levers are not here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from simulation.diary import CAUSES, EVENTS


@dataclass(frozen=True)
class Act:
    """Events by which a lever is seen to act: their kind, their causes, and what to call many of them."""

    event: str
    causes: tuple[str, ...]
    means: str


_BY_AN_ALLY = Act("flag_off", ("professional", "both"), "flags ended because an ally stood by")

ACTS: dict[str, Act] = {
    "flag_once": Act("flag_on", ("policy",), "flags raised"),
    "review_date": Act("flag_off", ("review",), "flags ended on their review date"),
    "independent_advocate": _BY_AN_ALLY,
    "just_officers": _BY_AN_ALLY,
    "seal_records": Act("record_off", ("sealed",), "records sealed"),
    "relocation": Act("moved", ("policy",), "moves to a new area"),
    "coercion": Act("service_start", ("coerced",), "stays in a service begun under coercion"),
}
"""By lever. Allies are a service that helps, a just officer or an advocate, whoever spoke."""


def count_acts(policies: Any, world: Any) -> list[int | None]:
    """How often each of a world's policies was seen to act on those whom it covers; None where its lever leaves no such event.

    Counted over all weeks that are lived while the policy is in force. The world must hold its events.
    """
    return [_count(policy, world.columns, ids) for policy, ids in zip(policies, world.covered, strict=True)]


def _count(policy: Any, happened: Any, covered: np.ndarray) -> int | None:
    act = ACTS.get(policy.lever)
    if act is None:
        return None
    of_kind = happened.event == EVENTS.index(act.event)
    of_cause = np.isin(happened.cause, [CAUSES.index(cause) for cause in act.causes])
    in_force = (happened.week >= policy.start) & (policy.until is None or happened.week < policy.until)
    return int(np.count_nonzero(of_kind & of_cause & in_force & np.isin(happened.person, covered)))
