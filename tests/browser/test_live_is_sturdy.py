"""The live page when things go wrong: a full classroom, a room swept away, a lost connection, hostile words; and one world alone.

The server runs in this process, so that a test can do to it what no page could.
"""

from __future__ import annotations

import threading
import types

import pytest

pytestmark = pytest.mark.filterwarnings("ignore")  # what the server's packages warn of goes through this process too

HOSTILE = '</script><img src=x onerror="window.hacked=1"><b>'


@pytest.fixture(scope="module")
def classroom():
    """A server in this process, in place of the one in a process of its own."""
    pytest.importorskip("solara", reason="the extra is not installed: pip install '.[classroom]'")

    import uvicorn

    from analysis.classroom import server
    from analysis.classroom.choices import Choices
    from analysis.classroom.session import Room

    Room(*Choices(people=20).worlds(), seed=1).step()  # compiled before a page waits for it
    application = server.make_application()
    listening = server.listen("127.0.0.1", 0)
    running = uvicorn.Server(
        uvicorn.Config(application, log_level="error", loop="asyncio", timeout_graceful_shutdown=1)
    )
    worker = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
    worker.start()
    yield types.SimpleNamespace(url=f"http://127.0.0.1:{listening.getsockname()[1]}/")
    running.should_exit = True
    worker.join()
    listening.close()


@pytest.fixture
def rooms(classroom):
    from analysis.classroom.page import ROOMS

    most = ROOMS.most
    yield ROOMS
    ROOMS.most = most


@pytest.fixture(scope="module")
def live(open_live):
    page = open_live()
    wait_until(page, "!document.getElementById('play').disabled")
    return page


def wait_until(page, so):
    page.wait_for_function(so)


def begin(page):
    page.get_by_role("button", name="Begin with these settings").click()
    wait_until(page, "!RecoveryLive.now.opening")


def step(page):
    page.get_by_role("button", name="Step one week", exact=True).click()


def trouble(page) -> str:
    page.get_by_role("alert").wait_for()
    return page.get_by_role("alert").inner_text()


def test_a_full_classroom_says_so_and_lets_the_next_one_in_once_there_is_room(live, rooms, open_live):
    rooms.most = len(rooms)
    late = open_live()
    assert "pages at once" in trouble(late)
    assert "being made" not in late.locator("#when").inner_text()
    rooms.most += 1
    begin(late)
    assert not late.get_by_role("alert").is_visible()
    step(late)
    wait_until(late, "RecoveryLive.now.week === 1")
    late.close()


def test_a_connection_too_many_is_refused_as_a_page_is(live, classroom, monkeypatch):
    from solara.server import kernel_context

    from analysis.classroom import server

    opens = """() => new Promise(done => {
        const wire = new WebSocket(`ws://${location.host}/jupyter/api/kernels/another/channels?session_id=b`);
        wire.onopen = () => { wire.close(); done(true); };
        wire.onerror = () => done(false);
    })"""
    monkeypatch.setattr(server, "MOST_PAGES", len(kernel_context.contexts))
    assert not live.evaluate(opens)
    monkeypatch.setattr(server, "MOST_PAGES", len(kernel_context.contexts) + 1)
    assert live.evaluate(opens)


def test_a_room_that_was_closed_for_want_of_use_says_so_and_begins_again_with_the_same_luck(live, rooms):
    begin(live)
    names = live.locator("#who").inner_text()
    rooms.close_all()
    step(live)
    assert "closed" in trouble(live)
    assert live.get_by_role("button", name="Play", exact=True).is_disabled()
    begin(live)
    assert live.locator("#who").inner_text() == names
    step(live)
    wait_until(live, "RecoveryLive.now.week === 1")


def test_a_page_that_loses_its_connection_comes_back_to_the_same_week(live):
    begin(live)
    for week in (1, 2):
        step(live)
        wait_until(live, f"RecoveryLive.now.week === {week}")
    seen = live.locator("#world-1").evaluate("canvas => canvas.toDataURL()")
    live.evaluate("solara.debug.dropConnection()")
    step(live)
    wait_until(live, "RecoveryLive.now.week === 3")
    live.get_by_role("button", name="Back one week", exact=True).click()
    wait_until(live, "RecoveryLive.now.week === 2")
    assert live.locator("#world-1").evaluate("canvas => canvas.toDataURL()") == seen


def test_a_page_that_the_server_let_go_of_opens_the_same_worlds_again_and_plays_on(live):
    from solara.server import kernel_context

    live.get_by_label("Labelling", exact=True).check()
    live.get_by_text("Mechanisms, off in both worlds").click()
    live.locator("#mechanisms input[name=hope]").check()
    begin(live)
    live.get_by_role("button", name="New luck").click()
    wait_until(live, "!RecoveryLive.now.opening && RecoveryLive.now.luck === 2")
    names = live.locator("#who").inner_text()
    live.get_by_role("button", name="Play", exact=True).click()
    wait_until(live, "RecoveryLive.now.week >= 5")
    for context in list(kernel_context.contexts.values()):
        context.close(reason="let go of")
    with live.expect_navigation():
        live.evaluate("solara.debug.dropConnection()")
    wait_until(live, "window.RecoveryLive && RecoveryLive.now.week >= 7")
    live.get_by_role("button", name="Pause", exact=True).click()
    assert live.locator("#who").inner_text() == names
    assert live.locator("#which-luck").inner_text() == "Luck 2"
    assert "hope" in live.locator("#differs").inner_text()
    assert live.locator("#changed").inner_text() == ""
    assert not live.get_by_role("alert").is_visible()


def test_a_connection_that_is_lost_while_playing_is_found_again(live):
    begin(live)
    live.get_by_label("Speed").select_option("fast")
    live.get_by_role("button", name="Play", exact=True).click()
    for week in (4, 30):
        wait_until(live, f"window.RecoveryLive && RecoveryLive.now.week >= {week}")
        live.evaluate("solara.debug.dropConnection()")
    wait_until(live, "window.RecoveryLive && RecoveryLive.now.week >= 60")
    live.get_by_role("button", name="Pause", exact=True).click()
    assert not live.get_by_role("alert").is_visible()


def test_words_of_a_scenario_are_shown_and_can_do_nothing(rooms, open_live, monkeypatch):
    from dataclasses import replace

    from analysis.classroom import choices

    for name, preset in choices.PRESETS.items():
        monkeypatch.setitem(
            choices.PRESETS,
            name,
            replace(preset, label=f"{name} {HOSTILE}", about=HOSTILE, names=(HOSTILE, HOSTILE + "2")),
        )
    page = open_live()
    wait_until(page, "!document.getElementById('play').disabled")
    step(page)
    page.locator("#who").select_option(index=1)
    page.locator("#life-0 li").first.wait_for()
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    wait_until(page, "document.getElementById('file').value.includes('onerror')")
    assert page.locator("#name-0").inner_text() == HOSTILE
    assert page.locator("#about").inner_text() == HOSTILE
    assert page.locator("#classroom img").count() == 0
    assert page.evaluate("window.hacked") is None
    page.close()


def test_one_world_alone_steps_and_draws_and_asks_for_nothing_else(open_live):
    page = open_live("single")
    page.get_by_text("Week 0: ").wait_for()
    page.get_by_role("button", name="Step").click()
    page.get_by_text("Week 1: ").wait_for()
    assert page.locator("img").count() == 3
    assert page.get_by_role("img", name="week by week").count() == 2
    assert page.get_by_role("button", name="Play", exact=True).is_enabled()
    assert page.title() == "One world"
    assert page.get_by_text("Page 0").count() == 0
    page.set_viewport_size({"width": 700, "height": 740})
    # One below the other, once the page has been laid out anew.
    lefts = "[...document.images].map(one => one.getBoundingClientRect().x)"
    wait_until(page, f"(x => Math.max(...x) - Math.min(...x) < 20)({lefts})")
    page.set_viewport_size({"width": 1366, "height": 768})
    assert page.get_by_text("An illustration of mechanisms").count() == 2
    page.get_by_role("button", name="Reset").click()
    page.get_by_text("Week 0: ").wait_for()
    page.get_by_role("link", name="Two worlds").click()
    wait_until(page, "window.RecoveryLive && !document.getElementById('play').disabled")
    page.close()
