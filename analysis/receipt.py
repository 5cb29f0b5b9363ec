"""A receipt of a comparison: all that was asked and found, from which anybody can live it again and see whether it is the same.

It stands in `comparison.json` and inside `report.html`, and needs no scenario file: each scenario is in it as one text that
extends nothing, read by the same reader as any scenario. A receipt is data; nothing in it is run or taken for a path.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.catalogue import EVERY
from analysis.files import fingerprint
from analysis.intervals import LEVEL, mean_of_others
from analysis.jobs import code_that_measures
from analysis.pairing import declared_primary
from analysis.words_of_effects import FEW_WORLDS
from analysis.worlds import difference
from simulation import Scenario
from simulation.errors import ComparisonError, Problem, RecoveryError, UserError, WorldError
from simulation.history import platform_tag, version

FORMAT = 1
KIND = "recovery-journeys comparison"
MOST_BYTES = 64 * 2**20
"""A receipt is far smaller, and so is a report with its pictures."""

TABLES: Mapping[str, tuple[str, ...]] = {
    "effects": ("other", "outcome", "group", "unit"),
    "groups": ("other", "group"),
    "ledger": ("other", "pair"),
    "reach": ("other", "policy"),
}
"""Tables of a comparison that a receipt holds, and the columns that tell its rows apart."""

_EMBEDDED = re.compile(r"""<script type=['"]application/json['"] id=['"]receipt['"]>(.*?)</script>""", re.DOTALL)
"""Either quotation mark, since a browser that saves a page writes it anew."""


def receipt_of(effects: Any) -> dict[str, Any]:
    """The receipt of a comparison, as plain values.

    `by_seed` holds the primary effect of each other world in each pair of worlds, so that a few of them can be lived again
    and checked in a moment.
    """
    question = effects.question
    scenarios, why_not = _texts(question)
    asked = {
        "scenarios": scenarios,
        "why_not": why_not,
        "seeds": list(effects.seeds),
        "draws": effects.draws,
        "over": effects.over,
        "outcomes": [one.id for one in question.outcomes if EVERY.get(one.id) is one],
        "own_outcomes": [one.id for one in question.outcomes if EVERY.get(one.id) is not one],
        "by": question.by,
        "keep": effects.keep,
    }
    found = {
        **{name: records(getattr(effects, "table" if name == "effects" else name)) for name in TABLES},
        "by_seed": _by_seed(effects),
        "answers": [answer.sentence for answer in effects.answers],
    }
    body = {
        "kind": KIND, "format": FORMAT, "version": version(), "code": code_that_measures("analysis.effect"),
        "platform": platform_tag(), "asked": asked, "found": found,
    }  # fmt: skip
    return {**body, "fingerprint": fingerprint(body)}


def _texts(question: Any) -> tuple[list[dict[str, str]], str]:
    """Name and text of each scenario, all judged as this comparison judges; or none, and why one cannot be written as a text.

    What a scenario declares for itself may not fit the years that were lived, and did not judge.
    """
    worlds = (question.base, *question.others)
    judged = replace(declared_primary(question.base, question.others), declared=True)
    try:
        return [{"name": one.name, "text": replace(one, primary=judged).as_toml()} for one in worlds], ""
    except RecoveryError as error:
        return [], str(error)


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a table as JSON holds them and gives them back: numbers to the last bit, None where there is none."""
    rows = json.loads(json.dumps(table.astype(object).to_dict("records"), default=_plain))
    return [{name: _known(value) for name, value in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else None if value is pd.NA else str(value)


def _known(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return value


def _by_seed(effects: Any) -> dict[str, dict[str, float | None]]:
    """The primary effect of each other world under each seed that was lived, by seed."""
    question = effects.question
    kept = [found for found in effects.numbers if found.task.draw is None]
    key = question.primary.id, question.group.name
    return {
        label: {str(found.task.seed): _known(difference(found, label, *key)) for found in kept} for label in question.labels
    }


def embed(receipt: Mapping[str, Any]) -> str:
    """The receipt as an element of a page, which shows nothing and in which no text can end the element."""
    text = json.dumps(receipt, ensure_ascii=True).replace("<", "\\u003c").replace("&", "\\u0026")
    return f"<script type='application/json' id='receipt'>{text}</script>"


def read_receipt(path: str | Path) -> dict[str, Any]:
    """The receipt in a report, in a `comparison.json`, or in the folder of one.

    Raises
    ------
    UserError
        If there is none, or it is damaged, edited, or of a later version.
    """
    path = Path(path)
    if path.is_dir():
        path = path / "comparison.json"
    try:
        if path.exists() and not path.is_file():
            raise _wrong(path, "no ordinary file", "a report.html, a comparison.json, or their folder")
        if path.stat().st_size > MOST_BYTES:
            raise _wrong(path, f"{path.stat().st_size / 2**20:,.0f} MB", f"at most {MOST_BYTES / 2**20:.0f} MB")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror or str(error) if isinstance(error, OSError) else "it is no text"
        raise _wrong(path, said, "a report.html, a comparison.json, or their folder") from error
    found = _EMBEDDED.search(text)
    try:
        content = json.loads(found[1] if found else text)
    except (ValueError, RecursionError) as error:
        raise _wrong(path, "no receipt that can be read", "a report.html or comparison.json, whole") from error
    if isinstance(content, dict) and "receipt" in content:
        content = content["receipt"]
    return _checked(path, content)


def _checked(path: Path, content: Any) -> dict[str, Any]:
    if not isinstance(content, dict) or content.get("kind") != KIND:
        raise _wrong(path, "no receipt of a comparison", "a file that `recovery compare` has written")
    if content.get("format") != FORMAT:
        told = f"a receipt of format {content.get('format')!r}"
        raise _wrong(path, told, f"format {FORMAT}", "use the version of recovery-journeys that wrote it")
    body = {name: value for name, value in content.items() if name != "fingerprint"}
    if content.get("fingerprint") != fingerprint(body):
        raise _wrong(path, "a receipt that was edited or damaged: it does not have its own fingerprint", "as it was written",
                     "take it from an untouched copy")  # fmt: skip
    _check_asked(path, content.get("asked"))
    found = content.get("found")
    whole = isinstance(found, dict) and isinstance(found.get("by_seed"), dict) and isinstance(content.get("platform"), dict)
    if not whole or any(not isinstance(found.get(name), list) for name in TABLES) or not isinstance(found.get("answers"), list):
        raise _wrong(path, "a receipt that does not say what was found", "all its tables", "take it from an untouched copy")
    return content


def _check_asked(path: Path, asked: Any) -> None:
    """Nothing where a receipt holds what was asked. Raises UserError otherwise, with the reason that the receipt gives."""
    if isinstance(asked, dict) and asked.get("why_not"):
        raise _wrong(path, f"a receipt that cannot be repeated: {asked['why_not']}", "scenarios that can be written as a text",
                     "compare the scenario files themselves again")  # fmt: skip
    kinds = {"scenarios": list, "seeds": list, "draws": int, "outcomes": list, "own_outcomes": list, "keep": str}
    if not isinstance(asked, dict) or any(not isinstance(asked.get(name), kind) for name, kind in kinds.items()):
        raise _wrong(path, "a receipt that does not say what was asked", "all that was asked", "take it from an untouched copy")
    texts = [one.get(name) for one in asked["scenarios"] if isinstance(one, dict) for name in ("name", "text")]
    if len(asked["scenarios"]) < 2 or len(texts) != 2 * len(asked["scenarios"]) or not all(isinstance(one, str) for one in texts):
        raise _wrong(path, "a receipt without its scenarios", "two scenarios or more", "take it from an untouched copy")


def _wrong(path: Path, given: str, allowed: str, todo: str = "name the report or the folder of a comparison") -> UserError:
    return UserError(Problem(str(path), given, allowed, todo))


@dataclass(frozen=True)
class Verdict:
    """What came of living a comparison again.

    Attributes
    ----------
    same
        Whether every number that could be compared is the same to the last bit.
    within_luck
        On another platform, where it is not: whether each effect lies within the interval over luck of the receipt; of a few
        seeds, whether their mean primary effect lies where that of so many other seeds of the receipt should. None where that
        was not asked, or could not be told.
    checked
        How many numbers were compared.
    differing
        A row each: table, which row, column, in the receipt, now.
    notes
        What a reader must know: other code, another platform, outcomes that cannot be repeated.
    elsewhere, quick
        Whether the receipt is of another platform, and whether a few seeds were lived only.
    """

    same: bool
    within_luck: bool | None
    checked: int
    differing: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    elsewhere: bool = False
    quick: bool = False

    @property
    def sentence(self) -> str:
        """The verdict in a sentence."""
        if self.same:
            return f"Same: all {self.checked:,} numbers are as in the receipt, to the last bit."
        count = f"{len(self.differing):,} of {self.checked:,} numbers differ"
        if self.within_luck:
            lies = f"the mean of these seeds lies where that of other seeds should ({LEVEL:.0%})" if self.quick else (
                "every effect lies in its interval"
            )
            return f"Not to the last bit, but within luck: {count}, on another platform, and {lies}."
        if self.elsewhere and self.within_luck is None:
            return (
                f"Cannot be told: {count}, on another platform, where they need not be the same to the last bit, and a receipt "
                f"of fewer than {FEW_WORLDS} seeds cannot say how far luck alone takes a few. Repeat it whole, without --quick."
            )
        return f"Not the same: {count} from the receipt{', by more than luck' if self.elsewhere else ''}."


def repeat(receipt: Mapping[str, Any], quick: int | None = None, **where: Any) -> Verdict:
    """Live the comparison of a receipt again, or its first `quick` seeds, and say whether it is the same.

    `where` goes to `compare`: `store`, `workers`, `cluster`, `progress`. Without a store every world is lived anew.

    Raises
    ------
    UserError
        If what was asked cannot be asked of this version.
    WorldError
        If worlds fail.
    """
    from analysis.effect import compare

    asked = receipt["asked"]
    try:
        plans = [Scenario.from_text(one["text"], one["name"]) for one in asked["scenarios"]]
        seeds = asked["seeds"] if quick is None else asked["seeds"][:quick]
        effects = compare(
            plans[0], plans[1:], seeds=seeds, draws=0 if quick is not None else asked["draws"], outcomes=asked["outcomes"],
            over=asked.get("over", "ranges"), by=asked["by"], keep=asked["keep"], **where,
        )  # fmt: skip
    except (KeyError, TypeError, IndexError) as error:
        problem = Problem("receipt", f"no {error}", "all that was asked", "take it from an untouched copy")
        raise ComparisonError(problem) from error
    if effects.ran.failed:
        raise WorldError(effects.notes[-1])
    return verdict_of(receipt, effects, quick)


def verdict_of(receipt: Mapping[str, Any], effects: Any, quick: int | None = None) -> Verdict:
    """Whether `effects` are what a receipt says; only each seed's primary effect where `quick` seeds were lived."""
    before = receipt["found"]
    own = set(receipt["asked"]["own_outcomes"])
    differing: list[dict[str, Any]] = []
    checked = 0
    for label, values in _by_seed(effects).items():
        olds = before["by_seed"].get(label, {})
        if quick is not None:
            olds = {seed: value for seed, value in olds.items() if seed in values}
        checked += len(values)
        differing += _unequal("by_seed", label, olds, values)
    for name, keys in TABLES.items() if quick is None else ():
        table = effects.table if name == "effects" else getattr(effects, name)
        old, new = (_by_key(rows, keys, own) for rows in (before[name], records(table)))
        for key in dict.fromkeys([*old, *new]):
            checked += len(new.get(key, {}))
            differing += _unequal(name, ", ".join(map(str, key)), old.get(key, {}), new.get(key, {}))
    elsewhere = receipt["platform"] != platform_tag()
    within = None
    if elsewhere and differing and quick is not None:
        within = _few_within_luck(before["by_seed"], _by_seed(effects))
    elif elsewhere and differing:
        within = _within_luck([row for row in before["effects"] if row["outcome"] not in own], effects)
    return Verdict(not differing, within, checked, differing, notes_on(receipt), elsewhere, quick is not None)


def _by_key(rows: list[dict], keys: tuple[str, ...], own: set[str]) -> dict[tuple, dict]:
    return {tuple(row[key] for key in keys): row for row in rows if row.get("outcome") not in own}


def _unequal(table: str, row: str, old: Mapping[Any, Any], new: Mapping[Any, Any]) -> list[dict[str, Any]]:
    return [
        {"table": table, "row": row, "column": str(column), "receipt": old.get(column), "now": new.get(column)}
        for column in dict.fromkeys([*old, *new])
        if old.get(column) != new.get(column)
    ]


def _within_luck(rows: list[dict], effects: Any) -> bool:
    """Whether each effect lies within the interval over luck that the receipt gives it; where it gives none, is equal."""
    keys = TABLES["effects"]
    now = {tuple(row[key] for key in keys): row["effect"] for row in records(effects.table)}
    for row in rows:
        found, low, high = now.get(tuple(row[key] for key in keys)), row["low_luck"], row["high_luck"]
        if found is None or low is None or high is None:
            if found != row["effect"]:
                return False
        elif not low <= found <= high:
            return False
    return True


def _few_within_luck(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool | None:
    """Whether a few seeds have such a mean primary effect, by other world, as other seeds of the receipt should have.

    False where an effect is known on one side only; None where the receipt has too few seeds to tell.
    """
    for label, values in now.items():
        olds = before.get(label, {})
        if any((value is None) != (olds.get(seed) is None) for seed, value in values.items()):
            return False
        known = [value for value in values.values() if value is not None]
        over = np.array([value for value in olds.values() if value is not None], dtype=float)
        if not known:
            continue
        if len(over) < FEW_WORLDS:
            return None
        low, high = mean_of_others(over, len(known))
        if not low <= float(np.mean(known)) <= high:
            return False
    return True


def notes_on(receipt: Mapping[str, Any]) -> list[str]:
    """What a reader must know of a receipt before it is lived again: other code, another platform, what it cannot hold."""
    notes, own = [], receipt["asked"]["own_outcomes"]
    if receipt["code"] != code_that_measures("analysis.effect"):
        notes.append(
            f"The receipt was made by version {receipt['version']} with other code or cohorts than this one ({version()}): "
            "numbers may differ for that reason."
        )
    if receipt["platform"] != platform_tag():
        notes.append(
            "The receipt was made on another platform: there the last bit of a logarithm may differ, and so, later, a life."
        )
    if own:
        notes.append(f"Made by functions of the user's, which a receipt cannot hold, and not checked: {', '.join(sorted(own))}.")
    return notes
