"""Hazards held constant give what their closed forms say, for one person, one tie and a whole population.

Each test lives many independent people or ties with the compiled rule and asks whether the number found lies in the exact
binomial interval that leaves one in 100,000 outside. The seeds are fixed: a test that passes goes on passing.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from simulation import Scenario, World
from simulation.areas import Area, let_bias_move
from simulation.diary import TIE_ENDED
from simulation.state import ACTIVE, LAPSED, RECOVERING, UNJUSTIFIED

PEOPLE = 6_000
OUTSIDE = 1e-5


def agrees(found: int, trials: int, chance: float) -> None:
    """Fail unless `found` of so many trials lies in the exact binomial interval of this chance."""
    low, high = stats.binom.ppf([OUTSIDE / 2, 1 - OUTSIDE / 2], trials, chance)
    assert low <= found <= high, f"{found} of {trials}: {found / trials:.4f}, not {chance:.4f} ({low:.0f} to {high:.0f})"


def cloglog(x: float) -> float:
    return -math.expm1(-math.exp(x))


def first_weeks(happened: list[tuple[int, int, str]], name: str, people: int, never: int) -> np.ndarray:
    """Week in which each person first met the event, shape (people,); `never` where they did not."""
    first = np.full(people, never)
    for week, person, event in reversed(happened):
        if event == name:
            first[person] = week
    return first


@pytest.mark.parametrize("domain", ["use", "offending", "mental_health"])
def test_a_spell_of_recovery_under_a_constant_hazard_is_geometric(columns, domain):
    """P(no lapse in n weeks) = (1 - p)^n, p = 1 - exp(-exp(lapse_d))."""
    people = columns(PEOPLE, assume={f"lapse_{domain}": -3.0}, **{domain: RECOVERING})
    first = first_weeks(people.live(40), "lapse", PEOPLE, never=40)
    for weeks in (1, 5, 20, 40):
        agrees(int((first >= weeks).sum()), PEOPLE, (1.0 - cloglog(-3.0)) ** weeks)


def test_the_time_to_a_gradual_decision_is_geometric(columns):
    """P(still active after n weeks) = (1 - p)^n."""
    people = columns(PEOPLE, use=ACTIVE)
    first = first_weeks(people.live(30), "decided_gradually", PEOPLE, never=30)
    for weeks in (1, 10, 30):
        agrees(int((first >= weeks).sum()), PEOPLE, (1.0 - cloglog(-3.3)) ** weeks)


def test_turning_points_and_gradual_decisions_race(columns):
    """The share decided suddenly is t q / (1 - (1 - t q)(1 - p)), turning points first."""
    people = columns(PEOPLE, assume={"turning_points": 0.09}, use=ACTIVE)
    happened = people.live(60)
    sudden = 0.09 / (1.0 + math.exp(0.3))
    either = 1.0 - (1.0 - sudden) * (1.0 - cloglog(-3.3))
    first = {}
    for _, person, event in happened:
        if event.startswith("decided"):
            first.setdefault(person, event)
    agrees(sum(event == "decided_suddenly" for event in first.values()), len(first), sudden / either)


def test_a_lapse_becomes_a_relapse_with_the_odds_of_its_race(columns):
    """P(relapse) = r / (r + (1 - r) s), r the chance of relapse and s of resolving each week."""
    people = columns(PEOPLE, assume={"relapse_in_lapse": -1.0, "resolve_lapse": 0.3, "lapse_use": -40.0}, use=LAPSED)
    ended = {}
    for _, person, event in people.live(80):
        if event in ("relapse", "resolved"):
            ended.setdefault(person, event)
    relapse = 1.0 / (1.0 + math.e)
    assert len(ended) == PEOPLE
    agrees(sum(event == "relapse" for event in ended.values()), PEOPLE, relapse / (relapse + (1.0 - relapse) * 0.3))


ROLES = ("family", "work", "giving", "community")


@pytest.mark.parametrize("start", [0, 1])
def test_a_role_gained_and_lost_at_constant_rates_is_held_by_g_of_g_and_l(columns, start):
    """The mean field: in the long run the share g / (g + l) holds each role, whether nobody or everybody began with it."""
    # People who know nobody have no social capital: half a unit of log hazard below the base rate.
    gain, loss = cloglog(-4.0 - 0.5), 0.018
    numbers = {"role_base": -4.0, "role_loss": loss} | {f"role_{name}": 0.0 for name in ROLES}
    people = columns(PEOPLE, assume=numbers, **dict.fromkeys(ROLES, start))
    people.live(400)
    for role in ROLES:
        agrees(int(people.people[role].sum()), PEOPLE, gain / (gain + loss))


def test_homelessness_settles_where_entries_and_exits_balance(columns):
    """Stationary share on / (on + off)."""
    on, off = cloglog(-5.0), cloglog(-3.2 - 0.5)
    people = columns(PEOPLE, assume={"homeless_on": -5.0}, homeless=0)
    people.live(300)
    agrees(int(people.people["homeless"].sum()), PEOPLE, on / (on + off))


def test_symptoms_settle_where_onset_and_remission_balance(columns):
    """Two rates of exponential waiting, seen week by week."""
    numbers = {"symptoms_on": 0.015, "symptoms_off": 0.03, "decide_mental_health": -40.0, "distress_symptoms": 0.0}
    people = columns(PEOPLE, assume=numbers | {"distress_event": 0.0}, mental_health=ACTIVE)
    people.live(300)
    on, off = -math.expm1(-0.015), -math.expm1(-0.03)
    agrees(int(people.people["symptoms"].sum()), PEOPLE, on / (on + off))


def test_a_flag_nobody_speaks_against_lasts_as_long_as_expiry_lets_it(columns):
    """P(flagged after n weeks) = exp(-expiry n)."""
    people = columns(PEOPLE, flag=UNJUSTIFIED, flag_weeks=0)
    for weeks in (10, 40):
        people.live(weeks - people.week)
        agrees(int((people.people["flag"] > 0).sum()), PEOPLE, math.exp(-0.02 * weeks))


def test_sentences_are_geometric_with_their_mean(columns):
    """P(longer than n weeks) = (1 - 1/26)^n."""
    numbers = {"offence_rate": 0.75, "detection": 1.0, "conviction": 1.0, "custody_base": 1.0, "custody_most": 1.0}
    people = columns(PEOPLE, assume=numbers | {"decide_offending": -40.0}, offending=ACTIVE)
    people.live(1)
    sentenced = people.people["custody_left"][people.people["custody_left"] > 0]
    agrees(len(sentenced), PEOPLE, -math.expm1(-0.75))
    for weeks in (1, 13, 26, 104):
        agrees(int((sentenced > weeks).sum()), len(sentenced), (1.0 - 1.0 / 26.0) ** weeks)


def test_of_a_thousand_people_those_die_whom_a_constant_rate_takes(columns):
    """P(alive after n weeks) = exp(-rate n / 52)."""
    people = columns(PEOPLE, assume={"death_floor_men": 0.05})
    people.live(104)
    agrees(int(people.people["alive"].sum()), PEOPLE, math.exp(-0.05 * 2.0))


def test_a_tie_under_a_constant_chance_of_ending_lasts_geometrically(record_property):
    """P(a tie of two who live on lasts n weeks) = (1 - p)^(2n), each of the two letting go with chance p a week."""
    constant = {"homophily": 0.0, "leave_associates": 0.0, "tie_label": 0.0, "far_ends": 1.0, "tie_end": 0.003, "meet": 0.12}
    world = World(Scenario.load("baseline").with_settings(people=3000), 1, assumptions=constant)
    first = world.ties.others.copy()
    left: set[tuple[int, int]] = set()
    for _ in range(80):
        events = world.step()
        for person, event, value in zip(events.person, events.event, events.value, strict=True):
            if event == TIE_ENDED:
                left.add((int(person), int(value)))
    alive = world.snapshot()["alive"] > 0
    pairs = [
        (one, int(other))
        for one in range(len(first))
        for other in first[one]
        if other > one and alive[one] and alive[other]
    ]
    lasting = sum(pair not in left for pair in pairs)
    expected = (1.0 - 0.003) ** 160
    record_property("figure", f"{lasting / len(pairs):.4f} of {len(pairs)} ties lasted 80 weeks; closed form {expected:.4f}")
    agrees(lasting, len(pairs), expected)


def test_distress_and_fear_relax_at_their_own_rates(columns):
    """x(n) = (1 - rate)^n x(0) above the floor: exact, for a person with nothing to fear."""
    people = columns(1, distress=0.8, anticipated_stigma=0.95)
    people.live(30)
    assert people.people["distress"][0] == pytest.approx(0.8 * 0.75**30)
    assert people.people["anticipated_stigma"][0] == pytest.approx(0.15 + 0.8 * 0.987**30)


def test_bias_returns_to_what_it_was_and_falls_with_upheld_complaints():
    """b(n) = 1 - (1 - b(0)) 0.98^n, and never below nothing."""
    area = Area("home", bias=0.5, starting_bias=1.0)
    for _ in range(50):
        let_bias_move(area, 0.0, 0.02)
    assert area.bias == pytest.approx(1.0 - 0.5 * 0.98**50)
    let_bias_move(area, 5.0, 0.02)
    assert area.bias == 0.0
