"""A policy given to shares of those whom it covers, and who is counted where: covered, spared though eligible, or outside.

Two stages in the manner of Hudgens and Halloran: a world is given a share, and in it people are given the policy by their own
luck. Where they gave each group of people one share, here every world lives all of them, with the same people and luck.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analysis.pairing import WEEKS_A_YEAR, Question, ask, own_policies
from analysis.parts import parts_of, with_some
from simulation.errors import ComparisonError, Problem
from simulation.levers import LEVERS
from simulation.mechanisms import LAYERS
from simulation.policy import coverage_luck

TIE_CHANGES = "tie_changes"
"""The switch that leaves all ties, and kin, as they are."""

AS_THEY_ARE, FROZEN, BY_CHANGES = "as they are", "frozen", "difference"
"""What ties do: change as they do, or stay as they are from week 0; and the effect of the former less that of the latter."""


@dataclass(frozen=True)
class Design:
    """What is lived: one question with ties as they are, one with ties frozen, each with one other world a share.

    `lever` is the one whose luck chooses, `covers` the share of people that the policy covers where it is given whole, and
    `places` the places of its policies in the scenarios of the other worlds. The last share is 1.
    """

    questions: Mapping[str, Question]
    shares: tuple[float, ...]
    lever: str
    covers: float
    places: tuple[int, ...]

    def chosen(self, seed: int, share: float, people: int) -> np.ndarray:
        """Who is among a share by their own luck, shape (people,), of bool: those of a smaller share are among them."""
        return np.asarray(coverage_luck(seed, self.lever, people) < self.covers * share)

    def met(self, world: Any, people: int) -> np.ndarray:
        """Whom the policy has covered in any week of a world, shape (people,), of bool."""
        found = np.zeros(people, dtype=bool)
        for place in self.places:
            found[world.covered[place]] = True
        return found


def design_of(base: Any, other: Any, shares: Sequence[float], only: str | None = None) -> Design:
    """The design for the policies that only `other` has, or for those on the lever `only`, all other parts left out.

    Worlds end at the horizon, so that whom they cover is whom they cover up to it.

    Raises
    ------
    ComparisonError
        Where the worlds cannot be paired, a share is none, or the policy cannot be given to a share of people.
    """
    given = checked_shares(shares)
    whole = _part_only(base, other, only)
    places = tuple(place for place, own in enumerate(own_policies(base, whole)) if own)
    policies = [whole.policies[place] for place in places]
    _check_can_be_shared(base, whole, policies)
    last = ask(base, [whole]).last_week / WEEKS_A_YEAR
    short, arms = replace(base, years=last), [replace(_at_share(whole, places, share), years=last) for share in given]
    questions = {
        AS_THEY_ARE: ask(short, arms, []),
        FROZEN: ask(with_ties_frozen(short), [with_ties_frozen(arm) for arm in arms], []),
    }
    covers = 1.0 if policies[0].covers is None else policies[0].covers
    return Design(questions, given, policies[0].lever, covers, places)


def with_ties_frozen(scenario: Any) -> Any:
    """The same scenario with ties and kin left as they are from week 0."""
    if TIE_CHANGES in (*scenario.switch_off, *LAYERS[scenario.layer]):
        return scenario
    return replace(scenario, name=f"{scenario.name} (ties frozen)", switch_off=(*scenario.switch_off, TIE_CHANGES))


def checked_shares(shares: Sequence[float]) -> tuple[float, ...]:
    """Different shares in order, and 1 at the end. Raises ComparisonError where one is not above 0 and at most 1."""
    wrong = [share for share in shares if isinstance(share, bool | str) or not 0 < share <= 1]
    if wrong or not len(shares):
        given = f"{wrong[0]!r}" if wrong else "none"
        raise ComparisonError(
            Problem("shares", given, "shares above 0 and at most 1", "give other shares, as 0.25,0.5,0.75,1")
        )
    return tuple(sorted({*(float(share) for share in shares), 1.0}))


def _part_only(base: Any, other: Any, only: str | None) -> Any:
    """The other scenario with the policies on one lever only, of those that the base scenario lacks."""
    parts = parts_of(base, other, None if only is None else {only: [only]})
    if only is None:
        return other
    number = [part.name for part in parts].index(only)
    return with_some(base, other, parts, 1 << number)


def _at_share(whole: Any, places: Sequence[int], share: float) -> Any:
    """The scenario with the policies at these places given to a share of those whom they cover."""
    if share == 1.0:
        return whole

    def given(policy: Any) -> Any:
        return replace(policy, covers=share if policy.covers is None else policy.covers * share)

    policies = tuple(given(policy) if place in places else policy for place, policy in enumerate(whole.policies))
    return replace(whole, name=f"{whole.name} ({100 * share:g} %)", policies=policies)


def _check_can_be_shared(base: Any, whole: Any, policies: Sequence[Any]) -> None:
    """Nothing where these policies can be given to a share of people as one. Raises ComparisonError otherwise."""
    problems = [_not_shareable(policy) for policy in policies if policy.places or LEVERS[policy.lever].scope == "everyone"]
    levers = list(dict.fromkeys(policy.lever for policy in policies))
    if len(levers) > 1:
        problems.append(
            Problem(f"the policies of {whole.name}", f"{len(levers)} levers ({', '.join(levers)})",
                    "one lever, since each lever chooses people by luck of its own: many would get one without another",
                    f"ask for one at a time: only={levers[0]!r}, or --only {levers[0]}")
        )  # fmt: skip
    elif len({policy.covers for policy in policies}) > 1:
        problems.append(
            Problem(f"the policies of {whole.name} on {levers[0]}", "different shares of people that they cover",
                    "the same `covers`, so that people covered and spared are alike", "give all of them the same")
        )  # fmt: skip
    elif any(policy.lever == levers[0] and (policy.places or policy.covers is not None) for policy in base.policies):
        problems.append(
            Problem(base.name, f"a policy of its own that covers some people by the luck of {levers[0]}",
                    "a base world without one, since people covered and spared would differ in it", "leave it out")
        )  # fmt: skip
    if problems:
        raise ComparisonError(problems)


def _not_shareable(policy: Any) -> Problem:
    if policy.places:
        given, todo = f"{policy.places} places, which go to others as they come free", "take `places` out of it"
    else:
        given, todo = "for everyone at once: it belongs to society as a whole", "compare it whole: recovery compare"
    return Problem(f"policy on {policy.lever}", given, "a policy that can be given to a share of people by their own luck", todo)
