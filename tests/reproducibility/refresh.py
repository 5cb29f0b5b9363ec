"""Writes down the numbers of small worlds anew: `python tests/reproducibility/refresh.py`.

A change of numbers needs a line in CHANGELOG.md under "numbers change": before, after, and why it should.

A processor with more vector instructions than the one written down is held to the same bits, one with fewer is not. So write
them down without those that other machines may lack, named as `platform` in `baseline.json` names them:
`NPY_DISABLE_CPU_FEATURES="X86_V4 AVX512_ICL" python tests/reproducibility/refresh.py`.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE)]

from numbers_of_small_worlds import all_numbers  # noqa: E402  # found only once the paths above are known


def main() -> None:
    text = json.dumps(all_numbers(), indent=1)
    text = re.sub(r"\[[^\[\]{}]*\]", lambda row: " ".join(row.group().split()), text)  # a row of numbers on a line
    (HERE / "baseline.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
