"""Step 14: ties end, kin part and mend, and people meet."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulation.book import Book
from simulation.luck import BLOCK_KIN, BLOCK_TIES, PERSONAL, four
from simulation.state import ACTIVE, LAPSED, RECOVERING
from simulation.ties import (
    ASSOCIATE,
    CONVENTIONAL,
    FRIEND,
    IN_CUSTODY,
    NOT_OPEN,
    RECOVERY_GROUP,
    RECOVERY_PEER,
    SEEN_DTYPE,
    STREET,
    THROUGH_KIN,
    Ties,
)  # fmt: skip

SEED = 1


# Ties end


@pytest.mark.parametrize(
    ("one", "other", "log_factor"),
    [
        ({}, {}, 0.0),
        ({"in_a_problem": 1}, {"in_a_problem": 1}, 0.0),
        ({"in_a_problem": 1}, {}, 1.0),
        ({}, {"in_a_problem": 1}, 1.0),
        ({"leaving": 1}, {"in_a_problem": 1}, 1.0 + 1.5),
        ({"leaving": 1}, {}, 0.0),
        ({"label_weight": 0.8}, {"intolerance": 0.5}, 1.5 * 0.8 * 0.5),
        ({"label_weight": 0.8, "intolerance": 0.5}, {}, 0.0),
        ({"area": 1}, {}, math.log(2.0)),
        ({}, {"area": 1}, math.log(2.0)),
        ({"area": 1}, {"area": 1}, 0.0),
    ],
)
def test_people_drift_from_different_lives_leave_associates_and_turn_from_labels(rule, one, other, log_factor):
    """One in a thousand a week, times what the difference, the leaving, the label and the distance add."""
    chance = rule.function("chance_of_leaving")(rule.seen(**one), rule.seen(**other), rule.known(), rule.life().assume)
    assert chance == pytest.approx(0.001 * math.exp(log_factor))


def test_a_tie_is_called_by_where_it_was_made_and_by_how_the_other_lives(rule):
    """A peer from a recovery group, an associate in a problem, a friend."""
    kind = rule.function("kind_of_tie")
    assert kind(RECOVERY_GROUP, rule.seen(in_a_problem=1)) == RECOVERY_PEER
    assert kind(STREET, rule.seen(in_a_problem=1)) == ASSOCIATE
    assert kind(CONVENTIONAL, rule.seen()) == FRIEND


# What others see


@pytest.mark.parametrize(
    ("state", "stands_by"),
    [({}, 1), ({"use": ACTIVE}, 0), ({"offending": LAPSED}, 0), ({"mental_health": ACTIVE}, 1), ({"custody_left": 5}, 0),
     ({"use": RECOVERING}, 1)],
)  # fmt: skip
def test_a_supporter_is_free_and_not_in_a_problem(rule, state, stands_by):
    """Somebody ill may stand by, somebody inside or in a problem may not."""
    life, seen = rule.life(**state), rule.seen()
    rule.function("show")(life.person, life.area, life.lever, life.assume, seen, rule.known())
    assert seen.stands_by == stands_by


@pytest.mark.parametrize(
    ("state", "role_model"),
    [
        ({"use": RECOVERING, "sustained": 52.0}, 1),
        ({"use": RECOVERING, "sustained": 51.0}, 0),
        ({"use": RECOVERING, "sustained": 52.0, "mental_health": ACTIVE}, 0),
        ({"sustained": 260.0}, 0),
    ],
)
def test_a_role_model_has_been_recovering_for_a_year(rule, state, role_model):
    """In every domain of their own: somebody who never had a problem shows no way out of one."""
    life, seen = rule.life(**state), rule.seen()
    rule.function("show")(life.person, life.area, life.lever, life.assume, seen, rule.known())
    assert seen.role_model == role_model


@pytest.mark.parametrize(
    ("state", "in_need"),
    [
        ({"use": RECOVERING, "weeks_use": 51.0}, 1),
        ({"use": RECOVERING, "weeks_use": 52.0}, 0),
        ({"mental_health": RECOVERING, "weeks_mental_health": 500.0, "symptoms": 1}, 1),
        ({"use": ACTIVE}, 0),
        ({}, 0),
    ],
)
def test_people_in_early_recovery_or_with_symptoms_need_help(rule, state, in_need):
    """They are who helpers help."""
    life, seen = rule.life(**state), rule.seen()
    rule.function("show")(life.person, life.area, life.lever, life.assume, seen, rule.known())
    assert seen.in_need == in_need


def test_meeting_people_in_recovery_takes_off_intolerance(rule):
    """By the share that a campaign reaches."""
    for campaign, left in ((0.0, 0.6), (0.5, 0.3)):
        life, seen = rule.life(intolerance=0.6, lever={"contact_campaign": campaign}), rule.seen()
        rule.function("show")(life.person, life.area, life.lever, life.assume, seen, rule.known())
        assert seen.intolerance == pytest.approx(left)


# People meet


def where(rule, weeks: int = 600, share_kin_close: float = 0.0, room: bool = True, **given) -> dict[int, float]:
    """Share of weeks in which a person is open in each place of meeting."""
    life = rule.life(**given)
    open_to = rule.function("open_to")
    places = [
        int(open_to(life.person, share_kin_close, room, life.lever, life.assume, SEED, week)) for week in range(weeks)
    ]
    return {place: places.count(place) / weeks for place in range(6)}


def test_people_are_open_to_new_ties_as_far_as_fear_lets_them(rule):
    """Exactly in the weeks whose luck lies below meet times 1 less half of anticipated stigma."""
    luck = np.array([four(SEED, 0, week, BLOCK_TIES, PERSONAL)[0] for week in range(600)])
    for fear in (0.0, 1.0):
        assert 1.0 - where(rule, anticipated_stigma=fear)[NOT_OPEN] == pytest.approx(np.mean(luck < 0.35 * (1.0 - fear / 2.0)))


def test_nobody_without_room_or_life_is_open(rule):
    """Seven places are all there are."""
    assert where(rule, room=False)[NOT_OPEN] == 1.0
    assert where(rule, alive=0)[NOT_OPEN] == 1.0


@pytest.mark.parametrize(
    ("state", "lever", "share_kin_close", "weights"),
    [
        ({}, {}, 0.0, {CONVENTIONAL: 0.25}),
        ({"work": 1, "community": 1}, {}, 1.0, {CONVENTIONAL: 2.25, THROUGH_KIN: 0.5}),
        ({"use": RECOVERING}, {}, 0.0, {CONVENTIONAL: 0.25, RECOVERY_GROUP: 1.0}),
        ({"use": ACTIVE, "service": 1}, {}, 0.0, {CONVENTIONAL: 0.25, RECOVERY_GROUP: 1.0, STREET: 1.5}),
        ({"homeless": 1}, {}, 0.0, {CONVENTIONAL: 0.25, STREET: 1.5}),
        ({"mental_health": ACTIVE}, {}, 0.0, {CONVENTIONAL: 0.25}),
        ({}, {"peer_groups": 1.0}, 0.0, {CONVENTIONAL: 0.25, RECOVERY_GROUP: 1.0}),
        ({"custody_left": 5, "use": ACTIVE, "work": 1}, {}, 1.0, {IN_CUSTODY: 1.0}),
    ],
)
def test_where_people_meet_follows_what_their_life_holds(rule, state, lever, share_kin_close, weights):
    """Work and community, recovery groups, the street, kin; in custody, custody only."""
    shares = where(rule, share_kin_close=share_kin_close, lever=lever, **state)
    met = {place: share / (1.0 - shares[NOT_OPEN]) for place, share in shares.items() if place != NOT_OPEN}
    for place, share in met.items():
        expected = weights.get(place, 0.0) / sum(weights.values())
        assert share == pytest.approx(expected, abs=0.12), place
        assert (share > 0.0) == (expected > 0.0), place


def test_a_place_that_a_policy_opens_takes_no_meeting_from_the_others(rule):
    """Groups open to a person come on top: they are open as often elsewhere as before."""
    without, given = where(rule, weeks=3000), where(rule, weeks=3000, lever={"peer_groups": 0.25})
    assert given[CONVENTIONAL] == pytest.approx(without[CONVENTIONAL], abs=0.03)
    assert given[RECOVERY_GROUP] == pytest.approx(without[CONVENTIONAL], abs=0.03)


# Kin


def kin_after(rule, weeks: int, estranged: int, lever=None, **state) -> list[int]:
    """What becomes of one of kin over the weeks: 1 where the person has turned from them, for each week's luck alone."""
    life = rule.life(lever=lever, **state)
    seen = np.ones(2, dtype=SEEN_DTYPE)
    rows = seen if rule.engine == "compiled" else [rule.seen(), rule.seen()]
    found = []
    for week in range(weeks):
        ties = Ties.empty(2)
        ties.kin[0, 0] = 1
        ties.estranged[0, 0] = estranged
        rule.function("keep_or_lose_kin")(
            life.person, rows, ties.kin, ties.estranged, life.lever, life.assume, SEED, week, Book(1).pages
        )
        found.append(int(ties.estranged[0, 0]))
    return found


LUCK_OF_KIN = np.array([four(SEED, 0, week, BLOCK_KIN, PERSONAL)[0] for week in range(1500)])


@pytest.mark.parametrize(
    ("state", "chance"),
    [({"use": ACTIVE}, 0.004), ({"offending": LAPSED}, 0.004), ({"use": RECOVERING}, 0.0), ({"mental_health": ACTIVE}, 0.0),
     ({}, 0.0)],
)  # fmt: skip
def test_kin_part_while_in_a_problem(rule, state, chance):
    """Four in a thousand a week, exactly in the weeks of that luck."""
    assert kin_after(rule, 1500, 0, **state) == (LUCK_OF_KIN < chance).astype(int).tolist()


def test_visits_keep_kin_from_parting_inside(rule):
    """And only inside."""
    inside = {"use": ACTIVE, "custody_left": 10}
    assert sum(kin_after(rule, 1500, 0, **inside)) > 0
    assert sum(kin_after(rule, 1500, 0, lever={"prison_visits": 1.0}, **inside)) == 0
    assert sum(kin_after(rule, 1500, 0, lever={"prison_visits": 1.0}, use=ACTIVE)) > 0


@pytest.mark.parametrize(
    ("state", "lever", "chance"),
    [
        ({"use": RECOVERING, "sustained": 26.0}, {}, 0.03 * (1.0 - math.exp(-1.0))),
        ({"use": RECOVERING, "sustained": 26.0, "exposure": 0.4}, {}, 0.03 * (1.0 - math.exp(-1.0)) * 0.8),
        ({"use": RECOVERING, "sustained": 0.0}, {}, 0.0),
        ({"use": ACTIVE, "sustained": 0.0}, {"family_support": 1.0}, 0.03),
    ],
)
def test_kin_mend_as_recovery_comes_to_be_believed(rule, state, lever, chance):
    """Stigma holds it back, support for families helps it along."""
    assert kin_after(rule, 1500, 1, lever=lever, **state) == (LUCK_OF_KIN >= chance).astype(int).tolist()
