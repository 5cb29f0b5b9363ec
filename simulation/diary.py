"""The words of a life: every event that can be written, what it can say, and the one function that writes it."""

from __future__ import annotations

EVENTS = (
    "onset", "decided_gradually", "decided_suddenly", "lapse", "resolved", "relapse", "offence", "arrest", "conviction",
    "custody_start", "custody_end", "flag_on", "disclosed", "flag_off", "record_on", "record_off", "diagnosis_on",
    "diagnosis_off", "reached", "personal_recovery_on", "personal_recovery_off", "role_gained", "role_lost",
    "service_start", "service_end", "homeless_start", "homeless_end", "moved", "kin_estranged", "kin_reconciled",
    "tie_made", "tie_ended", "symptoms_on", "symptoms_off", "died",
)  # fmt: skip
"""Names of events, in the order of their numbers: append, never renumber."""

(
    ONSET, DECIDED_GRADUALLY, DECIDED_SUDDENLY, LAPSE, RESOLVED, RELAPSE, OFFENCE, ARREST, CONVICTION,
    CUSTODY_START, CUSTODY_END, FLAG_ON, DISCLOSED, FLAG_OFF, RECORD_ON, RECORD_OFF, DIAGNOSIS_ON,
    DIAGNOSIS_OFF, REACHED, PERSONAL_RECOVERY_ON, PERSONAL_RECOVERY_OFF, ROLE_GAINED, ROLE_LOST,
    SERVICE_START, SERVICE_END, HOMELESS_START, HOMELESS_END, MOVED, KIN_ESTRANGED, KIN_RECONCILED,
    TIE_MADE, TIE_ENDED, SYMPTOMS_ON, SYMPTOMS_OFF, DIED,
) = range(len(EVENTS))  # fmt: skip

OF_A_DOMAIN = (
    "onset", "decided_gradually", "decided_suddenly", "lapse", "resolved", "relapse", "service_start", "service_end",
)  # fmt: skip
"""Events that happen in one domain or another."""

DOMAIN_NAMES = ("", "use", "offending", "mental_health")
NO_DOMAIN, USE, OFFENDING, MENTAL_HEALTH = range(4)

CAUSES = (
    "", "gradual", "turning_point", "conduct", "police", "kin", "policy", "expiry", "professional", "both", "review",
    "chance", "custody", "age", "release", "sentence", "sealed", "stay_over", "in_trouble", "coerced", "own_choice",
    "in_a_problem", "recovery", "distance", "death", "met", "onset", "experiment",
)  # fmt: skip
(
    NO_CAUSE, GRADUAL, TURNING_POINT, CONDUCT, POLICE, KIN, POLICY, EXPIRY, PROFESSIONAL, BOTH, REVIEW,
    CHANCE, CUSTODY, AGE, RELEASE, SENTENCE, SEALED, STAY_OVER, IN_TROUBLE, COERCED, OWN_CHOICE,
    IN_A_PROBLEM, RECOVERY, DISTANCE, DEATH, MET, FIRST_ONSET, EXPERIMENT,
) = range(len(CAUSES))  # fmt: skip

ROLE_DETAILS = ("family", "work", "giving", "community")
FAMILY_ROLE, WORK_ROLE, GIVING_ROLE, COMMUNITY_ROLE = range(4)

TIE_KINDS = ("kin", "friend", "recovery_peer", "associate")
KIN_TIE, FRIEND, RECOVERY_PEER, ASSOCIATE = range(4)

COLUMNS = ("person", "event", "domain", "detail", "cause")
MOST_EVENTS_A_WEEK = 64
"""More than any person can write in one week, so that a page can never overflow."""


def note(book, person, event, domain, detail, cause, value):
    """Write one event into `book`: a page of whole numbers, shape (entries, 5), their values, and the count written."""
    page, values, written = book
    line = written[0]
    page[line, 0] = person.person
    page[line, 1] = event
    page[line, 2] = domain
    page[line, 3] = detail
    page[line, 4] = cause
    values[line] = value
    written[0] = line + 1
