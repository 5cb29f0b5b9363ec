"""What the verbs share: answers on the output, progress and notes on the error stream, options read and checked."""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import json
import math
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import typer

from simulation.errors import Problem, UserError

MOST_SEEDS = 10_000
MOST_DIGITS = len(str(2**63))
RESULTS = Path("results")


def version() -> str:
    """Version of the installed package, or of the source it runs from."""
    from importlib import metadata

    try:
        return metadata.version("recovery-journeys")
    except metadata.PackageNotFoundError:
        return "0.1.0 (not installed)"


def code_identity() -> str:
    """A short hash of the sources and data of the model and the analysis: other code or figures, other results."""
    import analysis
    import simulation
    from simulation.cohort import cohort_folder, cohort_names

    digest = hashlib.sha256()
    for package in (simulation, analysis):
        folder = Path(package.__file__ or ".").parent
        for path in sorted((*folder.rglob("*.py"), *folder.rglob("*.toml"))):
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(path.read_bytes())
    for name in cohort_names():
        digest.update((cohort_folder() / f"{name}.toml").read_bytes())
    return digest.hexdigest()[:16]


def say(text: str = "") -> None:
    """A line of the answer."""
    typer.echo(text)


def note(text: str) -> None:
    """A line beside the answer, on the error stream; the work goes on where nobody can read it."""
    with contextlib.suppress(OSError):
        typer.echo(text, err=True)


def say_json(content: Any) -> None:
    """The answer as JSON; what is no number becomes null."""
    typer.echo(json.dumps(plain(content), indent=2, ensure_ascii=False, allow_nan=False))


def plain(content: Any) -> Any:
    """The same content in what JSON can hold."""
    if isinstance(content, dict):
        return {str(name): plain(value) for name, value in content.items()}
    if isinstance(content, (list, tuple, set)):
        return [plain(value) for value in content]
    if hasattr(content, "item") and getattr(content, "ndim", 0) == 0:
        content = content.item()
    if isinstance(content, float) and not math.isfinite(content):
        return None
    if content is None or isinstance(content, (bool, int, float, str)):
        return content
    return str(content)


def is_whole(text: str) -> bool:
    """Whether `text` is a whole number from 0, in the digits 0 to 9, and not longer than any that is meant."""
    return text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS


def read_seeds(text: str, option: str = "--seeds", usual: str = "1-30") -> list[int]:
    """Seeds from "1-30", "1,2,5" or "7", given with an option. Raises UserError, with the usual ones, for anything else."""
    seeds: list[int] = []
    for part in text.split(","):
        low, dash, high = part.strip().partition("-")
        if not is_whole(low) or (dash and not is_whole(high)):
            raise _bad_seeds(option, usual, text, f"numbers from 0, as {usual} or 1,2,5")
        first, last = int(low), int(high) if dash else int(low)
        if last < first:
            raise _bad_seeds(option, usual, text, f"a range from low to high, as {last}-{first}")
        if last - first >= MOST_SEEDS or last >= 2**63:
            raise _bad_seeds(option, usual, text, f"at most {MOST_SEEDS:,} seeds, each below 2^63")
        seeds += range(first, last + 1)
    if len(set(seeds)) < len(seeds):
        raise _bad_seeds(option, usual, text, "each seed once")
    return seeds


def _bad_seeds(option: str, usual: str, text: str, allowed: str) -> UserError:
    return UserError(Problem(option, repr(text), allowed, f"{option} {usual}"))


def read_settings(settings: Sequence[str]) -> dict[str, float]:
    """Values of assumptions from `assumptions.NAME=VALUE`. Raises UserError with every one that cannot be set."""
    values: dict[str, float] = {}
    problems: list[Problem] = []
    for text in settings:
        path, _, value = text.partition("=")
        group, _, name = (part.strip() for part in path.partition("."))
        number = _number(value)
        if group != "assumptions" or number is None:
            problems.append(Problem("--set", repr(text), "assumptions.NAME=NUMBER, a name from `recovery list parameters`",
                                    "--set assumptions.identity_rate=0.02"))  # fmt: skip
        elif name in values:
            problems.append(Problem("--set", f"{name} a second time", "each assumption once", "leave one out"))
        else:
            values[name] = number
            problems += _wrong_with(name, number)
    if problems:
        raise UserError(problems)
    return values


def _wrong_with(name: str, value: float) -> list[Problem]:
    """What keeps an assumption from having a value: nothing, or one problem."""
    from simulation.parameters import PARAMETERS, nearest

    known = PARAMETERS.get(name)
    if known is None:
        todo = nearest(name, PARAMETERS) or "recovery list parameters shows them"
        return [Problem("--set", f"{name!r}, an unknown assumption", "a name from `recovery list parameters`", todo)]
    if known.low <= value <= known.high:
        return []
    allowed = f"{known.low:g} to {known.high:g} ({known.unit}): {known.means}"
    return [Problem(f"--set assumptions.{name}", f"{value:g}", allowed, "choose a value in this range")]


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def check_number(option: str, value: float | None, low: float, high: float) -> None:
    """Nothing where an option's value lies from `low` to `high`; raises UserError otherwise."""
    if value is None or (math.isfinite(value) and low <= value <= high):
        return
    raise UserError(Problem(option, _exactly(value), f"{_exactly(low)} to {_exactly(high)}", f"give another {option}"))


def _exactly(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.10g}"


def check_world(people: int | None, years: float | None, seed: int | None = None) -> None:
    """Nothing where a world of this size, length and seed can be asked for; raises UserError otherwise."""
    check_number("--people", people, 20, 10_000_000)
    if years is not None and not 1 / 52 <= years <= 100:
        raise UserError(Problem("--years", f"{years:g}", "1 week (1/52 of a year) to 100 years", "give other --years"))
    check_number("--seed", seed, 0, 2**63 - 1)


def choose(option: str, given: str, known: Sequence[str]) -> str:
    """The given word, if it is one of `known`; raises UserError with the nearest one otherwise."""
    if given in known:
        return given
    near = difflib.get_close_matches(given, known, n=1, cutoff=0.4)
    todo = f"did you mean {near[0]!r}?" if near else f"give one of these, as {known[0]}"
    raise UserError(Problem(option, repr(given), ", ".join(known), todo))


def is_done(folder: Path, receipt: str, inputs: Any, force: bool) -> bool:
    """Whether `folder` holds finished and whole results of these inputs; says so where a file of them is lost.

    Raises OutputError where it holds results of other inputs and `force` is not given.
    """
    from analysis.files import already_there, lost_files

    if not already_there(folder, receipt, inputs, force):
        return False
    lost = lost_files(folder, receipt)
    if lost:
        note(f"Note: missing or damaged in {folder}: {', '.join(lost)}. Done again.")
    return not lost


def read_folder(given: str | Path) -> Path:
    """The folder given with --out, or its default. Raises UserError where no name is given."""
    if not str(given).strip():
        raise UserError(Problem("--out", repr(given), "the name of a folder", "--out results/mine, or leave it out"))
    return Path(given)


def output_folder(out: Path | None, what: str) -> Path:
    """Where results go: what was asked for, or a folder of the question's own under results/."""
    return out if out is not None else RESULTS / what[:150]


@contextlib.contextmanager
def progress_of(what: str) -> Iterator[Any]:
    """Progress of long work: a bar with time left on a terminal, a line now and then where output is piped.

    Gives a function to be told (done, total, seconds left or None).
    """
    if not sys.stderr.isatty():
        yield _Lines(what).tell
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        job = bar.add_task(what, total=None)

        def tell(done: int, total: int, left: float | None = None) -> None:
            bar.update(job, completed=max(done, 0), total=total)

        started = time.monotonic()
        yield tell
    note(f"{what} ... {time.monotonic() - started:.0f} s")


class _Lines:
    """Progress as plain lines: at the start, at each quarter, and at the end with the time taken."""

    def __init__(self, what: str) -> None:
        self.what, self.started, self.quarter, self.total = what, time.monotonic(), -1, 0

    def tell(self, done: int, total: int, left: float | None = None) -> None:
        if total != self.total:  # the next stage of a run of several
            self.started, self.quarter, self.total = time.monotonic(), -1, total
        quarter = 4 * max(done, 0) // max(total, 1)
        if quarter <= self.quarter:
            return
        self.quarter = quarter
        passed = time.monotonic() - self.started
        if done > 0 and left is None:
            left = passed / done * (total - done)
        if done >= total:
            note(f"{self.what} ... {passed:.0f} s")
        elif left is None:
            note(f"{self.what} ...")
        else:
            note(f"{self.what} ... {100 * done // total} %, about {left:.0f} s left")


def compile_first() -> None:
    """Compile before the clock of any progress starts, where it must be done, which is once on a machine; and say so."""
    from simulation import is_compiled_before, simulate

    if not is_compiled_before():
        note("compiling once (about 20 s) ...")
        simulate("baseline", people=20, years=1 / 52, seed=1, events=False)
