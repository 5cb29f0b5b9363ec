"""Published figures held against the model: worlds lived at draws of the assumptions, a verdict each, and the files of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.ensemble import Progress, Ran, gather
from analysis.files import fingerprint, list_files, plain_rows, put, put_json, staged
from analysis.pools import Pool, open_pool
from analysis.posterior import DRAWN_FROM, Draw, draws_lived
from analysis.predictive import FEWEST_DRAWS, LEVEL, NOTHING, Predicted, counted, predict
from analysis.published import Published, in_words, unit_of
from analysis.published_jobs import jobs_of, read_job, read_partly
from analysis.published_measures import CONTRASTS, Measure, Measured
from analysis.store import RunStore
from analysis.store_places import open_store
from analysis.validation import RECEIPT, failure_in_words
from analysis.words import NOT_A_FORECAST
from simulation.errors import WorldError

PLAIN = ("0-1", "-1 to 1", *CONTRASTS)
"""Units that need not be said beside a value."""

TABLE, SAID, PICTURE, EACH = "figures.csv", "figures.md", "figures.png", "draws.csv"


@dataclass(frozen=True)
class Judged:
    """Figures and what draws of the model give for each.

    Attributes
    ----------
    figures, predictions
        The figures in the order of their file, and what draws give, one each.
    values
        What each draw gave for each figure, shape (figures, draws); draws of which a world failed are left out of those figures.
    draws
        The draws.
    layer
        How much of the model acts.
    ran
        What was lived and what was there already, and a record of each world that failed.
    """

    figures: tuple[Published, ...]
    predictions: tuple[Predicted, ...]
    values: tuple[tuple[tuple[Draw, Measured], ...], ...]
    draws: tuple[Draw, ...]
    layer: str = "labels"
    ran: Ran = field(default_factory=Ran, repr=False)

    def table(self) -> pd.DataFrame:
        """One row a figure: what was published, both intervals, how far off, and the verdict."""
        rows = []
        for figure, found in zip(self.figures, self.predictions, strict=True):
            about = asdict(found)
            why = about.pop("why")
            rows.append({
                "id": figure.id, "source": figure.source, "checked": figure.checked, "cohort": figure.cohort,
                "measured_as": in_words(figure), "unit": unit_of(figure), "published": figure.value, "sd": figure.sd,
                "is_log": figure.is_log, **about, "why": why, "note": figure.note,
            })  # fmt: skip
        return pd.DataFrame(rows)

    def each(self) -> pd.DataFrame:
        """One row a figure and draw: the value that it gave, the people at risk, and why there is none."""
        rows = [
            {"id": figure.id, "draw": draw.number, "seed": draw.seed, "value": found.value, "people": found.people,
             "why": found.note}
            for figure, values in zip(self.figures, self.values, strict=True) for draw, found in values
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=["id", "draw", "seed", "value", "people", "why"])

    def summary(self) -> list[str]:
        """What there is to say of them all, a sentence a line."""
        count = counted(self.predictions)
        level, draws = f"{100 * LEVEL:.0f} %", len(self.draws)
        lines = [f"{draws} draws of {DRAWN_FROM}; each lived under a seed of its own."]
        if count["measured"]:
            lines += _of_all(count, level)
        if count["measured"] < count["figures"]:
            missing = int(count["figures"] - count["measured"])
            few = any("fewer than" in one.why for one in self.predictions if one.verdict == NOTHING)
            more = " Groups of fewer than 30 people have no figure: more --people give them one." if few else ""
            lines.append(f"{missing} of {len(self.figures)} figures could not be measured.{more}")
        if draws < FEWEST_DRAWS:
            held = 100 * (draws - 1) / (draws + 1)
            lines.append(
                f"{draws} draws are too few for {level}: an interval from the least to the most holds {max(held, 0):.0f} % of "
                f"what such draws give; {FEWEST_DRAWS} are needed."
            )
        lines += [warning for figure in self.figures for warning in figure.warnings]
        return [*lines, *(f"Failed: {told}" for told in self.failures())]

    def failures(self) -> list[str]:
        """Each world that failed, once, in words."""
        told = {one.content["told"]: failure_in_words(one) for one in reversed(self.ran.failed)}
        return list(told.values())[::-1]

    def record(self) -> dict[str, Any]:
        """The same as plain values that JSON can hold."""
        return {
            "layer": self.layer, "drawn_from": DRAWN_FROM, "draws": len(self.draws),
            "seeds": [draw.seed for draw in self.draws], "summary": self.summary(),
            "counted": {name: None if math.isnan(value) else value for name, value in counted(self.predictions).items()},
            "figures": [figure.record() for figure in self.figures], "table": plain_rows(self.table()),
            "failed": self.failures(),
        }  # fmt: skip


def validate_figures(
    figures: Sequence[Published],
    seeds: Sequence[int],
    *,
    settings: Mapping[str, float] | None = None,
    people: int | None = None,
    layer: str = "labels",
    workers: int | None = None,
    store: RunStore | str | Path | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
) -> Judged:
    """What the model gives for published figures that it need not have been fitted to, a verdict each.

    Use when it is to be seen whether the model holds beyond what it was fitted to. Do not use the verdicts to choose among
    figures, or to move a parameter: a figure that was fitted to is a target.

    Parameters
    ----------
    figures
        What was published, as `analysis.published_file.load_figures` reads it.
    seeds
        A seed for each draw of the assumptions: as many draws are lived.
    settings
        Values of parameters, by name, over what is drawn.
    people
        People in every world; the usual number of each cohort, or that of a scenario, where None.
    layer
        How much of the model acts: a name from `simulation.mechanisms.LAYERS`.
    workers, store, cluster, progress
        As `analysis.validation.validate` takes them.

    Raises
    ------
    ScenarioError, ParameterError, EvidenceError, OutputError
        If the worlds cannot be lived, there are too few draws, or the store cannot be written.
    WorldError
        If every world failed.
    """
    draws = draws_lived(seeds, settings or {})
    with open_store(store) as kept, closing(open_pool(workers, cluster)) as pool:
        return judge_figures(figures, draws, kept, pool, people=people, layer=layer, progress=progress)


def judge_figures(
    figures: Sequence[Published],
    draws: Sequence[Draw],
    store: RunStore,
    pool: Pool,
    *,
    people: int | None = None,
    layer: str = "labels",
    progress: Progress | None = None,
) -> Judged:
    """The same as `validate_figures` with draws, an open store and a pool."""
    asked = [(draw, job) for draw in draws for job in jobs_of(figures, draw, pool.platform, people, layer)]
    found, ran = gather([job for _, job in asked], store, pool, lambda place: read_job(asked[place][1], store), progress)
    by_draw: dict[int, dict[Measure | str, Measured]] = {draw.number: {} for draw in draws}
    for (draw, job), one in zip(asked, found, strict=True):
        by_draw[draw.number] |= read_partly(job, store) if one is None else one
    if not any(by_draw.values()):
        raise WorldError(f"every world failed; the first: {failure_in_words(ran.failed[0])}")
    keys = [one.measured if isinstance(one.measured, Measure) else one.measured.id for one in figures]
    values = tuple(tuple((draw, by_draw[draw.number][key]) for draw in draws if key in by_draw[draw.number]) for key in keys)
    predictions = tuple(_predicted(figure, row) for figure, row in zip(figures, values, strict=True))
    return Judged(tuple(figures), predictions, values, tuple(draws), layer, ran)


def _predicted(figure: Published, row: Sequence[tuple[Draw, Measured]]) -> Predicted:
    if not row:
        return Predicted(0, 0, 0.0, why="every world failed")
    return predict(figure, [found for _, found in row])


def write_figures(judged: Judged, folder: str | Path, inputs: dict[str, Any], force: bool = True) -> dict[str, Any]:
    """Write table, picture, sentences, the values of each draw and a record of what was asked into `folder`; gives the record.

    Raises
    ------
    OutputError
        If the folder cannot be written, or holds other results and `force` is false; then nothing is left behind.
    """
    from analysis.figures_of_published import draw_figures

    record = {"inputs_fingerprint": fingerprint(inputs), **judged.record(), "inputs": inputs}
    with staged(Path(folder), RECEIPT, inputs, force) as beside:
        put(beside / TABLE, judged.table().to_csv(index=False))
        put(beside / EACH, judged.each().to_csv(index=False))
        put(beside / SAID, said(judged))
        draw_figures(judged.figures, judged.predictions, len(judged.draws), beside / PICTURE)
        record["files"] = list_files(beside, RECEIPT)
        put_json(beside / RECEIPT, record)
    return record


def said(judged: Judged) -> str:
    """The whole in words, as Markdown: what there is to say of them all, then a sentence for each figure."""
    lines = ["# Published figures and what the model gives", "", *(f"{line}\n" for line in judged.summary())]
    for figure, found in zip(judged.figures, judged.predictions, strict=True):
        lines.append(f"- **{figure.id}**: {sentence(figure, found)}")
    return "\n".join([*lines, "", NOT_A_FORECAST]) + "\n"


def sentence(figure: Published, found: Predicted) -> str:
    """What there is to say of one figure."""
    about = f"{in_words(figure)}, in {figure.cohort} ({figure.source}{f', {figure.checked}' if figure.checked else ''})"
    unit = "" if unit_of(figure) in PLAIN else f" {unit_of(figure)}"
    published = f"published {_exactly(figure.value)}{unit}, sd {figure.sd:.3g}{' of the logarithm' if figure.is_log else ''}"
    if found.verdict == NOTHING:
        return f"{found.in_words}. {about}: {published}."
    some = f" {found.why.capitalize()}." if found.why else ""
    return (
        f"{found.verdict}. {about}: {published}; the model gives {_exactly(found.median)} ({100 * LEVEL:.0f} %: "
        f"{_exactly(found.low_model)} to {_exactly(found.high_model)}; with the study's own error {_exactly(found.low)} to "
        f"{_exactly(found.high)}), {found.off:+.1f} sd off; {100 * found.above:.0f} % of the draws lie above.{some}"
    )


def _of_all(count: Mapping[str, float], level: str) -> list[str]:
    """How many figures lie inside, by either interval, a sentence each."""
    of, inside, alone, wide = f"of {count['measured']}", count["inside"], count["inside_model"], count["too_wide"]
    lines = [
        f"{inside} {of} published values {_lie(inside)} inside the {level} predictive interval, the study's error counted in. "
        + f"Its median half-width is {count['half_width']:.1f} published sd: 1.6 of it are the study's alone.",
        f"{alone} {of} {_lie(alone)} inside what the model alone gives, assumptions and luck; median half-width "
        + f"{count['half_width_model']:.1f} published sd.",
    ]
    if wide:
        lines.append(
            f"{wide} of those inside {'says' if wide == 1 else 'say'} nothing: the model's own interval reaches more than two "
            "published sd either way, so that nearly any figure would lie in it."
        )
    return lines


def _lie(count: float) -> str:
    return "lies" if count == 1 else "lie"


def _exactly(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
