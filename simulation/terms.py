"""The log hazard of a week in its terms: what a lapse, a relapse or a decision was judged by, as the rule itself works it out.

No formula of the rule stands here a second time. The text of a week is lived once more, in plain Python, up to the point at
which conduct is judged (step 12); there it is asked what it would judge by, first with every number of the model, then with
the numbers of one term at a time and those of all other terms at nothing. As the rule adds its terms up, what each gives
alone adds up to the whole, which a test holds it to.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import FunctionType, ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

from simulation import engine, week
from simulation.book import Book
from simulation.plain import Records, no_luck, plain_sight
from simulation.state import ACTIVE, LAPSED, RECOVERING, read_rows

if TYPE_CHECKING:
    from simulation.world import World

KINDS: Mapping[int, str] = {RECOVERING: "lapse", LAPSED: "relapse", ACTIVE: "deciding"}
"""What a person is at risk of in a domain, by status there."""


@dataclass(frozen=True)
class Term:
    """One term of the log hazards: its plain words, and the numbers of the model that are nothing without it.

    `of` says whose numbers they are: the assumptions, the levers, or the area where the person lives.
    """

    name: str
    words: str
    numbers: tuple[str, ...]
    of: str = "assume"


_DECLARED = (
    Term("start", "the level from which everybody starts",
         ("lapse_use", "lapse_offending", "lapse_mental_health", "relapse_in_lapse", "decide_use", "decide_offending",
          "decide_mental_health")),
    Term("liability", "lasting liability", ("frailty_sd",)),
    Term("time_sustained", "time in recovery", ("consolidation",)),
    Term("identity", "identity", ("w_identity",)),
    Term("hope", "hope", ("w_hope",)),
    Term("social_capital", "social capital", ("w_capital",)),
    Term("shame", "shame, by hope", ("w_shame",)),
    Term("roles", "roles held", ("w_roles_use", "w_roles_offending", "w_roles_mental_health")),
    Term("ties_in_trouble", "ties in trouble", ("w_peers",)),
    Term("distress", "distress", ("w_distress",)),
    Term("homelessness", "homelessness", ("w_homeless",)),
    Term("area", "a risky area", ("risk",), of="area"),
    Term("service", "a service that helps", ("service_help",)),
    Term("other_domains", "trouble in another domain", ("link_use_offending", "link_use_mental_health", "both_link")),
    Term("age", "age", ("lapse_age",)),
    Term("flag", "a flag that deters", ("deterrence",)),
    Term("symptoms", "symptoms", ("lapse_symptoms",)),
    Term("check_ups", "check-ups after a lapse", ("check_ups",), of="lever"),
)  # fmt: skip

TERMS: dict[str, Term] = {term.name: term for term in _DECLARED}


class Moment(NamedTuple):
    """What the conduct of one person in one week is judged by: all as it stands when step 12 begins, and the week's luck."""

    person: Any
    around: Any
    area: Any
    lever: Any
    assume: Any
    chance: Any


@dataclass(frozen=True)
class Judged:
    """What the rule asks about a person in a domain in one week.

    Attributes
    ----------
    domain, kind
        Of what: a "lapse" or "deciding", whose `value` is a log hazard a week; or a "relapse", whose `value` is the log odds
        of it this week.
    terms
        What each of `TERMS` adds, on that scale; they sum to `value`.
    value, chance
        What the rule itself computes, and the chance this week that follows from it.
    luck
        The number in (0, 1) drawn for it: it happens where this lies below `chance`.
    sudden
        For deciding: the chance this week of a turning point that is taken, which comes first, and is no part of `value`.
    """

    domain: str
    kind: str
    terms: dict[str, float]
    value: float
    chance: float
    luck: float
    sudden: float = 0.0


def chance_of(kind: str, value: float) -> float:
    """Chance a week of a relapse whose log odds, or of anything else whose log hazard, is `value`."""
    return float(week.logistic(value) if kind == "relapse" else week.cloglog(value))


def before_conduct(world: World, persons: Iterable[int]) -> dict[int, Moment]:
    """What the conduct of each of these people will be judged by in the coming week, by permanent id; of the living only.

    The week is lived up to step 12 in plain Python, on copies: the world itself lives no week, and the one it lives next is
    the same. Use when a week of some lives is to be taken apart; not to live weeks, for which it is far too slow.
    """
    world.prepare()
    moments: dict[int, Moment] = {}

    def look(person: Any, around: Any, area: Any, lever: Any, assume: Any, chance: Any, _book: Any) -> None:
        moments[person.person] = Moment(copy.copy(person), around, area, lever, assume, copy.copy(chance))

    of_week = rebound(week, change_course=look)
    of_engine = rebound(engine, live_one_week=of_week["live_one_week"])
    places = world.row_of[list(persons)]
    rows, policy, ties = read_rows(world.people[places]), world.policy, world.ties
    of_engine["live_rows"](
        0, len(rows), world.seed, world.week, world.mode, world.public_stigma, rows, policy.setting_of[places].tolist(),
        Records(policy.settings), Records(world.assume), Records(world.areas_table), ties.kin, ties.estranged, ties.others,
        plain_sight(world.seen_next), plain_sight(world.seen_next), [no_luck()], Book(len(rows)).pages,
    )  # fmt: skip
    return moments


def in_terms(moments: Mapping[int, Moment], domain: str) -> dict[int, Judged]:
    """What each person is at risk of in a domain, in its terms, by permanent id; those at risk of nothing there are left out.

    `moments` are of one world in one week, as `before_conduct` gives them.
    """
    asking = _Asking()
    found = {}
    for person, moment in moments.items():
        judged = asking.judged(moment, domain)
        if judged is not None:
            found[person] = judged
    return found


def rebound(module: ModuleType, **instead: Any) -> dict[str, Any]:
    """The names of a module, its functions copied and bound to one another, and to what is to stand `instead` of some."""
    names: dict[str, Any] = dict(vars(module))
    for name, value in vars(module).items():
        if isinstance(value, FunctionType) and value.__module__ == module.__name__:
            names[name] = FunctionType(value.__code__, names, name, value.__defaults__)
    names.update(instead)
    return names


class _Asking:
    """Step 12 of the rule, which writes down the log hazard or log odds that it would judge by, and then judges nothing."""

    def __init__(self) -> None:
        self._heard: list[float] = []
        self._rule = rebound(week, happens=self._log_hazard, logistic=self._log_odds)
        self._nothing_drawn = no_luck()
        self._alone: dict[int, tuple[Any, dict[str, Any]]] = {}

    def _log_hazard(self, _chance: float, log_hazard: float) -> bool:
        self._heard.append(log_hazard)
        return False

    def _log_odds(self, log_odds: float) -> float:
        self._heard.append(log_odds)
        return 0.0

    def ask(self, moment: Moment, domain: str) -> float | None:
        """What the rule judges by in a domain, None where it judges nothing that has terms."""
        self._heard.clear()
        own = (moment.person, moment.around, moment.area, moment.lever, moment.assume)
        self._rule[f"course_of_{domain}"](*own, self._nothing_drawn)
        return self._heard[0] if self._heard else None

    def judged(self, moment: Moment, domain: str) -> Judged | None:
        value = self.ask(moment, domain)
        if value is None:
            return None
        # -0.0, which a weight of nothing can leave, is made 0.0.
        terms = {name: (self.ask(self._only(moment, name), domain) or 0.0) + 0.0 for name in TERMS}
        kind = KINDS[getattr(moment.person, domain)]
        sudden = 0.0
        if kind == "deciding":
            sudden = moment.assume.turning_points * week.chance_of_taking_turning_point(moment.person, moment.assume)
        luck = getattr(moment.chance, f"change_{domain}")
        return Judged(domain, kind, terms, value, chance_of(kind, value), luck, sudden)

    def _only(self, moment: Moment, name: str) -> Moment:
        """The same moment with the numbers of all terms but one at nothing."""
        changed = {of: self._with_only(of, getattr(moment, of), name) for of in ("assume", "lever", "area")}
        return moment._replace(**changed)

    def _with_only(self, of: str, numbers: Any, name: str) -> Any:
        """A row of numbers with those of all terms but one at nothing; worked out once for each row."""
        kept, alone = self._alone.setdefault(id(numbers), (numbers, {}))  # kept, so that no other row takes its place
        which = name if TERMS[name].of == of else ""
        if which not in alone:
            off = [number for term in _DECLARED if term.of == of and term.name != which for number in term.numbers]
            alone[which] = SimpleNamespace(**{**vars(kept), **dict.fromkeys(off, 0.0)})
        return alone[which]
