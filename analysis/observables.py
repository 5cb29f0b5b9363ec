"""Everything that can be observed of one world beside the outcomes of every comparison, each declared once."""

from __future__ import annotations

from analysis.observables_of_time import TIMES
from analysis.outcomes import Outcome

OBSERVABLES: dict[str, Outcome] = {outcome.id: outcome for outcome in (*TIMES,)}
"""Outcomes that can be asked for by name, in the order in which they are listed."""
