"""`recovery compare`: same people, same luck, the policies differ: what changes, and how surely."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from analysis.cli import console, options
from analysis.cli.trials import say_estimate
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
    over: Annotated[
        str, typer.Option(help="What draws are of: posterior, which agrees with published figures, or ranges, each by itself.")
    ] = "posterior",
    outcomes: options.Outcomes = None,
    by: Annotated[str | None, typer.Option(help="A trait, group or rule to split effects by.")] = None,
    settings: options.Settings = None,
    precision: Annotated[
        float | None,
        typer.Option(
            "--until-precision", metavar="HALF-WIDTH",
            help="Add seeds, to ten at least, until luck leaves the primary effect within this to either side, in its unit.",
        ),
    ] = None,
    most_seeds: Annotated[int, typer.Option(help="Seeds at which --until-precision ends at the latest.")] = 1_000,
    keep: options.Keep = "events",
    dry_run: options.DryRun = False,
    workers: options.Workers = None,
    cluster: options.Cluster = None,
    store: options.Store = None,
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
    from analysis.subgroups import check_split
    from simulation.scenario import Scenario

    listed = console.read_seeds(seeds)
    console.check_world(people, years)
    options.check_where(workers, cluster)
    folder = options.store_folder(store)
    wanted = Wanted(listed, draws, over, outcomes, by, precision, most_seeds, keep, workers, cluster, folder)
    wanted.check()
    values = console.read_settings(settings or [])
    plans = [Scenario.load(name).with_settings(people, years, values) for name in (base, *others)]
    if by is not None:
        check_split(by, plans[0].names)
    question = wanted.question(plans)
    if len(others) == 1 and others[0] == base:
        console.note(f"Note: {base} is compared with itself: every difference will be exactly 0.")
    if dry_run:
        _estimate(question, wanted, as_json)
    else:
        _answer_question(plans, wanted, out, force, as_json)


def _answer_question(plans: list[Any], wanted: Wanted, out: Path | None, force: bool, as_json: bool) -> None:
    """Compare, write and answer; or answer again, where that has been done before."""
    from analysis.files import check_writable

    folder = console.output_folder(out, f"{plans[0].name}-vs-{'-and-'.join(plan.name for plan in plans[1:])}")
    inputs = _inputs(plans, wanted)
    check_writable(folder)
    if console.is_done(folder, RECEIPT, inputs, force) and not _read_record(folder).get("failed"):
        _answer_again(folder, as_json)
        return
    effects = _compare(plans, wanted)
    record = _write(effects, folder, inputs, force)
    _answer(effects, record, folder, as_json)
    if effects.ran.failed:
        raise typer.Exit(1)


@dataclass(frozen=True)
class Wanted:
    """What was asked for beside the scenarios."""

    seeds: list[int]
    draws_given: int | None
    over: str
    outcomes: list[str] | None
    by: str | None
    precision: float | None
    most_seeds: int
    keep: str
    workers: int | None
    cluster: str | None
    store: Path | None

    @property
    def draws(self) -> int:
        """Draws of the assumptions."""
        from analysis.effect import DRAWS

        return DRAWS if self.draws_given is None else self.draws_given

    @property
    def fewest_seeds(self) -> list[int]:
        """Seeds that are lived in any case."""
        from analysis.precision import FEWEST_SEEDS

        fewest = min(FEWEST_SEEDS, self.most_seeds) if self.precision is not None else 0
        more = range(max(self.seeds) + 1, max(self.seeds) + 1 + max(0, fewest - len(self.seeds)))
        return [*self.seeds, *more]

    def check(self) -> None:
        """Nothing where all of it can be asked for; raises UserError otherwise."""
        from analysis.catalogue import find_outcomes
        from analysis.posterior import OVER
        from analysis.sets import KEEP

        console.check_number("--draws", self.draws_given, 0, MOST_DRAWS)
        console.choose("--over", self.over, OVER)
        console.check_number("--until-precision", self.precision, 1e-9, 1e9)
        console.check_number("--most-seeds", self.most_seeds, 1, console.MOST_SEEDS)
        console.choose("--keep", self.keep, KEEP)
        find_outcomes(self.outcomes)

    def question(self, plans: list[Any]) -> Any:
        """The question that it asks of these scenarios."""
        from analysis.effect import question_of

        return question_of(plans[0], plans[1:], outcomes=self.outcomes, by=self.by, keep=self.keep)


def _estimate(question: Any, wanted: Wanted, as_json: bool) -> None:
    from analysis.effect import plan_tasks
    from analysis.estimate import estimate
    from analysis.pools import default_workers
    from analysis.store_places import open_store
    from simulation.history import platform_tag

    console.compile_first()
    tasks, _ = plan_tasks(question, wanted.fewest_seeds, wanted.draws, wanted.over)
    with open_store(wanted.store) as store:
        found = estimate(question, tasks, store, wanted.workers or default_workers(), wanted.keep, platform_tag())
    more = [] if wanted.precision is None else [
        "More seeds may be added for --until-precision: how many shows only once some are lived."
    ]
    say_estimate(found, more, wanted.cluster, as_json)


def _inputs(plans: list[Any], wanted: Wanted) -> dict:
    narrow = {} if wanted.precision is None else {"precision": wanted.precision, "most_seeds": wanted.most_seeds}
    return {
        "base": plans[0].resolved(),
        "others": [plan.resolved() for plan in plans[1:]],
        "seeds": wanted.seeds,
        "draws": wanted.draws,
        "over": wanted.over,
        "outcomes": wanted.outcomes or "all",
        "by": wanted.by,
        **narrow,
        "version": console.version(),
        "code": console.code_identity(),
    }


def _compare(plans: list[Any], wanted: Wanted) -> Any:
    from analysis.effect import compare

    told_with_the_answer = {plan.layer_warning for plan in plans}
    for warning in dict.fromkeys(warning for plan in plans for warning in plan.warnings):
        if warning in told_with_the_answer:
            continue
        console.note(f"Note: {warning}")
    plan = plans[0]
    pairs = (len(wanted.seeds) + wanted.draws) * (len(plans) - 1)
    what = f"{pairs} pair{'' if pairs == 1 else 's'} of worlds, {plan.people:,} people, {plan.years:g} years"
    console.compile_first()
    try:
        with console.progress_of(what) as tell:
            effects = compare(
                plans[0], plans[1:], seeds=wanted.seeds, draws=wanted.draws, over=wanted.over, outcomes=wanted.outcomes,
                by=wanted.by, precision=wanted.precision, most_seeds=wanted.most_seeds, keep=wanted.keep, store=wanted.store,
                workers=wanted.workers, cluster=wanted.cluster, progress=tell,
            )  # fmt: skip
    except MemoryError:
        raise UserError(
            Problem("compare", f"{plan.people:,} people in {pairs} pairs of worlds", "what this machine's memory holds",
                    "fewer --people, or --workers 1")
        ) from None  # fmt: skip
    for damaged in effects.ran.damaged:
        console.note(f"Note: damaged in the store, and lived again: {damaged}")
    return effects


def _write(effects: Any, folder: Path, inputs: dict, force: bool) -> dict:
    from analysis.results import write_comparison

    return write_comparison(effects, folder, inputs, force)


def _answer(effects: Any, record: dict, folder: Path, as_json: bool) -> None:
    if as_json:
        console.say_json({"folder": str(folder), **record})
        return
    _print_answers(record)
    _print_table(effects)
    console.say(_worlds_in_words(effects.ran))
    console.say(_files(folder, record))


def _worlds_in_words(ran: Any) -> str:
    failed = f", {len(ran.failed):,} failed" if ran.failed else ""
    return f"Worlds: {ran.lived:,} lived now, {ran.reused:,} found in the store{failed}."


def _answer_again(folder: Path, as_json: bool) -> None:
    record = _read_record(folder)
    if as_json:
        console.say_json({"folder": str(folder), "already_done": True, **record})
        return
    _print_answers(record)
    console.say(f"already done: {_files(folder, record)}")


def _read_record(folder: Path) -> dict:
    return json.loads((folder / RECEIPT).read_text(encoding="utf-8"))


def _print_answers(record: dict) -> None:
    from analysis.words import NOT_A_FORECAST

    for answer in record["answers"]:
        console.say(answer["sentence"])
        for line in (answer["reliance"], answer["per_flags"], answer["sources"]):
            if line:
                console.say(line)
        for line in (answer.get("other_fits"), answer.get("cost")):
            if line:
                console.say(line)
        gap = "\n" if "\n" in answer["reached"] else " "
        console.say(f"{answer['reached']}{gap}{NOT_A_FORECAST}")
    for line in record["ranked"]:
        console.say(line)
    for line in record["notes"]:
        console.say(f"Note: {line}")


def _print_table(effects: Any) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from analysis import words
    from analysis.intervals import Effect
    from analysis.rows import FEW_DIFFER, few_differ

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
    few = False
    for row in rows.itertuples():
        few |= few_differ(row)
        effect = Effect(row.effect, row.low_luck, row.high_luck, row.low, row.high, row.worlds, row.draws)
        size = max(abs(row.effect), (abs(row.low) + abs(row.high)) / 4) if row.effect == row.effect else 0.0
        extra = ([row.other] if several else []) + ([row.group] if split else [])
        mark = " *" if few_differ(row) else ""
        found = [
            words.number(row.base_value), words.signed(row.effect, size),
            f"{words.between(row.low_luck, row.high_luck, effect)}{mark}", words.over_assumptions(effect),
        ] if row.people != 0 else [words.NOBODY, "", "", ""]  # fmt: skip
        shown.add_row(
            f"{row.outcome} (primary)" if row.primary else row.outcome, *extra, row.unit, row.better, *found,
            style="bold" if row.primary else None,
        )  # fmt: skip
    console_out = Console()
    if not console_out.is_terminal:
        console_out = Console(width=150)
    console_out.print(shown)
    if few:
        console_out.print(f"* {FEW_DIFFER}")


def _files(folder: Path, record: dict) -> str:
    first = [name for name in ("report.html", "effects.csv", "overview.png") if name in record["files"]]
    rest = [name for name in record["files"] if name not in first and not name.startswith("journeys-")]
    rest += ["journeys-*.csv"] if len(rest) + len(first) < len(record["files"]) else []
    return f"{folder}/" + "   ".join([*first, *rest, RECEIPT])
