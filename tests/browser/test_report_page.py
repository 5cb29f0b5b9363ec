"""A report opened in a real browser: whole, alone, readable on a phone and on paper."""

from __future__ import annotations

import re

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


def test_what_is_folded_on_a_screen_is_printed_unless_it_is_long(opened, tmp_path):
    page, _, _ = opened
    short, long = (page.locator(f"details{kind} tbody tr").first for kind in (":not(.long)", ".long"))
    assert not short.is_visible()
    assert not page.locator(".on-paper").first.is_visible()
    page.emulate_media(media="print")
    assert short.bounding_box()["height"] > 5
    assert not long.is_visible()
    assert page.locator(".on-paper").first.is_visible()
    paper = page.pdf(format="A4", path=str(tmp_path / "report.pdf"))
    assert paper.startswith(b"%PDF")
    assert paper.count(b"/Type /Page\n") >= 5


def test_two_pictures_of_usual_size_fit_one_sheet(opened):
    page, _, _ = opened
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 688, "height": 1024})  # the inside of an A4 sheet, 182 by 271 mm at 96 dots an inch
    heights = page.eval_on_selector_all("img", "all => all.map(one => one.getBoundingClientRect().height)")
    assert max(heights) < 1024 / 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground_whether_light_or_dark_is_preferred(opened, scheme):
    page, _, _ = opened
    page.emulate_media(color_scheme=scheme)
    colours = "one => [getComputedStyle(one).color, getComputedStyle(one.closest('section')).backgroundColor]"
    for text in (".sentence", ".small", "summary", "td"):
        ink, ground = (_brightness(colour) for colour in page.locator(text).first.evaluate(colours))
        assert (max(ink, ground) + 0.05) / (min(ink, ground) + 0.05) >= 4.5, text
        assert (ground > ink) == (scheme == "light")


def _brightness(colour: str) -> float:
    """Relative luminance of a colour such as "rgb(0, 114, 178)", as the Web Content Accessibility Guidelines (2.1) define it."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
