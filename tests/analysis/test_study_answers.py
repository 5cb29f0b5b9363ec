"""What studies answer over draws, counted by hand, and the files and the page that say it."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from analysis import claims_tested
from analysis.claim_draws import draws_of
from analysis.claim_jobs import REGISTERED, UNDETERRED, Size, claim_jobs, variants_of
from analysis.claims import load_claims
from analysis.claims_tested import asked_for, assumed_in, verdicts_of
from analysis.posterior import Draw
from analysis.report_claims import summary, write_claims
from analysis.report_studies import answer_rows
from analysis.studies import NAMES, load_studies
from analysis.study_answers import answer_of, answer_table, answers_of, ends_of, going_with
from simulation.errors import UserError

STUDIES = load_studies()
DRAWS = draws_of(12)
SELVES, LENGTH = STUDIES["two-selves"], STUDIES["label-length"]
SHARE = SELVES.measures[0]
CRITICAL = LENGTH.measures[0]


def drawn(study, name, values):
    """Numbers of a study in each draw: one measure at these values, all others 0."""
    return [{**{one.id: 0.0 for one in study.measures}, name: value} for value in values]


def test_draws_beyond_the_threshold_are_counted_among_all_that_were_lived():
    lived = drawn(SELVES, SHARE.id, [0.05, 0.1, 0.2, 0.3, math.nan])
    found = answer_of(SELVES, SHARE, lived, {})
    assert (found.counted, found.draws, found.known) == (2, 5, 4)
    assert found.share == 0.4
    assert found.median == pytest.approx(0.15)
    assert "in 2 of 5 draws (exact 95 % interval 0.05 to 0.85)" in found.sentence()


def test_a_length_that_is_never_reached_counts_as_longer_than_all_and_medians_are_lengths_that_were_tried():
    lived = drawn(LENGTH, CRITICAL.id, [26.0, 52.0, math.inf, math.inf, math.nan])
    found = answer_of(LENGTH, CRITICAL, lived, {}, deterrence=False)
    assert (found.low, found.median, found.high) == (26.0, 52.0, math.inf)
    assert (found.without_end, found.share_without_end) == (2, 0.5)
    assert math.isnan(found.share)
    assert found.sentence() == (
        "label-length, flags that deter nobody: critical length of a label, everybody: median 52 (middle 95 % of draws: 26 to "
        "none up to four years); none up to four years in 2 of 4."
    )


def test_where_nothing_is_known_nothing_is_made_up():
    found = answer_of(LENGTH, CRITICAL, drawn(LENGTH, CRITICAL.id, [math.nan] * 3), {})
    assert (found.draws, found.known) == (3, 0)
    assert found.sentence() == "label-length: critical length of a label, everybody: not known in any of 3 draws."
    assert "no draw of it" in answer_of(SELVES, SHARE, [], {}).sentence()
    assert all(math.isnan(end) for end in ends_of(np.zeros(0)))


def test_a_share_that_rises_with_the_loop_goes_with_it():
    gain = np.arange(12.0)
    assert going_with("loop_gain_own", gain**2, gain).correlation == pytest.approx(1.0)
    assert going_with("loop_gain_own", -gain, gain).correlation == pytest.approx(-1.0)
    assert math.isnan(going_with("loop_gain_own", np.ones(12), gain).correlation)
    few = going_with("loop_gain_own", gain[:9], gain[:9])
    assert (math.isnan(few.correlation), few.draws) == (True, 9)


def test_an_answer_says_which_assumption_parts_the_draws_where_it_counts():
    lived = drawn(SELVES, SHARE.id, [0.0] * 6 + [0.5] * 6)
    found = answer_of(SELVES, SHARE, lived, {"i_own": np.arange(12.0), "i_roles": np.tile([0.0, 1.0], 6)})
    assert [one.name for one in found.on] == ["i_own"]


def test_draws_that_failed_are_left_out_with_their_assumptions():
    numbers = {("two-selves", REGISTERED): {at: drawn(SELVES, SHARE.id, [0.5 * (at > 6)])[0] for at in range(12) if at != 3}}
    found = answers_of([SELVES], numbers, DRAWS, {"i_own": np.arange(12.0)})
    assert [one.measure.id for one in found] == [one.id for one in SELVES.measures]
    assert (found[0].draws, found[0].counted) == (11, 5)
    assert found[0].on[0].at == 6.5


def test_studies_of_labels_are_lived_twice_and_nothing_is_taken_out_of_any():
    assert variants_of(SELVES) == (REGISTERED,)
    assert variants_of(LENGTH) == (REGISTERED, UNDETERRED)


def test_a_flag_outlasted_is_read_from_the_worlds_of_its_length_without_living_one_more():
    draw = Draw(0, 3, {})
    size = Size(people=60)
    alone, both = (
        claim_jobs([STUDIES[name] for name in names], [draw], {"system": "a made-up one"}, size)
        for names in (["label-length"], ["label-length", "after-the-label"])
    )
    assert [sum(job.worlds for job in some) for some in (alone, both)] == [18, 18]


def test_claims_and_studies_are_asked_for_by_name_and_all_of_both_without():
    claims, studies = asked_for(["label-length", "r47", "Two-Selves"])
    assert [one.id for one in claims] == ["R47"]
    assert [one.id for one in studies] == ["two-selves", "label-length"]
    assert [len(some) for some in asked_for([])] == [67, len(NAMES)]
    assert asked_for(["ramps"])[0] == ()
    with pytest.raises(UserError, match="two-selves") as error:
        asked_for(["two-selfs", "R47"])
    assert len(error.value.problems) == 1


def run_beside(*names, claims=()):
    """Studies of which every number of every draw is 0.2."""
    studies = tuple(STUDIES[name] for name in names)
    numbers = {
        (study.id, variant): {draw.number: {one.id: 0.2 for one in study.measures} for draw in DRAWS}
        for study in studies for variant in variants_of(study)
    }  # fmt: skip
    numbers |= {(one.id, REGISTERED): {} for one in claims}
    answers, verdicts = answers_of(studies, numbers, DRAWS, assumed_in(DRAWS)), verdicts_of(claims, numbers, DRAWS)
    return claims_tested.Tested(tuple(claims), verdicts, numbers, tuple(DRAWS), Size(), studies=studies, answers=answers)


def test_a_study_has_its_table_its_picture_and_its_section(tmp_path):
    found = run_beside(*NAMES)
    record = write_claims(found, tmp_path / "claims", {"draws": 12})
    written = {path.name for path in (tmp_path / "claims").iterdir()}
    pictures = {f"{name}.png" for name in NAMES}
    assert written == {"results.csv", "studies.csv", "draws.csv", "report.html", "claims.json", *pictures}
    table = pd.read_csv(tmp_path / "claims" / "studies.csv")
    assert len(table) == sum(len(study.measures) * len(variants_of(study)) for study in STUDIES.values())
    assert len(record["answers"]) == len(table)
    assert table[table["measure"] == SHARE.id][["counted", "share"]].to_numpy().tolist() == [[12, 1.0]]
    results = pd.read_csv(tmp_path / "claims" / "results.csv")
    assert set(results["class"]) == {"study"}
    assert results.groupby("measure")["holds"].first()["share_of_two_selves"] in (True, "True")
    page = (tmp_path / "claims" / "report.html").read_text(encoding="utf-8")
    assert all(f"Study: {name}" in page and STUDIES[name].question in page for name in NAMES)


def test_studies_alone_are_told_without_a_word_of_claims_and_beside_them_after_them():
    alone = summary(run_beside("two-selves"))
    assert alone[0] == "1 study over 12 draws."
    assert alone[1].startswith("two-selves: two selves: more than one in ten people")
    assert any("rehearsal" in line for line in alone)
    beside = summary(run_beside("two-selves", claims=[load_claims()["R47"]]))
    assert beside[0].startswith("1 claim over 12 draws")
    assert "1 study over 12 draws." in beside


def test_what_is_without_end_is_no_number_in_json_and_is_counted():
    found = answer_of(LENGTH, CRITICAL, drawn(LENGTH, CRITICAL.id, [math.inf] * 3), {})
    (row,) = answer_rows([found])
    assert (row["median"], row["without_end"], row["none"]) == (None, 3, "none up to four years")
    assert answer_table([found])["median"].tolist() == [math.inf]
