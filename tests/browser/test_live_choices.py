"""What a class chooses on the live page, and what it takes home: presets, levers, mechanisms, luck, plots, scenario files."""

from __future__ import annotations

import struct
import tomllib

import pytest

from analysis.classroom.choices import LEVERS, MECHANISMS, PRESETS
from simulation import Scenario
from simulation.levers import LEVERS as TABLE

PEOPLE = 60


@pytest.fixture(scope="module")
def opened(open_live):
    """One page for all of these tests, with a small world and everything of its settings in sight."""
    page = open_live(permissions=["clipboard-read", "clipboard-write"])
    wait_until(page, "!document.getElementById('play').disabled")
    for drawer in ("levers", "mechanisms", "size", "file"):
        page.locator(f"#{drawer}-drawer summary").click()
    return page


@pytest.fixture
def live(opened):
    """The page as it begins, whatever the test before has left."""
    opened.locator("#mechanisms input:checked").evaluate_all("all => all.forEach(one => one.click())")
    opened.get_by_label("Neither", exact=True).check()
    opened.get_by_label("The visit, without advocates", exact=True).check()
    opened.get_by_label("People", exact=True).fill(str(PEOPLE))
    opened.get_by_label("Years", exact=True).fill("1")
    begin(opened)
    return opened


def wait_until(page, so):
    page.wait_for_function(so)


def begin(page):
    page.get_by_role("button", name="Begin with these settings").click()
    wait_until(page, "!RecoveryLive.now.opening")


def go_to(page, week):
    page.locator("#week").fill(str(week))
    wait_until(page, f"RecoveryLive.now.week === {week}")


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def drawn(page) -> list[str]:
    return [page.locator(f"#world-{world}").evaluate("canvas => canvas.toDataURL()") for world in (0, 1)]


def file_shown(page, lever="", world="other") -> dict:
    page.locator("#which-file").select_option(world)
    wait_until(page, f"document.getElementById('file').value.includes('people = {PEOPLE}')")
    if lever:
        wait_until(page, f"document.getElementById('file').value.includes('{lever}')")
    return tomllib.loads(page.locator("#file").input_value())


def levers_of(content: dict) -> dict:
    return {policy["lever"]: policy["set"] for policy in content.get("policy", [])}


def test_each_preset_says_what_it_is_and_sets_the_sliders(live):
    for name, preset in PRESETS.items():
        live.get_by_label(preset.label, exact=True).check()
        assert live.locator("#about").inner_text() == preset.about, name
        for lever in LEVERS:
            value = float(live.locator(f"#lever-{lever.name}").input_value())
            assert value == pytest.approx(preset.levers.get(lever.name, lever.value)), (name, lever.name)


def test_each_lever_shows_its_unit_its_meaning_and_its_source(live):
    for lever in LEVERS:
        slider = live.get_by_label(lever.label, exact=True)
        told = live.locator(f"#{slider.get_attribute('aria-describedby')}").text_content()
        assert TABLE[lever.name].means in told
        assert f"(unit: {lever.unit})" in told
        assert lever.more in told
        assert f"Source: {lever.source}. {lever.because}" in told
        assert slider.get_attribute("aria-valuetext") == live.locator(f"#lever-{lever.name}-value").inner_text()
    live.get_by_label("Labelling", exact=True).check()
    assert live.locator("#lever-unjustified_flags-value").inner_text() == "50 % a year"
    assert live.locator("#lever-review_date-value").inner_text() == "none, as it is"
    both = "moving it changes both"
    assert both not in live.locator("#lever-flag_once-means").inner_text()
    live.get_by_label("The visit, with advocates", exact=True).check()
    assert both in live.locator("#lever-flag_once-means").inner_text()
    assert both not in live.locator("#lever-independent_advocate-means").inner_text()


def test_a_lever_that_is_moved_counts_only_once_the_class_begins_anew(live):
    before = drawn(live)
    live.get_by_label("Public stigma", exact=True).fill("0.9")
    assert "still those from before" in live.locator("#changed").inner_text()
    assert drawn(live) == before
    begin(live)
    assert live.locator("#changed").inner_text() == ""
    assert "stigma" in live.locator("#differs").inner_text()


def test_a_mechanism_that_is_switched_off_is_off_in_both_worlds(live):
    assert live.locator("#mechanisms input").count() == len(MECHANISMS)
    live.locator("#mechanisms input[name=advocacy]").check()
    live.locator("#mechanisms input[name=hope]").check()
    live.locator("#mechanisms input[name=hope]").uncheck()
    wait_until(live, "document.getElementById('file').value.includes('switch_off = [\"advocacy\"]')")
    for world in ("base", "other"):
        assert file_shown(live, world=world)["switch_off"] == ["advocacy"]
    begin(live)
    assert "Mechanisms off in both worlds: advocacy" in live.locator("#differs").inner_text()
    go_to(live, 10)
    first = live.locator("#counts tr").filter(has_text="flagged without cause").locator("td.count").nth(1)
    assert int(first.inner_text()) > 0, "nobody speaks for them, so flags stay"


def test_new_luck_is_another_town_and_the_same_luck_is_the_same_town(live):
    go_to(live, 20)
    names, seen = live.locator("#who").inner_text(), drawn(live)
    press(live, "Reset")
    go_to(live, 20)
    assert drawn(live) == seen
    begin(live)
    go_to(live, 20)
    assert drawn(live) == seen
    luck = live.evaluate("RecoveryLive.now.luck")
    press(live, "New luck")
    wait_until(live, f"RecoveryLive.now.luck === {luck + 1} && !RecoveryLive.now.opening")
    go_to(live, 20)
    assert drawn(live) != seen
    assert live.locator("#who").inner_text() != names


def test_each_luck_seen_to_the_end_is_counted_so_that_noise_shows(live):
    end = live.evaluate("Number(document.getElementById('week').max)")
    go_to(live, end)
    assert live.locator("#spread").inner_text().startswith("One luck seen to the end")
    press(live, "New luck")
    wait_until(live, "!RecoveryLive.now.opening && RecoveryLive.now.week === 0")
    go_to(live, end)
    assert live.locator("#spread").inner_text().startswith("2 lucks seen to the end: from ")


def test_play_goes_faster_when_told_and_stops_at_the_last_week(live):
    weeks = {}
    for speed in ("slow", "fast"):
        go_to(live, 0)
        live.get_by_label("Speed").select_option(speed)
        press(live, "Play")
        live.wait_for_timeout(1000)
        press(live, "Pause")
        weeks[speed] = live.evaluate("RecoveryLive.now.week")
    assert 1 <= weeks["slow"] < weeks["fast"]
    go_to(live, 48)
    press(live, "Play")
    wait_until(live, "RecoveryLive.now.week === 52 && !RecoveryLive.now.playing")


def test_the_plots_are_saved_as_a_picture_and_as_numbers(live, tmp_path):
    go_to(live, 30)
    with live.expect_download() as caught:
        press(live, "Save the plots as a picture")
    caught.value.save_as(tmp_path / caught.value.suggested_filename)
    picture = (tmp_path / "two-worlds.png").read_bytes()
    wide, high = struct.unpack("!II", picture[16:24])
    assert picture.startswith(b"\x89PNG")
    assert wide > 300
    assert high > 300
    with live.expect_download() as caught:
        press(live, "Save their numbers")
    caught.value.save_as(tmp_path / "numbers.csv")
    rows = (tmp_path / "numbers.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 32, "a head, and weeks 0 to 30"
    assert "Levers set in 'The visit': Flag once 50 %." in rows[-1]
    shown = [int(text.split()[0]) for text in live.locator(".tally").all_inner_texts()]
    assert [int(value) for value in rows[-1].split(",")[1:3]] == shown


def test_the_settings_are_saved_and_copied_as_scenario_files_that_give_the_worlds_shown(live, tmp_path):
    live.get_by_label("Independent advocate", exact=True).fill("0.5")
    content = file_shown(live, "independent_advocate")
    assert levers_of(content) == {"flag_once": 0.5, "independent_advocate": 0.5}
    with live.expect_download() as caught:
        press(live, "Save as a file")
    path = tmp_path / caught.value.suggested_filename
    caught.value.save_as(path)
    plan = Scenario.load(path)
    assert (plan.people, plan.years) == (PEOPLE, 1.0)
    press(live, "Copy")
    live.get_by_text("Copied.").wait_for()
    assert live.evaluate("navigator.clipboard.readText()") == path.read_text(encoding="utf-8")
    assert levers_of(file_shown(live, world="base")) == {}
