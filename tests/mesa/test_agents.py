"""People as Mesa agents: made when asked for, over columns, with Mesa's own tools as clients."""

from __future__ import annotations

import mesa
import numpy as np
import pytest

from simulation import Person, RecoveryModel, simulate
from simulation.errors import UserError
from simulation.state import FIELDS, STATE_DTYPE


@pytest.fixture
def model() -> RecoveryModel:
    """A world of a hundred people."""
    return RecoveryModel("baseline", people=100, years=1, seed_number=1)


def same_people(one: RecoveryModel, other: RecoveryModel) -> bool:
    """Whether two worlds hold the same people, bit for bit."""
    here, there = one.world.snapshot(), other.world.snapshot()
    return all(here[name].tobytes() == there[name].tobytes() for name in STATE_DTYPE.names)


# Agents


def test_agents_are_the_living_people(model):
    """One Mesa agent for each, and nothing else."""
    assert len(model.agents) == 100
    assert all(isinstance(agent, Person) for agent in model.agents)
    assert all(isinstance(agent, mesa.Agent) for agent in model.agents)


def test_no_agent_is_made_before_it_is_asked_for(model):
    """A run that never asks carries no objects."""
    model.step()
    assert model._persons is None
    assert len(model.agents) == 100


def test_agents_by_type_and_agent_types_make_them_first(model):
    """Whichever of Mesa's attributes is asked first."""
    assert list(model.agent_types) == [Person]
    again = RecoveryModel("baseline", people=50, years=1, seed_number=1)
    assert len(again.agents_by_type[Person]) == 50


def test_removing_all_agents_removes_them_and_leaves_the_people():
    """Objects go; lives, and deaths, go on."""
    model = RecoveryModel("baseline", people=400, years=3, seed_number=3)
    model.remove_all_agents()
    assert len(model.agents) == 0
    for _ in range(130):
        model.step()
    assert model.week == 130
    assert model.weekly["died_events"].sum() > 0
    assert len(model.agents) == 0


def test_a_unique_id_is_the_permanent_number_and_one(model):
    """Also when agents are first asked for after deaths."""
    assert [agent.unique_id for agent in model.agents] == list(range(1, 101))
    later = RecoveryModel("baseline", people=400, years=6, seed_number=3)
    for _ in range(260):
        later.step()
    alive = np.flatnonzero(later.world.snapshot()["alive"])
    assert len(alive) < 400
    assert [agent.unique_id for agent in later.agents] == (alive + 1).tolist()
    assert [agent.person for agent in later.agents] == alive.tolist()
    assert all(agent.identity == later.world.snapshot()["identity"][agent.person] for agent in later.agents)


def test_a_death_removes_its_agent_and_no_other():
    """The set of agents is the living, every week."""
    model = RecoveryModel("baseline", people=400, years=6, seed_number=3)
    assert len(model.agents) == 400
    for _ in range(260):
        model.step()
        assert len(model.agents) == model.weekly["alive"].iloc[-1]
    dead = np.flatnonzero(model.world.snapshot()["alive"] == 0)
    assert len(dead) > 0
    assert not {agent.person for agent in model.agents} & set(dead.tolist())


def test_a_person_can_be_asked_for_after_death():
    """They stay in the history, and are not brought back among the agents."""
    model = RecoveryModel("baseline", people=400, years=6, seed_number=3)
    for _ in range(260):
        model.step()
    dead = int(np.flatnonzero(model.world.snapshot()["alive"] == 0)[0])
    living = len(model.agents)
    person = model.person(dead)
    assert (person.person, person.unique_id, person.alive) == (dead, dead + 1, 0)
    assert len(model.agents) == living
    assert person.story()


def test_there_is_no_person_beyond_the_last(model):
    """The message says which there are."""
    for number in (-1, 100):
        with pytest.raises(UserError, match="0 to 99"):
            model.person(number)


# AgentSet


def test_agg_reads_states(model):
    """Mesa's aggregate of an attribute is that of the column."""
    people = model.world.snapshot()
    assert model.agents.agg("identity", np.mean) == pytest.approx(people["identity"].mean())
    assert model.agents.agg("age", max) == people["age"].max()


def test_select_finds_people_by_state(model):
    """As Mesa's filters do."""
    chosen = model.agents.select(lambda person: person.record == 1)
    assert {agent.person for agent in chosen} == set(np.flatnonzero(model.world.snapshot()["record"]).tolist())
    assert len(model.agents.select(at_most=7)) == 7


def test_get_and_stigma(model):
    """Attributes of many at once; stigma is the mean of exposure, anticipated stigma and self-stigma."""
    people = model.world.snapshot()
    expected = (people["exposure"] + people["anticipated_stigma"] + people["self_stigma"]) / 3.0
    assert model.agents.get("stigma") == pytest.approx(expected.tolist())


def test_every_state_and_trait_is_an_attribute(model):
    """Named as in the table of states, and read off the same row."""
    person = model.person(12)
    row = model.world.snapshot()[12]
    for one in FIELDS:
        assert getattr(person, one.name) == row[one.name], one.name
    assert all(model.world.ties.kin[12, place] in person.kin for place in range(3))
    assert set(person.ties) == {int(other) for other in model.world.ties.others[12] if other >= 0}


# Steps


def test_people_stepped_one_by_one_live_the_same_week(model):
    """`agents.do("step")` and then `model.step()` is what `model.step()` alone would have been."""
    never_asked = RecoveryModel("baseline", people=100, years=1, seed_number=1)
    for _ in range(6):
        model.agents.do("step")
        model.step()
        never_asked.step()
    assert same_people(model, never_asked)
    assert model.weekly.equals(never_asked.weekly)
    assert model.events.equals(never_asked.events)


def test_people_stepped_in_any_order_live_the_same_week(model):
    """`shuffle_do` shuffles nobody's luck; nor does stepping only some, or some twice."""
    never_asked = RecoveryModel("baseline", people=100, years=1, seed_number=1)
    for _ in range(4):
        model.agents.shuffle_do("step")
        model.agents.select(at_most=9).do("step")
        model.step()
        never_asked.step()
    assert same_people(model, never_asked)


def test_a_person_stepped_waits_for_the_page_to_turn(model):
    """Nobody changes until the model steps."""
    before = model.world.snapshot()
    model.agents.do("step")
    assert all(np.array_equal(before[name], model.world.snapshot()[name]) for name in STATE_DTYPE.names)
    assert model.week == 0


def test_a_model_that_never_asked_for_agents_lives_as_simulate_does(model):
    """One world, two doors."""
    history = simulate("baseline", people=100, years=1, seed=1)
    while model.running:
        model.step()
    assert model.weekly.equals(history.weekly)
    assert model.events.equals(history.events)
    assert all(model.world.snapshot()[name].tobytes() == history.end[name].tobytes() for name in STATE_DTYPE.names)


def test_a_model_stops_after_its_last_week(model):
    """`running` turns False, and a further step changes nothing."""
    short = RecoveryModel("baseline", people=50, years=0.1, seed_number=1)
    assert short.running
    for _ in range(5):
        short.step()
    assert not short.running
    before = short.world.snapshot()
    short.step()
    assert short.week == 5
    assert len(short.weekly) == 5
    assert all(before[name].tobytes() == short.world.snapshot()[name].tobytes() for name in STATE_DTYPE.names)


def test_the_plain_model_is_the_compiled_model():
    """Agents, weekly table and events agree to the last bit."""
    one, other = (
        RecoveryModel("the-visit", people=60, years=0.3, seed_number=2, engine=engine) for engine in ("compiled", "plain")
    )
    for model in (one, other):
        while model.running:
            model.agents.do("step")
            model.step()
    assert same_people(one, other)
    assert one.weekly.equals(other.weekly)
    assert one.events.equals(other.events)
    assert one.agents.get("stigma") == other.agents.get("stigma")


# Setters


def test_a_setter_acts_at_once(model):
    """On the row, and on what everybody reads of it."""
    person = model.person(5)
    person.hope = 0.75
    assert person.hope == model.world.snapshot()["hope"][5] == 0.75
    model.agents.set("identity", 0.6)
    assert set(model.agents.get("identity")) == {0.6}


def test_what_was_set_is_lived_from_the_coming_week():
    """Also by others, and also after some have stepped already."""
    model, other = (RecoveryModel("baseline", people=100, years=1, seed_number=1) for _ in range(2))
    kin = model.person(8).kin[0]
    model.agents.do("step")
    for one in (model, other):
        one.person(kin).distress = 1.0
        one.step()
    assert same_people(model, other)
    untouched = RecoveryModel("baseline", people=100, years=1, seed_number=1)
    untouched.step()
    assert model.person(kin).distress > untouched.person(kin).distress


@pytest.mark.parametrize(
    ("name", "value"),
    [("hope", 1.2), ("hope", -0.1), ("identity", float("nan")), ("use", 4), ("age", 200), ("service_quality", -1.5)],
)
def test_a_value_out_of_range_is_refused(model, name, value):
    """The message says whose, what was given and what is allowed; nothing changes."""
    person = model.person(5)
    before = getattr(person, name)
    with pytest.raises(UserError, match=f"{name} of person 5: given .* allowed"):
        setattr(person, name, value)
    assert getattr(person, name) == before


@pytest.mark.parametrize("name", ["person", "alive", "social_capital", "involvement", "degree"])
def test_what_is_fixed_or_follows_from_the_rest_cannot_be_set(model, name):
    """A permanent number, a death, a derived quantity."""
    with pytest.raises(AttributeError):
        setattr(model.person(5), name, 1)


def test_a_person_cannot_be_sent_to_an_area_that_is_not_there(model):
    """Areas are numbered, and there are only so many."""
    person = model.person(5)
    person.area = 1
    assert person.area == 1
    with pytest.raises(UserError, match="area"):
        person.area = 2


def test_half_a_status_is_refused(model):
    """A status, a bit or a count is a whole number, and is not cut to one in silence."""
    with pytest.raises(UserError, match="flag"):
        model.person(5).flag = 1.5
