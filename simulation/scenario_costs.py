"""What a scenario says that levers cost: read, and whether its policies can be counted by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from simulation.groups import people_in_words, read_whom
from simulation.levers import LEVERS
from simulation.rule_proof import can_hold_together
from simulation.rules import Names, Opposite
from simulation.scenario_check import Reading
from simulation.scenario_parts import Cost, Policy
from simulation.scenario_shape import PER, place_of

ACTS_ON = {
    "review_date": ("flagged", "people with a flag"),
    "just_officers": ("flagged", "people with a flag"),
    "independent_advocate": ("flagged", "people with a flag"),
    "seal_records": ("has_record", "people with a record"),
    "housing_first": ("homeless", "people who are homeless"),
    "prison_visits": ("in_custody", "people in custody"),
    "check_ups": ('use == "lapsed" or offending == "lapsed" or mental_health == "lapsed"', "people in a lapse"),
    "treat_symptoms": ("symptoms", "people with symptoms"),
}
"""Levers that do nothing but for people who are in a certain state as the week begins: the rule for it, and its words.

A policy narrowed to these people does all that a policy for everyone would. It is not so of levers that act in the week in
which something happens, such as a sentence or a flag.
"""


def read_costs(reading: Reading) -> dict[str, Cost]:
    """The costs of a file, by lever."""
    found: dict[str, Cost] = {}
    for lever in LEVERS:
        given = reading.get("cost", lever)
        if given is not None:
            amount, per = (given["amount"], given.get("per", PER[0])) if isinstance(given, dict) else (given, PER[0])
            found[lever] = Cost(lever, float(amount), per, place_of(reading.toml, ("cost", lever)))
    return found


def check_costs(costs: Mapping[str, Cost], currency: str, policies: Sequence[Policy], readings: Sequence[Reading]) -> None:
    """Note a problem where costs have no currency, or are for places that a policy does not have."""
    if costs and not currency:
        last = next(reading for reading in reversed(readings) if reading.has("cost"))
        last.tell(("cost",), "costs without a currency", 'a currency, such as "GBP"', 'Add a line: currency = "GBP"')
    for cost in costs.values():
        boundless = [policy for policy in policies if policy.lever == cost.lever and policy.places is None]
        if cost.per == "place-week" and boundless:
            giver = next(reading for reading in reversed(readings) if reading.has("cost", cost.lever))
            giver.tell(("cost", cost.lever), f"a cost per place-week, while a policy on it has no places ({boundless[0].where})",
                       "person-week or person, unless every policy on it has places",
                       'Give the policy places, or write per = "person-week".')


def cost_warnings(costs: Sequence[Cost], policies: Sequence[Policy], names: Names) -> list[str]:
    """Costs that count nothing, or may count more people than are meant, in plain sentences."""
    used = {policy.lever for policy in policies}
    found = [f"{cost.where}: no policy uses {cost.lever}: its cost counts nothing." for cost in costs if cost.lever not in used]
    everyone = {policy.lever for policy in policies if policy.whom == "everyone" and LEVERS[policy.lever].scope == "person"}
    found += [
        f"{cost.where}: a policy on {cost.lever} is for everyone, so its cost is counted for everyone alive, whether or not "
        "anything is done for them: say for whom it is (whom)." for cost in costs if cost.lever in everyone
    ]
    wide = {policy.lever: policy.whom for policy in policies if policy.lever not in everyone and _is_wide(policy, names)}
    found += [
        f"{cost.where}: the cost of {cost.lever} is counted for {people_in_words(wide[cost.lever])} in every week, though "
        f"it can only do something for {ACTS_ON[cost.lever][1]}: say so in whom." for cost in costs if cost.lever in wide
    ]
    return found


def _is_wide(policy: Policy, names: Names) -> bool:
    """Whether a policy may reach people for whom its lever can do nothing."""
    if policy.lever not in ACTS_ON:
        return False
    whom, acts_on = (read_whom(rule, names.areas, names.groups) for rule in (policy.whom, ACTS_ON[policy.lever][0]))
    return can_hold_together(whom, Opposite(acts_on))
