"""Pairs of policies, or of experiments, that cannot stand together: where some person, in some week, would have both."""

from __future__ import annotations

import math
from functools import lru_cache

from simulation.errors import Problem
from simulation.groups import read_whom
from simulation.levers import LEVERS
from simulation.rule_proof import can_hold_in_turn, can_hold_together
from simulation.rules import Names
from simulation.scenario_parts import Experiment, Policy
from simulation.scenario_shape import MOST_REPORTED
from simulation.sentences_experiments import what_is_done
from simulation.units import in_words


def meet(one: Policy, other: Policy, names: Names) -> bool:
    """Whether some person, in some week, may be reached by both of two policies."""
    return one.overlaps(other) and _may_be_both(one.whom, other.whom, names)


@lru_cache(maxsize=4096)
def _may_be_both(one: str, other: str, names: Names) -> bool:
    """Whether somebody may be of both groups in the same week."""
    return can_hold_together(read_whom(one, names.areas, names.groups), read_whom(other, names.areas, names.groups))


@lru_cache(maxsize=4096)
def _may_be_in_turn(one: str, other: str, names: Names) -> bool:
    """Whether somebody may be of one group in some week and of the other in another."""
    return can_hold_in_turn(read_whom(one, names.areas, names.groups), read_whom(other, names.areas, names.groups))


def contradictions(policies: list[Policy], names: Names) -> list[Problem]:
    """Pairs of policies that set the same lever, for the same people and weeks, to different values."""
    found: list[Problem] = []
    for number, later in enumerate(policies):
        if len(found) > MOST_REPORTED:
            break
        for earlier in policies[:number]:
            same = earlier.lever == later.lever and earlier.how == later.how == "set"
            equal = same and (earlier.value, earlier.ramp, earlier.start) == (later.value, later.ramp, later.start)
            alike = equal or (same and earlier.value == later.value and not earlier.ramp and not later.ramp)
            if same and not alike and meet(earlier, later, names):
                unit = LEVERS[later.lever].unit
                found.append(Problem(
                    later.where,
                    f"{later.lever} set to {in_words(later.value, unit)}, and to {in_words(earlier.value, unit)} "
                    f"({earlier.where})",
                    "one value for the same people in the same weeks: these two policies contradict each other",
                    "Let one end before the other begins (until), aim them at different people (whom), or use multiply or add.",
                ))
    return found


def contradictory_experiments(experiments: list[Experiment], names: Names) -> list[Problem]:
    """Pairs of experiments that would give one person two kinds of ties, or two values of one state, in the same week."""
    found: list[Problem] = []
    for number, later in enumerate(experiments):
        for earlier in experiments[:number]:
            told = _between(earlier, later, names)
            if told is not None:
                given = f"{what_is_done(later)}, and {what_is_done(earlier)} ({earlier.where})"
                found.append(Problem(later.where, given, *told))
            if len(found) > MOST_REPORTED:
                return found
    return found


def _between(earlier: Experiment, later: Experiment, names: Names) -> tuple[str, str] | None:
    """What keeps two experiments from standing together, in the order of the file, and what to do; None if nothing does."""
    if earlier.do == later.do == "give_tie":
        # Ties that end are taken back in the order of the file: an end in the week of a beginning must stand first.
        meeting = _during(earlier, later) or _during(later, earlier, more=1)
        if meeting and _reach_the_same(earlier, later, names):
            return ("one experiment on ties at a time for each person, who has one kind and one number of such ties",
                    "Let the first in the file end before the other begins (lasts), or aim them at different people (whom).")
        return None
    if earlier.do in ("cap", "freeze") or later.do in ("cap", "freeze"):
        if _one_is_frozen(earlier, later) and _reach_the_same(earlier, later, names):
            return (f"nothing else done to {later.state} while it stays as it is: these two experiments contradict each other",
                    "Let one end before the other begins (lasts, from), or aim them at different people (whom).")
        return None
    (what, value), (other, others_value) = _gives(earlier), _gives(later)
    if what == other and None not in (value, others_value) and value != others_value:
        first, last = _gaps(earlier, later)
        if first <= 0 <= last and not _narrows(earlier, later) and _may_be_both(earlier.whom, later.whom, names):
            return ("one value for the same people in the same week: these two experiments contradict each other",
                    "Let them act in different weeks (from, after), or aim them at different people (whom).")
    return None


def _narrows(earlier: Experiment, later: Experiment) -> bool:
    """Whether the later is done, in the same week and in that order, to a share of all those to whom the earlier is.

    The rest of a share have no name of their own, so that this is how the two parts are given different values.
    """
    whole, part = (1.0 if one.covers is None else one.covers for one in (earlier, later))
    return part < whole == 1 and _gaps(earlier, later) == (0, 0) and earlier.whom in (later.whom, "everyone")


def _gives(one: Experiment) -> tuple[str, object]:
    """What an experiment that acts once gives a value to, and the value; None where it gives none."""
    if one.do == "move":
        return "area", one.what
    if one.do in ("give_role", "take_role"):
        return one.what, float(one.do == "give_role")
    return one.state, one.value if one.do == "set" else None


def _one_is_frozen(one: Experiment, other: Experiment) -> bool:
    """Whether a state is frozen while the other acts on it; set as its freeze begins, it is frozen as it has been set."""
    kinds = {one.do, other.do}
    if one.state != other.state or "freeze" not in kinds or kinds == {"freeze"}:
        return False
    frozen, acting = (one, other) if one.do == "freeze" else (other, one)
    if acting.do == "cap":
        return _during(frozen, acting) or _during(acting, frozen)
    return _during(frozen, acting, least=1)


def _reach_the_same(one: Experiment, other: Experiment, names: Names) -> bool:
    """Whether somebody may begin both: in the same week where they always begin in one, else at different times."""
    both = _may_be_both if _gaps(one, other) == (0, 0) else _may_be_in_turn
    return both(one.whom, other.whom, names)


def _during(lasting: Experiment, other: Experiment, least: int = 0, more: int = 0) -> bool:
    """Whether the other may begin while one lasts, `least` weeks or more into it; `more` weeks are added to how long it does."""
    first, last = _gaps(lasting, other)
    length = math.inf if lasting.lasts is None else lasting.lasts + more
    return first <= length - 1 and last >= least and length > least


def _gaps(one: Experiment, other: Experiment) -> tuple[float, float]:
    """Least and greatest number of weeks by which the other may begin after the first, for one person; below 0, before."""
    if one.when and (one.when, one.domain, one.start) == (other.when, other.domain, other.start):
        return other.after - one.after, other.after - one.after
    (first, last), (other_first, other_last) = _begins(one), _begins(other)
    return other_first - last, other_last - first


def _begins(one: Experiment) -> tuple[float, float]:
    """The first and the last week in which it may begin."""
    return (one.start + 1 + one.after, math.inf) if one.when else (one.start, one.start)
