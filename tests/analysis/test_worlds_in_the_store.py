"""Comparisons through the run store: only what is missing is lived, and nothing that is kept changes a number."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis import compare, jobs
from analysis.effect import plan_tasks, question_of
from analysis.estimate import estimate
from analysis.precision import more_seeds
from analysis.sets import KEEP
from analysis.store import FAILED, WORLDS, RunStore
from simulation.errors import ComparisonError, WorldError
from simulation.history import platform_tag

BASE, OTHER, THIRD = "a-year-in", "the-visit", "independent-advocates"
SMALL = {"people": 60, "years": 1.25, "workers": 1}
OTHER_FITS = 4
"""Worlds of a pair at both other fits, for each of the first seeds, where there are draws."""


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return RunStore(tmp_path_factory.mktemp("kept") / "store")


@pytest.fixture(scope="module")
def first(store):
    return compare(BASE, OTHER, seeds=[1, 2], draws=2, store=store, **SMALL)


def same_numbers(one, two):
    for name in ("table", "ledger", "groups", "reach", "partings", "people"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(two, name), check_exact=True)


def same_but_for_events(whole, part):
    """The same in all that needs no events."""
    asked = set(part.table["outcome"])
    rows = whole.table[whole.table["outcome"].isin(asked)].reset_index(drop=True)
    pd.testing.assert_frame_equal(rows, part.table, check_exact=True)
    dates = ["later", "earlier", "acted", "acts"]
    for name in ("ledger", "groups", "reach"):
        ours, theirs = (getattr(each, name).drop(columns=dates, errors="ignore") for each in (whole, part))
        pd.testing.assert_frame_equal(ours, theirs, check_exact=True)


def test_a_first_comparison_lives_every_world(first):
    # Two seeds and two draws of a pair, two seeds at each other fit, and a placebo world for each seed's ledger.
    assert (first.ran.lived, first.ran.reused) == (2 * 2 + 2 * 2 + 2 * OTHER_FITS + 2, 0)


def test_the_same_again_lives_nothing_and_gives_the_same_numbers(first, store):
    again = compare(BASE, OTHER, seeds=[1, 2], draws=2, store=store, **SMALL)
    assert (again.ran.lived, again.ran.reused) == (0, 18)
    same_numbers(first, again)


def test_another_outcome_or_group_lives_nothing(first, store):
    again = compare(BASE, OTHER, seeds=[1, 2], draws=2, outcomes=["died"], by="woman", store=store, **SMALL)
    assert again.ran.lived == 0
    assert {"women", "men"} <= set(again.table["group"])


def test_another_seed_lives_its_worlds_only(first, store):
    more = compare(BASE, OTHER, seeds=[1, 2, 5], draws=2, store=store, **SMALL)
    assert more.ran.lived == 2 + 1 + OTHER_FITS  # a pair, its placebo, and a pair at each other fit


def test_more_draws_live_their_worlds_only(first, store):
    more = compare(BASE, OTHER, seeds=[1, 2], draws=4, store=store, **SMALL)
    assert more.ran.lived == 2 * 2


def test_another_arm_lives_its_own_worlds_only(first, store):
    more = compare(BASE, [OTHER, THIRD], seeds=[1, 2], draws=2, store=store, **SMALL)
    assert more.ran.lived == 2 + 2 + OTHER_FITS


def test_what_is_kept_changes_no_number(first):
    for keep in KEEP[1:]:
        same_but_for_events(first, compare(BASE, OTHER, seeds=[1, 2], draws=2, keep=keep, **SMALL))


def test_without_events_what_is_read_from_them_is_left_out_or_refused(tmp_path):
    states = compare(BASE, OTHER, seeds=[1, 2], draws=0, keep="states", **SMALL)
    assert "weeks_before_relapse" not in set(states.table["outcome"])
    assert states.partings.empty
    assert states.people.empty
    assert states.ledger["later"].isna().all()
    with pytest.raises(ComparisonError, match="--keep events"):
        compare(BASE, OTHER, outcomes=["weeks_before_relapse"], seeds=[1], draws=0, keep="states", **SMALL)


def test_numbers_alone_are_found_again_and_take_little_room(tmp_path, first, store):
    light = RunStore(tmp_path / "light")
    asked = {"seeds": [1, 2], "draws": 2, "keep": "numbers", "store": light, **SMALL}
    one = compare(BASE, OTHER, **asked)
    two = compare(BASE, OTHER, **asked)
    assert (one.ran.reused, two.ran.lived) == (0, 0)
    same_numbers(one, two)
    assert sum(row.bytes for row in light.rows()) < sum(row.bytes for row in store.rows()) / 4


def test_worlds_that_are_there_serve_a_question_that_keeps_numbers_only(first, store):
    again = compare(BASE, OTHER, seeds=[1, 2], draws=2, keep="numbers", store=store, **SMALL)
    assert (again.ran.lived, again.ran.reused) == (0, 18)
    same_but_for_events(first, again)


def test_another_outcome_is_in_the_numbers_already(tmp_path):
    asked = {"seeds": [1, 2], "draws": 0, "keep": "numbers", "store": RunStore(tmp_path / "store"), **SMALL}
    compare(BASE, OTHER, outcomes=["died"], **asked)
    again = compare(BASE, OTHER, outcomes=["lapsed"], **asked)
    assert again.ran.lived == 0
    assert set(again.table["outcome"]) == {"relapsed", "lapsed"}


def test_more_is_kept_of_a_world_without_losing_what_was_there(tmp_path, first):
    store = RunStore(tmp_path / "store")
    compare(BASE, OTHER, seeds=[1, 2], draws=2, keep="states", store=store, **SMALL)
    before = {row.name: set(row.files) for row in store.rows() if row.kind == WORLDS}
    fuller = compare(BASE, OTHER, seeds=[1, 2], draws=2, keep="events", store=store, **SMALL)
    same_numbers(first, fuller)
    after = {row.name: set(row.files) for row in store.rows()}
    assert all(files <= after[name] for name, files in before.items())
    assert sum("events.parquet" in files for files in after.values()) == 18
    assert compare(BASE, OTHER, seeds=[1, 2], draws=2, store=store, **SMALL).ran.lived == 0


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def cut(path):
    path.write_bytes(path.read_bytes()[:-100])


@pytest.mark.parametrize("file", ["state-00056.parquet", "covered.parquet", "record.json"])
@pytest.mark.parametrize("damage", [flip, cut])
def test_a_damaged_world_is_lived_again_and_said(tmp_path, damage, file):
    store = RunStore(tmp_path / "store")
    asked = {"seeds": [1, 2], "draws": 0, "store": store, **SMALL}
    before = compare(BASE, OTHER, **asked)
    victim = next(row for row in store.rows() if row.kind == WORLDS)
    damage(store.place(victim.kind, victim.name) / file)
    after = compare(BASE, OTHER, **asked)
    same_numbers(before, after)
    assert after.ran.lived == 1
    (said,) = after.ran.damaged
    assert victim.name in said
    assert file in said
    assert compare(BASE, OTHER, **asked).ran.lived == 0


@pytest.fixture
def failing(monkeypatch):
    """Worlds of these seeds fail."""
    seeds = set()
    real = jobs.simulate

    def simulate(scenario, **more):
        if more["seed"] in seeds:
            raise FloatingPointError("a number left its range")
        return real(scenario, **more)

    monkeypatch.setattr(jobs, "simulate", simulate)
    return seeds


def test_a_world_that_fails_is_a_record_and_its_set_is_left_out(tmp_path, failing):
    failing.add(2)
    store = RunStore(tmp_path / "store")
    found = compare(BASE, OTHER, seeds=[1, 2, 3], draws=0, store=store, **SMALL)
    assert len(found.ran.failed) == 2
    assert found.primary()["worlds"] == 2
    assert any("2 worlds failed" in note and "a number left its range" in note for note in found.notes)
    record = next(row for row in store.rows() if row.kind == FAILED)
    assert record.content["identity"]["seed"] == 2
    assert record.content["identity"]["assumptions"]["deterrence"] > 0
    failing.clear()
    mended = compare(BASE, OTHER, seeds=[1, 2, 3], draws=0, store=store, **SMALL)
    assert mended.ran.lived == 3  # the pair that failed, and its placebo world
    assert mended.primary()["worlds"] == 3
    assert not [row for row in store.rows() if row.kind == FAILED]


def test_where_every_world_fails_the_first_message_is_told(failing):
    failing.update(range(10))
    with pytest.raises(WorldError, match="a number left its range"):
        compare(BASE, OTHER, seeds=[1, 2], draws=0, **SMALL)


def test_seeds_are_added_until_luck_leaves_the_effect_as_narrow_as_asked(tmp_path):
    store = RunStore(tmp_path / "store")
    asked = {"draws": 0, "store": store, **SMALL}
    found = compare(BASE, OTHER, seeds=[1, 2], precision=30.0, most_seeds=60, **asked)
    row = found.primary()
    assert (row["high_luck"] - row["low_luck"]) / 2 <= 30.0 or row["worlds"] == 60
    assert row["worlds"] == len(found.seeds) > 2
    assert any("30 to either side" in note for note in found.notes)
    by_hand = compare(BASE, OTHER, seeds=found.seeds, **asked)
    assert by_hand.ran.lived <= 1  # the ledger of a third seed has its placebo world
    pd.testing.assert_frame_equal(by_hand.table, found.table, check_exact=True)


def test_adding_seeds_ends_at_the_most_that_were_asked_for_and_says_so(tmp_path):
    found = compare(BASE, OTHER, seeds=[1, 2], draws=0, precision=1e-6, most_seeds=5, **SMALL)
    assert found.primary()["worlds"] == 5
    assert any("not reached" in note for note in found.notes)


def test_no_seed_is_added_where_the_effect_is_narrow_enough(first):
    assert more_seeds(first.question, first.numbers, 1e6, 1_000) != []  # two seeds do not tell yet how wide luck is
    equal = compare(OTHER, OTHER, seeds=range(1, 11), draws=0, **SMALL)
    assert more_seeds(equal.question, equal.numbers, 0.001, 1_000) == []


@pytest.mark.parametrize("wrong", [{"precision": 0}, {"precision": float("nan")}, {"keep": "everything"}, {"most_seeds": 0}])
def test_what_cannot_be_asked_for_is_said(wrong):
    with pytest.raises(ComparisonError):
        compare(BASE, OTHER, seeds=[1, 2], draws=0, **SMALL, **wrong)


def test_an_estimate_counts_worlds_as_the_run_does(tmp_path):
    store = RunStore(tmp_path / "store")
    question = question_of(BASE, OTHER, people=60, years=1.25)
    tasks, _ = plan_tasks(question, [1, 2], 2)
    before = estimate(question, tasks, store, 2, "states", platform_tag())
    lived = compare(BASE, OTHER, seeds=[1, 2], draws=2, store=store, **SMALL).ran.lived
    after = estimate(question, tasks, store, 2, "states", platform_tag())
    assert (before.worlds, before.there) == (lived, 0)
    assert (after.worlds, after.there, after.minutes, after.gigabytes) == (lived, lived, 0.0, 0.0)
    taken = sum(row.bytes for row in store.rows())
    assert before.gigabytes * 1e9 == pytest.approx(taken, rel=0.5)
    assert np.isfinite(before.minutes)


def test_the_python_way_leaves_nothing_behind_unless_told_where(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    compare(BASE, OTHER, seeds=[1], draws=0, **SMALL)
    assert list(tmp_path.iterdir()) == []
