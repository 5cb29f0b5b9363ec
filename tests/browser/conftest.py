"""A real browser on this machine, which may reach nothing beyond it."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


def is_an_error(found):
    """Whether a server's answer is one; not where a page that leaves asks to close what the server has closed already."""
    return found.status >= 400 and not (found.status == 404 and "/jupyter/api/kernels/" in found.url)


@pytest.fixture(scope="session")
def browser():
    """Chromium, started for these tests and closed behind them; skipped where there is none."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install '.[test]'")
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: Debian's package chromium brings it")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield chromium
        chromium.close()


WATCHED = """
import sys
def watch(event, given):
    if event == "socket.connect" and isinstance(given[1], tuple) and given[1][0] not in ("127.0.0.1", "::1"):
        print("it reached out to", given[1], flush=True)
    if event == "socket.getaddrinfo" and given[0] not in (None, "127.0.0.1", "localhost", "::1"):
        print("it asked where to find", given[0], flush=True)
sys.addaudithook(watch)
from analysis.cli import main
main()
"""
"""The command, in a process that says so if it turns to any other machine."""


@dataclass(frozen=True)
class Classroom:
    """A running `recovery classroom`: where its pages are, and the process."""

    url: str
    process: subprocess.Popen


@pytest.fixture(scope="session")
def classroom(tmp_path_factory):
    """The real server of the live page, started once on a free port of this machine alone, and ended behind the tests."""
    pytest.importorskip("solara", reason="the extra is not installed: pip install '.[classroom]'")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    said = tmp_path_factory.mktemp("classroom") / "said"
    with said.open("w") as out:
        command = [sys.executable, "-c", WATCHED, "classroom", "--port", str(port)]
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
    url = f"http://127.0.0.1:{port}/"
    try:
        while url not in said.read_text():
            assert process.poll() is None, said.read_text()
            time.sleep(0.1)
        yield Classroom(url, process)
        assert process.poll() is None, said.read_text()
    finally:
        process.send_signal(signal.SIGINT)
        code = process.wait()
    # Ctrl-C ends it in words, and it had nothing else to say.
    assert (code, said.read_text().splitlines()[1:]) == (130, ["recovery: interrupted: nothing was written"])


@dataclass
class Opened:
    """A page that was opened: what it asked for outside the server, and what went wrong in it."""

    page: object
    outside: list = field(default_factory=list)
    errors: list = field(default_factory=list)


@pytest.fixture(scope="module")
def open_live(browser, classroom):
    """Opens pages of the classroom, every request to anywhere else refused, and looks in the end whether there was one."""
    opened = []

    def open_page(path="", **context):
        made = browser.new_context(**{"viewport": {"width": 1366, "height": 768}, **context})
        one = Opened(made.new_page())
        opened.append(one)

        def ask(route):
            if route.request.url.startswith((classroom.url, "data:", "blob:")):
                route.continue_()
            else:
                one.outside.append(route.request.url)
                route.abort()

        made.route("**/*", ask)
        one.page.on("pageerror", lambda error: one.errors.append(str(error)))
        one.page.on("response", lambda found: is_an_error(found) and one.errors.append(f"{found.status} {found.url}"))
        one.page.goto(classroom.url + path)
        return one.page

    yield open_page
    for one in opened:
        one.page.context.close()
        assert one.outside == [], "it asked for something beyond its server"
        assert one.errors == []


COLOURS = """one => {
  let ground = one;
  while (getComputedStyle(ground).backgroundColor === "rgba(0, 0, 0, 0)") ground = ground.parentElement;
  return [getComputedStyle(one).color, getComputedStyle(ground).backgroundColor];
}"""


def luminance(colour: str) -> float:
    """Relative luminance, as the Web Content Accessibility Guidelines (2.1) define it."""
    parts = [float(part) / 255 for part in re.findall(r"[\d.]+", colour)[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.fixture(scope="session")
def contrast():
    """Gives the contrast of a text with its ground, from 1 to 21, as those guidelines define it."""

    def of(one):
        ink, ground = (luminance(colour) for colour in one.evaluate(COLOURS))
        return (max(ink, ground) + 0.05) / (min(ink, ground) + 0.05)

    return of
