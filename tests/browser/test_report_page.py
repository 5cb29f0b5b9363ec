"""A report opened in a real browser: whole, alone, readable on a phone and on paper."""

from __future__ import annotations

import pytest

from analysis import compare, write_comparison

pytestmark = pytest.mark.slow
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    effects = compare("a-year-in", ["the-visit", "independent-advocates"], people=200, years=1.25, seeds=[1, 2, 3], draws=4)
    folder = tmp_path_factory.mktemp("report") / "results"
    write_comparison(effects, folder)
    return folder / "report.html"


@pytest.fixture
def opened(browser, report):
    """The report on a page, what it asked the network for, and what it complained of."""
    page = browser.new_page()
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(report.as_uri())
    yield page, asked, complaints
    page.close()


def test_it_asks_for_nothing_but_itself_and_complains_of_nothing(opened, report):
    page, asked, complaints = opened
    assert [url for url in asked if not url.startswith("data:")] == [report.as_uri()]
    assert complaints == []
    sizes = page.eval_on_selector_all("img", "all => all.map(one => [one.naturalWidth, one.alt.length])")
    assert len(sizes) >= 5
    assert all(width > 500 and said > 10 for width, said in sizes)


def test_five_questions_stand_at_its_head_with_their_answers(opened):
    page, _, _ = opened
    questions = page.locator("dl.short dt").all_inner_texts()
    assert questions == [
        "What was asked?", "What is the answer, and how sure?", "Who loses?", "What does it rest on most?", "How do I repeat it?",
    ]  # fmt: skip
    assert all(len(text) > 40 for text in page.locator("dl.short dd").all_inner_texts())


def test_it_fits_a_phone(opened):
    page, _, _ = opened
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_what_is_folded_on_a_screen_is_printed(opened, tmp_path):
    page, _, _ = opened
    folded = page.locator("details tbody tr").first
    assert not folded.is_visible()
    page.emulate_media(media="print")
    assert folded.bounding_box()["height"] > 5
    paper = page.pdf(format="A4", path=str(tmp_path / "report.pdf"))
    assert paper.startswith(b"%PDF")
    assert paper.count(b"/Type /Page\n") >= 5
