"""Writes reference.md, the list of every number and name of the model, from the tables in the code.

python docs/make_reference.py           write it
python docs/make_reference.py --check   say whether it is current; ends with 1 where it is not
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable
from pathlib import Path

from simulation.areas import AREA_RANGES
from simulation.diary import CAUSES, EVENTS
from simulation.groups import GROUPS
from simulation.history import weekly_columns
from simulation.levers import LEVERS
from simulation.parameters import PARAMETERS
from simulation.state import FIELDS

PAGE = Path(__file__).with_name("reference.md")

HEAD = """\
# Reference

Every number and name of the model. Made from the code by `python docs/make_reference.py`: change the code, not this page.
What they do to each other is on the page of [the model](model.md); ids such as S1 or C19 are published figures, listed with
[the evidence](evidence.md); R1 to R67 are the claims of the review that the model was built from.
"""

BASES = """\
*Basis* says what a number rests on: **measured** (read in a published source), **calibrated** (a published figure informs it
through what the model gives), **bounded** (published figures bound it), **assumed** (theory alone), **structural** (a
constant of the form that the model takes: not varied in sensitivity runs, checked one at a time). *Kind* is **policy** where
a lever can change it, **assumption** otherwise. The range is the plausible one: what sensitivity runs vary over and what a
scenario may set. Hazards are per week; a log hazard x gives the chance 1 - exp(-exp(x)), log odds x the chance
1/(1 + exp(-x)).
"""

KINDS_OF_FIELD = {
    "trait": "Traits, fixed",
    "state": "Lived week by week",
    "derived": "Worked out from these at the end of each week",
    "total": "Running totals since week 0",
}


def number(value: float) -> str:
    """A number as a reader writes it; "none" where it has no end."""
    return "none" if math.isinf(value) else f"{value:g}"


def span(low: float, high: float) -> str:
    """A range in words, open where it has no end."""
    if math.isinf(low) and math.isinf(high):
        return "any"
    return f"{number(low)} and more" if math.isinf(high) else f"{number(low)} to {number(high)}"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table in Markdown."""
    names = list(head)
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


def parameters() -> str:
    """Every parameter, in the groups and the order of its table."""
    head = ("name", "default", "range", "unit", "what it is", "source", "basis", "kind")
    groups: dict[str, list[tuple[str, ...]]] = {}
    for p in PARAMETERS.values():
        row = (f"`{p.name}`", number(p.default), span(p.low, p.high), p.unit, p.means, p.source, p.basis, p.kind)
        groups.setdefault(p.group, []).append(row)
    parts = [f"### {group}\n\n{table(head, rows)}" for group, rows in groups.items()]
    return "\n".join([f"## Parameters\n\n{len(PARAMETERS)} numbers.\n\n{BASES}", *parts])


def levers() -> str:
    """Every lever: what a policy can change."""
    head = ("name", "without a policy", "range", "unit", "what it is", "whom", "note")
    rows = []
    for lever in LEVERS.values():
        without = f"`{lever.from_parameter}`" if lever.from_parameter else number(lever.base)
        notes = ["Acts once, in the week its policy starts."] if lever.once else []
        notes += [lever.caution] if lever.caution else []
        whom = "some people or all" if lever.scope == "person" else "everyone"
        row = (f"`{lever.name}`", without, span(lever.low, lever.high), lever.unit, lever.means, whom, " ".join(notes))
        rows.append(row)
    said = "What a policy can change. Where the value without a policy is a name, it is that parameter's, drawn or set."
    return f"## Levers\n\n{said}\n\n{table(head, rows)}"


def fields() -> str:
    """Everything known about a person."""
    head = ("name", "range", "unit", "what it is", "words")
    parts = ["## What is known about a person\n\nThe columns of the state, and the attributes of a `Person`.\n"]
    for kind, title in KINDS_OF_FIELD.items():
        rows = [
            (f"`{f.name}`", span(f.low, f.high), f.unit, f.means, ", ".join(f.words)) for f in FIELDS if f.kind == kind
        ]
        parts.append(f"### {title}\n\n{table(head, rows)}")
    return "\n".join(parts)


def groups() -> str:
    """Every named group of people, for `whom`, `group` and `--by`."""
    rows = [(f"`{group.name}`", f"`{group.rule}`", group.means) for group in GROUPS.values()]
    said = "Named rules on a person's state, this week, for `whom` in a policy, for the primary outcome, and for `--by`."
    return f"## Groups\n\n{said}\n\n{table(('name', 'rule', 'what it is'), rows)}"


def areas() -> str:
    """Every number of an area."""
    rows = [(f"`{name}`", span(low, high), means) for name, (low, high, means) in AREA_RANGES.items()]
    return f"## Areas\n\nWhat a scenario can say of an area.\n\n{table(('name', 'range', 'what it is'), rows)}"


def weekly() -> str:
    """Every column of the weekly table."""
    rows = [(f"`{name}`", unit, means) for name, (unit, means) in weekly_columns().items()]
    said = "One row a week: what happened in it, and states at its end."
    return f"## The weekly table\n\n{said}\n\n{table(('column', 'unit', 'what it is'), rows)}"


def events() -> str:
    """Every word that the history of a life is written in."""
    return "\n".join(
        [
            "## Events\n",
            "The words of `event` in the events table, in the order of their numbers:\n",
            ", ".join(f"`{name}`" for name in EVENTS) + ".\n",
            "and those of `cause`:\n",
            ", ".join(f"`{name}`" for name in CAUSES if name) + ".\n",
        ]
    )


def reference() -> str:
    """The whole page."""
    return "\n".join([HEAD, parameters(), levers(), fields(), groups(), areas(), weekly(), events()])


def main() -> int:
    """Write the page, or check it; gives the exit status."""
    if "--check" in sys.argv[1:]:
        current = PAGE.exists() and PAGE.read_text(encoding="utf-8") == reference()
        print(f"{PAGE.name} is {'current' if current else 'not current: run python docs/make_reference.py'}")
        return 0 if current else 1
    PAGE.write_text(reference(), encoding="utf-8")
    print(f"wrote {PAGE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
