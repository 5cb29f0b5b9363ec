"""`recovery life`: one life in words, in one world or in two, and why the two part."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from analysis.cli import console, options

RECEIPT = "life.json"
PICTURE = "life.png"


def life(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help="Name or path of a scenario.")],
    other: Annotated[
        str | None, typer.Argument(metavar="[OTHER]", help="A second world to tell the same life in.")
    ] = None,
    person: Annotated[int | None, typer.Option(help="Number of the person, from 0 (default: one is chosen).")] = None,
    seed: Annotated[int, typer.Option(help="Seed of the world's luck.")] = 1,
    people: Annotated[int | None, typer.Option(help="Number of people.")] = None,
    years: Annotated[float | None, typer.Option(help="Years to live.")] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="assumptions.NAME=VALUE", help="Set an assumption; may be repeated."),
    ] = None,
    week: Annotated[
        int | None,
        typer.Option(metavar="W", help="Week to take apart, from 0 (default: where conduct parts, or the first lapse)."),
    ] = None,
    store: options.Store = None,
    out: Annotated[
        Path | None,
        typer.Option(parser=console.read_folder, metavar="FOLDER", help="Folder for a picture of the life (default: none)."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite other results there.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Tell one person's life in words, in both worlds, where and why they part, and one week of it term by term.

    Example: recovery life the-visit independent-advocates --seed 1
    """
    from analysis.files import already_there, check_writable
    from analysis.life import tell_life
    from analysis.store import RunStore
    from simulation.scenario import Scenario

    console.check_world(people, years, seed)
    values = console.read_settings(settings or [])
    plans = [Scenario.load(name).with_settings(people, years, values) for name in (scenario, other) if name is not None]
    what = f"{len(plans)} world{'s' if len(plans) > 1 else ''} of {plans[0].people:,} people, {plans[0].years:g} years"
    inputs = {
        "worlds": [plan.resolved() for plan in plans], "seed": seed, "person": person, "week": week,
        "version": console.version(), "code": console.code_identity(),
    }  # fmt: skip
    if out is not None:
        check_writable(out)
        already_there(out, RECEIPT, inputs, force)
    folder = options.store_folder(store)
    kept = None if folder is None else RunStore(folder)
    console.compile_first()
    with console.progress_of(what) as tell:
        told = tell_life(
            plans[0], plans[1] if other is not None else None, person, seed, tell, kept,
            lambda text: console.note(f"Note: {text}"), week,
        )  # fmt: skip
    if out is not None:
        _write(told, out, inputs, force)
    if as_json:
        console.say_json(_as_data(told))
        return
    _print_life(told)
    if out is not None:
        console.say()
        console.say(f"{out}/  {PICTURE}  {RECEIPT}")


def _write(told: Any, folder: Path, inputs: dict, force: bool) -> None:
    """A picture of the life, and all that is told of it as JSON."""
    from analysis.figures_lives import draw_life
    from analysis.files import fingerprint, list_files, put_json, staged

    with staged(folder, RECEIPT, inputs, force) as beside:
        draw_life(told, beside / PICTURE)
        record = {"inputs": inputs, "inputs_fingerprint": fingerprint(inputs), "files": list_files(beside, RECEIPT)}
        put_json(beside / RECEIPT, console.plain({**record, "life": _as_data(told)}))


def _print_life(told: Any) -> None:
    chosen = f" ({told.chosen})" if told.chosen else ""
    console.say(f"Person {told.person}, seed {told.seed}{chosen}. Nobody real: a life that the model made up.")
    if told.parting:
        _print_lines("In both worlds:", told.shared)
        _print_lines("Where they part, and why:", told.parting)
        for telling, apart in zip(told.tellings, told.apart, strict=True):
            _print_lines(f"From there on, in {telling.world}:", apart + _looks(telling))
    else:
        _print_lines("", told.tellings[0].sentences + _looks(told.tellings[0]))
    _print_weighed(told.weighed)


def _print_weighed(found: Any) -> None:
    from analysis.life_terms import week_lines
    from simulation.story import week_words

    if not found.domains:
        _print_lines("One week in its terms:", [found.chosen])
        return
    heading = f"{week_words(found.week)} in its terms ({found.chosen}):"
    lines = [line for domain in found.domains for line in week_lines(domain)]
    _print_lines(heading, lines)
    console.say("  An account of this model's week, not of why any real person does anything.")


def _print_lines(heading: str, lines: list[str]) -> None:
    console.say()
    if heading:
        console.say(heading)
    for line in lines:
        console.say(f"  {line}")


def _looks(telling: Any) -> list[str]:
    yearly = telling.looks[telling.looks["week"] % 52 == 0]
    if yearly.empty:
        return []
    width = max(len(name) for name in yearly.columns) + 1
    lines = [f"{'year':<{width}}" + "".join(f"{int(week) // 52:>7}" for week in yearly["week"])]
    for name, column in yearly.drop(columns="week").items():
        lines.append(f"{str(name).replace('_', ' '):<{width}}" + "".join(f"{value:7.2f}" for value in column))
    return lines


def _as_data(told: Any) -> dict:
    return {
        "person": told.person,
        "seed": told.seed,
        "chosen": told.chosen,
        "shared": told.shared,
        "parting": told.parting,
        "worlds": [
            {
                "world": telling.world,
                "sentences": telling.sentences,
                "states": telling.looks.to_dict("list"),
                "events": telling.every.drop(columns="person").to_dict("records"),
            }
            for telling in told.tellings
        ],
        "week": _week_as_data(told.weighed),
    }


def _week_as_data(found: Any) -> dict:
    return {
        "week": found.week,
        "chosen": found.chosen,
        "domains": [
            {**vars(one), "terms": None if one.terms is None else one.terms.reset_index().to_dict("records")}
            for domain in found.domains
            for one in domain
        ],
    }
