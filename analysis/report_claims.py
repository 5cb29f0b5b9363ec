"""The page and the files of claims put to the test: failures first, a picture a family, every number in a table beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.claims import Design
from analysis.claims_tested import Tested, assumed_in
from analysis.ensemble import Ran
from analysis.figures_of_claims import draw_claims
from analysis.files import fingerprint, list_files, plain_rows, put, put_json, staged
from analysis.page import bullets, command, page, paragraph, picture, section, tabular
from analysis.posterior import DRAWN_FROM
from analysis.report_studies import answer_rows, draw_studies, headlines, study_sections
from analysis.study_answers import answer_table
from analysis.validation import failure_in_words
from analysis.verdicts import CONDITIONAL, FAILED, WORDS, Gone, Size, Verdict
from analysis.words import NOT_A_FORECAST

RECEIPT = "claims.json"

FAMILIES: dict[str, tuple[str, range]] = {
    "deciding_and_maintaining": ("Difficulty, non-linearity, deciding and maintaining", range(1, 21)),
    "identity_and_roles": ("Identity, shame, future, roles", range(21, 35)),
    "networks_and_systems": ("Networks, stigma, systems, differences", range(35, 48)),
    "a_labelling_shock": ("A labelling shock", range(48, 68)),
}
"""Title of each family of claims, and their numbers: the parts of `docs/claims.md`."""

VERDICT_COLUMNS = (
    "claim", "says", "class", "deterrence", "verdict", "counted", "held", "draws", "share", "low", "high", "ablation_rule",
    "ablation_most", "ablation_figure", "ablation_removes_it", "conditional_on", "at_risk",
)  # fmt: skip


def verdict_table(tested: Tested) -> pd.DataFrame:
    """One row a verdict, failures first: the columns of `verdicts.csv`."""
    return pd.DataFrame([_verdict_row(one) for one in tested.verdicts], columns=list(VERDICT_COLUMNS))


def _verdict_row(one: Verdict) -> tuple[Any, ...]:
    out = one.claim.ablation
    return (
        one.claim.id, one.claim.claim, one.claim.kind, "on" if one.deterrence else "off", one.word, one.counted(), one.held,
        one.draws, one.share, one.low, one.high, out.rule if out else "", out.most if out else math.nan, one.gone.figure,
        one.gone.gone, "; ".join(each.sentence() for each in one.on), one.claim.at_risk,
    )  # fmt: skip


def summary(tested: Tested) -> list[str]:
    """What there is to say of them together, a sentence a line."""
    lines = _of_claims(tested) if tested.claims else []
    if tested.studies:
        lines.append(f"{_counted(len(tested.studies), 'study', 'studies')} over {_counted(len(tested.draws), 'draw')}.")
        lines += headlines(tested.answers)
    if tested.size.people is not None or tested.size.years is not None or len(tested.draws) < Design().draws:
        lines.append("A rehearsal, with fewer draws or smaller worlds than registered: luck decides more. No verdict of record.")
    lines.append(f"Drawn from: {DRAWN_FROM}.")
    return lines + failures(tested.ran)


def _of_claims(tested: Tested) -> list[str]:
    shown = [one for one in tested.verdicts if one.deterrence]
    inserted = [one for one in shown if one.claim.kind == "I"]
    emergent = [one for one in shown if one.claim.kind != "I"]
    words = ", ".join(f"{_count(shown, word)} {word}" for word in WORDS)
    lines = [
        f"{_counted(len(shown), 'claim')} over {_counted(len(tested.draws), 'draw')}: {words}.",
        f"Emergent, in whole or in part: {len(emergent)}. Of these {sum(one.supported for one in emergent)} are supported: they "
        + f"hold, and their ablation takes them away. Inserted, so that they count for nothing: {len(inserted)}.",
    ]
    feared = [one.claim.id for one in shown if one.claim.at_risk]
    if feared:
        failed = [one.claim.id for one in shown if one.claim.at_risk and one.word == FAILED]
        lines.append(f"Named beforehand as likely to fail: {', '.join(feared)}; failed of these: {', '.join(failed) or 'none'}.")
    return lines


def _counted(number: int, what: str, many: str = "") -> str:
    return f"{number} {what if number == 1 else many or f'{what}s'}"


def _count(verdicts: Sequence[Verdict], word: str) -> int:
    return sum(one.word == word for one in verdicts)


def failures(ran: Ran) -> list[str]:
    """What could not be lived or measured, a line each; like ones of many draws are counted."""
    told: dict[str, list[str]] = {}
    for failed in ran.failed:
        what = str(failed.content["told"]).rsplit(", draw", 1)[0]
        told.setdefault(f"{what}: {failed.content['message']}", []).append(failure_in_words(failed))
    return [f"Failed: {each[0]}" + (f" and in {len(each) - 1} draws more" if len(each) > 1 else "") for each in told.values()]


def write_claims(tested: Tested, folder: str | Path, inputs: dict[str, Any], force: bool = True) -> dict[str, Any]:
    """Write the tables, the page, a picture a family or study, and a record of what was asked into `folder`; gives the record.

    Raises
    ------
    OutputError
        If the folder cannot be written, or holds other results and `force` is false; then nothing is left behind.
    """
    verdicts = verdict_table(tested)
    record: dict[str, Any] = {
        "inputs_fingerprint": fingerprint(inputs), "summary": summary(tested), "verdicts": plain_rows(verdicts),
        "answers": answer_rows(tested.answers), "failed": failures(tested.ran), "inputs": inputs,
    }  # fmt: skip
    with staged(Path(folder), RECEIPT, inputs, force) as beside:
        put(beside / "results.csv", tested.table().to_csv(index=False))
        if tested.claims:
            put(beside / "verdicts.csv", verdicts.to_csv(index=False))
        if tested.studies:
            put(beside / "studies.csv", answer_table(tested.answers).to_csv(index=False))
        drawn = pd.DataFrame({"seed": [draw.seed for draw in tested.draws], **assumed_in(tested.draws)})
        put(beside / "draws.csv", drawn.to_csv(index_label="draw"))
        pictures = {}
        for name, (title, numbers) in FAMILIES.items():
            some = [one for one in tested.verdicts if int(one.claim.id[1:]) in numbers]
            if some:
                pictures[name] = draw_claims(some, title, beside / f"{name}.png").read_bytes()
        put(beside / "report.html", _page(tested, pictures, draw_studies(tested, beside)))
        record["files"] = list_files(beside, RECEIPT)
        put_json(beside / RECEIPT, record)
    return record


def _page(tested: Tested, pictures: dict[str, bytes], of_studies: dict[str, bytes]) -> str:
    body = [
        "<header><p class='kind'>Claims put to the test</p><h1>What follows from the model, and what does not</h1></header>",
        section("In short", bullets(summary(tested)) + paragraph(NOT_A_FORECAST, "caution")),
    ]
    if tested.claims:
        body.append(section("Every verdict, failures first", _table(tested.verdicts)))
    for name, png in pictures.items():
        title, numbers = FAMILIES[name]
        some = [one for one in tested.verdicts if int(one.claim.id[1:]) in numbers]
        said = f"{title}: share of draws in which each claim holds. The numbers stand in the table."
        body.append(section(title, picture(png, said) + _measures(some), name))
    body += study_sections(tested, of_studies)
    again, name = ("One verdict again", tested.claims[0].id) if tested.claims else ("One study again", tested.studies[0].id)
    body.append(section(again, command(f"recovery evidence claims {name}")))
    return page("Claims put to the test", body)


def _table(verdicts: Sequence[Verdict]) -> str:
    heads = ("claim", "class", "what it says", "deterrence", "verdict", "holds in", "exact 95 % interval", "ablation", "counted",
             "conditional on")  # fmt: skip
    rows = [
        (
            (
                one.claim.id, one.claim.kind, one.claim.claim, "on" if one.deterrence else "off", one.word,
                f"{one.held} of {one.draws}", f"{one.low:.2f} to {one.high:.2f}", gone_in_words(one.gone, one), one.counted(),
                on_in_words(one),
            ),
            "primary" if one.word == FAILED else "faint" if one.claim.kind == "I" else "",
        )
        for one in verdicts
    ]  # fmt: skip
    return tabular(heads, rows)


def on_in_words(one: Verdict) -> str:
    """What a verdict is conditional on, in words; empty for those that are not."""
    if one.word != CONDITIONAL:
        return ""
    return "; ".join(each.sentence() for each in one.on) or "nothing found that parts the draws beyond chance"


def gone_in_words(gone: Gone, one: Verdict) -> str:
    """What the ablation does, in words."""
    if gone.gone is None:
        return "cannot be judged"
    out = one.claim.ablation
    rule = "holds in" if out is not None and out.rule == "not_met" else "leaves"
    share = f"{100 * gone.figure:.0f} %" if math.isfinite(gone.figure) else "nothing"
    return f"{'goes' if gone.gone else 'stays'}: {rule} {share}" + (f" (at most {100 * out.most:g} %)" if out else "")


def _measures(verdicts: Sequence[Verdict]) -> str:
    heads = ("claim", "deterrence", "measure", "unit", "must be", "median", "middle 95 % of draws", "holds in", "compare with")
    rows = [
        (
            (
                one.claim.id, "on" if one.deterrence else "off", measure.id, measure.unit,
                f"{measure.sign} {measure.threshold:g}", _number(one.sizes[measure.id].median), _range(one.sizes[measure.id]),
                f"{100 * one.sizes[measure.id].share_holding:.0f} %" if one.draws else "", measure.compare_with,
            ),
            "",
        )
        for one in verdicts for measure in one.claim.measures
    ]  # fmt: skip
    return tabular(heads, rows)


def _number(value: float) -> str:
    return f"{value:.3g}" if math.isfinite(value) else "not known"


def _range(size: Size) -> str:
    return f"{size.low:.3g} to {size.high:.3g}" if size.known else ""
