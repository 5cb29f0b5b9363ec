"""One week in one person's life: the rule of the model.

`live_one_week` is the table of contents; each mechanism follows in the order in which it is called. Functions named for
a verb write into `person`; functions named for a quantity only read. Chance comes in as `chance`, one named number in
(0, 1) for each decision. Nothing here loops, holds arrays, draws random numbers, reads or writes files: the same text is
lived by plain Python and, compiled, by the engine, with the same history.

What each name brings: `person` one row of the state; `around` sums over the person's ties as of last week's end; `area`
where the person lives; `lever` the settings that apply to the person this week; `assume` every number of the model; `book`
where events are noted. Half is taken off a share where it acts on a log scale, so that the middle of its range acts not at
all: centred(x) = x - 1/2. All rates are per week.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from simulation.diary import (
    AGE, ARREST, BOTH, CHANCE, COERCED, COMMUNITY_ROLE, CONDUCT, CONVICTION, CUSTODY, CUSTODY_END, CUSTODY_START,
    DECIDED_GRADUALLY, DECIDED_SUDDENLY, DIAGNOSIS_ON, DIED, DISCLOSED, EXPIRY, FAMILY_ROLE, FIRST_ONSET, FLAG_OFF,
    FLAG_ON, GIVING_ROLE, GRADUAL, HOMELESS_END, HOMELESS_START, IN_TROUBLE, KIN, LAPSE, MENTAL_HEALTH, MOVED, NO_CAUSE,
    NO_DOMAIN, OFFENCE, OFFENDING, ONSET, OWN_CHOICE, PERSONAL_RECOVERY_OFF, PERSONAL_RECOVERY_ON, POLICE, POLICY,
    PROFESSIONAL, RECORD_OFF, RECORD_ON, RELAPSE, RELEASE, RESOLVED, REVIEW, ROLE_GAINED, ROLE_LOST, SEALED, SENTENCE,
    SERVICE_END, SERVICE_START, STAY_OVER, SYMPTOMS_OFF, SYMPTOMS_ON, TURNING_POINT, USE, WORK_ROLE, note,
)  # fmt: skip
from simulation.luck import normal
from simulation.state import ACTIVE, HOME_AREA, JUSTIFIED, LAPSED, NEW_AREA, NO_FLAG, NONE, RECOVERING, UNJUSTIFIED

WEEKS_A_YEAR = 52.0
LN2 = 0.6931471805599453
LIVING, SETTLING, HOLDING = 0, 1, 2
"""How a week is lived: for real; in burn-in, where nobody ages or dies; in burn-in with what defines the cohort held."""

STAY, BEGIN, DECIDE_GRADUALLY, DECIDE_SUDDENLY, FALL, FALL_BACK, GET_UP = 0, 1, 2, 3, 4, 5, 6
"""What a week does to a domain: nothing, onset, a decision of either kind, a lapse, a relapse, a lapse resolved."""


class Around(NamedTuple):
    """Sums over a person's ties as of last week's end. Kin weigh more than others, ties across areas less."""

    supporters: float
    intolerant_supporters: float
    share_active_use: float
    share_active_offending: float
    share_active_mental_health: float
    models: float
    kin_voice: float
    flagged_kin: float
    kin_distress: float
    in_need: float
    ties_recovering: float
    kin_close: int
    share_kin_close: float
    degree: int


def live_one_week(person, around, area, lever, assume, chance, public_stigma, mode, book):
    """Live one person's week, steps 2 to 13, in their order."""
    if mode != HOLDING:
        let_time_pass(person)
        come_to_be_flagged(person, around, area, lever, assume, chance, book)
        tell_kin(person, around, assume, chance, book)
        have_flag_ended(person, around, lever, assume, chance, book)
        have_record_sealed(person, lever, assume, book)
    take_stock(person, around, area, lever, assume, public_stigma)

    person.distress = held(
        person.distress, distress_after(person, around, lever, assume), lever.freeze_distress, lever.cap_distress
    )
    person.upheaval = 0
    person.anticipated_stigma = held(
        person.anticipated_stigma, anticipated_stigma_after(person, lever, assume), lever.freeze_anticipated_stigma,
        lever.cap_anticipated_stigma,
    )  # fmt: skip
    person.self_stigma = held(
        person.self_stigma, self_stigma_after(person, assume), lever.freeze_self_stigma, lever.cap_self_stigma
    )
    person.hope = held(person.hope, hope_after(person, around, lever, assume), lever.freeze_hope, lever.cap_hope)
    person.identity = held(person.identity, identity_after(person, assume), lever.freeze_identity, lever.cap_identity)
    person.coherence = held(
        person.coherence, coherence_after(person, assume), lever.freeze_coherence, lever.cap_coherence
    )

    if mode != HOLDING:
        gain_and_lose_roles(person, around, area, lever, assume, chance, public_stigma, book)
        serve_time(person, lever, book)
        find_or_lose_a_home(person, around, lever, assume, chance, book)
        use_services(person, area, lever, assume, chance, book)
        move_away(person, area, lever, assume, chance, book)
        take_stock_again(person, around, area, lever, assume, public_stigma)
        change_course(person, around, area, lever, assume, chance, book)
        take_stock_again(person, around, area, lever, assume, public_stigma)
    come_into_personal_recovery(person, assume, book)
    if mode == LIVING:
        grow_older_or_die(person, assume, chance, book)
    keep_count(person)


# What a step reads of a person's own state


def clip(x):
    """`x` held between 0 and 1."""
    return min(1.0, max(0.0, x))


def centred(x):
    """`x`, 0 to 1, against the middle of its range."""
    return x - 0.5


def logistic(x):
    """Chance whose log odds are `x`."""
    return 1.0 / (1.0 + math.exp(-x))


def cloglog(x):
    """Chance a week whose log hazard is `x`."""
    return -math.expm1(-math.exp(x))


def happens(chance, log_hazard):
    """Whether something whose log hazard is `log_hazard` happens to a person whose luck is `chance`.

    The first line spares most people the exponentials: at this log hazard the chance is just below 0.095.
    """
    if log_hazard < -2.31 and chance > 0.1:
        return False
    return chance < cloglog(log_hazard)


def exp_at_most(x):
    """A number that exp(x) stays below, found without an exponential; infinite from 16 up.

    Formula: exp(x) <= 1 / (1 - x / 16)^16, and a thousandth more, so that no rounding can turn the comparison.
    """
    if x >= 16.0:
        return math.inf
    part = 1.0 - x / 16.0
    part *= part
    part *= part
    part *= part
    part *= part
    return 1.001 / part


def towards(now, target, rate):
    """`now` moved the share `rate` of the way to `target`."""
    return now + rate * (target - now)


def held(now, after, freeze, cap):
    """`after`, at most `cap`; or `now`, where a switch or an experiment freezes it."""
    if freeze > 0.0:
        return now
    return min(cap, after)


def support(person, off, assume):
    """Social capital as it acts in one of its ways; at its mean in the starting population where that way is switched off."""
    if off > 0.0:
        return mean_for(person, assume.mean_own_capital, assume.mean_others_capital)
    return person.social_capital


def mean_for(person, own, others):
    """The mean of people with own experience, or of the others, whichever this person is."""
    return own if person.own_experience > 0 else others


def is_in_trouble(status):
    """Whether a domain is active or in a lapse."""
    return status == ACTIVE or status == LAPSED


def is_in_a_problem(person):
    """Whether the person is active or in a lapse, in substance use or offending."""
    return is_in_trouble(person.use) or is_in_trouble(person.offending)


def has_a_problem(person):
    """Whether any domain is the person's own."""
    return person.use != NONE or person.offending != NONE or person.mental_health != NONE


def is_free(person):
    """Whether the person is out of custody."""
    return person.custody_left == 0


def sustained_weeks(person, assume):
    """Least recovery time, in weeks, over the person's own domains; years of it for a person without a problem."""
    weeks = assume.no_problem_weeks
    if person.use != NONE:
        weeks = min(weeks, person.weeks_use)
    if person.offending != NONE:
        weeks = min(weeks, person.weeks_offending)
    if person.mental_health != NONE:
        weeks = min(weeks, person.weeks_mental_health)
    return weeks


def label_of_record(person, area, assume):
    """Weight of the record that people in this area can see: it halves every `label_record_years`."""
    if person.record == 0:
        return 0.0
    years = person.record_age / WEEKS_A_YEAR
    return area.exposure * area.visibility * assume.label_record * math.exp(-years * LN2 / assume.label_record_years)


def label_weight_of(person, area, assume):
    """Weight of all labels that the person carries, as others where they live see them."""
    return weight_of_labels(label_of_record(person, area, assume), person, area, assume)


def weight_of_labels(record_part, person, area, assume):
    """Weight of all labels: record and diagnosis as far as they are known in the area, and a flag, which comes to the door.

    Formula: min(1, area exposure visibility (label_record record 2^(-age) + label_diagnosis diagnosis) + label_flag flag);
    `record_part` is what of the record is seen.
    """
    weight = record_part
    if person.diagnosis > 0:
        weight += area.exposure * area.visibility * assume.label_diagnosis
    if person.flag != NO_FLAG:
        weight += assume.label_flag
    return min(1.0, weight)


def social_capital_of(around, label_weight, assume):
    """Support the person can draw on: supporters, less those whose intolerance a label turns away.

    Formula: 1 - exp(-max(0, supporters - rejection label_weight intolerant supporters) / capital_scale).
    """
    standing_by = around.supporters - assume.rejection * label_weight * around.intolerant_supporters
    return -math.expm1(-max(0.0, standing_by) / assume.capital_scale)


def shame_of(person, sustained, lever, assume):
    """Shame at what one has done: whole while in a problem, halving in recovery, none for mental health alone.

    Formula: shame_proneness (1 in a problem, else 2^(-sustained / shame_weeks)). Theory: R27.
    """
    if person.use == NONE and person.offending == NONE:
        return 0.0
    recency = 1.0 if is_in_a_problem(person) else math.exp(-sustained * LN2 / assume.shame_weeks)
    return clip(person.shame_proneness * recency + lever.shaming_message)


def regard_of(exposure, sustained, social_capital, assume):
    """How others are seen to see one: time in recovery believed, less stigma, as far as there is anyone to say so.

    Formula: [floor + (1 - floor)(1 - exp(-sustained / regard_weeks))] (1 - exposure) (alone + (1 - alone) social capital).
    """
    believed = assume.regard_floor - (1.0 - assume.regard_floor) * math.expm1(-sustained / assume.regard_weeks)
    return believed * (1.0 - exposure) * (assume.regard_alone + (1.0 - assume.regard_alone) * social_capital)


def involvement_of(person):
    """Share of what is meaningful to the person that is held in roles."""
    held = 0.0
    if person.family > 0:
        held += person.weight_family
    if person.work > 0:
        held += person.weight_work
    if person.giving > 0:
        held += person.weight_giving
    if person.community > 0:
        held += person.weight_community
    return min(1.0, held)


def comfort_of(person):
    """Comfort, being good in one's own skin: identity, undisturbed by fear or by waiting for it to end."""
    return person.identity * (1.0 - person.anticipated_stigma) * (1.0 - person.distress)


def quality_of_life(person, assume):
    """Quality of life, 0 to 100: a constructed index, never fed back into a life."""
    return 100.0 * clip(
        assume.life_base
        + assume.life_roles * person.involvement
        + assume.life_capital * person.social_capital
        + assume.life_identity * person.identity
        + assume.life_hope * person.hope
        - assume.life_self_stigma * person.self_stigma
        - assume.life_distress * person.distress
        - assume.life_homeless * person.homeless
        - assume.life_symptoms * person.symptoms
    )


def take_stock(person, around, area, lever, assume, public_stigma):
    """Work out what follows from the person's state as it is now.

    In words: the weight of labels, exposure to stigma, support, time sustained, shame, the regard of others and involvement
    in roles are never stored between steps: each step reads them as they follow from everything else. Evidence: as given at
    each of them.
    """
    carry_labels(person, label_weight_of(person, area, assume), around, lever, assume, public_stigma)
    person.sustained = sustained_weeks(person, assume)
    be_regarded(person, lever, assume)
    look_at_oneself(person, lever, assume)
    person.supporters = around.supporters
    person.role_models = around.models
    person.in_need = around.in_need
    person.kin_voice = around.kin_voice
    person.ties_recovering = around.ties_recovering
    person.share_active_use = around.share_active_use
    person.share_active_offending = around.share_active_offending
    person.share_active_mental_health = around.share_active_mental_health
    person.kin_close = around.kin_close
    person.degree = around.degree


def take_stock_again(person, around, area, lever, assume, public_stigma):
    """Work out anew what events since `take_stock` may have changed, ties being what they were.

    In words: exposure and support follow from labels, regard from these and time sustained; what has not moved since leaves
    them where they are. Evidence: as given at each of them.
    """
    label_weight = label_weight_of(person, area, assume)
    sustained = sustained_weeks(person, assume)
    relabelled = label_weight != person.label_weight
    if relabelled:
        carry_labels(person, label_weight, around, lever, assume, public_stigma)
    if relabelled or sustained != person.sustained:
        person.sustained = sustained
        be_regarded(person, lever, assume)
    look_at_oneself(person, lever, assume)


def carry_labels(person, label_weight, around, lever, assume, public_stigma):
    """Let labels of this weight expose the person to stigma, and turn supporters away."""
    person.label_weight = label_weight
    person.exposure = held(person.exposure, label_weight * public_stigma, lever.freeze_exposure, lever.cap_exposure)
    person.social_capital = held(
        person.social_capital, social_capital_of(around, label_weight, assume), lever.freeze_social_capital,
        lever.cap_social_capital,
    )  # fmt: skip


def be_regarded(person, lever, assume):
    """Let others regard the person as their exposure, time sustained and support have it."""
    vouched = support(person, assume.off_support_regard, assume)
    person.regard = held(
        person.regard, regard_of(person.exposure, person.sustained, vouched, assume), lever.freeze_regard, lever.cap_regard
    )


def look_at_oneself(person, lever, assume):
    """Let shame and involvement follow from conduct and roles."""
    person.shame = held(person.shame, shame_of(person, person.sustained, lever, assume), lever.freeze_shame, lever.cap_shame)
    person.involvement = held(
        person.involvement, involvement_of(person), lever.freeze_involvement, lever.cap_involvement
    )


def let_time_pass(person):
    """Let records, flags, lapses and time since release grow a week older."""
    if person.record > 0:
        person.record_age += 1
    if person.flag != NO_FLAG:
        person.flag_weeks += 1
    if person.ever_released > 0:
        person.weeks_since_release += 1
    if person.use == LAPSED:
        person.lapse_weeks_use += 1
    if person.offending == LAPSED:
        person.lapse_weeks_offending += 1
    if person.mental_health == LAPSED:
        person.lapse_weeks_mental_health += 1


# Steps 2 to 4: a label comes, is told, and goes


def chance_of_unjustified_flag(person, area, lever, assume):
    """Chance a week of a flag without cause, from police.

    In words: it falls on people known to police, whatever they do now; fewer know of a record in a new area. Formula:
    weekly(unjustified_flags) bias of the area, bias of the population group, known, less the share that stage-aware policing
    withholds in the first year. Theory: labelling (R52, R67). Evidence: no published rate; assumed, and printed beside every
    result on flags.
    """
    if person.record == 0:
        return 0.0
    weekly = -math.expm1(math.log1p(-lever.unjustified_flags) / WEEKS_A_YEAR)
    if sustained_weeks(person, assume) < assume.stage_weeks:
        weekly *= 1.0 - lever.stage_aware_policing
    return min(1.0, weekly * area.bias * person.group_bias * area.visibility)


def come_to_be_flagged(person, around, area, lever, assume, chance, book):
    """Step 2. A flag as a person of interest, with cause or without.

    In words: conduct brings a justified flag while active in offending; a record, flagged kin or a scenario's single event
    bring an unjustified one; one flag at a time, never in custody. Formula: justified_flag; the chance from police plus
    kin_contagion times the share of kin flagged. Theory: labelling (R52, R59). Evidence: assumed.
    """
    if person.flag != NO_FLAG or not is_free(person):
        return
    kind = NO_FLAG
    cause = NO_CAUSE
    by_police = chance_of_unjustified_flag(person, area, lever, assume)
    by_kin = assume.kin_contagion * around.flagged_kin
    if chance.flag_once < lever.flag_once:
        kind = UNJUSTIFIED
        cause = POLICY
    elif person.offending == ACTIVE and chance.flag_justified < assume.justified_flag:
        kind = JUSTIFIED
        cause = CONDUCT
    elif chance.flag_unjustified < by_police:
        kind = UNJUSTIFIED
        cause = POLICE
    elif chance.flag_unjustified < by_police + by_kin:
        kind = UNJUSTIFIED
        cause = KIN
    if kind == NO_FLAG:
        return
    person.flag = kind
    person.flag_weeks = 0
    person.flag_officer = chance.flag_officer
    person.disclosed = 0
    person.count_flags += 1
    if kind == UNJUSTIFIED:
        person.count_unjustified_flags += 1
    note(book, person, FLAG_ON, NO_DOMAIN, kind, cause, 0.0)


def tell_kin(person, around, assume, chance, book):
    """Step 3. Telling kin of a flag, from the week after it.

    In words: regard makes it easier, self-stigma harder; without kin who are close nobody is told. Formula:
    logistic(disclosure_base + disclosure (regard - self_stigma)). Theory: R54. Evidence: assumed.
    """
    if person.flag == NO_FLAG or person.flag_weeks < 1 or person.disclosed > 0 or around.kin_close == 0:
        return
    readiness = assume.disclosure_base + assume.disclosure * (centred(person.regard) - centred(person.self_stigma))
    if assume.off_disclosure_delay > 0.0 or chance.disclosure < logistic(readiness):
        person.disclosed = 1
        note(book, person, DISCLOSED, NO_DOMAIN, person.flag, NO_CAUSE, float(person.flag_weeks))


def weight_of_ally(person, lever, assume):
    """Weight, 0 to 1, of a professional who speaks for the person: a helping service, a just officer, an advocate."""
    if person.service != NONE and person.service_quality > 0.0 and assume.off_services == 0.0:
        return 1.0
    if person.flag_officer < lever.just_officers:
        return 1.0
    return lever.independent_advocate


def voice_of_kin(around, lever):
    """Voice, 0 to 1, of kin who are close: their means and standing, and support for families."""
    if around.kin_close == 0:
        return 0.0
    return min(1.0, around.kin_voice + lever.family_support)


def have_flag_ended(person, around, lever, assume, chance, book):
    """Step 4. A flag ends: by itself, at a review, or because someone speaks for the person.

    In words: advocacy ends a justified flag only once the person is no longer active in offending. Formula: hazard expiry +
    told kin_voice_rate voice + ally professional_rate + told ally both_rate voice. An unjustified flag ended by advocacy is
    an upheld complaint; with accountability it gives back some trust. Theory: R55, R56, R60, R61. Evidence: assumed.
    """
    if person.flag == NO_FLAG or person.flag_weeks < 1:
        return
    deserved = person.flag == JUSTIFIED and person.offending == ACTIVE
    by_kin = 0.0
    by_ally = 0.0
    by_both = 0.0
    if not deserved:
        voice = person.disclosed * voice_of_kin(around, lever)
        ally = weight_of_ally(person, lever, assume)
        by_kin = assume.kin_voice_rate * voice
        by_ally = assume.professional_rate * ally
        by_both = assume.both_rate * voice * ally
    hazard = assume.expiry + by_kin + by_ally + by_both
    cause = NO_CAUSE
    if chance.reversal < -math.expm1(-hazard):
        share = chance.reversal_cause * hazard
        cause = BOTH
        if share < assume.expiry:
            cause = EXPIRY
        elif share < assume.expiry + by_kin:
            cause = KIN
        elif share < assume.expiry + by_kin + by_ally:
            cause = PROFESSIONAL
    elif person.flag_weeks >= lever.review_date and person.offending != ACTIVE:
        cause = REVIEW
    if cause == NO_CAUSE:
        return
    note(book, person, FLAG_OFF, NO_DOMAIN, person.flag, cause, float(person.flag_weeks))
    if is_upheld(person.flag, cause):
        fear = max(0.0, person.anticipated_stigma - assume.anticipated_floor)
        calmer = person.anticipated_stigma - lever.accountability * assume.trust_regained * fear
        person.anticipated_stigma = held(person.anticipated_stigma, calmer, lever.freeze_anticipated_stigma, 1.0)
    person.flag = NO_FLAG
    person.flag_weeks = 0
    person.disclosed = 0


def is_upheld(flag, cause):
    """Whether a flag that ended this way is an upheld complaint: without cause, and ended because someone spoke."""
    return flag == UNJUSTIFIED and (cause == KIN or cause == PROFESSIONAL or cause == BOTH)


def have_record_sealed(person, lever, assume, book):
    """Part of step 4. A record is sealed, for good, after as many sustained weeks as a policy asks for.

    In words: what is sealed counts nowhere but in a court that passes sentence. Formula: sustained >= seal_records.
    Theory: labelling undone. Evidence: C28 for how few ask for it; a policy only, none without it.
    """
    if person.record > 0 and sustained_weeks(person, assume) >= lever.seal_records:
        person.record = 0
        person.record_age = 0
        note(book, person, RECORD_OFF, NO_DOMAIN, 0, SEALED, 0.0)


# Steps 5 to 9: what goes on inside


def obstruction_of(person):
    """How far the service that the person is in obstructs, 0 to 1."""
    return max(0.0, -person.service_quality) if person.service != NONE else 0.0


def distress_after(person, around, lever, assume):
    """Step 5. Distress at the end of the week.

    In words: a flag, custody, upheaval, symptoms, trouble in use, homelessness, distressed kin or an obstructing service raise
    it within the week; it takes a month to fall. Formula: towards clip(flag_shock (1 - shock_buffer social_capital) handling +
    the rest), up at distress_rise, down at distress_decay. Theory: stress and its buffering by support (R35, R53, R57).
    Evidence: X12.
    """
    target = assume.distress_kin * around.kin_distress
    if person.flag != NO_FLAG:
        buffered = 1.0 - assume.shock_buffer * support(person, assume.off_support_distress, assume)
        target += assume.flag_shock * buffered * (1.0 - lever.just_handling)
    if not is_free(person):
        target += assume.distress_custody
    if person.upheaval > 0:
        target += assume.distress_event
    if person.symptoms > 0:
        target += assume.distress_symptoms
    if is_in_trouble(person.use):
        target += assume.distress_use
    if person.homeless > 0:
        target += assume.distress_homeless
    target = clip(target + assume.distress_obstruction * assume.obstruction * obstruction_of(person))
    return towards(person.distress, target, assume.distress_rise if target > person.distress else assume.distress_decay)


def anticipated_stigma_after(person, lever, assume):
    """Step 6. Anticipated stigma, waiting for the good time to end, at the end of the week.

    In words: it follows exposure up within weeks and comes down over a year. Formula: towards clip(anticipated_floor +
    anticipated_exposure exposure + anticipated_flag flag handling). Theory: R51, R58. Evidence: M21.
    """
    target = assume.anticipated_floor + assume.anticipated_exposure * person.exposure
    if person.flag != NO_FLAG:
        target += assume.anticipated_flag * (1.0 - lever.just_handling)
    if person.service != NONE and person.coerced > 0:
        target += assume.anticipated_coercion
    target = clip(target)
    rate = assume.anticipated_rise if target > person.anticipated_stigma else assume.anticipated_decay
    return towards(person.anticipated_stigma, target, rate)


def exposure_taken_in(person, assume):
    """Exposure to stigma as far as it reaches self-stigma: all of it, or what exceeds the person's own resistance (M17)."""
    if assume.on_label_resistance > 0.0:
        return max(0.0, person.exposure - person.resistance)
    return person.exposure


def self_stigma_after(person, assume):
    """Step 7. Self-stigma at the end of the week.

    In words: exposure and its anticipation feed it, a positive identity and support hold it off, an obstructing service adds.
    Formula: towards logistic(self_stigma_base + z_exposure exposure + z_anticipated anticipated - z_identity identity -
    social_capital + obstruction), at self_stigma_rate. Theory: modified labelling. Evidence: M14, M20, M22.
    """
    target = logistic(
        assume.self_stigma_base
        + assume.z_exposure * exposure_taken_in(person, assume)
        + assume.z_anticipated * centred(person.anticipated_stigma)
        - assume.z_identity * centred(person.identity)
        - centred(support(person, assume.off_support_self_stigma, assume))
        + assume.obstruction * obstruction_of(person)
    )
    return towards(person.self_stigma, target, assume.self_stigma_rate)


def hope_after(person, around, lever, assume):
    """Step 8. Hope at the end of the week.

    In words: support, roles and identity give it, self-stigma and distress take it; people further on and a helping service
    show that it can be done. Formula: towards logistic(hope_gain (social_capital + involvement + identity - self_stigma) -
    hope_distress distress + role_models models + service_effect quality), at hope_rate. Theory: CHIME, R12, R25. Evidence: M16.
    """
    balance = (
        centred(support(person, assume.off_support_hope, assume))
        + centred(person.involvement)
        + centred(person.identity)
        - centred(person.self_stigma)
    )
    pull = (
        assume.hope_gain * balance
        - assume.hope_distress * person.distress
        + assume.role_models * centred(around.models)
    )
    if person.service != NONE:
        pull += assume.service_effect * person.service_quality
    pull += lever.hope_coaching + lever.with_future
    return towards(person.hope, logistic(pull), assume.hope_rate)


def identity_after(person, assume):
    """Step 9. Identity at the end of the week.

    In words: it grows from itself, the regard of others and meaningful roles, and is worn down by self-stigma; lost faster
    than won, less so where it is coherent. Formula: towards logistic(i_own identity + i_regard regard + i_roles involvement
    - i_stigma self_stigma), up at identity_rate, down at identity_rate asymmetry (1 - coherence_guard coherence).
    Theory: Paternoster and Bushway; Maruna; social identity (R21 to R30). Evidence: S7 for the pace.
    """
    target = logistic(
        assume.i_own * centred(person.identity)
        + assume.i_regard * centred(person.regard)
        + assume.i_roles * centred(person.involvement)
        - assume.i_stigma * centred(person.self_stigma)
    )
    rate = assume.identity_rate
    if target < person.identity:
        rate = min(1.0, rate * assume.asymmetry * (1.0 - assume.coherence_guard * person.coherence))
    return towards(person.identity, target, rate)


def coherence_after(person, assume):
    """Part of step 9. Coherence at the end of the week.

    In words: how far one's own view of oneself and that of others agree, followed slowly. Formula: towards 1 - |identity -
    regard|, at coherence_rate. Theory: narrative identity (R22). Evidence: assumed.
    """
    return towards(person.coherence, 1.0 - abs(person.identity - person.regard), assume.coherence_rate)


# Step 10: roles


def search_of(person, assume):
    """How far identity and hope reach in looking for roles; only once no longer in a problem, in the form that asks for it."""
    if assume.off_role_search > 0.0:
        return mean_for(person, assume.mean_own_search, assume.mean_others_search)
    if assume.on_roles_after_conduct > 0.0 and is_in_a_problem(person):
        return 0.0
    return centred(person.identity) + centred(person.hope)


def log_hazard_of_role(person, around, lever, assume, barrier, exposure, institution):
    """Log hazard of gaining a role, its own constants apart, shared by all four.

    In words: people look for roles as far as identity and hope reach, find them through others and through skills, and meet
    a barrier where a label is seen, after prison, and while in a problem. Theory: R23, R29 to R33, R47. Evidence: C16, S1b.
    """
    value = (
        assume.role_base
        + assume.trying * search_of(person, assume)
        + centred(support(person, assume.off_support_roles, assume))
        + assume.role_skills * (person.skills + lever.skills_training)
        - assume.role_barrier * barrier * exposure
    )
    if is_in_a_problem(person):
        value -= assume.role_problem
    if person.ever_released > 0:
        penalty = assume.institution_penalty * institution * (1.0 - person.visited)
        value -= penalty * math.exp(-person.weeks_since_release / assume.institution_weeks)
    return value


def exposure_at_work(person, area, lever, assume, public_stigma):
    """Exposure that an employer sees: a policy may hide the record from them, or part of it."""
    if lever.employers_not_asking == 0.0 or lever.freeze_exposure > 0.0:
        return person.exposure
    seen = (1.0 - lever.employers_not_asking) * label_of_record(person, area, assume)
    return weight_of_labels(seen, person, area, assume) * public_stigma


def log_hazard_of_family_role(person, around, area, lever, assume, barrier):
    """Log hazard a week of gaining a family role, with `barrier` times the usual barrier of exposure."""
    institution = assume.institution_family * (1.0 - lever.parenting_support)
    return (
        log_hazard_of_role(person, around, lever, assume, barrier * assume.barrier_family, person.exposure, institution)
        + assume.role_family
        + area.opportunity
    )


def log_hazard_of_work(person, around, area, lever, assume, barrier, public_stigma):
    """Log hazard a week of gaining work, with `barrier` times the usual barrier of exposure.

    Employers who cannot see records may take people of a marked group to have one: statistical discrimination (C16).
    """
    exposure = exposure_at_work(person, area, lever, assume, public_stigma)
    suspected = assume.statistical_discrimination * lever.employers_not_asking * person.group_marked
    return (
        log_hazard_of_role(
            person, around, lever, assume, barrier * assume.barrier_work, exposure, assume.institution_work
        )
        + assume.role_work
        + area.opportunity
        + lever.supported_employment
        + lever.economic_shock
        - suspected
    )


def log_hazard_of_giving(person, around, area, lever, assume, barrier):
    """Log hazard a week of gaining a giving role, with `barrier` times the usual barrier of exposure."""
    return (
        log_hazard_of_role(
            person, around, lever, assume, barrier * assume.barrier_giving, person.exposure, assume.institution_giving
        )
        + assume.role_giving
        + area.opportunity
        + assume.role_need * around.in_need
        + lever.volunteering_posts
    )


def log_hazard_of_community_role(person, around, area, lever, assume, barrier):
    """Log hazard a week of gaining a community role, with `barrier` times the usual barrier of exposure."""
    value = (
        log_hazard_of_role(
            person, around, lever, assume, barrier * assume.barrier_community, person.exposure,
            assume.institution_community,
        )
        + assume.role_community
        + area.opportunity
    )  # fmt: skip
    if person.area != HOME_AREA:
        value += lever.community_building
    return value


def gain_and_lose_roles(person, around, area, lever, assume, chance, public_stigma, book):
    """Step 10. Roles gained and lost.

    In words: each role not held may be gained, each role held may be lost, faster while in a problem; only giving can be
    gained in custody; work ends with the working age. A draw that failed under the barrier of a label and would not have
    failed without it is counted. Formula: cloglog of the log hazard; role_loss + role_loss_problem in a problem.
    """
    free = is_free(person)
    loss = assume.role_loss + (assume.role_loss_problem if is_in_a_problem(person) else 0.0)
    blocked = False
    if person.family > 0:
        if chance.lose_family < loss:
            person.family = 0
            note(book, person, ROLE_LOST, NO_DOMAIN, FAMILY_ROLE, CHANCE, 0.0)
    elif free:
        if happens(chance.gain_family, log_hazard_of_family_role(person, around, area, lever, assume, 1.0)):
            person.family = 1
            note(book, person, ROLE_GAINED, NO_DOMAIN, FAMILY_ROLE, NO_CAUSE, 0.0)
        elif person.exposure > 0.0:
            blocked = happens(chance.gain_family, log_hazard_of_family_role(person, around, area, lever, assume, 0.0))
    if person.work > 0:
        if person.age >= assume.work_until:
            person.work = 0
            note(book, person, ROLE_LOST, NO_DOMAIN, WORK_ROLE, AGE, 0.0)
        elif chance.lose_work < loss * math.exp(-lever.economic_shock):
            person.work = 0
            note(book, person, ROLE_LOST, NO_DOMAIN, WORK_ROLE, CHANCE, 0.0)
    elif free and person.age < assume.work_until:
        if happens(chance.gain_work, log_hazard_of_work(person, around, area, lever, assume, 1.0, public_stigma)):
            person.work = 1
            note(book, person, ROLE_GAINED, NO_DOMAIN, WORK_ROLE, NO_CAUSE, 0.0)
        elif person.exposure > 0.0:
            blocked = blocked or happens(
                chance.gain_work, log_hazard_of_work(person, around, area, lever, assume, 0.0, public_stigma)
            )
    if person.giving > 0:
        if chance.lose_giving < loss:
            person.giving = 0
            note(book, person, ROLE_LOST, NO_DOMAIN, GIVING_ROLE, CHANCE, 0.0)
    elif happens(chance.gain_giving, log_hazard_of_giving(person, around, area, lever, assume, 1.0)):
        person.giving = 1
        note(book, person, ROLE_GAINED, NO_DOMAIN, GIVING_ROLE, NO_CAUSE, 0.0)
    elif person.exposure > 0.0:
        blocked = blocked or happens(chance.gain_giving, log_hazard_of_giving(person, around, area, lever, assume, 0.0))
    if person.community > 0:
        if chance.lose_community < loss:
            person.community = 0
            note(book, person, ROLE_LOST, NO_DOMAIN, COMMUNITY_ROLE, CHANCE, 0.0)
    elif free:
        if happens(chance.gain_community, log_hazard_of_community_role(person, around, area, lever, assume, 1.0)):
            person.community = 1
            note(book, person, ROLE_GAINED, NO_DOMAIN, COMMUNITY_ROLE, NO_CAUSE, 0.0)
        elif person.exposure > 0.0:
            blocked = blocked or happens(
                chance.gain_community, log_hazard_of_community_role(person, around, area, lever, assume, 0.0)
            )
    if blocked:
        person.weeks_role_blocked += 1


# Step 11: custody, home, services, moving


def serve_time(person, lever, book):
    """Step 11, first part. Custody counts down; a sentence begun in a week counts from the next.

    In words: a stay during which kin can visit costs less in roles afterwards, as far as they ever could in it. Theory: R33.
    Evidence: C27, in part explained by who is visited.
    """
    if is_free(person):
        return
    person.visited = max(person.visited, lever.prison_visits)
    person.custody_left -= 1
    if person.custody_left == 0:
        person.ever_released = 1
        person.weeks_since_release = 0
        person.upheaval = 1
        note(book, person, CUSTODY_END, NO_DOMAIN, 0, RELEASE, 0.0)


def find_or_lose_a_home(person, around, lever, assume, chance, book):
    """Step 11, second part. Becoming homeless, and finding a home.

    In words: being in a problem and the first weeks after release bring homelessness nearer, support keeps it off, and
    support and kin with means help out of it. Formula: on, cloglog(homeless_on + homeless_problem [in a problem] +
    homeless_release [first weeks after release] - homeless_capital social_capital); off, cloglog(homeless_off +
    social_capital + homeless_kin (kin voice - 1/2) + housing_first). Theory: R42, R65. Evidence: P2, P5 for the level.
    """
    if not is_free(person):
        return
    capital = support(person, assume.off_support_home, assume)
    if person.homeless > 0:
        voice = voice_of_kin(around, lever)
        if assume.off_support_home > 0.0:
            voice = mean_for(person, assume.mean_own_kin_voice, assume.mean_others_kin_voice)
        pull = assume.homeless_off + centred(capital) + lever.housing_first
        pull += assume.homeless_kin * centred(voice)
        if happens(chance.homeless, pull):
            person.homeless = 0
            note(book, person, HOMELESS_END, NO_DOMAIN, 0, CHANCE, 0.0)
        return
    push = assume.homeless_on - assume.homeless_capital * centred(capital)
    if is_in_a_problem(person):
        push += assume.homeless_problem
    if person.ever_released > 0 and person.weeks_since_release < assume.homeless_release_weeks:
        push += assume.homeless_release
    if happens(chance.homeless, push):
        person.homeless = 1
        note(book, person, HOMELESS_START, NO_DOMAIN, 0, CHANCE, 0.0)


def service_entered(person, lever, assume, chance):
    """The domain of the service that a person in trouble comes to of their own accord this week, or none.

    Formula: coverage service_entry (1 - service_anticipated anticipated_stigma), domain by domain.
    """
    drawn_to = assume.service_entry * (1.0 - assume.service_anticipated * person.anticipated_stigma)
    if is_in_trouble(person.use) and chance.enter_use < lever.service_coverage_use * drawn_to:
        return USE
    if is_in_trouble(person.offending) and chance.enter_offending < lever.service_coverage_offending * drawn_to:
        return OFFENDING
    if (
        is_in_trouble(person.mental_health)
        and chance.enter_mental_health < lever.service_coverage_mental_health * drawn_to
    ):
        return MENTAL_HEALTH
    return NO_DOMAIN


def service_made_to_enter(person, lever, chance):
    """The domain of the service that a person in trouble is made to enter this week, or none."""
    if chance.coercion >= lever.coercion:
        return NO_DOMAIN
    if is_in_trouble(person.use):
        return USE
    if is_in_trouble(person.offending):
        return OFFENDING
    if is_in_trouble(person.mental_health):
        return MENTAL_HEALTH
    return NO_DOMAIN


def quality_met(service, area, lever, assume, chance):
    """Quality, -1 to 1, of the service a person comes to: the mean for its domain, the area's part, and luck."""
    mean = lever.service_quality_mental_health
    if service == USE:
        mean = lever.service_quality_use
    elif service == OFFENDING:
        mean = lever.service_quality_offending
    return min(1.0, max(-1.0, mean + area.quality + assume.quality_sd * normal(chance.service_quality)))


def use_services(person, area, lever, assume, chance, book):
    """Step 11, third part. Entering and leaving a service that helps or obstructs; one at a time.

    In words: stays end at a constant rate; people in trouble come of their own accord, or are made to, and then find it
    worse; at entry to a mental-health service a diagnosis may stay with the person. Theory: R17 to R19, R45, R46.
    Evidence: S5, S37; rates assumed.
    """
    if not is_free(person):
        return
    if person.service != NONE:
        if chance.leave_service < 1.0 / assume.service_weeks:
            note(book, person, SERVICE_END, person.service, 0, STAY_OVER, person.service_quality)
            person.service = NONE
            person.service_quality = 0.0
            person.coerced = 0
        return
    cause = OWN_CHOICE
    service = service_entered(person, lever, assume, chance)
    if service == NO_DOMAIN:
        service = service_made_to_enter(person, lever, chance)
        cause = COERCED
    if service == NO_DOMAIN:
        return
    quality = quality_met(service, area, lever, assume, chance)
    if cause == COERCED:
        quality = max(-1.0, quality - assume.coercion_quality)
        person.coerced = 1
    person.service = service
    person.service_quality = quality
    note(book, person, SERVICE_START, service, 0, cause, quality)
    if service == MENTAL_HEALTH and person.diagnosis == 0:
        if chance.diagnosis < (assume.diagnosis_obstructing if quality < 0.0 else assume.diagnosis_helping):
            person.diagnosis = 1
            note(book, person, DIAGNOSIS_ON, MENTAL_HEALTH, 0, IN_TROUBLE, 0.0)


def move_away(person, area, lever, assume, chance, book):
    """Step 11, last part. Moving to another area; ties are kept, and weigh less across areas.

    In words: a rare move to any other area; a policy may help a person to the new one. Like a sentence, a move counts from
    the next week: for the rest of this one the person is still judged where they were. Formula: relocation, else move.
    Theory: a fresh start (R14, R66). Evidence: C26; the rate is assumed.
    """
    if not is_free(person):
        return
    if person.area != NEW_AREA and area.elsewhere > 0 and chance.relocation < lever.relocation:
        person.area = NEW_AREA
        note(book, person, MOVED, NO_DOMAIN, person.area, POLICY, 0.0)
    elif chance.move < assume.move and area.elsewhere > 0:
        where = int(chance.move_where * area.elsewhere)
        person.area = where if where < person.area else where + 1
        note(book, person, MOVED, NO_DOMAIN, person.area, CHANCE, 0.0)


# Step 12: the domains


def liability(own, person, assume):
    """Lasting liability in a domain, in log hazard: a part common to all domains, and one of its own."""
    common = math.sqrt(assume.frailty_common) * person.frailty
    return assume.frailty_sd * (common + math.sqrt(1.0 - assume.frailty_common) * own)


def chance_of_onset(share_active, person, assume):
    """Chance a week that a problem begins: rare, likelier among ties in trouble, falling with age."""
    return assume.onset_rate * math.exp(log_factor_of_onset(share_active, person, assume))


def log_factor_of_onset(share_active, person, assume):
    """Log of the factor by which ties in trouble and age change the rate of onset."""
    years = max(0.0, person.age - assume.onset_age_from)
    return assume.onset_peers * share_active - years / assume.onset_age_years


def begins(chance, needed, share_active, person, assume):
    """Whether a problem begins this week, at `needed` times the chance of onset; most people are spared the exponential."""
    if chance > needed * assume.onset_rate * exp_at_most(log_factor_of_onset(share_active, person, assume)):
        return False
    return chance < needed * chance_of_onset(share_active, person, assume)


def chance_of_taking_turning_point(person, assume):
    """Chance that a turning point becomes a decision at once.

    Formula: logistic(turning_threshold + turning_hope w_hope (hope + shame (hope - shame_hope_mark))). Theory: R7, R28.
    """
    lift = centred(person.hope) + person.shame * (person.hope - assume.shame_hope_mark)
    return logistic(assume.turning_threshold + assume.turning_hope * assume.w_hope * lift)


def log_hazard_of_deciding(base, own_frailty, share_active, person, assume):
    """Log hazard of deciding gradually.

    In words: hope, identity and support bring it nearer, ties in trouble put it off, shame does either, by hope. Formula:
    base - decide_frailty liability + w_hope hope + w_identity decide_identity identity + w_capital decide_capital
    social_capital + w_shame shame_slope shame (hope - shame_hope_mark) - w_peers share. Theory: R7, R23, R28.
    """
    return (
        base
        - assume.decide_frailty * liability(own_frailty, person, assume)
        + assume.w_hope * centred(person.hope)
        + assume.w_identity * assume.decide_identity * centred(person.identity)
        + assume.w_capital * assume.decide_capital * centred(support(person, assume.off_support_deciding, assume))
        + assume.w_shame * assume.shame_slope * person.shame * (person.hope - assume.shame_hope_mark)
        - assume.w_peers * share_active
    )


def consolidated(weeks, person, assume):
    """How far recovery has come to be consolidated, on the log of time sustained; its mean where that is switched off."""
    if assume.off_consolidation > 0.0:
        return mean_for(person, assume.mean_own_consolidated, assume.mean_others_consolidated)
    return math.log1p(weeks / assume.consolidation_weeks)


def log_hazard_of_lapse(base, own_frailty, weeks, share_active, roles, person, area, assume):
    """Log hazard of a lapse, as far as it is the same in all domains.

    In words: liability, ties in trouble, distress, homelessness and a risky area raise it; identity, hope, support, roles
    and time sustained lower it; so does a helping service. Theory: R9 to R14, R21. Evidence: S1, S8, S11, C3, M3, X12.
    """
    value = (
        base
        + liability(own_frailty, person, assume)
        - assume.w_identity * centred(person.identity)
        - assume.w_hope * assume.lapse_hope * centred(person.hope)
        - assume.w_capital * centred(support(person, assume.off_support_keeping, assume))
        - roles * person.involvement
        + assume.w_peers * share_active
        + assume.w_distress * person.distress
        + area.risk
        - assume.consolidation * consolidated(weeks, person, assume)
    )
    if person.homeless > 0:
        value += assume.w_homeless
    if person.service != NONE and person.service_quality > 0.0:
        value -= assume.service_help * person.service_quality
    return value


def chance_of_relapse(share_active, person, lever, assume):
    """Chance a week that a lapse becomes a relapse.

    Formula: logistic(relapse_in_lapse - w_identity identity - w_hope lapse_hope hope - w_capital social_capital +
    w_distress distress + w_peers share - check_ups). Theory: lapse is not relapse (R6). Evidence: S3.
    """
    return logistic(
        assume.relapse_in_lapse
        - assume.w_identity * centred(person.identity)
        - assume.w_hope * assume.lapse_hope * centred(person.hope)
        - assume.w_capital * centred(support(person, assume.off_support_keeping, assume))
        + assume.w_distress * person.distress
        + assume.w_peers * share_active
        - lever.check_ups
    )


def course_while_active(log_hazard, person, assume, turning_point, taken, change):
    """What a week does to an active domain: a sudden decision, a gradual one, or nothing."""
    if turning_point < assume.turning_points and taken < chance_of_taking_turning_point(person, assume):
        return DECIDE_SUDDENLY
    return DECIDE_GRADUALLY if happens(change, log_hazard) else STAY


def course_in_lapse(lapse_weeks, share_active, person, lever, assume, change, resolve):
    """What a week does to a lapse, from the week after it: a relapse, its end, or nothing yet."""
    if lapse_weeks < 1:
        return STAY
    if change < chance_of_relapse(share_active, person, lever, assume):
        return FALL_BACK
    return GET_UP if resolve < assume.resolve_lapse else STAY


def course_of_use(person, around, area, lever, assume, chance):
    """What the week does to substance use."""
    share = around.share_active_use
    if person.use == NONE:
        return BEGIN if begins(chance.onset_use, 1.0, share, person, assume) else STAY
    if person.use == ACTIVE:
        deciding = log_hazard_of_deciding(assume.decide_use, person.frailty_use, share, person, assume)
        return course_while_active(deciding, person, assume, chance.turning_point, chance.take_use, chance.change_use)
    if person.use == LAPSED:
        return course_in_lapse(
            person.lapse_weeks_use, share, person, lever, assume, chance.change_use, chance.resolve_use
        )
    lapsing = log_hazard_of_lapse(
        assume.lapse_use, person.frailty_use, person.weeks_use, share, assume.w_roles_use, person, area, assume
    )
    if is_in_trouble(person.offending):
        lapsing += assume.link_use_offending
    if is_in_trouble(person.mental_health):
        lapsing += assume.link_use_mental_health
    return FALL if happens(chance.change_use, lapsing) else STAY


def course_of_offending(person, around, area, lever, assume, chance):
    """What the week does to offending: frozen in custody, but deciding to desist stays open.

    In words: the hazard of a lapse falls with age and under a flag that deters. Evidence: C22, C23, C30; C19 and C21 for
    deterrence, whose range starts at zero.
    """
    share = around.share_active_offending
    free = is_free(person)
    if person.offending == NONE:
        return BEGIN if free and begins(chance.onset_offending, 1.0, share, person, assume) else STAY
    if person.offending == ACTIVE:
        deciding = log_hazard_of_deciding(assume.decide_offending, person.frailty_offending, share, person, assume)
        return course_while_active(
            deciding, person, assume, chance.turning_point, chance.take_offending, chance.change_offending
        )
    if not free:
        return STAY
    if person.offending == LAPSED:
        return course_in_lapse(
            person.lapse_weeks_offending, share, person, lever, assume, chance.change_offending,
            chance.resolve_offending,
        )  # fmt: skip
    lapsing = log_hazard_of_lapse(
        assume.lapse_offending, person.frailty_offending, person.weeks_offending, share, assume.w_roles_offending,
        person, area, assume,
    )  # fmt: skip
    lapsing -= assume.lapse_age * (person.age - assume.lapse_age_mark) / 10.0
    if person.flag != NO_FLAG:
        lapsing -= assume.deterrence
    if is_in_trouble(person.use):
        lapsing += assume.link_use_offending
        if is_in_trouble(person.mental_health):
            lapsing += assume.both_link
    return FALL if happens(chance.change_offending, lapsing) else STAY


def course_of_mental_health(person, around, area, lever, assume, chance):
    """What the week does to mental health: onset needs distress, and symptoms raise the hazard of a crisis (M3)."""
    share = around.share_active_mental_health
    if person.mental_health == NONE:
        needed = assume.onset_calm + (1.0 - assume.onset_calm) * person.distress
        return BEGIN if begins(chance.onset_mental_health, needed, share, person, assume) else STAY
    if person.mental_health == ACTIVE:
        deciding = log_hazard_of_deciding(
            assume.decide_mental_health, person.frailty_mental_health, share, person, assume
        )
        return course_while_active(
            deciding, person, assume, chance.turning_point, chance.take_mental_health, chance.change_mental_health
        )
    if person.mental_health == LAPSED:
        return course_in_lapse(
            person.lapse_weeks_mental_health, share, person, lever, assume, chance.change_mental_health,
            chance.resolve_mental_health,
        )  # fmt: skip
    lapsing = log_hazard_of_lapse(
        assume.lapse_mental_health, person.frailty_mental_health, person.weeks_mental_health, share,
        assume.w_roles_mental_health, person, area, assume,
    )  # fmt: skip
    if person.symptoms > 0:
        lapsing += assume.lapse_symptoms
    if is_in_trouble(person.use):
        lapsing += assume.link_use_mental_health
    return FALL if happens(chance.change_mental_health, lapsing) else STAY


def status_after(status, course):
    """Status in a domain after what the week did to it."""
    if course == BEGIN or course == FALL_BACK:
        return ACTIVE
    if course == DECIDE_GRADUALLY or course == DECIDE_SUDDENLY or course == GET_UP:
        return RECOVERING
    if course == FALL:
        return LAPSED
    return status


def weeks_after(weeks, status, course, counts, assume):
    """Recovery time others believe: it grows in recovery, a lapse halves it, a relapse ends it."""
    if course == FALL:
        return weeks * assume.lapse_halves
    if status != RECOVERING and status != LAPSED:
        return 0.0
    return weeks + 1.0 if status == RECOVERING and counts else weeks


def write_course(person, domain, course, weeks, lever, assume, book):
    """Note what the week did to a domain, and let a lapse set the person back.

    In words: a lapse costs identity, less so where it is coherent, and hope, and adds self-stigma: the abstinence-violation
    effect. Theory: Marlatt; R5, R6, R22.
    """
    if course == BEGIN:
        note(book, person, ONSET, domain, 0, FIRST_ONSET, 0.0)
    elif course == DECIDE_GRADUALLY:
        person.count_decisions += 1
        note(book, person, DECIDED_GRADUALLY, domain, 0, GRADUAL, person.hope)
    elif course == DECIDE_SUDDENLY:
        person.count_decisions += 1
        note(book, person, DECIDED_SUDDENLY, domain, 0, TURNING_POINT, person.hope)
    elif course == FALL:
        person.count_lapses += 1
        person.upheaval = 1
        less = person.identity - assume.setback * person.identity * (1.0 - person.coherence)
        person.identity = held(person.identity, less, lever.freeze_identity, lever.cap_identity)
        person.hope = held(person.hope, person.hope - assume.setback * person.hope, lever.freeze_hope, lever.cap_hope)
        more = person.self_stigma + assume.setback * (1.0 - person.self_stigma)
        person.self_stigma = held(person.self_stigma, more, lever.freeze_self_stigma, lever.cap_self_stigma)
        note(book, person, LAPSE, domain, 0, NO_CAUSE, weeks)
    elif course == FALL_BACK:
        person.count_relapses += 1
        person.upheaval = 1
        note(book, person, RELAPSE, domain, 0, NO_CAUSE, weeks)
    elif course == GET_UP:
        note(book, person, RESOLVED, domain, 0, NO_CAUSE, weeks)


def change_course(person, around, area, lever, assume, chance, book):
    """Step 12. The three domains, judged together from the state at the start of the step; then offences and symptoms."""
    use = course_of_use(person, around, area, lever, assume, chance)
    offending = course_of_offending(person, around, area, lever, assume, chance)
    mental_health = course_of_mental_health(person, around, area, lever, assume, chance)
    in_trouble_in_use = is_in_trouble(person.use)
    free = is_free(person)

    if use == DECIDE_SUDDENLY or offending == DECIDE_SUDDENLY or mental_health == DECIDE_SUDDENLY:
        lifted = towards(person.identity, 1.0, assume.turning_jump)
        person.identity = held(person.identity, lifted, lever.freeze_identity, lever.cap_identity)
        lifted = towards(person.hope, 1.0, assume.turning_jump)
        person.hope = held(person.hope, lifted, lever.freeze_hope, lever.cap_hope)

    write_course(person, USE, use, person.weeks_use, lever, assume, book)
    write_course(person, OFFENDING, offending, person.weeks_offending, lever, assume, book)
    write_course(person, MENTAL_HEALTH, mental_health, person.weeks_mental_health, lever, assume, book)
    person.use = status_after(person.use, use)
    person.offending = status_after(person.offending, offending)
    person.mental_health = status_after(person.mental_health, mental_health)
    if use == FALL:
        person.lapse_weeks_use = 0
    if offending == FALL:
        person.lapse_weeks_offending = 0
    if mental_health == FALL:
        person.lapse_weeks_mental_health = 0

    offend_and_be_caught(person, free, offending, lever, assume, chance, book)
    have_symptoms(person, mental_health, in_trouble_in_use, lever, assume, chance, book)
    person.weeks_use = weeks_after(person.weeks_use, person.use, use, True, assume)
    person.weeks_offending = weeks_after(person.weeks_offending, person.offending, offending, free, assume)
    person.weeks_mental_health = weeks_after(
        person.weeks_mental_health, person.mental_health, mental_health, True, assume
    )


def chance_of_offence(person, course, assume):
    """Chance of at least one offence this week, for a free person.

    In words: while active, at a rate of one's own; in the first week of a lapse, about as often as not; a flag deters.
    Formula: 1 - exp(-offence_rate exp(offence_sd offence_frailty)), or offence_in_lapse; times exp(-deterrence flag).
    Evidence: C1, C2; C19 and C21 for deterrence.
    """
    chance = 0.0
    if course == FALL:
        chance = assume.offence_in_lapse
    elif person.offending == ACTIVE and course == STAY:
        chance = -math.expm1(-assume.offence_rate * math.exp(assume.offence_sd * person.offence_frailty))
    return chance * math.exp(-assume.deterrence) if person.flag != NO_FLAG else chance


def offend_and_be_caught(person, free, course, lever, assume, chance, book):
    """Step 12, offences. An offence; then perhaps an arrest, a conviction, custody: four things, and four events.

    In words: a label draws attention, so that the same conduct is caught more often. Formula: arrest, detection (1 +
    detection_label label_weight) policing; conviction; custody, custody_base + custody_prior earlier convictions, at most
    custody_most, less community sentences; its length geometric. Theory: R52. Evidence: C1, C2, C18.
    """
    if not free or chance.offence >= chance_of_offence(person, course, assume):
        return
    person.count_offences += 1
    note(book, person, OFFENCE, OFFENDING, 0, NO_CAUSE, 0.0)
    if chance.arrest >= assume.detection * (1.0 + assume.detection_label * person.label_weight) * lever.policing:
        return
    person.count_arrests += 1
    person.upheaval = 1
    note(book, person, ARREST, OFFENDING, 0, CONDUCT, person.label_weight)
    if chance.conviction >= assume.conviction:
        return
    custody = min(assume.custody_most, assume.custody_base + assume.custody_prior * person.prior_convictions)
    person.prior_convictions += 1
    person.count_convictions += 1
    note(book, person, CONVICTION, OFFENDING, 0, CONDUCT, float(person.prior_convictions))
    if person.record == 0:
        note(book, person, RECORD_ON, NO_DOMAIN, 0, CONDUCT, 0.0)
    person.record = 1
    person.record_age = 0
    if chance.custody < custody * (1.0 - lever.community_sentences):
        enter_custody(person, assume, chance, book)


def enter_custody(person, assume, chance, book):
    """Enter custody: all roles but giving are lost, a stay in a service and homelessness end (R33)."""
    weeks = 1 + int(math.log(chance.custody_length) / math.log1p(-1.0 / assume.custody_weeks))
    person.custody_left = weeks
    person.visited = 0.0
    note(book, person, CUSTODY_START, NO_DOMAIN, 0, SENTENCE, float(weeks))
    if person.family > 0:
        person.family = 0
        note(book, person, ROLE_LOST, NO_DOMAIN, FAMILY_ROLE, CUSTODY, 0.0)
    if person.work > 0:
        person.work = 0
        note(book, person, ROLE_LOST, NO_DOMAIN, WORK_ROLE, CUSTODY, 0.0)
    if person.community > 0:
        person.community = 0
        note(book, person, ROLE_LOST, NO_DOMAIN, COMMUNITY_ROLE, CUSTODY, 0.0)
    if person.service != NONE:
        note(book, person, SERVICE_END, person.service, 0, CUSTODY, person.service_quality)
        person.service = NONE
        person.service_quality = 0.0
        person.coerced = 0
    if person.homeless > 0:
        person.homeless = 0
        note(book, person, HOMELESS_END, NO_DOMAIN, 0, CUSTODY, 0.0)


def have_symptoms(person, course, in_trouble_in_use, lever, assume, chance, book):
    """Step 12, symptoms: the clinical episode, apart from living a life in recovery.

    In words: symptoms come with the onset of a problem, then come and go; distress and trouble in use bring them. Formula:
    on, symptoms_on exp(distress + symptom_frailty z), three times that in trouble in use; off, symptoms_off exp(-symptom_
    frailty z) treat_symptoms; z the person's liability in mental health at unit spread. Theory: R44. Evidence: M3, M5, X11.
    """
    if person.mental_health == NONE:
        return
    if course == BEGIN:
        if person.symptoms == 0:
            person.symptoms = 1
            person.upheaval = 1
            note(book, person, SYMPTOMS_ON, MENTAL_HEALTH, 0, FIRST_ONSET, 0.0)
        return
    z = (
        math.sqrt(assume.frailty_common) * person.frailty
        + math.sqrt(1.0 - assume.frailty_common) * person.frailty_mental_health
    )
    # Most weeks are spared the exponentials: a chance a week is at most the rate that it follows from.
    if person.symptoms > 0:
        easing = -assume.symptom_frailty * z
        if chance.symptoms > assume.symptoms_off * exp_at_most(easing) * lever.treat_symptoms:
            return
        rate = assume.symptoms_off * math.exp(easing) * lever.treat_symptoms
        if chance.symptoms < -math.expm1(-rate):
            person.symptoms = 0
            note(book, person, SYMPTOMS_OFF, MENTAL_HEALTH, 0, CHANCE, 0.0)
        return
    strain = assume.symptoms_distress * person.distress + assume.symptom_frailty * z
    use = assume.symptoms_use if in_trouble_in_use else 1.0
    if chance.symptoms > assume.symptoms_on * exp_at_most(strain) * use:
        return
    rate = assume.symptoms_on * math.exp(strain) * use
    if chance.symptoms < -math.expm1(-rate):
        person.symptoms = 1
        person.upheaval = 1
        note(book, person, SYMPTOMS_ON, MENTAL_HEALTH, 0, CHANCE, 0.0)


def come_into_personal_recovery(person, assume, book):
    """Step 12, personal recovery: coming into it, and falling out of it.

    In words: a good identity, hope and roles for half a year, whatever the symptoms. Formula: identity > recovery_identity,
    hope > recovery_hope and involvement >= recovery_roles for recovery_weeks in a row. Theory: personal recovery, R44.
    Evidence: M16 for what goes with it; the marks are assumed.
    """
    flourishing = (
        person.identity > assume.recovery_identity
        and person.hope > assume.recovery_hope
        and person.involvement >= assume.recovery_roles
        and has_a_problem(person)
    )
    person.weeks_flourishing = person.weeks_flourishing + 1 if flourishing else 0
    if person.personal_recovery == 0 and person.weeks_flourishing >= assume.recovery_weeks:
        person.personal_recovery = 1
        note(book, person, PERSONAL_RECOVERY_ON, NO_DOMAIN, 0, NO_CAUSE, 0.0)
    elif person.personal_recovery > 0 and not flourishing:
        person.personal_recovery = 0
        note(book, person, PERSONAL_RECOVERY_OFF, NO_DOMAIN, 0, NO_CAUSE, 0.0)


# Step 13: age and death


def chance_of_death(person, assume):
    """Chance of death this week: a life table by age and sex, more while active in use, more again just out of prison.

    Formula: yearly rate floor + base exp(age growth), by sex (Gompertz and Makeham). Evidence: D1; D3, D4, D6; D8, D9.
    """
    return -math.expm1(-yearly_rate_of_death(math.exp(log_factor_of_age(person, assume)), person, assume) / WEEKS_A_YEAR)


def log_factor_of_age(person, assume):
    """Log of the factor by which age raises mortality."""
    return (assume.death_age_women if person.woman > 0 else assume.death_age_men) * person.age


def yearly_rate_of_death(by_age, person, assume):
    """Yearly rate of death, given the factor of age, `by_age`."""
    if person.woman > 0:
        rate = assume.death_floor_women + assume.death_base_women * by_age
    else:
        rate = assume.death_floor_men + assume.death_base_men * by_age
    if person.use == ACTIVE:
        rate *= assume.death_use
        if person.ever_released > 0 and person.weeks_since_release < assume.death_release_weeks and is_free(person):
            rate *= assume.death_release
    return rate


def dies(chance, person, assume):
    """Whether the person dies this week; most are spared the exponentials, for the chance is at most the rate a week."""
    if chance > yearly_rate_of_death(exp_at_most(log_factor_of_age(person, assume)), person, assume) / WEEKS_A_YEAR:
        return False
    return chance < chance_of_death(person, assume)


def grow_older_or_die(person, assume, chance, book):
    """Step 13. A week older; or the end of this life, which stays in the history.

    In words: everyone ages by a week, and may die. Theory: none beyond the life table and what substance use adds to it.
    """
    person.age += 1.0 / WEEKS_A_YEAR
    if dies(chance.death, person, assume):
        person.alive = 0
        note(book, person, DIED, NO_DOMAIN, 0, NO_CAUSE, person.age)


def keep_count(person):
    """Add the week to the person's running totals."""
    person.sum_distress += person.distress
    if person.custody_left > 0:
        person.weeks_custody += 1
    if person.homeless > 0:
        person.weeks_homeless += 1
    if person.flag != NO_FLAG:
        person.weeks_flagged += 1
    if person.service != NONE:
        person.weeks_service += 1
    if person.personal_recovery > 0:
        person.weeks_personal_recovery += 1
    person.weeks_roles += person.family + person.work + person.giving + person.community
