"""The mechanisms of the model as the rule itself tells them: what each does in words, its theory, its evidence."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from importlib.resources import files

PARTS = ("In words", "Formula", "Theory", "Evidence")


@dataclass(frozen=True)
class Mechanism:
    """One mechanism of a week: its name, what it does in one line, and what its account says under each heading."""

    name: str
    does: str
    in_words: str
    formula: str
    theory: str
    evidence: str


def read_mechanisms() -> list[Mechanism]:
    """Every mechanism of the rule, in the order in which a week lives them, read from its source."""
    tree = ast.parse(files("simulation").joinpath("week.py").read_text(encoding="utf-8"))
    found = []
    for node in tree.body:
        text = (ast.get_docstring(node) or "") if isinstance(node, ast.FunctionDef) else ""
        if any(f"{part}:" in text for part in PARTS):
            found.append(_read(node.name, " ".join(text.split())))
    return found


def _read(name: str, text: str) -> Mechanism:
    pieces = re.split(rf"\b({'|'.join(PARTS)}):\s*", text)
    said = dict(zip(pieces[1::2], (piece.strip() for piece in pieces[2::2]), strict=True))
    return Mechanism(name, pieces[0].strip(), *(said.get(part, "") for part in PARTS))
