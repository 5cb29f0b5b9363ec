"""The classroom's server: Solara's own protocol, with routes of our own, so that it serves these pages and nothing else.

Solara's ready-made application reports to its makers, fetches what it lacks from a content network, and serves folders beside
the application. Here none of that is there: every file comes from an installed package, named one by one, and every answer
forbids the browser any other place.
"""

from __future__ import annotations

import hashlib
import logging
import os
import site
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from analysis.classroom.lesson import FEWEST_PEOPLE
from analysis.classroom.lesson_page import ILLUSTRATION, asset
from simulation.errors import OutputError, Problem, UserError

LOG = logging.getLogger(__name__)
HOST, PORT = "127.0.0.1", 8765
LOOPBACK = ("127.0.0.1", "localhost", "::1")
TITLE = "Two worlds of the same people"
APP = "analysis.classroom.page"
SWITCH_SECONDS = 0.0005
"""How long one page's thread may keep another waiting. Python's usual 5 ms, waited for after each of a week's compiled passes
while another page's worlds are made, add up to half a second."""

RECONNECT = "3m"
"""How long a page that lost its connection may come back to where it was."""

MOST_PAGES = 80
"""How many pages may be open at once, with a room or without."""

FULL = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>The classroom is full</title><h1>The classroom is full</h1>'
    f"<p>{MOST_PAGES} pages are open already. Close one that is not needed, or wait three minutes for those whose connection is "
    "lost, and try again.</p></html>"
)

SCRIPTS, STYLES = ("stage.js", "page.js", "kept.js", "live.js"), ("lesson.css", "live.css")
SINGLE = ("single.css", "single.js")
KINDS = {".js": "text/javascript", ".css": "text/css"}
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; object-src 'none'"
)
"""What a page may reach: this server. Vue compiles its templates in the page, which asks for `unsafe-eval`."""

HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)
ASSETS, EXTENSIONS = ("@widgetti", "requirejs@2.3.6"), ("jupyter-vue", "jupyter-vuetify")
"""What Solara's pages load: from the package solara-assets, and from ipyvue and ipyvuetify."""

TO_INSTALL = "pip install 'recovery-journeys[classroom]'; lessons need none of it: recovery lesson"


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises OutputError where it cannot: a port that is taken, or a host that is not here."""
    if not host.strip():  # which would be every address of this machine
        raise OutputError(Problem("--host", repr(host), "an address of this machine, or 0.0.0.0 for all of them",
                                  "leave it out: then this machine alone can open the page"))  # fmt: skip
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    if os.name == "posix":  # elsewhere it would let two servers share a port
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)
    except (OSError, OverflowError) as error:
        listening.close()
        where = f"port {port} of {host}"
        if getattr(error, "errno", None) in _TAKEN:
            raise OutputError(Problem(where, "taken: another program answers there", "a free port",
                                      f"--port {port + 1 if port < 65535 else port - 1}")) from error  # fmt: skip
        given = getattr(error, "strerror", None) or str(error)
        raise OutputError(Problem(where, given, "a port from 1024 on, and an address of this machine",
                                  f"--port {PORT}, without --host")) from error  # fmt: skip
    return listening


_TAKEN = (98, 48, 10048)
"""Numbers of "address already in use" on Linux, macOS and Windows."""


def serve(listening: socket.socket, host: str, started: Callable[[], Any] = lambda: None) -> None:
    """Serve the classroom on a socket until this process is told to end; `started` is called when pages can be opened.

    Raises
    ------
    KeyboardInterrupt
        Where it is told to end.
    UserError
        If the extra `classroom` is not installed.
    """
    application = make_application(host)
    import uvicorn

    from analysis.classroom.page import ROOMS

    _open_once()
    sys.setswitchinterval(SWITCH_SECONDS)

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            started()

    config = uvicorn.Config(
        application, log_level="error", access_log=False, loop="asyncio", timeout_graceful_shutdown=1, ws_max_size=2**20,
        proxy_headers=False, server_header=False,
    )  # fmt: skip
    with ROOMS.swept():
        Server(config).run(sockets=[listening])


def _open_once() -> None:
    """Make two small worlds, so that what the first page needs has been loaded before it comes."""
    from analysis.classroom.rooms import Rooms
    from analysis.classroom.talk import Talk

    talk = Talk(Rooms())
    talk.answer({"do": "open", "luck": 1, "people": FEWEST_PEOPLE})
    talk.close()


def make_application(host: str = HOST) -> Any:
    """The Starlette application that answers on this host. Raises UserError if the extra `classroom` is not installed."""
    solara_server = _solara()
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.middleware.gzip import GZipMiddleware
    from starlette.routing import Mount, Route, WebSocketRoute
    from starlette.staticfiles import StaticFiles

    module = Path(solara_server.server.__file__).parent
    assets, extensions = _installed("solara/cdn", ASSETS), _installed("jupyter/nbextensions", EXTENSIONS)
    routes = [
        Route("/", _page(solara_server.server, "/")),
        Route("/single", _page(solara_server.server, "/single")),
        Route("/classroom/{name}", _own_file),
        WebSocketRoute("/jupyter/api/kernels/{kernel_id}/{name}", _wire(solara_server.starlette.kernel_connection)),
        Route("/_solara/api/close/{kernel_id}", _closing(solara_server.starlette.close), methods=["POST"]),
        Mount("/_solara/cdn", StaticFiles(directory=assets)),
        Mount("/static/assets", StaticFiles(directory=module / "assets")),
        Mount("/static", StaticFiles(directory=module / "static")),
        *(Mount(f"/jupyter/nbextensions/{name}", StaticFiles(directory=extensions / name)) for name in EXTENSIONS),
    ]
    middleware = [Middleware(Guard, names=LOOPBACK if host in LOOPBACK else ()), Middleware(GZipMiddleware, minimum_size=1000)]
    return Starlette(routes=routes, middleware=middleware, lifespan=_lifespan)


class Guard:
    """Lets in what was meant for this server, and tells every browser to ask nothing of any other.

    Parameters
    ----------
    application
        What answers.
    names
        Names that this server answers to, as other pages of a browser could send it requests under names of their own; any
        where there are none.
    """

    def __init__(self, application: Any, names: tuple[str, ...] = ()) -> None:
        self.application = application
        self.names = names

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer, or refuse."""
        if scope["type"] not in ("http", "websocket"):
            await self.application(scope, receive, send)
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        if not self._is_meant(headers.get(b"host", ""), headers.get(b"origin")):
            await _refuse(scope, send)
            return

        async def send_with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", []), *HEADERS]}
            await send(message)

        await self.application(scope, receive, send_with_headers)

    def _is_meant(self, host: str, origin: str | None) -> bool:
        try:
            name, of = urlsplit(f"//{host}").hostname, None if origin is None else urlsplit(origin).netloc
        except ValueError:  # no address at all
            return False
        return (not self.names or name in self.names) and (of is None or of == host)


async def _refuse(scope: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain"), *HEADERS]})
    await send({"type": "http.response.body", "body": b"This server answers to its own pages only."})


def _page(server: Any, path: str) -> Callable[[Any], Any]:
    """What answers for one of the two pages."""
    from solara.server import kernel_context
    from starlette.responses import HTMLResponse

    def answer(request: Any) -> Any:
        if len(kernel_context.contexts) >= MOST_PAGES:
            return HTMLResponse(FULL, 503)
        response = HTMLResponse(own_head(server.read_root(path), path))
        session = request.cookies.get(server.COOKIE_KEY_SESSION_ID) or str(uuid4())
        response.set_cookie(server.COOKIE_KEY_SESSION_ID, session, httponly=True, samesite="lax")
        return response

    return answer


def _wire(connect: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """What answers a page that opens its connection: one that does not say which page it is, or is one too many, gets none."""
    from solara.server import kernel_context

    wired: set[Any] = set()

    async def answer(socket: Any) -> None:
        known = socket.path_params["kernel_id"] in kernel_context.contexts
        full = max(len(kernel_context.contexts), len(wired)) >= MOST_PAGES
        if not socket.query_params.get("session_id") or (not known and full):
            await socket.close(1008)
            return
        wired.add(socket)
        try:
            await connect(socket)
        except* Exception:  # what no page of ours sends, or Solara's own where a connection ends twice: no mistake of ours
            LOG.debug("a connection ended", exc_info=True)
        finally:
            wired.discard(socket)

    return answer


def _closing(close: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """What answers a page that says that it is closed."""
    from starlette.responses import PlainTextResponse

    def answer(request: Any) -> Any:
        if not request.query_params.get("session_id"):
            return PlainTextResponse("This does not say which page is closed.", 400)
        return close(request)

    return answer


def own_head(page: str, path: str) -> str:
    """Solara's page with a language, letters that a reader may enlarge, and on the live page the page itself; on that of one
    world, names for the controls that have none.
    """
    before, viewport, rest = page.partition('<meta name="viewport" content="')
    page = before + viewport + "width=device-width, initial-scale=1" + rest[rest.index('"') :]
    page = page.replace("<html>", '<html lang="en">', 1)
    if path != "/":
        page = page.replace(f"<title>{TITLE}</title>", "<title>One world</title>", 1)
        return page.replace("</head>", f"{''.join(map(_tag, SINGLE))}\n</head>", 1)
    page = page.replace("</head>", f"{''.join(map(_tag, STYLES))}\n</head>", 1)
    head, body, rest = page.partition("<body")
    end = rest.index(">") + 1
    scripts = "".join(map(_tag, SCRIPTS))
    return head + body + rest[:end] + asset("live.html").replace("$illustration", ILLUSTRATION) + scripts + rest[end:]


def _tag(name: str) -> str:
    """What loads a file of our own into a page."""
    address = f"/classroom/{name}?v={hashlib.sha256(asset(name).encode()).hexdigest()[:12]}"
    return f'<script src="{address}"></script>' if name.endswith(".js") else f'<link rel="stylesheet" href="{address}">'


def _own_file(request: Any) -> Any:
    from starlette.responses import PlainTextResponse, Response

    name = request.path_params["name"]
    if name not in (*SCRIPTS, *STYLES, *SINGLE):
        return PlainTextResponse("There is no such file.", 404)
    kept = {"cache-control": "max-age=31536000, immutable"} if request.query_params.get("v") else {}
    return Response(asset(name), media_type=KINDS[Path(name).suffix], headers=kept)


@asynccontextmanager
async def _lifespan(_: Any) -> AsyncIterator[None]:
    from solara.server import app, kernel_context

    app.ensure_apps_initialized()
    yield
    for context in list(kernel_context.contexts.values()):
        context.close(reason="the classroom is closed")


def _solara() -> Any:
    """Solara's server, told to be quiet. Raises UserError if the extra `classroom` is not installed."""
    os.environ.setdefault("SOLARA_TELEMETRY_SERVER_USER_ID", "none")  # before it is loaded, or it writes one of its own
    os.environ["SOLARA_APP"] = APP
    try:
        import solara.server.app
        import solara.server.server
        import solara.server.settings
        import solara.server.starlette
    except ImportError as error:
        raise UserError(
            Problem("the live page", f"{error.name} is not installed", "the extra `classroom`", TO_INSTALL)
        ) from error
    settings = solara.server.settings
    settings.telemetry.mixpanel_enable = False
    settings.main.mode = "production"
    settings.main.root_path = settings.main.root_path or ""
    settings.theme.title, settings.theme.show_banner, settings.theme.loader = TITLE, False, "plain"
    settings.assets.fontawesome_enabled = False
    settings.kernel.cull_timeout = RECONNECT
    solara.settings.assets.proxy, solara.settings.assets.cdn = False, "/_solara/cdn"
    solara.settings.main.check_hooks = "off"  # it warns its user of how Mesa's own page is written
    found = [f"{name}/extension" for name in EXTENSIONS]
    solara.server.server.get_nbextensions = lambda: (found, dict.fromkeys(found, _version_of_extensions()))
    return solara.server


def _installed(folder: str, names: tuple[str, ...]) -> Path:
    """Where packages have laid what pages load, below share/. Raises UserError where it is not there."""
    roots = dict.fromkeys((sys.prefix, site.getuserbase(), sys.base_prefix))
    for found in (Path(root) / "share" / folder for root in roots):
        if all((found / name).is_dir() for name in names):
            return found
    given = f"{', '.join(names)} is not in share/{folder}"
    raise UserError(Problem("the live page", given, "the extra `classroom`, whole", TO_INSTALL))


def _version_of_extensions() -> str:
    import ipyvue
    import ipyvuetify

    return f"{ipyvue.__version__}-{ipyvuetify.__version__}"
