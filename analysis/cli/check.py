"""`recovery check`: whether a scenario file is right, and what it says in plain sentences."""

from __future__ import annotations

from typing import Annotated

import typer

from analysis.cli import console


def check(
    scenarios: Annotated[list[str], typer.Argument(metavar="SCENARIO...", help="Names or paths of scenarios.")],
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Validate scenarios, and print each back as plain sentences.

    Example: recovery check the-visit independent-advocates
    """
    from analysis.catalogue import find_primary
    from simulation.errors import UserError
    from simulation.scenario import Scenario

    read, problems = [], []
    for name in dict.fromkeys(scenarios):
        try:
            scenario = Scenario.load(name)
            find_primary(scenario.primary.outcome)
        except UserError as error:
            problems += error.problems
            continue
        read.append(scenario)
    if problems:
        raise UserError(problems)
    if as_json:
        console.say_json(
            [
                {"name": scenario.name, "question": scenario.question, "sentences": scenario.describe(),
                 "warnings": list(scenario.warnings), "resolved": scenario.resolved()}
                for scenario in read
            ]
        )  # fmt: skip
        return
    for at, scenario in enumerate(read):
        if at:
            console.say()
        console.say(f"{scenario.name}: {scenario.question}" if scenario.question else scenario.name)
        for sentence in scenario.describe():
            console.say(f"  {sentence}")
        for warning in scenario.warnings:
            console.say(f"  Note: {warning}")
