"""The report of a comparison: one self-contained page that answers what was asked, how surely, and what it rests on."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis import words
from analysis.costs import money
from analysis.figures import as_png, draw_forest, draw_ledger, trajectories_as_png
from analysis.files import put
from analysis.intervals import Effect
from analysis.outcomes import OUTCOMES
from analysis.subgroups import EVERYONE
from simulation.groups import people_in_words
from simulation.units import number_in_words

NOT_FOR = (
    "To score, predict, rank, supervise or decide about any real person: nobody in it is real, and it knows nobody.",
    "As a forecast of numbers in a place: its numbers show which way, how sure and through what, under stated assumptions.",
    "As evidence that a policy works: at most it says what would have to be true for it to work, and what to find out first.",
    "Without both intervals: the middle of a wide range says less than the range.",
)

SET_FOR_THE_RUN = "set for this run"
"""Where an assumption was set that no scenario file sets."""

BASIS_WORDS = {
    "measured": "read in a published source",
    "calibrated": "a published figure informs it",
    "bounded": "published figures bound it",
    "assumed": "theory alone",
}


def write_report(effects: Any, record: dict, path: Path) -> Path:
    """Write the report of `effects` to `path`; needs nothing beside it, and nothing from the network."""
    return put(path, report_html(effects, record))


def report_html(effects: Any, record: dict) -> str:
    """The report of `effects` as one HTML page; every text is escaped."""
    question = effects.question
    title = f"{' and '.join(question.labels)} against {question.base.name}"
    body = [
        _header(title, effects),
        _answers(effects),
        _section("What changes", _effects_part(effects)),
        _section(
            "When it changes", _picture(trajectories_as_png(effects), "The primary outcome over time in each world")
        ),
        _section("What was compared", _compared(effects)),
        _section("Whom it reached", _reach(effects)),
        _section("Who fares better and who fares worse", _ledger(effects)),
        _section("What it rests on", _assumptions(effects)),
        _section("What it must not be used for", _list(NOT_FOR)),
        _section("How to repeat it", _repeat(effects, record)),
    ]
    return _PAGE.format(title=escape(title), style=_STYLE, body="\n".join(body))


def _header(title: str, effects: Any) -> str:
    question = effects.question
    asked = next((other.question for other in question.others if other.question), "")
    return f"<header><p class='kind'>recovery-journeys: a comparison of made-up worlds</p><h1>{escape(title)}</h1>" + (
        f"<p class='question'>{escape(asked)}</p></header>" if asked else "</header>"
    )


def _answers(effects: Any) -> str:
    cards = []
    for answer in effects.answers:
        label = f"<h2>{escape(answer.other)}</h2>" if len(effects.answers) > 1 else ""
        further = (answer.per_flags, answer.sources, answer.other_fits, answer.reached)
        more = "".join(f"<p>{escape(line)}</p>" for line in further if line)
        cards.append(f"<div class='answer'>{label}<p class='sentence'>{escape(answer.sentence)}</p>{more}</div>")
    cards.append(f"<p class='caution'>{escape(words.NOT_A_FORECAST)}</p>")
    if effects.notes:
        cards.append(f"<div class='notes'>{_list(effects.notes)}</div>")
    return "<section>" + "".join(cards) + "</section>"


def _effects_part(effects: Any) -> str:
    question = effects.question
    table = effects.table
    main = table[table["group"] == question.group.name]
    rest = table[table["group"] != question.group.name]
    text = (
        f"<p>Among {escape(question.whom)}, within {words.weeks_in_words(question.horizon)} of week "
        f"{question.first_week}, the first in which the worlds differ. The primary outcome was named before running; all others "
        "are exploratory. Both ranges are 95 % intervals. "
        "<em>Luck alone</em> is what other seeds would give; <em>if our assumptions are off</em> is what "
        "other values of the numbers that nobody is sure of would give.</p>"
    )
    text += _picture(as_png(draw_forest, effects, size=(9, 6)), "Effects on every outcome with both intervals")
    for label in question.labels:
        if len(question.labels) > 1:
            text += f"<h3>{escape(label)} against {escape(question.base.name)}</h3>"
        text += _effects_table(main[main["other"] == label])
    if not rest.empty:
        inner = "".join(
            f"<h3>{escape(label)} against {escape(question.base.name)}</h3>"
            + _effects_table(rest[rest["other"] == label], with_group=True)
            for label in question.labels
        )
        text += f"<details><summary>Other groups</summary>{inner}</details>"
    return text


def _effects_table(table: pd.DataFrame, with_group: bool = False) -> str:
    heads = ["outcome", *(["group"] if with_group else []), "unit", "base", "other", "difference", "luck alone",
             "if our assumptions are off", "better"]  # fmt: skip
    rows = []
    for row in table.itertuples():
        effect = Effect(row.effect, row.low_luck, row.high_luck, row.low, row.high, row.worlds, row.draws)
        name = row.outcome.replace("_", " ")
        name += " (primary)" if row.primary else ""
        size = max(abs(row.effect), (abs(row.low) + abs(row.high)) / 4) if np.isfinite(row.effect) else 0.0
        group = {EVERYONE: "everyone at risk"}.get(row.group, row.group.replace("_", " "))
        found = [
            words.number(row.base_value), words.number(row.other_value), words.signed(row.effect, size),
            words.between(row.low_luck, row.high_luck, effect), words.over_assumptions(effect),
        ] if row.people != 0 else [words.NOBODY, "", "", "", ""]
        cells = [name, *([group] if with_group else []), row.unit, *found, row.better]  # fmt: skip
        rows.append((cells, "primary" if row.primary else ""))
    return _table(heads, rows)


def _compared(effects: Any) -> str:
    question = effects.question
    world, *_ = question.base.describe()
    judged = (
        f"Judged: {question.primary.id.replace('_', ' ')} ({question.primary.means}), over "
        f"{words.weeks_in_words(question.horizon)} from week {question.first_week}, for {question.whom}."
    )
    parts = [f"<p>{escape(world)} {escape(effects.identical)}</p><p>{escape(judged)}</p>"]
    for scenario, label in [(question.base, question.base.name), *zip(question.others, question.labels, strict=True)]:
        parts.append(f"<h3>{escape(label)}</h3>{_list(scenario.describe()[1:-1])}")
    parts.append(
        f"<p>{len(effects.seeds)} pairs of worlds at the default assumptions, {effects.draws} at drawn ones; "
        f"{question.people:,} people in each world.</p>"
    )
    return "".join(parts)


def _reach(effects: Any) -> str:
    table = effects.reach
    if table.empty:
        return "<p>No policy.</p>"
    heads = ["world", "lever", "whom", "people", "person-weeks", "places held", "flags averted", "only in this world"]
    priced = bool(np.isfinite(table["cost"]).any())
    heads += ["cost", "for each"] if priced else []
    rows = []
    for row in table.itertuples():
        ends = [
            words.number(end, row.flags_averted) for end in (row.flags_averted_low_luck, row.flags_averted_high_luck)
        ]
        flags = f"{words.number(row.flags_averted)} ({ends[0]} to {ends[1]})"
        cells = [
            row.other, row.lever.replace("_", " ") or "none", row.note or people_in_words(row.whom), words.number(row.people, 10),
            words.number(row.person_weeks, 10), words.number(row.places) if np.isfinite(row.places) else "", flags,
            "yes" if row.differs else "no, common to both", *(_cost_cells(row) if priced else []),
        ]  # fmt: skip
        rows.append((cells, ""))
    costs = [(answer.other, answer.cost) for answer in effects.answers if answer.cost]
    said = "".join(f"<p>{escape(f'{label}: {cost}')}</p>" for label, cost in costs)
    return (
        _table(heads, rows)
        + said
        + f"<p class='small'>Means over {len(effects.seeds)} worlds of {effects.question.people:,} people. Reach and cost count "
        "everybody whom a policy covers (whom) in each week, whether or not anything could happen to them; a narrower whom "
        "counts fewer. Flags averted (below 0: added) belong to the world, not to one policy of it.</p>"
    )


def _cost_cells(row: Any) -> list[str]:
    """What a policy cost in a mean world, and the unit cost behind it."""
    if not np.isfinite(row.cost):
        return ["not stated", ""]
    return [money(row.cost, row.currency), f"{number_in_words(row.unit_cost)} {row.currency} a {row.per}"]


def _ledger(effects: Any) -> str:
    heads = ["pair of worlds", "people", "helped", "harmed", "same", "net per 1,000"]
    rows = []
    for row in effects.ledger.itertuples():
        name = "nothing (placebo)" if row.pair == "placebo" else f"{row.other} against {row.base}"
        cells = [name, f"{row.people:,}", f"{row.helped:,}", f"{row.harmed:,}", f"{row.same:,}",
                 words.signed(1000.0 * row.net / max(1, row.people))]  # fmt: skip
        rows.append((cells, "faint" if row.pair == "placebo" else ""))
    outcome = OUTCOMES[effects.question.primary.id]
    return (
        f"<p>Each person lived both lives, {escape(words.SHARED_LUCK)}. Helped and harmed are counted on the primary outcome "
        f"({escape(outcome.means)}), among {escape(effects.question.whom)}. The placebo world differs from the base "
        "world by one irrelevant change to one person: what it moves is what nothing moves.</p>"
        + _picture(
            as_png(draw_ledger, effects, size=(9, 1.3 + 0.55 * len(effects.ledger))), "Helped and harmed, per 1,000"
        )
        + _table(heads, rows)
        + f"<p class='small'>Lives in the first {effects.ledger['worlds'].max()} of {len(effects.seeds)} worlds, added up.</p>"
    )


def _assumptions(effects: Any) -> str:
    from simulation.parameters import PARAMETERS

    found = {name: strength for answer in effects.answers for name, strength in answer.assumptions}
    text = "".join(f"<p>{escape(answer.sources)}</p>" for answer in effects.answers[:1])
    if not effects.drawn:
        return text + "<p>No assumption was varied: the range over assumptions was not asked for.</p>"
    kinds = pd.Series([PARAMETERS[name].basis for name in effects.drawn]).value_counts()
    counted = "; ".join(f"{count} are {basis} ({BASIS_WORDS.get(basis, basis)})" for basis, count in kinds.items())
    text += (
        f"<p>{len(effects.drawn)} numbers that nobody is sure of were drawn together, {effects.draws} times, over their "
        f"plausible ranges. Of these, {escape(counted)}. The defaults are one quick fit to published figures.</p>"
    )
    rows = []
    for name in sorted(effects.drawn, key=lambda known: -abs(found.get(known, 0.0))):
        parameter, values = PARAMETERS[name], effects.drawn[name]
        ends = f"{values.min():.3g} to {values.max():.3g}"
        strength = f"{found[name]:+.2f}" if name in found else ""
        cells = [
            parameter.means, name, parameter.unit, f"{parameter.default:g}", ends, parameter.basis, parameter.source, strength
        ]  # fmt: skip
        rows.append((cells, "primary" if name in found else ""))
    heads = ["assumption", "name", "unit", "default", "drawn from", "basis", "source", "goes with the effect"]
    return text + f"<details><summary>All of them</summary>{_table(heads, rows)}</details>"


def _repeat(effects: Any, record: dict) -> str:
    question = effects.question
    seeds = f"{min(effects.seeds)}-{max(effects.seeds)}"
    if effects.seeds != list(range(min(effects.seeds), max(effects.seeds) + 1)):
        seeds = ",".join(str(seed) for seed in effects.seeds)
    names = " ".join([question.base.name, *(other.name for other in question.others)])
    more = [f" --by '{question.by}'"] if question.by else []
    more += [
        f" --set assumptions.{name}={own.set!r}"
        for name, own in question.base.assumptions.items()
        if own.where == SET_FOR_THE_RUN
    ]
    if len(question.outcomes) < len(OUTCOMES):
        more += [f" --outcome {outcome.id}" for outcome in question.outcomes]
    command = (
        f"recovery compare {names} --people {question.people} --years {question.years:g} --seeds {seeds} "
        f"--draws {effects.draws}{''.join(more)}"
    )
    version = record.get("inputs", {}).get("version", "")
    return (
        f"<pre>{escape(command)}</pre><p class='small'>Inputs {escape(record['inputs_fingerprint'])}"
        f"{escape(f', version {version}' if version else '')}; {escape(record['platform'])}. The same inputs give the same "
        "numbers on the same platform.</p>"
    )


def _section(title: str, content: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{content}</section>"


def _list(lines: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"


def _picture(png: bytes, what: str) -> str:
    data = base64.b64encode(png).decode()
    return f"<img alt='{escape(what, quote=True)}' src='data:image/png;base64,{data}'>"


def _table(heads: Sequence[str], rows: Sequence[tuple[Sequence[str], str]]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    body = "".join(
        f"<tr class='{mark}'>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in cells) + "</tr>"
        for cells, mark in rows
    )
    return f"<div class='wide'><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


_STYLE = """
:root { --ink: #1d2733; --soft: #5b6773; --line: #dfe4e8; --blue: #0072b2; --ground: #f6f7f8; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
header { margin: 0 0 1.5rem; }
.kind { margin: 0; color: var(--soft); font-size: .9rem; }
h1 { margin: .2rem 0 .4rem; font-size: 1.9rem; line-height: 1.2; }
h2 { margin: 0 0 .6rem; font-size: 1.25rem; }
h3 { margin: 1.2rem 0 .2rem; font-size: 1rem; }
.question { margin: 0; font-size: 1.15rem; color: var(--soft); }
section { background: #fff; border: 1px solid var(--line); border-radius: 10px; padding: 1.25rem 1.4rem; margin: 0 0 1.1rem; }
.answer { border-left: 5px solid var(--blue); padding: .1rem 0 .1rem 1rem; margin: 0 0 1rem; }
.answer p { margin: .35rem 0; }
.answer .sentence { font-size: 1.2rem; line-height: 1.45; font-weight: 600; }
.caution { color: var(--soft); margin: .4rem 0 0; }
.notes { border-top: 1px solid var(--line); margin-top: .8rem; color: var(--soft); font-size: .95rem; }
.small { color: var(--soft); font-size: .88rem; }
img { max-width: 100%; height: auto; display: block; margin: .6rem auto; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; margin: .6rem 0; }
th, td { text-align: left; padding: .35rem .6rem .35rem 0; vertical-align: top; }
th { color: var(--soft); font-weight: 600; border-bottom: 2px solid var(--line); }
td { border-bottom: 1px solid var(--line); font-variant-numeric: tabular-nums; }
tr.primary td { font-weight: 700; }
tr.faint td { color: var(--soft); }
summary { cursor: pointer; color: var(--blue); margin: .4rem 0; }
pre { background: var(--ground); padding: .7rem .9rem; border-radius: 6px; white-space: pre-wrap; word-break: break-word; }
@media print { body { background: #fff; } section { break-inside: avoid; border: none; padding: .5rem 0; } }
"""

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body><main>
{body}
</main></body>
</html>
"""
