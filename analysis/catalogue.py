"""Every outcome by name: those of every comparison, those that can be asked for, and those that a user makes of a function."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.observables import OBSERVABLES
from analysis.outcomes import OUTCOMES, Outcome, has_problem, is_recovering
from simulation.errors import ComparisonError, Problem, RecoveryError
from simulation.groups import members, people_in_words
from simulation.state import STATE_DTYPE

if TYPE_CHECKING:
    from analysis.stretch import Stretch

EVERY: dict[str, Outcome] = {**OUTCOMES, **OBSERVABLES}
"""Every outcome that can be asked for by name."""

BETTER = ("lower", "higher", "neither")


def find_outcomes(asked: Iterable[str | Outcome] | None) -> list[Outcome]:
    """The outcomes asked for by name, or given as they are, each once; those of every comparison where None.

    Raises ComparisonError, with the nearest known name, where one is unknown.
    """
    if asked is None:
        return list(OUTCOMES.values())
    wanted = list(dict.fromkeys(asked))
    unknown = [name for name in wanted if isinstance(name, str) and name not in EVERY]
    if unknown:
        raise ComparisonError([_unknown_outcome(name) for name in unknown])
    named = [outcome for outcome in EVERY.values() if outcome.id in wanted]
    own = [outcome for outcome in wanted if isinstance(outcome, Outcome)]
    taken = [outcome.id for outcome in [*named, *own]]
    if len(set(taken)) < len(taken):
        twice = next(name for name in taken if taken.count(name) > 1)
        raise ComparisonError(Problem(f"outcome {twice!r}", "two outcomes of this name", "a name for each", "give another id"))
    return [*named, *own]


def find_primary(name: str) -> Outcome:
    """The primary outcome of this name. Raises ComparisonError where it is unknown, or no sentence can be made of it."""
    found = find_outcomes([name])[0]
    if not found.phrase:
        raise ComparisonError(
            Problem(f"[primary] outcome {name!r}", "an outcome that no sentence is made of",
                    f"one of: {', '.join(each.id for each in EVERY.values() if each.phrase)}",
                    f"judge by another, and ask for this one beside it: --outcome {name}")
        )  # fmt: skip
    return found


def own_outcome(
    measure: Callable[[Stretch], Any],
    *,
    name: str,
    unit: str,
    better: str,
    means: str,
    among: str | Callable[[np.ndarray], np.ndarray] = "has_problem",
    scale: float = 1.0,
    needs_events: bool = False,
    source: str = "a function given by the user",
) -> Outcome:
    """An outcome made of a function of your own, for `compare(..., outcomes=[...])` and `observe`.

    Parameters
    ----------
    measure
        Takes a `Stretch` (`start`, `end`: everybody's state; `lives`: their events) and gives a number, or yes or no, for each
        person, shape (people,), not a number where there is none to give.
    name, unit, better, means
        Its name, the unit of its mean over people times `scale`, whether "lower" or "higher" is better or "neither", and what
        exactly is counted.
    among
        Whom it is counted among: "has_problem", "is_recovering", the name of a group or a rule on a person's state in the first
        week, or a function of that state.
    needs_events
        Whether `measure` reads `stretch.lives` or `stretch.columns`.

    Raises
    ------
    ComparisonError
        Where its name is taken, or one of these is not what it must be.

    Examples
    --------
    >>> from analysis import own_outcome
    >>> own_outcome(lambda stretch: stretch.end["hope"] > 0.6, name="hopeful", unit="people per 1,000", better="higher",
    ...             means="hope above 0.6 at the horizon", scale=1000.0).id
    'hopeful'
    """
    if name in EVERY or not name.isidentifier():
        raise ComparisonError(
            Problem("own outcome", f"name {name!r}", "letters, digits and _, and no other outcome's name", "rename it")
        )
    if better not in BETTER:
        raise ComparisonError(Problem(f"outcome {name!r}", f"better {better!r}", ", ".join(BETTER), "choose one of them"))
    at_risk, whom = _at_risk(name, among)
    return Outcome(
        name, unit, float(scale), better, at_risk, whom, lambda stretch: _checked(name, measure, stretch), means, source,
        needs_events=needs_events, censoring="as the function has it",
    )  # fmt: skip


def _at_risk(name: str, among: str | Callable[[np.ndarray], np.ndarray]) -> tuple[Callable[[np.ndarray], np.ndarray], str]:
    if callable(among):
        return among, "people whom its own function counts"
    known = {"has_problem": (has_problem, OUTCOMES["died"]), "is_recovering": (is_recovering, OUTCOMES["relapsed"])}
    if among in known:
        return known[among][0], known[among][1].at_risk_means
    try:
        whom = people_in_words(among)
        members(among, np.zeros(0, dtype=STATE_DTYPE))
    except RecoveryError as error:
        raise ComparisonError(Problem(f"outcome {name!r}", f"among {among!r}", "a group or a rule", str(error))) from error
    return lambda start: members(among, start), f"{whom} in the first week"


def _checked(name: str, measure: Callable[[Stretch], Any], stretch: Stretch) -> np.ndarray:
    """What a user's function gives, one number a person. Raises ComparisonError where it gives something else or fails."""
    allowed = f"a number, or yes or no, for each of {len(stretch.start):,} people"
    try:
        found = np.asarray(measure(stretch))
    except RecoveryError:
        raise
    except Exception as error:
        told = f"its function raised {type(error).__name__}: {error}"
        raise ComparisonError(Problem(f"outcome {name!r}", told, allowed, "mend the function")) from error
    if found.shape != (len(stretch.start),) or found.dtype.kind not in "biuf" or np.isinf(found.astype(float)).any():
        told = f"its function gave an array of shape {found.shape} and type {found.dtype}"
        raise ComparisonError(Problem(f"outcome {name!r}", told, allowed, "mend the function"))
    return found.astype(float)


def _unknown_outcome(name: str) -> Problem:
    near = difflib.get_close_matches(name, EVERY, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else "recovery list outcomes describes them"
    return Problem(f"outcome {name!r}", "an unknown outcome", f"one of: {', '.join(EVERY)}", hint)
