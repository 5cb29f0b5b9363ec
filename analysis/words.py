"""Effects put into plain sentences: how many of whom, by when, and both intervals."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from analysis.intervals import FEWEST_DRAWS, Effect
from analysis.outcomes import Outcome

NOT_A_FORECAST = "An illustration of mechanisms: not a forecast, and not about any real person."
NOBODY = "nobody at risk"
"""What stands in a table in place of a value, where an outcome could happen to nobody."""
SHARED_LUCK = "under shared luck; another coupling gives other counts"

WHEN: dict[str, tuple[str, str]] = {
    "unjustified_flags": ("more flags are raised without cause", "fewer flags are raised without cause"),
    "flag_once": ("some are flagged once without cause", "fewer are flagged once"),
    "review_date": ("flags carry a later review date", "flags carry a review date"),
    "just_handling": ("flags are handled with explanation and respect", "flags are handled with less respect"),
    "just_officers": ("just officers stand by people with a flag", "fewer officers stand by people with a flag"),
    "accountability": ("police answer for flags without cause", "police answer less for flags without cause"),
    "stage_aware_policing": ("police spare people in early recovery", "police spare fewer people in early recovery"),
    "policing": ("more offences lead to an arrest", "fewer offences lead to an arrest"),
    "independent_advocate": ("an independent advocate stands by them", "fewer advocates stand by them"),
    "family_support": ("families are supported", "families are supported less"),
    "seal_records": ("records are sealed later", "records are sealed after recovery"),
    "employers_not_asking": ("employers do not ask about records", "employers ask about records"),
    "supported_employment": ("work comes with support", "work comes with less support"),
    "volunteering_posts": ("there are more volunteering posts", "there are fewer volunteering posts"),
    "parenting_support": ("parents are supported after prison", "parents are supported less after prison"),
    "peer_groups": ("peer recovery groups are open to them", "fewer peer recovery groups are open"),
    "relocation": ("people move to a new area", "fewer people move"),
    "community_building": ("community is built in a new area", "less community is built in a new area"),
    "housing_first": ("housing comes first, whatever the conduct", "less housing is offered"),
    "service_coverage_use": (
        "services for substance use reach more people",
        "services for substance use reach fewer people",
    ),
    "service_coverage_offending": (
        "services for desistance reach more people",
        "services for desistance reach fewer people",
    ),
    "service_coverage_mental_health": (
        "mental-health services reach more people",
        "mental-health services reach fewer people",
    ),
    "service_quality_use": ("services for substance use help more", "services for substance use help less"),
    "service_quality_offending": ("services for desistance help more", "services for desistance help less"),
    "service_quality_mental_health": ("mental-health services help more", "mental-health services help less"),
    "coercion": ("people in trouble are made to enter services", "fewer people are made to enter services"),
    "hope_coaching": ("people are coached in hope", "fewer people are coached in hope"),
    "skills_training": ("people are trained in skills", "fewer people are trained in skills"),
    "treat_symptoms": ("symptoms are treated sooner", "symptoms are treated later"),
    "public_stigma": ("public stigma is higher", "public stigma is lower"),
    "public_stigma_trend": ("public stigma falls more slowly", "public stigma falls faster"),
    "contact_campaign": ("people meet people in recovery", "fewer people meet people in recovery"),
    "community_sentences": ("sentences are served in the community", "fewer sentences are served in the community"),
    "prison_visits": ("kin can visit in prison", "kin can visit less in prison"),
    "check_ups": ("a check-up follows a lapse", "fewer check-ups follow a lapse"),
    "shaming_message": ("people meet a shaming message", "people meet less shaming"),
    "with_future": ("a future is held out to people", "less of a future is held out"),
    "drop_associates": ("people are helped to leave harmful ties", "people are helped less to leave harmful ties"),
    "economic_shock": ("the economy does better", "the economy does worse"),
}
"""For each lever, what the world is like when it is turned up, and when it is turned down."""


def number(value: float, like: float | None = None) -> str:
    """A number with as many decimals as suit the size of `like` (default: its own)."""
    if not math.isfinite(value):
        return "unknown"
    if value == 0:
        return "0"
    size = abs(value if like is None else like)
    decimals = 0 if size >= 10 else 1 if size >= 0.95 else 2
    text = f"{value:,.{decimals}f}"
    return text.lstrip("-") if float(text.replace(",", "")) == 0 else text


def signed(value: float, like: float | None = None) -> str:
    """A difference with its sign, "+3.1" or "-70"; an exact 0 has none."""
    text = number(value, like)
    return f"+{text}" if value > 0 and text.strip("0.") else text


def weeks_in_words(weeks: int) -> str:
    """A stretch of weeks as people say it: "a year", "2 years", "26 weeks"."""
    if weeks == 52:
        return "a year"
    if weeks % 52 == 0:
        return f"{weeks // 52} years"
    return "a week" if weeks == 1 else f"{weeks} weeks"


def seconds_in_words(seconds: float) -> str:
    """A time as people say it: "40 seconds", "3 minutes", "2.5 hours"."""
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{number(seconds / 3600, 1)} hours"


def when(changes: Sequence[tuple[str, bool]] | None, base: str, other: str) -> str:
    """What differs, as a clause: "when an advocate stands by them"; the names of the worlds where it would be long.

    `changes` names each lever that differs and whether it is turned up; None says that no policy does.
    """
    if base == other or changes is None:
        return "where nothing differs"
    known = list(dict.fromkeys(changes))
    if not known or len(known) > 2 or any(lever not in WHEN for lever, _ in known):
        return f"under {other} than under {base}"
    return "when " + " and ".join(WHEN[lever][0 if up else 1] for lever, up in known)


def answer(outcome: Outcome, people: str, horizon: int, effect: Effect, when_clause: str) -> str:
    """The effect in one sentence: of how many, how many more or fewer, by when, under what, and both intervals."""
    opening = outcome.opening.format(people=people)
    if not math.isfinite(effect.value):
        nobody = "nobody" if people == outcome.whom else "nobody among them"
        return f"{opening}, nothing can be said: {nobody} {outcome.at_risk_is} in the first week, so {outcome.nobody}."
    span = f"within {weeks_in_words(horizon)}"
    if outcome.id == "sustained_year":
        span = f"after {weeks_in_words(horizon)}"
    if effect.is_nothing:
        seen = f"no life was seen to differ in {effect.worlds} pairs of worlds"
        same = f"{opening}, exactly as many {outcome.phrase} {span} {when_clause}"
        return f"{same}: {seen}, so an effect is none or too rare to see."
    direction, sign = _direction(effect)
    figure = number(abs(effect.value))
    sentence = f"{opening}, {figure} {direction} {outcome.phrase} {span} {when_clause} ({intervals(effect, sign)})"
    return sentence + verdict(effect) + "."


def _direction(effect: Effect) -> tuple[str, float]:
    """Whether an effect is "fewer" or "more", and the sign that makes it positive; a 0 goes where its range goes."""
    downwards = effect.value < 0 or (effect.value == 0 and abs(effect.low) > abs(effect.high))
    return ("fewer", -1.0) if downwards else ("more", 1.0)


def intervals(effect: Effect, sign: float = 1.0) -> str:
    """Both intervals in words; `sign` -1 counts "fewer" as positive."""
    luck = between(effect.low_luck, effect.high_luck, effect, sign)
    return f"luck alone: {luck}; if our assumptions are off: {over_assumptions(effect, sign)}"


def over_assumptions(effect: Effect, sign: float = 1.0) -> str:
    """The interval over assumptions as "60 to 80", or that it was not asked."""
    return between(effect.low, effect.high, effect, sign) if effect.draws >= 2 else "not asked"


def between(low: float, high: float, effect: Effect, sign: float = 1.0) -> str:
    """An interval as "60 to 80", smaller end first."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return "unknown"
    ends = sorted((sign * low, sign * high))
    like = max(abs(effect.value), (abs(ends[0]) + abs(ends[1])) / 4)
    shown = [number(end, like) for end in ends]
    if ends[0] * ends[1] > 0:
        # An interval that leaves out 0 is not shown as one that holds it.
        shown = [number(end) if text == "0" else text for end, text in zip(ends, shown, strict=True)]
    return " to ".join(shown)


def verdict(effect: Effect) -> str:
    """What the intervals leave of the sentence: nothing to add, or that no effect at all is possible."""
    if not (math.isfinite(effect.low_luck) and math.isfinite(effect.high_luck)):
        return ", from a single world"
    if effect.value == 0:
        return ": too small to see"
    if effect.low_luck <= 0 <= effect.high_luck:
        return ": too small to tell from luck"
    if effect.low <= 0 <= effect.high:
        return ": surely not luck, but no effect at all is within our assumptions"
    return ""


def change(outcome: Outcome, effect: Effect) -> str:
    """An effect in a few words, with its interval over luck, and over assumptions where that was asked for.

    As in "38 fewer relapse (luck alone: 35 to 41)".
    """
    if not math.isfinite(effect.value):
        return "unknown"
    if effect.is_nothing:
        return "no difference"
    direction, sign = _direction(effect)
    luck = f"luck alone: {between(effect.low_luck, effect.high_luck, effect, sign)}"
    asked = intervals(effect, sign) if effect.draws >= 2 else luck
    return f"{number(abs(effect.value))} {direction} {outcome.phrase} ({asked})"


def per_flags(effect: Effect, outcome: Outcome, averted: float) -> str:
    """The effect per 100 flags averted, or added, in a sentence of its own."""
    kind = "averted" if averted > 0 else "added"
    direction, sign = _direction(effect)
    return f"For every 100 flags {kind}, {number(abs(effect.value))} {direction} {outcome.phrase} ({intervals(effect, sign)})."


def flags_in_words(averted: float, low: float, high: float) -> str:
    """Flags that a world averts, or adds where it is below 0, with the interval over luck: "12 averted (10 to 14)"."""
    if averted == low == high == 0:
        return "0"
    sign = -1.0 if averted < 0 else 1.0
    ends = sorted((sign * low, sign * high))
    luck = f" ({number(ends[0], averted)} to {number(ends[1], averted)})" if math.isfinite(low) else ""
    return f"{number(abs(averted))} {'added' if averted < 0 else 'averted'}{luck}"


def range_comes_from(names: Sequence[str], meanings: Mapping[str, str], draws: int, assumptions: int) -> str:
    """Which assumptions the wide range comes from, or that none stands out."""
    if draws < 2:
        return "How far our assumptions matter was not asked (--draws)."
    if names:
        said = [meanings.get(name, name) for name in names]
        return f"Most of that range comes from: {('; ' if any(',' in one for one in said) else ', ').join(said)}."
    if draws < FEWEST_DRAWS:
        return f"Which assumptions that range comes from cannot be told from {draws} draws: {FEWEST_DRAWS} at least are needed."
    return f"No single one of {assumptions} assumptions stands out as the source of that range in {draws} draws."


class Covered(NamedTuple):
    """Whom one policy covers in a mean world: people, the weeks of all of them together, and what it was seen to do, in words."""

    name: str
    people: float
    weeks: float
    acts: tuple[str, ...] = ()


def covered(policies: Sequence[Covered], of: int, worlds: int) -> str:
    """Whom policies cover, as means over worlds of `of` people: a sentence for one policy, a line each for several."""
    if not any(policy.people for policy in policies):
        return "Covered nobody."
    among = f"{_mean_of(worlds)} ({of:,} people in each)"
    if len(policies) == 1:
        return f"Covered {_people_and_weeks(policies[0])}{among}{_what_it_did(policies[0])}."
    lines = [f"{policy.name} covered {_people_and_weeks(policy)}{_what_it_did(policy)}." for policy in policies]
    return "\n".join([f"Each policy{among}:", *lines])


def _people_and_weeks(policy: Covered) -> str:
    return f"{number(policy.people, 10)} people, {number(policy.weeks, 10)} weeks"


def _what_it_did(policy: Covered) -> str:
    return f": {', '.join(policy.acts)}" if policy.acts and policy.people else ""


def _mean_of(worlds: int) -> str:
    return f" in a mean of {worlds} worlds" if worlds > 1 else " in one world"
