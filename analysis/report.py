"""The report of a comparison: one self-contained page that answers what was asked, how surely, and what it rests on."""

from __future__ import annotations

import shlex
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis import words
from analysis.costs import money
from analysis.figures import as_png
from analysis.figures_course import courses_as_png
from analysis.figures_effects import draw_forest, forest_size
from analysis.files import put
from analysis.intervals import Effect
from analysis.journeys import Journeys
from analysis.outcomes import OUTCOMES
from analysis.page import bullets, definitions, folded, page, paragraph, picture, section, tabular
from analysis.page import command as typed_command
from analysis.posterior import OVER
from analysis.ranking import unit_in_words
from analysis.receipt import embed
from analysis.report_journeys import journeys_part
from analysis.report_lives import lives_part
from analysis.report_rests import assumptions_part
from analysis.report_short import in_short
from analysis.report_who import identical_until, who_gains_and_who_loses
from analysis.report_words import WORDS
from analysis.rows import FEW_DIFFER, few_differ
from analysis.subgroups import EVERYONE
from analysis.words_of_effects import pair_in_words
from simulation.errors import RecoveryError
from simulation.groups import people_in_words
from simulation.units import number_in_words

NOT_FOR = (
    "To score, predict, rank, supervise or decide about any real person: nobody in it is real, and it knows nobody.",
    "As a forecast of numbers in a place: its numbers show which way, how sure and through what, under stated assumptions.",
    "As evidence that a policy works: at most it says what would have to be true for it to work, and what to find out first.",
    "Without both intervals: the middle of a wide range says less than the range.",
)

DRAWN_BASE = (
    "In the draws the base world differs too: a range may reach further than the base value, and a range of a ratio is of each "
    "draw's own base."
)

SET_FOR_THE_RUN = "set for this run"
"""Where an assumption was set that no scenario file sets."""

def write_report(effects: Any, record: dict, path: Path, found: Journeys | None = None) -> Path:
    """Write the report of `effects` to `path`; needs nothing beside it, and nothing from the network."""
    return put(path, report_html(effects, record, found))


def report_html(effects: Any, record: dict, found: Journeys | None = None) -> str:
    """The report of `effects`, and of the journeys `found` in their worlds, as one HTML page; every text is escaped."""
    question = effects.question
    title = f"{' and '.join(question.labels)} against {question.base.name}"
    command = command_of(effects)
    body = [
        _header(title, effects),
        _answers(effects),
        section("In short", in_short(effects, command)),
        section("What changes", _effects_part(effects)),
        section(
            "When it changes", picture(courses_as_png(effects), "The primary outcome over time in each world")
        ),
        section("Who gains and who loses", who_gains_and_who_loses(effects)),
        section("Journeys", journeys_part(effects, found)),
        section("Some lives, one by one", lives_part(effects)),
        section("Identical until, only because", identical_until(effects)),
        section("What was compared", _compared(effects)),
        section(f"Whom it reached{', and what it cost' if any(one.cost for one in effects.answers) else ''}", _reach(effects)),
        section("What it rests on", assumptions_part(effects)),
        section("What it must not be used for", bullets(NOT_FOR)),
        section("Words used here", definitions(WORDS)),
        section("How to repeat it", _repeat(record, command)),
    ]
    return page(title, body, embed(record["receipt"]))


def _header(title: str, effects: Any) -> str:
    question = effects.question
    asked = next((other.question for other in question.others if other.question), "")
    return f"<header><p class='kind'>recovery-journeys: a comparison of made-up worlds</p><h1>{escape(title)}</h1>" + (
        f"<p class='question'>{escape(asked)}</p></header>" if asked else "</header>"
    )


def _answers(effects: Any) -> str:
    """The answer of each comparison in one sentence, large."""
    cards = []
    for answer in effects.answers:
        name = f"{answer.other} against {effects.question.base.name}"
        label = f"<h2>{escape(name)}</h2>" if len(effects.answers) > 1 else ""
        cards.append(f"<div class='answer'>{label}<p class='sentence'>{escape(answer.sentence)}</p></div>")
    for pair in _among_others(effects):
        said = pair_in_words(pair, unit_in_words(effects.question))
        name = f"<h2>{escape(pair.first)} against {escape(pair.second)}</h2>"
        cards.append(f"<div class='answer'>{name}<p class='sentence'>{escape(said)}</p></div>")
    cards.append(f"<p class='caution'>{escape(words.NOT_A_FORECAST)}</p>")
    return "<section>" + "".join(cards) + "</section>"


def _among_others(effects: Any) -> list[Any]:
    """The pairs of a ranking that leave out the base world, since each answer is against that; none with one other world."""
    if effects.ranked is None:
        return []
    base = effects.question.base.name
    return [pair for pair in effects.ranked.pairs if base not in (pair.first, pair.second)]


def _said_otherwise(effects: Any) -> str:
    """Each answer as a ratio, a number needed, a time, and per flags."""
    text = ""
    for answer in effects.answers:
        lines = [line for line in (*answer.otherwise, answer.per_flags) if line]
        if lines:
            name = f"<h3>{escape(answer.other)}, said otherwise</h3>" if len(effects.answers) > 1 else "<h3>Said otherwise</h3>"
            text += name + bullets(lines)
    return text


def _effects_part(effects: Any) -> str:
    question = effects.question
    table = effects.table
    main = table[table["group"] == question.group.name]
    rest = table[table["group"] != question.group.name]
    text = (
        f"<p>Among {escape(question.whom)}, within {words.weeks_in_words(question.horizon)} of week "
        f"{question.first_week}, the first in which the worlds can differ. The primary outcome was named before running; "
        "all others are exploratory. "
        "<em>Luck alone</em> is what other seeds would give; <em>if our assumptions are off</em> is what "
        "other values of the numbers that nobody is sure of would give.</p>"
    )
    if effects.draws:
        text += paragraph(DRAWN_BASE, "small")
    text += picture(as_png(draw_forest, effects, size=forest_size(effects)), "Effects on every outcome with both intervals")
    for label in question.labels:
        if len(question.labels) > 1:
            text += f"<h3>{escape(label)} against {escape(question.base.name)}</h3>"
        text += _effects_table(main[main["other"] == label])
    return text + _said_otherwise(effects) + _other_groups(question, main, rest)


def _other_groups(question: Any, main: pd.DataFrame, rest: pd.DataFrame) -> str:
    """Effects in groups beside the primary one, folded; a group that holds the same people is only named."""
    same = [name for name in rest["group"].unique() if _same_people(main, rest[rest["group"] == name])]
    told = rest[~rest["group"].isin(same)]
    text = ""
    if same:
        names = ", ".join(_group_in_words(name) for name in same)
        text += paragraph(f"The effects are the same for these groups, as they are the same people: {names}.", "small")
    inner = "".join(
        f"<h3>{escape(label)} against {escape(question.base.name)}</h3>"
        + _effects_table(told[told["other"] == label], with_group=True)
        for label in question.labels
    )
    return text + (folded("Other groups", inner, "effects.csv") if not told.empty else "")


def _same_people(main: pd.DataFrame, rows: pd.DataFrame) -> bool:
    """Whether a group's effects are those of the primary group, to the last digit, and of as many people."""
    keys, values = ["other", "outcome", "unit"], ["people", "base_value", "other_value", "effect"]
    both = rows[rows["people"].notna()].merge(main, on=keys, suffixes=("", "_main"))
    ours, theirs = both[values].to_numpy(), both[[f"{name}_main" for name in values]].to_numpy()
    return len(both) == len(main) and np.array_equal(ours, theirs, equal_nan=True)


def _group_in_words(group: str) -> str:
    return {EVERYONE: "everyone at risk"}.get(group, group.replace("_", " "))


def _effects_table(table: pd.DataFrame, with_group: bool = False) -> str:
    heads = ["outcome", *(["group"] if with_group else []), "unit", "people at risk", "base", "other", "difference",
             "luck alone", "if our assumptions are off", "better"]  # fmt: skip
    rows = []
    for row in table.itertuples():
        effect = Effect(row.effect, row.low_luck, row.high_luck, row.low, row.high, row.worlds, row.draws)
        name = row.outcome.replace("_", " ")
        name += " (primary)" if row.primary else ""
        size = max(abs(row.effect), (abs(row.low) + abs(row.high)) / 4) if np.isfinite(row.effect) else 0.0
        group = _group_in_words(row.group)
        found = [
            *(words.number(value) if np.isfinite(value) else "" for value in (row.base_value, row.other_value)),
            words.signed(row.effect, size),
            f"{words.between(row.low_luck, row.high_luck, effect)}{' *' if few_differ(row) else ''}",
            words.over_assumptions(effect),
        ] if row.people != 0 else [words.NOBODY, "", "", "", ""]
        people = f"{row.people:,.0f}" if np.isfinite(row.people) else ""
        cells = [name, *([group] if with_group else []), row.unit, people, *found, row.better]  # fmt: skip
        rows.append((cells, "primary" if row.primary else ""))
    marked = any(few_differ(row) for row in table.itertuples())
    return tabular(heads, rows) + (paragraph(f"* {FEW_DIFFER}", "small") if marked else "")


def _compared(effects: Any) -> str:
    question = effects.question
    world, *_ = question.base.describe()
    judged = (
        f"Judged: {question.primary.id.replace('_', ' ')} ({question.primary.means}), over "
        f"{words.weeks_in_words(question.horizon)} from week {question.first_week}, for {question.whom}."
    )
    parts = [f"<p>{escape(world)} {escape(effects.identical)}</p><p>{escape(judged)}</p>"]
    for scenario, label in [(question.base, question.base.name), *zip(question.others, question.labels, strict=True)]:
        parts.append(f"<h3>{escape(label)}</h3>{bullets(scenario.describe()[1:-1])}")
    parts.append(
        f"<p>{len(effects.seeds)} pairs of worlds at the default assumptions, {effects.draws} at drawn ones; "
        f"{question.people:,} people in each world.</p>"
    )
    return "".join(parts)


def _reach(effects: Any) -> str:
    table = effects.reach
    if table.empty:
        return "<p>No policy.</p>"
    heads = ["world", "lever", "whom", "people", "person-weeks", "places held", "acted on", "flags averted or added",
             "only in this world"]  # fmt: skip
    priced = bool(np.isfinite(table["cost"]).any())
    heads += ["cost", "for each"] if priced else []
    rows = []
    for row in table.itertuples():
        flags = words.flags_in_words(row.flags_averted, row.flags_averted_low_luck, row.flags_averted_high_luck)
        acted = f"{words.number(row.acted, 10)} {row.acts}" if np.isfinite(row.acted) else ""
        cells = [
            row.other, row.lever.replace("_", " ") or "none", row.note or people_in_words(row.whom), words.number(row.people, 10),
            words.number(row.person_weeks, 10), words.number(row.places) if np.isfinite(row.places) else "", acted, flags,
            "yes" if row.differs else "no, common to both", *(_cost_cells(row) if priced else []),
        ]  # fmt: skip
        rows.append((cells, ""))
    costs = [(answer.other, answer.cost) for answer in effects.answers if answer.cost]
    said = "".join(f"<p>{escape(f'{label}: {cost}')}</p>" for label, cost in costs)
    return (
        tabular(heads, rows)
        + said
        + f"<p class='small'>Means over {len(effects.seeds)} worlds of {effects.question.people:,} people. Reach and cost count "
        "everybody whom a policy covers (whom) in each week, whether or not anything could happen to them; a narrower whom "
        "counts fewer. What a policy acted on is counted where its events tell. Flags averted or added (luck alone) "
        "belong to the world, not to one policy of it. Weeks are of all years lived.</p>"
    )


def _cost_cells(row: Any) -> list[str]:
    """What a policy cost in a mean world, and the unit cost behind it."""
    if not np.isfinite(row.cost):
        return ["not stated", ""]
    return [money(row.cost, row.currency), f"{number_in_words(row.unit_cost)} {row.currency} a {row.per}"]


def command_of(effects: Any) -> str:
    """The command that asks the same of the scenario files."""
    question = effects.question
    seeds = f"{min(effects.seeds)}-{max(effects.seeds)}"
    if effects.seeds != list(range(min(effects.seeds), max(effects.seeds) + 1)):
        seeds = ",".join(str(seed) for seed in effects.seeds)
    names = " ".join(typed(one) for one in (question.base, *question.others))
    more = [f" --by {shlex.quote(question.by)}"] if question.by else []
    more += settings_typed(question.base)
    usual = {question.primary.id, *OUTCOMES, question.primary.time or question.primary.id}
    if {outcome.id for outcome in question.outcomes} != usual:
        more += [f" --outcome {outcome.id}" for outcome in question.outcomes]
    over = f" --over {effects.over}" if effects.over != OVER[0] and effects.draws else ""
    return (
        f"recovery compare {names} --people {question.people} --years {question.years:g} --seeds {seeds} "
        f"--draws {effects.draws}{over}{''.join(more)}"
    )


def settings_typed(scenario: Any) -> list[str]:
    """The assumptions that were set for this run, each as an option of a command."""
    return [
        f" --set assumptions.{name}={own.set!r}" for name, own in scenario.assumptions.items() if own.where == SET_FOR_THE_RUN
    ]


def typed(scenario: Any) -> str:
    """How a scenario is asked for: by its name, or by its file where that is no shipped one."""
    try:
        shipped = scenario.path is None or type(scenario).load(scenario.name).path == scenario.path
    except RecoveryError:
        shipped = False
    return shlex.quote(scenario.name if shipped else scenario.path.name)


def _repeat(record: dict, command: str) -> str:
    version = record.get("inputs", {}).get("version", "")
    return (
        "<p>From this page alone, whatever the file is called, as it holds a receipt of all that was asked and found:</p>"
        f"{typed_command('recovery repeat report.html')}"
        "<p>lives every world again and says whether each number is the same. From the scenario files, as they are then:</p>"
        f"{typed_command(command)}<p class='small'>Inputs {escape(record['inputs_fingerprint'])}"
        f"{escape(f', version {version}' if version else '')}; {escape(record['platform'])}. The same inputs give the same "
        "numbers on the same platform.</p>"
    )
