"""A receipt holds all that was asked and found: from it alone a comparison is lived again, and told to be the same or not."""

from __future__ import annotations

import copy
import json
import os

import pytest

from analysis import compare, own_outcome, write_comparison
from analysis.files import fingerprint
from analysis.receipt import embed, read_receipt, receipt_of, repeat, verdict_of
from simulation import Scenario
from simulation.errors import Problem, RecoveryError, ScenarioError, UserError

HOSTILE = "</script><script>alert(1)</script> & <!--"
OWN = f"""
question = '{HOSTILE}'
extends = "the-visit"
[[policy]]
lever = "peer_groups"
set = 1
from = "week 5"
"""


@pytest.fixture(scope="module")
def effects():
    other = Scenario.from_text(OWN, "more-groups")
    mine = own_outcome(lambda stretch: stretch.end["hope"], name="my_hope", unit="0-1", better="higher", means="hope at the end")
    return compare(
        "the-visit", other, people=80, years=1.25, seeds=[1, 2, 5], draws=2, by="woman", outcomes=["lapsed", mine],
        assumptions={"identity_rate": 0.05}, workers=1,
    )  # fmt: skip


@pytest.fixture(scope="module")
def folder(effects, tmp_path_factory):
    target = tmp_path_factory.mktemp("receipt") / "results"
    write_comparison(effects, target)
    return target


def sealed(receipt: dict, **changes) -> dict:
    """The receipt with changes, sealed anew as if it had been written so."""
    body = {name: value for name, value in copy.deepcopy(receipt).items() if name != "fingerprint"} | changes
    return {**body, "fingerprint": fingerprint(body)}


def test_page_record_and_folder_hold_the_same_receipt(folder, effects):
    found = [read_receipt(folder / name) for name in ("report.html", "comparison.json", "")]
    assert found[0] == found[1] == found[2] == json.loads(json.dumps(receipt_of(effects)))


def test_lived_again_from_the_receipt_alone_it_is_the_same(folder):
    verdict = repeat(read_receipt(folder / "report.html"), workers=1)
    assert verdict.same, verdict.differing[:3]
    assert verdict.checked > 200
    assert verdict.sentence.startswith("Same")
    assert any("my_hope" in note for note in verdict.notes)


@pytest.mark.usefixtures("blank_pictures")
def test_a_horizon_that_one_world_declares_and_that_was_not_lived_is_in_nobodys_way(tmp_path):
    """`baseline` judges over two years; the other scenario, which judges here, over half a year."""
    text = 'question = "a"\nextends = "baseline"\n[primary]\noutcome = "custody_weeks"\nhorizon = "26 weeks"\n'
    other = Scenario.from_text(text + 'group = "has_record"\n[[policy]]\nlever = "policing"\nset = 2\nfrom = "week 4"\n', "b")
    write_comparison(compare("baseline", other, people=60, years=1.0, seeds=[1, 2], draws=0, workers=1), tmp_path / "it")
    verdict = repeat(read_receipt(tmp_path / "it"), workers=1)
    assert verdict.same, verdict.differing[:3]


@pytest.mark.usefixtures("blank_pictures")
def test_a_scenario_that_no_text_can_say_leaves_the_report_whole_and_says_why(effects, tmp_path, monkeypatch):
    def refuse(scenario):
        raise ScenarioError(Problem("a", "too much for a text", "less", "say less"))

    monkeypatch.setattr(Scenario, "as_toml", refuse)
    write_comparison(effects, tmp_path / "it")
    with pytest.raises(RecoveryError, match="too much for a text"):
        repeat(read_receipt(tmp_path / "it" / "report.html"))


@pytest.mark.usefixtures("blank_pictures")
def test_seeds_added_for_precision_are_lived_again_as_the_first_ones_were(tmp_path):
    asked = {"people": 60, "years": 1.25, "draws": 0, "workers": 1, "precision": 1e-6, "most_seeds": 4}
    write_comparison(compare("a-year-in", "the-visit", seeds=[1], **asked), tmp_path / "it")
    verdict = repeat(read_receipt(tmp_path / "it"), workers=1)
    assert verdict.same, verdict.differing[:3]


def test_a_page_saved_anew_with_other_quotation_marks_still_holds_its_receipt(folder, tmp_path):
    page = (folder / "report.html").read_text()
    saved = page.replace("type='application/json' id='receipt'", 'type="application/json" id="receipt"')
    (tmp_path / "saved.html").write_text(saved)
    assert read_receipt(tmp_path / "saved.html") == read_receipt(folder)


def test_a_few_seeds_are_checked_in_a_moment(folder):
    verdict = repeat(read_receipt(folder), quick=2, workers=1)
    assert (verdict.same, verdict.checked) == (True, 2)


def test_a_number_that_differs_is_named_with_both_values(folder, effects):
    receipt = read_receipt(folder)
    row = next(row for row in receipt["found"]["effects"] if row["outcome"] == "lapsed")
    row["effect"] += 1e-12
    verdict = verdict_of(receipt, effects)
    assert not verdict.same
    assert len(verdict.differing) == 1
    told = verdict.differing[0]
    assert (told["table"], told["column"], told["receipt"]) == ("effects", "effect", row["effect"])
    assert told["now"] != told["receipt"]
    assert "1 of" in verdict.sentence


def test_a_row_that_is_gone_differs(folder, effects):
    receipt = read_receipt(folder)
    del receipt["found"]["groups"][3]
    assert not verdict_of(receipt, effects).same


def test_on_another_platform_it_may_be_the_same_within_luck(folder, effects):
    receipt = read_receipt(folder)
    receipt["platform"]["libm"] = "another"
    assert verdict_of(receipt, effects).within_luck is None  # it is the same to the last bit
    row = next(row for row in receipt["found"]["effects"] if row["outcome"] == "lapsed")
    row["low_luck"], row["effect"], row["high_luck"] = row["low_luck"] - 1, row["effect"] + 1e-9, row["high_luck"] + 1
    near = verdict_of(receipt, effects)
    assert (near.same, near.within_luck) == (False, True)
    assert "within luck" in near.sentence
    row["low_luck"], row["high_luck"] = row["high_luck"] + 100, row["high_luck"] + 200
    assert verdict_of(receipt, effects).within_luck is False


def few_seeds_elsewhere(folder, effects, others, move):
    """The verdict on two seeds on another platform, their effects moved, against a receipt that has `others` effects besides."""
    receipt = read_receipt(folder)
    receipt["platform"]["libm"] = "another"
    values = receipt["found"]["by_seed"]["more-groups"]
    lived = {seed: value for seed, value in values.items() if value is not None}
    receipt["found"]["by_seed"]["more-groups"] = {
        **{seed: value + move for seed, value in lived.items()}, **{str(100 + at): value for at, value in enumerate(others)}
    }  # fmt: skip
    return verdict_of(receipt, effects, quick=len(effects.seeds))


def test_a_few_seeds_on_another_platform_are_judged_by_what_other_seeds_give(folder, effects):
    near = few_seeds_elsewhere(folder, effects, [-40.0, -20.0, 0.0, 20.0, 40.0, 60.0], 1e-9)
    assert (near.same, near.within_luck) == (False, True)
    assert near.sentence.startswith("Not to the last bit, but within luck")
    assert "the mean of these seeds" in near.sentence
    far = few_seeds_elsewhere(folder, effects, [1000.0, 1001.0, 999.0, 1000.5, 1000.2], 1000.0)
    assert (far.same, far.within_luck) == (False, False)
    assert "by more than luck" in far.sentence


def test_a_few_seeds_on_another_platform_against_a_receipt_of_few_cannot_be_told(folder, effects):
    verdict = few_seeds_elsewhere(folder, effects, [], 1e-9)
    assert (verdict.same, verdict.within_luck) == (False, None)
    assert verdict.sentence.startswith("Cannot be told")
    assert "without --quick" in verdict.sentence
    same = few_seeds_elsewhere(folder, effects, [], 0.0)
    assert same.same


def test_an_effect_of_a_few_seeds_that_is_known_on_one_side_only_is_not_within_luck(folder, effects):
    receipt = read_receipt(folder)
    receipt["platform"]["libm"] = "another"
    receipt["found"]["by_seed"]["more-groups"]["1"] = None
    assert verdict_of(receipt, effects, quick=3).within_luck is False


def test_other_code_is_said(folder, effects):
    receipt = read_receipt(folder) | {"code": "0" * 16, "version": "0.0.1"}
    assert any("version 0.0.1 with other code" in note for note in verdict_of(receipt, effects).notes)


def test_no_text_ends_the_element_that_holds_the_receipt(folder):
    page = (folder / "report.html").read_text()
    assert page.count("</script>") == 1
    assert HOSTILE not in page
    element = embed({"text": HOSTILE})
    assert json.loads(element[element.index("{") : element.rindex("}") + 1])["text"] == HOSTILE


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("<html><body>nothing</body></html>", "no receipt that can be read"),
        ("{}", "no receipt of a comparison"),
        ("[1, 2]", "no receipt of a comparison"),
        ('{"kind": "recovery-journeys comparison", "format": 2}', "a receipt of format 2"),
        ('{"a":' * 100_000, "no receipt that can be read"),
        ("", "no receipt that can be read"),
    ],
    ids=["a page", "no record", "a list", "a later format", "nested without end", "nothing"],
)
def test_what_is_no_receipt_is_told_in_words(tmp_path, content, says):
    (tmp_path / "a.json").write_text(content)
    with pytest.raises(UserError, match=says):
        read_receipt(tmp_path / "a.json")


def test_a_receipt_that_was_edited_cut_or_is_no_text_is_refused(folder, tmp_path):
    whole = (folder / "comparison.json").read_bytes()
    for name, content, says in (
        ("edited.json", whole.replace(b'"draws": 2', b'"draws": 3'), "edited or damaged"),
        ("cut.json", whole[:-500], "can be read"),
        ("binary", bytes(range(256)), "no text"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(UserError, match=says):
            read_receipt(tmp_path / name)
    with pytest.raises(UserError, match="No such file"):
        read_receipt(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "asked",
    [
        {"scenarios": [{"name": "a", "text": "import os"}, {"name": "b", "text": ""}]},
        {"scenarios": []},
        {"scenarios": None},
        {"seeds": ["one"]},
        {"outcomes": ["no_such_outcome"]},
        {"keep": "everything"},
    ],
)
def test_a_receipt_sealed_around_nonsense_is_told_in_words(folder, asked, tmp_path):
    receipt = read_receipt(folder)
    wrong = sealed(receipt, asked=receipt["asked"] | asked)
    (tmp_path / "sealed.json").write_text(json.dumps(wrong))
    with pytest.raises(RecoveryError):
        repeat(read_receipt(tmp_path / "sealed.json"), workers=1)


def test_a_pipe_is_no_receipt_and_is_not_waited_for(tmp_path):
    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes with a name here")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UserError, match="no ordinary file"):
        read_receipt(tmp_path / "pipe")
