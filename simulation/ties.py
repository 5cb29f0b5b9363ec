"""Who knows whom, and the tie step, number 14 of the week.

Each person has three places for kin and seven for other ties. Arrays are in the order of permanent ids and hold permanent
ids, -1 where a place is empty. A tie between two people who are not kin stands in a place of each; what each calls it, and
whether kin are estranged, is their own view.

Every draw that involves two people is keyed by both of them, and both work it out alike, so that each writes only their own
places: nobody's order matters, and one person's change reshuffles nobody else.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simulation.diary import (
    ASSOCIATE, DEATH, DISTANCE, FRIEND, IN_A_PROBLEM, KIN_ESTRANGED, KIN_RECONCILED, MET, NO_CAUSE, NO_DOMAIN,
    RECOVERY, RECOVERY_PEER, TIE_ENDED, TIE_MADE, note,
)  # fmt: skip
from simulation.luck import BLOCK_KIN, BLOCK_TIES, PERSONAL, four, gathering, of_four_pairs
from simulation.state import HOME_AREA, NO_FLAG, NONE, RECOVERING
from simulation.week import exp_at_most, has_a_problem, is_free, is_in_a_problem, is_in_trouble

KIN_PLACES = 3
OTHER_PLACES = 7
NOBODY = -1

NOT_OPEN, CONVENTIONAL, RECOVERY_GROUP, STREET, THROUGH_KIN, IN_CUSTODY = 0, 1, 2, 3, 4, 5
"""Where a person may meet others this week; in custody, in custody only."""

TIE_DECISION = 0

SEEN_DTYPE = np.dtype(
    [
        ("alive", "i1"), ("stands_by", "i1"), ("in_a_problem", "i1"), ("noticed", "i1"), ("in_trouble_use", "i1"),
        ("in_trouble_offending", "i1"), ("in_trouble_mental_health", "i1"), ("role_model", "i1"), ("in_need", "i1"),
        ("leaving", "i1"), ("recovering", "i1"), ("context", "i1"), ("area", "i4"), ("intolerance", "f8"),
        ("label_weight", "f8"),
    ],
    align=True,
)  # fmt: skip
"""What all others can see of a person, as of a week's end; one row a person, in the order of permanent ids.

A row of 32 bytes, so that it lies within one line of a processor's cache: a million rows are looked up ten times a week.
`noticed` is 0 where trouble, recovery and need are all 0, so that most rows are read no further.
"""

KNOWN_DTYPE = np.dtype([("kin_resource", "f8"), ("distress", "f8"), ("leave", "f8"), ("flagged", "i1")], align=True)
"""What is read of a person more rarely: by kin, and where they leave associates; one row a person, in the same order."""

_CACHE_LINE = 64


def room_to_be_seen(people: int) -> tuple[np.ndarray, np.ndarray]:
    """What can be seen of so many people, and what is known of them closer by, all of it 0."""
    return _rows(people, SEEN_DTYPE), _rows(people, KNOWN_DTYPE)


def _rows(count: int, dtype: np.dtype) -> np.ndarray:
    """So many rows of zeros, the first of them at the beginning of a line of the cache."""
    room = np.zeros(count * dtype.itemsize + _CACHE_LINE, dtype=np.uint8)
    first = -room.ctypes.data % _CACHE_LINE
    return room[first : first + count * dtype.itemsize].view(dtype)


@dataclass
class Ties:
    """The network: who holds a place with whom, in the order of permanent ids.

    `kin`, shape (people, 3), and `others`, shape (people, 7), hold permanent ids or -1; `estranged`, shape (people, 3), is 1
    where this person has turned from that kin; `kind`, shape (people, 7), says what this person calls the tie.
    """

    kin: np.ndarray
    estranged: np.ndarray
    others: np.ndarray
    kind: np.ndarray

    @classmethod
    def empty(cls, people: int) -> Ties:
        """A network of so many people and no ties."""
        return cls(
            kin=np.full((people, KIN_PLACES), NOBODY, dtype=np.int32),
            estranged=np.zeros((people, KIN_PLACES), dtype=np.int8),
            others=np.full((people, OTHER_PLACES), NOBODY, dtype=np.int32),
            kind=np.zeros((people, OTHER_PLACES), dtype=np.int8),
        )

    def copy(self) -> Ties:
        """The same network, apart from this one."""
        return Ties(self.kin.copy(), self.estranged.copy(), self.others.copy(), self.kind.copy())


def show(person, area, lever, assume, seen, known):
    """Write what others can see and know of a person at the end of step 13, their openness to new ties apart."""
    seen.alive = person.alive
    seen.in_a_problem = 1 if is_in_a_problem(person) else 0
    seen.stands_by = 1 if person.alive > 0 and is_free(person) and seen.in_a_problem == 0 else 0
    seen.in_trouble_use = 1 if is_in_trouble(person.use) else 0
    seen.in_trouble_offending = 1 if is_in_trouble(person.offending) else 0
    seen.in_trouble_mental_health = 1 if is_in_trouble(person.mental_health) else 0
    own = has_a_problem(person)
    well = own and not (seen.in_a_problem > 0 or seen.in_trouble_mental_health > 0)
    seen.role_model = 1 if well and person.sustained >= assume.models_weeks else 0
    early = (
        (person.use == RECOVERING and person.weeks_use < assume.need_weeks)
        or (person.offending == RECOVERING and person.weeks_offending < assume.need_weeks)
        or (person.mental_health == RECOVERING and person.weeks_mental_health < assume.need_weeks)
    )
    seen.in_need = 1 if early or person.symptoms > 0 else 0
    seen.recovering = 1 if well else 0
    recovering = person.use == RECOVERING or person.offending == RECOVERING
    seen.leaving = 1 if recovering and seen.in_a_problem == 0 else 0
    seen.noticed = 1 if own or person.symptoms > 0 else 0
    seen.area = person.area
    seen.intolerance = person.intolerance * area.intolerance * (1.0 - lever.contact_campaign)
    seen.label_weight = person.label_weight
    known.kin_resource = person.kin_resource
    known.distress = person.distress
    known.leave = assume.leave_associates + lever.drop_associates
    known.flagged = 1 if person.flag != NO_FLAG else 0


def show_dead(seen):
    """Write what others see of somebody who has died: nobody meets them, and they count as nobody's tie."""
    seen.alive = 0
    seen.context = NOT_OPEN


def open_to(person, share_kin_close, room, lever, assume, seed, week):
    """Where this person may meet somebody new this week, or nowhere.

    In words: a person with room is open as far as anticipated stigma lets them, in one place drawn by what their life holds;
    places that a policy opens come on top of the others. Formula: meet (1 - meet_anticipated anticipated_stigma), times all
    weights over those without a policy; weights context_common + work + community, a recovery group if
    recovering or in service, the street if in a problem or homeless, through kin by the share not estranged. Theory: R15,
    R30, R35. Evidence: S10; N1 for the level.
    """
    if not room or person.alive == 0:
        return NOT_OPEN
    willing, where, _, _ = four(seed, person.person, week, BLOCK_TIES, PERSONAL)
    willingness = assume.meet * (1.0 - assume.meet_anticipated * person.anticipated_stigma)
    if not is_free(person):
        return IN_CUSTODY if willing < willingness else NOT_OPEN
    conventional = assume.context_common + person.work + person.community
    recovering = person.use == RECOVERING or person.offending == RECOVERING or person.mental_health == RECOVERING
    helped = person.service != NONE and assume.off_services == 0.0
    group = assume.context_group if recovering or helped else 0.0
    street = assume.context_street if is_in_a_problem(person) or person.homeless > 0 else 0.0
    through_kin = assume.context_kin * share_kin_close
    usual = conventional + group + street + through_kin
    if person.area != HOME_AREA:
        conventional += lever.community_building
    group += lever.peer_groups
    total = conventional + group + street + through_kin
    if willing >= willingness * (total / usual):
        return NOT_OPEN
    point = where * total
    if point < conventional:
        return CONVENTIONAL
    if point < conventional + group:
        return RECOVERY_GROUP
    if point < conventional + group + street:
        return STREET
    return THROUGH_KIN


def chance_of_leaving(one, other, known, assume):
    """Chance a week that `one` lets the tie to `other` go; `known` is what is known of `one`.

    In words: people drift apart from those whose lives differ, leave associates in recovery, and turn from labels they do
    not tolerate. Formula: tie_end exp(homophily [differ in being in a problem] + leave_associates [one recovering, other in
    a problem] + tie_label label_weight of one, intolerance of other); twice that across areas. Theory: R10, R15.
    Evidence: S10, S14; N1 for the level.
    """
    chance = assume.tie_end * math.exp(log_factor_of_leaving(one, other, known, assume))
    if one.area != other.area:
        chance *= assume.far_ends
    return min(1.0, chance)


def log_factor_of_leaving(one, other, known, assume):
    """Log of the factor by which difference, recovery and labels raise the chance of leaving."""
    pull = assume.tie_label * one.label_weight * other.intolerance
    if one.in_a_problem != other.in_a_problem:
        pull += assume.homophily
    if one.leaving > 0 and other.in_a_problem > 0:
        pull += known.leave
    return pull


def tie_ends(luck, first, second, known_first, known_second, assume):
    """Whether a tie ends, by one draw for the two; the lower id comes first, so that both multiply in the same order.

    Most ties are spared the exponentials: it ends at most as often as one or the other would leave.
    """
    most = exp_at_most(log_factor_of_leaving(first, second, known_first, assume))
    most += exp_at_most(log_factor_of_leaving(second, first, known_second, assume))
    if luck > assume.tie_end * most * (assume.far_ends if first.area != second.area else 1.0):
        return False
    stay = (1.0 - chance_of_leaving(first, second, known_first, assume)) * (
        1.0 - chance_of_leaving(second, first, known_second, assume)
    )
    return luck < 1.0 - stay


def kind_of_tie(context, other):
    """What a person calls a new tie: by where they met, and by how the other's life stands."""
    if context == RECOVERY_GROUP:
        return RECOVERY_PEER
    return ASSOCIATE if other.in_a_problem > 0 else FRIEND


def four_held(held, low):
    """Who is held in the four places from `low` on, out of one person's row of places, as plain integers.

    Past the last place, the last stands once more, to make up four; nobody reads the luck of that copy.
    """
    return int(held[low]), int(held[low + 1]), int(held[low + 2]), int(held[min(low + 3, OTHER_PLACES - 1)])


def lose_ties(person, seen, known, others, kind, assume, seed, week, book):
    """Step 14, first part: ties that are not kin end, by one draw for the two; four places at a time, as luck is drawn."""
    me = person.person
    for low in range(0, OTHER_PLACES, 4):
        held = four_held(others[me], low)
        luck = of_four_pairs(seed, me, held, week, TIE_DECISION)
        for place in range(low, min(low + 4, OTHER_PLACES)):
            other = held[place - low]
            if other == NOBODY:
                continue
            ended = NO_CAUSE
            if seen[other].alive == 0 or person.alive == 0:
                ended = DEATH
            else:
                first = min(me, other)
                second = max(me, other)
                if tie_ends(luck[place - low], seen[first], seen[second], known[first], known[second], assume):
                    ended = DISTANCE
            if ended != NO_CAUSE:
                if person.alive > 0:
                    note(book, person, TIE_ENDED, NO_DOMAIN, kind[me, place], ended, float(other))
                others[me, place] = NOBODY
                kind[me, place] = 0


def keep_or_lose_kin(person, seen, kin, estranged, lever, assume, seed, week, book):
    """Step 14, second part: kin are estranged while in a problem, and reconciled as recovery comes to be believed.

    Formula: estrange, each week in a problem, less by prison visits while inside; reconcile (1 - exp(-sustained /
    reconcile_weeks)) (1 - reconcile_exposure exposure). Theory: R38, R49.
    """
    if person.alive == 0 or not has_a_problem(person):
        return
    in_a_problem = is_in_a_problem(person)
    me = person.person
    turned = estranged[me, 0] + estranged[me, 1] + estranged[me, 2]
    if not in_a_problem and turned == 0:
        return
    luck = four(seed, me, week, BLOCK_KIN, PERSONAL)
    part = assume.estrange if in_a_problem else 0.0
    if not is_free(person):
        part *= 1.0 - lever.prison_visits
    believed = -math.expm1(-person.sustained / assume.reconcile_weeks)
    mend = assume.reconcile * believed * (1.0 - assume.reconcile_exposure * person.exposure)
    mend += assume.family_support_reconcile * lever.family_support
    for place in range(KIN_PLACES):
        other = kin[me, place]
        if other == NOBODY or seen[other].alive == 0:
            continue
        if estranged[me, place] == 0 and luck[place] < part:
            estranged[me, place] = 1
            note(book, person, KIN_ESTRANGED, NO_DOMAIN, 0, IN_A_PROBLEM, float(other))
        elif estranged[me, place] > 0 and luck[place] < mend:
            estranged[me, place] = 0
            note(book, person, KIN_RECONCILED, NO_DOMAIN, 0, RECOVERY, float(other))


def make_tie(person, people, seen, kin, others, kind, seed, week, book):
    """Step 14, last part: the one person proposed this week becomes a tie, if both are open, in the same place and area.

    Person i is proposed to person (c - i) mod people, c drawn for the week and the place of meeting: a perfect matching of
    permanent ids. Who else is open, or has changed, makes no difference to who is proposed to whom.
    """
    me = person.person
    context = seen[me].context
    if context == NOT_OPEN:
        return
    other = gathering(seed, week, context, people) - me
    if other < 0:
        other += people
    if other == me or seen[other].context != context:
        return
    if context != IN_CUSTODY and seen[other].area != seen[me].area:
        return
    for place in range(KIN_PLACES):
        if kin[me, place] == other:
            return
    free_place = NOBODY
    for place in range(OTHER_PLACES):
        if others[me, place] == other:
            return
        if others[me, place] == NOBODY and free_place == NOBODY:
            free_place = place
    if free_place == NOBODY:
        return
    others[me, free_place] = other
    kind[me, free_place] = kind_of_tie(context, seen[other])
    note(book, person, TIE_MADE, NO_DOMAIN, kind[me, free_place], MET, float(other))
