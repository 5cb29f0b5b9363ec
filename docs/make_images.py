"""Draws the pictures of the README with the command itself: python docs/make_images.py (about three minutes)."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

IMAGES = Path(__file__).parent / "images"
PICTURES = {
    "overview.png": ["run", "baseline", "--seed", "1"],
    "the-visit.png": ["compare", "the-visit", "independent-advocates"],
}


def main() -> None:
    """Draw each picture and put it in its place."""
    IMAGES.mkdir(exist_ok=True)
    for name, verb in PICTURES.items():
        with tempfile.TemporaryDirectory() as folder:
            start = [sys.executable, "-c", "from analysis.cli import main; main()", *verb]
            subprocess.run([*start, "--out", f"{folder}/out"], check=True)
            shutil.copyfile(f"{folder}/out/overview.png", IMAGES / name)


if __name__ == "__main__":
    main()
