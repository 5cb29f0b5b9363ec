"""What a sensitivity analysis can be asked for, told before anything is lived: which worlds, which numbers, how many points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from analysis.effect import check_whole
from analysis.sensitivity_design import check_samples
from simulation.errors import ComparisonError, Problem

MOST_LEADING = 30


def check_asked(
    method: object,
    samples: object,
    parameters: object,
    leading: object,
    groups: object,
    second: bool,
) -> None:
    """Nothing where all of this can be asked for together. Raises ComparisonError otherwise.

    `samples` may be None, for the usual number.
    """
    check_samples(method, 2 if samples is None else samples)
    _check_names(parameters)
    if leading is not None:
        check_whole("leading", leading, 1)
    given = {"parameters": parameters is not None, "leading": leading is not None, "groups": groups is not None}
    problems = []
    if leading is not None and leading > MOST_LEADING:
        problems.append(Problem("leading", str(leading), f"at most {MOST_LEADING}", "method='morris' takes them all"))
    if given["leading"] and (given["parameters"] or given["groups"]):
        problems.append(Problem("leading", "beside parameters or groups", "one of them", "leave one out"))
    if given["leading"] and method != "sobol":
        problems.append(
            Problem("leading", f"with method {method!r}", "Sobol indices of the leading assumptions", "method='sobol'")
        )
    if second and method != "sobol":
        problems.append(Problem("second_order", f"with method {method!r}", "Sobol indices", "method='sobol'"))
    if problems:
        raise ComparisonError(problems)


def _check_names(parameters: object) -> None:
    """Nothing where they are names in a list, or None. Raises ComparisonError otherwise."""
    listed = isinstance(parameters, Iterable) and not isinstance(parameters, str)
    if parameters is None or (listed and all(isinstance(name, str) for name in parameters)):
        return
    raise ComparisonError(
        Problem("parameters", repr(parameters), "a list of names from `recovery list parameters`", 'parameters=["w_hope"]')
    )


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
