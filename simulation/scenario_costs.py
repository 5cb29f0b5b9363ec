"""What a scenario says that levers cost: read, and whether its policies can be counted by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from simulation.levers import LEVERS
from simulation.scenario_check import Reading
from simulation.scenario_parts import Cost, Policy
from simulation.scenario_shape import PER, place_of


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


def cost_warnings(costs: Sequence[Cost], policies: Sequence[Policy]) -> list[str]:
    """Costs that count nothing, or may count more people than are meant, in plain sentences."""
    used = {policy.lever for policy in policies}
    found = [f"{cost.where}: no policy uses {cost.lever}: its cost counts nothing." for cost in costs if cost.lever not in used]
    everyone = {policy.lever for policy in policies if policy.whom == "everyone" and LEVERS[policy.lever].scope == "person"}
    found += [
        f"{cost.where}: a policy on {cost.lever} is for everyone, so its cost is counted for everyone alive, whether or not "
        "anything is done for them: say for whom it is (whom)." for cost in costs if cost.lever in everyone
    ]
    return found
