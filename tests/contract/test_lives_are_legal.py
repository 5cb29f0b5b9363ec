"""Whole histories, read as an auditor would: every event follows from those before it, and together they make the end.

The auditor begins from the people at week 0, lets every event happen to them in the order in which it was written, objects to
any that cannot follow, and compares what it arrives at with the people at the end.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from simulation import History, Scenario, World, simulate
from simulation.diary import EVENTS
from simulation.scenario_parts import Policy
from simulation.state import ACTIVE, DOMAINS, FLAG_NAMES, LAPSED, NONE, RECOVERING, ROLES

STATES = (
    *DOMAINS, *ROLES, "flag", "disclosed", "homeless", "service", "record", "diagnosis", "symptoms", "personal_recovery",
    "alive", "area",
)  # fmt: skip
COURSES = {
    "onset": ((NONE,), ACTIVE), "decided_gradually": ((ACTIVE,), RECOVERING), "decided_suddenly": ((ACTIVE,), RECOVERING),
    "lapse": ((RECOVERING,), LAPSED), "resolved": ((LAPSED,), RECOVERING), "relapse": ((LAPSED,), ACTIVE),
}  # fmt: skip
"""What each event of a domain needs, and what it leads to."""

SWITCHES = {
    "record_on": ("record", 0, 1), "record_off": ("record", 1, 0), "diagnosis_on": ("diagnosis", 0, 1),
    "homeless_start": ("homeless", 0, 1), "homeless_end": ("homeless", 1, 0), "symptoms_on": ("symptoms", 0, 1),
    "symptoms_off": ("symptoms", 1, 0), "personal_recovery_on": ("personal_recovery", 0, 1),
    "personal_recovery_off": ("personal_recovery", 1, 0), "disclosed": ("disclosed", 0, 1), "died": ("alive", 1, 0),
}  # fmt: skip

NOT_IN_CUSTODY = {
    "offence", "arrest", "conviction", "custody_start", "flag_on", "homeless_start", "homeless_end", "service_start",
    "service_end", "moved",
}  # fmt: skip
"""What needs a free person; entering custody itself ends a stay in a service and homelessness, and is told apart."""


@dataclass
class Auditor:
    """One person's life, event by event."""

    state: dict[str, int]
    inside: bool
    lapsed_in: dict[str, int] = field(default_factory=dict)
    flagged_in: int = -1
    entered_in: int = -1
    this_week: tuple[int, list[str]] = (-1, [])
    objections: list[str] = field(default_factory=list)

    def hear(self, week: int, name: str, domain: str, detail: str, cause: str, value: float) -> None:
        """Let one event happen, or object."""
        if week != self.this_week[0]:
            self.this_week = (week, [])
        if not self.state["alive"]:
            self.object(week, name, "after death")
        if self.inside and name in NOT_IN_CUSTODY and not (cause == "custody" and week == self.entered_in):
            self.object(week, name, "in custody")
        self.happen(week, name, domain, detail, cause, value)
        self.this_week[1].append(name)

    def object(self, week: int, name: str, why: str) -> None:
        self.objections.append(f"week {week}: {name}, {why}")

    def needs(self, right: bool, week: int, name: str, why: str) -> None:
        if not right:
            self.object(week, name, why)

    def happen(self, week: int, name: str, domain: str, detail: str, cause: str, value: float) -> None:
        state, before = self.state, self.this_week[1]
        if name in COURSES:
            needed, leads_to = COURSES[name]
            self.needs(state[domain] in needed, week, name, f"while {state[domain]} in {domain}")
            self.needs(not (self.inside and domain == "offending" and not name.startswith("decided")), week, name, "inside")
            if name in ("relapse", "resolved"):
                self.needs(self.lapsed_in.get(domain, -9) < week, week, name, "in the week of the lapse")
            if name == "lapse":
                self.lapsed_in[domain] = week
            state[domain] = leads_to
        elif name in SWITCHES:
            what, needed, leads_to = SWITCHES[name]
            self.needs(state[what] == needed, week, name, f"with {what} {state[what]}")
            if name == "disclosed":
                self.needs(state["flag"] > 0 and self.flagged_in < week, week, name, "without a flag from an earlier week")
            state[what] = leads_to
        elif name in ("offence", "arrest", "conviction", "custody_start"):
            self.justice(week, name, before)
        elif name == "custody_end":
            self.needs(self.inside and self.entered_in < week, week, name, "without a start in an earlier week")
            self.inside = False
        else:
            self.rest(week, name, domain, detail, cause, value)

    def justice(self, week: int, name: str, before: list[str]) -> None:
        """Offence, arrest, conviction, custody: each in the week of the one before it."""
        follows = {"arrest": "offence", "conviction": "arrest", "custody_start": "conviction"}
        if name == "offence":
            lapsed = self.lapsed_in.get("offending") == week
            self.needs(self.state["offending"] == ACTIVE or lapsed, week, name, "while neither active nor just lapsed")
            self.needs("offence" not in before, week, name, "twice in a week")
        else:
            self.needs(follows[name] in before, week, name, f"without {follows[name]}")
        if name == "custody_start":
            self.needs(not self.inside, week, name, "twice")
            self.inside, self.entered_in = True, week

    def rest(self, week: int, name: str, domain: str, detail: str, cause: str, value: float) -> None:
        """Flags, roles, services, moves; ties are audited in pairs."""
        state = self.state
        if name == "flag_on":
            self.needs(state["flag"] == 0, week, name, "on top of another")
            state["flag"], self.flagged_in = FLAG_NAMES.index(detail), week
            if detail == "justified":
                self.needs(state["offending"] == ACTIVE, week, name, "with cause and without conduct")
        elif name == "flag_off":
            self.needs(FLAG_NAMES[state["flag"]] == detail and self.flagged_in < week, week, name, "not that flag")
            spoken_for = cause in ("kin", "professional", "both", "review")
            self.needs(
                not (detail == "justified" and spoken_for and state["offending"] == ACTIVE), week, name, "while active"
            )
            if cause in ("kin", "both"):
                self.needs(state["disclosed"] == 1, week, name, "by kin who were not told")
            state["flag"] = state["disclosed"] = 0
        elif name in ("role_gained", "role_lost"):
            self.needs(state[detail] == (name == "role_lost"), week, name, f"with {detail} {state[detail]}")
            self.needs(not (self.inside and name == "role_gained" and detail != "giving"), week, name, "in custody")
            self.needs(not (cause == "custody" and detail == "giving"), week, name, "giving, by custody")
            state[detail] = int(name == "role_gained")
        elif name in ("service_start", "service_end"):
            number = 1 + DOMAINS.index(domain)
            self.needs(state["service"] == (0 if name == "service_start" else number), week, name, "one at a time")
            if name == "service_start":
                self.needs(state[domain] in (ACTIVE, LAPSED), week, name, "while not in trouble")
                self.needs(-1.0 <= value <= 1.0, week, name, "of no possible quality")
            state["service"] = number if name == "service_start" else 0
        elif name == "moved":
            area = ("home", "new").index(detail)
            self.needs(state["area"] != area, week, name, "to where they were")
            state["area"] = area


def audit(history: History) -> list[str]:
    """Objections to a history: events that cannot follow, and people who are not what their events made them."""
    lives = {
        int(row["person"]): Auditor({name: int(row[name]) for name in STATES}, row["custody_left"] > 0)
        for row in history.start
    }
    columns = ("person", "week", "event", "domain", "detail", "cause", "value")
    for person, week, event, domain, detail, cause, value in history.events[list(columns)].itertuples(index=False):
        lives[person].hear(week, event, domain, detail, cause, value)
    objections = [f"person {person}, {said}" for person, life in lives.items() for said in life.objections]
    for row in history.end:
        life = lives[int(row["person"])]
        for name in STATES:
            if life.state[name] != row[name]:
                objections.append(f"person {row['person']}: events make {name} {life.state[name]}, the end is {row[name]}")
        if life.inside != (row["custody_left"] > 0):
            objections.append(f"person {row['person']}: events and the end differ in custody")
    return objections


ADVOCATES = Policy("independent_advocate", "set", 1.0, start=20)
FLAGS = Policy("unjustified_flags", "set", 0.5, start=10, whom="has_record", covers=0.8)
SEALED = Policy("seal_records", "set", 52.0, start=30)
REVIEWED = Policy("review_date", "set", 13.0, start=30)
COERCED = Policy("coercion", "set", 0.1, start=60, whom="in_a_problem", places=10)


@pytest.fixture(scope="module", params=["england", "england with many policies", "a year in"])
def history(request) -> History:
    """Five years of 600 people: as things are, with policies that flag, speak, seal, review and coerce, and the visit."""
    plan = Scenario.load("the-visit" if request.param == "a year in" else "baseline")
    if request.param == "england with many policies":
        plan = replace(plan, policies=(ADVOCATES, FLAGS, SEALED, REVIEWED, COERCED), own_experience=0.8)
    return simulate(plan, people=600, years=5, seed=1)


def test_every_life_is_one_that_could_have_been_lived(history):
    """No event that could not follow from those before it, and the end is what the events made."""
    assert audit(history) == []


def test_the_events_are_in_week_order_and_of_known_names(history):
    """Weeks never go back, and every name is in the list."""
    assert history.events["week"].is_monotonic_increasing
    assert set(history.events["event"]) <= set(EVENTS)
    assert (history.events["week"] >= 0).all()
    assert history.events["week"].max() < history.weeks


def test_a_tie_is_made_by_two_and_ended_by_two(history):
    """In the same week, each naming the other; a death ends it for the one who lives on."""
    events = history.events
    died = dict(events[events["event"] == "died"][["person", "week"]].itertuples(index=False))
    for name in ("tie_made", "tie_ended"):
        told = {
            (week, person, int(other)): cause
            for week, person, other, cause in events[events["event"] == name][
                ["week", "person", "value", "cause"]
            ].itertuples(index=False)
        }
        for (week, person, other), cause in told.items():
            if cause == "death":
                assert died[other] <= week
            else:
                assert told.get((week, other, person)) == cause, (name, week, person, other)


def test_ties_at_the_end_are_those_that_were_made_and_not_ended():
    """Counted from the network at the start."""
    world = World(Scenario.load("baseline").with_settings(people=300), 1)
    held = {(me, int(other)) for me in range(300) for other in world.ties.others[me] if other >= 0}
    estranged = defaultdict(int)
    before = world.ties.estranged.copy()
    for _ in range(156):
        lived = world.step()
        for person, event, other in zip(lived.person, lived.event, lived.value, strict=True):
            name, pair = EVENTS[event], (int(person), int(other))
            if name == "tie_made":
                assert pair not in held
                held.add(pair)
            elif name == "tie_ended":
                held.remove(pair)
            elif name in ("kin_estranged", "kin_reconciled"):
                estranged[pair] += 1 if name == "kin_estranged" else -1
    alive = world.snapshot()["alive"] > 0
    held = {(one, other) for one, other in held if alive[one] and alive[other]}
    assert held == {(me, int(other)) for me in range(300) for other in world.ties.others[me] if other >= 0}
    for me, place in np.ndindex(300, 3):
        kin = int(world.ties.kin[me, place])
        assert before[me, place] + estranged[me, kin] == world.ties.estranged[me, place]


def test_the_auditor_notices_what_cannot_be(history):
    """Events out of order, an event too many and a wrong end are each objected to."""
    events = history.events.copy()
    lapses = events.index[events["event"] == "lapse"]
    without = replace(history, _events=events.drop(index=lapses[0]).reset_index(drop=True))
    assert audit(without)
    deaths = events.index[(events["event"] == "died") & (events["week"] < history.weeks - 60)]
    late = events.copy()
    late.loc[deaths[0], "week"] = -1
    assert audit(replace(history, _events=late.sort_values("week", kind="stable").reset_index(drop=True)))
    end = history.end.copy()
    end["homeless"][5] = 1 - end["homeless"][5]
    assert audit(replace(history, end=end))
