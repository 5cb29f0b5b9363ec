"""The engine beside Starsim's network disease model, at equal people, contacts and steps, one thread each, in turns.

    python benchmarks/beside_starsim.py [--people 10000 100000] [--weeks 104] [--turns 3] [--starsim PYTHON]

Starsim's: an infection that comes back (`SIS`) on a random network (`RandomNet`) of as many contacts as people have living ties
in the world beside it, in as many steps as weeks. The engine's: `england`, baseline, full tie dynamics, events kept. Counted is
the processor time of the steps alone, the least of the turns; drawing people, burn-in and compiling are not in it. `--starsim`
names another Python that has Starsim, so that it need not be installed beside this package.
One line for each number of people.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path
from typing import Any

MISSING = 3
"""Exit status of a Python without Starsim."""


def live(people: int, weeks: int) -> dict[str, Any]:
    """Weeks of the engine, in this process: nanoseconds a person and week, and mean living ties a person."""
    from simulation import simulate

    simulate("baseline", people=50, years=0.1, seed=1, threads=1)
    clocks: list[float] = []
    history = simulate(
        "baseline", people=people, years=weeks / 52, seed=1, threads=1, watch=lambda _: clocks.append(time.process_time())
    )
    last = history.weekly.iloc[-1]
    return {
        "nanoseconds": 1e9 * (clocks[-1] - clocks[0]) / people / history.weeks, "steps": history.weeks,
        "contacts": float((last["own_ties"] + last["others_ties"]) / last["alive"]),
        "versions": {name: metadata.version(name) for name in ("numba", "numpy")},
    }  # fmt: skip


def infect(people: int, steps: int, contacts: int) -> dict[str, Any]:
    """Steps of Starsim, in this process: nanoseconds a person and step. Raises ImportError where it is not installed."""
    import starsim as ss

    def made(agents: int) -> Any:
        sim = ss.Sim(
            n_agents=agents, diseases=ss.SIS(), networks=ss.RandomNet(n_contacts=contacts), start=0, dur=steps - 1, dt=1,
            rand_seed=1, verbose=0,
        )  # fmt: skip
        sim.init()
        return sim

    made(100).run()  # compiles
    sim = made(people)
    started = time.process_time()
    sim.run()
    seconds = time.process_time() - started
    lived = len(sim.results.timevec)
    return {
        "nanoseconds": 1e9 * seconds / people / lived, "steps": lived,
        "infected": float(sim.results.sis.prevalence[-1]),
        "versions": {name: metadata.version(name) for name in ("starsim", "numba", "numpy")},
    }  # fmt: skip


def apart(interpreter: str, *arguments: object) -> dict[str, Any]:
    """One of the two in a process of its own; ends this one with a line where Starsim is not installed."""
    done = subprocess.run([interpreter, __file__, *map(str, arguments)], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode == MISSING:
        print(f"Skipped: Starsim is not installed in {Path(interpreter).name}: pip install starsim, or name another Python.")
        raise SystemExit(0)
    if done.returncode:
        raise SystemExit(f"a measurement ended with {done.returncode}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Measure both in turns, and print ratio, versions and settings."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, nargs="+", default=[10_000])
    parser.add_argument("--weeks", type=int, default=104)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--starsim", default=sys.executable, metavar="PYTHON")
    parser.add_argument("--live", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--infect", type=int, metavar="CONTACTS", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.live:
        sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
        print(json.dumps(live(*asked.people, asked.weeks)))
        return
    if asked.infect is not None:
        try:
            print(json.dumps(infect(*asked.people, asked.weeks, asked.infect)))
        except ModuleNotFoundError as error:
            if error.name != "starsim":
                raise
            raise SystemExit(MISSING) from None
        return

    machine = f"{platform.machine()}, Python {platform.python_version()}"
    print(f"{machine}; {asked.weeks} weeks, one thread, least of {asked.turns} turns")
    for place, people in enumerate(asked.people):
        engine, starsim, contacts = in_turns(people, asked.weeks, asked.turns, asked.starsim)
        if place == 0:
            print(f"engine: all of a week; {versions(engine)}")
            print(f"Starsim: a step of SIS on RandomNet; {versions(starsim)}")
        print(
            f"{people:>9,} people, {contacts} contacts each: engine {engine['nanoseconds']:,.0f} ns a person and week"
            f" ({engine['steps']} weeks), Starsim {starsim['nanoseconds']:,.0f} ns a person and step ({starsim['steps']} steps,"
            f" {starsim['infected']:.0%} infected at the end):"
            f" {starsim['nanoseconds'] / engine['nanoseconds']:.2f} times the engine's",
            flush=True,
        )


def in_turns(people: int, weeks: int, turns: int, starsim: str) -> tuple[dict[str, Any], dict[str, Any], int]:
    """The least of several turns of the engine and of Starsim among so many people, and the contacts that each of them has."""
    size = ("--people", people, "--weeks", weeks)
    ours, theirs = [], []
    for _ in range(turns):
        ours.append(apart(sys.executable, "--live", *size))
        contacts = round(ours[0]["contacts"])
        theirs.append(apart(starsim, "--infect", contacts, *size))
    engine, other = (min(found, key=lambda one: one["nanoseconds"]) for found in (ours, theirs))
    return engine, other, contacts


def versions(one: dict[str, Any]) -> str:
    """Packages and their versions in a row."""
    return ", ".join(f"{name} {version}" for name, version in one["versions"].items())


if __name__ == "__main__":
    main()
