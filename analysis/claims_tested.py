"""Claims put to the test: every draw of every claim lived or found in the store, and a verdict each."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.claim_arms import Numbers
from analysis.claim_draws import draws_of
from analysis.claim_jobs import (
    ABLATED,
    REGISTERED,
    UNDETERRED,
    UNDETERRED_ABLATED,
    Size,
    claim_jobs,
)
from analysis.claim_recipes import RECIPES
from analysis.claims import Claim, load_claims
from analysis.ensemble import Progress, Ran, gather
from analysis.pools import Pool, open_pool
from analysis.posterior import Draw
from analysis.store import RunStore
from analysis.store_places import open_store
from analysis.studies import NAMES, Study, StudyMeasure, load_studies
from analysis.study_answers import Answer, answers_of
from analysis.verdicts import Verdict, judge_claim, order_of
from simulation.errors import Problem, UserError
from simulation.history import platform_tag
from simulation.parameters import nearest

COLUMNS = ("claim", "class", "draw", "seed", "variant", "measure", "registered", "value", "holds")
"""Of `results.csv`: `registered` is false for what is only printed beside the measures."""

STUDY = "study"
"""What stands for a class in the rows of studies; they hold only where a threshold was registered."""


@dataclass(frozen=True)
class Tested:
    """Claims put to the test.

    Attributes
    ----------
    verdicts
        One a claim, and one more with deterrence off for each claim about flags; failures first.
    numbers
        What each claim's worlds gave, by (claim, variant), then by number of the draw; draws of which a world failed are missing.
    draws
        What was assumed.
    ran
        What was lived and what was there already, with a record of each claim and draw that failed.
    studies, answers
        Studies that were run with them, whose numbers stand among the others, and what they answer over the draws.
    """

    claims: tuple[Claim, ...]
    verdicts: tuple[Verdict, ...]
    numbers: Mapping[tuple[str, str], Mapping[int, Numbers]]
    draws: tuple[Draw, ...]
    size: Size
    ran: Ran = field(default_factory=Ran, repr=False)
    studies: tuple[Study, ...] = ()
    answers: tuple[Answer, ...] = ()

    def table(self) -> pd.DataFrame:
        """One row a claim or study, draw, variant and number: the columns of `results.csv`."""
        rows: list[tuple[Any, ...]] = []
        stated_in: tuple[Claim | Study, ...] = (*self.claims, *self.studies)
        for claim in stated_in:
            kind = claim.kind if isinstance(claim, Claim) else STUDY
            stated: dict[str, Any] = {one.id: one for one in claim.measures if not isinstance(one, StudyMeasure) or one.judged}
            registered = {one.id for one in claim.measures}
            for (name, variant), by_draw in self.numbers.items():
                if name != claim.id:
                    continue
                for draw in self.draws:
                    for measure, value in by_draw.get(draw.number, {}).items():
                        holds = stated[measure].holds(value) if measure in stated else None
                        known = measure in registered
                        rows.append((name, kind, draw.number, draw.seed, variant, measure, known, value, holds))
        return pd.DataFrame(rows, columns=list(COLUMNS))


def chosen(ids: Sequence[str]) -> tuple[Claim, ...]:
    """The registered claims of these ids, each once, in the order of their numbers; all where none is named.

    Raises
    ------
    UserError
        For every id that names none, or one that cannot be measured yet.
    """
    claims = load_claims()
    wanted = [name.upper() for name in ids] or [name for name in claims if name in RECIPES]
    problems = [
        Problem("claims", repr(given), f"R1 to R{len(claims)}, or a study: {', '.join(NAMES)}",
                nearest(name, claims) or nearest(given.lower(), NAMES) or "docs/claims.md lists them")
        for given, name in zip(ids, wanted, strict=False) if name not in claims
    ]  # fmt: skip
    problems += [
        Problem("claims", repr(name), "a claim with a measure", "Leave it out.")
        for name in wanted if name in claims and name not in RECIPES
    ]
    if problems:
        raise UserError(problems)
    return tuple(claim for name, claim in claims.items() if name in wanted)


def asked_for(ids: Sequence[str]) -> tuple[tuple[Claim, ...], tuple[Study, ...]]:
    """The registered claims and studies of these ids, each once, in their order; all of both where none is named.

    Raises
    ------
    UserError
        For every id that names neither.
    """
    studies = load_studies()
    if not ids:
        return chosen([]), tuple(studies.values())
    of_claims = [name for name in ids if name.lower() not in studies]
    wanted = {name.lower() for name in ids}
    return chosen(of_claims) if of_claims else (), tuple(study for name, study in studies.items() if name in wanted)


def put_to_the_test(
    ids: Sequence[str] = (),
    *,
    draws: int = 60,
    people: int | None = None,
    years: float | None = None,
    workers: int | None = None,
    store: RunStore | str | Path | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
) -> Tested:
    """Claims put to the test, and studies run beside them, all of them or those named.

    Use to see which claims follow from the model, over what is plausible. Do not take a verdict from few draws, or small
    worlds, for that of the registered design: there luck decides more.

    Parameters
    ----------
    ids
        Such as "R47", or "two-selves"; all where left out.
    draws
        How many draws of the assumptions, one seed each.
    people, years
        Instead of those registered, for a rehearsal. A claim that needs more weeks fails, and says so.
    workers, cluster
        How many sets of worlds are lived at once on this machine, one a core by default; or the address of a Dask scheduler.
    store
        The run store, or its folder: what it holds is not lived again. A temporary one, removed in the end, where None.
    progress
        Told how many worlds are done, of how many, and the seconds left.

    Raises
    ------
    UserError
        For ids of no claim and no study.
    ScenarioError, ParameterError, OutputError
        If the worlds cannot be lived, or the store cannot be written.
    """
    claims, studies = asked_for(ids)
    with open_store(store) as kept, closing(open_pool(workers, cluster)) as pool:
        return judge_claims(claims, draws_of(draws), kept, pool, Size(people, years), progress, studies)


def cost_of_a_draw(ids: Sequence[str] = (), people: int | None = None, years: float | None = None) -> tuple[int, float]:
    """Worlds, and person-weeks with a burn-in for each beginning, that one draw takes where nothing of it is there yet.

    Raises UserError for ids of neither a claim nor a study.
    """
    claims, studies = asked_for(ids)
    wanted = [*(claim for claim in claims if claim.testable), *studies]
    jobs = claim_jobs(wanted, draws_of(1), platform_tag(), Size(people, years))
    return sum(job.worlds for job in jobs), sum(job.work for job in jobs)


def judge_claims(
    claims: Sequence[Claim], draws: Sequence[Draw], store: RunStore, pool: Pool, size: Size, progress: Progress | None = None,
    studies: Sequence[Study] = (),
) -> Tested:  # fmt: skip
    """The same as `put_to_the_test` with an open store and pool."""
    jobs = claim_jobs([*(claim for claim in claims if claim.testable), *studies], draws, pool.platform, size)
    whole, ran = gather(jobs, store, pool, lambda place: jobs[place].read(store), progress)
    numbers: dict[tuple[str, str], dict[int, Numbers]] = {}
    for job, found in zip(jobs, whole, strict=True):
        for key, values in (job.there(store) if found is None else found).items():
            numbers.setdefault(key, {})[job.draw.number] = values
    verdicts, answers = verdicts_of(claims, numbers, draws), answers_of(studies, numbers, draws, assumed_in(draws))
    return Tested(tuple(claims), verdicts, numbers, tuple(draws), size, ran, tuple(studies), answers)


def verdicts_of(
    claims: Iterable[Claim], numbers: Mapping[tuple[str, str], Mapping[int, Numbers]], draws: Sequence[Draw]
) -> tuple[Verdict, ...]:
    """A verdict on each claim, and one more without deterrence where it is asked for, failures first.

    `numbers` are those of each claim and variant, by number of the draw; draws that are missing there are left out.
    """
    return tuple(sorted((verdict for claim in claims for verdict in _verdicts(claim, numbers, draws)), key=order_of))


def _verdicts(
    claim: Claim, numbers: Mapping[tuple[str, str], Mapping[int, Numbers]], draws: Sequence[Draw]
) -> Iterable[Verdict]:
    pairs = [(REGISTERED, ABLATED, True)]
    if claim.with_deterrence_off:
        pairs.append((UNDETERRED, UNDETERRED_ABLATED, False))
    for registered, ablated, deterrence in pairs:
        there = numbers.get((claim.id, registered), {})
        lived = [draw for draw in draws if draw.number in there]
        without = numbers.get((claim.id, ablated), {})
        yield judge_claim(
            claim, [there[draw.number] for draw in lived], [without[draw.number] for draw in draws if draw.number in without],
            assumed_in(lived), deterrence,
        )  # fmt: skip


def assumed_in(draws: Sequence[Draw]) -> dict[str, np.ndarray]:
    """Values of each assumption that varies, shape (draws,) each, by name."""
    names = dict.fromkeys(name for draw in draws for name in draw.assumptions)
    return {name: np.array([draw.assumptions.get(name, math.nan) for draw in draws]) for name in names}
