"""What is written down about each shipped scenario: a few weekly numbers, and a fingerprint of the whole history."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from typing import Any

from simulation import History, simulate
from simulation.history import platform_tag
from simulation.scenario_files import shipped_scenarios

PEOPLE, YEARS, SEED = 500, 2, 1
"""Two years, so that policies that begin in year 2 are seen to act."""

WEEKS = (0, 25, 51, 77, 103)
COUNTS = ("alive", "use_active", "offending_recovering", "mental_health_active", "flagged", "in_custody", "homeless", "work")
MEANS = ("mean_identity", "mean_hope", "mean_self_stigma", "mean_social_capital", "mean_distress")
NO_VECTORS = set("none beyond the least".split())
"""Words of a platform that has no vector instructions to name."""
TOTALS = ("lapse_events", "relapse_events", "offence_events", "tie_made_events", "role_gained_events")


def fingerprint(history: History) -> str:
    """A short name for everything that happened: people at the end, weekly table and events, to the last bit."""
    digest = hashlib.sha256()
    for name in history.end.dtype.names or ():
        digest.update(history.end[name].tobytes())
    for name in history.weekly.columns:
        digest.update(history.weekly[name].to_numpy(dtype=float).tobytes())
    for name in history.events.columns:
        digest.update("\n".join(map(repr, history.events[name].tolist())).encode())
    return digest.hexdigest()[:16]


def numbers_of(name: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Numbers of one shipped scenario, and the platform that they were worked out on."""
    history = simulate(name, people=PEOPLE, years=YEARS, seed=SEED)
    weekly = history.weekly
    numbers: dict[str, Any] = {"fingerprint": fingerprint(history)}
    numbers["weekly"] = {column: [int(weekly[column].iloc[week]) for week in WEEKS] for column in COUNTS}
    numbers["weekly"] |= {column: [round(float(weekly[column].iloc[week]), 12) for week in WEEKS] for column in MEANS}
    numbers["totals"] = {column: int(weekly[column].sum()) for column in TOTALS}
    return numbers, history.provenance["platform"]


def all_numbers() -> dict[str, Any]:
    """Numbers of every shipped scenario, with people, years and seed, and the platform."""
    scenarios, platform = {}, {}
    for name in shipped_scenarios():
        scenarios[name], platform = numbers_of(name)
    return {"people": PEOPLE, "years": YEARS, "seed": SEED, "weeks": list(WEEKS), "platform": platform, "scenarios": scenarios}


def vectors_beyond(written: dict[str, str]) -> list[str] | None:
    """Vector instructions that this processor has beyond those of the platform that was written down; none on that platform.

    None where the two differ in anything else too, or where this processor lacks any: it cannot be made the other.
    """
    here = platform_tag()
    if written | {"vectors": ""} != here | {"vectors": ""}:
        return None
    theirs, ours = (set(tag["vectors"].split()) - NO_VECTORS for tag in (written, here))
    return sorted(ours - theirs) if ours >= theirs else None


def numbers_without(vectors: list[str]) -> dict[str, Any]:
    """What `all_numbers` gives in a process of its own, in which NumPy does without these vector instructions."""
    environment = os.environ | {
        "NPY_DISABLE_CPU_FEATURES": " ".join(vectors), "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }  # fmt: skip
    done = subprocess.run([sys.executable, __file__], env=environment, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps(all_numbers()))
