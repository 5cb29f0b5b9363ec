"""`recovery new`: start a scenario file of one's own, with comments on what may stand in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from analysis.cli import console
from simulation.errors import OutputError, Problem, UserError

NAME = r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}"

TEMPLATE = """\
question = "What changes if ...?"
extends  = "{base}"

# Only differences from {base} need to stand here. `recovery check {name}.toml` reads the file back in plain sentences.

# people = 5_000
# years  = 5

# Decide what is judged before running; everything else in a report is exploratory.
# [primary]
# outcome  = "{outcome}"            # recovery list outcomes
# horizon  = "{horizon}"            # from the policy's first week
# group    = "{group}"              # recovery list groups, or a rule such as 'identity < 0.4 and has_record'

# What a decision-maker would change: `recovery list levers` shows each with its unit and range.
# [[policy]]
# lever    = "independent_advocate"
# set      = "60 %"                 # or add = ..., or multiply = ...
# from     = "week 5"               # or "year 2"; until = "year 4" and ramp = "26 weeks" are optional
# whom     = "flagged_without_cause"
# covers   = "60 %"                 # of those people, chosen once by their own luck; or places = 20
# because  = "a pilot"

# What nobody is sure of, set or given a range: `recovery list parameters` shows each with its plausible range.
# [[assumption]]
# name     = "deterrence"
# range    = [0, 0.4]               # or set = 0.1
# because  = "no direct study of flags"

# What levers cost, and groups of people whom a scenario tells apart.
# [cost]
# currency             = "GBP"
# independent_advocate = 45         # a person-week; or {{ amount = 900, per = "person" }}
# [[population_group]]
# name     = "group_a"
# share    = "14 %"
# bias     = 2                      # unjustified flags meet its people twice as often

# To see what follows from one thing alone: experiments, which no policy could make, and switches.
# [[experiment]]
# state    = "hope"
# cap      = 0.3                    # or set, add, freeze = true; or give_tie, give_role, take_role, move instead of state
# from     = "week 10"              # or when = "decided", with domain = "use" and after = "26 weeks"
# Above the first table: layer = "identity", switch_off = ["peers"], switch_on = ["label_resistance"]
"""


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the new scenario; the file is NAME.toml.")],
    base: Annotated[str, typer.Option("--from", metavar="SCENARIO", help="The scenario that it extends.")] = "baseline",
    out: Annotated[
        Path, typer.Option("--out", parser=console.read_folder, metavar="FOLDER", help="Folder to write it in.")
    ] = Path(),
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file of this name.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Start a scenario file, commented.

    Example: recovery new my-question --from the-visit
    """
    from analysis.files import check_writable, put
    from simulation.scenario import Scenario

    stem = name.removesuffix(".toml")
    if not re.fullmatch(NAME, stem):
        raise UserError(
            Problem(
                "NAME",
                repr(name),
                "letters, digits, - and _, without a folder",
                "recovery new my-question --from baseline",
            )
        )
    extended = Scenario.load(base)
    if stem == extended.name:
        raise UserError(Problem("NAME", repr(name), "another name than that of --from: a scenario cannot extend itself",
                                f"recovery new my-{stem} --from {base}"))  # fmt: skip
    path = out / f"{stem}.toml"
    check_writable(out)
    if path.exists() and not force:
        raise OutputError(
            Problem(str(path), "a file that is there already", "a new name", "give another NAME, or --force")
        )
    from simulation.scenario import find_scenario

    if find_scenario(base).resolve().parent not in (out.resolve(), find_scenario("baseline").resolve().parent):
        raise UserError(
            Problem("--from", repr(base), "a shipped scenario, or one in the folder that is written to",
                    "give --out the folder of that scenario")
        )  # fmt: skip
    primary = extended.primary
    put(path, TEMPLATE.format(
        name=stem, base=extended.name, outcome=primary.outcome, horizon=_horizon(primary.horizon_weeks), group=primary.group,
    ))  # fmt: skip
    if as_json:
        console.say_json({"file": str(path), "extends": extended.name})
    else:
        console.say(f"{path}: extends {extended.name}. Next: recovery check {path}")


def _horizon(weeks: int) -> str:
    return f"{weeks // 52} year{'s' if weeks > 52 else ''}" if weeks % 52 == 0 else f"{weeks} weeks"
