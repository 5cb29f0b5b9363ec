"""Claims as jobs: which worlds they live, what they share, what names them, and what happens when one fails."""

from __future__ import annotations

import pickle
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from analysis import claim_jobs, claims_tested
from analysis.claim_arms import states
from analysis.claim_draws import FIRST_SEED, draws_of
from analysis.claim_jobs import ABLATED, REGISTERED, UNDETERRED, VARIANTS, Size, plans_of, variants_of
from analysis.claim_lives import Bench
from analysis.claims import load_claims
from analysis.claims_tested import chosen, put_to_the_test
from analysis.posterior import Draw
from analysis.store import FAILED, NUMBERS
from analysis.worlds import assumptions_for
from simulation import Scenario, simulate
from simulation.errors import UserError
from simulation.parameters import free_parameters

TAG = {"system": "a made-up one"}
CLAIMS = load_claims()
SMALL = Size(60, 0.5)
DRAW = Draw(0, 3, {"deterrence": 0.3})


def jobs(*names, draws=(DRAW,), size=SMALL, tag=TAG):
    return claim_jobs.claim_jobs([CLAIMS[name] for name in names], list(draws), tag, size)


def lived(job):
    return list(job.run(lambda *_: None))


def test_draws_come_one_seed_each_and_the_first_are_the_same_however_many_there_are():
    four, two = draws_of(4), draws_of(2)
    assert four[:2] == two
    assert [draw.seed for draw in four] == [FIRST_SEED + at for at in range(4)]
    assert set(four[0].assumptions) == {one.name for one in free_parameters()}
    assert all(one.low <= four[3].assumptions[one.name] <= one.high for one in free_parameters())


def test_claims_about_flags_are_lived_without_deterrence_too_and_others_are_not():
    assert variants_of(CLAIMS["R64"]) == VARIANTS
    assert variants_of(CLAIMS["R47"]) == VARIANTS[:2]
    plans = plans_of("R64", UNDETERRED, SMALL)
    assert all("deterrence" in plan.switch_off for plan in plans.values())
    assert not any("deterrence" in plan.switch_off for plan in plans_of("R64", REGISTERED, SMALL).values())


def test_a_recount_ablates_nothing_and_lives_the_same_worlds():
    assert plans_of("R27", ABLATED, SMALL) == plans_of("R27", REGISTERED, SMALL)


def test_what_an_arm_or_an_ablation_sets_stays_as_set_whatever_is_drawn():
    """R10 has an arm without barriers, R1 adjusts fast by ablation."""
    arm = plans_of("R10", REGISTERED, SMALL)["labelled_without_barriers"]
    assert arm.assumed(assumptions_for(arm, {"role_barrier": 2.0}))["role_barrier"] == 0.0
    fast = plans_of("R1", ABLATED, SMALL)["as_things_are"]
    assert fast.assumed(assumptions_for(fast, {"identity_rate": 0.02, "hope_rate": 0.01}))["identity_rate"] == 0.12


def test_worlds_that_several_claims_ask_for_are_counted_and_lived_once(monkeypatch):
    """R60 and R64 share the visit, with flags that deter and without: 16 arms in 14 worlds."""
    calls = Counter()
    live = Bench.live
    monkeypatch.setattr(Bench, "live", lambda self, plan, panel: (calls.update([plan.name]), live(self, plan, panel))[1])
    (job,) = jobs("R60", "R64", size=Size(40, 31 / 52))
    assert sum(len(task.worlds) for task in job.tasks) == 16
    assert job.worlds == 14
    assert [entry.kind for entry in lived(job)] == [NUMBERS] * 8
    assert sum(calls.values()) == 14


def test_a_claim_gives_the_same_numbers_alone_as_among_others():
    (both,), (alone,) = jobs("R60", "R64", size=Size(40, 31 / 52)), jobs("R64", size=Size(40, 31 / 52))
    among = {entry.name: entry.content["values"] for entry in lived(both)}
    single = {entry.name: entry.content["values"] for entry in lived(alone)}
    assert len(single) == 4
    assert {name: among[name] for name in single} == single


def test_claims_that_begin_otherwise_are_jobs_of_their_own_and_so_is_each_draw():
    found = jobs("R47", "R60", "R64", draws=[DRAW, replace(DRAW, number=1, seed=4)])
    assert [sorted({task.claim for task in job.tasks}) for job in found] == [["R47"], ["R60", "R64"]] * 2


@pytest.mark.parametrize(
    "changes",
    [{"draws": [replace(DRAW, seed=4)]}, {"draws": [replace(DRAW, assumptions={"deterrence": 0.1})]}, {"size": Size(61, 0.5)},
     {"size": Size(60, 0.4)}, {"tag": {"system": "another"}}],
    ids=str,
)  # fmt: skip
def test_whatever_decides_its_numbers_gives_a_claim_another_name(changes):
    (job,), (other,) = jobs("R47"), jobs("R47", **changes)
    assert not {task.name for task in job.tasks} & {task.name for task in other.tasks}


def test_years_beyond_the_last_week_that_a_claim_reads_do_not():
    """R47 reads half a year."""
    assert jobs("R47", size=Size(60, 0.6))[0].tasks == jobs("R47")[0].tasks


def test_other_code_that_measures_it_gives_a_claim_another_name_and_a_threshold_does_not(monkeypatch):
    (job,) = jobs("R47")
    with monkeypatch.context() as changed:
        moved = replace(CLAIMS["R47"], measures=tuple(replace(one, threshold=9.0) for one in CLAIMS["R47"].measures))
        changed.setattr(claim_jobs, "_claims", lambda: {**CLAIMS, "R47": moved})
        assert jobs("R47")[0].tasks == job.tasks
    monkeypatch.setattr(claim_jobs, "code_that_measures", lambda module: f"edited {module}")
    assert not {task.name for task in jobs("R47")[0].tasks} & {task.name for task in job.tasks}


def test_a_job_survives_the_way_to_another_process_and_says_how_much_it_has_to_live():
    (job,) = jobs("R47")
    assert pickle.loads(pickle.dumps(job)) == job
    assert job.work > 4 * 60 * 26


def test_worlds_too_short_for_a_claim_fail_it_with_the_reason_and_leave_the_others(tmp_path):
    found = put_to_the_test(["R61", "R64"], draws=1, people=40, years=0.4, workers=1, store=tmp_path / "store")
    assert len(found.ran.failed) == 4
    assert all("R61 cannot be measured in worlds of 21 weeks" in entry.content["message"] for entry in found.ran.failed)
    assert {entry.kind for entry in found.ran.failed} == {FAILED}
    words = {(one.claim.id, one.deterrence): one.draws for one in found.verdicts}
    assert words == {("R61", True): 0, ("R61", False): 0, ("R64", True): 1, ("R64", False): 1}


def test_what_the_store_has_is_not_lived_again_and_more_draws_live_only_what_is_missing(tmp_path):
    given = {"people": 40, "years": 0.4, "workers": 1, "store": tmp_path / "store"}
    first = put_to_the_test(["R64"], draws=1, **given)
    again = put_to_the_test(["R64"], draws=1, **given)
    more = put_to_the_test(["R64"], draws=2, **given)
    assert [(found.ran.lived, found.ran.reused) for found in (first, again, more)] == [(8, 0), (0, 8), (8, 8)]
    assert again.table().equals(first.table())
    assert more.table()[lambda rows: rows["draw"] == 0].reset_index(drop=True).equals(first.table())


def test_the_table_says_of_each_measure_whether_it_holds(tmp_path):
    table = put_to_the_test(["R64"], draws=1, people=40, years=0.4, workers=1).table()
    measure = CLAIMS["R64"].measures[0]
    rows = table[(table["measure"] == measure.id) & (table["variant"] == REGISTERED)]
    assert [measure.holds(value) for value in rows["value"]] == rows["holds"].tolist()
    assert set(table["variant"]) == set(VARIANTS)


def test_a_claim_that_must_fail_fails_in_every_draw(tmp_path, monkeypatch):
    """The same worlds, asked for what cannot be: less distress by more than there is."""
    impossible = replace(CLAIMS["R64"], measures=tuple(replace(one, threshold=-2.0) for one in CLAIMS["R64"].measures))
    monkeypatch.setattr(claims_tested, "load_claims", lambda: {**CLAIMS, "R64": impossible})
    given = {"people": 40, "years": 0.4, "workers": 1, "store": tmp_path / "store"}
    found = put_to_the_test(["R64"], draws=6, **given)
    assert [(one.word, one.held, one.draws) for one in found.verdicts] == [("failed", 0, 6)] * 2


def test_ids_are_read_in_any_case_and_order_and_wrong_ones_are_all_told():
    assert [claim.id for claim in chosen(["r47", "R2", "R47"])] == ["R2", "R47"]
    assert len(chosen([])) == 67
    with pytest.raises(UserError, match="R68") as error:
        chosen(["R68", "R47", "nonsense"])
    assert len(error.value.problems) == 2


def test_a_bench_keeps_the_columns_that_are_asked_for_and_nothing_else_of_the_weeks():
    plan = Scenario(name="a world", cohort="first_episode", people=40, years=0.2)
    found = Bench(3, {}, lambda *_: None).live(plan, states([2, 5], "hope", "identity"))
    whole = simulate(plan, seed=3, panel=(2, 5), threads=1)
    assert found.at(5).dtype.names == ("hope", "identity")
    np.testing.assert_array_equal(found.at(5)["hope"], whole.snapshots[5]["hope"])
    np.testing.assert_array_equal(found.at(2)["identity"], whole.snapshots[2]["identity"])
    with pytest.raises(KeyError):
        found.at(3)


def test_a_probe_shows_whom_an_experiment_covers():
    """Half are capped at .3: those whom a cap at nothing covers are the same, and nobody else."""
    text = 'cohort = "first_episode"\npeople = 200\nyears = 1\n[[experiment]]\nstate = "hope"\ncap = 0.3\ncovers = "50 %"'
    plan, bench = Scenario.from_text(text, "half"), Bench(3, {}, lambda *_: None)
    covered = bench.probe(plan, lambda one: replace(one, value=0.0))["hope"] == 0
    capped = bench.live(plan, states([1, 20], "hope"))
    assert 0.35 < covered.mean() < 0.65
    assert capped.at(20)["hope"][covered].max() <= 0.3
    assert capped.at(1)["hope"][~covered].max() > 0.3
    assert (capped.at(1)["hope"][covered] <= 0.3).all()
