"""`recovery repeat` as a reader of a report would use it."""

from __future__ import annotations

import json

import pytest

COMPARED = "compare a-year-in the-visit --people 60 --years 1.25 --seeds 1-2 --draws 0 --out it".split()


@pytest.fixture
def report(recovery, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert recovery(*COMPARED, "--workers", "1").code == 0
    return tmp_path / "it" / "report.html"


def test_a_report_alone_is_lived_again_and_is_the_same(recovery, report, tmp_path):
    alone = tmp_path / "sent.html"
    alone.write_bytes(report.read_bytes())
    said = recovery("repeat", str(alone), "--workers", "1")
    assert said.code == 0, said.err
    assert "Same: all " in said.out
    assert "within a year" in said.out  # the answer that the page must give
    told = json.loads(recovery("repeat", str(alone), "--quick", "1", "--workers", "1", "--json").out)
    assert (told["same"], told["checked"]) == (True, 1)


def test_a_report_that_is_not_the_same_ends_with_one_and_says_where(recovery, report):
    from analysis.files import fingerprint
    from analysis.receipt import read_receipt

    receipt = read_receipt(report)
    receipt["found"]["by_seed"]["the-visit"]["1"] = 12.5
    receipt["fingerprint"] = fingerprint({name: value for name, value in receipt.items() if name != "fingerprint"})
    report.with_name("forged.json").write_text(json.dumps({"receipt": receipt}))
    said = recovery("repeat", str(report.with_name("forged.json")), "--quick", "1", "--workers", "1")
    assert said.code == 1
    assert "Not the same: 1 of 1 numbers differ" in said.out
    assert "12.5 in the receipt" in said.out


@pytest.mark.parametrize("arguments", [("nowhere.html",), ("it", "--quick", "0"), ("it", "--workers", "0")])
def test_mistakes_end_with_two_and_a_word(recovery, report, arguments):
    said = recovery("repeat", *arguments)
    assert said.code == 2
    assert "Traceback" not in said.err
