"""What makes worlds comparable, and the question that a comparison asks of them: outcome, horizon, people, first week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from analysis.catalogue import find_outcomes, find_primary
from analysis.outcomes import Outcome
from analysis.subgroups import EVERYONE, Subgroup, declared_groups, everyone, named, split_by
from simulation.errors import ComparisonError, Problem

WEEKS_A_YEAR = 52


@dataclass(frozen=True)
class Question:
    """Everything that a comparison asks, decided before any world is run.

    `first_week` is the first week in which a policy, an experiment or a switch of one world differs from the base world's;
    until then the worlds are the same. `last_week` is the horizon. `identical` is False where the worlds differ in
    assumptions, or in the layer of the model that they live by, from the beginning. `declared` are the groups by which every
    comparison asks who gains and who loses, whatever it finds; `splits` those asked for besides.
    """

    base: Any
    others: tuple[Any, ...]
    labels: tuple[str, ...]
    people: int
    years: float
    first_week: int
    horizon: int
    primary: Outcome
    group: Subgroup
    outcomes: tuple[Outcome, ...]
    by: str | None
    identical: bool
    splits: tuple[Subgroup, ...] = field(default=())
    declared: tuple[Subgroup, ...] = field(default=())

    @property
    def needs_events(self) -> bool:
        """Whether an outcome is read from events."""
        return any(outcome.needs_events for outcome in self.outcomes)

    @property
    def panel(self) -> tuple[int, ...]:
        """Weeks between the first week and the horizon of which an outcome reads everybody's state."""
        steps = {outcome.every for outcome in self.outcomes if outcome.every}
        weeks = {week for step in steps for week in range(self.first_week + step, self.last_week, step)}
        return tuple(sorted(weeks))

    @property
    def last_week(self) -> int:
        """The week at which outcomes are judged."""
        return self.first_week + self.horizon

    @property
    def whom(self) -> str:
        """The people whom the primary effect is about, in words."""
        return self.primary.whom if self.group.name == EVERYONE else self.group.means

    @property
    def of_the_last(self) -> Question:
        """The same question of the last other world alone."""
        return replace(self, others=self.others[-1:], labels=self.labels[-1:])

    @property
    def subgroups(self) -> tuple[Subgroup, ...]:
        """Every group that effects are given for: everyone at risk, the primary group, and its parts by `--by`."""
        found = {group.name: group for group in (everyone(), self.group, *self.splits)}
        return tuple(found.values())


def ask(
    base: Any,
    others: list[Any],
    outcomes: Sequence[str | Outcome] | None = None,
    by: str | None = None,
    events: bool = True,
) -> Question:
    """The question that these scenarios pose; the primary outcome is the one that the first other scenario names.

    `events` says whether events will be there to measure outcomes on. Raises ComparisonError where the worlds cannot be
    compared, the horizon lies beyond their end, or an outcome cannot be measured.
    """
    if not others:
        raise ComparisonError(
            Problem("compare", "one scenario", "a base scenario and at least one other", "name another")
        )
    for other in others:
        check_comparable(base, other)
    starts = [first_difference(base, other) for other in others]
    known = [start for start in starts if start is not None]
    first_week = min(known) if known else (base.policy_start() or 0)
    primary = declared_primary(base, others)
    outcome, horizon = find_primary(primary.outcome), primary.horizon_weeks
    _check_horizon(first_week, horizon, base.weeks)
    group = everyone() if primary.group == "everyone" else named(primary.group, base.names)
    reported = _reported(outcome, outcomes, horizon, events)
    return Question(
        base=base,
        others=tuple(others),
        labels=tuple(_labels(base, others)),
        people=base.people,
        years=base.years,
        first_week=first_week,
        horizon=horizon,
        primary=outcome,
        group=group,
        outcomes=tuple(reported),
        by=by,
        identical=all(_begin_alike(base, other) for other in others),
        splits=tuple(split_by(by, base.names)) if by else (),
        declared=tuple(declared_groups(base.names)),
    )


def declared_primary(base: Any, others: Sequence[Any]) -> Any:
    """What all of these worlds are judged by: what the first other scenario declares, else what the base scenario does."""
    return others[0].primary if others[0].primary.declared else base.primary


def _reported(primary: Outcome, asked: Sequence[str | Outcome] | None, horizon: int, events: bool) -> list[Outcome]:
    """The outcomes to report, the primary one first: those asked for, or else the usual ones and the time without the event."""
    time = [primary.time] if asked is None and primary.time and events else []
    reported = list(dict.fromkeys([primary, *find_outcomes(asked), *(find_outcomes(time) if time else ())]))
    unseen = [outcome for outcome in reported if outcome.needs_events and not events]
    if unseen:
        raise ComparisonError([
            Problem(f"outcome {outcome.id!r}", "only the states of each world are kept", "events, which it is read from",
                    "--keep events, or leave it out")
            for outcome in unseen
        ])  # fmt: skip
    short = [outcome for outcome in reported if outcome.shortest > horizon]
    if short:
        raise ComparisonError([
            Problem(f"outcome {outcome.id!r}", f"a horizon of {horizon} weeks", f"{outcome.shortest} weeks or more to see it in",
                    f"leave it out, or declare a [primary] horizon of {outcome.shortest} weeks or more")
            for outcome in short
        ])  # fmt: skip
    return reported


def judged_otherwise(question: Question) -> list[str]:
    """Sentences on other scenarios whose own primary outcome is not the one that judges all of them here."""
    notes = []
    for other, label in zip(question.others, question.labels, strict=True):
        own = other.primary
        if own.declared and (own.outcome, own.horizon_weeks, own.group) != _judged(question):
            own_group = everyone() if own.group == "everyone" else named(own.group, other.names)
            notes.append(
                f"{label} declares another primary outcome ({own.outcome}, over {own.horizon_weeks} weeks, for "
                f"{own_group.means}) than the one that judges all here: `recovery compare {question.base.name} {other.name}` "
                "judges it by its own."
            )
    return notes


def _judged(question: Question) -> tuple[str, int, str]:
    group = "everyone" if question.group.name == EVERYONE else question.group.name
    return question.primary.id, question.horizon, group


def check_comparable(base: Any, other: Any) -> None:
    """Nothing if two scenarios have the same people, areas, groups and currency; raises ComparisonError otherwise."""
    shared = ("cohort", "people", "years", "own_experience")
    problems = [
        Problem(
            f"{base.name} and {other.name}", f"{name.replace('_', ' ')} {_show(base, name)} and {_show(other, name)}",
            "worlds that start the same: equal cohort, people, years and start",
            f"let {other.name} extend {base.name}, or give both the same {name.replace('_', ' ')}",
        )
        for name in shared
        if getattr(base, name) != getattr(other, name)
    ]  # fmt: skip
    for name, table in (("areas", "area"), ("population_groups", "population_group")):
        if getattr(base, name) != getattr(other, name):
            problems.append(
                Problem(f"{base.name} and {other.name}", f"different {name.replace('_', ' ')}", "the same in both",
                        f"put [[{table}]] into a base file that both extend, or compare with that file itself")
            )  # fmt: skip
    if base.currency and other.currency and base.currency != other.currency:
        problems.append(
            Problem(f"{base.name} and {other.name}", f"costs in {base.currency} and in {other.currency}", "one currency",
                    "give all costs in the same currency")
        )  # fmt: skip
    if problems:
        raise ComparisonError(problems)


def first_difference(base: Any, other: Any) -> int | None:
    """First week in which one of two worlds lives by something that the other does not; None where nothing differs.

    Policies and experiments common to both do not count, in whatever order the files give them. Worlds whose assumptions,
    layers or switches differ part from week 0.
    """
    if not _begin_alike(base, other) or not _same_switches(base, other):
        return 0
    differing = differing_policies(base, other) + differing_policies(other, base)
    differing += differing_experiments(base, other) + differing_experiments(other, base)
    return min((one.start for one in differing), default=None)


def differing_policies(base: Any, other: Any) -> list[Any]:
    """Policies that only the other world has."""
    return [policy for policy in other.policies if not any(same_policy(policy, ours) for ours in base.policies)]


def differing_experiments(base: Any, other: Any) -> list[Any]:
    """Experiments that only the other world has."""
    return [one for one in other.experiments if not any(same_policy(one, ours) for ours in base.experiments)]


def differ_in_policies_only(base: Any, other: Any) -> bool:
    """Whether nothing but policies tells two worlds apart: no assumption, layer, switch or experiment."""
    experiments = differing_experiments(base, other) or differing_experiments(other, base)
    return not experiments and _begin_alike(base, other) and _same_switches(base, other)


def own_experiments(base: Any, other: Any) -> list[bool]:
    """For each experiment of the other world, in order, whether only that world has it."""
    own = differing_experiments(base, other)
    return [any(same_policy(one, each) for each in own) for one in other.experiments]


def own_policies(base: Any, other: Any) -> list[bool]:
    """For each policy of the other world, in order, whether only that world has it."""
    own = differing_policies(base, other)
    return [any(same_policy(policy, one) for one in own) for policy in other.policies]


def same_policy(one: Any, two: Any) -> bool:
    """Whether two policies, or two experiments, do the same, whatever reason is given for them."""
    return replace(one, because="") == replace(two, because="")


def _begin_alike(base: Any, other: Any) -> bool:
    """Whether two worlds are the same up to week 0: settled under the same assumptions, in the same layer of the model."""

    def settled_by(scenario: Any) -> Any:
        return scenario.layer, {name: own.set for name, own in scenario.assumptions.items() if own.set is not None}

    return bool(settled_by(base) == settled_by(other))


def _same_switches(base: Any, other: Any) -> bool:
    """Whether the same mechanisms are off and the same forms on."""
    return bool(set(base.switch_off) == set(other.switch_off) and set(base.switch_on) == set(other.switch_on))


def _check_horizon(first_week: int, horizon: int, weeks: int) -> None:
    if first_week + horizon <= weeks:
        return
    needed = -(-(first_week + horizon) // WEEKS_A_YEAR)
    raise ComparisonError(
        Problem(
            "--years", f"{weeks} weeks",
            f"the primary outcome is judged {horizon} weeks after the policy's first week, which is week {first_week}: "
            f"at least {first_week + horizon} weeks",
            f"--years {needed} or more",
        )
    )  # fmt: skip


def _labels(base: Any, others: list[Any]) -> list[str]:
    taken = []
    for other in others:
        label, number = other.name, 1
        while label in taken:
            number += 1
            label = f"{other.name} ({number})"
        taken.append(label)
    return taken


def _show(scenario: Any, name: str) -> str:
    value = getattr(scenario, name)
    return "as the cohort has it" if value is None else str(value)
