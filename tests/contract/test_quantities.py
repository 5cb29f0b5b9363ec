"""Every quantity of the rule is finite, in its range and pure, for anybody anywhere, with any numbers and under any policy."""

from __future__ import annotations

import ast
import copy
import inspect
import math
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation import ties, week
from simulation.book import Book
from simulation.diary import CAUSES
from simulation.state import FIELDS, STATE_DTYPE

SHARE = (0.0, 1.0)
LOG = (-60.0, 60.0)
COURSE = (week.STAY, week.GET_UP)
WEEKS = (0.0, 1e5)

# Each quantity: its range, and its arguments before or beside what every function of the rule may ask for.
QUANTITIES: dict[str, tuple[tuple[float, float], dict]] = {
    "clip": (SHARE, {"x": "number"}),
    "centred": ((-0.5, 0.5), {"x": "share"}),
    "logistic": (SHARE, {"x": "number"}),
    "cloglog": (SHARE, {"x": "number"}),
    "happens": (SHARE, {"chance": "share", "log_hazard": "number"}),
    "exp_at_most": ((0.0, 2.0), {"x": "log"}),
    "towards": (SHARE, {"now": "share", "target": "share", "rate": "share"}),
    "held": (SHARE, {"now": "share", "after": "share", "freeze": "share", "cap": "share"}),
    "support": (SHARE, {"off": "share"}),
    "mean_for": (SHARE, {"own": "share", "others": "share"}),
    "is_in_trouble": (SHARE, {"status": "status"}),
    "is_in_a_problem": (SHARE, {}),
    "has_a_problem": (SHARE, {}),
    "is_free": (SHARE, {}),
    "sustained_weeks": (WEEKS, {}),
    "label_of_record": ((0.0, 3.0), {}),
    "label_weight_of": (SHARE, {}),
    "weight_of_labels": (SHARE, {"record_part": "share"}),
    "social_capital_of": (SHARE, {"label_weight": "share"}),
    "shame_of": (SHARE, {"sustained": "weeks"}),
    "regard_of": (SHARE, {"exposure": "share", "sustained": "weeks", "social_capital": "share"}),
    "involvement_of": (SHARE, {}),
    "comfort_of": (SHARE, {}),
    "quality_of_life": ((0.0, 100.0), {}),
    "chance_of_unjustified_flag": (SHARE, {}),
    "weight_of_ally": (SHARE, {}),
    "voice_of_kin": (SHARE, {}),
    "is_upheld": (SHARE, {"flag": "flag", "cause": "cause"}),
    "obstruction_of": (SHARE, {}),
    "distress_after": (SHARE, {}),
    "anticipated_stigma_after": (SHARE, {}),
    "exposure_taken_in": (SHARE, {}),
    "self_stigma_after": (SHARE, {}),
    "hope_after": (SHARE, {}),
    "identity_after": (SHARE, {}),
    "coherence_after": (SHARE, {}),
    "search_of": ((-1.0, 1.0), {}),
    "log_hazard_of_role": (LOG, {"barrier": "share", "exposure": "share", "institution": "share"}),
    "exposure_at_work": (SHARE, {}),
    "log_hazard_of_family_role": (LOG, {"barrier": "share"}),
    "log_hazard_of_work": (LOG, {"barrier": "share"}),
    "log_hazard_of_giving": (LOG, {"barrier": "share"}),
    "log_hazard_of_community_role": (LOG, {"barrier": "share"}),
    "service_entered": ((0, 3), {}),
    "service_made_to_enter": ((0, 3), {}),
    "quality_met": ((-1.0, 1.0), {"service": "service"}),
    "liability": ((-20.0, 20.0), {"own": "sd"}),
    "chance_of_onset": (SHARE, {"share_active": "share"}),
    "log_factor_of_onset": ((-1e3, 60.0), {"share_active": "share"}),
    "begins": (SHARE, {"chance": "share", "needed": "share", "share_active": "share"}),
    "chance_of_taking_turning_point": (SHARE, {}),
    "log_hazard_of_deciding": (LOG, {"base": "log", "own_frailty": "sd", "share_active": "share"}),
    "consolidated": ((0.0, 8.0), {"weeks": "weeks"}),
    "log_hazard_of_lapse": (
        LOG, {"base": "log", "own_frailty": "sd", "weeks": "weeks", "share_active": "share", "roles": "share"},
    ),
    "chance_of_relapse": (SHARE, {"share_active": "share"}),
    "course_while_active": (COURSE, {"log_hazard": "log", "turning_point": "share", "taken": "share", "change": "share"}),
    "course_in_lapse": (
        COURSE, {"lapse_weeks": "whole weeks", "share_active": "share", "change": "share", "resolve": "share"},
    ),
    "course_of_use": (COURSE, {}),
    "course_of_offending": (COURSE, {}),
    "course_of_mental_health": (COURSE, {}),
    "status_after": ((0, 3), {"status": "status", "course": "course"}),
    "weeks_after": (WEEKS, {"weeks": "weeks", "status": "status", "course": "course", "counts": "yes"}),
    "chance_of_offence": (SHARE, {"course": "course"}),
    "chance_of_death": (SHARE, {}),
    "log_factor_of_age": (LOG, {}),
    "yearly_rate_of_death": ((0.0, 1e4), {"by_age": "share"}),
    "dies": (SHARE, {"chance": "share"}),
}  # fmt: skip


def of_the_rule() -> dict[str, ast.FunctionDef]:
    """Functions of the rule, by name."""
    tree = ast.parse(inspect.getsource(week))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def gives_something(function: ast.FunctionDef) -> bool:
    """Whether a function returns a value."""
    return any(isinstance(node, ast.Return) and node.value is not None for node in ast.walk(function))


def assigns_to(function: ast.FunctionDef, name: str) -> bool:
    """Whether a function writes an attribute of its argument `name`."""
    targets = [
        target
        for node in ast.walk(function)
        if isinstance(node, ast.Assign | ast.AugAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    ]
    return any(isinstance(t, ast.Attribute) and isinstance(t.value, ast.Name) and t.value.id == name for t in targets)


def test_every_function_of_the_rule_that_gives_a_quantity_is_held_to_this_contract():
    """A new one must be added here with its range."""
    assert {name for name, node in of_the_rule().items() if gives_something(node)} == set(QUANTITIES)


def test_a_function_of_the_rule_gives_a_quantity_or_writes_a_life_never_both():
    """Verbs write, quantities read."""
    for name, node in of_the_rule().items():
        if gives_something(node):
            assert not assigns_to(node, "person"), name


def argument(anywhere, kind: str):
    """A value of this kind, from anywhere."""
    luck = anywhere.luck
    return {
        "share": lambda: anywhere.between(0.0, 1.0),
        "number": lambda: anywhere.between(-40.0, 40.0),
        "log": lambda: anywhere.between(-5.0, 0.5),
        "sd": lambda: anywhere.between(-4.5, 4.5),
        "weeks": lambda: anywhere.between(0.0, 3000.0),
        "whole weeks": lambda: int(luck.integers(0, 50)),
        "status": lambda: int(luck.integers(0, 4)),
        "flag": lambda: int(luck.integers(0, 3)),
        "service": lambda: int(luck.integers(1, 4)),
        "cause": lambda: int(luck.integers(0, len(CAUSES))),
        "course": lambda: int(luck.integers(0, 7)),
        "yes": lambda: bool(luck.random() < 0.5),
    }[kind]()


def ask(name: str, case: dict, others: dict):
    """Call a function of the rule with what it asks for."""
    function = getattr(week, name)
    given = case | others
    return function(**{a: given[a] for a in inspect.signature(function).parameters})


@pytest.mark.parametrize("name", QUANTITIES)
@settings(max_examples=60)
@given(seed=st.integers(0, 2**32))
def test_a_quantity_is_finite_in_its_range_and_pure(anywhere, name, seed):
    """It reads, changes nobody, and gives the same when asked again."""
    drawn = anywhere(seed)
    case = drawn.case()
    (low, high), kinds = QUANTITIES[name]
    others = {argument_name: argument(drawn, kind) for argument_name, kind in kinds.items()}
    before = {field: getattr(case["person"], field) for field in STATE_DTYPE.names}
    value = ask(name, case, others)
    assert math.isfinite(value)
    assert low <= value <= high
    assert {field: getattr(case["person"], field) for field in STATE_DTYPE.names} == before
    assert ask(name, case, others) == value


def in_range(person) -> list[str]:
    """States of a person that lie outside their range."""
    return [
        f"{one.name} = {getattr(person, one.name)}"
        for one in FIELDS
        if not (math.isfinite(getattr(person, one.name)) and one.low <= getattr(person, one.name) <= one.high)
    ]


@settings(max_examples=400)
@given(seed=st.integers(0, 2**32))
def test_a_week_leaves_anybody_in_their_range(anywhere, seed):
    """Whoever they are, whatever the numbers, the policy and the luck."""
    drawn = anywhere(seed)
    case = drawn.case()
    book = Book(1)
    for mode in (week.SETTLING, week.HOLDING, week.LIVING):
        book.turn()
        week.live_one_week(**case, mode=mode, book=book.pages)
        assert in_range(case["person"]) == []
        assert len(book.entries()[0]) < 40, "a page may overflow"


@settings(max_examples=400)
@given(seed=st.integers(0, 2**32))
def test_sparing_an_exponential_changes_nothing_that_happens(anywhere, seed):
    """A bound may only say what the chance itself would have said, for rare luck and for common."""
    drawn = anywhere(seed)
    case, share = drawn.case(), drawn.between(0.0, 1.0)
    person, assume = case["person"], case["assume"]
    luck, needed = math.exp(drawn.between(-25.0, 0.0)), drawn.between(0.0, 1.0)
    onset = week.chance_of_onset(share, person, assume)
    for chance in (luck, onset * needed, math.nextafter(onset * needed, 0.0)):
        assert week.begins(chance, needed, share, person, assume) == (chance < needed * onset)
    death = week.chance_of_death(person, assume)
    for chance in (luck, death, math.nextafter(death, 0.0)):
        assert week.dies(chance, person, assume) == (chance < death)
    x = drawn.between(-40.0, 40.0)
    assert week.exp_at_most(x) > math.exp(x)


STOCK = ("person", "around", "area", "lever", "assume", "public_stigma")


@settings(max_examples=400)
@given(seed=st.integers(0, 2**32))
def test_taking_stock_again_finds_what_taking_it_whole_would_have_found(anywhere, seed):
    """Whatever of the person's own has changed since, or has not."""
    drawn = anywhere(seed)
    case, other = drawn.case(), drawn.person()
    week.take_stock(*(case[name] for name in STOCK))
    for name in ("use", "offending", "weeks_use", "weeks_offending", "record", "diagnosis", "flag", "family", "work"):
        if drawn.luck.random() < 0.1:
            setattr(case["person"], name, getattr(other, name))
    whole, again = copy.copy(case["person"]), copy.copy(case["person"])
    week.take_stock(whole, *(case[name] for name in STOCK[1:]))
    week.take_stock_again(again, *(case[name] for name in STOCK[1:]))
    assert [name for name in STATE_DTYPE.names if getattr(whole, name) != getattr(again, name)] == []


def seen_of(drawn) -> dict:
    """What others see of somebody, from anywhere."""
    case = drawn.case()
    seen, known = SimpleNamespace(), SimpleNamespace()
    week.take_stock(*(case[a] for a in ("person", "around", "area", "lever", "assume", "public_stigma")))
    ties.show(case["person"], case["area"], case["lever"], case["assume"], seen, known)
    return {"seen": seen, "known": known, **case}


@settings(max_examples=200)
@given(seed=st.integers(0, 2**32))
def test_what_the_tie_step_reads_and_gives_lies_in_its_range(anywhere, seed):
    """Chances of leaving are chances, and everybody is open somewhere or nowhere."""
    drawn = anywhere(seed)
    one, other = seen_of(drawn), seen_of(drawn)
    assert 0.0 <= ties.chance_of_leaving(one["seen"], other["seen"], one["known"], one["assume"]) <= 1.0
    assert 0.0 <= one["seen"].intolerance <= 2.0
    for room in (False, True):
        context = ties.open_to(one["person"], one["around"].share_kin_close, room, one["lever"], one["assume"], 3, 17)
        assert ties.NOT_OPEN <= context <= ties.IN_CUSTODY
        assert room or context == ties.NOT_OPEN
        if context not in (ties.NOT_OPEN, ties.IN_CUSTODY):
            assert one["person"].custody_left == 0
    assert ties.kind_of_tie(ties.CONVENTIONAL, other["seen"]) in (1, 2, 3)


@settings(max_examples=300)
@given(seed=st.integers(0, 2**32))
def test_sparing_the_exponentials_of_a_tie_changes_no_end_of_one(anywhere, seed):
    """It ends exactly where the draw lies below the chance that one or the other leaves."""
    drawn = anywhere(seed)
    one, other = seen_of(drawn), seen_of(drawn)
    first, second, assume = one["seen"], other["seen"], one["assume"]
    known = one["known"], other["known"]
    leaves = ties.chance_of_leaving(first, second, known[0], assume), ties.chance_of_leaving(second, first, known[1], assume)
    stay = (1.0 - leaves[0]) * (1.0 - leaves[1])
    for luck in (math.exp(drawn.between(-20.0, 0.0)), max(2.0**-33, 1.0 - stay), max(2.0**-33, math.nextafter(1.0 - stay, 0.0))):
        assert ties.tie_ends(luck, first, second, *known, assume) == (luck < 1.0 - stay)
