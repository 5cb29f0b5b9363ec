"""A file of published figures: what is read from it, and one message for each thing that can be wrong, with its line."""

from __future__ import annotations

import math

import pytest

from analysis.catalogue import EVERY
from analysis.published import find_number, in_words, published_targets, unit_of
from analysis.published_file import load_figures, read_text_of_figures
from analysis.published_measures import Measure
from analysis.targets import load_numbers
from simulation.errors import EvidenceError

GOOD = {
    "id": '"C9"', "source": '"Ministry of Justice"', "cohort": '"leaving_prison"', "outcome": '"convicted"', "years": "1",
    "value": '"46 %"', "sd": '"2 %"',
}  # fmt: skip


def text_of(*figures: dict[str, str | None]) -> str:
    """A file of figures, each the good one with changes; None leaves a key out."""
    rows = [{**GOOD, **changes} for changes in figures]
    return "\n".join(
        "\n".join(["[[figure]]", *(f"{key} = {value}" for key, value in row.items() if value is not None)]) for row in rows
    )


def one(**changes):
    """The figure of a file of one."""
    (figure,) = read_text_of_figures(text_of({name.rstrip("_"): value for name, value in changes.items()}), "mine.toml")
    return figure


def refused(text: str) -> str:
    """What is said of a file that cannot be read."""
    with pytest.raises(EvidenceError) as told:
        read_text_of_figures(text, "mine.toml")
    return str(told.value)


def test_a_figure_says_what_is_measured_whom_and_when():
    figure = one(group='"own_experience and woman"', from_='"year 2"', own_experience='"80 %"', checked='"verified-2nd"')
    assert figure.measured == Measure(
        "leaving_prison", "outcome", ("convicted",), "own_experience and woman", first_week=52, weeks=52, own_experience=0.8
    )
    assert (figure.value, figure.sd, figure.is_log, unit_of(figure)) == (460.0, 20.0, False, "people per 1,000")
    assert in_words(figure) == "convicted over 1 year from week 52, of `own_experience and woman`, 80 % with own experience"


def test_a_share_may_be_given_in_per_cent_or_in_the_unit_of_its_outcome():
    assert one(value="460", sd="20") == one()
    held = one(outcome='"sudden_held"', value='"40 %"', sd="3")
    assert (held.value, held.sd) == (40.0, 3.0)
    assert one(outcome='"tortuosity"', value='"40 %"', sd="0.1").value == 0.4


def test_the_error_of_a_study_is_a_quarter_of_the_width_of_its_interval_or_so():
    """A 95 % interval is 2 x 1.95996 sd wide, one of 99 % 2 x 2.57583; of a share of 1,000 people sqrt(0.46 x 0.54 / 1,000)."""
    assert one(sd=None, interval='["42 %", "50 %"]').sd == pytest.approx(80 / 3.91993, rel=1e-5)
    assert one(sd=None, interval='["42 %", "50 %"]', level="0.99").sd == pytest.approx(80 / 5.15166, rel=1e-5)
    log = one(sd=None, interval='["42 %", "50 %"]', scale='"log"')
    assert (log.is_log, log.sd) == (True, pytest.approx(math.log(50 / 42) / 3.91993, rel=1e-5))
    assert one(sd=None, sample="1000").sd == pytest.approx(15.761, abs=1e-3)
    assert (one(sd=None, log_sd="0.2").is_log, one(sd=None, log_sd="0.2").sd) == (True, 0.2)


def test_a_share_that_meets_a_rule_a_mean_and_a_correlation_can_be_asked_for_in_one_week():
    share = one(outcome=None, meets="'homeless and not work'", years=None, weeks="0", from_='"week 52"')
    assert (share.measured.kind, share.measured.first_week, share.measured.last_week) == ("meets", 52, 52)
    mean = one(outcome=None, mean='"hope"', weeks="26", years=None, value="0.4", sd="0.1")
    assert (mean.measured.what, unit_of(mean), mean.ends) == (("hope",), "0-1", (0.0, 1.0))
    both = one(outcome=None, correlation='["stigma", "hope"]', value="-0.58", sd="0.1")
    assert (both.measured.what, both.ends) == (("stigma", "hope"), (-1.0, 1.0))


def test_a_group_may_be_held_against_another():
    ratio = one(group='"women"', against='"men"', value="0.8", sd=None, log_sd="0.1")
    assert (ratio.measured.contrast, unit_of(ratio), ratio.ends) == ("ratio", "ratio", (0.0, math.inf))
    less = one(group='"women"', against='"men"', contrast='"difference"', value='"-5 %"')
    assert (less.value, less.ends) == (-50.0, (-1000.0, 1000.0))


def test_a_number_of_a_target_is_measured_as_its_target_has_it():
    figure = one(outcome='"C1.2"', years=None, cohort=None)
    assert (figure.measured, figure.value, figure.cohort) == (find_number("C1.2"), 0.46, "leaving_prison")
    assert one(outcome='"M20"', years=None, cohort='"first_episode"').measured.id == "M20.1"


def test_the_targets_themselves_can_be_judged_each_with_its_tolerance():
    figures = load_figures("targets")
    assert [figure.measured for figure in figures] == list(load_numbers())
    assert figures == published_targets()
    assert len({figure.id for figure in figures}) == 39
    assert all(low <= figure.value <= high for figure in figures for low, high in [figure.ends])


def test_a_scenario_file_may_stand_in_place_of_a_cohort(tmp_path):
    (tmp_path / "own.toml").write_text('cohort = "england"\npeople = 50\n[[population_group]]\nname = "east"\nshare = "20 %"\n')
    path = tmp_path / "mine.toml"
    path.write_text(text_of({"cohort": '"own.toml"', "group": "'population_group == \"east\"'"}))
    (figure,) = load_figures(path)
    assert figure.cohort == str(tmp_path / "own.toml")
    (tmp_path / "own.toml").write_text("people = 5")
    with pytest.raises(EvidenceError, match=r"own\.toml, line 1"):
        load_figures(path)


def test_a_whole_number_that_was_meant_as_a_share_is_warned_of():
    assert one(value="0.46", sd="0.02").warnings == ('C9: 0.46 is people per 1,000; for a share write value = "46 %"',)
    assert one().warnings == ()


WRONG = [
    ({"id": None}, ["line 1", "a figure without id"]),
    ({"source": None}, ["a figure without source"]),
    ({"value": None}, ["a figure without value"]),
    ({"cohort": None}, ["a figure without cohort", "leaving_prison"]),
    ({"id": '""'}, ["line 2", "words in quotation marks"]),
    ({"id": "9"}, ["id = 9", "words in quotation marks"]),
    ({"outcom": '"convicted"'}, ['"outcom"', "Did you mean 'outcome'"]),
    ({"outcome": '"convictd"'}, ["line 5 (C9)", '"convictd", an unknown outcome', "Did you mean 'convicted' or 'convictions'"]),
    ({"outcome": '"C1.9"'}, ["an unknown outcome", "'C1.2'"]),
    ({"outcome": None}, ["none of outcome, meets, mean, correlation"]),
    ({"meets": "'work'"}, ["outcome and meets", "exactly one of"]),
    ({"cohort": '"leaving-prison"'}, ["an unknown cohort", "Did you mean 'leaving_prison'"]),
    ({"cohort": '"nowhere.toml"'}, ["nowhere.toml", "no such file"]),
    ({"cohort": "3"}, ["cohort = 3"]),
    ({"sd": '"-2 %"'}, ["line 8 (C9)", "more than 0"]),
    ({"sd": "0"}, ["sd = 0", "more than 0"]),
    ({"sd": "true"}, ["sd = true", "a number"]),
    ({"sd": None}, ["a figure without sd, interval, log_sd or sample"]),
    ({"log_sd": "0.1"}, ["sd and log_sd", "exactly one of"]),
    ({"value": "1460"}, ["value = 1460", "0 to 1,000, in people per 1,000", "in per cent"]),
    ({"value": "-3"}, ["0 to 1,000"]),
    ({"value": '"146 %"'}, ["0 to 1,000"]),
    ({"value": '"much"'}, ['value = "much"']),
    ({"value": "nan"}, ["value = nan", "a number"]),
    ({"outcome": '"arrests"'}, ['value = "46 %"', "a number, in arrests per 1,000 people"]),
    ({"sd": None, "interval": "[1, 2, 3]"}, ["two numbers in a list"]),
    ({"sd": None, "interval": '["50 %", "42 %"]'}, ["low end, then high end"]),
    ({"sd": None, "interval": '["47 %", "50 %"]'}, ["with the value between them"]),
    ({"sd": None, "interval": '["0 %", "50 %"]', "scale": '"log"'}, ["ends above 0"]),
    ({"sd": None, "interval": '["42 %", "50 %"]', "level": "95"}, ["level = 95", "0.5 to 0.999"]),
    ({"level": "0.9"}, ["level without interval"]),
    ({"scale": '"logarithmic"'}, ["one of log, plain"]),
    ({"sd": None, "log_sd": "0.1", "value": "0"}, ["on the log scale", "more than 0"]),
    ({"sd": None, "sample": "1"}, ["sample = 1"]),
    ({"sd": None, "sample": "100", "value": "0"}, ["no share between none and all"]),
    ({"years": None}, ["a figure without weeks or years"]),
    ({"weeks": "4"}, ["weeks and years", "exactly one of"]),
    ({"years": "0"}, ["an outcome is counted over time"]),
    ({"years": "101"}, ["0 to 100 (years)"]),
    ({"years": None, "weeks": "4.5"}, ["a whole number of weeks"]),
    ({"from": '"year 100"', "years": "2"}, ["a horizon in week 5,252", "at most 100 years"]),
    ({"from": '"soon"'}, ['from = "soon"', "week 52"]),
    ({"outcome": '"sudden_held"', "years": None, "weeks": "20"}, ["20 weeks", "27 or more, which sudden_held needs"]),
    ({"group": '"wommen"'}, ['group = "wommen"']),
    ({"group": '"homeless and"'}, ["line 9 (C9)"]),
    ({"group": '"women"', "against": '"women"'}, ["the same as group"]),
    ({"contrast": '"ratio"'}, ["contrast without against"]),
    ({"group": '"women"', "against": '"men"', "contrast": '"times"'}, ["one of ratio, odds ratio, difference"]),
    ({"outcome": '"arrests"', "group": '"women"', "against": '"men"', "contrast": '"odds ratio"', "value": "1", "sd": "1"},
     ["an odds ratio of what is no share"]),
    ({"own_experience": '"120 %"'}, ["0 to 100 %"]),
    ({"own_experience": '"many"'}, ['own_experience = "many"']),
    ({"checked": '"twice"'}, ["one of verified"]),
    ({"outcome": None, "mean": '"hop"'}, ["no state that has a mean", "Did you mean 'hope'"]),
    ({"outcome": None, "mean": '"use"'}, ["no state that has a mean"]),
    ({"outcome": None, "correlation": '["hope"]'}, ["two states in a list"]),
    ({"outcome": '"C1.2"'}, ["years, beside C1.2", "Leave years out"]),
    ({"outcome": '"C1.2"', "years": None, "cohort": '"england"'}, ['"leaving_prison", which C1.2 is of']),
    ({"outcome": '"C1.2"', "years": None, "value": "46"}, ["0 to 1, in the unit of C1.2"]),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "said"), WRONG, ids=lambda given: str(given)[:60])
def test_each_mistake_is_told_with_its_place_what_is_allowed_and_what_to_do(changes, said):
    told = refused(text_of(changes))
    for part in said:
        assert part in told
    assert "mine.toml" in told or "nowhere.toml" in told
    assert "given: " in told


def test_a_second_figure_of_one_id_is_told_with_the_line_of_the_first():
    told = refused(text_of({}, {}))
    assert "line 10" in told
    assert "a second time (first: line 2)" in told


def test_all_mistakes_are_told_together():
    told = refused(text_of({"sd": "0"}, {"id": '"other"', "outcome": '"convictd"'}))
    assert told.startswith("2 problems")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "an empty file"), ("\n# nothing but a comment\n", "an empty file"), ("[[figure]]\nid = C9", "text that is not TOML"),
        ("[[figure]]\nid = 'a'\nid = 'b'", "Give each key once"), ("title = 'mine'", "no table of a file of figures"),
        ("figure = 3", "no list of tables"), ("[figure]\nid = 'a'", "no list of tables"), ("figure = []", "no [[figure]]"),
    ],
)  # fmt: skip
def test_what_is_no_file_of_figures_is_refused(text, said):
    assert said in refused(text)


def test_a_file_that_is_not_there_is_told_with_the_names_that_are(tmp_path):
    with pytest.raises(EvidenceError, match="no such file") as told:
        load_figures("not_fited")
    assert "Did you mean 'not_fitted'" in str(told.value)
    with pytest.raises(EvidenceError, match="a folder"):
        load_figures(tmp_path)
    (tmp_path / "odd.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(EvidenceError, match="bytes that are no text"):
        load_figures(tmp_path / "odd.toml")


def test_the_figures_that_come_with_the_project_are_no_targets_and_say_how_far_they_were_checked():
    figures = load_figures("not_fitted")
    assert len(figures) >= 30
    assert all(isinstance(figure.measured, Measure) and figure.checked and figure.source for figure in figures)
    assert all(figure.measured.what[0] in EVERY or figure.measured.kind != "outcome" for figure in figures)
    assert not any(figure.warnings for figure in figures)
