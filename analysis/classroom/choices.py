"""What a class may choose for two live worlds: a preset, levers, mechanisms off, how many people and for how long.

Ranges, units and meanings are those of `simulation.levers`, and for whom a lever is and from when stands in the shipped scenario
that studies it: nothing is said twice.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from analysis.classroom.lesson import FEWEST_PEOPLE, MOST_PEOPLE, MOST_WEEKS, PEOPLE
from analysis.pairing import WEEKS_A_YEAR
from simulation import Scenario
from simulation.errors import Problem, UserError
from simulation.levers import LEVERS as LEVERS_OF_THE_MODEL
from simulation.mechanisms import MECHANISMS as MECHANISMS_OF_THE_MODEL
from simulation.parameters import PARAMETERS
from simulation.units import in_words, shown

BASE = "a-year-in"
"""The scenario whose people live in both worlds: a year into recovery, when nothing has happened yet."""

VISIT = "the-visit"
YEARS = 2.0
FEWEST_YEARS = 0.5
MOST_YEARS = MOST_WEEKS / WEEKS_A_YEAR
HORIZON = 52
"""Weeks after which the effect is judged, or fewer where the worlds end before."""

LABELS, SUPPORT = "labels", "support"

_STUDIED = {
    "flag_once": (LABELS, VISIT),
    "unjustified_flags": (LABELS, "more-unjustified-flags"),
    "review_date": (LABELS, "review-dates"),
    "just_handling": (LABELS, "just-policing"),
    "public_stigma": (LABELS, "public-stigma-halved"),
    "independent_advocate": (SUPPORT, "independent-advocates"),
    "family_support": (SUPPORT, "family-support"),
    "peer_groups": (SUPPORT, "peer-recovery-groups"),
    "volunteering_posts": (SUPPORT, "volunteering-posts"),
}
"""Each lever that a class can move: whether it acts on labels or on support, and the shipped scenario that studies it."""

_STEPS = {"share": 0.05, "share a year": 0.005, "weeks": 1.0, "weight": 0.1, "log hazard": 0.1}


@dataclass(frozen=True)
class LeverShown:
    """A lever as a slider.

    `value` is where the slider rests: there the lever is as it is without a policy, which `at_rest` says exactly. `kind` is
    "labels" or "support". All numbers are in `unit`. `more` says what moving it does, `source` what its number rests on, and
    `because` why it is in the shipped scenario that studies it.
    """

    name: str
    label: str
    unit: str
    low: float
    high: float
    step: float
    value: float
    meaning: str
    more: str
    source: str
    because: str
    kind: str
    at_rest: str

    def rests(self, value: float) -> bool:
        """Whether the lever, at this value, changes nothing."""
        return math.isclose(value, self.value, abs_tol=1e-9)


@dataclass(frozen=True)
class Preset:
    """A pair of worlds to begin with.

    `names` are those of the two worlds, `levers` the values in the other one; those of `both` are the same in the two worlds.
    """

    label: str
    about: str
    names: tuple[str, str]
    levers: Mapping[str, float] = field(default_factory=dict)
    both: tuple[str, ...] = ()


@dataclass(frozen=True)
class MechanismShown:
    """A mechanism that can be switched off in both worlds, in plain words."""

    name: str
    label: str
    off: str


def _lever_shown(name: str) -> LeverShown:
    lever = LEVERS_OF_THE_MODEL[name]
    kind, studied = _STUDIED[name]
    base = PARAMETERS[lever.from_parameter].default if lever.from_parameter else lever.base
    step = _STEPS[lever.unit]
    rest = min(base, lever.high)
    return LeverShown(
        name, name.replace("_", " ").capitalize(), lever.unit, lever.low, lever.high, step,
        round(round(rest / step) * step, 12),  # on a step of the slider, so that it can be put back there
        lever.means, _MORE[name], _source(lever, base),
        f"Why it is in the scenario {studied}: {_template(name).because}.", kind, in_words(base, lever.unit),
    )  # fmt: skip


def _source(lever: Any, base: float) -> str:
    """What the number that a lever starts from rests on, in words."""
    if not lever.from_parameter:
        return "assumed, as nobody has measured how much such a policy does"
    parameter = PARAMETERS[lever.from_parameter]
    if parameter.source in _STUDIES:
        return f"{in_words(base, lever.unit)} is the model's own choice, {_STUDIES[parameter.source]}"
    return f"{in_words(base, lever.unit)} is assumed, as nobody has measured it"


_STUDIES = {
    "M20": "informed by Brohan et al. 2010, who asked 1,229 people in 14 European countries about self-stigma and "
    "discrimination; they did not measure this share",
}
"""Figures of docs/evidence.md that a lever's number goes back to: whose they are, and what they can carry."""

_GROUP, _ORDINARY, _STREET = (PARAMETERS[f"context_{name}"].default for name in ("group", "common", "street"))

_MORE = {
    "flag_once": "More of it: more people have a flag that nothing they did has earned. It happens once.",
    "unjustified_flags": "More of it: more people with a record get such a flag, every year.",
    "review_date": "Fewer weeks: flags end sooner. Without a date, a flag stays until it expires or somebody has it taken back.",
    "just_handling": "More of it: the same flag is less of a shock, and less is feared because of it; at 100 % it is neither.",
    "public_stigma": "More of it: a label that others see weighs more, when people look for work or another role, and in "
    "what they come to think of themselves.",
    "independent_advocate": "More of it: flags without cause are taken back sooner, soonest where kin speak for the person "
    "as well.",
    "family_support": "More of it: kin who are close are heard more when they speak for a person, and kin who are "
    "estranged come back sooner.",
    "peer_groups": f"Where people meet is drawn in proportion to weights: {_GROUP:g} for a recovery group, {_ORDINARY:g} for "
    f"ordinary life (1 more with work), {_STREET:g} for the street. More of it: people in recovery meet in groups more often.",
    "volunteering_posts": "A log hazard is the logarithm of how likely something is in a week, here of coming to a giving "
    "role (volunteering, peer support). Each 1 that is added makes it 2.7 times as likely, as long as it is rare.",
}
"""What moving each lever does, for a class."""


def _template(name: str) -> Any:
    """The policy on a lever in the shipped scenario that studies it: a part of a `Scenario`."""
    return next(policy for policy in Scenario.load(_STUDIED[name][1]).policies if policy.lever == name)


LEVERS: tuple[LeverShown, ...] = tuple(_lever_shown(name) for name in _STUDIED)

MECHANISMS: tuple[MechanismShown, ...] = tuple(
    MechanismShown(one.name, one.means[:1].upper() + one.means[1:], one.off) for one in MECHANISMS_OF_THE_MODEL.values()
)

_LABELLING = {"unjustified_flags": 0.5, "public_stigma": 0.9}
_SUPPORTING = {"independent_advocate": 1.0, "family_support": 1.0, "peer_groups": 1.0, "volunteering_posts": 1.5}
_VISITED = {"flag_once": 0.5}
_AS_IT_IS = "As things are"
AS_SET = "As you set it"
"""What the other world is called once a lever stands elsewhere than its preset put it."""

PRESETS: dict[str, Preset] = {
    "neither": Preset("Neither", "Both worlds are alike until a lever is moved: nothing in them differs, not even luck.",
                      (_AS_IT_IS, "As things are, again")),
    "labelling": Preset("Labelling", "One world labels far more: police flag people with a record without cause, at the top of "
                        "the lever's range, and the public thinks worse of them.", (_AS_IT_IS, "More labels"), _LABELLING),
    "support": Preset("Support", "One world supports: families are helped, groups form, posts are opened, and an advocate "
                      "stands by whoever is flagged.", (_AS_IT_IS, "More support"), _SUPPORTING),
    "both": Preset("Both", "One world labels far more, and supports as well.", (_AS_IT_IS, "More labels, more support"),
                   {**_LABELLING, **_SUPPORTING}),
    "visit": Preset("The visit, without advocates", "In one world police come to the door of half of the people with own "
                    "experience, for nothing that they have done; nobody but kin and workers speaks for them.",
                    ("No visit", "The visit"), _VISITED),
    "visit_with_advocates": Preset("The visit, with advocates", "Police come in both worlds, to the same people. In one of "
                                   "them an advocate stands by each from the week after.",
                                   ("The visit", "The visit, and an advocate"), {**_VISITED, "independent_advocate": 1.0},
                                   ("flag_once",)),
}  # fmt: skip

_SHOWN = {lever.name: lever for lever in LEVERS}


def settings_of(preset: str) -> dict[str, float]:
    """Where each slider stands in a preset, in the lever's unit; those that it leaves alone are at rest."""
    return {lever.name: lever.value for lever in LEVERS} | dict(PRESETS[preset].levers)


@dataclass(frozen=True)
class Choices:
    """What a class has chosen.

    Attributes
    ----------
    preset
        A key of `PRESETS`.
    levers
        Values of levers, in their units, in place of the preset's.
    off
        Mechanisms switched off in both worlds.
    people, years
        Who lives in both worlds, and for how long.
    """

    preset: str = "neither"
    levers: Mapping[str, float] = field(default_factory=dict)
    off: tuple[str, ...] = ()
    people: int = PEOPLE
    years: float = YEARS

    def problems(self) -> list[Problem]:
        """Everything that cannot be done, each in plain words."""
        found = []
        if self.preset not in PRESETS:
            found.append(Problem("preset", shown(self.preset), f"one of {', '.join(PRESETS)}", "Choose one of them."))
        for name, value in self.levers.items():
            found += _problems_of_lever(name, value)
        for name in (name for name in self.off if name not in MECHANISMS_OF_THE_MODEL):
            found.append(
                Problem("mechanisms off", shown(name), "a name from `recovery list mechanisms`", "Leave it out.")
            )
        if (
            not isinstance(self.people, int)
            or not _is_number(self.people)
            or not FEWEST_PEOPLE <= self.people <= MOST_PEOPLE
        ):
            allowed = (
                f"a whole number from {FEWEST_PEOPLE} to {MOST_PEOPLE}: each is drawn, and more cannot be told apart"
            )
            found.append(Problem("people", shown(self.people), allowed, f"Choose {PEOPLE}."))
        if not _is_number(self.years) or not FEWEST_YEARS <= self.years <= MOST_YEARS:
            allowed = f"{FEWEST_YEARS:g} to {MOST_YEARS:g} years"
            found.append(Problem("years", shown(self.years), allowed, f"Choose {YEARS:g}."))
        return found

    def settings(self) -> dict[str, float]:
        """Where each slider stands: the preset's values, and in their place those chosen. Raises UserError as `worlds` does."""
        problems = self.problems()
        if problems:
            raise UserError(problems)
        return settings_of(self.preset) | dict(self.levers)

    def said(self) -> list[str]:
        """What is set, in sentences: every lever moved from where it rests or its preset put it, every mechanism that is off."""
        found = []
        usual = settings_of(self.preset)
        moved = {
            name: value for name, value in self.settings().items()
            if not _SHOWN[name].rests(value) or not math.isclose(value, usual[name])
        }  # fmt: skip
        if moved:
            both = PRESETS[self.preset].both
            set_to = (
                f"{_SHOWN[name].label} {in_words(value, _SHOWN[name].unit)}{' (in both worlds)' if name in both else ''}"
                for name, value in moved.items()
            )
            found.append(f"Levers set in {self.worlds()[1].name!r}: {'; '.join(set_to)}.")
        if self.off:
            off = (f"{name.replace('_', ' ')} ({MECHANISMS_OF_THE_MODEL[name].means})" for name in dict.fromkeys(self.off))
            found.append(f"Mechanisms off in both worlds: {'; '.join(off)}.")
        return found

    def worlds(self) -> tuple[Scenario, Scenario]:
        """Both worlds: the base and the other. Raises UserError with every problem where the choices cannot be lived."""
        settings, preset = self.settings(), PRESETS[self.preset]
        untouched = all(math.isclose(value, settings[name]) for name, value in settings_of(self.preset).items())
        changed = {name: value for name, value in settings.items() if not _SHOWN[name].rests(value)}
        shared = {name: value for name, value in changed.items() if name in preset.both}
        usual = settings_of(self.preset)
        as_set = any(not math.isclose(settings[name], usual[name]) for name in preset.both)
        names = (f"{preset.names[0]}, as you set it" if as_set else preset.names[0], preset.names[1] if untouched else AS_SET)
        question = f"What changes from {names[0]!r} to {names[1]!r}?"
        return self._world(shared, names[0], question), self._world(changed, names[1], question)

    def files(self) -> tuple[str, str]:
        """Both worlds as texts of scenario files that stand by themselves: reading one gives the same world."""
        one, other = self.worlds()
        return one.as_toml(), other.as_toml()

    def as_toml(self) -> str:
        """The other world as the text of a scenario file."""
        return self.files()[1]

    def _world(self, levers: Mapping[str, float], name: str, question: str) -> Scenario:
        """The world in which these levers stand so, read as any scenario file is, with all its checks and warnings."""
        base = Scenario.load(BASE)
        weeks = round(self.years * WEEKS_A_YEAR)
        began = _template("flag_once").start
        policies = tuple(_policy(lever, value, began) for lever, value in levers.items())
        late = max([began, *(policy.start for policy in policies)])
        horizon = max(1, min(HORIZON, weeks - late))
        built = replace(
            base, name=name, question=question, people=int(self.people), years=float(self.years),
            policies=policies, switch_off=tuple(dict.fromkeys(self.off)),
            primary=replace(base.primary, horizon_weeks=horizon),
        )  # fmt: skip
        return Scenario.from_text(built.as_toml(), name)


def _policy(name: str, value: float, week: int) -> Any:
    """A lever set in the class, for those whom the shipped scenario has in mind, from `week` or as soon after as it has to be."""
    studied = _template(name)
    begins = studied.start if Scenario.load(_STUDIED[name][1]).cohort == Scenario.load(BASE).cohort else week
    return replace(
        studied, how="set", value=float(value), start=max(week, begins), covers=None, because="set in the classroom"
    )


def _problems_of_lever(name: Any, value: Any) -> list[Problem]:
    if name not in _SHOWN:
        return [Problem("lever", shown(name), f"one of {', '.join(_SHOWN)}", "Leave it out.")]
    lever = _SHOWN[name]
    if _is_number(value) and lever.low <= value <= lever.high:
        return []
    allowed = f"{in_words(lever.low, lever.unit)} to {in_words(lever.high, lever.unit)}"
    return [Problem(lever.label, shown(value), allowed, f"Leave it at {lever.at_rest}.")]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
