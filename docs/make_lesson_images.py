"""Takes the pictures of the lessons for these pages, in a real browser: python docs/make_lesson_images.py (a few seconds)."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

DOCS = Path(__file__).parent
PICTURES = {
    "lesson-worlds.png": ("label", {"width": 1240, "height": 700}, "light", "worlds", 10),
    "lesson-lives.png": ("label", {"width": 1240, "height": 900}, "light", "person", 104),
    "lesson-phone.png": ("setbacks", {"width": 390, "height": 844}, "dark", "worlds", 40),
}
"""Lesson, size, light or dark, the part shown, and the week."""


def take(page: Page, part: str, week: int, path: Path) -> None:
    """Guess, go to the week, and take a picture of the part."""
    page.get_by_label("Fewer", exact=True).check()
    page.get_by_role("button", name="Keep this guess and begin").click()
    page.evaluate(f"RecoveryLesson.go({week})")
    page.evaluate(f"document.getElementById('{part}').scrollIntoView({{behavior: 'instant'}})")
    page.evaluate("document.activeElement.blur()")
    page.wait_for_timeout(800)
    # Few colours are drawn, so that few are enough: a quarter of the size.
    Image.open(io.BytesIO(page.screenshot())).convert("RGB").quantize(96).save(path, optimize=True)
    print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")


def main() -> None:
    """Take each picture and put it in its place."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        for name, (lesson, size, scheme, part, week) in PICTURES.items():
            page = chromium.new_page(viewport=size, color_scheme=scheme, reduced_motion="reduce")
            page.goto((DOCS / "lessons" / f"{lesson}.html").as_uri())
            take(page, part, week, DOCS / "images" / name)
            page.close()
        chromium.close()


if __name__ == "__main__":
    main()
