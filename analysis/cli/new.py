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


FIGURES = """\
# Published figures to hold the model against: recovery evidence validate --figures THIS-FILE
# docs/validation.md explains each key.

[[figure]]
id      = "P4, homeless a year after release"        # its name, once in this file
source  = "HM Inspectorate of Probation 2020"        # where it was published
cohort  = "leaving_prison"                           # recovery list cohorts, or the path of a scenario file
outcome = "ever_homeless"                            # recovery list outcomes; or a number of a target, as "C1.2"
group   = "own_experience"                           # recovery list groups, or a rule on a person's state in the first week
years   = 1                                          # or weeks = 52: how long people are followed from the first week on
value   = "16 %"                                     # a share in per cent, anything else as a number in the outcome's unit
sd      = "4 %"                                      # the study's own error; or interval = ["9 %", "24 %"], log_sd, or sample

# Instead of outcome, one of these, at the horizon (weeks = 0: in the first week itself):
# meets       = "homeless and not work"              # the share who meet a rule
# mean        = "hope"                               # the mean of a state
# correlation = ["stigma", "distress"]               # how two states go together

# May be left out:
# from           = "week 26"                         # the first week, 0 unless said: people are judged, and followed, from then
# own_experience = "50 %"                            # share of people with own experience of a problem
# against        = "men"                             # another group, that the first is held against,
# contrast       = "odds ratio"                      # as a ratio, an odds ratio or a difference
# level          = 0.95                              # of the interval; scale = "log" where it is one of a ratio
# checked        = "verified"                        # verified, verified-2nd, recalled, derived or borrowed
# note           = "what differs between the study and what is measured here"
"""


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of what is new; the file is NAME.toml.")],
    base: Annotated[str, typer.Option("--from", metavar="SCENARIO", help="The scenario that it extends.")] = "baseline",
    out: Annotated[
        Path, typer.Option("--out", parser=console.read_folder, metavar="FOLDER", help="Folder to write it in.")
    ] = Path(),
    figures: Annotated[
        bool, typer.Option("--figures", help="Start a file of published figures for evidence validate --figures instead.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file of this name.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Start a scenario file, commented; or a file of published figures.

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
    if figures:
        _new_figures(out / f"{stem}.toml", force, as_json)
        return
    extended = Scenario.load(base)
    if stem == extended.name:
        raise UserError(Problem("NAME", repr(name), "another name than that of --from: a scenario cannot extend itself",
                                f"recovery new my-{stem} --from {base}"))  # fmt: skip
    path = out / f"{stem}.toml"
    check_writable(out)
    _check_new(path, force)
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


def _check_new(path: Path, force: bool) -> None:
    """Nothing where a file can be written without loss; raises OutputError otherwise."""
    if path.exists() and not force:
        raise OutputError(
            Problem(str(path), "a file that is there already", "a new name", "give another NAME, or --force")
        )


def _new_figures(path: Path, force: bool, as_json: bool) -> None:
    from analysis.files import check_writable, put

    check_writable(path.parent)
    _check_new(path, force)
    put(path, FIGURES)
    if as_json:
        console.say_json({"file": str(path), "figures": 1})
    else:
        console.say(f"{path}: one figure, to be replaced. Next: recovery evidence validate --figures {path}")


def _horizon(weeks: int) -> str:
    return f"{weeks // 52} year{'s' if weeks > 52 else ''}" if weeks % 52 == 0 else f"{weeks} weeks"
