"""Worlds of published figures as jobs: shared, kept, gone on with, failed; and all of it together in tiny worlds."""

from __future__ import annotations

import math
import pickle
from dataclasses import replace

import pytest

from analysis import published_jobs
from analysis.pools import open_pool
from analysis.posterior import Draw, draws_lived, posterior_assumptions
from analysis.predictive import NOTHING
from analysis.published import Published
from analysis.published_file import read_text_of_figures
from analysis.published_jobs import jobs_of, measures_job, plan_of
from analysis.published_measures import Measure
from analysis.published_verdicts import judge_figures, said, validate_figures, write_figures
from analysis.store import FAILED, NUMBERS, RunStore
from analysis.trial import PEOPLE, live_trial
from simulation.errors import WorldError

TAG = {"system": "a made-up one"}
SMALL = 70
DRAW = Draw(0, 5, {"detection": 0.05})
FREE = Measure("leaving_prison", "outcome", ("arrested",), "own_experience", weeks=20)
HOME = Measure("leaving_prison", "meets", ("homeless",), "own_experience", weeks=8)
LATER = Measure("leaving_prison", "outcome", ("arrested",), "own_experience", first_week=4, weeks=20)
ELSEWHERE = Measure("england", "meets", ("alive",), weeks=4)

TEXT = """
[[figure]]
id = "all"
source = "by construction"
cohort = "leaving_prison"
meets = "homeless or not homeless"
weeks = 6
value = 1000
sd = 1

[[figure]]
id = "nobody"
source = "by construction"
cohort = "leaving_prison"
meets = "homeless and not homeless"
weeks = 8
value = 1000
sd = 1

[[figure]]
id = "a group without people"
source = "by construction"
cohort = "leaving_prison"
outcome = "arrested"
group = "homeless and not homeless"
weeks = 8
value = "40 %"
sd = "2 %"
"""


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "store")


def lived(job):
    return job.run(lambda *_: None)


def of(*measures: Measure) -> list[Published]:
    return [Published(str(at), "somebody", one, 300.0, 20.0) for at, one in enumerate(measures)]


def judged(figures, store, seeds=(1, 2), **more):
    pool = open_pool(1)
    try:
        draws = draws_lived(seeds, {})
        return judge_figures(figures, draws, store, pool, people=SMALL, **more)
    finally:
        pool.close()


def test_figures_of_one_cohort_share_one_world_of_the_longest_of_them():
    jobs = jobs_of(of(FREE, HOME, LATER, FREE, ELSEWHERE), DRAW, TAG, SMALL)
    assert [job.measures for job in jobs] == [(FREE, HOME, LATER), (ELSEWHERE,)]
    assert [job.worlds for job in jobs] == [1, 1]
    weeks = []
    jobs[0].run(lambda week, last: weeks.append(week < last))
    assert jobs[0].work / SMALL == sum(weeks)
    assert jobs[0].work == measures_job([LATER], DRAW, TAG, SMALL).work


def test_another_share_with_own_experience_is_another_world():
    jobs = jobs_of(of(FREE, replace(FREE, own_experience=0.9)), DRAW, TAG, SMALL)
    assert len(jobs) == 2
    assert plan_of(jobs[1].measures[0], SMALL, "labels").own_experience == 0.9


def test_a_number_has_the_same_name_and_value_whichever_figures_its_world_is_shared_with():
    alone, together = measures_job([HOME], DRAW, TAG, SMALL), measures_job([FREE, HOME, LATER], DRAW, TAG, SMALL)
    assert together.names[1] == alone.names[0]
    contents = {entry.name: entry.content for entry in lived(together)}
    (entry,) = lived(alone)
    assert contents[entry.name]["value"] == entry.content["value"]
    assert entry.content["people_at_risk"] == 35


@pytest.mark.parametrize(
    ("measure", "draw", "people", "layer"),
    [
        (replace(FREE, weeks=21), DRAW, SMALL, "labels"), (replace(FREE, group=""), DRAW, SMALL, "labels"),
        (FREE, replace(DRAW, seed=6), SMALL, "labels"), (FREE, replace(DRAW, assumptions={}), SMALL, "labels"),
        (FREE, DRAW, SMALL + 1, "labels"), (FREE, DRAW, SMALL, "null"),
        (replace(FREE, what=("convicted",)), DRAW, SMALL, "labels"),
    ],
)  # fmt: skip
def test_whatever_decides_a_number_gives_it_another_name(measure, draw, people, layer):
    assert measures_job([measure], draw, TAG, people, layer).names != measures_job([FREE], DRAW, TAG, SMALL).names


def test_the_number_of_a_draw_decides_nothing_nor_does_what_was_published(store):
    assert measures_job([FREE], replace(DRAW, number=7), TAG, SMALL).names == measures_job([FREE], DRAW, TAG, SMALL).names
    first = judged(of(FREE), store)
    again = judged([replace(one, value=1.0, sd=5.0) for one in of(FREE)], store)
    assert (first.ran.lived, again.ran.lived) == (2, 0)
    assert first.each()["value"].tolist() == again.each()["value"].tolist()


def test_another_figure_lives_its_own_world_again_and_no_other(store):
    judged(of(HOME, ELSEWHERE), store)
    more = judged(of(HOME, ELSEWHERE, FREE), store)
    assert (more.ran.lived, more.ran.reused) == (2, 2)
    assert judged(of(HOME, ELSEWHERE, FREE), store).ran.lived == 0
    assert judged(of(HOME, ELSEWHERE, FREE), store, seeds=(1, 2, 3)).ran.lived == 2


def test_people_are_the_usual_number_of_each_cohort_or_those_of_a_scenario(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text('cohort = "england"\npeople = 55\n')
    assert plan_of(FREE, None, "labels").people == PEOPLE["leaving_prison"]
    assert plan_of(replace(FREE, cohort="a_year_in"), None, "labels").people == published_jobs.USUAL_PEOPLE
    measure = replace(FREE, cohort=str(own))
    assert (plan_of(measure, None, "labels").people, plan_of(measure, 60, "labels").people) == (55, 60)
    assert plan_of(measure, None, "null").layer == "null"


def test_what_a_scenario_sets_stays_as_set_whatever_is_drawn(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text('cohort = "leaving_prison"\n[[assumption]]\nname = "detection"\nset = 0.08\nbecause = "a test"\n')
    measure = replace(FREE, cohort=str(own))
    drawn = [replace(DRAW, assumptions={"detection": value}) for value in (0.04, 0.06)]
    assert len({measures_job([measure], draw, TAG, SMALL).names for draw in drawn}) == 1


def test_a_job_can_be_sent_elsewhere_and_is_left_out_where_its_numbers_are_there():
    job = measures_job([FREE, HOME], DRAW, TAG, SMALL)
    assert pickle.loads(pickle.dumps(job)) == job
    left = job.without(lambda kind, name, _: (kind, name) == (NUMBERS, job.names[0]))
    assert (left.measures, left.names) == ((HOME,), job.names[1:])
    assert left.work < job.work
    assert job.without(lambda *_: True) is None
    assert [entry.kind for entry in job.failures("killed")] == [FAILED, FAILED]


def test_a_machine_of_other_code_gives_failures_and_no_numbers(monkeypatch):
    job = measures_job([FREE, HOME], DRAW, TAG, SMALL)
    monkeypatch.setattr(published_jobs, "code_that_measures", lambda module: "other code")
    assert {(entry.kind, "install the same" in entry.content["message"]) for entry in lived(job)} == {(FAILED, True)}


def test_a_world_that_fails_is_told_its_figures_go_without_it_and_it_is_lived_again(store, monkeypatch):
    live = published_jobs.MeasuresJob._live

    def broken(job, check):
        if job.draw.seed == 2:
            raise ZeroDivisionError("nobody there")
        return live(job, check)

    with monkeypatch.context() as patched:
        patched.setattr(published_jobs.MeasuresJob, "_live", broken)
        found = judged(of(FREE, HOME), store, seeds=(1, 2, 3))
    assert [one.draws for one in found.predictions] == [2, 2]
    (told,) = found.failures()
    assert told.startswith("figures of leaving_prison, seed 2, draw 1: ZeroDivisionError: nobody there")
    assert f"Failed: {told}" in found.summary()
    mended = judged(of(FREE, HOME), store, seeds=(1, 2, 3))
    assert (mended.ran.lived, mended.failures(), mended.predictions[0].draws) == (1, [], 3)


def test_a_measure_that_fails_takes_no_other_of_its_world_with_it(store, monkeypatch):
    measure = published_jobs.measure_in

    def broken(world, wanted, names):
        if wanted == HOME:
            raise ZeroDivisionError("no homes")
        return measure(world, wanted, names)

    with monkeypatch.context() as patched:
        patched.setattr(published_jobs, "measure_in", broken)
        found = judged(of(FREE, HOME), store)
    assert [(one.draws, one.why) for one in found.predictions] == [(2, ""), (0, "every world failed")]
    assert len(found.failures()) == 2
    assert judged(of(FREE, HOME), store).predictions[1].draws == 2


def test_where_every_world_failed_there_is_nothing_to_judge(store, monkeypatch):
    def broken(job, check):
        raise ZeroDivisionError("nobody there")

    monkeypatch.setattr(published_jobs.MeasuresJob, "_live", broken)
    with pytest.raises(WorldError, match=r"every world failed; the first: .*nobody there"):
        judged(of(FREE), store)


def test_an_interrupted_run_keeps_the_worlds_that_were_done(store):
    def interrupt(done, total, left):
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        judged(of(HOME), store, seeds=(1, 2, 3), progress=interrupt)
    again = judged(of(HOME), store, seeds=(1, 2, 3))
    assert again.ran.reused > 0
    assert again.predictions[0].draws == 3


def test_a_damaged_number_is_lived_again_and_gives_the_same(store):
    first = judged(of(HOME), store)
    for row in store.rows():
        path = store.place(row.kind, row.name) / "record.json"
        path.write_bytes(path.read_bytes()[:-30])
    again = judged(of(HOME), store)
    assert again.ran.lived == 2
    assert first.each()["value"].tolist() == again.each()["value"].tolist()


def test_a_number_of_a_target_is_what_a_trial_of_its_cohort_gives(store):
    text = '[[figure]]\nid = "M20"\nsource = "Brohan"\noutcome = "M20"\nvalue = 0.417\nsd = 0.06\n'
    figures = read_text_of_figures(text, "mine.toml")
    found = judged(figures, store, seeds=(1, 2))
    values = posterior_assumptions(2)
    trial = live_trial(values[1], 2, people=SMALL, cohorts=["first_episode"])
    assert found.each()["value"].tolist()[1] == trial.found["M20.1"].value


def test_figures_whose_answer_is_known_get_the_verdict_that_they_must(store, tmp_path):
    """Everybody is homeless or not, nobody is both, and a group without people has no figure."""
    figures = read_text_of_figures(TEXT, "mine.toml")
    found = judged(figures, store, seeds=range(1, 4))
    all_, nobody, empty = found.predictions
    assert (all_.median, all_.off, all_.verdict) == (1000.0, 0.0, "inside")
    assert (nobody.median, nobody.above, nobody.verdict) == (0.0, 0.0, "outside, above what the model gives")
    assert (empty.verdict, empty.why, empty.people) == (NOTHING, "nobody at risk in 3 of 3 draws", 0.0)
    assert math.isnan(empty.median)
    told = said(found)
    assert "**a group without people**: not measurable (nobody at risk in 3 of 3 draws)" in told
    assert "1 of 2 published values lies inside the 90 % predictive interval" in told
    assert "1 of 3 figures could not be measured." in told
    assert "3 draws are too few for 90 %" in told
    record = write_figures(found, tmp_path / "out", {"asked": 1})
    assert sorted(record["files"]) == ["draws.csv", "figures.csv", "figures.md", "figures.png"]
    assert (record["counted"]["measured"], record["counted"]["inside"]) == (2, 1)


def test_a_validation_needs_no_store_and_can_set_an_assumption_over_what_is_drawn():
    found = validate_figures(of(ELSEWHERE), [1, 2], settings={"detection": 0.05}, people=SMALL, workers=1)
    assert [draw.assumptions["detection"] for draw in found.draws] == [0.05, 0.05]
    assert found.predictions[0].median == 1000.0


def test_draws_are_those_of_the_posterior_and_the_first_are_the_same_however_many_there_are():
    three = draws_lived([1, 2, 3], {"detection": 0.05})
    assert draws_lived([1, 2], {"detection": 0.05}) == three[:2]
    assert [one.assumptions for one in three] == [one | {"detection": 0.05} for one in posterior_assumptions(3)]
