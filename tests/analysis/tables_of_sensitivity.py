"""Tables as a sensitivity analysis gives them, of worlds whose answer is known, for tests of what is made of them."""

from __future__ import annotations

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
