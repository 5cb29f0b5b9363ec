"""Worlds of claims end at the last week that a measure reads: no recipe reads further, and no number is another for it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from analysis.claim_arms import Arm, Arms, states
from analysis.claim_jobs import ABLATED, REGISTERED, Size, claim_jobs, numbers_of, plans_of, registered_plans
from analysis.claim_lives import Bench
from analysis.claim_recipes import RECIPES
from analysis.claims import load_claims
from analysis.posterior import Draw
from simulation import Scenario, simulate
from simulation.diary import CAUSES, DOMAIN_NAMES, EVENTS
from simulation.history import EVENT_COLUMNS, EventColumns
from simulation.state import DOMAINS, TOTALS

CLAIMS = load_claims()
SHORTER = [name for name, recipe in RECIPES.items() if recipe.weeks is not None]
DRAW = Draw(0, 3, {})
PAIRS = ((1, 0), (0, 0), (1, 1))
"""Which two worlds arms are, turn by turn: some claims compare people to whom the same happens in all, some need a difference."""

DETAILS = 4
"""Numbers of details, so that every role is among them."""


def registered_weeks(name):
    return next(iter(CLAIMS[name].plans().values())).weeks


@pytest.fixture(scope="module")
def short_worlds():
    """Two short worlds of the same size, every week kept."""
    cohorts = ("a_year_in", "england")
    plans = [Scenario(name=cohort, cohort=cohort, people=160, years=0.5, own_experience=0.8) for cohort in cohorts]
    return [simulate(plan, seed=seed, panel=range(27), threads=1) for seed, plan in enumerate(plans)]


@pytest.fixture
def long_worlds(short_worlds, stretched):
    """Worlds of every arm of a claim, as long as registered: turn by turn of these two.

    Something happens in every week of them, each person's events being so many weeks late and one person deciding, and half of
    the people are flagged for a month where claims look for it.
    """

    def made(name, which):
        weeks, found = registered_weeks(name), {}
        for at, arm in enumerate(CLAIMS[name].arms):
            world = stretched(short_worlds[which[at % 2]], weeks, flagged=())
            world.snapshots = {week: world.snapshots[week] for week in range(weeks + 1)}
            late = replace(world.columns, week=world.columns.week + world.columns.person % (weeks // 26))
            flags = [events_of(week + later, world.covered[0], EVENTS.index(event))
                     for week in (4, 104) for later, event in ((0, "flag_on"), (4, "flag_off"))]  # fmt: skip
            each = np.arange(len(world.start))
            decisions = events_of(each, each, EVENTS.index("decided_gradually"), DOMAIN_NAMES.index("use"))
            world.columns = together([late, *flags, decisions])
            found[arm.name] = world
        return found

    return made


def events_of(week, who, event, domain=0, detail=0, cause=0):
    """One event of each of these people."""
    of = {"week": week, "person": who, "event": event, "domain": domain, "detail": detail, "cause": cause, "value": 1.0}
    return EventColumns(*(np.broadcast_to(of[name], len(who)) for name in EVENT_COLUMNS))


def together(parts):
    """Events of several parts, in week order."""
    columns = EventColumns(*(np.concatenate([getattr(part, name) for part in parts]) for name in EVENT_COLUMNS))
    return columns.where(np.argsort(columns.week, kind="stable"))


def ended_after(world, weeks):
    """The same world, of which nothing is known after so many weeks."""
    return SimpleNamespace(
        start=world.start, end=world.snapshots[weeks], snapshots={week: world.snapshots[week] for week in range(weeks + 1)},
        weeks=weeks, columns=world.columns.where(world.columns.week < weeks), covered=[],
    )  # fmt: skip


def another_after(world, weeks, seed):
    """The same world up to then. In the next two weeks everything happens, to half of the people each; totals end otherwise."""
    if weeks == world.weeks:
        return world
    luck, size = np.random.default_rng(seed), len(world.start)
    parts = [world.columns.where(world.columns.week < weeks)]
    for week in range(weeks, min(weeks + 2, world.weeks)):
        for event in range(len(EVENTS)):
            for domain in range(len(DOMAIN_NAMES)):
                who = np.flatnonzero(luck.random(size) < 0.5)
                detail, cause = luck.integers(0, DETAILS, len(who)), luck.integers(0, len(CAUSES), len(who))
                parts.append(events_of(week, who, event, domain, detail, cause))
    end = world.end.copy()
    for name in TOTALS:
        end[name] = luck.integers(0, 200, size)
    return SimpleNamespace(
        start=world.start, end=end, snapshots=world.snapshots, weeks=world.weeks, columns=together(parts), covered=[]
    )  # fmt: skip


def measured(count, worlds, probed):
    """What a recipe makes of worlds by arm, as text, so that NaN is like NaN; None where it reads what is not there."""
    try:
        found = count(Arms({name: Arm(world) for name, world in worlds.items()}, lambda *_: probed))
    except (KeyError, IndexError):
        return None
    return {name: repr(float(value)) for name, value in found.items()}


def readings(name, count, worlds, weeks, probed):
    """What a recipe makes of worlds that end after `weeks`, by arm, and of worlds that go on otherwise from there."""
    ends = {arm: ended_after(world, weeks[arm]) for arm, world in worlds.items()}
    others = {arm: another_after(world, weeks[arm], at) for at, (arm, world) in enumerate(worlds.items())}
    return [measured(count, some, probed) for some in (ends, others)]


def weeks_said(name):
    return {arm.name: RECIPES[name].weeks_of(arm.name) or registered_weeks(name) for arm in CLAIMS[name].arms}


def probed_of(world):
    """Half of the people under a cap at nothing."""
    state = world.start.copy()
    state["hope"][::2] = 0.0
    return state


@pytest.mark.parametrize("which", PAIRS, ids=["unlike worlds", "one world", "another world"])
@pytest.mark.parametrize("name", SHORTER)
def test_what_happens_after_the_last_week_that_a_recipe_says_changes_nothing_that_it_measures(name, which, long_worlds):
    worlds = long_worlds(name, which)
    probed = probed_of(next(iter(worlds.values())))
    for count in filter(None, (RECIPES[name].measure, RECIPES[name].recount)):
        whole = measured(count, worlds, probed)
        assert whole is not None
        ended, otherwise = readings(name, count, worlds, weeks_said(name), probed)
        assert ended == whole
        assert otherwise == whole


@pytest.mark.parametrize("name", SHORTER)
def test_a_week_less_than_a_recipe_says_would_not_do(name, long_worlds):
    """So that no world is lived further than it is read; and so that the test above is seen to find what is read."""
    said, count = weeks_said(name), RECIPES[name].measure
    for weeks in set(said.values()) - {registered_weeks(name)}:
        fewer = {arm: own - 1 if own == weeks else own for arm, own in said.items()}
        found = []
        for which in PAIRS:
            worlds = long_worlds(name, which)
            probed = probed_of(next(iter(worlds.values())))
            whole = measured(count, worlds, probed)
            found += [one != whole for one in readings(name, count, worlds, fewer, probed)]
        assert any(found), f"{name} reads nothing of week {weeks}"


def test_one_week_of_time_in_recovery_is_the_row_of_the_table_of_all_weeks(short_worlds):
    for world in short_worlds:
        arm = Arm(world)
        for week in (0, 1, 13, 26):
            for domain in DOMAINS:
                np.testing.assert_array_equal(arm.believed_at(domain, week), arm.believed(domain)[week])
            np.testing.assert_array_equal(arm.sustained_at(week), arm.sustained[week])
        assert len(np.unique(arm.sustained)) > 26
        with pytest.raises(IndexError):
            arm.recovered(27)


def check_numbers_of_lived(name):
    """Every arm of a claim lived as long as registered, and as long as the recipe says: its numbers must be the same."""
    size = Size(people=80)
    bench, variant = Bench(DRAW.seed, DRAW.assumptions, lambda *_: None), ABLATED if RECIPES[name].recount else REGISTERED
    numbers = []
    for plans in (registered_plans(name, variant, size), plans_of(name, variant, size)):
        arms = {arm: bench.live(plan, RECIPES[name].panel_of(arm)) for arm, plan in plans.items()}
        probe = lambda arm, changed, plans=plans: bench.probe(plans[arm], changed)  # noqa: E731
        numbers.append({one: repr(value) for one, value in numbers_of(name, variant, Arms(arms, probe)).items()})
    assert [arm.weeks for arm in arms.values()] == [weeks_said(name)[arm] for arm in arms]
    assert numbers[0] == numbers[1]


@pytest.mark.parametrize("name", ["R27", "R38", "R51"])
def test_lived_worlds_that_end_where_a_recipe_says_give_the_numbers_of_those_as_long_as_registered(name):
    check_numbers_of_lived(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", SHORTER)
def test_lived_worlds_of_every_claim_that_end_sooner_give_the_numbers_of_those_as_long_as_registered(name):
    check_numbers_of_lived(name)


def test_all_that_happens_in_a_world_until_it_ends_is_what_happens_in_one_that_goes_on():
    """With a policy that has yet to end, one that grows by and by, a trend, and an experiment that lasts."""
    plan = Scenario.from_text(
        """
        extends = "the-visit"
        people = 150
        years = 1
        [[policy]]
        lever = "peer_groups"
        set = 3
        from = "week 3"
        until = "week 40"
        ramp = "8 weeks"
        [[policy]]
        lever = "public_stigma_trend"
        set = "-3 % a year"
        [[policy]]
        lever = "review_date"
        set = "4 weeks"
        [[experiment]]
        state = "hope"
        cap = 0.5
        from = "week 2"
        lasts = "30 weeks"
        covers = "50 %"
        """, "much that lasts",
    )  # fmt: skip
    kept = states(range(1, 21), "identity", "hope", "distress", "flag", "anticipated_stigma", "service", "weeks_use")
    whole, ended = (Bench(3, {}, lambda *_: None).live(one, kept) for one in (plan, plan.with_settings(years=20 / 52)))
    assert (whole.weeks, ended.weeks) == (52, 20)
    soon = whole.columns.where(whole.columns.week < 20)
    for name in EVENT_COLUMNS:
        np.testing.assert_array_equal(getattr(ended.columns, name), getattr(soon, name))
    for week in kept:
        np.testing.assert_array_equal(ended.at(week), whole.at(week))


def test_a_world_that_claims_share_is_lived_once_and_as_long_as_the_one_that_reads_furthest(monkeypatch):
    """R25 reads 17 weeks of people left alone, R57 reads 56: what R25 makes of them is the same as alone.

    Without the mechanism both arms of R25 are one world, so that it lives three.
    """
    lived, live = Counter(), Bench.live
    monkeypatch.setattr(Bench, "live", lambda self, plan, panel: (lived.update([plan.weeks]), live(self, plan, panel))[1])

    def numbers(*names):
        (job,) = claim_jobs([CLAIMS[name] for name in names], [DRAW], {}, Size(people=40))
        lived.clear()
        found = {entry.name: entry.content["values"] for entry in job.run(lambda *_: None)}
        weeks = Counter(lived)
        assert weeks.total() == job.worlds
        assert job.work == 40 * (sum(length * times for length, times in weeks.items()) + 52)
        return weeks, found

    alone_weeks, alone = numbers("R25")
    both_weeks, both = numbers("R25", "R57")
    assert alone_weeks == {17: 3}
    assert both_weeks == {17: 2, 56: 8}
    assert {name: both[name] for name in alone} == alone


def test_how_long_its_worlds_are_lived_is_part_of_the_name_of_what_a_claim_gives(monkeypatch):
    (job,) = claim_jobs([CLAIMS["R25"]], [DRAW], {}, Size(people=40))
    monkeypatch.setitem(RECIPES, "R25", replace(RECIPES["R25"], weeks=18))
    plans_of.cache_clear()
    (longer,) = claim_jobs([CLAIMS["R25"]], [DRAW], {}, Size(people=40))
    plans_of.cache_clear()
    assert not {task.name for task in job.tasks} & {task.name for task in longer.tasks}
