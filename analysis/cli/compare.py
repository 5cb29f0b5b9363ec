"""`recovery compare`: same people, same luck, the policies differ: what changes, and how surely."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from analysis.cli import console
from simulation.errors import Problem, UserError

RECEIPT = "comparison.json"
MOST_DRAWS = 10_000


def compare(
    base: Annotated[str, typer.Argument(metavar="BASE", help="The scenario that others are compared with.")],
    others: Annotated[list[str], typer.Argument(metavar="OTHER...", help="One or more other scenarios.")],
    people: Annotated[int | None, typer.Option(help="Number of people in every world.")] = None,
    years: Annotated[float | None, typer.Option(help="Years that every world lives.")] = None,
    seeds: Annotated[str, typer.Option(help="Seeds, a pair of worlds each: 1-30, or 1,2,5.")] = "1-30",
    draws: Annotated[
        int | None, typer.Option(help="Draws of the assumptions, a pair of worlds each; 0 leaves them out.")
    ] = None,
    outcomes: Annotated[
        list[str] | None, typer.Option("--outcome", help="An outcome to report; may be repeated (default: all).")
    ] = None,
    by: Annotated[str | None, typer.Option(help="A trait, group or rule to split effects by.")] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="assumptions.NAME=VALUE", help="Set an assumption in every world."),
    ] = None,
    workers: Annotated[int | None, typer.Option(help="Worlds lived at once (default: one a core).")] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            parser=console.read_folder, metavar="FOLDER", help="Folder for results (default: results/BASE-vs-OTHER/)."
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite other results there.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Compare policies: effects with both intervals, ledger, reach, figures and a report.

    Example: recovery compare the-visit independent-advocates
    """
    from analysis.files import check_writable
    from analysis.outcomes import find_outcomes
    from analysis.pairing import ask
    from analysis.subgroups import check_split
    from simulation.scenario import Scenario

    listed = console.read_seeds(seeds)
    console.check_world(people, years)
    console.check_number("--draws", draws, 0, MOST_DRAWS)
    console.check_number("--workers", workers, 1, 1024)
    find_outcomes(outcomes)
    values = console.read_settings(settings or [])
    plans = [Scenario.load(name).with_settings(people, years, values) for name in (base, *others)]
    if by is not None:
        check_split(by, plans[0].names)
    ask(plans[0], plans[1:], outcomes, by)
    if len(others) == 1 and others[0] == base:
        console.note(f"Note: {base} is compared with itself: every difference will be exactly 0.")
    wanted = {"seeds": listed, "draws": draws, "outcomes": outcomes, "by": by}
    folder = console.output_folder(out, f"{plans[0].name}-vs-{'-and-'.join(plan.name for plan in plans[1:])}")
    inputs = _inputs(plans, wanted)
    check_writable(folder)
    if console.is_done(folder, RECEIPT, inputs, force):
        _answer_again(folder, as_json)
        return
    effects = _compare(plans, wanted, values, workers)
    record = _write(effects, folder, inputs, force)
    _answer(effects, record, folder, as_json)


def _inputs(plans: list[Any], wanted: dict) -> dict:
    from analysis.effect import DRAWS

    return {
        "base": plans[0].resolved(),
        "others": [plan.resolved() for plan in plans[1:]],
        "seeds": wanted["seeds"],
        "draws": DRAWS if wanted["draws"] is None else wanted["draws"],
        "outcomes": wanted["outcomes"] or "all",
        "by": wanted["by"],
        "version": console.version(),
        "code": console.code_identity(),
    }


def _compare(plans: list[Any], wanted: dict, values: dict, workers: int | None) -> Any:
    from analysis.effect import DRAWS, compare

    draws = DRAWS if wanted["draws"] is None else wanted["draws"]
    told_with_the_answer = {plan.layer_warning for plan in plans}
    for warning in dict.fromkeys(warning for plan in plans for warning in plan.warnings):
        if warning in told_with_the_answer:
            continue
        console.note(f"Note: {warning}")
    plan = plans[0]
    pairs = (len(wanted["seeds"]) + draws) * (len(plans) - 1)
    what = f"{pairs} pair{'' if pairs == 1 else 's'} of worlds, {plan.people:,} people, {plan.years:g} years"
    console.compile_first()
    try:
        with console.progress_of(what) as tell:
            return compare(
                plans[0], plans[1:], seeds=wanted["seeds"], draws=draws, outcomes=wanted["outcomes"], by=wanted["by"],
                workers=workers, progress=tell,
            )  # fmt: skip
    except MemoryError:
        raise UserError(
            Problem("compare", f"{plan.people:,} people in {pairs} pairs of worlds", "what this machine's memory holds",
                    "fewer --people, or --workers 1")
        ) from None  # fmt: skip


def _write(effects: Any, folder: Path, inputs: dict, force: bool) -> dict:
    from analysis.results import write_comparison

    return write_comparison(effects, folder, inputs, force)


def _answer(effects: Any, record: dict, folder: Path, as_json: bool) -> None:
    if as_json:
        console.say_json({"folder": str(folder), **record})
        return
    _print_answers(record)
    _print_table(effects)
    console.say(_files(folder, record))


def _answer_again(folder: Path, as_json: bool) -> None:
    record = json.loads((folder / RECEIPT).read_text(encoding="utf-8"))
    if as_json:
        console.say_json({"folder": str(folder), "already_done": True, **record})
        return
    _print_answers(record)
    console.say(f"already done: {_files(folder, record)}")


def _print_answers(record: dict) -> None:
    from analysis.words import NOT_A_FORECAST

    for answer in record["answers"]:
        console.say(answer["sentence"])
        for line in (answer["per_flags"], answer["sources"]):
            if line:
                console.say(line)
        for line in (answer.get("other_fits"), answer.get("cost")):
            if line:
                console.say(line)
        console.say(f"{answer['reached']} {NOT_A_FORECAST}")
    for line in record["notes"]:
        console.say(f"Note: {line}")


def _print_table(effects: Any) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from analysis import words
    from analysis.intervals import Effect

    question = effects.question
    table = effects.table
    parts = [part.name for part in question.splits]
    split_rows = table["group"].isin(parts) & (table["outcome"] == question.primary.id)
    rows = table[(table["group"] == question.group.name) | split_rows]
    several, split = len(question.others) > 1, bool(question.splits)
    span = words.weeks_in_words(question.horizon)
    title = f"Effects within {span}, among {question.whom}, other less {question.base.name}"
    shown = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold")
    heads = (["other"] if several else []) + (["group"] if split else [])
    for name in ("outcome", *heads, "unit", "better"):
        shown.add_column(name, no_wrap=name == "outcome")
    for name in ("base", "effect", "luck alone", "if our assumptions are off"):
        shown.add_column(name, justify="right")
    for row in rows.itertuples():
        effect = Effect(row.effect, row.low_luck, row.high_luck, row.low, row.high, row.worlds, row.draws)
        size = max(abs(row.effect), (abs(row.low) + abs(row.high)) / 4) if row.effect == row.effect else 0.0
        extra = ([row.other] if several else []) + ([row.group] if split else [])
        found = [
            words.number(row.base_value), words.signed(row.effect, size), words.between(row.low_luck, row.high_luck, effect),
            words.over_assumptions(effect),
        ] if row.people != 0 else [words.NOBODY, "", "", ""]  # fmt: skip
        shown.add_row(
            f"{row.outcome} (primary)" if row.primary else row.outcome, *extra, row.unit, row.better, *found,
            style="bold" if row.primary else None,
        )  # fmt: skip
    console_out = Console()
    if not console_out.is_terminal:
        console_out = Console(width=150)
    console_out.print(shown)


def _files(folder: Path, record: dict) -> str:
    first = [name for name in ("report.html", "effects.csv", "overview.png") if name in record["files"]]
    rest = [name for name in record["files"] if name not in first]
    return f"{folder}/" + "   ".join([*first, *rest, RECEIPT])
