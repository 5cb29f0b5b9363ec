"""The live page for everybody: by keyboard alone, read aloud, without motion, in light and dark, on a phone and on a wall."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

PEOPLE = 60


@pytest.fixture(scope="module")
def live(open_live):
    page = open_live()
    small_world(page)
    return page


def small_world(page):
    """Begin with few people and one year, so that little has to be lived."""
    wait_until(page, "!document.getElementById('play').disabled")
    page.locator("#size-drawer summary").click()
    page.get_by_label("People", exact=True).fill(str(PEOPLE))
    page.get_by_label("Years", exact=True).fill("1")
    page.get_by_role("button", name="Begin with these settings").click()
    wait_until(page, "!RecoveryLive.now.opening")


def wait_until(page, so):
    page.wait_for_function(so)


def go_to(page, week):
    page.locator("#week").fill(str(week))
    wait_until(page, f"RecoveryLive.now.week === {week}")


def focused(page) -> str:
    return page.evaluate("document.activeElement.id || document.activeElement.name || document.activeElement.tagName")


def tab_to(page, wanted):
    """Press Tab until the element of this id has the focus."""
    for _ in range(120):
        if focused(page) == wanted:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {wanted}")


def test_the_whole_page_is_used_by_keyboard_alone(live):
    press = live.keyboard.press
    live.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    tab_to(live, "preset")
    press("ArrowUp")
    assert live.get_by_label("The visit, without advocates", exact=True).is_checked()
    tab_to(live, "SUMMARY")
    press("Enter")
    tab_to(live, "lever-public_stigma")
    press("ArrowRight")
    assert live.locator("#lever-public_stigma-value").inner_text() == "60 %"
    tab_to(live, "begin")
    press("Enter")
    wait_until(live, "!RecoveryLive.now.opening")
    tab_to(live, "step")
    press("Enter")
    wait_until(live, "RecoveryLive.now.week === 1")
    tab_to(live, "new-luck")
    press("Enter")
    wait_until(live, "RecoveryLive.now.luck === 2 && !RecoveryLive.now.opening")
    tab_to(live, "week")
    press("End")
    wait_until(live, "RecoveryLive.now.week === 52")
    live.evaluate("document.activeElement.blur()")
    press("ArrowLeft")
    wait_until(live, "RecoveryLive.now.week === 51")
    press("Home")
    wait_until(live, "RecoveryLive.now.week === 0")
    press("Space")
    wait_until(live, "RecoveryLive.now.playing")
    press("Space")
    wait_until(live, "!RecoveryLive.now.playing")
    tab_to(live, "world-1")
    press("ArrowRight")
    name = live.locator("#told").inner_text().split(":")[0]
    press("Enter")
    live.locator("#life-1 li").first.wait_for()
    assert live.locator("#name").inner_text().startswith(name)
    assert focused(live) == "person-title"
    tab_to(live, "to-worlds")


def test_tab_gets_through_the_page_and_every_stop_can_be_seen(live):
    live.locator(".skip").focus()
    stops = []
    for _ in range(150):
        live.keyboard.press("Tab")
        stops.append(focused(live))
        if stops[-1] == "BODY":
            break
        shown = live.evaluate("""(() => { const {outlineStyle, outlineWidth} = getComputedStyle(document.activeElement);
            return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1; })()""")
        assert shown, f"nothing shows that {stops[-1]} has the focus"
    for wanted in ("world-0", "world-1", "mark", "play", "back", "step", "reset", "new-luck", "speed", "week", "save-plot",
                   "save-numbers", "who"):  # fmt: skip
        assert wanted in stops, wanted


def test_a_screen_reader_finds_a_name_on_everything_and_is_told_of_the_week(live):
    go_to(live, 20)
    assert live.locator("#told").get_attribute("aria-live") == "polite"
    said = live.locator("#told").inner_text()
    assert said.startswith("Week 20 of 52. ")
    assert "in recovery" in said
    live.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    tree = live.locator("body").aria_snapshot()
    nameless = [line for line in tree.splitlines()
                if re.match(r"\s*- (button|slider|combobox|checkbox|radio|textbox|img|application)\b(?! \")", line)]  # fmt: skip
    assert nameless == []
    for line in ('- main:', '- heading "Two worlds of the same people" [level=1]', '- group "Play the worlds":',
                 '- slider "Public stigma"', '- radio "Labelling"', '- combobox "A person"'):  # fmt: skip
        assert line in tree, line
    levels = [int(level) for level in re.findall(r"heading .*\[level=(\d)\]", tree)]
    assert levels[0] == 1
    assert max(after - before for before, after in pairwise(levels)) <= 1, "no level is left out"
    assert live.evaluate("document.documentElement.lang") == "en"
    for number in (0, 1):
        assert "week 20: " in live.locator(f"#world-{number}").get_attribute("aria-label")
    for picture in ("recovering", "outcome", "difference"):
        assert len(live.locator(f"#{picture}").get_attribute("aria-label")) > 20


def test_without_motion_it_plays_in_slow_steps_and_nothing_moves_by_itself(live):
    live.emulate_media(reduced_motion="reduce")
    try:
        go_to(live, 0)
        assert live.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
        live.get_by_role("button", name="Play", exact=True).click()
        wait_until(live, "RecoveryLive.now.week > 0")
        assert live.evaluate("RecoveryLive.now.week") == 4
        live.get_by_role("button", name="Pause", exact=True).click()
        moving = "document.getAnimations().filter(one => one.playState === 'running').length"
        assert live.evaluate(moving) == 0
    finally:
        live.emulate_media(reduced_motion="no-preference")


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
def test_every_text_stands_out_from_its_ground(live, scheme, contrast):
    live.emulate_media(color_scheme=scheme)
    try:
        live.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        go_to(live, 30)
        live.locator("#who").select_option(index=1)
        live.locator("#life-0 li").first.wait_for()
        for kind in ("h1", "h2", "h3", "a", ".kind", ".illustration", ".small", ".tally", ".means", ".source", "output", "td",
                     "th", "li", "summary", "label", "option", "#play", "#step", "#begin", ".number", ".parts", "#effect",
                     "#file", "code", "#when", "#which-luck", "select"):  # fmt: skip
            for one in live.locator(f"#classroom {kind}").all()[:8]:
                if one.is_visible():
                    assert contrast(one) >= 4.5, (kind, one.inner_text())
    finally:
        live.emulate_media(color_scheme="light")


@pytest.mark.parametrize(
    ("wide", "high"), [(360, 740), (1366, 768), (1920, 1080)], ids=["phone", "laptop", "projector"]
)
def test_it_fits_a_phone_a_laptop_and_a_wall(live, wide, high):
    live.set_viewport_size({"width": wide, "height": high})
    live.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert live.evaluate("document.documentElement.scrollWidth") <= wide
    one, two = (live.locator(f"#world-{world}").bounding_box() for world in (0, 1))
    assert (two["x"] > one["x"]) == (wide > 600), "side by side, or one above the other"
    bar = live.locator("#controls").bounding_box()
    assert bar["height"] < high / 4, "the worlds are seen above it"
    for control in live.locator("#controls button").all():
        assert control.bounding_box()["height"] >= 36, "a finger finds it"
    words = float(live.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)"))
    assert words >= (20 if wide > 1900 else 16)


def test_what_it_is_not_stands_at_the_head_and_at_the_foot(live):
    lines = live.locator(".illustration").all_inner_texts()
    assert lines == ["An illustration of mechanisms, not a prediction about anyone; the people are fictional."] * 2
