"""Carries the rule over the columns: reads a person, looks around, draws their luck, lives the week, writes.

No behaviour stands here. Each function takes a range of rows, from `low` up to `high`, so that threads can share a week; no
row reads what another writes in the same pass, so that how the rows are shared cannot change a result. `people` and
`setting_of` are in the order in which people are stored; ties and `seen`, a pair of tables of what can be seen of people at a
glance and closer by, are in the order of permanent ids.
"""

from __future__ import annotations

from simulation.luck import (
    BLOCK_COURSE, BLOCK_JUSTICE, BLOCK_LABEL, BLOCK_MENTAL_HEALTH, BLOCK_OFFENDING, BLOCK_REVERSAL, BLOCK_ROLES_GAINED,
    BLOCK_SERVICE, BLOCK_USE, PERSONAL, four, sixteen,
)  # fmt: skip
from simulation.state import ACTIVE, GIVEN_MODEL, GIVEN_NEW, GIVEN_PROBLEM, LAPSED, NO_FLAG, NONE, RECOVERING
from simulation.ties import (
    KIN_PLACES, NOBODY, OTHER_PLACES, keep_or_lose_kin, lose_ties, make_tie, open_to, show, show_dead,
)  # fmt: skip
from simulation.week import (
    HOLDING, Around, comfort_of, has_a_problem, is_free, is_in_trouble, live_one_week, mean_for, quality_of_life, take_stock,
)  # fmt: skip

AHEAD = 2
"""How many rows before a person's turn memory is asked for what their ties show."""

FEW = 150_000
"""What so many people show lies in a processor's cache anyway: among them the tie step asks for nothing beforehand."""

MIDDLING = 0.5
"""Intolerance of a tie that an experiment gives."""

CHANCES = (
    "flag_once", "flag_justified", "flag_unjustified", "flag_officer",
    "disclosure", "reversal", "reversal_cause",
    "gain_family", "gain_work", "gain_giving", "gain_community",
    "lose_family", "lose_work", "lose_giving", "lose_community",
    "homeless", "move", "move_where", "relocation",
    "onset_use", "onset_offending", "onset_mental_health", "death",
    "change_use", "resolve_use", "take_use", "enter_use",
    "change_offending", "resolve_offending", "take_offending", "enter_offending",
    "change_mental_health", "resolve_mental_health", "take_mental_health", "enter_mental_health",
    "leave_service", "service_quality", "diagnosis", "coercion",
    "turning_point", "symptoms", "custody_length",
    "offence", "arrest", "conviction", "custody",
)  # fmt: skip
"""The decisions of one person's week, each a number in (0, 1)."""


def fetch(table, row):
    """Do nothing: compiled, it asks memory for this row of `table`, which will soon be read, and does not wait for it."""


def foresee(row, high, people, glance, others):
    """Ask memory for what ties show to the person whose turn comes `AHEAD` rows from now: their ids lead to places far apart.

    No history depends on it. An empty place, -1, asks for what is never read, which does no harm.
    """
    if row + AHEAD < high:
        me = people[row + AHEAD].person
        for place in range(OTHER_PLACES):
            fetch(glance, others[me, place])


def look_around(person, seen, kin, estranged, others, assume):
    """Sums over one person's ties as of last week's end: kin first, then the other places, in their order."""
    me = person.person
    area = person.area
    glance, closer = seen
    supporters = intolerant = kin_voice = flagged_kin = kin_distress = models = in_need = 0.0
    weight_all = weight_use = weight_offending = weight_mental_health = weight_kin = 0.0
    recovering = 0.0
    kin_close = kin_living = degree = 0
    for place in range(KIN_PLACES + OTHER_PLACES):
        is_kin = place < KIN_PLACES
        other = kin[me, place] if is_kin else others[me, place - KIN_PLACES]
        if other == NOBODY:
            continue
        them = glance[other]
        if them.alive == 0:
            continue
        degree += 1
        far = assume.far_weight if them.area != area else 1.0
        weight = far
        if is_kin:
            kin_living += 1
            if estranged[me, place] > 0:
                continue
            kin_close += 1
            weight = far * assume.kin_weight
            weight_kin += far
            known = closer[other]
            kin_distress += far * known.distress
            flagged_kin += far * known.flagged
            if them.stands_by > 0:
                kin_voice += far * known.kin_resource
        weight_all += weight
        if them.noticed > 0:
            weight_use += weight * them.in_trouble_use
            weight_offending += weight * them.in_trouble_offending
            weight_mental_health += weight * them.in_trouble_mental_health
            models += far * them.role_model
            in_need += far * them.in_need
            recovering += them.recovering
        if them.stands_by > 0:
            supporters += weight
            intolerant += weight * them.intolerance
    if person.given_count != 0:
        supporters, intolerant, weight_all, weight_use, weight_offending, models, in_need, recovering, degree = with_given(
            person, supporters, intolerant, weight_all, weight_use, weight_offending, models, in_need, recovering, degree
        )
    if weight_all > 0.0:
        weight_use = min(1.0, weight_use / weight_all)
        weight_offending = min(1.0, weight_offending / weight_all)
        weight_mental_health = min(1.0, weight_mental_health / weight_all)
    else:
        weight_use = weight_offending = weight_mental_health = 0.0
    if weight_kin > 0.0:
        flagged_kin /= weight_kin
        kin_distress /= weight_kin
    around = Around(
        supporters, intolerant, weight_use, weight_offending, weight_mental_health,
        min(1.0, models / assume.models_ties), min(1.0, kin_voice), flagged_kin, kin_distress,
        min(assume.need_most, in_need), recovering, kin_close, kin_close / kin_living if kin_living > 0 else 0.0, degree,
    )  # fmt: skip
    if assume.off_peers > 0.0 or assume.off_role_models > 0.0 or assume.off_chance_to_give > 0.0:
        return with_means(person, around, assume)
    return around


def with_given(
    person, supporters, intolerant, weight_all, weight_use, weight_offending, models, in_need, recovering, degree
):
    """The same sums with ties that an experiment has given, or, below zero, taken away; none falls below nothing."""
    given = person.given_count
    degree = max(0, degree + given)
    weight_all = max(0.0, weight_all + given)
    if person.given_kind == GIVEN_PROBLEM:
        weight_use = max(0.0, weight_use + given)
        weight_offending = max(0.0, weight_offending + given)
    else:
        supporters = max(0.0, supporters + given)
        intolerant = max(0.0, intolerant + given * MIDDLING)
    if person.given_kind == GIVEN_MODEL:
        models = max(0.0, models + given)
    if person.given_kind == GIVEN_NEW:
        in_need = max(0.0, in_need + given)
    if person.given_kind == GIVEN_MODEL or person.given_kind == GIVEN_NEW:
        recovering = max(0.0, recovering + given)
    return supporters, intolerant, weight_all, weight_use, weight_offending, models, in_need, recovering, degree


def with_means(person, around, assume):
    """The same company, with what is switched off at its mean in the starting population."""
    use, offending, mental_health = around.share_active_use, around.share_active_offending, around.share_active_mental_health
    models, in_need = around.models, around.in_need
    if assume.off_peers > 0.0:
        use = mean_for(person, assume.mean_own_peers_use, assume.mean_others_peers_use)
        offending = mean_for(person, assume.mean_own_peers_offending, assume.mean_others_peers_offending)
        mental_health = mean_for(person, assume.mean_own_peers_mental_health, assume.mean_others_peers_mental_health)
    if assume.off_role_models > 0.0:
        models = mean_for(person, assume.mean_own_models, assume.mean_others_models)
    if assume.off_chance_to_give > 0.0:
        in_need = mean_for(person, assume.mean_own_in_need, assume.mean_others_in_need)
    return Around(
        around.supporters, around.intolerant_supporters, use, offending, mental_health, models, around.kin_voice,
        around.flagged_kin, around.kin_distress, in_need, around.ties_recovering, around.kin_close,
        around.share_kin_close, around.degree,
    )  # fmt: skip


def draw_chances(chance, seed, person, week, around, lever):
    """Draw the luck of one person's week into `chance`: each block of decisions only where the state allows one of them."""
    me = person.person
    known = person.record > 0 or person.offending == ACTIVE or around.flagged_kin > 0.0 or lever.flag_once > 0.0
    if person.flag == NO_FLAG and known:
        chance.flag_once, chance.flag_justified, chance.flag_unjustified, chance.flag_officer = four(
            seed, me, week, BLOCK_LABEL, PERSONAL
        )
    if person.flag != NO_FLAG:
        chance.disclosure, chance.reversal, chance.reversal_cause, _ = four(seed, me, week, BLOCK_REVERSAL, PERSONAL)
    (
        (chance.gain_family, chance.gain_work, chance.gain_giving, chance.gain_community),
        (chance.lose_family, chance.lose_work, chance.lose_giving, chance.lose_community),
        (chance.homeless, chance.move, chance.move_where, chance.relocation),
        (chance.onset_use, chance.onset_offending, chance.onset_mental_health, chance.death),
    ) = sixteen(seed, me, week, BLOCK_ROLES_GAINED, PERSONAL)
    in_trouble = is_in_trouble(person.use) or is_in_trouble(person.offending) or is_in_trouble(person.mental_health)
    if person.service != NONE or in_trouble:
        chance.leave_service, chance.service_quality, chance.diagnosis, chance.coercion = four(
            seed, me, week, BLOCK_SERVICE, PERSONAL
        )
    if not has_a_problem(person):
        return
    if person.use != NONE:
        chance.change_use, chance.resolve_use, chance.take_use, chance.enter_use = four(
            seed, me, week, BLOCK_USE, PERSONAL
        )
    if person.offending != NONE:
        chance.change_offending, chance.resolve_offending, chance.take_offending, chance.enter_offending = four(
            seed, me, week, BLOCK_OFFENDING, PERSONAL
        )
        chance.offence, chance.arrest, chance.conviction, chance.custody = four(
            seed, me, week, BLOCK_JUSTICE, PERSONAL
        )
    if person.mental_health != NONE:
        (
            chance.change_mental_health,
            chance.resolve_mental_health,
            chance.take_mental_health,
            chance.enter_mental_health,
        ) = four(seed, me, week, BLOCK_MENTAL_HEALTH, PERSONAL)
    chance.turning_point, chance.symptoms, chance.custody_length, _ = four(seed, me, week, BLOCK_COURSE, PERSONAL)


def has_room(person, others):
    """Whether the person has a place for another tie."""
    for place in range(OTHER_PLACES):
        if others[person.person, place] == NOBODY:
            return True
    return False


def live_rows(
    low, high, seed, week, mode, public_stigma, people, setting_of, settings, assumptions, areas, kin, estranged, others,
    seen, seen_next, chances, book,
):  # fmt: skip
    """Live one week, steps 2 to 13, for the rows from `low` up to `high`, and show what others will see of them."""
    assume = assumptions[0]
    chance = chances[0]
    glance_next, closer_next = seen_next
    glance = seen[0]
    for row in range(low, high):
        foresee(row, high, people, glance, others)
        person = people[row]
        if person.alive == 0:
            show_dead(glance_next[person.person])
            continue
        lever = settings[setting_of[row]]
        area = areas[person.area]
        around = look_around(person, seen, kin, estranged, others, assume)
        draw_chances(chance, seed, person, week, around, lever)
        live_one_week(person, around, area, lever, assume, chance, public_stigma, mode, book)
        mine = glance_next[person.person]
        show(person, areas[person.area], lever, assume, mine, closer_next[person.person])
        mine.context = open_to(person, around.share_kin_close, has_room(person, others), lever, assume, seed, week)


def show_rows(low, high, people, setting_of, settings, assumptions, areas, seen):
    """Show what others can see of the rows from `low` up to `high` as they stand, without living a week."""
    assume = assumptions[0]
    glance, closer = seen
    for row in range(low, high):
        person = people[row]
        show(person, areas[person.area], settings[setting_of[row]], assume, glance[person.person], closer[person.person])


def take_stock_of_rows(
    low, high, public_stigma, people, setting_of, settings, assumptions, areas, kin, estranged, others, seen
):
    """Work out the derived columns of the rows from `low` up to `high` as they stand, without living a week."""
    assume = assumptions[0]
    for row in range(low, high):
        person = people[row]
        around = look_around(person, seen, kin, estranged, others, assume)
        lever = settings[setting_of[row]]
        take_stock(person, around, areas[person.area], lever, assume, public_stigma)


def tie_rows(
    low, high, seed, week, mode, people, setting_of, settings, assumptions, kin, estranged, others, kind, seen, book
):
    """Step 14 for the rows from `low` up to `high`: ties end, kin part or mend, and new ties are made."""
    assume = assumptions[0]
    glance, closer = seen
    everyone = glance.shape[0]
    for row in range(low, high):
        if everyone > FEW:
            foresee(row, high, people, glance, others)
        person = people[row]
        if person.alive == 0 and not has_ties(person, others):
            continue
        lever = settings[setting_of[row]]
        lose_ties(person, glance, closer, others, kind, assume, seed, week, book)
        if mode != HOLDING:
            keep_or_lose_kin(person, glance, kin, estranged, lever, assume, seed, week, book)
        if person.alive > 0:
            make_tie(person, everyone, glance, kin, others, kind, seed, week, book)


def has_ties(person, others):
    """Whether the person holds any place with another who is not kin."""
    for place in range(OTHER_PLACES):
        if others[person.person, place] != NOBODY:
            return True
    return False


COUNTS = (
    "alive", "with_a_problem", "use_active", "use_recovering", "use_lapsed", "offending_active", "offending_recovering",
    "offending_lapsed", "mental_health_active", "mental_health_recovering", "mental_health_lapsed", "symptoms",
    "in_custody", "homeless", "in_service", "flagged", "flagged_without_cause", "with_record", "with_diagnosis",
    "family", "work", "giving", "community", "own_alive", "own_recovering", "own_sustained_year",
    "own_personal_recovery", "own_homeless", "own_in_custody", "own_flagged", "own_roles", "own_kin_close",
    "own_ties", "others_ties",
)  # fmt: skip
"""Whole-number columns of the weekly table that are read off the state at the end of a week."""

SUMS = (
    "identity", "coherence", "hope", "self_stigma", "anticipated_stigma", "distress", "social_capital", "exposure",
    "shame", "regard", "involvement", "comfort", "quality_of_life", "share_active_use", "others_identity",
    "others_hope", "others_social_capital", "others_quality_of_life",
)  # fmt: skip
"""Means in the weekly table: of living people with own experience, or, where they begin with `others_`, without."""


def add_up_rows(low, high, row_of, people, assumptions, counts, sums):
    """Add people, in the order of permanent ids from `low` up to `high`, to `counts` and `sums`, one line of each."""
    assume = assumptions[0]
    for me in range(low, high):
        person = people[row_of[me]]
        if person.alive == 0:
            continue
        counts[0] += 1
        if has_a_problem(person):
            counts[1] += 1
        counts[2] += person.use == ACTIVE
        counts[3] += person.use == RECOVERING
        counts[4] += person.use == LAPSED
        counts[5] += person.offending == ACTIVE
        counts[6] += person.offending == RECOVERING
        counts[7] += person.offending == LAPSED
        counts[8] += person.mental_health == ACTIVE
        counts[9] += person.mental_health == RECOVERING
        counts[10] += person.mental_health == LAPSED
        counts[11] += person.symptoms
        counts[12] += not is_free(person)
        counts[13] += person.homeless
        counts[14] += person.service != NONE
        counts[15] += person.flag != NO_FLAG
        counts[16] += person.flag == 2
        counts[17] += person.record
        counts[18] += person.diagnosis
        counts[19] += person.family
        counts[20] += person.work
        counts[21] += person.giving
        counts[22] += person.community
        if person.own_experience == 0:
            counts[33] += person.degree
            sums[14] += person.identity
            sums[15] += person.hope
            sums[16] += person.social_capital
            sums[17] += quality_of_life(person, assume)
            continue
        in_trouble = is_in_trouble(person.use) or is_in_trouble(person.offending) or is_in_trouble(person.mental_health)
        recovering = has_a_problem(person) and not in_trouble
        counts[23] += 1
        counts[24] += recovering
        counts[25] += recovering and person.sustained >= 52.0
        counts[26] += person.personal_recovery
        counts[27] += person.homeless
        counts[28] += not is_free(person)
        counts[29] += person.flag != NO_FLAG
        counts[30] += person.family + person.work + person.giving + person.community
        counts[31] += person.kin_close
        counts[32] += person.degree
        sums[0] += person.identity
        sums[1] += person.coherence
        sums[2] += person.hope
        sums[3] += person.self_stigma
        sums[4] += person.anticipated_stigma
        sums[5] += person.distress
        sums[6] += person.social_capital
        sums[7] += person.exposure
        sums[8] += person.shame
        sums[9] += person.regard
        sums[10] += person.involvement
        sums[11] += comfort_of(person)
        sums[12] += quality_of_life(person, assume)
        sums[13] += person.share_active_use
