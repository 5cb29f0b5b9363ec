"""The claims of the review and of its reader, as they were registered: what to live, what to measure, and what would refute it.

Each stands in a file of `analysis/evidence/claims/`, written before the model was fitted to anything. A later change to one
is noted in its `changes`, with the reason.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from importlib.resources import files
from typing import Any

from simulation.errors import Problem, RecoveryError
from simulation.mechanisms import LAYERS, MECHANISMS
from simulation.parameters import PARAMETERS, nearest
from simulation.scenario import Scenario
from simulation.units import shown

CLASSES = ("E", "I", "I/E")
"""Emergent: no single equation states it. Inserted: one does. Both: its direction is inserted, its size or timing is not."""

SIGNS = ("above", "below")
RULES = ("not_met", "shrinks")
COUNT = 67

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class ClaimError(RecoveryError):
    """Registered claims cannot be read, contradict themselves, or name what the model does not have: our mistake."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True)
class Arm:
    """One world of a claim's experiment: its name and its scenario, as text."""

    name: str
    scenario: str

    def plan(self, added: str = "") -> Scenario:
        """The scenario, with `added` tables under it. Raises `ScenarioError` where either is wrong."""
        return Scenario.from_text(f"{self.scenario.strip()}\n{added}".strip() + "\n", self.name)


@dataclass(frozen=True)
class Measure:
    """One number worked out from a claim's worlds, and where it must lie for the claim to hold in a draw.

    `formula` says how, over which `population` and `weeks`, in `unit`. It holds where the number lies on the side of
    `threshold` that `sign` names. `null` is its value where nothing of the kind happens. `compare_with` is a published figure
    to print beside it, which judges nothing.
    """

    id: str
    population: str
    weeks: str
    formula: str
    unit: str
    sign: str
    threshold: float
    null: float = 0.0
    compare_with: str = ""

    def holds(self, value: float) -> bool:
        """Whether a measured value lies on the claim's side of the threshold; a value that is no number does not."""
        return value > self.threshold if self.sign == "above" else value < self.threshold


@dataclass(frozen=True)
class Ablation:
    """What is taken out of every arm of a claim, after which `measure` must no longer show it.

    What is taken out: `switch_off` names mechanisms, `assumptions` parameters with values, `layer` a layer, `scenario` tables
    put under every arm's text, `recount` another way to work out the measure from the same worlds. Experiments on a state that
    is held are left out of its arms: held means that nothing moves it. The claim is gone by the rule "not_met" where the
    measure still holds in at most the share `most` of the draws; by the rule "shrinks" where its median over draws, counted
    from the measure's `null`, is at most the share `most` of the median without ablation. A measure that cannot be worked out
    any more, as what it divides by is gone, counts as its null.
    """

    measure: str
    rule: str
    most: float
    vanishes: str
    switch_off: tuple[str, ...] = ()
    assumptions: Mapping[str, float] = field(default_factory=dict)
    layer: str = ""
    scenario: str = ""
    recount: str = ""


@dataclass(frozen=True)
class Design:
    """How often a claim's worlds are lived: `draws` of the assumptions, `seeds` each; robust above a share of the draws.

    "Robust" means that the lower end of the exact 95 % interval of the share of draws in which the claim holds is above
    `robust_above`: 55 of 60.
    """

    draws: int = 60
    seeds: int = 1
    robust_above: float = 0.8


@dataclass(frozen=True)
class Change:
    """A change made to a claim after it was registered: when, what, and why."""

    date: str
    what: str
    why: str


@dataclass(frozen=True)
class Claim:
    """One claim as registered. It holds in a draw where every one of its measures holds.

    `kind` is its class, one of `CLASSES`. `why` says how its experiment was chosen where the claim left that open, and what
    stands in for, or is left out of, what the claim asks for.
    `with_deterrence_off` asks for it to be shown a second time with flags that deter nobody. A claim that the model has no path
    for is not `testable`, for the `reason` given. `at_risk` says why it was thought likely to fail, where that was written down
    before any claim was put to the test.
    """

    id: str
    claim: str
    kind: str
    mechanism: str
    arms: tuple[Arm, ...]
    measures: tuple[Measure, ...]
    ablation: Ablation | None
    why: str = ""
    with_deterrence_off: bool = False
    testable: bool = True
    reason: str = ""
    at_risk: str = ""
    design: Design = field(default_factory=Design)
    changes: tuple[Change, ...] = ()

    def measure(self, name: str) -> Measure:
        """The measure whose id is `name`."""
        return next(measure for measure in self.measures if measure.id == name)

    def plans(self) -> dict[str, Scenario]:
        """The scenario of each arm, by name. Raises `ScenarioError` where one is wrong."""
        return {arm.name: arm.plan() for arm in self.arms}

    def ablated_plans(self) -> dict[str, Scenario]:
        """The same with the ablation's part taken out of each. Raises `ScenarioError` where one is wrong."""
        out = self.ablation
        if out is None:
            return {}
        held = {state for name in out.switch_off for state in MECHANISMS[name].holds}
        plans = {}
        for arm in self.arms:
            plan = arm.plan(out.scenario)
            plan = plan.with_settings(assumptions=out.assumptions) if out.assumptions else plan
            plans[arm.name] = replace(
                plan, layer=out.layer or plan.layer, switch_off=tuple(dict.fromkeys((*plan.switch_off, *out.switch_off))),
                experiments=tuple(one for one in plan.experiments if one.state not in held),
            )
        return plans


def claim_ids() -> tuple[str, ...]:
    """R1 to R67, in order."""
    return tuple(f"R{number}" for number in range(1, COUNT + 1))


def load_claims() -> dict[str, Claim]:
    """Every registered claim by its id, in the order of their numbers.

    Raises
    ------
    ClaimError
        With everything that is wrong in the files: one missing, one too many, a name that the model does not know.
    """
    return load_registered("claim", "claims", claim_ids(), "R1.toml to R67.toml", read_claim)


def load_registered(
    what: str, folder: str, ids: Sequence[str], allowed: str, read: Callable[[str, str], Any]
) -> dict[str, Any]:
    """What the files of a folder of the evidence register, by id, in the order of `ids`, each read by `read(text, file)`.

    `what` is such a thing in words, and `allowed` the files that there may be. Raises `ClaimError` with everything that is wrong
    in the files: one missing, one too many, what `read` finds.
    """
    at = files("analysis").joinpath("evidence", folder)
    texts = {entry.name: entry.read_text(encoding="utf-8") for entry in at.iterdir() if entry.name.endswith(".toml")}
    wanted = [f"{name}.toml" for name in ids]
    problems = [Problem(name, "no such file", f"a file for each {what}", "Register it.") for name in wanted if name not in texts]
    problems += [Problem(name, f"a file of no {what}", allowed, "Take it away.") for name in texts if name not in wanted]
    found: dict[str, Any] = {}
    for name in (name for name in wanted if name in texts):
        try:
            one = read(texts[name], name)
        except ClaimError as error:
            problems += error.problems
        else:
            found[one.id] = one
    if problems:
        raise ClaimError(problems)
    return found


def read_claim(text: str, file: str) -> Claim:
    """The claim that a file's `text` states; `file` names it in messages. Raises `ClaimError` with all that is wrong in it."""
    data, given = read_experiment(text, file, Measure)
    given = {"kind" if key == "class" else key: value for key, value in given.items()}
    given["ablation"] = read_table(Ablation, data["ablation"], f"{file}, ablation") if "ablation" in data else None
    given["design"] = read_table(Design, data.get("design", {}), f"{file}, design")
    claim: Claim = read_table(Claim, given, file)
    problems = [Problem(file, *wrong) for wrong in (*_wrong_in(claim, file), *_wrong_in_ablation(claim))]
    if problems:
        raise ClaimError(problems)
    return claim


def read_experiment(text: str, file: str, measure: type[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """A file's table, and the same with arms, measures and changes read, the measures as `measure`. Raises `ClaimError`."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ClaimError([Problem(file, str(error), "a file in TOML", "Correct it.")]) from None
    given = {key: value for key, value in data.items() if key not in ("arm", "measure")}
    given["arms"] = tuple(read_table(Arm, arm, f"{file}, arm") for arm in data.get("arm", []))
    given["measures"] = tuple(read_table(measure, one, f"{file}, measure") for one in data.get("measure", []))
    given["changes"] = tuple(read_table(Change, change, f"{file}, change") for change in data.get("changes", []))
    return data, given


def read_table(kind: type[Any], given: Mapping[str, Any], where: str) -> Any:
    """An object of this dataclass from a table, lists made tuples. Raises `ClaimError` for a key too many or too few."""
    known = {each.name for each in fields(kind)}
    problems = [Problem(where, f"{key}, no key of it", ", ".join(sorted(known)), nearest(key, known) or "Take it out.")
                for key in given if key not in known]
    if problems:
        raise ClaimError(problems)
    try:
        return kind(**{key: tuple(value) if isinstance(value, list) else value for key, value in given.items()})
    except TypeError as error:
        raise ClaimError([Problem(where, str(error), "every key that has no default", "Add it.")]) from None


def _wrong_in(claim: Claim, file: str) -> Iterable[tuple[str, str, str]]:
    if f"{claim.id}.toml" != file:
        yield claim.id, f"the claim that {file} is named for", "Correct the id or the file's name."
    if claim.kind not in CLASSES:
        yield f"class {shown(claim.kind)}", ", ".join(CLASSES), "Correct it."
    if not claim.testable:
        if not claim.reason:
            yield "a claim that cannot be tested, without a reason", "a reason", "Say why the model has no path for it."
        return
    yield from wrong_names("arm", [arm.name for arm in claim.arms])
    yield from wrong_names("measure", [each.id for each in claim.measures])
    for measure in claim.measures:
        if measure.sign not in SIGNS:
            yield f"sign {shown(measure.sign)} of {measure.id}", ", ".join(SIGNS), "Correct it."
        elif not all(isinstance(value, int | float) for value in (measure.threshold, measure.null)):
            yield f"threshold of {measure.id}", "a number", "Correct it."
    yield from wrong_changes(claim.changes)


def wrong_names(what: str, names: Sequence[str]) -> Iterable[tuple[str, str, str]]:
    """What is wrong with the names of arms or measures, as (given, allowed, to do): none, one twice, one in other letters."""
    if not names:
        yield f"no {what}", "one or more", "Register it."
    for name in names:
        if not _NAME.fullmatch(name) or names.count(name) > 1:
            yield f"{what} {shown(name)}", "a name in small letters, each once", "Correct it."


def wrong_changes(changes: Iterable[Change]) -> Iterable[tuple[str, str, str]]:
    """What is wrong with the changes to what was registered, in the same way: one without its date, its text or its reason."""
    for change in changes:
        if not _DATE.fullmatch(change.date) or not change.what or not change.why:
            yield "a change", "its date (2030-01-31), what was changed, and why", "Say them."


def _wrong_in_ablation(claim: Claim) -> Iterable[tuple[str, str, str]]:
    out = claim.ablation
    if out is None:
        if claim.testable:
            yield "no ablation", "what must be taken out for the claim to vanish", "Register it."
        return
    if out.measure not in [measure.id for measure in claim.measures]:
        yield f"ablation of {shown(out.measure)}", "one of the claim's measures", "Correct it."
    elif out.rule == "shrinks" and claim.measure(out.measure).holds(claim.measure(out.measure).null):
        yield f"{out.measure} holds where nothing happens", "a threshold beyond its null", "Correct one of the two."
    if out.rule not in RULES or not 0 <= out.most < 1:
        yield f"ablation by the rule {shown(out.rule)}, {out.most}", f"{' or '.join(RULES)}, a share below 1", "Correct it."
    if not (out.switch_off or out.assumptions or out.layer or out.scenario or out.recount):
        yield "an ablation that takes nothing out", "mechanisms, assumptions, a layer, tables or another count", "Say what."
    for name in out.switch_off:
        if name not in MECHANISMS:
            yield f"mechanism {shown(name)}", "a mechanism that can be switched off", nearest(name, MECHANISMS)
    for name, value in out.assumptions.items():
        if name not in PARAMETERS:
            yield f"assumption {shown(name)}", "a parameter", nearest(name, PARAMETERS)
        elif not PARAMETERS[name].low <= value <= PARAMETERS[name].high:
            yield f"{name} = {value:g}", f"{PARAMETERS[name].low:g} to {PARAMETERS[name].high:g}", "Correct it."
    if out.layer and out.layer not in LAYERS:
        yield f"layer {shown(out.layer)}", ", ".join(LAYERS), nearest(out.layer, LAYERS)
