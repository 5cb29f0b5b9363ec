"""Writes parameter_effects.md: what each parameter and each lever moves in a small world, as the tests expect it.

python docs/make_parameter_effects.py           live all the worlds and write the page: minutes
"""

from __future__ import annotations

import importlib.util
import sys
import tomllib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

PAGE = Path(__file__).with_name("parameter_effects.md")
CONTRACT = Path(__file__).resolve().parents[1] / "tests" / "contract"
THREADS = 2

HEAD = """\
# What each parameter and each lever moves

Made by `python docs/make_parameter_effects.py`: change the code or the expectations, not this page.

Each parameter goes from the low to the high end of its range, each lever from no policy to an extreme one, in a small world that
shows it, with the same people and the same luck on both sides, over ten seeds. World, measure and way were named before the run
(`tests/contract/expected_effects.toml`). After a first trial worlds were sized, the one of prison was
made louder, and five expectations moved to a world in which the mechanism is not yet at balance: {moved}. One, `context_street`,
moved after the fit to people leaving prison: with fewer people in a problem, meeting on the street costs more ties made
elsewhere. And one, `identity_rate`, moved and turned round when defaults came to stand at the centre of the posterior: identity
rests a year into recovery, so that a faster pace moved nothing; where flags stay it is worn down, and sooner at a faster pace.
Nothing here says how large an effect is in life: the ends of a range are extremes, and several of these worlds were built to
make one mechanism loud.

A measure is read as: **weekly**, the mean over weeks of a column of the weekly table; **count**, events of that kind;
**value** and **spread**, the mean and standard deviation of the value written with them; **link**, the correlation over
people of two columns of the people table. `tests/contract/scenarios/` holds the worlds that are not among the shipped
scenarios. *Quiet* marks a difference of less than three standard errors, or one that goes the other way; the reason stands
below.

"""
MOVED = "`self_stigma_rate`, `hope_rate`, `leave_associates`, `reconcile` and `reconcile_weeks`"
TITLES = {"parameters": "Parameters", "levers": "Levers"}


def load_effects() -> ModuleType:
    """The helper of the tests, which is no package."""
    name = "parameter_effects_of_small_worlds"
    spec = importlib.util.spec_from_file_location(name, CONTRACT / "effects.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(CONTRACT / "effects.py")
    sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


def number(value: float) -> str:
    """A number with four significant figures."""
    return f"{value:.4g}"


def row(effect: Any) -> str:
    """One line of the table."""
    one = effect.expected
    low, high = (end.replace("; ", ", ") for end in one.ends)
    cells = (
        f"`{one.name}`", one.plan, one.measure, low, high, one.goes, number(effect.low), number(effect.high),
        f"{effect.difference:+.4g}", f"{effect.error:.2g}", "" if effect.is_seen else "quiet",
    )  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def table(found: Iterable[Any]) -> str:
    """A table in Markdown."""
    head = "name|world|measure|low|high|expected|at low|at high|difference|standard error|".split("|")
    lines = ["| " + " | ".join(head) + " |", "| " + " | ".join(["---"] * len(head)) + " |", *map(row, found)]
    return "\n".join(lines) + "\n"


def page() -> str:
    """The whole page, after living all the worlds."""
    effects = load_effects()
    simulate = sys.modules["simulation"].simulate
    simulate("baseline", people=20, years=0.02, seed=1, threads=1)
    quiet = tomllib.loads((CONTRACT / "quiet_parameters.toml").read_text(encoding="utf-8"))
    parts = [HEAD.format(moved=MOVED)]
    with ThreadPoolExecutor(THREADS) as pool:
        for part, expected in effects.read_expected().items():
            found = []
            for one in expected.values():
                found.append(effects.effect_of(one, pool))
                print(f"{part}: {len(found)} of {len(expected)}", end="\r", file=sys.stderr, flush=True)
            reasons = "".join(f"\n- `{name}`: {reason}" for name, reason in quiet[part].items())
            parts.append(f"## {TITLES[part]}\n\n{table(found)}\nQuiet: {reasons or 'none.'}\n\n")
    return "".join(parts).rstrip() + "\n"


def main() -> int:
    """Write the page; gives the exit status."""
    text = page()
    PAGE.write_text(text, encoding="utf-8")
    print(f"wrote {PAGE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
