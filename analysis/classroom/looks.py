"""How people and ties look in the classroom: words, colours and shapes, once, for Python and for the pages alike.

Colours are those of Okabe and Ito (2008), "Color Universal Design", as in all figures; each status has a shape of its own
too, and each shape an outline, so that nothing rests on colour alone.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from analysis.figures import BLUE, GREEN, INK, ORANGE, PURPLE, SKY, VERMILION
from analysis.figures_lives import CUSTODY, DEAD, STATUS_LOOKS
from simulation.state import ACTIVE, LAPSED, NONE, RECOVERING


@dataclass(frozen=True)
class Look:
    """How one thing looks: its number in a frame, words, meaning, colours on light and on dark ground, and shape."""

    code: int
    key: str
    words: str
    means: str
    light: str
    dark: str
    shape: str


def _status(code: int, key: str, means: str, dark: str, shape: str) -> Look:
    words, light = STATUS_LOOKS[code]
    return Look(code, key, words, means, light, dark, shape)


STATUSES: tuple[Look, ...] = (
    _status(RECOVERING, "recovering", "has decided, and lives it; in mental health, with symptoms or without", SKY, "circle"),
    _status(LAPSED, "lapsed", "a brief return, or a crisis in mental health, from which a person recovers or relapses", ORANGE,
            "triangle"),
    _status(ACTIVE, "active", "living in the problem, in at least one part of life", VERMILION, "square"),
    _status(CUSTODY, "custody", "in prison", "#c9cdd2", "bars"),
    _status(NONE, "none", "never had a problem of their own", "#59626c", "dot"),
    _status(DEAD, "died", "has died", "#1d2329", "hollow"),
)  # fmt: skip
"""The worst of a person's domains; in custody and no longer alive come before any other."""

DEAD_CODE = DEAD
"""Number of the status of whoever has died."""

NO_LABEL, PAPERS, WITH_CAUSE, WITHOUT_CAUSE = 0, 1, 2, 3
LABELS: tuple[Look, ...] = (
    Look(PAPERS, "papers", "with a record or diagnosis", "an official mark that others can see", INK, "#e4e8ec", "thin"),
    Look(WITH_CAUSE, "with_cause", "flagged with cause", "a person of interest to the police, by conduct now", "#a8488a", PURPLE,
         "dashed"),
    Look(WITHOUT_CAUSE, "without_cause", "flagged without cause",
         "a person of interest to the police, for nothing that they have done", "#a3216f", "#ff9ad5", "thick"),
)  # fmt: skip
"""Rings around a person: a flag comes before a record or a diagnosis."""

FLOURISHING, HOMELESS = 32, 64
MORE: tuple[Look, ...] = (
    Look(FLOURISHING, "flourishing", "in personal recovery",
         "a life of one's own making, for half a year: identity, hope and roles", "#ffffff", "#1d2329", "core"),
)  # fmt: skip
"""What else is drawn on a person; `code` is the bit of a frame's byte that says it."""

KIN, ESTRANGED, FRIEND, PEER, ASSOCIATE = 0, 1, 2, 3, 4
TIES: tuple[Look, ...] = (
    Look(KIN, "kin", "kin", "close family", INK, "#e4e8ec", "solid"),
    Look(ESTRANGED, "estranged", "kin, estranged", "close family, while the tie is broken", INK, "#e4e8ec", "dotted"),
    Look(FRIEND, "friend", "friend", "a friend", "#7b8690", "#8f9aa5", "solid"),
    Look(PEER, "recovery_peer", "peer in recovery", "somebody in recovery too", GREEN, "#35c79a", "solid"),
    Look(ASSOCIATE, "associate", "associate", "somebody from a life with a problem", VERMILION, "#f08a4b", "dashed"),
)  # fmt: skip

WORLDS: tuple[tuple[str, str], ...] = ((BLUE, "#6db6e8"), ("#b34700", "#f5a35c"))
"""Colour of the curve of either world, on light and on dark ground."""

STATUS_BITS, LABEL_SHIFT, LABEL_BITS = 7, 3, 3
"""How one byte holds a person in a frame: three bits of status, two of label, then `FLOURISHING` and `HOMELESS`."""


def looks() -> dict[str, Any]:
    """All of it as plain data, for the page."""
    return {
        "statuses": [asdict(look) for look in STATUSES],
        "labels": [asdict(look) for look in LABELS],
        "more": [asdict(look) for look in MORE],
        "ties": [asdict(look) for look in TIES],
        "worlds": [{"light": light, "dark": dark} for light, dark in WORLDS],
        "bits": {
            "status": STATUS_BITS, "labelShift": LABEL_SHIFT, "label": LABEL_BITS, "flourishing": FLOURISHING,
            "homeless": HOMELESS,
        },
    }  # fmt: skip
