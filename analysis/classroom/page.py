"""The pages that Solara serves: the live page with two worlds, and the page of a single one."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import ipyvue
import solara
import traitlets

from analysis.classroom import single
from analysis.classroom.rooms import Rooms
from analysis.classroom.talk import Talk

ROOMS = Rooms()
"""Every room of this process."""


class LiveLink(ipyvue.VueTemplate):
    """The wire between a page, which draws by itself, and its `Talk`: what the page asks comes in, `reply` goes out."""

    template = traitlets.Unicode(files("analysis.classroom").joinpath("assets", "live.vue").read_text("utf-8")).tag(sync=True)
    reply = traitlets.Dict().tag(sync=True)

    def __init__(self, talk: Talk, **rest: Any) -> None:
        self.talk = talk
        super().__init__(**rest)

    def vue_ask(self, request: Any) -> None:
        """Answer what the page asks."""
        self.reply = self.talk.answer(request)


@solara.component
def Page() -> None:  # noqa: N802 - Solara's name for it
    """Two worlds side by side; all that is seen of it is drawn by the page's own script."""
    talk = solara.use_memo(lambda: Talk(ROOMS), [])
    solara.use_effect(lambda: talk.close, [])
    LiveLink.element(talk=talk)


@solara.component
def Layout(children: list[Any]) -> Any:  # noqa: N802 - Solara's name for it
    """Nothing around the live page, and Solara's own bar around the single one, which has its controls there."""
    route, _ = solara.use_route()
    if route is None or route.path == "/":
        return solara.Div(children=children)
    return solara.AppLayout(children=children, navigation=False)


routes = [
    solara.Route("/", component=Page, layout=Layout, label="Two worlds of the same people"),
    solara.Route("single", component=single.Page, label="One world"),
]
