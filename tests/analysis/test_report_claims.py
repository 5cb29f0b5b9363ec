"""The page, the tables and the pictures of claims put to the test, from verdicts counted by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd
import pytest

from analysis import claims_tested
from analysis.claim_draws import draws_of
from analysis.claim_jobs import ABLATED, REGISTERED, UNDETERRED, UNDETERRED_ABLATED, Size
from analysis.claims import load_claims
from analysis.claims_tested import verdicts_of
from analysis.ensemble import Ran
from analysis.jobs import failure_of
from analysis.report_claims import FAMILIES, failures, summary, verdict_table, write_claims

CLAIMS = load_claims()
DRAWS = draws_of(60)
AS_REGISTERED = Size()


def judged(size=AS_REGISTERED, draws=DRAWS, **values):
    """Claims with, in each draw, the same numbers: `values` by claim are those as registered and those with the ablation."""
    claims = tuple(CLAIMS[name] for name in values)
    numbers = {}
    for name, (registered, ablated) in values.items():
        numbers[name, REGISTERED] = {draw.number: registered for draw in draws}
        for variant in (ABLATED, UNDETERRED, UNDETERRED_ABLATED):
            if variant == ABLATED or CLAIMS[name].with_deterrence_off:
                numbers[name, variant] = {draw.number: ablated for draw in draws}
    return claims_tested.Tested(claims, verdicts_of(claims, numbers, draws), numbers, tuple(draws), size)


WELL = {"share_sudden": 0.4, "share_gradual": 0.6}
ONE = {
    "R7": (WELL, {"share_sudden": 0.0, "share_gradual": 1.0}),
    "R4": ({"fewer_decide_after_longer": -0.2}, {"fewer_decide_after_longer": -0.01}),
    "R42": ({"gap_by_number_of_problems": 0.2, "two_between": 0.1}, {"gap_by_number_of_problems": 0.19}),
    "R64": ({"less_distress": 0.0, "less_waiting": -0.1}, {"less_distress": 0.0}),
}


def test_failures_come_first_then_what_its_ablation_leaves():
    table = verdict_table(judged(**ONE))
    assert table["claim"].tolist() == ["R64", "R64", "R42", "R4", "R7"]
    assert table["verdict"].tolist() == ["failed", "failed", "robust", "robust", "robust"]
    assert table["counted"].tolist() == ["no", "no", "no: the ablation leaves it", "supported", "inserted: not counted"]
    assert table["deterrence"].tolist() == ["on", "off", "on", "on", "on"]
    assert table["ablation_figure"].tolist()[2:4] == pytest.approx([0.95, 0.05])


def test_what_there_is_to_say_counts_emergent_claims_only_where_the_ablation_takes_them_away():
    said = summary(judged(**ONE))
    assert said[0] == "4 claims over 60 draws: 1 failed, 0 conditional, 3 robust, 0 not testable."
    assert "Emergent, in whole or in part: 2. Of these 1 are supported" in said[1]
    assert not any("rehearsal" in line for line in said)
    assert any("rehearsal" in line for line in summary(judged(size=Size(people=100), **ONE)))
    assert any("rehearsal" in line for line in summary(judged(draws=DRAWS[:6], **ONE)))


def test_claims_named_beforehand_are_held_against_what_came_of_them():
    said = summary(judged(R8=({"odds_of_success_sudden_to_gradual": 0.9}, {}), R7=ONE["R7"]))
    assert any("likely to fail: R8; failed of these: R8" in line for line in said)


def test_everything_is_written_and_says_the_same(tmp_path):
    record = write_claims(judged(**ONE), tmp_path / "claims", {"draws": 60})
    names = {path.name for path in (tmp_path / "claims").iterdir()}
    drawn = {f"{name}.png" for name in ("deciding_and_maintaining", "networks_and_systems", "a_labelling_shock")}
    assert names == {"results.csv", "verdicts.csv", "draws.csv", "report.html", "claims.json", *drawn}
    results = pd.read_csv(tmp_path / "claims" / "results.csv")
    assert len(results) == 60 * (2 + 2 + 1 + 1 + 2 + 1 + 2 + 1 + 1 + 1)
    assert results.groupby("measure")["holds"].first()["less_distress"] in (False, "False")
    assert len(pd.read_csv(tmp_path / "claims" / "draws.csv")) == 60
    page = (tmp_path / "claims" / "report.html").read_text(encoding="utf-8")
    assert all(claim in page for claim in ONE)
    assert page.index("R64") < page.index("R42") < page.index("R4<")
    assert [row["claim"] for row in record["verdicts"]] == ["R64", "R64", "R42", "R4", "R7"]


def test_every_claim_belongs_to_one_family():
    counted = [f"R{number}" for _, numbers in FAMILIES.values() for number in numbers]
    assert counted == list(CLAIMS)


def test_like_failures_of_many_draws_are_told_once():
    told = [failure_of(f"{at}" * 8, {}, f"R61, ablated, draw {at}", "too short") for at in range(3)]
    (line,) = failures(Ran(failed=told))
    assert line.startswith("Failed: R61, ablated, draw 0: too short")
    assert line.endswith("and in 2 draws more")


def test_draws_that_failed_are_left_out_of_a_verdict():
    claims = (CLAIMS["R7"],)
    numbers = {("R7", REGISTERED): {0: WELL, 2: {"share_sudden": math.nan}}, ("R7", ABLATED): {0: WELL}}
    (verdict,) = verdicts_of(claims, numbers, DRAWS[:3])
    assert (verdict.held, verdict.draws, verdict.gone.draws) == (1, 2, 1)
    assert replace(verdict, held=0).share == 0.0
