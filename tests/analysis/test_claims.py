"""The claims are registered whole: every file is right, names only what the model has, and its worlds can be lived."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analysis.claims import COUNT, ClaimError, claim_ids, load_claims, read_claim
from simulation.parameters import PARAMETERS
from simulation.state import FIELD

CLAIMS = load_claims()
PAGE = Path(__file__).parents[2] / "docs" / "claims.md"

EMERGENT = {1, 3, 4, 5, 9, 14, 15, 16, 17, 19, 20, 21, 31, 32, 34, 40, 41, 42, 44, 46, 48, 50, 56, 58, 62, 63, 67}
BOTH = {10, 24, 29, 35, 43, 54, 61}
OWN_EXPERIMENTS = {"R4", "R15", "R19", "R46", "R63"}
OTHER_REASONS = {"R1", "R14", "R16", "R37", "R49", "R53", "R66"}
"""Not the obvious experiment, not what was first asked for, or not all of it."""
CHANGED = {"R1", "R2", "R14", "R16", "R27", "R37", "R48", "R49", "R53", "R54", "R58", "R62"}
AT_RISK = {"R8", "R14", "R15", "R20", "R37", "R48", "R62"}
ABOUT_FLAGS = {"R22", *(f"R{number}" for number in (*range(51, 65), 67))}

GOOD = """
id = "R1"
claim = "Something follows."
class = "E"
mechanism = "A way to it."
[[arm]]
name = "as_things_are"
scenario = 'extends = "baseline"'
[[measure]]
id = "something"
population = "everyone"
weeks = "week 52"
formula = "share"
unit = "share"
sign = "above"
threshold = 0.0
[ablation]
measure = "something"
rule = "shrinks"
most = 0.1
vanishes = "it goes"
switch_off = ["hope"]
"""


def test_all_67_claims_are_registered_in_order():
    assert COUNT == 67
    assert tuple(CLAIMS) == claim_ids()
    assert all(name == claim.id for name, claim in CLAIMS.items())


def test_classes_are_as_registered():
    kinds = {int(name[1:]): claim.kind for name, claim in CLAIMS.items()}
    assert {number for number, kind in kinds.items() if kind == "E"} == EMERGENT
    assert {number for number, kind in kinds.items() if kind == "I/E"} == BOTH


def test_no_claim_has_been_changed_since_it_was_registered_but_those_that_say_so():
    """A later change gives its reason in the file, and this list grows by its id."""
    assert {name for name, claim in CLAIMS.items() if claim.changes} == CHANGED
    told = next(line for line in PAGE.read_text(encoding="utf-8").splitlines() if "Twelve have one" in line)
    assert set(re.findall(r"R\d+", told)) == CHANGED


def test_claims_likely_to_fail_are_named_beforehand_with_the_reason_and_on_the_page():
    assert {name for name, claim in CLAIMS.items() if claim.at_risk} == AT_RISK
    assert all(len(CLAIMS[name].at_risk) > 80 for name in AT_RISK)
    page = PAGE.read_text(encoding="utf-8")
    told = page[page.index("Named beforehand") : page.index("None has been put")]
    assert set(re.findall(r"R\d+", told)) == AT_RISK


def test_the_waiting_for_the_worst_stands_between_fear_and_shame_in_the_order_that_is_measured():
    """R53 names four steps, so three links, one measure each."""
    links = ["distress_before_anticipated_stigma", "anticipated_before_self_stigma", "self_stigma_before_identity"]
    measures = CLAIMS["R53"].measures
    assert [measure.id for measure in measures[1:]] == links
    order = ("distress", "anticipated_stigma", "self_stigma", "identity")
    for measure, earlier, later in zip(measures[1:], order[:-1], order[1:], strict=True):
        assert f"mean {later}," in measure.formula
        assert measure.formula.endswith(f"same for {earlier}")


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=list(CLAIMS))
def test_a_claim_can_be_put_to_the_test_or_says_why_not(claim):
    if not claim.testable:
        assert claim.reason
        return
    assert claim.arms
    assert claim.measures
    assert claim.ablation is not None
    for measure in claim.measures:
        assert all((measure.population, measure.weeks, measure.formula, measure.unit)), measure.id


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=list(CLAIMS))
def test_every_arm_that_a_measure_speaks_of_is_lived(claim):
    """Names with an underscore in a formula are arms, states, levers' worlds or events: an arm misspelt is none of them."""
    told = {arm.name for arm in claim.arms}
    prefixes = {name.split("_")[0] for name in told if "_" in name}
    for measure in claim.measures:
        for word in re.findall(r"\b[a-z]+(?:_[a-z0-9]+)+\b", measure.formula + " " + measure.population):
            assert word in told or word in FIELD or word in PARAMETERS or word.split("_")[0] not in prefixes, (measure.id, word)


def test_where_the_experiment_was_ours_to_design_the_claim_says_why():
    assert OWN_EXPERIMENTS <= {name for name, claim in CLAIMS.items() if len(claim.why) > 200}


def test_the_page_names_every_claim_that_says_why_and_no_other():
    page = PAGE.read_text(encoding="utf-8")
    told = page[page.index("`why` says") : page.index("- A claim **holds in a draw**")]
    assert set(re.findall(r"R\d+", told)) == OWN_EXPERIMENTS | OTHER_REASONS
    assert {name for name, claim in CLAIMS.items() if claim.why} == OWN_EXPERIMENTS | OTHER_REASONS


def test_claims_about_flags_are_shown_with_deterrence_and_without():
    assert {name for name, claim in CLAIMS.items() if claim.with_deterrence_off} == ABOUT_FLAGS


def test_a_claim_is_robust_in_55_of_60_draws_and_no_fewer():
    from scipy.stats import binomtest

    design = CLAIMS["R1"].design
    assert {claim.design for claim in CLAIMS.values()} == {design}
    ends = {held: binomtest(held, design.draws).proportion_ci(method="exact").low for held in (54, 55)}
    assert ends[54] < design.robust_above < ends[55]


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=list(CLAIMS))
def test_the_page_of_the_claims_says_what_is_registered(claim):
    rows = dict(re.findall(r"^\| (R\d+) \| (.*) \|$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE))
    said, kind, holds = rows[claim.id].split(" | ")
    assert (said, kind) == (claim.claim, claim.kind)
    for measure in claim.measures:
        assert f"`{measure.id}` {measure.sign} {measure.threshold:g}" in holds


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ('class = "E"', 'class = "X"', "class"),
        ('sign = "above"', 'sign = "up"', "sign"),
        ("threshold = 0.0", "threshold = -1.0", "holds where nothing happens"),
        ('["hope"]', '["hopes"]', "hope"),
        ('switch_off = ["hope"]', "", "takes nothing out"),
        ('switch_off = ["hope"]', "[ablation.assumptions]\nw_hope = 9.0", "0.5 to 2.5"),
        ('measure = "something"', 'measure = "anything"', "one of the claim's measures"),
        ('rule = "shrinks"', 'rule = "gone"', "rule"),
        ('unit = "share"', 'units = "share"', "unit"),
        ('id = "R1"', 'id = "R2"', "R1.toml"),
        ('mechanism = "A way to it."', "", "mechanism"),
        ('class = "E"', 'class = "E"\ntestable = false', "without a reason"),
        ('class = "E"', 'class = "E"\nchanges = [{ date = "2030-01-31", what = "sign", why = "" }]', "why"),
        ('class = "E"', "class = E", "TOML"),
    ],
)
def test_a_claim_that_is_wrong_is_refused_with_what_is_wrong(was, becomes, told):
    read_claim(GOOD, "R1.toml")
    with pytest.raises(ClaimError, match=re.escape(told)):
        read_claim(GOOD.replace(was, becomes, 1), "R1.toml")


def test_a_value_that_is_no_number_never_holds():
    measure = CLAIMS["R1"].measures[0]
    assert measure.holds(measure.threshold + 1)
    assert not measure.holds(measure.threshold)
    assert not measure.holds(float("nan"))


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=list(CLAIMS))
def test_every_arm_of_a_claim_is_a_scenario_and_stays_one_without_its_mechanism(claim):
    plans, ablated = claim.plans(), claim.ablated_plans()
    assert list(plans) == list(ablated) == [arm.name for arm in claim.arms]
    assert len({(plan.cohort, plan.people, plan.years, plan.own_experience) for plan in plans.values()}) == 1
    plan = next(iter(plans.values()))
    assert (plan.people, plan.own_experience) == (5_000, 0.8)
    assert plan.years in (5, 10)
    assert [other.warnings for other in plans.values()] == [()] * len(plans)


def test_an_experiment_on_a_state_that_is_held_is_left_out_of_the_ablation():
    """R12 lifts hope at deciding: with hope held, nothing lifts it."""
    claim = CLAIMS["R12"]
    assert [one.state for one in claim.plans()["a_lift_at_deciding"].experiments] == ["hope"]
    assert claim.ablated_plans()["a_lift_at_deciding"].experiments == ()
