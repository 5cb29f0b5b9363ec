"""`recovery sensitivity`: which assumptions move an outcome, or the effect of a policy, and how surely that is known."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from analysis.cli import console, options
from simulation.errors import Problem, UserError

RECEIPT = "sensitivity.json"

USUAL_SEEDS = "1-3"


def sensitivity(
    base: Annotated[str, typer.Argument(metavar="SCENARIO", help="The scenario that is looked at, or compared with.")],
    others: Annotated[
        list[str] | None,
        typer.Argument(metavar="[OTHER...]", help="Other scenarios: then it is their effect that is looked at."),
    ] = None,
    method: Annotated[
        str, typer.Option(help="morris: screen many assumptions; sobol: shares of variance of a few.")
    ] = "morris",
    samples: Annotated[
        int | None, typer.Option(help="Trajectories (morris, default 10) or base samples (sobol, default 64).")
    ] = None,
    outcome: Annotated[str | None, typer.Option(help="The outcome looked at (default: the primary one).")] = None,
    people: Annotated[int | None, typer.Option(help="Number of people in every world.")] = None,
    years: Annotated[float | None, typer.Option(help="Years that a world may live; it ends at the horizon.")] = None,
    seeds: Annotated[str, typer.Option(help="Seeds, the same at every point: 1-3, or 1,2,5.")] = USUAL_SEEDS,
    own_experience: Annotated[
        str | None, typer.Option("--own-experience", metavar="SHARE", help="Share of people with own experience: 80 %.")
    ] = None,
    groups: Annotated[
        str | None, typer.Option(help="Move together what belongs to one mechanism, or one layer.")
    ] = None,
    leading: Annotated[
        int | None, typer.Option(help="For sobol: the so many strongest assumptions of a screening by morris.")
    ] = None,
    screening_trajectories: Annotated[
        int | None, typer.Option("--screening-trajectories", help="For --leading: trajectories of that screening (default 10).")
    ] = None,
    parameters: Annotated[
        str | None, typer.Option(metavar="NAME,NAME", help="The assumptions to vary (default: all free ones).")
    ] = None,
    second_order: Annotated[
        bool, typer.Option("--second-order", help="For sobol: pairs of assumptions too, for twice the points.")
    ] = False,
    ablation: Annotated[
        bool, typer.Option("--ablation/--no-ablation", help="Each mechanism switched off, and other structures, too.")
    ] = True,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="assumptions.NAME=VALUE", help="Set an assumption in every world."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say how many worlds, minutes and gigabytes it would take, and end.")
    ] = False,
    workers: options.Workers = None,
    cluster: options.Cluster = None,
    store: options.Store = None,
    out: Annotated[Path | None, typer.Option(parser=console.read_folder, metavar="FOLDER", help="Folder for results.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite other results there.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Which assumptions move an outcome or the effect of a policy, and how much of the answer is luck.

    Example: recovery sensitivity the-visit independent-advocates --method morris
    """
    console.check_world(people, years)
    options.check_where(workers, cluster)
    named = None if parameters is None else [name.strip() for name in parameters.split(",") if name.strip()]
    wanted = Wanted(
        method, samples, outcome, console.read_seeds(seeds, usual=USUAL_SEEDS), _share(own_experience), groups, leading,
        screening_trajectories, named, second_order, ablation, workers, cluster, options.store_folder(store),
    ).checked()  # fmt: skip
    plans = _load([base, *(others or [])], people, years, settings or [])
    wanted.check_factors(plans)
    if dry_run:
        _estimate(plans, wanted, as_json)
    else:
        _answer_question(plans, wanted, out, force, as_json)


def _load(names: Sequence[str], people: int | None, years: float | None, settings: Sequence[str]) -> list[Any]:
    from simulation.scenario import Scenario

    values = console.read_settings(settings)
    return [Scenario.load(name).with_settings(people, years, values) for name in names]


def _share(given: str | None) -> float | None:
    """A share from "80 %" or "0.8". Raises UserError for anything else."""
    from analysis.sensitivity_worlds import share_read

    return None if given is None else share_read(given, "--own-experience")


@dataclass(frozen=True)
class Wanted:
    """What was asked for beside the scenarios."""

    method: str
    samples_given: int | None
    outcome: str | None
    seeds: list[int]
    own_experience: float | None
    groups: str | None
    leading: int | None
    trajectories_given: int | None
    parameters: list[str] | None
    second_order: bool
    ablation: bool
    workers: int | None
    cluster: str | None
    store: Path | None

    @property
    def plan(self) -> Any:
        """How it is gone about."""
        from analysis.sensitivity import Plan

        return Plan(
            self.method, self.samples_given, self.seeds, self.parameters, self.leading, self.trajectories_given, self.groups,
            self.second_order, self.ablation,
        )  # fmt: skip

    def checked(self) -> Wanted:
        """The same, where all of it can be asked for together; raises UserError otherwise."""
        from analysis.sensitivity_checks import check_asked
        from analysis.sensitivity_design import METHODS
        from analysis.spelling import as_option

        console.choose("--method", self.method, METHODS)
        check_asked(
            self.method, self.samples_given, self.parameters, self.leading, self.groups, self.second_order,
            self.trajectories_given, as_option,
        )  # fmt: skip
        return self

    def question(self, plans: Sequence[Any]) -> tuple[Any, Any]:
        """The question that it asks of these scenarios, and the outcome looked at."""
        from analysis.sensitivity_worlds import question_asked

        return question_asked(plans[0], plans[1:], self.outcome, own_experience=self.own_experience)

    def check_factors(self, plans: Sequence[Any]) -> None:
        """Nothing where it can be asked of these scenarios; raises UserError otherwise."""
        self.plan.check(self.question(plans)[0])


def _answer_question(plans: Sequence[Any], wanted: Wanted, out: Path | None, force: bool, as_json: bool) -> None:
    """Live, write and answer; or answer again, where that has been done before."""
    from analysis.files import check_writable
    from analysis.results_of_sensitivity import finished, write_sensitivity

    folder = console.output_folder(out, f"{'-vs-'.join(plan.name for plan in plans)}-sensitivity")
    inputs = _inputs(plans, wanted)
    check_writable(folder)
    record, lost = finished(folder, inputs, force)
    if lost:
        console.note(f"Note: missing in {folder}: {', '.join(lost)}. Done again.")
    if record is not None and not record["failed"]:
        _answer(record, folder, as_json, again=True)
        return
    found = _live(plans, wanted)
    record = write_sensitivity(found, folder, inputs, force, _command(plans, wanted))
    _answer(record, folder, as_json)
    if found.ran.failed:
        raise typer.Exit(1)


def _command(plans: Sequence[Any], wanted: Wanted) -> str:
    """What asks the same of the scenario files, as a shell must be told it."""
    from analysis.report import settings_typed, typed

    told = {
        "--method": wanted.method, "--samples": wanted.plan.samples, "--outcome": wanted.outcome, "--people": plans[0].people,
        "--years": f"{plans[0].years:g}", "--seeds": ",".join(str(seed) for seed in wanted.seeds),
        "--own-experience": wanted.own_experience, "--groups": wanted.groups, "--leading": wanted.leading,
        "--screening-trajectories": _trajectories(wanted),
        "--parameters": ",".join(wanted.parameters or []) or None,
    }  # fmt: skip
    parts = [typed(plan) for plan in plans]
    parts += [f"{name} {shlex.quote(str(value))}" for name, value in told.items() if value is not None]
    parts += ["--second-order"] if wanted.second_order else []
    parts += [] if wanted.ablation else ["--no-ablation"]
    return f"recovery sensitivity {' '.join(parts)}{''.join(settings_typed(plans[0]))}"


def _trajectories(wanted: Wanted) -> int | None:
    """Trajectories of the screening, where there is one."""
    return None if wanted.leading is None else wanted.plan.trajectories


def _inputs(plans: Sequence[Any], wanted: Wanted) -> dict[str, Any]:
    return {
        "base": plans[0].resolved(), "others": [plan.resolved() for plan in plans[1:]], "method": wanted.method,
        "samples": wanted.plan.samples, "outcome": wanted.outcome or "primary", "seeds": wanted.seeds,
        "own_experience": wanted.own_experience, "groups": wanted.groups, "leading": wanted.leading,
        "screening_trajectories": _trajectories(wanted), "parameters": wanted.parameters,
        "second_order": wanted.second_order, "ablation": wanted.ablation,
        "version": console.version(), "code": console.code_identity(),
    }  # fmt: skip


def _live(plans: Sequence[Any], wanted: Wanted) -> Any:
    """The analysis, lived."""
    from analysis.sensitivity import sensitivity as analyse

    for warning in dict.fromkeys(warning for plan in plans for warning in plan.warnings):
        console.note(f"Note: {warning}")
    console.compile_first()
    what = f"worlds of the sensitivity analysis, {plans[0].people:,} people"
    try:
        with console.progress_of(what) as tell:
            found = analyse(
                plans[0], plans[1:], method=wanted.method, samples=wanted.samples_given, outcome=wanted.outcome,
                seeds=wanted.seeds, own_experience=wanted.own_experience, parameters=wanted.parameters, leading=wanted.leading,
                screening_trajectories=wanted.trajectories_given, groups=wanted.groups, second_order=wanted.second_order,
                ablation=wanted.ablation, store=wanted.store, workers=wanted.workers, cluster=wanted.cluster, progress=tell,
            )  # fmt: skip
    except MemoryError:
        raise UserError(
            Problem("sensitivity", f"{plans[0].people:,} people", "what this machine's memory holds",
                    "fewer --people, or --workers 1")
        ) from None  # fmt: skip
    for damaged in found.ran.damaged:
        console.note(f"Note: damaged in the store, and lived again: {damaged}")
    return found


def _estimate(plans: Sequence[Any], wanted: Wanted, as_json: bool) -> None:
    """What it would take; with --leading, for the screening and as many points of the first assumptions of the table."""
    from analysis.estimate import estimate_jobs
    from analysis.pools import default_workers
    from analysis.sensitivity import lives_of
    from analysis.sensitivity_worlds import arms_of, sets_of
    from analysis.sets import number_jobs
    from analysis.store_places import open_store
    from simulation.history import platform_tag

    question, _ = wanted.question(plans)
    first, lives, parameters = wanted.plan.screening(question), [], wanted.parameters
    if first is not None:
        lives += lives_of(first, wanted.seeds, [])
        parameters = first.factors.parameters[: wanted.leading]
    arms = arms_of(question) if wanted.ablation else []
    design = wanted.plan.design(question, parameters)
    lives += lives_of(design, wanted.seeds, arms)
    console.compile_first()
    with open_store(wanted.store) as store:
        jobs = number_jobs(sets_of(question, arms, lives), platform_tag())
        found = estimate_jobs(question, jobs, store, wanted.workers or default_workers(), "numbers")
    if as_json:
        console.say_json(found.record())
        return
    console.say(f"{len(design.places):,} points of {len(design.factors.names)} factors, the dummy among them, under "
                f"{len(wanted.seeds)} seed{'' if len(wanted.seeds) == 1 else 's'} each.")  # fmt: skip
    for line in found.sentences():
        console.say(line)
    if wanted.leading is not None:
        console.say(
            "Which assumptions lead shows only once the screening is lived: how many of their worlds are there already too."
        )
    if wanted.cluster is not None:
        console.say("The time is what it would take on this machine; the cluster was not asked.")


def _answer(record: dict[str, Any], folder: Path, as_json: bool, again: bool = False) -> None:
    from analysis.words import NOT_A_FORECAST

    if as_json:
        console.say_json({"folder": str(folder), **({"already_done": True} if again else {}), **record})
        return
    for lines in (*record["sentences"].values(), *record["where"].values(), record["choosing"]):
        for line in lines:
            console.say(line)
    console.say(NOT_A_FORECAST)
    for note in record["notes"]:
        console.say(f"Note: {note}")
    first = [name for name in ("report.html", "sensitivity.csv") if name in record["files"]]
    files = f"{folder}/" + "   ".join([*first, *(name for name in record["files"] if name not in first), RECEIPT])
    if again:
        console.say(f"already done: {files}")
        return
    worlds, failed = record["worlds"], len(record["failed"])
    console.say(
        f"Worlds: {worlds['lived']:,} lived now, {worlds['found_in_the_store']:,} found in the store"
        f"{f', {failed:,} sets without a figure' if failed else ''}."
    )
    console.say(files)
