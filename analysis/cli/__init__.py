"""The command `recovery`: one file a verb. Ends with 0 (done), 2 (the user's mistake), 1 (ours) or 130 (interrupted)."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from analysis.cli import check, compare, life, listing, new, run

INTERRUPTED = 130

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
app.command("life")(life.life)


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


def main() -> None:
    """Run the command and end the process with its exit code; a user never meets a traceback."""
    code = run_command(sys.argv[1:])
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # a reader such as `head` has gone
    if code == INTERRUPTED:
        os._exit(code)  # worlds still being lived on other threads would hold the exit up
    sys.exit(code)


def run_command(arguments: list[str]) -> int:
    """Exit code of `recovery` with these arguments; every failure is one message on the error stream."""
    from simulation.errors import RecoveryError

    try:
        result = app(arguments, standalone_mode=False, prog_name="recovery")
    except RecoveryError as error:
        return _fail(str(error), error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        return _fail_interrupted()
    except BrokenPipeError:
        return 0
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else 0
    except Exception as error:  # noqa: BLE001 - the last place where a mistake of ours can be told in words
        return _fail_unexpectedly(error)
    if result == INTERRUPTED:  # some versions of the parser swallow the interruption and give its code
        return _fail_interrupted()
    return result if isinstance(result, int) else 0


def _fail_interrupted() -> int:
    return _fail("interrupted: nothing was written", INTERRUPTED)


def _fail(message: str, code: int) -> int:
    sys.stderr.write(f"recovery: {message}\n")
    return code


def _fail_unexpectedly(error: Exception) -> int:
    if hasattr(error, "format_message"):  # a mistake in the options, told by the parser itself
        hint = getattr(getattr(error, "ctx", None), "command_path", "recovery")
        return _fail(f"{error.format_message()}\n  to do: {hint} --help shows what there is", 2)
    if os.environ.get("RECOVERY_DEBUG"):
        raise error
    kind = type(error).__name__
    return _fail(f"a mistake of ours: {kind}: {error}\n  to do: RECOVERY_DEBUG=1 shows where; please report it", 1)
