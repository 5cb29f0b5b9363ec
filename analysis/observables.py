"""Everything that can be observed of one world beside the outcomes of every comparison, each declared once."""

from __future__ import annotations

from analysis.observables_of_labels import HARDSHIP, LABELS, OFFENDING
from analysis.observables_of_recovery import RECOVERIES
from analysis.observables_of_the_self import OTHERS, SELVES
from analysis.observables_of_time import TIMES
from analysis.outcomes import Outcome

OBSERVABLES: dict[str, Outcome] = {
    outcome.id: outcome for outcome in (*TIMES, *RECOVERIES, *SELVES, *OTHERS, *LABELS, *OFFENDING, *HARDSHIP)
}
"""Outcomes that can be asked for by name, in the order in which they are listed."""
