"""One person's life, week by week, with chosen state, surroundings, luck and numbers: by the plain and the compiled rule."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

from simulation import ties
from simulation import week as plain_rule
from simulation.areas import areas_table, make_areas
from simulation.book import Book
from simulation.compiled import CHANCE_DTYPE, cache_folder, kernels
from simulation.diary import CAUSES, DOMAIN_NAMES, EVENTS
from simulation.levers import LEVERS, lever_bases, unchanged_settings
from simulation.parameters import PARAMETERS, assumptions_row
from simulation.plain import Records
from simulation.state import FIELD, STATE_DTYPE, read_rows

CERTAIN = 1e-9
"""Luck at which whatever has any real chance happens; 1 is luck at which nothing does."""

MIDDLING: dict[str, Any] = {
    "alive": 1, "age": 30.0, "identity": 0.5, "hope": 0.5, "self_stigma": 0.5, "coherence": 0.5,
    "anticipated_stigma": 0.15, "weight_family": 0.25, "weight_work": 0.25, "weight_giving": 0.25,
    "weight_community": 0.25, "flag_officer": 0.5, "group_bias": 1.0,
}  # fmt: skip
"""A man of thirty without a problem, role or label, everything about him in the middle."""

SUPPORTED = plain_rule.Around(
    supporters=4.0, intolerant_supporters=0.0, share_active_use=0.0, share_active_offending=0.0,
    share_active_mental_health=0.0, models=0.5, kin_voice=0.0, flagged_kin=0.0, kin_distress=0.0, in_need=0.0,
    ties_recovering=1.0, kin_close=2, share_kin_close=1.0, degree=5,
)  # fmt: skip
"""Four supporters, two of them close kin who have no voice, and one tie a year into recovery."""

ROUND: dict[str, float] = {
    "role_giving": -3.2,
    "decide_use": -3.3, "lapse_use": -3.5, "decide_offending": -3, "lapse_offending": -3.6,
    "decide_mental_health": -3.4, "lapse_mental_health": -3.9, "consolidation": 0.25, "frailty_sd": 0.6,
    "turning_threshold": -0.3, "turning_jump": 0.25, "relapse_in_lapse": -0.5, "resolve_lapse": 0.5,
    "w_capital": 0.6, "w_peers": 1, "w_distress": 1, "w_roles_offending": 0.7, "link_use_offending": 0.7,
    "link_use_mental_health": 0.5, "offence_rate": 0.25, "offence_sd": 0.8, "detection": 0.03,
    "detection_label": 0.3, "role_barrier": 1.5, "role_loss_problem": 0.03, "symptoms_on": 0.005,
    "symptoms_off": 0.01, "symptom_frailty": 0.7, "service_entry": 0.01, "service_weeks": 26, "hope_gain": 1.5,
    "hope_distress": 1, "distress_use": 0, "distress_symptoms": 0.2, "self_stigma_base": -0.5, "z_identity":
    2.5, "i_roles": 2.5, "leave_associates": 1.5, "trying": 1, "distress_decay": 0.25, "distress_event": 0.3,
    "role_problem": 1, "i_stigma": 2, "z_exposure": 2.5, "z_anticipated": 1.5, "role_models": 1,
    "service_effect": 1, "lapse_age": 0.3,
    "w_shame": 1, "w_hope": 1.5, "w_identity": 1.2, "w_homeless": 0.6, "w_roles_use": 0.2,
    "w_roles_mental_health": 0.2, "service_help": 0.2, "deterrence": 0.2, "both_link": 0.3, "setback": 0.15,
    "label_record": 0.6, "label_diagnosis": 0.5, "label_flag": 0.8, "unjustified_flag_rate": 0.005,
    "kin_contagion": 0.0001, "disclosure": 2, "expiry": 0.02, "kin_voice_rate": 0.25, "professional_rate": 0.25,
    "both_rate": 0.25, "flag_shock": 1, "anticipated_exposure": 1.2, "anticipated_flag": 0.1,
    "anticipated_decay": 0.013, "obstruction": 1, "self_stigma_rate": 0.03, "hope_rate": 0.08, "i_own": 1.5,
    "i_regard": 2, "identity_rate": 0.04, "asymmetry": 2.5, "coherence_guard": 0.6, "rejection": 0.5,
    "role_base": -4.3, "institution_penalty": 1, "homophily": 1, "tie_label": 1.5, "meet": 0.35,
}  # fmt: skip
"""Values at which the examples here were worked out by hand; the defaults of these numbers move with each calibration."""

WHOLE_NUMBERS = ("kin_close", "degree")


class Event(NamedTuple):
    """One line of the book, in words."""

    name: str
    domain: str
    detail: int
    cause: str
    value: float


class Life:
    """One person whose weeks are lived one by one; what a test does not choose stands in the middle."""

    def __init__(self, rule: Rule, state: dict[str, Any], around: dict, lever: dict, assume: dict, area: str) -> None:
        values = {parameter.name: parameter.default for parameter in PARAMETERS.values()} | ROUND | assume
        people = np.zeros(1, dtype=STATE_DTYPE)
        for name, value in (MIDDLING | state).items():
            people[name] = value
        row = assumptions_row(values)
        settings = unchanged_settings(lever_bases(values) | lever)
        places = areas_table(make_areas(values))
        self.rule = rule
        self.book = Book(1)
        self.events: list[Event] = []
        self.history: list[Event] = []
        self.person = rule.one(people, person=True)
        self.assume = rule.one(row)
        self.lever = rule.one(settings)
        self.area = rule.one(places[{"home": 0, "new": 1}[area]][None])
        self.around = SUPPORTED
        self.meet(**around)

    def meet(self, **around: float) -> None:
        """Change what stands around the person."""
        kinds = {name: int(v) if name in WHOLE_NUMBERS else float(v) for name, v in around.items()}
        self.around = self.around._replace(**kinds)

    def set_lever(self, **levers: float) -> None:
        """Change what policy does to the person."""
        assert set(levers) <= set(LEVERS)
        for name, value in levers.items():
            setattr(self.lever, name, float(value))

    def week(
        self, weeks: int = 1, *, public_stigma: float = 0.55, mode: int = plain_rule.LIVING, **chances: float
    ) -> list[Event]:
        """Live so many weeks with the same luck; gives the names of the last week's events."""
        chance = np.ones(1, dtype=CHANCE_DTYPE)
        chance["service_quality"] = chance["move_where"] = 0.5
        for name, value in chances.items():
            chance[name] = value
        for _ in range(weeks):
            self.book.turn()
            self.rule.live_one_week(
                self.person, self.around, self.area, self.lever, self.assume, self.rule.one(chance), public_stigma,
                mode, self.book.pages,
            )  # fmt: skip
            page, values = self.book.entries()
            self.events = [
                Event(EVENTS[line[1]], DOMAIN_NAMES[line[2]], int(line[3]), CAUSES[line[4]], float(value))
                for line, value in zip(page, values, strict=True)
            ]
            self.history += self.events
        return self.happened

    @property
    def happened(self) -> list[str]:
        """Names of the last week's events, in their order."""
        return [event.name for event in self.events]

    def event(self, name: str) -> Event:
        """The one event of this name in the last week."""
        (found,) = [event for event in self.events if event.name == name]
        return found

    def ask(self, quantity: str, *first: Any) -> float:
        """A quantity of the rule about this person, taking stock first; `first` are its arguments before the person."""
        self.quantity("take_stock", 0.55)
        return self.quantity(quantity, *first)

    def quantity(self, name: str, *given: Any) -> float:
        """Call a function of the rule: its arguments by their names, those it does not share with the week from `given`."""
        own = {
            "person": self.person, "around": self.around, "area": self.area, "lever": self.lever, "assume": self.assume,
        }  # fmt: skip
        code = getattr(plain_rule, name).__code__
        rest = iter(given)
        arguments = [own[a] if a in own else next(rest) for a in code.co_varnames[: code.co_argcount]]
        return self.rule.function(name)(*arguments)


class Rule:
    """The rule of a week, plain or compiled, told apart only by what its rows are made of."""

    def __init__(self, engine: str) -> None:
        self.engine = engine
        self._compiled: dict[str, Any] = {}
        if engine == "compiled":
            # The engine's pass over rows was compiled with the whole rule: its own names lead to each compiled function.
            week = kernels().live_rows.py_func.__globals__["live_one_week"]
            tie = kernels().tie_rows.py_func.__globals__["lose_ties"]
            self._compiled = tie.py_func.__globals__ | week.py_func.__globals__
            self.live_one_week = _keep(week.py_func)
        else:
            self.live_one_week = plain_rule.live_one_week

    def one(self, table: np.ndarray, *, person: bool = False) -> Any:
        """The only row of a table, as this engine reads it."""
        if self.engine == "compiled":
            return table.view(np.recarray)[0]
        return read_rows(table)[0] if person else Records(table)[0]

    def function(self, name: str) -> Callable[..., Any]:
        """A function of the rule by its name."""
        if self.engine == "compiled":
            return self._compiled[name]
        return getattr(plain_rule, name, None) or getattr(ties, name)

    def seen(self, **state: float) -> Any:
        """What others see of somebody: alive, free, without a problem, at home, but for `state`."""
        table = np.zeros(1, dtype=ties.SEEN_DTYPE)
        for name, value in ({"alive": 1, "stands_by": 1} | state).items():
            table[name] = value
        return self.one(table)

    def known(self) -> Any:
        """What is known of somebody closer by: that they leave associates as the usual person in recovery does."""
        table = np.zeros(1, dtype=ties.KNOWN_DTYPE)
        table["leave"] = 1.5
        return self.one(table)

    def life(
        self, around: dict | None = None, lever: dict | None = None, assume: dict | None = None, area: str = "home", **state
    ) -> Life:
        """One person with this state, and what differs from the middle around them."""
        assert set(state) <= set(FIELD)
        state.setdefault("area", {"home": 0, "new": 1}[area])
        return Life(self, state, around or {}, lever or {}, assume or {}, area)


def _keep(function: types.FunctionType) -> Any:
    """A whole week, compiled as its own entry and kept between runs beside the engine's own."""
    import numba

    copy = types.FunctionType(function.__code__, function.__globals__, function.__name__)
    return numba.njit(nogil=True, error_model="numpy", cache=cache_folder() is not None)(copy)


@pytest.fixture(scope="session", params=["plain", "compiled"])
def rule(request: pytest.FixtureRequest) -> Rule:
    """The rule of one week of one person, once plain and once compiled."""
    return Rule(request.param)


@pytest.fixture(scope="session")
def certain() -> float:
    """Luck at which whatever has any real chance happens."""
    return CERTAIN
