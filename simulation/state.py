"""Everything known about a person, once: name, type, unit, range and meaning.

From this list come the columns (`STATE_DTYPE`, one row a person), the plain-Python view of one row (`PersonRow`), the
attributes of a `Person`, the checks that nobody leaves their range, and the reference page.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

NONE, ACTIVE, RECOVERING, LAPSED = 0, 1, 2, 3
"""Status in a domain: no problem; living in it (mental health: life ruled by illness); in recovery; in a lapse (crisis)."""

STATUS_NAMES = ("none", "active", "recovering", "lapsed")
DOMAINS = ("use", "offending", "mental_health")
ROLES = ("family", "work", "giving", "community")

NO_FLAG, JUSTIFIED, UNJUSTIFIED = 0, 1, 2
FLAG_NAMES = ("none", "justified", "unjustified")
SERVICE_NAMES = ("none", *DOMAINS)

HOME_AREA, NEW_AREA = 0, 1

GIVEN_TIES = ("none", "well", "recovering_a_year", "newly_recovering", "in_a_problem")
GIVEN_NONE, GIVEN_WELL, GIVEN_MODEL, GIVEN_NEW, GIVEN_PROBLEM = 0, 1, 2, 3, 4
"""Ties that only an experiment gives: to somebody beyond the world's own people, who stays as they are."""


@dataclass(frozen=True)
class Field:
    """One thing known about a person.

    `kind` is "state" (lived week by week), "trait" (fixed), "derived" (worked out from the others at the end of each week,
    kept for readers) or "total" (running total since week 0).
    """

    name: str
    type: str
    unit: str
    low: float
    high: float
    means: str
    kind: str = "state"
    words: tuple[str, ...] = ()


def _share(name: str, means: str, kind: str = "state") -> Field:
    return Field(name, "f8", "0-1", 0.0, 1.0, means, kind)


def _bit(name: str, means: str, kind: str = "state") -> Field:
    return Field(name, "i1", "yes/no", 0, 1, means, kind)


def _weeks(name: str, means: str, kind: str = "state") -> Field:
    return Field(name, "i4", "weeks", 0, math.inf, means, kind)


def _count(name: str, means: str, kind: str = "total") -> Field:
    return Field(name, "i4", "count", 0, math.inf, means, kind)


def _sd(name: str, means: str) -> Field:
    return Field(name, "f8", "sd", -math.inf, math.inf, means, "trait")


FIELDS: tuple[Field, ...] = (
    Field("person", "i4", "id", 0, math.inf, "permanent number, from 0", "trait"),
    Field("use", "i1", "status", 0, 3, "status in substance use", words=STATUS_NAMES),
    Field("offending", "i1", "status", 0, 3, "status in offending", words=STATUS_NAMES),
    Field("mental_health", "i1", "status", 0, 3, "status in mental health", words=STATUS_NAMES),
    Field("weeks_use", "f8", "weeks", 0, math.inf, "recovery time others believe, substance use"),
    Field("weeks_offending", "f8", "weeks", 0, math.inf, "recovery time others believe, offending"),
    Field("weeks_mental_health", "f8", "weeks", 0, math.inf, "recovery time others believe, mental health"),
    _weeks("lapse_weeks_use", "whole weeks since the lapse, while in a lapse of substance use"),
    _weeks("lapse_weeks_offending", "whole weeks since the lapse, while in a lapse of offending"),
    _weeks("lapse_weeks_mental_health", "whole weeks since the crisis began, while in one"),
    _share("identity", "seeing oneself as more than a problem or a patient"),
    _share("coherence", "agreement of one's own and others' view of oneself"),
    _share("hope", "agency, self-confidence, a future self that can be imagined"),
    _share("self_stigma", "stigma turned on oneself"),
    _share("anticipated_stigma", "waiting for the good time to end"),
    _share("distress", "acute fear, anxiety, crisis"),
    _bit("family", "holds a family role"),
    _bit("work", "holds a work role"),
    _bit("giving", "holds a giving role: peer supporter, expert by experience, volunteer"),
    _bit("community", "holds a community role"),
    _share("weight_family", "how much a family role means to the person", "trait"),
    _share("weight_work", "how much work means to the person", "trait"),
    _share("weight_giving", "how much giving means to the person", "trait"),
    _share("weight_community", "how much a community role means to the person", "trait"),
    _bit("symptoms", "has clinical symptoms, apart from status in mental health"),
    _bit("record", "has an official record that is not sealed"),
    _weeks("record_age", "weeks since the last conviction, while there is a record"),
    _count("prior_convictions", "convictions so far", "state"),
    Field("flag", "i1", "flag", 0, 2, "police flag: person of interest", words=FLAG_NAMES),
    _weeks("flag_weeks", "whole weeks since the flag was raised"),
    Field("flag_officer", "f8", "0-1", 0.0, 1.0, "rank of the officer who handles the flag: the lowest are the first to be just"),
    _bit("disclosed", "has told kin of the flag"),
    _bit("diagnosis", "carries a diagnosis as a label"),
    _weeks("custody_left", "weeks of custody left; 0 is free"),
    _bit("ever_released", "has been released from custody"),
    _weeks("weeks_since_release", "weeks since release, once released"),
    _share("visited", "how far kin could visit during the last stay in custody"),
    _bit("homeless", "is homeless"),
    Field("area", "i4", "area", 0, math.inf, "where the person lives: 0 home, 1 the new area, then the scenario's own"),
    Field("service", "i1", "service", 0, 3, "in a service, and for which domain", words=SERVICE_NAMES),
    Field("service_quality", "f8", "quality", -1.0, 1.0, "quality of that service: -1 obstructs, +1 helps"),
    _bit("coerced", "was made to enter that service"),
    _bit("upheaval", "a lapse, relapse, arrest, release or onset of symptoms since distress last moved"),
    Field("age", "f8", "years", 0.0, 130.0, "age"),
    _bit("woman", "is a woman", "trait"),
    Field("population_group", "i4", "group", 0, math.inf, "population group, defined by the scenario", "trait"),
    _sd("frailty", "liability common to all domains"),
    _sd("frailty_use", "liability of its own in substance use"),
    _sd("frailty_offending", "liability of its own in offending"),
    _sd("frailty_mental_health", "liability of its own in mental health"),
    _sd("offence_frailty", "how often this person offends while active, against others"),
    _sd("skills", "skills that help in finding roles"),
    _share("shame_proneness", "how prone to shame", "trait"),
    _share("kin_resource", "means and standing of this person to help kin", "trait"),
    _share("intolerance", "how intolerant of labels this person is of others", "trait"),
    Field("resistance", "f8", "0-1", 0.0, 0.5, "exposure below which a person who resists labels is untouched", "trait"),
    Field("group_bias", "f8", "factor", 0.0, 10.0, "factor of the population group on flags without cause", "trait"),
    _bit("group_marked", "is of a group that employers who see no records discriminate against", "trait"),
    Field("given_kind", "i1", "tie", 0, 4, "kind of the ties that an experiment has given", words=GIVEN_TIES),
    Field("given_count", "i4", "ties", -7, 7, "how many of them; below zero, taken away"),
    Field("years_active", "f8", "years", 0.0, math.inf, "years active before week 0", "trait"),
    _bit("own_experience", "had own experience of a problem at the start", "trait"),
    _bit("alive", "is alive"),
    _bit("personal_recovery", "is in personal recovery, whatever the symptoms"),
    _weeks("weeks_flourishing", "weeks in a row with identity, hope and roles above the marks of personal recovery"),
    _share("social_capital", "support the person can draw on", "derived"),
    _share("label_weight", "weight of the labels others can see", "derived"),
    _share("exposure", "exposure to public stigma", "derived"),
    Field("sustained", "f8", "weeks", 0, math.inf, "least recovery time over own domains", "derived"),
    _share("shame", "shame", "derived"),
    _share("regard", "how others are seen to see one", "derived"),
    _share("involvement", "share of what is meaningful that is held in roles", "derived"),
    Field("supporters", "f8", "ties", 0, math.inf, "weighted number of supporters", "derived"),
    _share("share_active_use", "share of ties in trouble with substance use", "derived"),
    _share("share_active_offending", "share of ties active or lapsed in offending", "derived"),
    _share("share_active_mental_health", "share of ties in trouble with mental health", "derived"),
    _share("role_models", "ties a year or more into recovery, as a share of those that give full effect", "derived"),
    Field("in_need", "f8", "ties", 0, math.inf, "ties who need help, as far as they count", "derived"),
    _share("kin_voice", "voice of close kin, by their means and standing", "derived"),
    Field("ties_recovering", "f8", "ties", 0, 17, "living ties, close kin included, who are in recovery", "derived"),
    Field("kin_close", "i4", "ties", 0, 3, "living kin not estranged", "derived"),
    Field("degree", "i4", "ties", 0, 17, "living ties, kin included", "derived"),
    _count("count_decisions", "decisions to change"),
    _count("count_lapses", "lapses"),
    _count("count_relapses", "relapses"),
    _count("count_offences", "weeks with an offence"),
    _count("count_arrests", "arrests"),
    _count("count_convictions", "convictions"),
    _count("count_flags", "flags"),
    _count("count_unjustified_flags", "flags without cause"),
    _weeks("weeks_custody", "weeks in custody", "total"),
    _weeks("weeks_homeless", "weeks homeless", "total"),
    _weeks("weeks_flagged", "weeks with a flag", "total"),
    _weeks("weeks_service", "weeks in a service", "total"),
    _weeks("weeks_personal_recovery", "weeks in personal recovery", "total"),
    _weeks("weeks_roles", "role-weeks held: the number of roles held, summed over weeks", "total"),
    Field("sum_distress", "f8", "weeks", 0, math.inf, "distress summed over weeks", "total"),
    _weeks("weeks_role_blocked", "role draws that failed under a label and would not have failed without it", "total"),
)

_SET_WITHIN: dict[str, tuple[float, float]] = {
    "weeks": (0, 5_200), "count": (0, 10_000), "sd": (-10.0, 10.0), "years": (0.0, 80.0),
}  # fmt: skip
"""What an experiment may set where a field has no end of its own, by unit."""


def ends_to_set(field: Field) -> tuple[float, float]:
    """Least and greatest value that an experiment may give to a field: its own range, or a finite part of it."""
    if field.name == "age":
        return 18.0, 100.0
    low, high = _SET_WITHIN.get(field.unit, (field.low, field.high))
    return max(low, field.low), min(high, field.high)


FIELD: dict[str, Field] = {field.name: field for field in FIELDS}

STATE_DTYPE = np.dtype([(field.name, field.type) for field in FIELDS], align=True)
"""One row a person."""

TOTALS = tuple(field.name for field in FIELDS if field.kind == "total")
TRAITS = tuple(field.name for field in FIELDS if field.kind == "trait")


STATE_NAMES = tuple(field.name for field in FIELDS)


class PersonRow:
    """One row as plain Python numbers, so that the rule can be lived without Numba."""

    __slots__ = STATE_NAMES


def read_rows(people: np.ndarray) -> list[PersonRow]:
    """Rows of `people`, shape (people,), as plain Python objects, in the same order."""
    rows = []
    for values in people.tolist():
        row = PersonRow()
        for name, value in zip(STATE_NAMES, values, strict=True):
            setattr(row, name, value)
        rows.append(row)
    return rows


def write_rows(rows: list[PersonRow], people: np.ndarray) -> None:
    """Write plain rows back into `people`, shape (people,), in the same order."""
    people[:] = np.array([tuple(getattr(row, name) for name in STATE_NAMES) for row in rows], dtype=STATE_DTYPE)
