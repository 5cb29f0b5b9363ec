"""A lesson opened from a file in a real browser, and used as a class would use it."""

from __future__ import annotations

import http.server
import re
import threading
from pathlib import Path

import pytest

from analysis.classroom.lesson import LessonText, make_lesson

PHONE, LAPTOP, PROJECTOR = {"width": 390, "height": 844}, {"width": 1366, "height": 768}, {"width": 1920, "height": 1080}
HOSTILE = '</script><img src=x onerror="window.hacked=1"><b>'
MINUS = "\N{MINUS SIGN}"
WORLD_WITH_THEM = "Spoken for"


@pytest.fixture(scope="module")
def lesson():
    text = LessonText(names=("Left alone", WORLD_WITH_THEM), look_for=("Look at the rings.",), discuss=("Why?",))
    return make_lesson("the-visit", "independent-advocates", people=60, seeds=(1, 2, 3), text=text)


@pytest.fixture(scope="module")
def page_file(lesson, tmp_path_factory):
    return lesson.write(tmp_path_factory.mktemp("lesson") / "lesson.html")


def open_page(browser, file, **context):
    """The page in a context of its own; what it asked for and what it complained of."""
    context = browser.new_context(**{"viewport": LAPTOP, **context})
    page = context.new_page()
    asked, complaints = [], []
    context.route("**/*", lambda route: route.continue_() if route.request.url.startswith("file:") else route.abort())
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(file.as_uri())
    return page, asked, complaints


@pytest.fixture
def opened(browser, page_file):
    page, asked, complaints = open_page(browser, page_file)
    yield page
    assert asked == [page_file.as_uri()], "it asked for something beside itself"
    assert complaints == []
    page.context.close()


def guess(page, which="Fewer"):
    page.get_by_label(which, exact=True).check()
    page.get_by_role("button", name="Keep this guess and begin").click()


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def week(page) -> int:
    return int(re.search(r"Week (\d+)", page.locator("#when").inner_text())[1])


def wait_for(page, so):
    """Wait until something is so: the page's own policy forbids Playwright's way, which evaluates text."""
    for _ in range(400):
        if so():
            return
        page.wait_for_timeout(25)
    raise AssertionError("it never came about")


def drawn(page, world=0) -> str:
    return page.locator(f"#world-{world}").evaluate("canvas => canvas.toDataURL()")


def test_the_answer_is_hidden_and_nothing_plays_until_there_is_a_guess(opened):
    assert button(opened, "Play").is_disabled()
    assert not opened.locator("#revealed").is_visible()
    button(opened, "Keep this guess and begin").click()
    assert "Choose one of the three" in opened.locator("#kept").inner_text()
    assert button(opened, "Play").is_disabled()
    guess(opened, "About as many")
    assert "about as many" in opened.locator("#kept").inner_text()
    assert button(opened, "Play").is_enabled()
    assert opened.get_by_label("More", exact=True).is_disabled()


def test_the_guess_and_its_reason_are_held_against_what_happened(opened, lesson):
    opened.get_by_label("Because").fill("<i>somebody</i> believes them")
    guess(opened, "More")
    button(opened, "Show it now").click()
    assert week(opened) == lesson.question.last_week
    assert opened.locator("#guessed").inner_text() == "You guessed: more, because <i>somebody</i> believes them."
    luck = lesson.lucks[0]
    relapsed = [round(course[lesson.question.last_week] * luck.who.sum() / 100) for course in luck.courses]
    said = opened.locator("#sentence").inner_text()
    assert f"of {luck.who.sum()} people flagged without cause, {relapsed[0]} relapse in “Left alone” and {relapsed[1]} in" in said


def test_the_two_worlds_are_drawn_alike_until_they_part(opened, lesson):
    guess(opened)
    opened.evaluate("RecoveryLesson.go(5)")
    assert drawn(opened, 0) == drawn(opened, 1)
    opened.evaluate("RecoveryLesson.go(57)")
    assert drawn(opened, 0) != drawn(opened, 1)


def test_step_back_slide_and_reset_go_where_they_say(opened):
    guess(opened)
    for _ in range(3):
        button(opened, "Step one week").click()
    assert week(opened) == 3
    before = drawn(opened)
    button(opened, "Step one week").click()
    button(opened, "Back one week").click()
    assert week(opened) == 3
    assert drawn(opened) == before
    opened.locator("#week").fill("40")
    assert week(opened) == 40
    assert opened.locator("#week").get_attribute("aria-valuetext") == "Week 40 of 104"
    button(opened, "Reset").click()
    assert week(opened) == 0


def test_it_plays_pauses_plays_faster_and_stops_at_the_answer(opened, lesson):
    guess(opened)
    opened.locator("#speed").select_option("20")
    button(opened, "Play").click()
    wait_for(opened, lambda: week(opened) > 8)
    button(opened, "Pause").click()
    at = week(opened)
    opened.wait_for_timeout(300)
    assert week(opened) == at
    assert not opened.locator("#revealed").is_visible()
    button(opened, "Play").click()
    wait_for(opened, lambda: opened.locator("#revealed").is_visible())
    assert week(opened) == lesson.question.last_week, "it stops where the answer is given"
    assert opened.get_by_role("link", name="The answer is there").is_visible()
    button(opened, "Play").click()
    wait_for(opened, lambda: week(opened) == 104)
    assert button(opened, "Play").is_visible()


def test_what_is_drawn_is_what_was_recorded(opened, lesson):
    guess(opened)
    for number, luck in enumerate(lesson.lucks):
        for world, recorded in enumerate(luck.worlds):
            for at in (0, 5, 41, 104):
                frame = opened.evaluate(
                    "([world, week]) => { const {codes, ties} = RecoveryLesson.frame(world, week);"
                    " return {codes: Array.from(codes), ties}; }",
                    [world, at],
                )
                assert frame["codes"] == recorded.codes[at].tolist()
                there = recorded.ties[(recorded.ties[:, 3] <= at) & (at < recorded.ties[:, 4])][:, :3]
                assert frame["ties"] == there.ravel().tolist()
        assert f"Luck {number + 1} of 3" in opened.locator("#which-luck").inner_text()
        button(opened, "New luck").click()
    assert "Luck 1 of 3" in opened.locator("#which-luck").inner_text()


def test_curves_and_counts_follow_the_week(opened, lesson):
    guess(opened)
    opened.evaluate("RecoveryLesson.go(30)")
    codes = lesson.lucks[0].worlds[1].codes[30]
    own = lesson.lucks[0].worlds[0].stage.own
    recovering = int(((codes & 7) == 2)[own].sum())
    told = opened.locator("#recovering").get_attribute("aria-label")
    assert f"{WORLD_WITH_THEM}: {recovering} of {own.sum()} in recovery" in told
    cells = opened.locator("#counts tr").first.locator("td.count").all_inner_texts()
    assert cells[1] == str(int(((codes & 7) == 2).sum()))
    curves = ("recovering", "outcome", "difference")
    early = [opened.locator(f"#{one}").evaluate("canvas => canvas.toDataURL()") for one in curves]
    opened.evaluate("RecoveryLesson.go(57)")
    late = [opened.locator(f"#{one}").evaluate("canvas => canvas.toDataURL()") for one in curves]
    assert all(one != two for one, two in zip(early, late, strict=True))
    shown = re.search(r"Difference: (\S+)\.$", opened.locator("#outcome-words").inner_text())[1].replace(MINUS, "-")
    assert float(shown) == pytest.approx(lesson.effects[0], abs=0.051)
    button(opened, "Show every luck").click()
    assert opened.locator("#difference").evaluate("canvas => canvas.toDataURL()") != late[2]


def test_same_again_is_the_same_and_new_luck_is_not(opened, lesson):
    guess(opened)
    opened.evaluate("RecoveryLesson.go(50)")
    before = drawn(opened)
    button(opened, "Same again").click()
    assert "everything happens as it did" in opened.locator("#which-luck").inner_text()
    button(opened, "Pause").click()
    opened.evaluate("RecoveryLesson.go(50)")
    assert drawn(opened) == before
    button(opened, "New luck").click()
    assert "Luck 2 of 3" in opened.locator("#which-luck").inner_text()
    assert week(opened) == 0
    opened.evaluate("RecoveryLesson.go(50)")
    assert drawn(opened) != before


def test_the_effect_of_each_luck_is_shown_once_it_has_been_seen_and_their_spread(opened, lesson):
    guess(opened)
    button(opened, "Show it now").click()
    rows = opened.locator("#lucks tr")
    assert rows.count() == 3
    assert "not seen yet" in rows.nth(1).inner_text()
    assert "One luck seen so far" in opened.locator("#spread").inner_text()
    button(opened, "Show every luck").click()
    said = opened.locator("#spread").inner_text()
    assert "3 lucks seen" in said
    shown = [float(one) for one in re.search(r"From (\S+) to (\S+), on average (\S+) ", said.replace(MINUS, "-")).groups()]
    effects = lesson.effects
    assert shown == pytest.approx([min(effects), max(effects), sum(effects) / 3], abs=0.051)


def place_of(page, person):
    return page.evaluate(
        "one => { const s = RecoveryLesson.data.lucks[RecoveryLesson.now.luck].stage,"
        " c = document.getElementById('world-0'), u = c.clientWidth / s.across; return {x: s.x[one] * u, y: s.y[one] * u}; }",
        person,
    )


def parted(lesson) -> int:
    return next(number for number, story in enumerate(lesson.lucks[0].stories) if story.week is not None)


def test_a_click_on_a_person_tells_both_lives_and_where_they_part(opened, lesson):
    guess(opened)
    opened.evaluate("RecoveryLesson.go(104)")
    person = parted(lesson)
    opened.locator("#world-0").click(position=place_of(opened, person))
    story, name = lesson.lucks[0].stories[person], lesson.lucks[0].worlds[0].stage.names[person]
    assert opened.locator("#name").inner_text().startswith(f"{name}, ")
    assert opened.locator("#parted").inner_text() == f"The two lives part in week {story.week}."
    for world in (0, 1):
        shown = opened.locator(f"#life-{world} li").all_inner_texts()
        mark = f"Here the two lives part, in week {story.week}"
        assert [line for line in shown if line != mark] == story.lines[world]
        assert shown.count(mark) == 1
    assert opened.locator("#parting li").all_inner_texts() == story.parting
    assert opened.locator("#who").input_value() == str(person)


def test_a_story_goes_no_further_than_the_week_unless_asked(opened, lesson):
    guess(opened)
    person = parted(lesson)
    opened.locator("#who").select_option(str(person))
    assert opened.locator("#life-0 li").count() == 1
    opened.get_by_label("The whole life").check()
    assert opened.locator("#life-0 li").count() == len(lesson.lucks[0].stories[person].lines[0]) + 1


def test_everything_can_be_done_from_the_keyboard(opened, lesson):
    opened.get_by_label("Fewer", exact=True).focus()
    opened.keyboard.press("Space")
    opened.keyboard.press("Enter")
    assert opened.evaluate("document.activeElement.id") == "play"
    opened.evaluate("document.activeElement.blur()")
    for _ in range(4):
        opened.keyboard.press("ArrowRight")
    opened.keyboard.press("ArrowLeft")
    assert week(opened) == 3
    opened.keyboard.press("Home")
    assert week(opened) == 0
    opened.locator("#world-1").focus()
    opened.keyboard.press("Home")
    opened.keyboard.press("ArrowRight")
    said = opened.locator("#told").inner_text()
    names = lesson.lucks[0].worlds[0].stage.names
    assert said.split(":")[0] in names
    assert said.split(":")[0] != names[0]
    opened.keyboard.press("Enter")
    assert opened.locator("#name").inner_text().startswith(said.split(":")[0])
    assert opened.evaluate("document.activeElement.id") == "person-title"


def test_tab_reaches_every_control_and_both_networks(opened):
    guess(opened)
    opened.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    reached = []
    for _ in range(40):
        opened.keyboard.press("Tab")
        reached.append(opened.evaluate("document.activeElement.id"))
    for wanted in ("world-0", "world-1", "mark", "play", "back", "step", "reset", "again", "new-luck", "speed", "week", "who"):
        assert wanted in reached, wanted


def test_a_screen_reader_is_told_of_the_week_in_words(opened):
    guess(opened)
    assert opened.locator("#told").get_attribute("aria-live") == "polite"
    opened.evaluate("RecoveryLesson.go(20)")
    said = opened.locator("#told").inner_text()
    assert said.startswith("Week 20 of 104. Left alone: ")
    assert "in recovery" in said
    for canvas in opened.locator("canvas:not([aria-hidden])").all():
        if canvas.is_visible():
            assert canvas.get_attribute("role") in {"application", "img"}
            assert len(canvas.get_attribute("aria-label")) > 20
    assert opened.locator("#world-0").get_attribute("aria-label").startswith("Left alone, week 20: ")
    assert opened.evaluate("[...document.querySelectorAll('input, select')].every(one => one.labels.length > 0)")


def test_the_table_says_in_words_how_everybody_is(opened, lesson):
    guess(opened)
    opened.evaluate("RecoveryLesson.go(30)")
    opened.get_by_text("Open the table").click()
    rows = opened.locator("#rows tr")
    wait_for(opened, lambda: rows.count() == 60)
    assert "in recovery" in opened.locator("#rows").inner_text()
    rows.nth(4).get_by_role("button").click()
    assert opened.locator("#name").inner_text().startswith(lesson.lucks[0].worlds[0].stage.names[4])


def test_it_prints_both_worlds_and_no_buttons(opened):
    guess(opened)
    button(opened, "Show it now").click()
    opened.emulate_media(media="print")
    assert not opened.locator("#controls").is_visible()
    assert not button(opened, "Keep this guess and begin").is_visible()
    boxes = [opened.locator(f"#world-{world}").bounding_box() for world in (0, 1)]
    assert boxes[0]["y"] == boxes[1]["y"]
    assert opened.locator("#sentence").is_visible()
    assert opened.pdf(format="A4").startswith(b"%PDF")


@pytest.mark.slow
def test_with_reduced_motion_it_plays_in_slow_steps_and_never_scrolls_by_itself(browser, page_file):
    page, _, _ = open_page(browser, page_file, reduced_motion="reduce")
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    guess(page)
    page.locator("#speed").select_option("20")
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_timeout(700)
    assert week(page) == 0
    wait_for(page, lambda: week(page) > 0)
    assert week(page) == 4
    page.context.close()


@pytest.mark.parametrize("size", [PHONE, LAPTOP, PROJECTOR], ids=["phone", "laptop", "projector"])
def test_it_fits(browser, page_file, size):
    page, _, complaints = open_page(browser, page_file, viewport=size)
    guess(page)
    page.evaluate("RecoveryLesson.go(57)")
    page.locator("#next-parted").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    one, two = (page.locator(f"#world-{world}").bounding_box() for world in (0, 1))
    assert (two["x"] > one["x"]) == (size is not PHONE)
    small = [box["height"] for control in page.locator("#controls button").all() if (box := control.bounding_box())]
    assert min(small) >= 36
    assert complaints == []
    page.context.close()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_its_ground(browser, page_file, scheme, contrast):
    page, _, _ = open_page(browser, page_file, color_scheme=scheme)
    guess(page)
    page.evaluate("RecoveryLesson.go(104)")
    page.locator("#next-parted").click()
    page.get_by_text("Open the table").click()
    page.get_by_text("Ties between people").click()
    for kind in ("h1", "h2", "h3", ".kind", ".illustration", ".small", ".tally", ".means", "td", "th", "li", "legend", "summary",
                 "#play", "#again", ".number", ".parts", "#kept", "tr.differs td"):  # fmt: skip
        for one in page.locator(kind).all()[:12]:
            if one.is_visible():
                assert contrast(one) >= 4.5, (kind, one.inner_text())
    page.context.close()


READY_MADE = sorted((Path(__file__).resolve().parents[2] / "docs" / "lessons").glob("*.html"))


@pytest.mark.parametrize("file", READY_MADE, ids=lambda file: file.stem)
def test_a_ready_made_lesson_opens_plays_to_its_answer_and_tells_the_life_that_its_sheet_tells(browser, file):
    page, asked, complaints = open_page(browser, file)
    guess(page)
    page.get_by_role("button", name="Show it now").click()
    assert "With this luck" in page.locator("#sentence").inner_text()
    sheet = file.with_name(f"{file.stem}-teacher.md").read_text(encoding="utf-8")
    page.get_by_label("The whole life").check()
    named = page.locator("#name").inner_text().split(",")[0]
    assert f"The first person shown is {named}" in sheet
    parted = re.search(r"in week (\d+)", page.locator("#parted").inner_text())
    assert page.locator("#life-0 li.parts").inner_text() == f"Here the two lives part, in week {parted[1]}"
    assert (asked, complaints) == ([file.as_uri()], [])
    page.context.close()


def test_hostile_names_do_nothing_and_read_as_they_are(browser, tmp_path):
    text = LessonText(HOSTILE, (HOSTILE, HOSTILE + 60 * "long"), (HOSTILE,), HOSTILE, (HOSTILE,), (HOSTILE,))
    file = make_lesson("the-visit", "independent-advocates", people=40, seeds=(1,), text=text).write(tmp_path / "lesson.html")
    page, asked, complaints = open_page(browser, file)
    guess(page)
    page.evaluate("RecoveryLesson.go(104)")
    page.locator("#next-parted").click()
    page.get_by_text("Open the table").click()
    assert page.locator("h1").inner_text() == HOSTILE
    assert page.locator("#name-0").inner_text() == HOSTILE
    assert page.locator("img").count() == 0
    assert page.evaluate("window.hacked") is None
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert (asked, complaints) == ([file.as_uri()], [])
    page.context.close()


def test_the_page_forbids_itself_every_request_and_every_foreign_script(browser, page_file):
    page, _, _ = open_page(browser, page_file)
    failed = page.evaluate(
        "async () => { try { await fetch('http://127.0.0.1:9/'); return ''; } catch (error) { return error.name; } }"
    )
    assert failed == "TypeError"
    page.evaluate("""() => { const one = document.createElement('script'); one.textContent = 'window.hacked = 1';
        document.body.append(one); }""")
    assert page.evaluate("window.hacked") is None
    page.context.close()


@pytest.mark.slow
@pytest.mark.parametrize("is_lesson", [True, False], ids=["the-lesson", "a-page-without-its-policy"])
def test_nothing_that_is_put_into_the_page_reaches_a_server(browser, page_file, tmp_path, is_lesson):
    """A server on this machine waits for pictures, styles, frames and forms: from the lesson none arrives."""
    arrived = []
    (tmp_path / "plain.html").write_text("<!doctype html><title>plain</title>", encoding="utf-8")

    class Waits(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            arrived.append(self.path.strip("/"))
            self.send_response(200)
            self.end_headers()

        do_POST = do_GET  # noqa: N815 - the name that the library calls

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Waits) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = browser.new_page()
        page.goto((page_file if is_lesson else tmp_path / "plain.html").as_uri())
        page.evaluate(
            """base => {
                const put = (tag, more) => document.body.append(Object.assign(document.createElement(tag), more));
                put('img', {src: base + 'img'}); put('iframe', {src: base + 'frame'}); put('script', {src: base + 'script'});
                put('link', {rel: 'stylesheet', href: base + 'style'});
                fetch(base + 'fetch').catch(() => 0); navigator.sendBeacon(base + 'beacon');
            }""",
            f"http://127.0.0.1:{server.server_port}/",
        )
        page.wait_for_timeout(800)
        if not is_lesson:
            wait_for(page, lambda: len(set(arrived)) >= 6)
        page.evaluate(
            """base => {
                const form = Object.assign(document.createElement('form'), {action: base + 'form', method: 'post'});
                document.body.append(form); form.submit();
            }""",
            f"http://127.0.0.1:{server.server_port}/",
        )
        page.wait_for_timeout(800)
        if not is_lesson:
            wait_for(page, lambda: "form" in arrived)
        page.close()
        server.shutdown()
    found = set(arrived) - {"favicon.ico"}  # the browser's own, once a form has been sent
    assert found == (set() if is_lesson else {"img", "frame", "script", "style", "fetch", "beacon", "form"})
