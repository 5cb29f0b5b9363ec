"""Sensitivity of the model itself: which assumptions are varied, between which ends, what fails, and what is switched off."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.pools import open_pool
from analysis.sensitivity import factors_of, lives_of, sensitivity
from analysis.sensitivity_checks import check_asked, listed_others
from analysis.sensitivity_design import make_design, points_of
from analysis.sensitivity_factors import DUMMY, choose_factors
from analysis.sensitivity_layers import layer_of
from analysis.sensitivity_worlds import Life, Lived, Worlds, arms_of, question_asked
from analysis.store import RunStore
from analysis.stretch import stretch_of
from simulation import Scenario, simulate
from simulation.errors import ComparisonError, ParameterError
from simulation.mechanisms import FORMS, LAYERS, MECHANISMS
from simulation.parameters import PARAMETERS, free_parameters

PAIR = ("the-visit", "independent-advocates")
SMALL = {"people": 150, "years": 1.25, "seeds": (1, 2), "workers": 1}
THREE = ["w_distress", "flag_shock", "statistical_discrimination"]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return tmp_path_factory.mktemp("sensitivity") / "store"


@pytest.fixture(scope="module")
def screened(store):
    return sensitivity(*PAIR, samples=3, parameters=THREE, store=store, **SMALL)


def scenario(*tables: str, base: str = "the-visit") -> Scenario:
    return Scenario.from_text("\n".join([f'extends = "{base}"', *tables]))


def test_every_free_assumption_is_varied_over_the_range_of_the_table_and_a_dummy_stands_last():
    factors = factors_of(question_asked(PAIR[0], PAIR[1:])[0], None, None)
    assert factors.parameters == tuple(parameter.name for parameter in free_parameters())
    assert factors.names == (*factors.parameters, DUMMY)
    table = factors.table.set_index("factor")
    for parameter in free_parameters():
        row = table.loc[parameter.name]
        assert (row["low"], row["high"], row["default"]) == (parameter.low, parameter.high, parameter.default)
        assert (row["unit"], row["basis"], row["means"]) == (parameter.unit, parameter.basis, parameter.means)
    ends = factors.values(np.array([[0.0], [1.0]]).repeat(len(factors.parameters), axis=1))
    assert ends[0].tolist() == pytest.approx([factors.ranges[name][0] for name in factors.parameters])
    assert ends[1].tolist() == pytest.approx([factors.ranges[name][1] for name in factors.parameters])


def test_a_scenario_narrows_a_range_with_its_reason_and_frees_a_structural_constant():
    plan = scenario(
        '[[assumption]]\nname = "w_distress"\nrange = [0.2, 0.6]\nbecause = "a trial in this town"',
        '[[assumption]]\nname = "label_record_years"\nrange = [2, 8]\nbecause = "records differ"',
    )
    factors = choose_factors([plan])
    table = factors.table.set_index("factor")
    assert tuple(table.loc["w_distress", ["low", "high"]]) == (0.2, 0.6)
    assert table.loc["w_distress", "because"] == "a trial in this town"
    assert "label_record_years" in factors.parameters
    assert len(factors.parameters) == len(free_parameters()) + 1


def test_what_every_scenario_sets_is_not_varied_and_is_named_with_its_reason():
    plan = scenario('[[assumption]]\nname = "w_distress"\nset = 0.5\nbecause = "fixed here"')
    factors = choose_factors([plan, plan])
    assert "w_distress" not in factors.parameters
    assert factors.fixed == {"w_distress": "fixed here"}
    free = choose_factors([plan, Scenario.load("the-visit")])
    assert "w_distress" in free.parameters


def test_every_parameter_belongs_to_a_layer_and_groups_hold_each_free_assumption_once():
    assert {layer_of(name) for name in PARAMETERS} == set(LAYERS)
    layers, parts = {f"{layer} layer" for layer in LAYERS}, {one.group for one in free_parameters()}
    for groups, names in (("layer", layers), ("mechanism", parts)):
        factors = choose_factors([Scenario.load("the-visit")], groups=groups)
        assert set(factors.names) == {*names, DUMMY}
        assert len(factors.groups) == len(factors.parameters) == len(free_parameters())


def test_no_name_of_a_layer_is_read_as_a_missing_value_from_a_table(tmp_path):
    for groups in (None, "layer"):
        factors = choose_factors([Scenario.load("the-visit")], groups=groups).table
        factors.to_csv(tmp_path / "factors.csv", index=False)
        read = pd.read_csv(tmp_path / "factors.csv")
        assert read["factor"].tolist() == factors["factor"].tolist()
        assert read["layer"].iloc[:-1].tolist() == factors["layer"].iloc[:-1].tolist()


@pytest.mark.parametrize("name", ["expiry", "kin_voice_rate", "disclosure", "anticipated_decay", "z_exposure", "flag_shock"])
def test_an_assumption_on_labels_moves_nobodys_status_below_the_layer_of_labels(name):
    assert layer_of(name) == "labels"
    plan = Scenario.load("the-visit").with_settings(people=400, years=1)
    parameter = PARAMETERS[name]

    def statuses(layer):
        worlds = [
            simulate(replace(plan, layer=layer), seed=1, assumptions={name: value}, panel=[], events=False)
            for value in (parameter.low, parameter.high)
        ]
        return [[world.end[column].tolist() for column in ("use", "offending", "mental_health")] for world in worlds]

    below = statuses("identity")
    assert below[0] == below[1]


def test_an_assumption_that_acts_on_nobody_is_exactly_zero_under_shared_luck(screened):
    """No population groups in this scenario: statistical discrimination has nobody to act on."""
    assert screened.measure("statistical_discrimination") == (0.0, 0.0, 0.0)


def test_the_answer_at_a_point_is_the_paired_difference_of_its_two_worlds(screened, store):

    row = screened.responses.iloc[0]
    values = screened.points.loc[row["point"], list(screened.design.factors.parameters)].to_dict()
    question, outcome = question_asked(PAIR[0], PAIR[1:], people=150, years=1.25)
    week, end = question.first_week, question.last_week
    figures = []
    for plan in (question.base, *question.others):
        world = simulate(plan, seed=int(row["seed"]), assumptions=values, panel=[week, end], events=True)
        stretch = stretch_of(world, week, end, True)
        if not figures:
            who = question.group.members(stretch.start) & outcome.at_risk(stretch.start)
        figures.append(outcome.figure(outcome.values(stretch, who), outcome.weights(stretch), who))
    assert row["response"] == pytest.approx(figures[1] - figures[0])
    assert row["base_value"] == pytest.approx(figures[0])


def test_the_same_again_lives_nothing_and_gives_the_same(screened, store):
    again = sensitivity(*PAIR, samples=3, parameters=THREE, store=store, **SMALL)
    assert again.ran.lived == 0
    assert again.table.equals(screened.table)
    assert again.points.equals(screened.points)


def test_more_trajectories_and_seeds_live_only_what_is_new(screened, store):
    more = sensitivity(*PAIR, samples=4, parameters=THREE, store=store, ablation=False, **SMALL)
    assert more.ran.lived == 2 * 2 * more.design.width
    seeds = sensitivity(*PAIR, samples=3, parameters=THREE, store=store, ablation=False, **{**SMALL, "seeds": (1, 2, 3)})
    different = seeds.points[seeds.counted].drop_duplicates()  # a point met twice is lived once
    assert seeds.ran.lived == 2 * (len(different) + 3)


def test_another_outcome_of_the_same_worlds_lives_nothing(screened, store):
    found = sensitivity(*PAIR, samples=3, parameters=THREE, store=store, outcome="died", **SMALL)
    assert found.ran.lived == 0
    assert found.asked.outcome == "died"
    assert set(found.table["outcome"]) == {"died"}


def test_of_one_scenario_the_outcome_itself_is_looked_at_and_each_world_is_lived_once(store):
    found = sensitivity("the-visit", samples=2, parameters=THREE, store=store, ablation=False, **SMALL)
    assert found.asked.others == ()
    assert found.ran.lived == 2 * len(found.points)
    assert (found.responses["response"] == found.responses["base_value"]).all()
    assert found.responses["response"].gt(0).any()


def test_several_other_scenarios_are_answered_side_by_side(store):
    found = sensitivity("the-visit", [PAIR[1], "review-dates"], samples=2, parameters=THREE, store=store, ablation=False, **SMALL)
    assert list(found.sentences) == [PAIR[1], "review-dates"]
    assert set(found.responses["other"]) == {PAIR[1], "review-dates"}
    assert set(found.table["other"]) == {PAIR[1], "review-dates"}


def test_arms_hold_every_mechanism_form_layer_and_fit_that_is_not_there_already(screened):
    arms = arms_of(screened.question)
    names = {arm.name for arm in arms}
    assert {*MECHANISMS, *FORMS, "null layer", "network layer", "identity layer", "default"} <= names
    assert any(name.startswith("fit ") for name in names)
    part, _ = question_asked(scenario('switch_off = ["hope"]', 'layer = "identity"'), [])
    left = {arm.name for arm in arms_of(part)}
    assert not {"hope", "self_stigma", "identity layer"} & left
    assert {"peers", "null layer", "network layer"} <= left


def test_switching_off_all_that_helps_leaves_no_effect_and_says_how_far_that_is_from_the_default(screened):
    table = screened.table.set_index("factor")
    default = table.loc["default", "estimate"]
    row = table.loc["null layer"]
    assert row["measure"] == "alternative"
    assert row["estimate"] == pytest.approx(0.0)
    assert row["difference_from_default"] == pytest.approx(-default)
    assert table.loc["advocacy", "measure"] == "ablation"
    assert table.loc["advocacy", "kind"] == "mechanism"


def test_a_world_that_fails_leaves_its_trajectory_out_and_is_named(store, monkeypatch):

    real = Worlds.__call__

    def one_fails(self, lives):
        lived = real(self, lives)
        return [Lived({}, "out of memory") if life.point == 6 and life.seed == 1 and not life.arm else one
                for life, one in zip(lives, lived, strict=True)]

    monkeypatch.setattr(Worlds, "__call__", one_fails)
    found = sensitivity(*PAIR, samples=3, parameters=THREE, store=store, ablation=False, **SMALL)
    assert found.dropped == [6 // found.design.width]
    assert found.table["estimate"].notna().all()
    assert any("out of memory" in line for line in found.sentences[PAIR[1]])


def test_a_question_about_nobody_is_refused_before_anything_is_lived(store):
    plan = scenario('[primary]\noutcome = "relapsed"\nhorizon = "1 year"\ngroup = "age > 100"')
    with pytest.raises(ComparisonError, match="nobody in week"):
        sensitivity(plan, samples=2, parameters=["w_hope"], store=store, ablation=False, **SMALL)


def test_where_nobody_is_at_risk_at_one_point_it_fails_with_that_reason(store):
    plan = scenario('[primary]\noutcome = "relapsed"\nhorizon = "1 year"\ngroup = "age > 100"')
    question, shown = question_asked(plan, [], people=60)
    with contextlib.closing(open_pool(1)) as pool:
        lived = Worlds(question, shown, RunStore(store), pool)([Life(0, 1, {})])
    assert "nobody is at risk" in lived[0].failure


def test_an_outcome_without_a_figure_is_refused_after_the_first_few_worlds(tmp_path):
    """Distress of kin needs thirty people of flagged families."""
    few = {"people": 60, "years": 1.25, "seeds": [1], "samples": 4, "parameters": THREE[:2], "ablation": False, "workers": 1}
    told = []
    with pytest.raises(ComparisonError, match="no figure in any of 6 sets of worlds"):
        sensitivity(*PAIR, outcome="kin_flag_distress", store=tmp_path, **few)
    assert len(list(tmp_path.glob("numbers/*/[0-9a-f]*/record.json"))) == 6
    found = sensitivity(*PAIR, outcome="died", store=tmp_path, progress=lambda *how_far: told.append(how_far[:2]), **few)
    assert found.ran.lived == told[-1][0] == told[-1][1]
    assert [done for done, _ in told] == sorted(done for done, _ in told)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"method": "sobol", "samples": 12}, "power of two"),
        ({"method": "efast"}, "morris or sobol"),
        ({"samples": 1}, "from 2"),
        ({"leading": 3}, "method='sobol'"),
        ({"method": "sobol", "leading": 3, "groups": "layer"}, "one of them"),
        ({"method": "sobol", "leading": 99}, "at most 30"),
        ({"method": "sobol", "leading": 3, "parameters": THREE}, "3 of 3 named parameters"),
        ({"method": "sobol", "screening_trajectories": 4}, "leading=6 too"),
        ({"method": "sobol", "leading": 2, "screening_trajectories": 1}, "screening_trajectories"),
        ({"samples": 60_000}, "at most 100,000 points"),
        ({"method": "sobol", "leading": 2, "screening_trajectories": 2_000, "seeds": range(20)}, "at most 100,000 points"),
        ({"store": 5}, "a RunStore, a folder"),
        ({"assumptions": ["w_hope"]}, "values by the names"),
        ({"assumptions": {5: 0.1}}, "values by the names"),
        ({"parameters": ["kin"]}, "did you mean 'kin_contagion' or 'kin_voice_rate'"),
        ({"assumptions": {"w_hop": 0.1}}, "did you mean 'w_hope'"),
        ({"groups": ["layer"]}, "mechanism or layer"),
        ({"second_order": True}, "method='sobol'"),
        ({"groups": "age"}, "mechanism or layer"),
        ({"parameters": ["w_hop"]}, "did you mean 'w_hope'"),
        ({"parameters": []}, "name one or more"),
        ({"others": [PAIR[1], PAIR[0]]}, "the-visit 2 times, as the base scenario too"),
        ({"others": [PAIR[1], PAIR[1]]}, "independent-advocates 2 times"),
        ({"outcome": "relapse"}, "outcome 'relapse'"),
        ({"seeds": []}, "at least one"),
    ],
)
def test_what_cannot_be_asked_is_answered_in_one_message(asked, told):
    with pytest.raises((ComparisonError, ParameterError), match=told):
        sensitivity(PAIR[0], **{"others": PAIR[1], **SMALL, **asked})


def test_leading_assumptions_come_from_a_screening_of_the_named_ones_in_the_same_worlds(store):
    found = sensitivity(
        *PAIR, method="sobol", samples=2, leading=2, parameters=(name for name in THREE), screening_trajectories=4, store=store,
        ablation=False, **SMALL,
    )  # fmt: skip
    assert (found.screening.method, found.screening.design.blocks) == ("morris", 4)
    assert list(found.screening.design.factors.parameters) == THREE
    assert list(found.design.factors.parameters) == found.screening.leading(2)
    assert set(found.table["measure"]) >= {"first", "total", "pawn_median", "luck_share"}


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("w_distres",), "did you mean 'w_distress'"),
        (("w_distress", "first"), "mu_star, mu, sigma"),
        (("w_distress", None, "advocates"), "did you mean 'independent-advocates'"),
    ],
)
def test_a_measure_that_is_not_there_is_answered_with_the_near_names(screened, asked, told):
    with pytest.raises(ComparisonError, match=told):
        screened.measure(*asked)


def test_points_and_responses_are_written_in_long_format_and_read_back(screened, tmp_path):
    paths = {path.name for path in screened.write(tmp_path)}
    assert paths == {"sensitivity.csv", "factors.csv", "points.csv", "responses.csv"}
    points = pd.read_csv(tmp_path / "points.csv").pivot(index="point", columns="factor", values="value")
    for name in (*THREE, DUMMY):
        assert points[name].to_numpy().tolist() == screened.points[name].tolist()
    assert len(pd.read_csv(tmp_path / "responses.csv")) == 2 * len(points)
    units = pd.read_csv(tmp_path / "points.csv").set_index("factor")["unit"]
    assert {name: units[name].iloc[0] for name in THREE} == {name: PARAMETERS[name].unit for name in THREE}
    table = pd.read_csv(tmp_path / "sensitivity.csv")
    assert set(table["whom"]) == {"people flagged without cause"}
    assert set(table["horizon_weeks"]) == {52}


def test_a_life_is_asked_for_at_each_point_under_each_seed():
    question, _ = question_asked(PAIR[0], PAIR[1:])
    design = make_design("morris", factors_of(question, THREE, None), 2)
    lives = lives_of(design, [4, 9], [])
    assert len(lives) == 2 * 2 * 5
    assert {life.seed for life in lives if life.point % 5 < 4} == {4, 9}


@pytest.mark.parametrize(("method", "second"), [("morris", False), ("sobol", False), ("sobol", True)])
def test_how_many_points_a_design_has_is_known_without_building_it(method, second):
    factors = choose_factors([Scenario.load("the-visit")], THREE)
    assert points_of(method, len(factors.names), 4, second) == len(make_design(method, factors, 4, second).places)


def test_with_none_as_the_others_one_world_alone_is_looked_at():
    assert listed_others(None) == []
    assert listed_others("the-visit") == ["the-visit"]


@pytest.mark.parametrize("seeds", [[1, 2, 3], [1, 1_000_004, 5], [7, 2**63 - 999_996, 2**63 - 1], [3, 2_000_009, 3_000_010]])
def test_the_dummys_other_luck_meets_no_seed_that_is_given_and_none_twice(seeds):
    design = make_design("morris", choose_factors([Scenario.load("the-visit")], THREE), 40)
    met = [seed for point in np.flatnonzero(np.tile(design.other_luck, 40)) for seed in design.seeds_at(int(point), seeds)]
    assert len(set(met)) == len(met) == 40 * len(seeds)
    assert set(met).isdisjoint(seeds)
    assert all(0 <= seed < 2**63 for seed in met)


def test_what_makes_no_sense_is_refused_before_anything_is_lived():
    with pytest.raises(ComparisonError):
        check_asked("morris", 0, None, None, None, False)
