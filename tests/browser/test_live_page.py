"""The live page, in a real browser, with its real server: what a class does from opening it to reading two lives."""

from __future__ import annotations

import csv
import json

import pytest

from analysis.classroom.looks import STATUSES


@pytest.fixture(scope="module")
def page(open_live):
    opened = open_live()
    opened.wait_for_function("!document.getElementById('play').disabled")
    return opened


@pytest.fixture
def live(page):
    """The page as it is when it has just been opened: the visit with advocates, first luck, week 0."""
    page.get_by_label("The visit, with advocates").check()
    page.evaluate("RecoveryLive.now.luck = 1")
    begin(page)
    return page


def begin(page):
    page.evaluate("RecoveryLive.now.week = -1")
    press(page, "Begin with these settings")
    page.wait_for_function("RecoveryLive.now.week === 0 && !RecoveryLive.now.opening")


def week(page) -> int:
    return page.evaluate("RecoveryLive.now.week")


def wait_for_week(page, number):
    page.wait_for_function(f"RecoveryLive.now.week >= {number}")


def drawn(page, world) -> str:
    return page.locator(f"#world-{world}").evaluate("canvas => canvas.toDataURL()")


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def test_a_class_plays_two_worlds_until_they_part_and_reads_the_effect(live):
    assert drawn(live, 0) == drawn(live, 1)
    assert "same until week" in live.locator("#effect").inner_text()
    live.get_by_label("Speed").select_option("fast")
    press(live, "Play")
    wait_for_week(live, 12)
    press(live, "Pause")
    assert drawn(live, 0) != drawn(live, 1)
    assert "so far" in live.locator("#effect").inner_text()
    assert live.locator("#told").inner_text().startswith(f"Week {week(live)} of 104.")


def test_back_and_reset_show_what_was_and_the_same_luck_comes_again(live):
    for number in range(1, 8):
        press(live, "Step one week")
        wait_for_week(live, number)
    seventh = drawn(live, 0), drawn(live, 1)
    press(live, "Back one week")
    live.wait_for_function("RecoveryLive.now.week === 6")
    press(live, "Reset")
    live.wait_for_function("RecoveryLive.now.week === 0")
    live.get_by_role("slider", name="Week 0 of 104").fill("7")
    wait_for_week(live, 7)
    assert (drawn(live, 0), drawn(live, 1)) == seventh
    begin(live)
    live.get_by_role("slider", name="Week 0 of 104").fill("7")
    wait_for_week(live, 7)
    assert (drawn(live, 0), drawn(live, 1)) == seventh
    press(live, "New luck")
    live.wait_for_function("RecoveryLive.now.luck === 2 && !RecoveryLive.now.opening")
    assert live.locator("#which-luck").inner_text() == "Luck 2"


def test_new_luck_is_pressed_while_worlds_are_lived_and_nothing_goes_wrong(live):
    live.evaluate("RecoveryLive.now.luck = 0")
    for luck in (1, 2):
        if luck == 1:
            live.get_by_label("Speed").select_option("fast")
            press(live, "Play")
        else:
            live.locator("#week").fill("104")
        press(live, "New luck")
        live.wait_for_function(f"RecoveryLive.now.luck === {luck} && !RecoveryLive.now.opening")
        assert not live.get_by_role("alert").is_visible()
        assert week(live) == 0
    press(live, "Step one week")
    wait_for_week(live, 1)
    assert not live.get_by_role("alert").is_visible()


def test_a_person_who_is_clicked_tells_both_lives_as_far_as_they_were_lived(live):
    live.get_by_role("slider", name="Week 0 of 104").fill("30")
    wait_for_week(live, 30)
    box = live.locator("#world-1").bounding_box()
    live.locator("#world-1").click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    live.locator("#life-0 li").first.wait_for()
    for world in (0, 1):
        lines = live.locator(f"#life-{world} li").all_inner_texts()
        assert lines[0].startswith("At the start: ")
    name = live.locator("#who").evaluate("field => field.selectedOptions[0].text")
    assert live.locator("#name").inner_text().startswith(f"{name}, ")


def test_what_is_chosen_makes_other_worlds_and_a_scenario_file(live):
    live.get_by_label("Labelling", exact=True).check()
    live.locator("#levers-drawer summary").click()
    live.get_by_label("Independent advocate").fill("0.5")
    assert "Settings have changed" in live.locator("#changed").inner_text()
    live.locator("#file-drawer summary").click()
    live.wait_for_function("document.getElementById('file').value.includes('independent_advocate')")
    begin(live)
    assert live.locator("#name-1").inner_text() == "As you set it"
    assert live.locator("#changed").inner_text() == ""


def test_whatever_a_page_sends_it_is_answered_in_words(live):
    for request in ({"do": "open", "luck": 1, "people": 10_000}, {"do": "step", "to": "x", "have": 0}, {"do": "rm -rf"},
                    {"do": "story", "person": -1}, {"do": "open", "luck": 1, "levers": [1]}):
        words = live.evaluate("request => RecoveryLive.ask(request.do, request).then(reply => reply.problems)", request)
        assert words, json.dumps(request)
        assert "Traceback" not in words[0]


def test_journeys_can_be_followed_by_any_status_and_are_saved_as_numbers(live, tmp_path):
    live.get_by_role("slider", name="Week 0 of 104").fill("20")
    wait_for_week(live, 20)
    recovering = live.locator("#recovering").evaluate("canvas => canvas.toDataURL()")
    live.get_by_label("Show people who are").select_option("active")
    assert live.locator("#recovering-title").inner_text() == "People active, of those with own experience"
    assert live.locator("#recovering").evaluate("canvas => canvas.toDataURL()") != recovering
    with live.expect_download() as found:
        press(live, "Save their numbers")
    found.value.save_as(tmp_path / "numbers.csv")
    with (tmp_path / "numbers.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["week"]) for row in rows] == list(range(21))
    own = live.evaluate("parseInt(document.getElementById('tally-0').textContent.split(' of ')[1])")
    statuses = [look.words for look in STATUSES if look.key != "none"]
    assert all(sum(int(row[f"{words}: The visit (people)"]) for words in statuses) == own for row in rows)
