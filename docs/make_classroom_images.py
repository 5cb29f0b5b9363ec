"""Takes the pictures of the live page for these pages, in a real browser: python docs/make_classroom_images.py (a minute)."""

from __future__ import annotations

import io
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

IMAGES = Path(__file__).parent / "images"
PICTURES = {
    "classroom-laptop.png": ({"width": 1366, "height": 768}, "light", "choose", 10),
    "classroom-phone.png": ({"width": 390, "height": 844}, "dark", "worlds", 10),
    "classroom-projector.png": ({"width": 1920, "height": 1080}, "light", "worlds", 30),
}
"""Size, light or dark, the part shown, and the week."""


@contextmanager
def served() -> Iterator[str]:
    """A live page of its own, for as long as this lasts; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", "from analysis.cli import main; main()", "classroom", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        process.stdout.readline()  # it says its address once pages can be opened
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def take(page: Page, part: str, week: int, path: Path) -> None:
    """Begin with the visit, live to the week, and take a picture of the part."""
    page.wait_for_function("!document.getElementById('play').disabled")
    page.locator("#week").fill(str(week))
    page.wait_for_function(f"RecoveryLive.now.week === {week}")
    page.evaluate(f"document.getElementById('{part}').scrollIntoView({{behavior: 'instant'}})")
    page.evaluate("document.activeElement.blur()")
    page.wait_for_timeout(800)
    # Few colours are drawn; those of a few shapes must be among the ones kept, which the usual way drops.
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    shot.quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")


def main() -> None:
    """Take each picture and put it in its place."""
    with served() as address, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for name, (size, scheme, part, week) in PICTURES.items():
            page = chromium.new_page(viewport=size, color_scheme=scheme, reduced_motion="reduce")
            page.goto(address)
            take(page, part, week, IMAGES / name)
            page.close()
        chromium.close()


if __name__ == "__main__":
    main()
