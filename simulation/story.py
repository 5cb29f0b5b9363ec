"""One life in plain words: what happened to a person, week by week, as sentences anyone can read.

Every event has its words here, once. Everyday events of a network (a tie made or ended) are told as a count, so that what
matters in a life stands out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from simulation.state import ACTIVE, DOMAINS, LAPSED, RECOVERING, ROLES

DOMAIN_WORDS = {"use": "substance use", "offending": "offending", "mental_health": "mental health"}
ROLE_WORDS = {
    "family": "a role in the family",
    "work": "work",
    "giving": "a giving role, helping others",
    "community": "a role in the community",
}
SERVICE_WORDS = {
    "use": "a service for substance use",
    "offending": "a service for desistance",
    "mental_health": "a mental-health service",
}
TIE_WORDS = {"kin": "kin", "friend": "a friend", "recovery_peer": "a peer in recovery", "associate": "an associate"}
FLAG_OFF_WORDS = {
    "expiry": "by itself",
    "kin": "because kin spoke up",
    "professional": "because an ally stood by",
    "both": "because kin and an ally spoke up together",
    "review": "on its review date",
}
ROLE_LOST_WORDS = {"custody": ", on going into custody", "age": ", on reaching pension age"}
FLAG_ON_WORDS = {
    "police": " by police",
    "kin": ", through a flag on kin",
    "conduct": "",
    "policy": ", as the scenario has it",
}
STATUS_WORDS = {
    "use": {
        ACTIVE: "active in substance use", RECOVERING: "in recovery from substance use", LAPSED: "in a lapse of substance use",
    },
    "offending": {
        ACTIVE: "active in offending", RECOVERING: "desisting from offending", LAPSED: "in a lapse of offending",
    },
    "mental_health": {
        ACTIVE: "with a life ruled by illness", RECOVERING: "living a life in recovery in mental health",
        LAPSED: "in a crisis of mental health",
    },
}  # fmt: skip
EVERYDAY = ("tie_made", "tie_ended")
"""Events told as a count and not one by one."""


def tell(events_of_person: pd.DataFrame, start_row: Mapping[str, Any], end_row: Mapping[str, Any]) -> list[str]:
    """A person's life in sentences, in order: who they were at the start, each event with its week, who they are at the end.

    Parameters
    ----------
    events_of_person
        That person's events, one row each: `week, event, domain, detail, cause, value`, in week order.
    start_row, end_row
        Everything known of the person at the first and at the last week, by name of the state.
    """
    return [
        f"At the start: {describe(start_row)}.",
        *event_lines(events_of_person),
        *ties_line(events_of_person),
        f"At the end: {describe(end_row)}.",
    ]


def event_lines(events: pd.DataFrame) -> list[str]:
    """A sentence for each event, in order, with its week; offences with nothing else between them are told together."""
    lines: list[str] = []
    run: list[int] = []
    for event in events.to_dict("records"):
        if event["event"] in EVERYDAY:
            continue
        if event["event"] == "offence":
            run.append(int(event["week"]))
            continue
        lines += _offences(run)
        run = []
        lines.append(f"{week_words(event['week'])}: {event_words(event)}.")
    return lines + _offences(run)


def _offences(weeks: list[int]) -> list[str]:
    if not weeks:
        return []
    if len(weeks) == 1:
        return [f"{week_words(weeks[0])}: an offence."]
    return [f"Weeks {weeks[0]} to {weeks[-1]} (from year {weeks[0] // 52 + 1}): {len(weeks)} weeks with an offence."]


def week_words(week: int) -> str:
    """A lived week as people count: "Week 56 (year 2)"."""
    return f"Week {int(week)} (year {int(week) // 52 + 1})"


def describe(row: Mapping[str, Any]) -> str:
    """Who a person is at one moment, as one phrase."""
    if not row["alive"]:
        return f"died at {float(row['age']):.0f}"
    parts = [f"a {'woman' if row['woman'] else 'man'} of {float(row['age']):.0f}", _statuses(row)]
    roles = [ROLE_WORDS[role] for role in ROLES if row[role]]
    parts.append(f"with {_joined(roles)}" if roles else "with no role")
    parts += _circumstances(row)
    scales = ", ".join(f"{name} {float(row[name]):.2f}" for name in ("identity", "hope"))
    return "; ".join([", ".join(parts), f"{scales}, self-stigma {float(row['self_stigma']):.2f}"])


def event_words(event: Mapping[str, Any]) -> str:
    """One event in plain words, without its week or full stop."""
    words = _WORDS[event["event"]]
    return words(event) if callable(words) else words


def _statuses(row: Mapping[str, Any]) -> str:
    found = []
    for domain in DOMAINS:
        status = int(row[domain])
        if status:
            words = STATUS_WORDS[domain][status]
            found.append(f"{words} for {_weeks(row[f'weeks_{domain}'])}" if status == RECOVERING else words)
    return _joined(found) if found else "without a problem of their own"


def _circumstances(row: Mapping[str, Any]) -> list[str]:
    found = []
    if row["custody_left"] > 0:
        found.append("in custody")
    if row["homeless"]:
        found.append("homeless")
    if row["record"]:
        found.append("with a record")
    if row["diagnosis"]:
        found.append("with a diagnosis as a label")
    if row["flag"]:
        found.append("flagged with cause" if row["flag"] == 1 else "flagged without cause")
    if row["personal_recovery"]:
        found.append("in personal recovery")
    return found


def ties_line(events: pd.DataFrame) -> list[str]:
    """One sentence on the ties made and ended over all events, none where there were none."""
    made = int((events["event"] == "tie_made").sum())
    ended = int((events["event"] == "tie_ended").sum())
    if made + ended == 0:
        return []
    return [f"Over these weeks: {_many(made, 'tie')} made and {_many(ended, 'tie')} ended."]


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _weeks(weeks: float) -> str:
    return "a week" if round(weeks) == 1 else f"{round(weeks)} weeks"


def _joined(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def _domain(event: Mapping[str, Any]) -> str:
    return DOMAIN_WORDS[event["domain"]]


def _decided(how: str) -> Callable[[Mapping[str, Any]], str]:
    def words(event: Mapping[str, Any]) -> str:
        if event["domain"] == "mental_health":
            return f"decided, {how}, to live a life in recovery"
        return f"decided, {how}, to leave {_domain(event)} behind"

    return words


def _lapse(event: Mapping[str, Any]) -> str:
    # What others believe of a recovery, which a lapse halves: not the weeks since the last one.
    held = f", {_weeks(event['value'])} of recovery behind them as others count it" if event["value"] >= 1 else ""
    if event["domain"] == "mental_health":
        return f"went into a crisis in mental health{held}"
    return f"lapsed in {_domain(event)}{held}"


def _relapse(event: Mapping[str, Any]) -> str:
    if event["domain"] == "mental_health":
        return "the crisis became a relapse: life was ruled by illness again"
    return f"the lapse became a relapse, a full return to {_domain(event)}"


def _resolved(event: Mapping[str, Any]) -> str:
    return "the crisis passed" if event["domain"] == "mental_health" else f"the lapse in {_domain(event)} passed"


def _onset(event: Mapping[str, Any]) -> str:
    return f"a problem with {_domain(event)} began"


def _custody_start(event: Mapping[str, Any]) -> str:
    return f"sentenced to custody, {_weeks(event['value'])}"


def _flag_on(event: Mapping[str, Any]) -> str:
    kind = (
        "flagged with cause"
        if event["cause"] == "conduct" or event["detail"] == "justified"
        else "flagged without cause"
    )
    return kind + FLAG_ON_WORDS.get(event["cause"], "")


def _flag_off(event: Mapping[str, Any]) -> str:
    after = f" after {_weeks(event['value'])}" if event["value"] >= 1 else ""
    return f"the flag ended{after}, {FLAG_OFF_WORDS.get(event['cause'], 'by itself')}"


def _reached(event: Mapping[str, Any]) -> str:
    return f"reached by a policy ({str(event['detail']).replace('_', ' ')})"


def _by_experiment(event: Mapping[str, Any]) -> str:
    """That an experiment did it, where one did."""
    return ", by an experiment" if event["cause"] == "experiment" else ""


def _role_lost(event: Mapping[str, Any]) -> str:
    return f"lost {ROLE_WORDS[event['detail']]}{ROLE_LOST_WORDS.get(event['cause'], _by_experiment(event))}"


def _service_start(event: Mapping[str, Any]) -> str:
    entered = "was made to enter" if event["cause"] == "coerced" else "entered"
    quality = " that helps" if event["value"] > 0.05 else " that obstructs" if event["value"] < -0.05 else ""
    return f"{entered} {SERVICE_WORDS[event['domain']]}{quality}"


def _service_end(event: Mapping[str, Any]) -> str:
    return f"left {SERVICE_WORDS[event['domain']]}" + (", on going into custody" if event["cause"] == "custody" else "")


def _homeless_end(event: Mapping[str, Any]) -> str:
    return "no longer homeless" + (", on going into custody" if event["cause"] == "custody" else "")


def _tie(verb: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda event: f"{verb} {TIE_WORDS.get(event['detail'], 'someone')}"


_WORDS: dict[str, str | Callable[[Mapping[str, Any]], str]] = {
    "onset": _onset,
    "decided_gradually": _decided("over time"),
    "decided_suddenly": _decided("at a turning point"),
    "lapse": _lapse,
    "resolved": _resolved,
    "relapse": _relapse,
    "offence": "an offence",
    "arrest": "arrested",
    "conviction": "convicted",
    "custody_start": _custody_start,
    "custody_end": "released from custody",
    "flag_on": _flag_on,
    "disclosed": "told kin of the flag",
    "flag_off": _flag_off,
    "record_on": "given a record",
    "record_off": "the record was sealed",
    "diagnosis_on": "given a diagnosis that stays as a label",
    "diagnosis_off": "the diagnosis was lifted",
    "reached": _reached,
    "personal_recovery_on": "came into personal recovery: identity, hope and roles held for half a year",
    "personal_recovery_off": "no longer in personal recovery",
    "role_gained": lambda event: f"gained {ROLE_WORDS[event['detail']]}{_by_experiment(event)}",
    "role_lost": _role_lost,
    "service_start": _service_start,
    "service_end": _service_end,
    "homeless_start": "became homeless",
    "homeless_end": _homeless_end,
    "moved": lambda event: f"moved to {_area(event)}{_by_experiment(event)}",
    "kin_estranged": "became estranged from one of kin",
    "kin_reconciled": "reconciled with one of kin",
    "tie_made": _tie("made a tie with"),
    "tie_ended": _tie("a tie ended with"),
    "symptoms_on": "symptoms began",
    "symptoms_off": "symptoms remitted",
    "died": "died",
}
"""Plain words for every event of the event history."""


def _area(event: Mapping[str, Any]) -> str:
    names = {"home": "the home area", "new": "a new area", "0": "the home area", "1": "a new area"}
    return names.get(str(event["detail"]), f"another area ({event['detail']})")
