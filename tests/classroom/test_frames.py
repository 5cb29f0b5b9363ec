"""Stages and frames: who is drawn where, and how everybody is in a week of a world."""

from __future__ import annotations

import json

import numpy as np
import pytest

from analysis.classroom.frames import codes_of, frame_of, lay_out, stage_of
from analysis.classroom.looks import (
    CUSTODY,
    DEAD_CODE,
    ESTRANGED,
    FLOURISHING,
    HOMELESS,
    KIN,
    LABEL_BITS,
    LABEL_SHIFT,
    LABELS,
    PAPERS,
    STATUS_BITS,
    STATUSES,
    TIES,
    WITH_CAUSE,
    WITHOUT_CAUSE,
    looks,
)  # fmt: skip
from analysis.classroom.names import NAMES, names_of
from analysis.figures_lives import STATUS_LOOKS
from simulation import RecoveryModel
from simulation.state import ACTIVE, LAPSED, NONE, RECOVERING, STATE_DTYPE


@pytest.fixture(scope="module")
def model():
    lived = RecoveryModel("the-visit", people=80, years=0.5, seed_number=1)
    for _ in range(6):
        lived.step()
    return lived


def person(**known):
    row = np.zeros(1, dtype=STATE_DTYPE)
    row["alive"] = 1
    for name, value in known.items():
        row[name] = value
    return int(codes_of(row)[0])


@pytest.mark.parametrize(
    ("known", "status"),
    [
        ({}, NONE),
        ({"use": RECOVERING}, RECOVERING),
        ({"use": RECOVERING, "offending": LAPSED}, LAPSED),
        ({"mental_health": ACTIVE, "use": LAPSED}, ACTIVE),
        ({"use": RECOVERING, "custody_left": 3}, CUSTODY),
        ({"use": RECOVERING, "custody_left": 3, "alive": 0}, DEAD_CODE),
    ],
)
def test_the_worst_of_a_persons_domains_is_shown_and_custody_and_death_before_any(known, status):
    assert person(**known) & STATUS_BITS == status


@pytest.mark.parametrize(
    ("known", "label"),
    [
        ({}, 0),
        ({"record": 1}, PAPERS),
        ({"diagnosis": 1}, PAPERS),
        ({"record": 1, "flag": 1}, WITH_CAUSE),
        ({"diagnosis": 1, "flag": 2}, WITHOUT_CAUSE),
    ],
)
def test_a_flag_comes_before_a_record_or_a_diagnosis(known, label):
    assert person(**known) >> LABEL_SHIFT & LABEL_BITS == label


def test_personal_recovery_and_being_homeless_have_bits_of_their_own():
    assert person(personal_recovery=1, homeless=1) == FLOURISHING | HOMELESS
    assert person(personal_recovery=1, homeless=1, flag=2, alive=0) == DEAD_CODE


def test_a_frame_says_how_everybody_is_in_that_week(model):
    frame = frame_of(model)
    state = model.world.snapshot()
    assert frame.week == 6
    assert len(frame.codes) == 80
    flagged = (frame.codes >> LABEL_SHIFT & LABEL_BITS) == WITHOUT_CAUSE
    assert flagged.any()
    np.testing.assert_array_equal(flagged, (state["flag"] == 2) & (state["alive"] == 1))


def test_each_tie_of_two_living_people_stands_in_a_frame_once(model):
    ties = frame_of(model).ties
    world, alive = model.world, model.world.snapshot()["alive"] == 1
    pairs = {tuple(pair) for pair in ties[:, :2].tolist()}
    assert len(pairs) == len(ties)
    assert (ties[:, 0] < ties[:, 1]).all()
    for table in (world.ties.kin, world.ties.others):
        one, place = np.nonzero(table >= 0)
        for a, b in zip(one.tolist(), table[one, place].tolist(), strict=True):
            assert ((min(a, b), max(a, b)) in pairs) == bool(alive[a] and alive[b])


def test_kin_are_estranged_where_either_has_turned_from_the_other(model):
    kin, ties = model.world.ties, frame_of(model).ties
    one, place = np.nonzero((kin.kin >= 0) & (kin.estranged > 0))
    turned = {(min(a, b), max(a, b)) for a, b in zip(one.tolist(), kin.kin[one, place].tolist(), strict=True)}
    shown = {(a, b) for a, b, kind in ties.tolist() if kind == ESTRANGED}
    assert turned
    assert shown == {pair for pair in turned if pair in {(a, b) for a, b, _ in ties.tolist()}}
    assert (ties[:, 2] == KIN).any()


def test_nobody_covers_anybody_and_everybody_is_on_the_stage(model):
    stage = stage_of(model)
    places = stage.places
    far = np.hypot(*(places[:, None, :] - places[None, :, :]).transpose(2, 0, 1)) + 9 * np.eye(len(places))
    assert far.min() > 0.99
    assert (places >= 0).all()
    assert places[:, 0].max() <= stage.across
    assert places[:, 1].max() <= stage.down


def test_people_who_are_tied_are_drawn_nearer_than_others(model):
    stage, ties = stage_of(model), frame_of(model).ties
    places = stage.places
    far = np.hypot(*(places[:, None, :] - places[None, :, :]).transpose(2, 0, 1))
    assert far[ties[:, 0], ties[:, 1]].mean() < 0.75 * far[np.triu_indices(len(places), 1)].mean()


def test_a_stage_is_the_same_whenever_it_is_laid_out(model):
    one, two = stage_of(model).plain(), stage_of(model).plain()
    assert one == two


@pytest.mark.parametrize("people", [1, 2, 7])
def test_few_people_without_ties_are_laid_out_too(people):
    places, across, down = lay_out(people, np.zeros((0, 3), dtype=int))
    assert len(np.unique(places, axis=0)) == people
    assert across >= 1
    assert down >= 1


def test_no_two_people_have_one_name_and_other_luck_gives_other_names():
    for people in (20, len(NAMES), 500):
        assert len(set(names_of(people, 1))) == people
    assert names_of(20, 1) == names_of(20, 1) != names_of(20, 2)
    assert len(set(NAMES)) == len(NAMES)


def test_stage_and_frame_are_plain_data_that_a_page_can_hold(model):
    told = json.loads(json.dumps({"stage": stage_of(model).plain(), "frame": frame_of(model).plain(), "looks": looks()}))
    assert len(told["stage"]["names"]) == len(told["frame"]["codes"]) == 80
    assert len(told["frame"]["ties"]) % 3 == 0


def test_every_status_that_there_is_has_words_a_colour_and_a_shape_of_its_own():
    assert {look.code for look in STATUSES} == set(STATUS_LOOKS)
    assert len({look.shape for look in STATUSES}) == len({look.light for look in STATUSES}) == len(STATUSES)
    assert len({look.shape for look in LABELS}) == len(LABELS)
    assert [look.code for look in TIES] == list(range(len(TIES)))
