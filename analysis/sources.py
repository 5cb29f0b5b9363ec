"""What the codes of published figures and of claims stand for, so that a page can say it beside them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "evidence"
_CODE = re.compile(r"\b[A-Z]\d+[a-z]?\b")

CHECKED = {
    "verified": "read in the source",
    "verified-2nd": "read in a summary of the source",
    "recalled": "from memory, not read",
    "derived": "worked out from other figures",
}
"""How far a figure was checked, in words, by its status."""


@cache
def _figures() -> list[dict[str, str]]:
    """Every published figure, as its file has it."""
    return list(tomllib.loads((FOLDER / "figures.toml").read_text(encoding="utf-8"))["figure"])


@cache
def sources() -> dict[str, str]:
    """What each code stands for, in a sentence: a published figure with its source, or a claim of the review.

    Raises
    ------
    KeyError
        If a figure has a status that is not known.
    """
    found = {
        one["id"]: f"{one['quantity']}: {one['value']}. {one['source']} ({CHECKED[one['status']]})" for one in _figures()
    }
    for path in sorted((FOLDER / "claims").glob("*.toml")):
        claim = tomllib.loads(path.read_text(encoding="utf-8"))
        found[claim["id"]] = f"Claim of the review of 53 studies “Understanding the whole person” (2015): {claim['claim']}"
    return found


def sources_named(texts: Iterable[str]) -> list[tuple[str, str]]:
    """Each code that the texts name, with what it stands for, in the order of letters and numbers."""
    return [(code, sources()[code]) for code in _in_order(_named(texts) & set(sources()))]


def codes_unread(texts: Iterable[str]) -> list[str]:
    """The codes that the texts name of figures that nobody has read in a source, in the order of letters and numbers."""
    return _in_order(_named(texts) & {one["id"] for one in _figures() if one["status"] == "recalled"})


def _named(texts: Iterable[str]) -> set[str]:
    return {code for text in texts for code in _CODE.findall(text)}


def _in_order(codes: Iterable[str]) -> list[str]:
    return sorted(codes, key=lambda code: (code[0], int(re.findall(r"\d+", code)[0]), code))
