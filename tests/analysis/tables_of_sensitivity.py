"""Tables as a sensitivity analysis gives them, of worlds whose answer is known, for tests of what is made of them."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd

FACTORS = pd.DataFrame(
    [
        ("deterrence", "parameter", 0.0, 0.4, 0.1, "log hazard", "how far a flag deters", "bounded", "Keeping it up", False, ""),
        ("exposure", "parameter", 0.0, 1.0, 0.5, "share", "how exposure feeds self-stigma", "assumed", "Stigma", False, ""),
        ("kin_voice", "parameter", 0.001, 0.1, 0.01, "chance a week", "kin speaking up", "assumed", "Labels", True, ""),
        ("need_weeks", "parameter", 10.0, 150.0, 50.0, "weeks", "weeks of needing help", "assumed", "Needs", False, ""),
        ("dummy", "dummy", 0.0, 1.0, 0.5, "", "nothing reads it", "", "", False, ""),
    ],
    columns="factor kind low high default unit means basis mechanism log because".split(),
)


def points_of(count: int, seed: int = 1) -> pd.DataFrame:
    """Points drawn evenly over the ranges of `FACTORS`."""
    luck = np.random.default_rng(seed)
    places = luck.random((count, len(FACTORS)))
    low, high = FACTORS["low"].to_numpy(), FACTORS["high"].to_numpy()
    values = low + places * (high - low)
    log = FACTORS["log"].to_numpy()
    values[:, log] = low[log] * (high[log] / low[log]) ** places[:, log]
    return pd.DataFrame(values, columns=list(FACTORS["factor"])).rename_axis("point")


def responses_of(
    effects: np.ndarray, spread: float = 0.0, seeds: int = 3, other: str = "advocates", base: float = 300.0, seed: int = 2
) -> pd.DataFrame:
    """Responses with these mean effects, one a point, and luck with this standard deviation between seeds."""
    luck = np.random.default_rng(seed)
    rows = []
    for point, effect in enumerate(effects):
        for number in range(1, seeds + 1):
            response = effect + spread * luck.standard_normal()
            rows.append((point, other, number, base, base + response, response))
    return pd.DataFrame(rows, columns="point other seed base_value other_value response".split())


ASKED = SimpleNamespace(
    base="the-visit", others=("advocates",), labels=("advocates",), outcome="relapsed", means="a relapse since the start",
    unit="people per 1,000", better="lower", horizon_weeks=52, whom="people flagged without cause",
)  # fmt: skip

KINDS = {"luck": "luck", "labels": "mechanism", "threshold": "structure", "default": "default", "dummy": "dummy"}
STRENGTHS = {"deterrence": 24.0, "exposure": 15.0, "kin_voice": 4.0, "need_weeks": 1.5, "dummy": 1.2}


def found_by(method: str = "morris", count: int = 200, others=("advocates",), **changes) -> SimpleNamespace:
    """What `sensitivity` gives, as far as pictures and reports read it: in one corner nothing, elsewhere 30 and more fewer."""
    points = points_of(count)
    nothing = (points["deterrence"] < 0.16) & (points["exposure"] < 0.7)
    effects = np.where(nothing, 0.0, -30.0 - 20 * points["exposure"])
    responses = pd.concat(
        [responses_of(effects * (0.6**at), 3.0, 4, other, seed=at + 2) for at, other in enumerate(others or ("",))]
    )
    table = pd.concat([table_of(method, other) for other in others or ("",)], ignore_index=True)
    asked = SimpleNamespace(**{**vars(ASKED), "others": tuple(others), "labels": tuple(others) or ("",)})
    given = {
        "asked": asked, "method": method, "samples": 10, "seeds": [1, 2, 3], "factors": FACTORS, "points": points,
        "responses": responses, "failures": pd.DataFrame(columns=["point", "arm", "seed", "reason"]), "dropped": [],
        "failed_seeds": [], "failed_follow": pd.DataFrame(),
        "table": table, "notes": [], "screening": None, "question": None,
        "sentences": {name: [f"Looked at: the effect of {name}.", "Most of it: deterrence."] for name in asked.labels},
        "blocks": pd.Series(np.arange(count) // 10, index=points.index),
        "counted": pd.Series(True, index=points.index),
        "independent": pd.Series(True, index=points.index),
        "leading": lambda number, other=None: list(STRENGTHS)[:-1][:number],
    }  # fmt: skip
    return SimpleNamespace(**(given | changes))


def table_of(method: str, other: str) -> pd.DataFrame:
    """Measures of every factor in long format, with luck and what-ifs."""
    rows = []
    measures = {"morris": ("mu_star", "mu", "sigma"), "sobol": ("first", "total")}[method]
    for name, strength in STRENGTHS.items():
        for measure in measures:
            estimate = strength if method == "morris" else strength / (50 if measure == "first" else 40)
            estimate *= {"sigma": 0.6, "mu": -1.0}.get(measure, 1.0)
            half = 0.2 * abs(estimate)
            rows.append((name, measure, estimate, estimate - half, estimate + half, np.nan))
    rows.append(("luck", "luck_share", 0.3, 0.2, 0.4, np.nan))
    rows.append(("luck", "luck_share_of_mean", 0.1, 0.06, 0.16, np.nan))
    rows.append(("default", "default", -28.0, -31.0, -25.0, np.nan))
    rows.append(("labels", "ablation", -3.0, -5.0, -1.0, 25.0))
    rows.append(("threshold", "alternative", -20.0, -24.0, -16.0, 8.0))
    columns = ["factor", "measure", "estimate", "low", "high", "difference_from_default"]
    table = pd.DataFrame(rows, columns=columns).assign(method=method, base="the-visit", other=other, level=0.95)
    return table.assign(
        unit=np.where(table["measure"].isin(["first", "total", "luck_share", "luck_share_of_mean"]), "share", ASKED.unit),
        outcome="relapsed", seeds=3, points=200, means="what was changed",
        difference_low=table["difference_from_default"] - 3, difference_high=table["difference_from_default"] + 3,
        kind=table["factor"].map(KINDS).fillna("parameter"),
    )  # fmt: skip
