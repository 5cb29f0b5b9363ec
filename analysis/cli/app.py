"""The verbs of `recovery`, put together."""

from __future__ import annotations

from typing import Annotated

import typer

from analysis.cli import (
    attribute,
    check,
    classroom,
    compare,
    evidence,
    lesson,
    life,
    listing,
    new,
    repeat,
    run,
    runs,
    sensitivity,
)

app = typer.Typer(
    name="recovery",
    help="Simulate journeys of recovery: what identity, social capital and stigma do, and what a policy would change.",
    epilog="Start here: recovery compare the-visit independent-advocates",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("new")(new.new)
app.command("check")(check.check)
app.command("list")(listing.list_what)
app.command("run")(run.run)
app.command("compare")(compare.compare)
app.command("attribute")(attribute.attribute)
app.command("sensitivity")(sensitivity.sensitivity)
app.command("life")(life.life)
app.command("lesson")(lesson.lesson)
app.command("classroom")(classroom.classroom)
app.command("repeat")(repeat.repeat)
app.add_typer(evidence.app, name="evidence")
app.add_typer(runs.app, name="runs")


def _show_version(wanted: bool) -> None:
    if wanted:
        from analysis.cli.console import version

        typer.echo(f"recovery-journeys {version()}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _recovery(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and end.")
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
