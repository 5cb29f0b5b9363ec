"""The command `recovery`: one file a verb. Ends with 0 (done), 2 (the user's mistake), 1 (ours) or 130 (interrupted).

Nothing but the standard library is loaded here, so that an interruption in the first moments is told in words too.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from itertools import pairwise

INTERRUPTED, TERMINATED = 130, 143

_told_to_end = False


def main() -> None:
    """Run the command and end the process with its exit code; a user never meets a traceback."""
    _prepare_streams()
    with contextlib.suppress(ValueError):  # in a thread that may set no handler
        signal.signal(signal.SIGTERM, _end)
    code = run_command(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (
            OSError
        ):  # a reader such as `head` has gone, or a disk is full: Python itself would stumble over it at the end
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    if code in (INTERRUPTED, TERMINATED):
        os._exit(code)  # worlds still being lived on other threads would hold the exit up
    sys.exit(code)


def _end(*_: object) -> None:
    """End as after Ctrl-C: queues of clusters, containers and machines that shut down ask in this way."""
    global _told_to_end  # noqa: PLW0603 - a signal's handler has nowhere else to say it
    _told_to_end = True
    raise KeyboardInterrupt


def _prepare_streams() -> None:
    """Where a stream is closed, nothing is said on it; a sign that it cannot show is replaced."""
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115 - open until the process ends
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")


def run_command(arguments: list[str]) -> int:
    """Exit code of `recovery` with these arguments; every failure is one message on the error stream."""
    try:
        from analysis.cli.app import app

        result = app(arguments, standalone_mode=False, prog_name="recovery")
    except KeyboardInterrupt:
        return _fail_interrupted(arguments)
    except BrokenPipeError:
        return 0
    except SystemExit as error:
        if isinstance(error.__context__, BrokenPipeError):  # the parser makes an exit of it
            return 0
        return error.code if isinstance(error.code, int) else 0
    except Exception as error:  # noqa: BLE001 - the last place where a mistake of ours can be told in words
        return _fail_for(error, arguments)
    if result == INTERRUPTED:  # some versions of the parser swallow the interruption and give its code
        return _fail_interrupted(arguments)
    return result if isinstance(result, int) else 0


def _fail_for(error: Exception, arguments: list[str]) -> int:
    """Exit code for a failure, told by whose mistake it is."""
    from simulation.errors import Problem, RecoveryError

    if _was_interrupted(error):
        return _fail_interrupted(arguments)
    if isinstance(error, RecoveryError):
        return _fail(str(error), error.exit_code)
    if isinstance(error, OSError) and error.filename is None:  # a file's failure names the file: this is a stream's
        problem = Problem(
            "the answer cannot be written", error.strerror or str(error), "", "send it where there is room"
        )
        return _fail(str(problem), 2)
    return _fail_unexpectedly(error)


def _was_interrupted(error: BaseException | None) -> bool:
    """Whether an interruption lies behind `error`: some libraries turn it into an error of their own."""
    while error is not None:
        if isinstance(error, KeyboardInterrupt) or type(error).__name__ == "Abort":  # the parser's word for it
            return True
        error = error.__cause__ or error.__context__
    return False


def _fail_interrupted(arguments: list[str]) -> int:
    """Told by what the verb leaves behind: verbs that live many worlds keep those that are finished, others write nothing."""
    verb, further = arguments[:1], arguments[:2]
    keeps = verb in (["compare"], ["attribute"], ["sensitivity"], ["life"])
    keeps = keeps or further in (["evidence", "calibrate"], ["evidence", "claims"], ["evidence", "validate"])
    named = next((given for option, given in pairwise(arguments) if option == "--store"), os.environ.get("RECOVERY_STORE"))
    keeps = keeps or (arguments[:1] == ["repeat"] and any(given.startswith("--store") for given in arguments))
    keeps = keeps and named != "none" and "--store=none" not in arguments
    left = "what has been lived is kept, and the same command goes on from there" if keeps else "nothing was written"
    if _told_to_end:
        return _fail(f"ended from outside: {left}", TERMINATED)
    return _fail(f"interrupted: {left}", INTERRUPTED)


def _fail(message: str, code: int) -> int:
    with contextlib.suppress(OSError):
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
