"""What policies cost: arithmetic by hand, a range only where it makes sense, and where it is shown."""

from __future__ import annotations

import html

import numpy as np
import pytest

from analysis import compare, write_comparison
from analysis.costs import cost_in_words, cost_of, extra_costs, helped_cost, money, price_list
from analysis.intervals import Effect
from analysis.outcomes import OUTCOMES
from analysis.pairing import ask
from analysis.worlds import Numbers, Pair, Task
from simulation import Scenario

BASE = 'cohort = "england"\npeople = 200\nyears = 1\n[primary]\nhorizon = "1 year"\n'
GROUPS = '[[policy]]\nlever = "peer_groups"\nset = 1\nwhom = "recovering"\n'
COACHING = '[[policy]]\nlever = "hope_coaching"\nset = 1\nwhom = "women"\n'
COSTS = '[cost]\ncurrency = "GBP"\npeer_groups = 10\nhope_coaching = { amount = 300, per = "person" }\n'


def scenario(text: str, name: str = "one") -> Scenario:
    return Scenario.from_text(BASE + text, name)


def line(lever: str, people: int, weeks: int) -> dict:
    return {"lever": lever, "people": people, "person_weeks": weeks}


def lived(question, base: list[dict], *worlds: list[dict], people: int = 100) -> list[Numbers]:
    found = []
    for seed, lines in enumerate(worlds):
        numbers = Numbers(Task(seed), base_reach=base, reach={question.labels[0]: lines})
        numbers.pairs[question.labels[0], question.primary.id, question.group.name] = Pair(people, 0.0, 0.0)
        found.append(numbers)
    return found


def effect(value: float, low: float, high: float) -> Effect:
    return Effect(value, low, high, low, high, 3, 3)


def test_a_cost_counts_person_weeks_or_people_as_it_says():
    prices = price_list(scenario(""), scenario(GROUPS + COACHING + COSTS))
    assert cost_of(line("peer_groups", 3, 50), prices) == 500.0
    assert cost_of(line("hope_coaching", 3, 50), prices) == 900.0
    assert np.isnan(cost_of(line("policing", 3, 50), prices))


def test_the_other_worlds_costs_hold_for_both_worlds_and_the_base_worlds_fill_in():
    cheap = COSTS.replace("10", "4")
    prices = price_list(scenario(GROUPS + COSTS), scenario(GROUPS + cheap.replace("hope", "#hope")))
    assert (prices["peer_groups"].amount, prices["hope_coaching"].amount) == (4.0, 300.0)


def test_the_extra_cost_is_that_of_the_other_world_less_that_of_the_base_world():
    question = ask(scenario(GROUPS), [scenario(GROUPS + COACHING + COSTS, "more")])
    base = [line("peer_groups", 5, 100)]
    numbers = lived(question, base, [line("peer_groups", 5, 90), line("hope_coaching", 2, 9)], [line("peer_groups", 5, 130)] * 1)
    assert extra_costs(question, numbers, "more").tolist() == [500.0, 300.0]


def test_the_cost_of_each_person_helped_is_cost_over_people_and_its_range_that_of_the_effect():
    value, ends = helped_cost(12_000.0, -20.0, -30.0, -10.0, 500.0, OUTCOMES["relapsed"])
    assert value == pytest.approx(12_000 / (500 * 20 / 1000))
    assert ends == pytest.approx((800.0, 2400.0))


QUESTION = ask(scenario(""), [scenario(GROUPS + COSTS, "more")])
NUMBERS = lived(QUESTION, [], [line("peer_groups", 20, 1000)], [line("peer_groups", 20, 1000)])


def test_cost_and_cost_for_each_person_helped_are_said():
    said = cost_in_words(QUESTION, NUMBERS, "more", effect(-50.0, -100.0, -25.0), 20.0)
    assert said == (
        "At the unit costs stated, 10,000 GBP more than one over a year (luck alone: 10,000 to 10,000), 500 GBP for each person "
        "covered. That is 2,000 GBP for each person fewer who relapses, among people in recovery (if our assumptions are off: "
        "1,000 to 4,000; the cost itself is taken as it is, and nothing but this one outcome is counted)."
    )


@pytest.mark.parametrize(
    ("found", "word"),
    [(effect(-50.0, -100.0, 5.0), "not told apart from none"), (effect(50.0, 5.0, 100.0), "not a help")],
)
def test_no_cost_for_each_person_helped_is_given_where_nobody_is_surely_helped(found, word):
    said = cost_in_words(QUESTION, NUMBERS, "more", found, 20.0)
    assert "No cost for each person helped can be given" in said
    assert word in said
    assert "That is" not in said


def test_no_cost_for_each_person_helped_is_given_where_cost_and_effect_are_of_other_weeks():
    base, other = (plan.with_settings(years=3) for plan in (scenario(""), scenario(GROUPS + COSTS, "more")))
    said = cost_in_words(ask(base, [other]), NUMBERS, "more", effect(-50.0, -100.0, -25.0), 20.0)
    assert "that of 156 weeks, the effect is judged after 52 (--years 1 would fit)" in said


def test_a_policy_without_a_cost_is_named_and_no_cost_for_each_person_reached_is_given():
    question = ask(scenario(""), [scenario(GROUPS + COACHING + COSTS.replace("hope", "#hope"), "more")])
    said = cost_in_words(question, NUMBERS, "more", effect(0.0, 0.0, 0.0), 20.0)
    assert "no cost is stated for hope_coaching" in said
    assert "for each person covered" not in said


def test_nothing_is_said_of_costs_where_none_are_stated():
    question = ask(scenario(""), [scenario(GROUPS, "more")])
    assert cost_in_words(question, NUMBERS, "more", effect(-5.0, -6.0, -4.0), 20.0) == ""


@pytest.mark.parametrize(
    ("amount", "said"),
    [(0.0, "0 GBP"), (12_345.6, "12,300 GBP"), (4.567, "4.57 GBP"), (99.94, "99.90 GBP"), (0.1234, "0.12 GBP")],
)
def test_an_amount_is_said_with_no_more_figures_than_mean_something(amount, said):
    assert money(amount, "GBP") == said


@pytest.mark.usefixtures("blank_pictures")
def test_reach_and_report_of_a_comparison_show_what_it_cost(tmp_path):
    text = 'extends = "a-year-in"\n' + GROUPS + COSTS + '[[policy]]\nlever = "policing"\nset = 0.5\nfrom = "week 4"\n'
    effects = compare("a-year-in", Scenario.from_text(text, "more"), people=60, years=1, seeds=[1, 2], draws=0)
    priced, free = effects.reach.iloc[0], effects.reach.iloc[1]
    assert priced["cost"] == pytest.approx(10 * priced["person_weeks"])
    assert (priced["unit_cost"], priced["per"], priced["currency"]) == (10.0, "person-week", "GBP")
    assert np.isnan(free["cost"])
    assert free["currency"] == ""
    record = write_comparison(effects, tmp_path / "out")
    assert "no cost is stated for policing" in record["answers"][0]["cost"]
    page = html.unescape((tmp_path / "out" / "report.html").read_text())
    assert record["answers"][0]["cost"] in page
    assert "10 GBP a person-week" in page


def test_costs_in_two_currencies_are_not_compared():
    from simulation.errors import ComparisonError

    other = scenario(GROUPS + COSTS.replace("GBP", "EUR"))
    with pytest.raises(ComparisonError, match="one currency"):
        ask(scenario(GROUPS + COSTS), [other])


def test_experiments_are_told_in_reach_and_in_the_answer_and_belong_to_nobody_else():
    other = Scenario.from_text('extends = "a-year-in"\n[[experiment]]\nstate = "hope"\ncap = 0.3\nfrom = "week 4"\n', "capped")
    effects = compare("a-year-in", other, people=60, years=1.25, seeds=[1], draws=0, outcomes=["relapsed"])
    assert effects.question.first_week == 4
    (row,) = effects.reach.itertuples()
    assert (row.lever, row.differs) == ("experiment: cap hope", True)
    assert effects.answers[0].reached == "Experiments, which no policy could make, were made on (cap hope: 60 people)."
    assert "under capped than under a-year-in" in effects.answers[0].sentence


def test_a_comparison_on_flags_policing_records_or_hiring_says_that_it_shows_nothing_by_ethnicity():
    groups = '[[population_group]]\nname = "group_a"\nshare = "14 %"\n'
    policing = '[[policy]]\nlever = "policing"\nset = 0.5\n'
    small = {"people": 60, "seeds": [1], "draws": 0, "outcomes": ["relapsed"]}

    def noted(one: str, two: str) -> bool:
        effects = compare(scenario(one), scenario(two, "two"), **small)
        return any("cannot show effects by ethnicity" in note for note in effects.notes)

    assert noted("", policing)
    assert not noted("", GROUPS)
    assert not noted(groups, groups + policing)


def test_effects_are_split_by_the_names_of_population_groups():
    text = 'extends = "a-year-in"\n[[population_group]]\nname = "group_a"\nshare = "40 %"\n'
    base, other = Scenario.from_text(text, "base"), Scenario.from_text(text + GROUPS, "groups")
    effects = compare(base, other, people=200, years=1, seeds=[1], draws=0, outcomes=["died"], by="population_group")
    people = effects.table[effects.table["outcome"] == "died"].set_index("group")["people"]
    assert people["others"] + people["group_a"] == people["own_experience"]
    assert people["others"] > people["group_a"] > 0
