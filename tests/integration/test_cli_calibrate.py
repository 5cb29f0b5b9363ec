"""`recovery evidence calibrate` finds a posterior, keeps what it lived, and refuses what makes no sense."""

from __future__ import annotations

import json
import re

import pandas as pd
import pytest

from analysis.calibration.settings import SETTINGS
from analysis.posterior import load_posterior

TINY = """
freedom = 4.0
people = 40
first_seed = 10001
lasting_waves = 3
[layers.labels]
points = [6, 4]
twice = [1, 1]
sharpness = [0.0, 0.5]
[layers.null]
points = [4]
twice = [1]
sharpness = [0.0]
[posterior]
draws = 5
chains = 2
steps = 30
people = 40
left_out_steps = 9
first_seed = 20001
"""


@pytest.fixture
def settings(tmp_path):
    """Settings of a calibration that takes seconds."""
    scale = re.search(r"^\[scale\]$.*", SETTINGS.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    path = tmp_path / "tiny.toml"
    path.write_text(TINY + scale.group(0), encoding="utf-8")
    return path


@pytest.mark.slow
def test_calibrate_leaves_a_posterior_tables_and_pictures_and_asked_again_lives_nothing(recovery, settings, tmp_path):
    asked = ("evidence", "calibrate", "--settings", settings, "--workers", 1)
    said = recovery(*asked)
    assert said.code == 0, said.err
    assert "published numbers lie inside the 90 % posterior predictive interval" in said.out
    assert "null layer: log score of targets left out" in said.out
    folder = tmp_path / "results" / "calibrate"
    record = json.loads((folder / "calibration.json").read_text())
    assert set(record["files"]) == {path.name for path in folder.iterdir()} - {"calibration.json"}
    assert {"predictive.png", "contraction.png", "pair.png", "layers.png"} <= set(record["files"])
    found = load_posterior(folder / "posterior.parquet")
    assert len(found.draws) == 5
    assert found.provenance["trials"] == 12
    assert set(record["centre"]) == set(found.draws.columns)
    predictive = pd.read_csv(folder / "predictive.csv")
    assert len(predictive) == 39
    assert (predictive["measured"] > 0).sum() > 30
    assert set(pd.read_csv(folder / "layers.csv")["layer_of_the_model"]) == {"labels layer", "null layer"}
    assert "already done" in recovery(*asked).out
    again = recovery(*asked, "--out", tmp_path / "elsewhere")
    assert "Worlds: 0 lived now" in again.err
    assert load_posterior(tmp_path / "elsewhere" / "posterior.parquet").draws.equals(found.draws)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--rounds", 3), "a name of a fit beside it"),
        (("change-in-the-person", "--layers", "null"), "no fit beside it"),
        (("--layers", "nul"), "did you mean 'null'?"),
        (("--settings", "nowhere.toml"), "settings of a calibration"),
        (("--people", 0), "--people"),
    ],
)
def test_what_cannot_be_calibrated_is_a_mistake_told_before_a_world_is_lived(recovery, asked, said):
    found = recovery("evidence", "calibrate", *asked)
    assert found.code == 2
    assert said in found.err
