"""`recovery run`: one world, summarised, with its files and a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from analysis.cli import console, options
from simulation.errors import Problem, UserError

RECEIPT = "run.json"


def run(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help="Name or path of a scenario.")],
    people: Annotated[int | None, typer.Option(help="Number of people.")] = None,
    years: Annotated[float | None, typer.Option(help="Years to live.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of the world's luck.")] = 1,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="assumptions.NAME=VALUE", help="Set an assumption; may be repeated."),
    ] = None,
    engine: Annotated[str, typer.Option(help="compiled, or plain (slow, the same history).")] = "compiled",
    panel: Annotated[str, typer.Option(help='Weeks to keep every state of: 52,104 or "every 13".')] = "",
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="GROUP",
            help="Outcomes by a trait (label, domains, kin, area, sex, age ...), a group or a rule too.",
        ),
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Write the tables as CSV too.")] = False,
    store: options.Store = None,
    out: Annotated[
        Path | None,
        typer.Option(
            parser=console.read_folder, metavar="FOLDER", help="Folder for results (default: results/SCENARIO/)."
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite other results there.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Run one world: a summary, and its tables and picture. outcomes.csv holds all that can be observed of it.

    Example: recovery run baseline --people 2000 --years 5 --seed 1
    """
    from analysis.files import check_writable
    from analysis.observing import check_by
    from simulation.scenario import Scenario

    console.choose("--engine", engine, ["compiled", "plain"])
    console.check_world(people, years, seed)
    kept = options.store_folder(store)
    plan = Scenario.load(scenario).with_settings(people, years, console.read_settings(settings or []))
    check_by(by, plan)
    weeks = _panel_weeks(panel, plan.weeks)
    folder = console.output_folder(out, plan.name)
    inputs = {
        "scenario": plan.resolved(), "seed": seed, "engine": engine, "panel": list(weeks), "csv": csv, "by": by,
        "version": console.version(), "code": console.code_identity(),
    }  # fmt: skip
    check_writable(folder)
    if console.is_done(folder, RECEIPT, inputs, force):
        _answer_again(folder, as_json)
        return
    history = _live(plan, seed, weeks, engine, kept)
    lines = _write(history, folder, inputs, csv, force)
    _answer(history, folder, lines, as_json)


def _live(plan: Any, seed: int, weeks: tuple[int, ...], engine: str, kept: Path | None) -> Any:
    from analysis.recall import recall
    from analysis.store import RunStore
    from simulation import simulate

    for warning in plan.warnings:
        console.note(f"Note: {warning}")
    what = f"{plan.name}: {plan.people:,} people, {plan.years:g} years"
    if engine == "plain":  # whoever asks for it wants to see it lived
        with console.progress_of(what) as tell:
            return simulate(plan, seed=seed, panel=weeks, progress=tell, engine=engine)
    store = None if kept is None else RunStore(kept)
    console.compile_first()
    with console.progress_of(what) as tell:
        return recall(plan, seed, store, panel=weeks, progress=tell, warn=lambda text: console.note(f"Note: {text}"))


def _write(history: Any, folder: Path, inputs: dict, csv: bool, force: bool) -> list[str]:
    from analysis.figures import draw_world
    from analysis.files import fingerprint, list_files, put_json, staged
    from analysis.observing import observe
    from analysis.summary import summarise_world

    lines = summarise_world(history)
    history.provenance["inputs"] = inputs
    history.provenance["inputs_fingerprint"] = fingerprint(inputs)
    history.provenance["summary"] = lines
    with staged(folder, RECEIPT, inputs, force) as beside:
        draw_world(history, beside / "overview.png")
        history.write(beside, csv=csv)
        observe(history, by=inputs["by"]).to_csv(beside / "outcomes.csv", index=False)
        history.provenance["files"] = list_files(beside, RECEIPT)
        put_json(beside / RECEIPT, history.provenance)
    return lines


def _answer(history: Any, folder: Path, lines: list[str], as_json: bool) -> None:
    files = [*history.provenance["files"], RECEIPT]
    if as_json:
        console.say_json(
            {"folder": str(folder), "files": files, "summary": lines, "reach": history.reach, "seed": history.seed}
        )
        return
    for line in lines:
        console.say(line)
    for line in history.reach:
        if line.get("nobody"):
            console.note(f"Note: the policy on {line['lever']} for {line['whom']} reached nobody.")
    console.say(f"{folder}/  " + "  ".join(files))


def _answer_again(folder: Path, as_json: bool) -> None:
    import json

    record = json.loads((folder / RECEIPT).read_text(encoding="utf-8"))
    if as_json:
        console.say_json({"folder": str(folder), "already_done": True, "summary": record.get("summary", [])})
        return
    for line in record.get("summary", []):
        console.say(line)
    console.say(f"already done: {folder}/")


def _panel_weeks(text: str, weeks: int) -> tuple[int, ...]:
    if not text:
        return ()
    words = text.split()
    if len(words) == 2 and words[0] == "every" and console.is_whole(words[1]) and int(words[1]) > 0:
        return tuple(range(0, weeks + 1, int(words[1])))
    parts = [part.strip() for part in text.split(",")]
    if all(console.is_whole(part) and int(part) <= weeks for part in parts):
        return tuple(sorted({int(part) for part in parts}))
    raise UserError(
        Problem("--panel", repr(text), f'weeks from 0 to {weeks}, as 52,104 or "every 13"', '--panel "every 13"')
    )
