"""Stories of one life, in given, when and then, for a reader who knows lives rather than code."""

from __future__ import annotations

from simulation.state import ACTIVE, JUSTIFIED, LAPSED, NO_FLAG, RECOVERING, UNJUSTIFIED

YEARS_INTO_RECOVERY = {
    "use": RECOVERING, "weeks_use": 104.0, "record": 1, "record_age": 150, "identity": 0.75, "hope": 0.75,
    "self_stigma": 0.2, "anticipated_stigma": 0.2, "coherence": 0.8, "work": 1, "family": 1,
}  # fmt: skip


def test_a_person_flagged_without_cause_keeps_silent_and_the_label_stays(rule):
    """Withdrawal, silence and a longer label: the vicious loop of a flag."""
    # Given a person two years into recovery, with work, family and close kin who would speak for them,
    known = rule.life(**YEARS_INTO_RECOVERY, around={"kin_voice": 1.0})
    quiet = rule.life(**YEARS_INTO_RECOVERY, around={"kin_voice": 1.0})
    # when the police flag them for nothing that they have done,
    for life in (known, quiet):
        life.week(flag_unjustified=1e-9)
        assert life.person.flag == UNJUSTIFIED
        life.week()
    assert known.person.distress > 0.5
    # and one tells their kin while the other does not,
    known.week(disclosure=1e-9)
    quiet.week()
    luck = 0.1
    # then the same luck ends the flag of the one and not of the other,
    for life in (known, quiet):
        life.week(reversal=luck, reversal_cause=0.9)
    assert known.person.flag == NO_FLAG
    assert known.event("flag_off").cause == "kin"
    assert quiet.person.flag == UNJUSTIFIED
    # and a year later the fear of the one who kept silent is greater, and so is their self-stigma.
    for life in (known, quiet):
        life.week(52)
    assert quiet.person.anticipated_stigma > known.person.anticipated_stigma > 0.2
    assert quiet.person.self_stigma > known.person.self_stigma
    assert quiet.person.identity < known.person.identity


def test_a_person_lapses_and_gets_up_again(rule):
    """A lapse costs something and is not the end of a recovery."""
    # Given a person a year into recovery,
    life = rule.life(use=RECOVERING, weeks_use=52.0, identity=0.7, hope=0.7, self_stigma=0.3)
    # when they lapse one week,
    life.week(change_use=1e-9)
    # then identity, hope and the time others believe are less, but they are not back to where it began,
    assert life.person.use == LAPSED
    assert 0.5 < life.person.hope < 0.65
    assert life.person.weeks_use == 26.0
    # and when the lapse resolves the week after, recovery goes on from there.
    life.week(resolve_use=1e-9)
    life.week(26)
    assert life.person.use == RECOVERING
    assert life.person.weeks_use == 53.0
    assert (life.person.count_lapses, life.person.count_relapses) == (1, 0)


def test_a_person_goes_to_prison_decides_there_and_comes_home_to_nothing(rule):
    """Custody takes roles; deciding to desist does not wait for release, and the penalty does."""
    # Given a person active in offending with work, a family and a role as a volunteer,
    life = rule.life(offending=ACTIVE, work=1, family=1, giving=1, prior_convictions=2)
    # when an offence leads to arrest, conviction and custody,
    life.week(offence=1e-9, arrest=1e-9, conviction=1e-9, custody=1e-9, custody_length=0.05)
    # then work and family are gone, and giving is not;
    assert (life.person.work, life.person.family, life.person.giving) == (0, 0, 1)
    sentence = int(life.person.custody_left)
    assert sentence > 52
    # and when they decide inside to desist, no time counts until release,
    life.week(change_offending=1e-9)
    life.week(sentence - 2)
    assert (life.person.offending, life.person.weeks_offending) == (RECOVERING, 0.0)
    life.week()
    assert life.happened == ["custody_end"]
    # and time begins to count outside, where work is harder to find than for a person who was never inside.
    life.week(4)
    assert life.person.weeks_offending == 5.0
    never = rule.life(offending=RECOVERING, weeks_offending=5.0, record=1)
    assert life.ask("log_hazard_of_work", 1.0, 0.55) < never.ask("log_hazard_of_work", 1.0, 0.55)


def test_a_flag_with_cause_outlasts_the_conduct_only_as_long_as_nobody_speaks(rule):
    """Nobody argues with a justified flag until the conduct has ended."""
    # Given a person flagged with cause, whose kin know of it and have every means to help,
    life = rule.life(
        offending=ACTIVE, flag=JUSTIFIED, flag_weeks=10, disclosed=1, around={"kin_voice": 1.0}, assume={"expiry": 0.0}
    )
    # when a year goes by in which the person goes on offending,
    life.week(52, reversal=1e-9, reversal_cause=0.5)
    # then the flag stands,
    assert life.person.flag == JUSTIFIED
    # and when the person decides to desist, their kin end it the week after.
    life.week(change_offending=1e-9, reversal=1e-9, reversal_cause=0.5)
    assert life.person.flag == JUSTIFIED
    life.week(reversal=1e-9, reversal_cause=0.5)
    assert life.event("flag_off").cause == "kin"


def test_an_ill_person_may_be_in_personal_recovery_and_a_person_without_symptoms_may_not(rule):
    """Personal recovery is about the life, not the illness."""
    # Given two people with a mental-health problem, one with symptoms but with family, work and hope,
    lived = rule.life(
        mental_health=RECOVERING, weeks_mental_health=100.0, symptoms=1, identity=0.85, hope=0.85, self_stigma=0.2,
        family=1, work=1, community=1,
    )  # fmt: skip
    # and one without symptoms but with none of these,
    unlived = rule.life(mental_health=RECOVERING, weeks_mental_health=100.0, identity=0.85, hope=0.85)
    # when half a year goes by,
    lived.week(26)
    unlived.week(26)
    # then the first is in personal recovery, and the second is not.
    assert (lived.person.symptoms, lived.person.personal_recovery) == (1, 1)
    assert (unlived.person.symptoms, unlived.person.personal_recovery) == (0, 0)
