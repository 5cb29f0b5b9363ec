"""Trials as jobs: what names them, what the store keeps of them, and what happens when one fails."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis import trial_jobs
from analysis.pools import open_pool
from analysis.store import FAILED, NUMBERS, RunStore
from analysis.targets import load_numbers
from analysis.trial import PEOPLE, YEARS, live_trial, trial_asked
from analysis.trial_jobs import attempts_job, trial_job
from analysis.validation import judge, validate
from simulation.errors import ParameterError, WorldError
from simulation.parameters import PARAMETERS

TAG = {"system": "a made-up one"}
SMALL = 60


def asked(**changes):
    """A trial of one short cohort, unless changed."""
    return trial_asked(**{"assumptions": {}, "seed": 3, "people": SMALL, "cohorts": ["first_episode"], **changes})


def lived(job):
    """The entries that a job gives."""
    return job.run(lambda *_: None)


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "store")


@pytest.fixture(scope="module")
def whole():
    """What a trial gives and the entry of the job that lived it."""
    job = trial_job(asked(), TAG)
    (entry,) = lived(job)
    return live_trial({}, 3, people=SMALL, cohorts=["first_episode"]), entry, job


@pytest.mark.parametrize(
    "changes",
    [
        {"seed": 4}, {"assumptions": {"detection": 0.05}}, {"people": SMALL + 1}, {"layer": "null"}, {"cohorts": ["england"]},
        {"cohorts": ["first_episode", "england"]},
    ],
    ids=str,
)  # fmt: skip
def test_whatever_decides_a_trial_gives_it_another_name(changes):
    assert trial_job(asked(**changes), TAG).name != trial_job(asked(), TAG).name
    assert trial_job(asked(), {**TAG, "numpy": "9"}).name != trial_job(asked(), TAG).name
    assert attempts_job(asked(), TAG).name != trial_job(asked(), TAG).name


def test_what_decides_nothing_leaves_the_name_as_it_is():
    """A default said aloud, a whole number as a fraction, people of cohorts left out, the order of cohorts."""
    name = trial_job(asked(), TAG).name
    default = PARAMETERS["detection"].default
    assert trial_job(asked(assumptions={"detection": default}), TAG).name == name
    assert trial_job(asked(people={**PEOPLE, "first_episode": SMALL}), TAG).name == name
    both = [trial_job(asked(cohorts=order), TAG).name for order in (["england", "first_episode"], ["first_episode", "england"])]
    assert both[0] == both[1] != name


def test_other_code_other_targets_or_another_cohort_make_another_trial(monkeypatch):
    """Nothing stale is ever read; the published values themselves decide nothing."""
    names = [trial_job(asked(), TAG).name]
    numbers = load_numbers()
    with monkeypatch.context() as changed:
        changed.setattr(trial_jobs, "load_numbers", lambda: tuple(replace(one, value=one.value + 1) for one in numbers))
        assert trial_job(asked(), TAG).name == names[0]
        changed.setattr(trial_jobs, "load_numbers", lambda: numbers[:-10])
        names.append(trial_job(asked(), TAG).name)
    with monkeypatch.context() as changed:
        changed.setattr(trial_jobs, "code_that_measures", lambda module: f"edited {module}")
        names.append(trial_job(asked(), TAG).name)
    with monkeypatch.context() as changed:
        changed.setattr(trial_jobs, "identity_of", lambda *_, **__: {"cohort": {"numbers": {"women": 0.5}}})
        names.append(trial_job(asked(), TAG).name)
    assert len(set(names)) == 4


def test_a_trial_that_cannot_be_asked_for_is_refused_before_anything_is_lived():
    with pytest.raises(ParameterError, match="unknown assumption"):
        trial_job(asked(assumptions={"detektion": 0.05}), TAG)
    with pytest.raises(KeyError):
        trial_job(asked(cohorts=["nobody"]), TAG)


def test_a_job_gives_one_entry_that_is_read_back_as_the_trial_that_it_lived(whole, store):
    trial, entry, job = whole
    assert job.wanted == ((NUMBERS, job.name, ()),)
    assert (entry.kind, entry.name, dict(entry.files)) == (NUMBERS, job.name, {})
    assert entry.content["identity"] == job.identity()
    store.put(entry)
    back = job.read(store)
    assert list(back.found) == list(trial.found)
    np.testing.assert_array_equal(back.values(), trial.values())
    np.testing.assert_array_equal(back.errors(), trial.errors())
    assert (back.assumptions, back.seed, back.people, back.cohorts) == (trial.assumptions, 3, trial.people, trial.cohorts)


def test_a_job_can_be_sent_elsewhere_and_what_it_keeps_is_small(whole):
    _, entry, job = whole
    there = pickle.loads(pickle.dumps(job))
    assert (there.name, there.wanted, there.identity()) == (job.name, job.wanted, job.identity())
    assert len(json.dumps(entry.content)) < 20_000


def weeks_lived(job):
    """Weeks begun in all its worlds, burn-in included; each world tells its end too."""
    begun = []
    job.run(lambda week, last: begun.append(week < last))
    return sum(begun)


@pytest.mark.parametrize("cohort", YEARS)
def test_the_work_of_a_trial_is_every_week_that_it_lives(cohort):
    """The burn-in that worlds of a pair share once, and then the weeks of each."""
    job = trial_job(asked(cohorts=[cohort], people=20), TAG)
    assert job.work / 20 == weeks_lived(job)


def test_attempts_are_counted_over_one_world_of_twenty_years():
    job = attempts_job(asked(people=20), TAG)
    assert job.work / 20 == weeks_lived(job) >= 20 * 52
    assert (job.worlds, trial_job(asked(cohorts=YEARS), TAG).worlds) == (1, 7)


def test_a_job_is_left_out_where_its_numbers_are_there():
    job = trial_job(asked(), TAG)
    assert job.without(lambda *_: False) is job
    assert job.without(lambda *wanted: wanted == (NUMBERS, job.name, ())) is None


def test_a_machine_of_other_code_gives_a_failure_and_no_numbers(monkeypatch):
    job = trial_job(asked(), TAG)
    monkeypatch.setattr(trial_jobs, "code_that_measures", lambda module: "other code")
    (entry,) = lived(job)
    assert (entry.kind, entry.name) == (FAILED, job.name)
    assert "install the same" in entry.content["message"]


def test_a_trial_that_fails_leaves_its_parameters_and_the_message(monkeypatch):
    def live(*_, **__):
        raise ZeroDivisionError("nobody there")

    monkeypatch.setattr(trial_jobs, "live_trial", live)
    job = trial_job(asked(assumptions={"detection": 0.05}), TAG)
    (entry,) = lived(job)
    assert (entry.kind, entry.name) == (FAILED, job.name)
    assert entry.content["message"] == "nobody there"
    assert entry.content["identity"]["assumptions"]["detection"] == 0.05
    assert entry.content["told"] == "trial of first episode, labels layer, seed 3"


def judged(seeds, store, **changes):
    """A validation over these seeds, lived in one thread."""
    return validate(seeds=seeds, people=SMALL, workers=1, store=store, **changes)


def test_a_validation_asked_again_lives_nothing_and_another_seed_lives_one_trial(store):
    first = judged((1, 2), store)
    again = judged((1, 2), store)
    assert (first.ran.lived, first.ran.reused) == (2 * 7 + 1, 0)
    assert (again.ran.lived, again.ran.reused) == (0, 2 * 7 + 1)
    pd.testing.assert_frame_equal(first.score.table, again.score.table)
    np.testing.assert_array_equal(first.attempts, again.attempts, strict=True)
    assert first.record() == again.record()
    more = judged((1, 2, 3), store)
    assert (more.ran.lived, more.ran.reused) == (7, 2 * 7 + 1)


def test_a_trial_that_failed_is_told_and_the_others_are_scored(store, monkeypatch):
    """And it is lived again the next time."""

    def live(values, seed, **more):
        if seed == 2:
            raise ZeroDivisionError("nobody there")
        return live_trial(values, seed, **more)

    with monkeypatch.context() as broken:
        broken.setattr(trial_jobs, "live_trial", live)
        found = judged((1, 2), store)
    assert (found.seeds, len(found.trials)) == ((1,), 1)
    said = found.summary()[-1]
    assert said.startswith("Failed: trial, labels layer, seed 2: ZeroDivisionError: nobody there")
    assert found.record()["failed"] == [said.removeprefix("Failed: ")]
    mended = judged((1, 2), store)
    assert (mended.seeds, mended.ran.lived, mended.record()["failed"]) == ((1, 2), 7, [])
    assert not [row for row in store.rows() if row.kind == FAILED]


def test_attempts_that_failed_are_left_out_of_what_is_said(store, monkeypatch):
    def count(*_, **__):
        raise MemoryError("too many")

    monkeypatch.setattr(trial_jobs, "attempts_over_years", count)
    found = judged((1,), store)
    assert found.attempts is None
    assert found.record()["attempts"] is None
    assert not any(line.startswith("Attempts") for line in found.summary())
    assert "attempts over 20 years" in found.summary()[-1]


def test_where_every_trial_failed_nothing_can_be_judged(store, monkeypatch):
    def live(*_, **__):
        raise ZeroDivisionError("nobody there")

    monkeypatch.setattr(trial_jobs, "live_trial", live)
    with pytest.raises(WorldError, match=r"every trial failed; the first: .*nobody there"):
        judged((1, 2), store)


def test_a_damaged_trial_is_lived_again_and_gives_the_same(store):
    """A record that ends too early, and one that is whole but not what this version writes."""
    first = judged((1,), store)
    job = trial_job(trial_asked({}, 1, people=SMALL), first_platform())
    path = store.place(NUMBERS, job.name) / "record.json"
    path.write_bytes(path.read_bytes()[:-40])
    again = judged((1,), store)
    assert again.ran.lived == 7
    pd.testing.assert_frame_equal(first.score.table, again.score.table)
    entry = store.read(NUMBERS, job.name)
    store.drop(NUMBERS, job.name)
    store.put(replace(entry, content={**entry.content, "found": {"C1.1": "much"}}))
    third = judged((1,), store)
    assert third.ran.lived == 7
    assert third.ran.damaged
    pd.testing.assert_frame_equal(first.score.table, third.score.table)


def first_platform():
    """Tag of this machine, as a pool of its own has it."""
    pool = open_pool(1)
    pool.close()
    return pool.platform


def test_an_interrupted_validation_keeps_the_trials_that_were_done(store):
    def interrupt(done, total, left):
        if done:
            raise KeyboardInterrupt

    pool = open_pool(1)
    with pytest.raises(KeyboardInterrupt):
        judge({}, (1, 2, 3), store, pool, people=SMALL, progress=interrupt)
    kept = sum(row.kind == NUMBERS for row in store.rows())
    assert 1 <= kept < 4
    again = judged((1, 2, 3), store)
    assert again.ran.reused > 0
    assert len(again.trials) == 3
