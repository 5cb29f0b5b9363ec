"""What a sensitivity analysis can be asked for, told before anything is lived: which worlds, which numbers, how many points."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis.effect import check_whole
from analysis.sensitivity_design import check_samples, points_of
from analysis.sensitivity_factors import wrong_groups
from analysis.spelling import Spell, in_python
from analysis.store import RunStore
from simulation import Scenario
from simulation.errors import ComparisonError, Problem
from simulation.run import is_whole

MOST_LEADING = 30

MOST_SETS = 100_000
"""Points, counted once a seed, at most: years of a processor's time, and what a memory holds."""


def check_asked(
    method: object,
    samples: object,
    parameters: object,
    leading: object,
    groups: object,
    second: bool,
    screening: object = None,
    spell: Spell = in_python,
) -> None:
    """Nothing where all of this can be asked for together. Raises ComparisonError otherwise.

    `samples` may be None, for the usual number; so may `screening`, the trajectories of the screening for leading assumptions.
    `spell` writes arguments as they were given.
    """
    check_samples(method, 2 if samples is None else samples, spell=spell)
    names = listed_names(parameters)
    problems = wrong_groups(groups, spell)
    if screening is not None:
        check_samples("morris", screening, "screening_trajectories", spell)
        if leading is None:
            problems.append(
                Problem(spell("screening_trajectories"), f"without {spell('leading')}",
                        "a screening, which chooses the leading assumptions", f"{spell('leading', 6)} too")
            )  # fmt: skip
    if leading is not None:
        if not is_whole(leading) or leading < 1:
            raise ComparisonError(Problem(spell("leading"), repr(leading), "a whole number from 1", spell("leading", 6)))
        problems += _wrong_with_leading(int(leading), method, names, groups, spell)
    if second and method != "sobol":
        problems.append(Problem(spell("second_order"), f"with method {method!r}", "Sobol indices", spell("method", "sobol")))
    if problems:
        raise ComparisonError(problems)


def _wrong_with_leading(
    leading: int, method: object, names: list[str] | None, groups: object, spell: Spell
) -> list[Problem]:
    problems, where = [], spell("leading")
    if leading > MOST_LEADING:
        problems.append(Problem(where, str(leading), f"at most {MOST_LEADING}", f"{spell('method', 'morris')} takes them all"))
    elif names is not None and leading >= len(set(names)):
        problems.append(
            Problem(where, f"{leading} of {len(set(names))} named parameters", "fewer than are named, to choose from",
                    f"leave {where} out, or name more")
        )  # fmt: skip
    if groups is not None:
        problems.append(Problem(where, f"beside {spell('groups')}", "one of them", "leave one out"))
    if method != "sobol":
        problems.append(
            Problem(where, f"with method {method!r}", "Sobol indices of the leading assumptions", spell("method", "sobol"))
        )
    return problems


def listed_names(parameters: object) -> list[str] | None:
    """Names of assumptions as a list, or None where none are given. Raises ComparisonError for anything else."""
    if parameters is None:
        return None
    listed = list(parameters) if isinstance(parameters, Iterable) and not isinstance(parameters, str | bytes) else [parameters]
    if isinstance(parameters, str) or not all(isinstance(name, str) for name in listed):
        allowed = "a list of names from `recovery list parameters`"
        raise ComparisonError(Problem("parameters", repr(parameters), allowed, 'parameters=["w_hope"]'))
    return listed


def listed_others(others: object) -> list[Any]:
    """The other scenarios as a list; empty for None: then one world alone is looked at.

    Raises ComparisonError for what is no scenario.
    """
    if others is None:
        return []
    one = isinstance(others, str | bytes | Path) or not isinstance(others, Iterable)
    listed = [others] if one else list(others)
    check_scenarios("others", listed)
    return listed


def check_scenarios(what: str, plans: Sequence[object]) -> None:
    """Nothing where these are scenarios, names or paths. Raises ComparisonError otherwise."""
    for plan in plans:
        if not isinstance(plan, Scenario | str | Path) or "\0" in str(plan):
            raise ComparisonError(Problem(what, repr(plan), "a Scenario, a name or a path", 'sensitivity("the-visit")'))


def check_kinds(base: object, store: object, assumptions: object, workers: object, **switches: object) -> None:
    """Nothing where all of these are of a kind that can be used: store, assumptions and workers may be None.

    Raises ComparisonError otherwise.
    """
    check_scenarios("base", [base])
    if workers is not None:
        check_whole("workers", workers, 1)
    wrong = {name: value for name, value in switches.items() if not isinstance(value, bool)}
    problems = [Problem(name, repr(value), "True or False", f"{name}=True") for name, value in wrong.items()]
    if store is not None and (not isinstance(store, RunStore | str | Path) or "\0" in str(store)):
        problems.append(Problem("store", repr(store), "a RunStore, a folder, or None", 'store="results/store"'))
    if assumptions is not None and not (isinstance(assumptions, Mapping) and all(isinstance(one, str) for one in assumptions)):
        allowed = "values by the names of `recovery list parameters`"
        problems.append(Problem("assumptions", repr(assumptions), allowed, 'assumptions={"w_hope": 0.3}'))
    if problems:
        raise ComparisonError(problems)


def check_size(method: str, factors: int, samples: int, seeds: int, second: bool = False) -> None:
    """Nothing where a design of so many factors, the dummy among them, can be lived; none is built for it.

    Raises
    ------
    ComparisonError
        Where it has too many points under too many seeds.
    """
    points = points_of(method, factors, samples, second)
    if points * seeds > MOST_SETS:
        blocks = "trajectories" if method == "morris" else "base samples"
        raise ComparisonError(
            Problem("samples", f"{samples:,} {blocks} of {factors:,} factors, which are {points:,} points, under {seeds:,} "
                    f"seed{'' if seeds == 1 else 's'} each", f"at most {MOST_SETS:,} points, counted once a seed",
                    "fewer samples, seeds or parameters")
        )  # fmt: skip


def check_different(base: Any, others: Sequence[Any]) -> None:
    """Nothing where policies that are to be weighed against each other, and the base world, are all of other names.

    One other world may be the base world itself: then every difference is exactly 0, which shows that nothing else differs.

    Raises
    ------
    ComparisonError
        Where a scenario is named twice, or two of them bear one name.
    """
    if len(others) < 2:
        return
    names = [base.name, *(other.name for other in others)]
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice:
        allowed = "each scenario once, under a name of its own, where several are weighed against each other"
        raise ComparisonError([
            Problem("scenarios", f"{name} {names.count(name)} times{', as the base scenario too' if name == base.name else ''}",
                    allowed, "leave it out, or give the file of the other one another name")
            for name in twice
        ])  # fmt: skip
