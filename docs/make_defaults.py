"""Puts the defaults of the parameter table at the centre of the posterior that is shipped.

    python docs/make_defaults.py

rewrites the numbers in simulation/parameters.py: the median of each free parameter, to four figures. A test fails where they
are not there. All that is made by running the model (README.md of this folder lists it), and the baselines of the tests, are made
anew after it.
"""

from __future__ import annotations

import re
from pathlib import Path

from analysis.calibration.learned import defaults_at_the_centre
from analysis.posterior import load_posterior

TABLE = Path(__file__).parents[1] / "simulation" / "parameters.py"


def main() -> None:
    """Rewrite the table."""
    text = TABLE.read_text(encoding="utf-8")
    for name, value in defaults_at_the_centre(load_posterior()).items():
        text, found = re.subn(rf'\("{name}", [-+.e\d]+,', f'("{name}", {value!r},', text)
        if found != 1:
            raise SystemExit(f"{name} stands {found} times in {TABLE.name}, not once")
    TABLE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
