"""Named groups of people: each a rule on a person's state, with its plain meaning.

A group is a rule by name: it says who is in it this week, not who was. The dead are in none.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from simulation.rules import HOME_AND_NEW, NO_NAMES, OTHERS, Names, Node, holds, read_rule

__all__ = ["GROUPS", "NO_NAMES", "Group", "Names", "members", "people_in_words", "read_whom"]


@dataclass(frozen=True)
class Group:
    """One named group: its rule, the words for it in a sentence, and what exactly it means."""

    name: str
    rule: str
    people: str
    means: str


_IN_RECOVERY = 'use == "recovering" or offending == "recovering" or mental_health == "recovering"'
_IN_TROUBLE = 'use == "active" or use == "lapsed" or offending == "active" or offending == "lapsed"'

_DECLARED = (
    Group("everyone", "alive", "everyone", "all living people"),
    Group("own_experience", "own_experience", "people with own experience",
          "people with own experience of a problem at the start, now or in the past"),
    Group("has_record", "record", "people with a record", "people with an official record that is not sealed"),
    Group("no_record", "not record", "people without a record", "people without an official record"),
    Group("flagged", 'flag != "none"', "people with a flag", "people with a police flag of either kind"),
    Group("flagged_without_cause", 'flag == "unjustified"', "people flagged without cause",
          "people with a police flag that nothing in their conduct justified"),
    Group("in_custody", "custody_left > 0", "people in custody", "people in custody this week"),
    Group("homeless", "homeless", "people who are homeless", "people who are homeless this week"),
    Group("in_service", 'service != "none"', "people in a service", "people in a service, for whichever domain"),
    Group("recovering", _IN_RECOVERY, "people in recovery", "people in recovery in at least one domain"),
    Group("recovering_under_a_year", "recovering and sustained < 52", "people in their first year of recovery",
          "people in recovery in at least one domain, with less than 52 weeks sustained in all their own domains"),
    Group("recovering_over_a_year", "recovering and sustained >= 52", "people a year or more into recovery",
          "people in recovery in at least one domain, with 52 weeks or more sustained in all their own domains"),
    Group("in_a_problem", _IN_TROUBLE, "people in a problem", "people active or in a lapse in use or offending"),
    Group("women", "woman", "women", "women"),
    Group("men", "not woman", "men", "men"),
    Group("under_30", "age < 30", "people under 30", "people younger than 30"),
    Group("over_50", "age >= 50", "people of 50 and over", "people of 50 and over"),
    Group("has_close_kin", "kin_close > 0", "people with close kin", "people with living kin who are not estranged"),
    Group("no_close_kin", "kin_close == 0", "people without close kin",
          "people whose kin are all estranged or no longer living"),
    Group("strong_kin_voice", "kin_close >= 2", "people with two close kin or more",
          "people with at least two living kin who are not estranged, and can speak for them"),
    Group("one_domain", "domains == 1", "people with a problem in one domain",
          "people with a problem, past or present, in exactly one domain"),
    Group("two_domains", "domains == 2", "people with problems in two domains",
          "people with problems, past or present, in exactly two domains"),
    Group("three_domains", "domains == 3", "people with problems in three domains",
          "people with problems, past or present, in all three domains"),
    Group("with_diagnosis", "diagnosis", "people with a diagnosis", "people who carry a diagnosis as a label"),
    Group("home_area", 'area == "home"', "people in the home area", "people who live in the home area"),
    Group("new_area", 'area != "home"', "people in a new area", "people who live in any area but the home area"),
)

GROUPS: dict[str, Group] = {group.name: group for group in _DECLARED}


def _read_groups() -> dict[str, Node]:
    """Each group's rule; a rule may name groups declared before it."""
    nodes: dict[str, Node] = {}
    for group in _DECLARED:
        nodes[group.name] = read_rule(group.rule, nodes)
    return nodes


_NODES = _read_groups()


@lru_cache(maxsize=256)
def read_whom(text: str, areas: tuple[str, ...] = HOME_AND_NEW, groups: tuple[str, ...] = OTHERS) -> Node:
    """The rule that a group's name or a rule in words states; names of areas and population groups as a scenario gives them.

    Raises `ScenarioError` as `read_rule` does.
    """
    return read_rule(text, _NODES, Names(areas, groups))


def members(
    rule_or_name: str, people: np.ndarray, areas: tuple[str, ...] = HOME_AND_NEW, groups: tuple[str, ...] = OTHERS
) -> np.ndarray:
    """Which of `people` are alive and meet a rule or belong to a named group, shape (people,), of bool.

    Parameters
    ----------
    rule_or_name
        A name from `GROUPS`, or a rule such as `identity < 0.4 and use == "recovering"`.
    people
        One row a person, of `simulation.state.STATE_DTYPE`, in any order.
    areas, groups
        Names of the areas and of the population groups, in the order in which they are numbered.

    Raises
    ------
    ScenarioError
        If the rule cannot be read.
    """
    return np.asarray(holds(read_whom(rule_or_name, areas, groups), people) & (people["alive"] != 0))


def people_in_words(rule_or_name: str) -> str:
    """How a group or rule is named in a sentence: "people with a record"."""
    rule = " ".join(rule_or_name.split())
    return GROUPS[rule].people if rule in GROUPS else f"people who meet `{rule}`"
