"""Experiments read back in plain sentences, each said to be one: what is done, to whom, when and for how long."""

from __future__ import annotations

from simulation.groups import people_in_words
from simulation.scenario_parts import Experiment
from simulation.state import FIELD
from simulation.units import duration_in_words, in_words, moment_in_words, number_in_words

TIES = {
    "well": ("somebody who is well", "people who are well"),
    "recovering_a_year": ("somebody a year or more into recovery", "people a year or more into recovery"),
    "newly_recovering": ("somebody new to recovery", "people new to recovery"),
    "in_a_problem": ("somebody in a problem", "people in a problem"),
}
"""To whom a tie of each kind is, and to whom several are."""

EVENTS_IN_WORDS = {
    "decided": "decision to change", "decided_gradually": "gradual decision to change",
    "decided_suddenly": "sudden decision to change", "onset": "onset of a problem", "lapse": "lapse", "relapse": "relapse",
    "resolved": "lapse that ends without a relapse", "offence": "offence", "arrest": "arrest", "conviction": "conviction",
    "custody_start": "stay in custody", "custody_end": "release from custody", "flag_on": "flag", "flag_off": "end of a flag",
    "record_on": "record", "diagnosis_on": "diagnosis", "symptoms_on": "onset of symptoms", "symptoms_off": "end of symptoms",
}  # fmt: skip
"""Events after which an experiment is most often done, as nouns; the others are called by their names."""


def describe_experiment(experiment: Experiment, held: str = "") -> str:
    """What is done, to whom and when, in one sentence that says that it is no policy; `held` says what keeps its state still."""
    covers = experiment.covers
    share = f", for {in_words(covers, 'share')} of them chosen once at random" if covers is not None and covers < 1 else ""
    said = f"An experiment, not a policy: {_when(experiment)}, {what_is_done(experiment)}{share}."
    if held:
        return f"{said} It does nothing: {experiment.state.replace('_', ' ')} is switched off ({held})."
    return said if experiment.whom == "everyone" and not share else f"{said} Everyone else is unchanged."


def _when(experiment: Experiment) -> str:
    lasts = "" if experiment.lasts is None else f" for {duration_in_words(experiment.lasts)}"
    if not experiment.when:
        preposition = "in" if experiment.start % 52 else "at"
        lasting = experiment.do in ("cap", "freeze") or experiment.lasts is not None
        return f"{'from' if lasting else preposition} {moment_in_words(experiment.start)}{',' if lasts else ''}{lasts}"
    event = EVENTS_IN_WORDS.get(experiment.when, f"event {experiment.when}")
    if experiment.domain:
        event += f" in {experiment.domain.replace('_', ' ')}"
    later = f" from {moment_in_words(experiment.start)} on" if experiment.start else ""
    after = f"{duration_in_words(experiment.after)} after" if experiment.after else "in the week after"
    return f"{after} each person's first {event}{later}{',' if lasts else ''}{lasts}"


def what_is_done(experiment: Experiment) -> str:
    """What is done to whom, as part of a sentence."""
    whom = "all people" if experiment.whom == "everyone" else people_in_words(experiment.whom)
    state, what = experiment.state.replace("_", " "), experiment.what.replace("_", " ")
    match experiment.do:
        case "set":
            return f"{state} of {whom} is set to {_value(experiment)}"
        case "add":
            return f"{state} of {whom} {'falls' if experiment.value < 0 else 'rises'} by {number_in_words(abs(experiment.value))}"
        case "cap":
            return f"{state} of {whom} cannot exceed {_value(experiment)}"
        case "freeze":
            return f"{state} of {whom} stays as it is"
        case "give_tie":
            return _ties(experiment, whom)
        case "give_role":
            return f"{whom} are given a {what} role"
        case "take_role":
            return f"a {what} role is taken from {whom} who hold one"
        case _:
            return f"{whom} move to the area {experiment.what}"


def _ties(experiment: Experiment, whom: str) -> str:
    one, several = TIES[experiment.what]
    many = abs(experiment.count)
    ties = f"a tie to {one}" if many == 1 else f"{many} ties to {several}"
    if experiment.count > 0:
        return f"{whom} are given {ties}, beside the ties that they have"
    return f"{ties} {'is' if many == 1 else 'are'} left out of those that count for {whom}"


def _value(experiment: Experiment) -> str:
    field = FIELD[experiment.state]
    if field.words:
        return field.words[int(experiment.value)]
    if field.unit == "yes/no":
        return "yes" if experiment.value else "no"
    unit = field.unit if field.unit in ("weeks", "years") else ""
    return f"{number_in_words(experiment.value)} {unit}".strip()
