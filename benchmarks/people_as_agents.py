"""The model as idiomatic Mesa agents, for `mesa_agents.py`: one Python object a person, living by the same rule.

Each person is a `mesa.Agent` whose states are attributes; kin and friends are lists of agents; luck comes from the model's
generator, one number a decision, that of where a person is open to others with it. A week is `shuffle_do("live")`, then everyone
shows what others see, then ties end and are made. The rule (`simulation.week`, `simulation.ties`) is called as it stands: only
what carries it differs.

Frozen: any change, in what is done or in how, makes the speeds that were told of it worthless.
"""

from __future__ import annotations

import math
import random
import types
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import mesa
import numpy as np

from simulation import World, ties
from simulation.book import Book
from simulation.engine import CHANCES
from simulation.plain import Records
from simulation.state import STATE_NAMES
from simulation.ties import IN_CUSTODY, KIN_PLACES, NOT_OPEN, OTHER_PLACES, kind_of_tie, show, tie_ends
from simulation.week import LIVING, Around, has_a_problem, is_free, is_in_a_problem, live_one_week

OUTCOMES = ("alive", "use_active", "offending_active", "mental_health_active", "symptoms", "work", "identity", "distress", "ties")


def open_by(generator: random.Random) -> Callable[..., int]:
    """The rule's own `open_to`, whose luck is this generator's: Philox, by which the engine draws it, is slow in plain Python."""

    def four(*_: object) -> tuple[float, ...]:
        return tuple(generator.random() or 0.5 for _ in range(4))

    return types.FunctionType(ties.open_to.__code__, vars(ties) | {"four": four}, "open_to")


class Person(mesa.Agent):
    """One person, with the states that the rule reads and writes."""

    def __init__(self, model: Society, state: dict[str, Any]) -> None:
        super().__init__(model)
        self.__dict__.update(state)
        self.kin: list[Person] = []
        self.estranged: set[Person] = set()
        self.friends: dict[Person, int] = {}
        self.shown, self.known = SimpleNamespace(context=NOT_OPEN), SimpleNamespace()

    def look_around(self) -> Around:
        """Sums over living ties, as they were shown last."""
        assume, kin = self.model.assume, [one for one in self.kin if one.shown.alive]
        close = [one for one in kin if one not in self.estranged]
        friends = [one for one in self.friends if one.shown.alive]
        near = {one: assume.far_weight if one.shown.area != self.area else 1.0 for one in close + friends}
        weight = {one: near[one] * (assume.kin_weight if one in close else 1.0) for one in near}
        weights, of_kin = sum(weight.values()), sum(near[one] for one in close)

        def share(name: str) -> float:
            return min(1.0, sum(weight[one] for one in near if getattr(one.shown, name)) / weights) if weights else 0.0

        return Around(
            sum(weight[one] for one in near if one.shown.stands_by),
            sum(weight[one] * one.shown.intolerance for one in near if one.shown.stands_by),
            share("in_trouble_use"), share("in_trouble_offending"), share("in_trouble_mental_health"),
            min(1.0, sum(near[one] for one in near if one.shown.role_model) / assume.models_ties),
            min(1.0, sum(near[one] * one.known.kin_resource for one in close if one.shown.stands_by)),
            sum(near[one] * one.known.flagged for one in close) / of_kin if close else 0.0,
            sum(near[one] * one.known.distress for one in close) / of_kin if close else 0.0,
            min(assume.need_most, sum(near[one] for one in near if one.shown.in_need)),
            float(sum(one.shown.recovering for one in near)), len(close), len(close) / len(kin) if kin else 0.0,
            len(kin) + len(friends),
        )  # fmt: skip

    def live(self) -> None:
        """One week, by the rule."""
        model = self.model
        luck = SimpleNamespace(**{name: model.random.random() or 0.5 for name in CHANCES})
        self.around = self.look_around()
        live_one_week(
            self, self.around, model.places[self.area], model.lever, model.assume, luck, model.public_stigma, LIVING,
            model.book.pages,
        )  # fmt: skip

    def show(self) -> None:
        """What others see from now on."""
        model = self.model
        show(self, model.places[self.area], model.lever, model.assume, self.shown, self.known)
        room = len(self.friends) < OTHER_PLACES
        share = self.around.share_kin_close
        self.shown.context = model.open_to(self, share, room, model.lever, model.assume, None, None)

    def lose_ties(self) -> None:
        """Ties with those who come later end by one draw for the two, all ties with the dead for certain; kin part and mend."""
        for other in list(self.friends):
            gone = not (self.alive and other.alive)
            first, second = (self, other) if self.person < other.person else (other, self)
            if gone or (
                self is first
                and tie_ends(
                    self.model.random.random(), first.shown, second.shown, first.known, second.known, self.model.assume
                )
            ):
                del self.friends[other], other.friends[self]
        if self.alive and has_a_problem(self):
            self.keep_or_lose_kin()

    def keep_or_lose_kin(self) -> None:
        """Turn from kin while in a problem, and back as recovery comes to be believed."""
        assume = self.model.assume
        part = assume.estrange if is_in_a_problem(self) else 0.0
        if not is_free(self):
            part *= 1.0 - self.model.lever.prison_visits
        mend = assume.reconcile * -math.expm1(-self.sustained / assume.reconcile_weeks)
        mend *= 1.0 - assume.reconcile_exposure * self.exposure
        mend += assume.family_support_reconcile * self.model.lever.family_support
        for other in self.kin:
            turned = other in self.estranged
            if other.alive and self.model.random.random() < (mend if turned else part):
                (self.estranged.discard if turned else self.estranged.add)(other)


class Society(mesa.Model):
    """People, who begin as a world of the engine does, and the order of their weeks."""

    def __init__(self, world: World, seed: int) -> None:
        super().__init__(rng=seed)
        self.open_to = open_by(self.random)
        self.assume, self.places = Records(world.assume)[0], Records(world.areas_table)
        self.lever, self.public_stigma = Records(world.policy.settings)[0], world.public_stigma
        self.book = Book(len(world.people))
        rows = world.snapshot().tolist()
        everyone = [Person(self, dict(zip(STATE_NAMES, row, strict=True))) for row in rows]
        for one in everyone:
            kin = world.ties.kin[one.person].tolist()
            one.kin = [everyone[other] for other in kin if other >= 0]
            one.estranged = {everyone[kin[place]] for place in range(KIN_PLACES) if world.ties.estranged[one.person, place]}
            for other, kind in zip(world.ties.others[one.person].tolist(), world.ties.kind[one.person].tolist(), strict=True):
                if other >= 0:
                    one.friends[everyone[other]] = kind
            show(one, self.places[one.area], self.lever, self.assume, one.shown, one.known)

    def step(self) -> None:
        """One week."""
        self.book.turn()
        self.agents.shuffle_do("live")
        self.agents.do("show")
        self.agents.do("lose_ties")
        self.meet()
        self.agents.select(lambda one: not one.alive).do("remove")

    def meet(self) -> None:
        """Everyone is proposed one other; two who are open in the same place, and live in the same area, become a tie."""
        everyone = list(self.agents.shuffle())
        for one, other in zip(everyone[::2], everyone[1::2], strict=False):
            place = one.shown.context
            if place == NOT_OPEN or other.shown.context != place or other in one.kin or other in one.friends:
                continue
            if place == IN_CUSTODY or one.shown.area == other.shown.area:
                one.friends[other] = kind_of_tie(place, other.shown)
                other.friends[one] = kind_of_tie(place, one.shown)

    def outcomes(self) -> list[float]:
        """How people fare, in the order of `OUTCOMES`: shares and means of the living, per person."""
        living = list(self.agents)
        states = [[one.use == 1, one.offending == 1, one.mental_health == 1, one.symptoms, one.work, one.identity, one.distress,
                   len(one.friends)] for one in living]  # fmt: skip
        return [float(len(living)), *np.mean(np.array(states, dtype=float), axis=0).tolist()]
