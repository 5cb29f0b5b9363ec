"""A scenario read back in plain sentences: what a policy does, from when, to whom, and what stays as it is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from simulation.groups import people_in_words
from simulation.levers import LEVERS, Lever
from simulation.mechanisms import FORMS, LAYERS_IN_WORDS, MECHANISMS
from simulation.parameters import PARAMETERS
from simulation.scenario_parts import Assumption, Cost, Policy, PopulationGroup, Primary
from simulation.units import duration_in_words, in_words, moment_in_words, number_in_words


@dataclass(frozen=True)
class Phrase:
    """How the changes of one lever are said.

    `set`, `multiply` and `add` hold {whom}, {value}, {part} (of whom), {base} and {times} ("half as"). `all` is said of a policy
    for everyone, `also` names what stays as it is beside everyone else.
    """

    set: str
    multiply: str = "{noun} for {whom} is multiplied by {value}"
    add: str = "{noun} for {whom} {rises} by {value}"
    all: str = "everyone"
    also: str = ""


def _reach(kind: str) -> Phrase:
    return Phrase(f"the reach of {kind} for {{whom}} is {{value}} (without a policy: {{base}})",
                  f"{kind} reach {{whom}} {{times}} often", f"the reach of {kind} for {{whom}} {{rises}} by {{value}}",
                  all="people")


def _quality(kind: str) -> Phrase:
    noun = f"the mean quality of {kind} that {{whom}} enter, from -1 (obstructs) to 1 (helps),"
    return Phrase(f"{noun} is {{value}} (without a policy: {{base}})", f"{noun} is multiplied by {{value}}",
                  f"{noun} {{rises}} by {{value}}", all="people")


_RECORD, _FLAG, _TROUBLE = "people with a record", "people with a flag", "people in trouble"
_HELP_USE, _HELP_OFFENDING = "services for substance use", "services for desistance"

PHRASES: dict[str, Phrase] = {
    "unjustified_flags": Phrase(
        "unjustified flags on {whom} happen with a chance of {value}",
        "unjustified flags on {whom} happen {times} often",
        "the chance of unjustified flags on {whom} {rises} by {value}",
        all=_RECORD, also="justified flags",
    ),
    "flag_once": Phrase("{part} are flagged once without cause", all="all people"),
    "review_date": Phrase("a flag on {whom} ends by itself after {value}, unless they are active in offending", all="anyone"),
    "just_handling": Phrase("flags on {whom} are handled with explanation and respect, {value} of the way", all="anyone"),
    "just_officers": Phrase("{value} of the officers who handle flags on {whom} act as their ally", all="anyone"),
    "accountability": Phrase("upheld complaints of {whom} have {value} of the consequences for the police that they could have",
                             all="anyone"),
    "stage_aware_policing": Phrase(
        "{value} of the unjustified flags on {whom} are withheld while they have less than a year of sustained recovery",
        all=_RECORD, also="justified flags",
    ),
    "policing": Phrase("offences by {whom} lead to an arrest {value} times as often as without a policy",
                       "offences by {whom} lead to an arrest {times} often", all="anyone"),
    "independent_advocate": Phrase("an independent advocate stands by {part} while they have a flag", all="all people"),
    "family_support": Phrase("families of {whom} are supported, at {value} of full support", all="all people"),
    "seal_records": Phrase("records of {whom} are sealed after {value} of sustained recovery, and count nowhere",
                           all="all people"),
    "employers_not_asking": Phrase(
        "employers do not ask {whom} about a record, which takes {value} of its part out of the barrier to work",
        add="the share of a record's part that employers take out of the barrier to work, by not asking {whom}, {rises} "
            "by {value}",
        all="people",
    ),
    "supported_employment": Phrase("{whom} are helped into work, with {value} added to the log hazard of gaining it",
                                   all="all people"),
    "volunteering_posts": Phrase("posts in giving help are opened to {whom}, with {value} added to the log hazard of "
                                 "gaining one"),
    "parenting_support": Phrase("{value} of what a stay in prison costs {whom} in regaining a family role is taken away",
                                all="people"),
    "peer_groups": Phrase("recovery groups are offered to {whom}, with {value} added to the weight of meeting people there"),
    "relocation": Phrase("{part} move to a new area", all="all people"),
    "community_building": Phrase("community life in a new area is built up for {whom}, with {value} added to meeting "
                                 "people there and to the log hazard of gaining a community role"),
    "housing_first": Phrase("{whom} are offered housing whatever their conduct, with {value} added to the log hazard of leaving "
                            "homelessness", all="people who are homeless"),
    "service_coverage_use": _reach(_HELP_USE),
    "service_coverage_offending": _reach(_HELP_OFFENDING),
    "service_coverage_mental_health": _reach("mental-health services"),
    "service_quality_use": _quality(_HELP_USE),
    "service_quality_offending": _quality(_HELP_OFFENDING),
    "service_quality_mental_health": _quality("mental-health services"),
    "coercion": Phrase("{whom} are made to enter a service when in trouble, with a chance of {value}", all="people"),
    "hope_coaching": Phrase("{whom} are coached, with {value} added to the log odds that their hope moves towards",
                            all="all people"),
    "skills_training": Phrase("{whom} are trained, with {value} standard deviations added to their skills", all="all people"),
    "treat_symptoms": Phrase("symptoms of {whom} remit {value} times as fast as without a policy",
                             "symptoms of {whom} remit {times} fast", all="anyone"),
    "public_stigma": Phrase("public stigma is {value} at the start (without a policy: {base})",
                            "public stigma is {times} strong", "public stigma {rises} by {value}"),
    "public_stigma_trend": Phrase("public stigma changes by {value} (without a policy: {base})",
                                  "public stigma changes {times} fast", "the yearly change of public stigma {rises} by {value}"),
    "contact_campaign": Phrase("{value} of the intolerance of {whom} is taken away by meeting people in recovery"),
    "community_sentences": Phrase("{value} of the custody sentences of {whom} are served in the community instead", all="anyone"),
    "prison_visits": Phrase("{whom} in custody are visited, which holds kin to them with a chance of {value} and takes away that "
                            "share of what the stay costs in roles", all="people"),
    "check_ups": Phrase("{whom} are seen again after a lapse, with {value} taken off the log odds that it becomes a relapse",
                        all="people"),
    "shaming_message": Phrase("a shaming message reaches {whom}, with {value} added to their shame"),
    "with_future": Phrase("a future is held out to {whom}, with {value} added to the log odds that their hope moves towards"),
    "drop_associates": Phrase("{whom} are helped to leave ties with people in a problem, with {value} added to the log hazard of "
                              "leaving them", all="people in recovery"),
    "economic_shock": Phrase("the economy changes for {whom}, with {value} added to the log hazard of gaining work and "
                             "taken from that of losing it"),
}

_TIMES = {0.25: "a quarter as", 0.5: "half as", 2.0: "twice as", 3.0: "three times as", 4.0: "four times as",
          5.0: "five times as", 10.0: "ten times as"}


def times_in_words(factor: float) -> str:
    """A factor as it is said before "often": "half as", "twice as", "0.7 times as"."""
    return _TIMES.get(factor, f"{number_in_words(factor)} times as")


def describe_policy(policy: Policy, base: float) -> str:
    """What a policy does, in one or two sentences; `base` is the lever's value without a policy, in its unit."""
    lever = LEVERS[policy.lever]
    phrase = PHRASES[policy.lever]
    change = _capital(f"{_when(policy, lever)}, {_what(policy, lever, phrase, base)}{_how_many(policy)}.")
    tail = _unchanged(policy, lever, phrase)
    return " ".join(part for part in (change, tail, lever.caution) if part)


def _when(policy: Policy, lever: Lever) -> str:
    if lever.once:
        return f"{'in' if policy.start % 52 else 'at'} {moment_in_words(policy.start)}"
    until = "" if policy.until is None else f" until {moment_in_words(policy.until)}"
    return f"from {moment_in_words(policy.start)}{until}"


def _what(policy: Policy, lever: Lever, phrase: Phrase, base: float) -> str:
    template = {"set": phrase.set, "multiply": phrase.multiply, "add": phrase.add}[policy.how]
    whom = phrase.all if policy.whom == "everyone" else people_in_words(policy.whom)
    value = _amount(abs(policy.value) if policy.how == "add" else policy.value, lever.unit, policy.how)
    part = whom if policy.value == 1 else f"{value} of {whom}"
    said = template.format(
        part=part, whom=whom, value=value, base=_amount(base, lever.unit, "set"), times=times_in_words(policy.value),
        noun=lever.name.replace("_", " "), rises="falls" if policy.value < 0 else "rises",
    )
    if policy.ramp:
        said += f", growing evenly to this over {duration_in_words(policy.ramp)}"
    return said


def _amount(value: float, unit: str, how: str) -> str:
    if how == "multiply":
        return number_in_words(value)
    return in_words(value, unit)


def _how_many(policy: Policy) -> str:
    if policy.places is not None:
        return f", for {number_in_words(policy.places)} of them at a time"
    if policy.covers is not None and policy.covers < 1:
        return f", for {in_words(policy.covers, 'share')} of them chosen once at random"
    return ""


def _unchanged(policy: Policy, lever: Lever, phrase: Phrase) -> str:
    if policy.targeted:
        return f"Everyone else, and {phrase.also}, are unchanged." if phrase.also else "Everyone else is unchanged."
    return f"{_capital(phrase.also)} are unchanged." if phrase.also else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def describe_world(cohort: str, people: int, years: float, own_experience: float | None) -> str:
    """Who is looked at, and for how long."""
    share = "" if own_experience is None else f", {in_words(own_experience, 'share')} of them with own experience,"
    return f"{number_in_words(people)} people of the cohort {cohort}{share} live {_years(years)}."


def _years(years: float) -> str:
    return "1 year" if years == 1 else f"{number_in_words(years)} years"


def describe_assumption(assumption: Assumption) -> str:
    """What is assumed about one parameter, against its default."""
    known = PARAMETERS[assumption.name]
    if assumption.range is not None:
        low, high = (in_words(value, known.unit) for value in assumption.range)
        said = f"between {low} and {high}"
        if assumption.is_widened:
            plausible = (in_words(value, known.unit) for value in (known.low, known.high))
            said += f", wider than the plausible {' to '.join(plausible)}"
    else:
        said = in_words(assumption.set if assumption.set is not None else math.nan, known.unit)
    usual = in_words(known.default, known.unit)
    return f"Assumed: {assumption.name} ({known.means}) is {said} (usually {usual}){_because(assumption.because)}."


def describe_area(area: dict[str, object]) -> str:
    """What differs in one area."""
    given = ", ".join(f"{key} {number_in_words(float(str(value)))}" for key, value in area.items() if key != "name")
    return f"In the area {area['name']}: {given or 'nothing differs'}."


def describe_group(group: PopulationGroup) -> str:
    """How many people a population group has, and what they meet."""
    met = []
    if group.bias != 1:
        often = f"{times_in_words(group.bias)} often" if group.bias else "never"
        met.append(f"unjustified flags meet them {often}")
    if group.marked:
        met.append("employers who cannot see records take them to have one (statistical_discrimination)")
    said = "; ".join(met) or "in the model they meet what others meet"
    return f"{in_words(group.share, 'share')} of people belong to the group {group.name}: {said}{_because(group.because)}."


def describe_switches(layer: str, switch_off: Sequence[str], switch_on: Sequence[str]) -> list[str]:
    """Which parts of the model are not lived, or lived in another form; nothing where all are lived as usual."""
    said = [] if layer == "labels" else [f"Only the {layer} layer is lived: {LAYERS_IN_WORDS[layer]}."]
    for mechanism in (MECHANISMS[name] for name in switch_off):
        held = mechanism.off.startswith("held")
        instead = f", which is {mechanism.off}" if held else f": {mechanism.off.removeprefix('zero: ')}"
        said.append(f"Switched off: {mechanism.name} ({mechanism.means}){instead}.")
    return [*said, *(f"Switched on: {name}, another form: {FORMS[name].means}." for name in switch_on)]


def describe_cost(cost: Cost, currency: str) -> str:
    """What a lever costs, for each of what."""
    per = {"place-week": "week in which a place is held"}.get(cost.per, f"{cost.per} reached")
    return f"Cost of {cost.lever.replace('_', ' ')}: {number_in_words(cost.amount)} {currency} for each {per}."


def _because(reason: str) -> str:
    return f", because: {reason}" if reason else ""


def describe_primary(primary: Primary) -> str:
    """What is judged, over how long and for whom."""
    usual = "" if primary.declared else " (the usual, as the scenario names none)"
    return (f"Judged{usual}: {primary.outcome}, over {duration_in_words(primary.horizon_weeks)} from the policy's first week, "
            f"for {people_in_words(primary.group)} in the last week that the worlds share. Everything else is exploratory.")
