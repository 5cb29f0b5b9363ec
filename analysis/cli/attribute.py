"""`recovery attribute`: what each part of a policy is owed, and what reaches people whom it does not cover."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from analysis.cli import console, options
from analysis.cli.trials import say_estimate
from simulation.errors import Problem, UserError

RECEIPT = "attribution.json"
MOST_DRAWS = 10_000
USUAL_SHARES = "0.25,0.5,0.75,1"


def attribute(
    base: Annotated[str, typer.Argument(metavar="BASE", help="The scenario to compare with.")],
    other: Annotated[str, typer.Argument(metavar="OTHER", help="The scenario with a policy of several parts.")],
    people: Annotated[int | None, typer.Option(help="Number of people in every world.")] = None,
    years: Annotated[float | None, typer.Option(help="Years that every world lives.")] = None,
    seeds: Annotated[str, typer.Option(help="Seeds, a set of worlds each: 1-30, or 1,2,5.")] = "1-30",
    draws: Annotated[int, typer.Option(help="Draws of the assumptions, a set of worlds each.")] = 0,
    outcomes: options.Outcomes = None,
    parts: Annotated[
        list[str] | None,
        typer.Option("--part", metavar="NAME=LEVER,LEVER", help="Take policies on these levers as one part; may be repeated."),
    ] = None,
    spillover: Annotated[
        bool, typer.Option("--spillover", help="Also give the policy to shares of people: direct and indirect effects.")
    ] = False,
    shares: Annotated[
        str | None, typer.Option(metavar="SHARES", help=f"Shares for --spillover (default: {USUAL_SHARES}).")
    ] = None,
    only: Annotated[
        str | None, typer.Option(metavar="LEVER", help="For --spillover: the policy on this lever alone.")
    ] = None,
    settings: options.Settings = None,
    keep: options.Keep = "events",
    dry_run: options.DryRun = False,
    workers: options.Workers = None,
    cluster: options.Cluster = None,
    store: options.Store = None,
    out: Annotated[
        Path | None,
        typer.Option(
            parser=console.read_folder, metavar="FOLDER", help="Folder for results (default: results/BASE-vs-OTHER-parts/)."
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite other results there.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """What each part of a policy is owed (Shapley), and what reaches people whom it does not cover.

    Example: recovery attribute the-visit spoken-for --seeds 1-10
    """
    from simulation.scenario import Scenario

    listed = console.read_seeds(seeds)
    console.check_world(people, years)
    console.check_number("--draws", draws, 0, MOST_DRAWS)
    options.check_where(workers, cluster)
    wanted_shares = _read_shares(shares) if spillover or shares is not None or only is not None else None
    values = console.read_settings(settings or [])
    plans = [Scenario.load(name).with_settings(people, years, values) for name in (base, other)]
    folder = options.store_folder(store)
    wanted = Wanted(listed, draws, outcomes, _read_parts(parts or []), wanted_shares, only, keep, workers, cluster, folder)
    if dry_run:
        _estimate(plans, wanted, as_json)
    else:
        _answer_question(plans, wanted, out, force, as_json)


@dataclass(frozen=True)
class Wanted:
    """What was asked for beside the scenarios; `shares` is None where no spillover is."""

    seeds: list[int]
    draws: int
    outcomes: list[str] | None
    parts: dict[str, list[str]]
    shares: list[float] | None
    only: str | None
    keep: str
    workers: int | None
    cluster: str | None
    store: Path | None

    def check(self, plans: Sequence[Any]) -> tuple[Any, Any]:
        """The question asked, and the design of shares, None where none are; a note where it takes many worlds.

        Raises UserError where not all of it can be asked.
        """
        from analysis.attribution import question_of_parts
        from analysis.parts import many_in_words
        from analysis.sets import KEEP
        from analysis.spillover_design import design_of

        console.choose("--keep", self.keep, KEEP)
        if self.keep == "numbers" and self.shares is not None:
            raise UserError(
                Problem("--keep", "numbers, beside --spillover", "events or states: who is covered is read from states",
                        "--keep states")
            )  # fmt: skip
        question, parts = question_of_parts(plans[0], plans[1], outcomes=self.outcomes, groups=self.parts, keep=self.keep)
        design = None if self.shares is None else design_of(plans[0], plans[1], self.shares, self.only)
        if many := many_in_words(parts, len(self.seeds), self.draws):
            console.note(f"Note: {many}")
        return question, design


def _read_shares(given: str | None) -> list[float]:
    """Shares from "0.25,0.5,1". Raises UserError for anything else."""
    found = []
    for text in (given if given is not None else USUAL_SHARES).split(","):
        try:
            share = float(text)
        except ValueError:
            share = math.nan
        if not 0 < share <= 1:
            raise UserError(
                Problem("--shares", repr(given), "numbers above 0 and at most 1, with commas between", f"--shares {USUAL_SHARES}")
            )
        found.append(share)
    return found


def _read_parts(given: Sequence[str]) -> dict[str, list[str]]:
    """Groups of levers from NAME=LEVER,LEVER. Raises UserError for anything else."""
    found: dict[str, list[str]] = {}
    for text in given:
        name, _, levers = text.partition("=")
        listed = [lever.strip() for lever in levers.split(",") if lever.strip()]
        if not name.strip() or not listed or name.strip() in found:
            todo = "--part people=peer_groups,family_support"
            raise UserError(Problem("--part", repr(text), "a name of its own, =, and levers with commas between", todo))
        found[name.strip()] = listed
    return found


def _answer_question(plans: Sequence[Any], wanted: Wanted, out: Path | None, force: bool, as_json: bool) -> None:
    """Live, write and answer; or answer again, where that has been done before."""
    from analysis.files import check_writable
    from analysis.results_of_parts import write_parts

    wanted.check(plans)
    folder = console.output_folder(out, f"{plans[0].name}-vs-{plans[1].name}-parts")
    inputs = _inputs(plans, wanted)
    check_writable(folder)
    if console.is_done(folder, RECEIPT, inputs, force):
        record = json.loads((folder / RECEIPT).read_text(encoding="utf-8"))
        if not record["failed"]:
            _answer(record, folder, as_json, again=True)
            return
    attribution, spilled = _live(plans, wanted)
    record = write_parts(attribution, spilled, folder, inputs, force)
    _answer(record, folder, as_json)
    if record["failed"]:
        raise typer.Exit(1)


def _estimate(plans: Sequence[Any], wanted: Wanted, as_json: bool) -> None:
    """Say what it would take."""
    from analysis.attribution import tasks_of
    from analysis.estimate import estimate
    from analysis.pools import default_workers
    from analysis.spillover import jobs_of_shares
    from analysis.store_places import open_store
    from simulation.history import platform_tag

    question, design = wanted.check(plans)
    console.compile_first()
    tasks, platform = tasks_of(question, wanted.seeds, wanted.draws), platform_tag()
    beside = [] if design is None else jobs_of_shares(design, tasks, platform)
    with open_store(wanted.store) as store:
        found = estimate(question, tasks, store, wanted.workers or default_workers(), wanted.keep, platform, beside)
    say_estimate(found, [], wanted.cluster, as_json)


def _inputs(plans: Sequence[Any], wanted: Wanted) -> dict[str, Any]:
    return {
        "base": plans[0].resolved(), "other": plans[1].resolved(), "seeds": wanted.seeds, "draws": wanted.draws,
        "outcomes": wanted.outcomes or "all", "parts": wanted.parts, "shares": wanted.shares, "only": wanted.only,
        "version": console.version(), "code": console.code_identity(),
    }  # fmt: skip


def _live(plans: Sequence[Any], wanted: Wanted) -> tuple[Any, Any]:
    """The attribution, and the spillover where it was asked for."""
    from analysis.attribution import attribute as attribute_parts
    from analysis.spillover import spillover

    for warning in dict.fromkeys(warning for plan in plans for warning in plan.warnings):
        console.note(f"Note: {warning}")
    console.compile_first()
    where = {"store": wanted.store, "workers": wanted.workers, "cluster": wanted.cluster}
    size = f"{plans[0].people:,} people, {plans[0].years:g} years"
    spilled = None
    try:
        with console.progress_of(f"worlds with every set of parts, {size}") as tell:
            attribution = attribute_parts(
                *plans, seeds=wanted.seeds, draws=wanted.draws, outcomes=wanted.outcomes, parts=wanted.parts, keep=wanted.keep,
                progress=tell, **where,
            )  # fmt: skip
        if wanted.shares is not None:
            with console.progress_of("worlds with shares of people covered") as tell:
                spilled = spillover(
                    *plans, seeds=wanted.seeds, draws=wanted.draws, shares=wanted.shares, only=wanted.only, progress=tell,
                    **where,
                )  # fmt: skip
    except MemoryError:
        raise UserError(
            Problem("attribute", size, "what this machine's memory holds", "fewer --people, or --workers 1")
        ) from None
    for found in (attribution, spilled):
        for damaged in found.ran.damaged if found is not None else []:
            console.note(f"Note: damaged in the store, and lived again: {damaged}")
    return attribution, spilled


def _answer(record: dict[str, Any], folder: Path, as_json: bool, again: bool = False) -> None:
    from analysis.words import NOT_A_FORECAST

    if as_json:
        console.say_json({"folder": str(folder), **({"already_done": True} if again else {}), **record})
        return
    for line in (record["sentence"], record["reliance"], record["interaction"], record["spillover"]):
        if line:
            console.say(line)
    console.say(NOT_A_FORECAST)
    for note in record["notes"]:
        console.say(f"Note: {note}")
    _print_parts(record)
    if record["shares_covered"]:
        _print_spillover(record)
    worlds, failed = record["worlds"], len(record["failed"])
    files = f"{folder}/" + "   ".join([*record["files"], RECEIPT])
    if again:
        console.say(f"already done: {files}")
        return
    console.say(
        f"Worlds: {worlds['lived']:,} lived now, {worlds['found_in_the_store']:,} found in the store"
        f"{f', {failed:,} failed' if failed else ''}."
    )
    console.say(files)


def _print_parts(record: dict[str, Any]) -> None:
    """A row for each part: its share with both intervals, its effect alone and last; then the whole."""
    found = {(row["part"], row["measure"]): row for row in record["shares"]}
    whole = found["", "whole"]
    title = f"{whole['outcome']}, {whole['unit']}, {whole['other']} less {whole['base']}"
    rows = []
    for name in record["parts"]:
        share = found[name, "share"]
        others = [_signed(found[name, measure]["effect"], share) for measure in ("alone", "last")]
        rows.append((name.replace("_", " "), *_shown(share), *others))
    rows.append(("all parts", *_shown(whole), "", ""))
    if len(record["parts"]) > 1:
        rows.append(("whole less the sum of parts alone", *_shown(found["", "interaction"]), "", ""))
    _print_table(title, ("part", "share", "luck alone", "if our assumptions are off", "alone", "added last"), rows)


def _print_spillover(record: dict[str, Any]) -> None:
    """A row for each share: effects on people covered, not covered and not eligible, and with ties frozen."""
    found = {(row["ties"], row["share"], row["estimand"]): row for row in record["shares_covered"]}
    wanted = (
        ("covered", "as they are", "total"), ("not covered", "as they are", "indirect"), ("direct", "as they are", "direct"),
        ("not eligible", "as they are", "outside"), ("not covered, ties frozen", "frozen", "indirect"),
    )  # fmt: skip
    rows = []
    for share in dict.fromkeys(share for _, share, _ in found):
        cells = [found[ties, share, estimand] for _, ties, estimand in wanted]
        rows.append((f"{100 * share:g} %", *(_in_a_cell(cell) for cell in cells)))
    row = record["shares_covered"][0]
    drawn = any(row["draws"] >= 2 for row in record["shares_covered"])
    brackets = "luck alone; below it: if our assumptions are off" if drawn else "luck alone"
    title = f"{row['outcome']}, {row['unit']}, less {row['base']}, by the share covered ({row['lever']}; {brackets})"
    _print_table(title, ("share", *(name for name, _, _ in wanted)), rows)


def _in_a_cell(row: dict[str, Any]) -> str:
    """An effect with its interval over luck, and that over assumptions below it where there is one; or why there is none."""
    if row["effect"] is None:
        return "too few people" if row["people"] else "nobody"
    value, luck, assumed = _shown(row)
    return f"{value} ({luck})" + (f"\n({assumed})" if row["draws"] >= 2 else "")


def _shown(row: dict[str, Any]) -> tuple[str, str, str]:
    """An effect with its sign, and both its intervals."""
    from analysis import words
    from analysis.intervals import Effect

    names = ("effect", "low_luck", "high_luck", "low", "high")
    value, low_luck, high_luck, low, high = (math.nan if row.get(name) is None else row[name] for name in names)
    effect = Effect(value, low_luck, high_luck, low, high, row["worlds"], row.get("draws", 0))
    return _signed(row["effect"], row), words.between(low_luck, high_luck, effect), words.over_assumptions(effect)


def _signed(value: float | None, row: dict[str, Any]) -> str:
    """A difference with its sign and as many decimals as suit the row."""
    from analysis import words

    if value is None:
        return "unknown"
    size = max(abs(row["effect"] or 0.0), (abs(row["low_luck"] or 0.0) + abs(row["high_luck"] or 0.0)) / 4)
    return words.signed(value, size)


def _print_table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table of words, as wide as the terminal, or 150 signs where the answer is piped."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    shown = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold")
    for at, head in enumerate(heads):
        shown.add_column(head, justify="right" if at else "left")
    for row in rows:
        shown.add_row(*row)
    terminal = Console()
    (terminal if terminal.is_terminal else Console(width=150)).print(shown)
