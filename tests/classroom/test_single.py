"""One world on Mesa's own page: it steps, draws, begins anew, and lets go of what it no longer shows."""

from __future__ import annotations

import gc
import weakref

import pytest

from simulation.errors import UserError

pytest.importorskip("solara", reason="Solara is not installed: pip install '.[classroom]'")
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:solara", "ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def single():
    from analysis.classroom import single

    return single


@pytest.fixture
def page(single):
    import solara

    _, rendered = solara.render(solara.AppLayout(children=[single.Page()]), handle_error=False)
    yield rendered
    rendered.close()


def press(page, label):
    import ipyvuetify as v

    page.find(v.Btn, children=[label]).widget.click()


def told(page):
    import ipyvuetify as v

    return [one.children[0] for one in page.find(v.Html, tag="span").widgets if one.children]


def test_a_step_lives_a_week_and_a_reset_begins_anew_with_the_parameters_chosen(page):
    from analysis.classroom.lesson_page import ILLUSTRATION

    assert told(page).count(ILLUSTRATION) >= 2, "at the head and at the foot"
    press(page, "Step")
    press(page, "Step")
    assert any(str(text).startswith("Week 2: ") for text in told(page))
    press(page, "Reset")
    assert any(str(text).startswith("Week 0: ") for text in told(page))


def test_a_world_that_is_no_longer_shown_is_let_go_of(single, page, monkeypatch):
    made = []
    place = single.stage_of

    def watched(model):
        made.append(weakref.ref(model.world))
        return place(model)

    monkeypatch.setattr(single, "stage_of", watched)
    for _ in range(3):
        press(page, "Reset")
        press(page, "Step")
    gc.collect()
    assert len(made) == 3
    assert sum(world() is not None for world in made) <= 2


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"plan": "/etc/passwd"}, "scenario"),
        ({"plan": "../../secret.toml"}, "scenario"),
        ({"people": 10_000}, "people"),
        ({"people": 200.5}, "people"),
        ({"years": 0}, "years"),
        ({"seed_number": -1}, "seed"),
    ],
)
def test_nothing_beyond_what_the_page_offers_can_be_lived(single, given, said):
    with pytest.raises(UserError, match=said):
        single.OneWorld(**given)


def test_everybody_is_drawn_and_counted_once(single):
    from matplotlib.figure import Figure

    from analysis.classroom.frames import frame_of

    model = single.OneWorld(people=50, years=1)
    model.step()
    frame = frame_of(model)
    axis = Figure().add_subplot()
    single.draw_people(axis, model.stage, frame)
    counts = [int(text.get_text().rsplit(" ", 1)[1]) for text in axis.get_legend().get_texts()]
    assert sum(counts[: len(single.STATUSES)]) == 50
    assert single.week_in_words(frame).startswith("Week 1: ")
