"""Writes docs/posterior.md, its pictures and the posterior that is shipped, from a calibration.

    recovery evidence calibrate
    python docs/make_posterior.py [results/calibrate]

The calibration takes hours (the page says how many); what it lived stays in the run store. This script then compares two sets of
policies at draws of the posterior, under either explanation of the figures, some minutes. A number outside its interval needs its
sentence in docs/misses.toml: without it the page is not written.
"""

from __future__ import annotations

import json
import shutil
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from markdown_table import table

from analysis.calibration.explanations import by_explanation
from analysis.calibration.results import RECEIPT
from analysis.effect import compare
from analysis.posterior import POSTERIOR, posterior_assumptions
from analysis.targets import load_numbers
from simulation import Scenario, simulate

HERE = Path(__file__).parent
PAGE, TEMPLATE, MISSES, IMAGES = HERE / "posterior.md", HERE / "posterior_template.md", HERE / "misses.toml", HERE / "images"
PICTURES = ("predictive", "contraction", "pair", "layers")
RANKED = {
    "the-visit": ("independent-advocates", "review-dates", "just-officers"),
    "leaving-prison": ("supported-employment", "housing-first", "parenting-support", "skills-training"),
}
DRAWS = 40
PAIRS_SHOWN, INFORMED_BY = 15, 6
FIXED_IN_NULL = ("M16", "M20", "S8", "C16", "C19")
"""Targets of the 32 numbers whose value the null layer has by its form: what they are about never moves there or does nothing."""

LONG = Scenario(name="twenty years of england", cohort="england", people=3_000, years=20)
LONG_DRAWS, LONG_SEED = 20, 40_001
YEARS = (0, 5, 10, 20)
SEEN: dict[str, Callable[[pd.Series], float]] = {
    "alive, of 3,000": lambda week: week["alive"],
    "with own experience, in recovery in all domains, %": lambda week: 100 * week["own_recovering"] / week["own_alive"],
    "of them in personal recovery, %": lambda week: 100 * week["own_personal_recovery"] / week["own_alive"],
    "active in use, of 1,000 alive": lambda week: 1000 * week["use_active"] / week["alive"],
    "active in offending, of 1,000 alive": lambda week: 1000 * week["offending_active"] / week["alive"],
    "a life ruled by illness, of 1,000 alive": lambda week: 1000 * week["mental_health_active"] / week["alive"],
    "homeless, of 1,000 alive": lambda week: 1000 * week["homeless"] / week["alive"],
    "in custody, of 1,000 alive": lambda week: 1000 * week["in_custody"] / week["alive"],
    "mean identity": lambda week: week["mean_identity"],
    "mean self-stigma": lambda week: week["mean_self_stigma"],
    "ties of a person with own experience": lambda week: week["own_ties"] / week["own_alive"],
    "ties of the others": lambda week: week["others_ties"] / (week["alive"] - week["own_alive"]),
}
"""What is looked at over twenty years, worked out from one week of the weekly table."""


def numbers_table(predictive: pd.DataFrame) -> str:
    """Every number as published and as the posterior gives it; those outside in bold."""
    rows = []
    for row in predictive.itertuples():
        interval = f"{row.low:.3g} to {row.high:.3g}"
        rows.append([
            f"{row.label}{' (layers)' if row.layer else ''}", row.status, f"{row.published:g}",
            f"{row.sd:g}{' (log)' if row.is_log else ''}",
            f"{row.median:.3g}", interval if row.inside else f"**{interval}**", f"{row.half_width:.2f}",
        ])  # fmt: skip
    return table(["number", "checked", "published", "sd", "median", "middle 90 %", "half-width, sd"], rows)


def misses(predictive: pd.DataFrame) -> str:
    """A sentence for each number outside its interval."""
    told = tomllib.loads(MISSES.read_text(encoding="utf-8"))["full"]
    out = predictive[~predictive["inside"]]
    silent = [one for one in out["id"] if one not in told]
    if silent:
        raise SystemExit(f"docs/misses.toml has no sentence under [full] for {', '.join(silent)}")
    return "".join(f"- **{row.label}** ({row.off:+.2f} sd at the median): {told[row.id]}\n" for row in out.itertuples())


def parameters_table(contraction: pd.DataFrame, screened: pd.DataFrame) -> str:
    """Every parameter, the most narrowed first, and which figures inform it most."""
    rows = []
    informed = screened[screened["informed"]]
    for row in contraction.sort_values("contraction", ascending=False, kind="stable").itertuples():
        by = informed[informed["parameter"] == row.parameter]
        by = by.reindex(by["slope"].abs().sort_values(ascending=False).index)["number"].head(INFORMED_BY)
        rows.append([
            f"`{row.parameter}`", row.unit, f"{row.prior_low:g} to {row.prior_high:g}", f"{row.median:.3g}",
            f"{row.low:.3g} to {row.high:.3g}", f"{row.contraction:.0%}", ", ".join(by),
        ])  # fmt: skip
    return table(["parameter", "unit", "plausible range", "median", "middle 90 %", "variance gone", "informed by"], rows)


def pairs_table(pairs: pd.DataFrame) -> str:
    """Pairs that the posterior ties together, and those that were suspected."""
    shown = pairs[(pairs.index < PAIRS_SHOWN) | pairs["named"]]
    rows = [
        [f"`{row.first}`", f"`{row.second}`", f"{row.correlation:+.2f}", "yes" if row.named else ""] for row in shown.itertuples()
    ]
    return table(["one", "other", "correlation", "suspected beforehand"], rows)


def waves_table(waves: pd.DataFrame) -> str:
    """How near each wave came, layer by layer."""
    rows = [
        [row.layer_of_the_model, str(row.wave), str(row.trials), f"{row.met:g}", str(row.best), f"{row.log_score:.1f}"]
        for row in waves.itertuples()
    ]
    return table(["layer", "wave", "trials", "of 39 within two sd, median trial", "best trial", "log score, median trial"], rows)


def layers_table(layers: pd.DataFrame, left_out: pd.DataFrame) -> str:
    """What each layer foretells of targets left out; also over those alone that even the null layer can answer."""
    of_all = left_out[~left_out["layer"] & ~left_out["id"].str.partition(".")[0].isin(FIXED_IN_NULL)]
    scores = of_all.groupby("layer_of_the_model")["target_score"].sum()
    rows = [
        [row.layer_of_the_model, f"{row.score:.1f}", f"{row.inside} of {row.numbers}", f"{scores[row.layer_of_the_model]:.1f}",
         f"{row.layer_score:.1f}", f"{row.layer_inside} of {row.layer_numbers}"]
        for row in layers.itertuples()
    ]  # fmt: skip
    heads = ["layer", "log score, 32 numbers", "inside", f"without {', '.join(FIXED_IN_NULL)}", "log score, 7 layer numbers"]
    return table([*heads, "inside"], rows)


def by_target(left_out: pd.DataFrame) -> str:
    """The log score of each target left out, by layer; only targets, whose numbers are left out together, have one."""
    wide = left_out.dropna(subset="target_score").pivot(index="id", columns="layer_of_the_model", values="target_score")
    layers = [name for name in left_out["layer_of_the_model"].unique() if name in wide]
    order = [one.id for one in load_numbers() if one.id in wide.index]
    rows = [[name.partition(".")[0], *(f"{wide.loc[name, layer]:.1f}" for layer in layers)] for name in order]
    return table(["target", *layers], rows)


def policies(store: str) -> str:
    """Policies under either explanation of the figures."""
    parts = []
    for base, others in RANKED.items():
        effects = compare(base, others, seeds=[1], draws=DRAWS, store=store, keep="numbers")
        primary = effects.question.primary
        rows = [
            [row.explanation, row.other, f"{row.median:+.3g}", f"{row.low:+.3g} to {row.high:+.3g}", f"{row.helps:.0%}",
             f"{row.best:.0%}"]
            for row in by_explanation(effects).itertuples()
        ]  # fmt: skip
        about = f"{primary.id.replace('_', ' ')} ({primary.unit}, better {primary.better}), among {effects.question.whom}"
        parts.append(
            f"`{base}`, {about}:\n\n"
            + table(["explanation", "policy", "median effect", "middle 80 % of draws", "helps in", "best in"], rows)
        )
    return "\n".join(parts)


def twenty_years() -> str:
    """What becomes of `england` in twenty years, in the middle draw and at the ends of most."""
    assumed = posterior_assumptions(LONG_DRAWS)
    rows = []
    lives = [simulate(LONG, seed=LONG_SEED + at, assumptions=one).weekly for at, one in enumerate(assumed)]
    for what, worked_out in SEEN.items():
        cells = []
        for year in YEARS:
            found = np.array([float(worked_out(weekly.iloc[min(52 * year, len(weekly) - 1)])) for weekly in lives])
            low, middle, high = np.quantile(found, [0.05, 0.5, 0.95])
            cells.append(f"{_short(middle)} ({_short(low)} to {_short(high)})")
        rows.append([what, *cells])
    return table(["", *(f"year {year}" for year in YEARS)], rows)


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def main() -> None:
    """Write the page, its pictures and the posterior."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "results/calibrate")
    record = json.loads((folder / RECEIPT).read_text(encoding="utf-8"))
    found = {name: pd.read_csv(folder / f"{name}.csv") for name in
             ("predictive", "contraction", "screened", "pairs", "waves", "layers", "left_out")}  # fmt: skip
    sentences = misses(found["predictive"])
    shutil.copyfile(folder / "posterior.parquet", POSTERIOR)
    for name in PICTURES:
        if (folder / f"{name}.png").exists():
            shutil.copyfile(folder / f"{name}.png", IMAGES / f"posterior-{name}.png")
    minutes = ", ".join(f"{layer} {each:g}" for layer, each in record["minutes"].items())
    PAGE.write_text(
        TEMPLATE.read_text(encoding="utf-8").format(
            summary="".join(f"- {line}\n" for line in record["summary"]), numbers=numbers_table(found["predictive"]),
            misses=sentences, layers=layers_table(found["layers"], found["left_out"]), by_target=by_target(found["left_out"]),
            policies=policies("results/store"), minutes=minutes,
            parameters=parameters_table(found["contraction"], found["screened"]), pairs=pairs_table(found["pairs"]),
            waves=waves_table(found["waves"]), years=twenty_years(), r_hat=f"{found['contraction']['r_hat'].max():.2f}",
            above=int((found["contraction"]["r_hat"] > 1.01).sum()),
        ),
        encoding="utf-8",
    )  # fmt: skip


if __name__ == "__main__":
    main()
