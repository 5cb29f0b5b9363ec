"""What is said of studies on the page and in the files of claims put to the test: a section, a picture and a table each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from analysis.claims_tested import Tested
from analysis.figures_of_studies import draw_study
from analysis.files import plain_rows
from analysis.page import bullets, paragraph, picture, section, tabular
from analysis.studies import Study
from analysis.study_answers import Answer, answer_table
from analysis.verdicts import exact_interval


def headlines(answers: Sequence[Answer]) -> list[str]:
    """The answers that are told first, a sentence a line."""
    return [one.sentence() for one in answers if one.headline]


def answer_rows(answers: Sequence[Answer]) -> list[dict[str, Any]]:
    """The rows of `studies.csv` as plain data; what is no number, or without end, becomes None."""
    return [
        {name: None if isinstance(value, float) and not math.isfinite(value) else value for name, value in row.items()}
        for row in plain_rows(answer_table(answers))
    ]


def draw_studies(tested: Tested, folder: Path) -> dict[str, bytes]:
    """Draw each study to a picture of its name in `folder`; gives the pictures by name."""
    return {
        study.id: draw_study(study, tested.numbers, folder / f"{study.id}.png").read_bytes() for study in tested.studies
    }


def study_sections(tested: Tested, pictures: dict[str, bytes]) -> list[str]:
    """A section of the page for each study."""
    return [_section(study, [one for one in tested.answers if one.study.id == study.id], pictures) for study in tested.studies]


def _section(study: Study, answers: Sequence[Answer], pictures: dict[str, bytes]) -> str:
    said = f"{study.question} The numbers stand in the table."
    content = [
        paragraph(study.question), bullets(headlines(answers)), picture(pictures[study.id], said), paragraph(study.why, "small"),
        _table(answers),
    ]  # fmt: skip
    return section(f"Study: {study.id}", "".join(content), study.id)


def _table(answers: Sequence[Answer]) -> str:
    heads = ("deterrence", "what it is", "unit", "over draws", "counts where", "in", "exact 95 % interval", "without end",
             "goes with", "conditional on")  # fmt: skip
    return tabular(heads, [(_cells(one), "primary" if one.headline else "") for one in answers])


def _cells(one: Answer) -> tuple[str, ...]:
    measure = one.measure
    low, high = exact_interval(one.counted, one.draws)
    return (
        "on" if one.deterrence else "off", measure.answer, measure.unit, one.size(),
        f"{measure.sign} {measure.threshold:g}" if measure.judged else "",
        f"{one.counted} of {one.draws}" if measure.judged else "", f"{low:.2f} to {high:.2f}" if measure.judged else "",
        f"{measure.none}: {one.without_end} of {one.known}" if measure.none else "",
        "; ".join(each.sentence() for each in one.goes_with), "; ".join(each.sentence() for each in one.on),
    )  # fmt: skip


def printed(row: dict[str, Any]) -> tuple[str, ...]:
    """A row of the answers as cells of the table that the command prints: study, deterrence, answer, over draws, share."""
    if not row["known"]:
        size = "not known"
    else:
        median, low, high = (
            f"{row[name]:.3g}" if row[name] is not None else row["none"] or "without end" for name in ("median", "low", "high")
        )
        size = f"{median} ({low} to {high})"
    share = f"{row['counted']:.0f} of {row['draws']}" if row["must_be"] else ""
    return (row["study"], row["deterrence"], row["answer"], size, share)


PRINTED = ("study", "deterrence", "what it is", "median (middle 95 % of draws)", "in")
