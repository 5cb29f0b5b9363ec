"""Writes outcomes.md, the page of everything that is counted about people, from where each outcome is declared.

python docs/make_outcomes.py           write it
python docs/make_outcomes.py --check   say whether it is current; ends with 1 where it is not
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from analysis.catalogue import EVERY
from analysis.observables import THEMES
from analysis.outcomes import OUTCOMES, Outcome
from analysis.subgroups import ALSO_CALLED, FEWEST, TRAITS

PAGE = Path(__file__).with_name("outcomes.md")

HEAD = """\
# Outcomes

Everything that is counted about people: {count} outcomes, each declared once. Made from the code by
`python docs/make_outcomes.py`: change the code, not this page. Ids such as S1 or C2 are published figures, listed with
[the evidence](evidence.md); words are explained in the [glossary](glossary.md).

An outcome is measured for each person over a stretch of a world: in a comparison from the policy's first week to the horizon,
in one world from its first week to its last, or between two weeks of which everybody's state was kept. Whom it can happen to
is judged once, by the state in the first week (in a comparison: of the base world); the values are each world's own. What is
reported is a mean over these people in the unit given, unless *what is counted* says otherwise, or a mean over what happened
to them, such as decisions or flags. Nobody's life is lost from sight before the horizon except by death, so that only what
lies beyond the horizon is censored; each outcome says what it does about that and about deaths. Times are restricted means,
and so are attempts, of which those under way are censored: never the mean of those alone to whom it has happened.

`neither` is better where no direction is: more of it can come of a good life and of a hard one.

## Asking for them

`recovery list outcomes` prints them. `recovery run` writes all of them, for one world, to `outcomes.csv`, with `--by GROUP`
also by group; `recovery compare --outcome NAME` puts those beside the usual ones. From Python:

```pycon
>>> from analysis import observe
>>> from simulation import simulate
>>> world = simulate("baseline", people=2000, years=2, seed=1)
>>> found = observe(world, ["relapsed", "weeks_before_family_role"], by="woman")
>>> list(found.columns)
['outcome', 'unit', 'better', 'group', 'people_at_risk', 'value', 'weeks_observed', 'note']
>>> found["group"].tolist()
['all', 'women', 'men', 'all', 'women', 'men']

```

People can be split by a trait ({traits}, or
`population_group` where a scenario has some), by a named group (`recovery list groups`), or by a rule on a person's state
such as `identity < 0.4 and record`. A group of fewer than {fewest} people is named and not reported, and so is an outcome
known of fewer than {fewest}; `note` says so in words, as it does where nobody is at risk or where the weeks are too few.

A few outcomes are read from everybody's state every four weeks: `recovery run --panel "every 4"`, or `simulate` with
`panel=range(0, weeks, 4)`. A comparison that is asked for one of them keeps these states by itself.

`gap(outcome, by)` makes an outcome of the difference between two groups, to be asked for like any other; where a split has more
than two, the two are named, as in `gap("died", by="stage", first="in a problem", second="first year")`:

```pycon
>>> from analysis import gap
>>> narrowing = gap("mean_quality_of_life", by="record")
>>> observe(world, [narrowing])[["outcome", "unit", "better"]].iloc[0].tolist()
['gap_mean_quality_of_life_by_record', '0-100', 'neither']

```
"""

OWN = """\
## An outcome of your own

A function of a `Stretch` that gives a number, or yes or no, for each person. `start` and `end` hold everybody's state at both
ends, one row a person with the columns of the [reference](reference.md#what-is-known-about-a-person); `lives` holds what
happened in between, week by week, and `columns` every event.

```pycon
>>> import numpy as np
>>> from analysis import own_outcome
>>> def weeks_with_work(stretch):
...     held = stretch.lives.role("work")[1:] == 1
...     return (held & stretch.lives.lived).sum(axis=0)
>>> mine = own_outcome(
...     weeks_with_work, name="weeks_with_work", unit="weeks per person", better="higher", needs_events=True,
...     means="weeks that end with a work role", among="has_record",
... )
>>> row = observe(world, [mine]).iloc[0]
>>> row["people_at_risk"] == (world.start["record"] == 1).sum()
np.True_
>>> bool(0 < row["value"] < 104)
True

```

A person with no value gets `np.nan`, and is left out. What the function gives in another shape, or an error that it raises, is
told in words. The same outcome can be given to `compare(..., outcomes=[mine])`, and a gap made of it.
"""

NOT_MEASURED = {
    "half-recovery of comfort after a flag that is there when the stretch begins": "the state before the flag is not part of it; "
    "of flags raised in it: `weeks_to_half_comfort`",
    "share of ties not in a problem, exactly": "the state holds the share of ties in each problem, not of those in both, and who "
    "was tied to whom at the start is not part of a history, kin apart: `ties_in_no_problem_least` and `_most` hold it between "
    "two bounds",
    "weeks blocked from which role": "a week counts once as blocked, for whatever role; by which label: "
    "`weeks_role_blocked_by_record` and the others",
    "that a problem or distress came through kin": "no event names such a cause, but for flags, `flags_through_kin`: "
    "`kin_onset_ratio` and `kin_flag_distress` say what happens beside kin in trouble and beside flags on kin, not why",
    "order of onsets of problems that people bring with them": "they began before the first week",
    "attempts made before the first week": "what was decided then is not known",
    "time to a parent's role, apart from other family roles": "the model has one family role",
    "mean weeks to a reversal, of flags ended by one cause alone": "it would be short because long ones are still open: instead "
    "the share of flags that each of the ends comes to first, and the weeks that each spares (`flag_weeks_spared_by_kin`)",
    "excess relapse by label and advocacy, hysteresis, critical duration of a label, levers for deciding against maintaining":
    "these take several worlds: experiments, not outcomes of one",
}  # fmt: skip

ELSEWHERE = {
    "recovered a year, personal recovery, offences, arrested, custody, homeless and flagged weeks, roles, deaths":
    "the usual ones above",
    "reach and dose of each policy": "not about people at risk but about the policy: `reach.csv` of a comparison, `reach` of a "
    "world's history",
    "survival curves, competing events, transitions, typical courses": "[journeys](journeys.md)",
}  # fmt: skip


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table in Markdown."""
    names = list(head)
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


def outcomes_table(outcomes: Iterable[Outcome]) -> str:
    """Outcomes, a row each."""
    head = ("name", "unit", "better", "what is counted", "among", "what is not seen", "source")
    rows = [
        (f"`{one.id}`", one.unit, one.better, one.means + _shortest(one), one.at_risk_means, one.censoring, one.source)
        for one in outcomes
    ]
    return table(head, rows)


def _shortest(outcome: Outcome) -> str:
    return f" (needs {outcome.shortest} weeks)" if outcome.shortest > 1 else ""


def page() -> str:
    """The whole page."""
    traits = ", ".join(f"`{name}`" for name in [*TRAITS, *ALSO_CALLED])
    themes = [f"### {name}\n\n{outcomes_table(theme)}" for name, theme in THEMES.items()]
    return "\n".join(
        [
            HEAD.format(count=len(EVERY), traits=traits, fewest=FEWEST),
            f"## The usual ones\n\nEvery comparison reports these.\n\n{outcomes_table(OUTCOMES.values())}",
            "## Asked for by name\n",
            *themes,
            OWN,
            f"## Elsewhere\n\n{table(('what', 'where'), ELSEWHERE.items())}",
            f"## Not measured\n\nWhat a world does not record is not made up.\n\n{table(('what', 'why'), NOT_MEASURED.items())}",
        ]
    )


def main() -> int:
    """Write the page, or check it; gives the exit status."""
    if "--check" in sys.argv[1:]:
        current = PAGE.exists() and PAGE.read_text(encoding="utf-8") == page()
        print(f"{PAGE.name} is {'current' if current else 'not current: run python docs/make_outcomes.py'}")
        return 0 if current else 1
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote {PAGE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
