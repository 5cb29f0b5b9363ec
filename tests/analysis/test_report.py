"""The report is one page that needs nothing else, escapes every text, and shows both intervals."""

from __future__ import annotations

import html
import json
import re
from html.parser import HTMLParser
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis import compare, write_comparison
from analysis.page import tabular
from analysis.report import _other_groups
from simulation import Scenario

HOSTILE = "<script>alert('x')</script> & \"others\" for $5 or $6 \N{ROCKET}"


JOURNEYS = {
    f"journeys-{table}.csv"
    for table in ("incidence", "log-rank", "mean-lapses", "occupancy", "spells", "survival", "survival-summary", "transitions",
                  "turns")
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    plan = Scenario.from_text(
        f"question = '''{HOSTILE}'''\n"
        'extends = "the-visit"\n[[policy]]\nlever = "peer_groups"\nset = 1\nfrom = "week 5"\n',
        "more-groups",
    )
    effects = compare("the-visit", plan, people=150, years=1.25, seeds=[1, 2, 3], draws=3)
    target = tmp_path_factory.mktemp("report") / "results"
    write_comparison(effects, target)
    return target


def test_every_file_of_a_comparison_is_there(folder):
    names = {
        "report.html", "effects.csv", "ledger.csv", "ledger_people.csv", "groups.csv", "partings.csv", "reach.csv",
        "overview.png", "comparison.json", *JOURNEYS,
    }  # fmt: skip
    assert {path.name for path in folder.iterdir()} == names
    listed = json.loads((folder / "comparison.json").read_text())["files"]
    assert {*listed, "comparison.json"} == names
    assert {name: about["bytes"] for name, about in listed.items()} == {
        name: (folder / name).stat().st_size for name in listed
    }


def test_the_report_needs_nothing_from_elsewhere(folder):
    page = (folder / "report.html").read_text()
    assert not re.search(r"(src|href)=['\"](?!data:)", page)
    shown = re.sub(r"<script type='application/json'.*?</script>", "", page, flags=re.DOTALL)
    assert "http" not in re.sub(r"base64,[^']*", "", shown)


def test_texts_of_a_scenario_cannot_become_code(folder):
    page = (folder / "report.html").read_text()
    assert re.findall("<script[^>]*>", page) == ["<script type='application/json' id='receipt'>"]
    assert page.count("</script>") == 1
    assert html.escape(HOSTILE) in page


def test_the_report_is_well_formed(folder):
    void = {"meta", "img"}

    class Balance(HTMLParser):
        def __init__(self):
            super().__init__()
            self.stack = []

        def handle_starttag(self, tag, attrs):
            if tag not in void:
                self.stack.append(tag)

        def handle_endtag(self, tag):
            assert self.stack.pop() == tag

    parser = Balance()
    parser.feed((folder / "report.html").read_text())
    assert parser.stack == []


@pytest.mark.parametrize(
    "said",
    [
        "luck alone", "if our assumptions are off", "Who gains and who loses", "nothing (placebo)", "Who loses?",
        "What is the answer, and how sure?", "Identical until, only because", "groups gain and lose", "recovery repeat",
        "What it must not be used for", "What it rests on", "recovery compare", "Identical until week 5",
    ],
)  # fmt: skip
def test_the_report_says_what_a_reader_needs(folder, said):
    page = re.sub(r"<script.*?</script>|<[^>]+>", "", (folder / "report.html").read_text(), flags=re.DOTALL)
    assert said in html.unescape(page)


def test_the_answer_on_the_page_is_the_answer_in_the_record(folder):
    record = json.loads((folder / "comparison.json").read_text())
    page = html.unescape((folder / "report.html").read_text())
    assert record["answers"][0]["sentence"] in page


def test_tests_that_do_not_apply_to_worlds_of_one_luck_stand_in_their_file_alone(folder):
    page = (folder / "report.html").read_text()
    assert "log-rank" not in page.lower()
    assert "<th scope='col'>p</th>" not in page
    assert "p" in (folder / "journeys-log-rank.csv").read_text().splitlines()[0].split(",")


def test_what_cannot_be_measured_is_named_once_and_fills_no_rows(folder):
    page = html.unescape((folder / "report.html").read_text())
    assert "are not more than" not in page
    assert "Not to be measured here, as journeys-turns.csv says: risen, " in page


@pytest.mark.parametrize("file", ["groups.csv", "ledger_people.csv", "journeys-transitions.csv"])
def test_a_long_table_is_folded_and_on_paper_told_to_be_in_its_file(folder, file):
    page = (folder / "report.html").read_text()
    elsewhere = f"[^<]*: not printed; it opens on the screen, and stands in {file}."
    found = f"<details class='long'>.*?</details><p class='on-paper'>{elsewhere}</p>"
    assert re.search(found, page, re.DOTALL)


def test_a_group_of_the_same_people_is_named_and_not_told_twice():
    rows = pd.DataFrame({
        "other": "one", "outcome": ["a", "b"], "unit": "people", "people": 40.0, "base_value": [1.0, 2.0],
        "other_value": [2.0, np.nan], "effect": [1.0, np.nan], "group": "theirs", "low_luck": np.nan, "high_luck": np.nan,
        "low": 0.0, "high": 1.0, "worlds": 2, "draws": 0, "primary": False, "better": "lower", "differ": 2,
    })  # fmt: skip
    question = SimpleNamespace(labels=["one"], base=SimpleNamespace(name="begin"))
    told = _other_groups(question, rows, rows.assign(group="all"))
    same = "The effects are the same for these groups, as they are the same people"
    assert told == f"<p class='small'>{same}: everyone at risk.</p>"
    assert "<table>" in _other_groups(question, rows, rows.assign(group="all", people=41.0))


def test_a_number_or_range_in_a_table_is_kept_in_one_line():
    shown = tabular(["one"], [(["-38 to -25", "-38 to -25 *", "1,200", "two to three", "+0.5"], "")])
    assert shown.count("<td class='number'>") == 4
    assert "<td>two to three</td>" in shown


def test_pictures_are_pictures(folder):
    assert (folder / "overview.png").read_bytes().startswith(b"\x89PNG")


def test_the_command_to_repeat_names_a_file_of_ones_own_as_a_shell_must_be_told(tmp_path):
    from analysis.report import command_of

    path = tmp_path / "a b&c.toml"
    path.write_text('question = "q"\nextends = "the-visit"\n[[policy]]\nlever = "peer_groups"\nset = 1\nfrom = "week 5"\n')
    effects = compare("the-visit", path, people=60, years=1.25, seeds=[1, 2], draws=0, workers=1)
    assert command_of(effects).startswith("recovery compare the-visit 'a b&c.toml' --people 60")
    assert any("rests on 2 draws" in note for note in compare("the-visit", path, people=60, years=1.25, seeds=[1, 2], draws=2,
                                                              workers=1).notes)  # fmt: skip
