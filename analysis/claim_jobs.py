"""Claims as jobs for a pool: claims of one draw whose worlds begin alike, together, so that what they share is lived once.

A world is lived until the last week that its claim reads, which the recipe says, and which is part of its name. What happens in
it until then does not depend on when it ends, so that one world does for all claims whose worlds differ in nothing else: it is
lived for as long as the one that reads furthest.

Studies are lived and measured as claims are: what is said here of claims is said of them too, but that nothing is ablated.

The store keeps what was measured, some hundred bytes a claim, draw and variant, under a name of all that decides it; the worlds
themselves are not kept. Thresholds decide nothing here: whether a measure holds is seen when it is read.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any

from analysis.claim_arms import YEAR, Arm, Arms, Numbers, Panel, merged
from analysis.claim_lives import Bench
from analysis.claims import Claim, load_claims
from analysis.jobs import Asked, Check, code_that_measures, failure_of, measured
from analysis.posterior import Draw
from analysis.store import NUMBERS, Damaged, Entry, RunStore
from analysis.studies import Study, load_studies
from analysis.study_recipes import MEASURED_IN, RECIPES
from analysis.worlds import assumptions_for
from simulation.cohort import load_cohort
from simulation.errors import WorldError
from simulation.identity import identity_of, name_of
from simulation.scenario import Scenario

REGISTERED, ABLATED = "as_registered", "ablated"
UNDETERRED, UNDETERRED_ABLATED = "deterrence_off", "deterrence_off_ablated"
VARIANTS = (REGISTERED, ABLATED, UNDETERRED, UNDETERRED_ABLATED)
"""As registered; with its mechanism taken out; and both with flags that deter nobody, for claims about flags."""

DETERRENCE = "deterrence"


@dataclass(frozen=True)
class Size:
    """Instead of what is registered: people in each world, and years that it is lived; None leaves it as it is."""

    people: int | None = None
    years: float | None = None


@dataclass(frozen=True)
class Task:
    """One claim in one variant, to be put to the test in one draw: the name of its numbers, and of each of its worlds.

    `worlds` holds (arm, name of its world whatever its length, weeks that the claim reads of it), in the order of the arms.
    """

    claim: str
    variant: str
    name: str
    worlds: tuple[tuple[str, str, int], ...]


def variants_of(claim: Claim | Study) -> tuple[str, ...]:
    """In which variants a claim is put to the test; nothing is taken out of a study."""
    variants = VARIANTS if claim.with_deterrence_off else VARIANTS[:2]
    return tuple(one for one in variants if one in (REGISTERED, UNDETERRED)) if isinstance(claim, Study) else variants


@lru_cache(maxsize=512)
def registered_plans(claim: str, variant: str, size: Size) -> Mapping[str, Scenario]:
    """The scenario of each arm of a claim in one variant, by name, as long as registered or as `size` says."""
    stated = _claims()[claim]
    out = stated.ablation
    ablated = variant in (ABLATED, UNDETERRED_ABLATED) and out is not None and not out.recount
    plans = stated.ablated_plans() if ablated else stated.plans()
    if variant in (UNDETERRED, UNDETERRED_ABLATED):
        plans = {
            name: replace(plan, switch_off=tuple(dict.fromkeys((*plan.switch_off, DETERRENCE)))) for name, plan in plans.items()
        }
    return {name: plan.with_settings(people=size.people, years=size.years) for name, plan in plans.items()}


@lru_cache(maxsize=512)
def plans_of(claim: str, variant: str, size: Size) -> Mapping[str, Scenario]:
    """The same, each no longer than the claim reads of it."""
    return {
        name: _no_longer_than(plan, RECIPES[claim].weeks_of(name))
        for name, plan in registered_plans(claim, variant, size).items()
    }


def _no_longer_than(plan: Scenario, weeks: int | None) -> Scenario:
    return plan if weeks is None or plan.weeks <= weeks else plan.with_settings(years=weeks / YEAR)


@lru_cache(maxsize=1)
def _claims() -> Mapping[str, Claim | Study]:
    return {**load_claims(), **load_studies()}


@dataclass(frozen=True)
class ClaimsJob:
    """Claims of one draw whose worlds begin alike: each world lived once, each claim measured as soon as its arms are there."""

    draw: Draw
    tasks: tuple[Task, ...]
    size: Size
    platform: Mapping[str, str]

    @property
    def wanted(self) -> tuple[Asked, ...]:
        """One entry of numbers for each claim and variant."""
        return tuple((NUMBERS, task.name, ()) for task in self.tasks)

    @property
    def worlds(self) -> int:
        """How many worlds it lives."""
        return len(lengths_of(self.tasks))

    @property
    def work(self) -> float:
        """How much it has to live, in person-weeks, one burn-in included."""
        plan = next(iter(plans_of(self.tasks[0].claim, self.tasks[0].variant, self.size).values()))
        return float(plan.people * (sum(lengths_of(self.tasks).values()) + load_cohort(plan.cohort).burn_in_weeks))

    def without(self, found: Callable[[str, str, tuple[str, ...]], bool]) -> ClaimsJob | None:
        """The same job less what is found already; None where nothing is left."""
        left = tuple(task for task in self.tasks if not found(NUMBERS, task.name, ()))
        return replace(self, tasks=left) if left else None

    def run(self, check: Check) -> Iterator[Entry]:
        """Live the worlds and measure the claims; gives the entry of each claim's numbers, or of its failure, as it comes."""
        lived = _Lived(self, check)
        for task in self.tasks:
            identity = self._identity(task)
            yield from measured(task.name, identity, self._told(task), partial(lived.measure, task, identity))
            lived.done_with(task)

    def failures(self, message: str) -> list[Entry]:
        """The records of its failure as a whole: one for each claim and variant."""
        return [failure_of(task.name, self._identity(task), self._told(task), message) for task in self.tasks]

    def read(self, store: RunStore) -> dict[tuple[str, str], Numbers]:
        """Numbers by claim and variant. Raises KeyError where the store has not got one, Damaged where one cannot be read."""
        return {(task.claim, task.variant): _read(store, task) for task in self.tasks}

    def there(self, store: RunStore) -> dict[tuple[str, str], Numbers]:
        """The same of what the store has, where some of it failed. Raises Damaged where one cannot be read."""
        return {
            (task.claim, task.variant): _read(store, task) for task in self.tasks if store.has(NUMBERS, task.name, ())
        }

    def _identity(self, task: Task) -> dict[str, Any]:
        return identity_of_task(task.claim, task.variant, self.draw, self.size, self.platform)

    def _told(self, task: Task) -> str:
        return f"{task.claim}, {task.variant.replace('_', ' ')}, draw {self.draw.number}"


def lengths_of(tasks: Iterable[Task]) -> dict[str, int]:
    """Weeks that each world of some tasks is lived: as many as the one that reads furthest needs."""
    found: dict[str, int] = {}
    for task in tasks:
        for _, name, weeks in task.worlds:
            found[name] = max(weeks, found.get(name, 0))
    return found


def _read(store: RunStore, task: Task) -> Numbers:
    content = store.read(NUMBERS, task.name).content
    try:
        return {str(name): float(value) for name, value in content["values"].items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Damaged(NUMBERS, task.name, "record.json", "cannot be read") from error


class _Lived:
    """The worlds of a job while it runs: lived when first asked for, kept while a claim still needs them."""

    def __init__(self, job: ClaimsJob, check: Check) -> None:
        self.job = job
        self.bench = Bench(job.draw.seed, job.draw.assumptions, check)
        self.starts = {task: self._starts_of(task) for task in job.tasks}
        self.uses = Counter(name for task in job.tasks for name in {name for _, name, _ in task.worlds})
        self.lengths = lengths_of(job.tasks)
        self.panels: dict[str, Panel] = {}
        for task in job.tasks:
            for arm, name, _ in task.worlds:
                self.panels[name] = merged(self.panels.get(name, {}), RECIPES[task.claim].panel_of(arm))
        self.arms: dict[str, Arm] = {}

    def measure(self, task: Task, identity: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, bytes]]:
        """What a claim's worlds give, as plain values.

        Raises
        ------
        WorldError
            If this machine has other code or figures than the one that asked, or the worlds are too short for the claim.
        """
        if name_of(identity) != task.name:
            raise WorldError("this machine has other code or cohorts than the one that asked: install the same")
        plans = plans_of(task.claim, task.variant, self.job.size)
        arms = Arms({arm: self._arm(name, plans[arm]) for arm, name, _ in task.worlds},
                    lambda arm, changed: self.bench.probe(plans[arm], changed))  # fmt: skip
        values = numbers_of(task.claim, task.variant, arms)
        return {"values": {name: value if math.isfinite(value) else str(value) for name, value in values.items()}}, {}

    def done_with(self, task: Task) -> None:
        """Let go of what no claim needs any more."""
        del self.starts[task]
        for name in {name for _, name, _ in task.worlds}:
            self.uses[name] -= 1
            if self.uses[name] == 0:
                self.arms.pop(name, None)
        self.bench.forget_all_but({start for needed in self.starts.values() for start in needed})

    def _starts_of(self, task: Task) -> set[str]:
        return {self.bench.start_name(plan) for plan in plans_of(task.claim, task.variant, self.job.size).values()}

    def _arm(self, name: str, plan: Scenario) -> Arm:
        if name not in self.arms:
            weeks = self.lengths[name]
            panel = {week: columns for week, columns in self.panels[name].items() if week <= weeks}
            self.arms[name] = self.bench.live(plan.with_settings(years=weeks / YEAR), panel)
        return self.arms[name]


def numbers_of(claim: str, variant: str, arms: Arms) -> Numbers:
    """Every measure of a claim, and what is to be printed beside them, from its arms in one variant.

    Raises
    ------
    WorldError
        If a measure is missing, or the worlds are too short to hold the weeks that one needs.
    """
    stated, recipe = _claims()[claim], RECIPES[claim]
    counted_otherwise = variant in (ABLATED, UNDETERRED_ABLATED) and stated.ablation is not None and stated.ablation.recount
    count = recipe.recount if counted_otherwise and recipe.recount else recipe.measure
    try:
        found = count(arms)
    except (KeyError, IndexError) as error:
        weeks = {arm.weeks for arm in arms.values()}
        raise WorldError(f"{claim} cannot be measured in worlds of {max(weeks)} weeks: {error} is missing") from error
    wanted = [stated.ablation.measure] if counted_otherwise and stated.ablation else [one.id for one in stated.measures]
    missing = [name for name in wanted if name not in found]
    if missing:
        raise WorldError(f"{claim} is measured without {', '.join(missing)}")
    return {name: float(value) for name, value in found.items()}


def identity_of_task(claim: str, variant: str, draw: Draw, size: Size, platform: Mapping[str, str]) -> dict[str, Any]:
    """All that decides the numbers of a claim in one variant and draw, as plain values."""
    stated = _claims()[claim]
    recount = stated.ablation.recount if stated.ablation and variant in (ABLATED, UNDETERRED_ABLATED) else ""
    return {
        "measured": "claim", "claim": claim, "measures": [one.id for one in stated.measures], "recount": bool(recount),
        "worlds": _worlds_of(claim, variant, draw, size, platform), "platform": dict(platform),
        "code": code_of_claim(claim),
    }  # fmt: skip


def code_of_claim(claim: str) -> str:
    """Hash of all code that decides what is measured of a claim: that of its family, and that which lives its worlds."""
    return code_that_measures(MEASURED_IN[claim]) + code_that_measures("analysis.claim_lives")


def _worlds_of(
    claim: str, variant: str, draw: Draw, size: Size, platform: Mapping[str, str]
) -> dict[str, tuple[str, int]]:
    """Of the world of each arm: a name of all that decides it but its length, and the weeks that the claim reads of it."""
    found = {}
    for arm, plan in plans_of(claim, variant, size).items():
        identity = identity_of(plan, draw.seed, assumptions=assumptions_for(plan, draw.assumptions), platform=platform)
        found[arm] = name_of({**identity, "weeks": None}), plan.weeks
    return found


def claim_jobs(
    claims: Iterable[Claim | Study], draws: Sequence[Draw], platform: Mapping[str, str], size: Size = Size()
) -> list[ClaimsJob]:
    """A job for each draw and each kind of beginning: cohort, years and share with own experience; in the order of the draws.

    Raises
    ------
    ScenarioError, ParameterError
        If a world cannot be asked for.
    """
    asked = [(claim.id, variant) for claim in claims for variant in variants_of(claim)]
    return [
        ClaimsJob(draw, tuple(tasks), size, platform)
        for draw in draws for tasks in _by_beginning(asked, draw, size, platform)
    ]


def _by_beginning(
    asked: Sequence[tuple[str, str]], draw: Draw, size: Size, platform: Mapping[str, str]
) -> Iterable[list[Task]]:
    found: dict[tuple[Any, ...], list[Task]] = {}
    for claim, variant in asked:
        identity = identity_of_task(claim, variant, draw, size, platform)
        worlds = tuple((arm, name, weeks) for arm, (name, weeks) in identity["worlds"].items())
        # As long as registered alike: a recipe that says nothing of weeks reads whole worlds, and must not be given longer ones.
        first = next(iter(registered_plans(claim, variant, size).values()))
        beginning = (first.cohort, first.years, first.own_experience)
        found.setdefault(beginning, []).append(Task(claim, variant, name_of(identity), worlds))
    return found.values()


