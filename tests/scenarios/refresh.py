"""Writes what is checked in about the shipped scenarios anew: `python tests/scenarios/refresh.py`."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from simulation.scenario import Scenario
from simulation.scenario_files import shipped_folder, shipped_scenarios
from simulation.scenario_schema import schema_text


def main() -> None:
    blocks = ["\n".join([f"[{name}]", *Scenario.load(name).describe()]) for name in shipped_scenarios()]
    Path(__file__).with_name("sentences.txt").write_text("\n\n".join(blocks) + "\n", encoding="utf-8")
    (shipped_folder() / "schema.json").write_text(schema_text(), encoding="utf-8")


if __name__ == "__main__":
    main()
