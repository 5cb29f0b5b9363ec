"""How large a lesson is, how soon it paints, and how long its script takes for a frame, in a real browser.

python benchmarks/lesson_in_a_browser.py [--people 500] [--years 5] [--seeds 4]
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from analysis.classroom.lesson import make_lesson

FRAME = """() => {
    document.getElementById('skip-guess').click();
    document.getElementById('next-parted').click();
    const times = [];
    for (let week = 0; week <= RecoveryLesson.data.weeks; week++) {
        const before = performance.now();
        RecoveryLesson.go(week, false);
        times.push(performance.now() - before);
    }
    return times;
}"""
PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
READY = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"


def main() -> None:
    """Make a lesson, open it several times, and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--years", type=float, default=5)
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--repeat", type=int, default=5)
    asked = parser.parse_args()
    lesson = make_lesson("the-visit", "independent-advocates", asked.people, asked.years, range(1, asked.seeds + 1))
    paints, readies, times = [], [], []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = lesson.write(Path(folder) / "lesson.html")
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        for _ in range(asked.repeat):
            page = chromium.new_page(viewport={"width": 1366, "height": 768})
            page.goto(path.as_uri())
            page.wait_for_timeout(300)
            paints.append(page.evaluate(PAINT))
            readies.append(page.evaluate(READY))
            times += page.evaluate(FRAME)
            page.close()
        print(f"Chromium {chromium.version}; {asked.people} people, {asked.years:g} years, {asked.seeds} seeds")
        print(f"size                 {path.stat().st_size / 1e6:8.2f} MB")
        chromium.close()
    ranks = statistics.quantiles(times, n=100)
    print(f"first paint          {statistics.median(paints):8.0f} ms (worst of {asked.repeat}: {max(paints):.0f})")
    print(f"ready to be used     {statistics.median(readies):8.0f} ms (worst: {max(readies):.0f})")
    spread = f"95 %: {ranks[94]:.1f}, worst of {len(times)}: {max(times):.1f}"
    print(f"script time a frame  {statistics.median(times):8.1f} ms ({spread})")


if __name__ == "__main__":
    main()
