"""Experiments of a scenario file: what is done to whom, from when, and whether a person's state can take it."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from simulation.diary import OF_A_DOMAIN
from simulation.mechanisms import HELD
from simulation.rules import Names
from simulation.scenario_check import Reading
from simulation.scenario_parts import SETTABLE, Experiment
from simulation.scenario_shape import WHAT, WHENS, place_of
from simulation.state import DOMAINS, FIELD, GIVEN_TIES, ROLES, STATE_DTYPE, Field, ends_to_set
from simulation.toml_lines import KeyPath
from simulation.units import number_in_words, read_duration, read_moment, read_quantity, shown

_WAYS = ("set", "add", "cap", "freeze")
_LASTING = ("cap", "freeze", "give_tie")
_OF_A_DOMAIN = ("decided", *OF_A_DOMAIN)
"""Events, and either kind of decision, that happen in one domain or another."""
_LISTING = "recovery list states"


def read_experiments(reading: Reading, names: Names) -> list[Experiment]:
    """The experiments of a file that could be read; `names` are those that the scenario gives to areas and groups."""
    found = []
    for number in reading.entries("experiment"):
        path: KeyPath = ("experiment", number)
        told = len(reading.problems)
        experiment = _read_experiment(reading, path, names)
        whole = not any(bad[:2] == path for bad in reading.bad)
        if experiment is not None and whole and len(reading.problems) == told:
            found.append(experiment)
    return found


def _read_experiment(reading: Reading, path: KeyPath, names: Names) -> Experiment | None:
    what = reading.one_of(path, WHAT)
    done = None if what is None else _read_done(reading, path, what, names)
    start = reading.read((*path, "from"), read_moment) if reading.has(*path, "from") else 0
    when, domain, after = _read_when(reading, path)
    lasts = reading.read((*path, "lasts"), read_duration)
    do = done["do"] if done is not None else what
    if lasts is not None and do is not None and do not in _LASTING:
        reading.tell((*path, "lasts"), "lasts", f"a time for {', '.join(_LASTING)} only: {do} happens once", "Leave lasts out.")
    whom = reading.rule((*path, "whom"), names) or "everyone"
    covers = reading.share((*path, "covers"), "An experiment on nobody is none: leave it out, or raise the share.")
    if done is None:
        return None
    because = " ".join((reading.get(*path, "because") or "").split())
    return Experiment(**done, start=start or 0, when=when, domain=domain, after=after, lasts=lasts, whom=whom, covers=covers,
                      because=because, where=place_of(reading.toml, path))


def _read_done(reading: Reading, path: KeyPath, what: str, names: Names) -> dict[str, Any] | None:
    """What is done, as the first attributes of an `Experiment`; None where it cannot be read."""
    for key in _WAYS:
        if what != "state" and reading.has(*path, key):
            reading.tell((*path, key), key, f"state beside it: {what} needs no {key}", f"Leave {key} out.")
    if reading.has(*path, "count") and what != "give_tie":
        reading.tell((*path, "count"), "count", "a number of ties, for give_tie only", "Leave count out.")
    if what == "state":
        return _read_change(reading, path)
    if what == "move":
        name = _read_area(reading, (*path, what), names.areas)
        return None if name is None else {"do": what, "what": name}
    known, said = (GIVEN_TIES[1:], "kind of tie") if what == "give_tie" else (ROLES, "role")
    name = reading.known((*path, what), list(known), said, _LISTING)
    count = reading.get(*path, "count") if what == "give_tie" else None
    if count == 0:
        todo = "Give ties (above 0), or take them away (below)."
        reading.tell((*path, "count"), "0", "a whole number from -7 to 7, not 0", todo)
    return None if name is None else {"do": what, "what": name, "count": 1 if count is None else count}


def _read_area(reading: Reading, path: KeyPath, areas: tuple[str, ...]) -> str | None:
    """The area at a path, if the scenario has it."""
    given = reading.get(*path)
    if given is None or given in areas:
        return None if given is None else str(given)
    near = get_close_matches(given[:80], areas, n=1, cutoff=0.5)
    reading.tell(path, f"{shown(given)}, no area", f"an area of this scenario: {', '.join(areas)}",
                 f'Did you mean "{near[0]}"?' if near else "Choose one of these, or add an [[area]] of that name.")
    return None


def _read_change(reading: Reading, path: KeyPath) -> dict[str, Any] | None:
    """What is done to a state, by set, add, cap or freeze."""
    how = reading.one_of(path, _WAYS)
    allowed = list(HELD if how in ("cap", "freeze") else SETTABLE if how is not None else dict.fromkeys((*SETTABLE, *HELD)))
    state = _known_state(reading, (*path, "state"), allowed, how or "changed")
    if how is None or state is None:
        return None
    if how == "freeze":
        if reading.get(*path, "freeze") is False:
            reading.tell((*path, "freeze"), "false", "true: a state is frozen, or it is not", "Leave this experiment out.")
        return {"do": how, "state": state}
    value = _read_value(reading, (*path, how), FIELD[state], how)
    return None if value is None else {"do": how, "state": state, "value": value}


def _known_state(reading: Reading, path: KeyPath, allowed: list[str], how: str) -> str | None:
    given = reading.get(*path)
    if how in _WAYS and isinstance(given, str) and given in FIELD and given not in allowed:
        verb = {"cap": "capped", "freeze": "frozen"}.get(how, "set or added to")
        reading.tell(path, f"{given}, which cannot be {verb}", f"one of {', '.join(allowed)}", "Choose one of these.")
        return None
    return reading.known(path, allowed, "state that an experiment can change", _LISTING)


def _read_value(reading: Reading, path: KeyPath, field: Field, how: str) -> float | None:
    """The value that a state is set or capped to, or what is added to it, in the state's unit."""
    given = reading.get(*path)
    if given is None:
        return None
    if how != "set" and (field.words or field.unit == "yes/no"):
        reading.tell(path, how, f"set: {field.name} is no amount", f"Write set = {_example(field)}.")
        return None
    if field.words or (field.unit == "yes/no" and isinstance(given, bool)):
        return _word_of(reading, path, field, given)
    if isinstance(given, bool):
        reading.tell(path, shown(given), f"a number: {_range_of(field)}", f"Write {how} = {_example(field)}.")
        return None
    unit = "weeks" if field.unit == "weeks" else "share" if field.unit == "0-1" else "factor"
    value = reading.read(path, lambda quantity: read_quantity(quantity, unit, bare=True))
    if value is None:
        return None
    least, most = ends_to_set(field)
    low, high = (least - most, most - least) if how == "add" else (least, most)
    whole = STATE_DTYPE[field.name].kind == "i"
    if not low <= value <= high or (whole and value != int(value)):
        said = "a whole number, " if whole else ""
        reading.tell(path, shown(given), f"{said}{number_in_words(low)} to {number_in_words(high)}{_unit_of(field)}",
                     f"Choose a value in this range. What {field.name} is: {field.means}.")
        return None
    return value


def _word_of(reading: Reading, path: KeyPath, field: Field, given: Any) -> float | None:
    """The number of a word, or of yes and no."""
    if isinstance(given, bool):
        if not field.words:
            return float(given)
    elif isinstance(given, str) and given in field.words:
        return float(field.words.index(given))
    listed = ", ".join(f'"{word}"' for word in field.words)
    reading.tell(path, shown(given), f"one of {listed}", f"Write {path[-1]} = {_example(field)}.")
    return None


def _example(field: Field) -> str:
    if field.words:
        return f'"{field.words[-2]}"'
    return "true" if field.unit == "yes/no" else "0.5" if field.unit == "0-1" else "1"


def _range_of(field: Field) -> str:
    low, high = (number_in_words(end) for end in ends_to_set(field))
    return f"{low} to {high}{_unit_of(field)}"


def _unit_of(field: Field) -> str:
    return "" if field.unit in ("0-1", "yes/no") else f" ({field.unit})"


def _read_when(reading: Reading, path: KeyPath) -> tuple[str, str, int]:
    """The event that begins it, the event's domain, and the weeks after it."""
    when = reading.known((*path, "when"), list(WHENS), "event of a life that goes on", "recovery list events") or ""
    domain = reading.known((*path, "domain"), list(DOMAINS), "domain", _LISTING) or ""
    after = reading.read((*path, "after"), read_duration) or 0
    for key in ("domain", "after"):
        if reading.has(*path, key) and not reading.has(*path, "when"):
            reading.tell((*path, key), key, f"an event beside it: {key} says more about when", f"Add when, or leave {key} out.")
    if domain and when and when not in _OF_A_DOMAIN:
        reading.tell((*path, "domain"), f"a domain of {when}", f"no domain: of the events, {', '.join(_OF_A_DOMAIN)} have one",
                     "Leave domain out.")
    return when, domain, after
