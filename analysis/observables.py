"""Everything that can be observed of one world beside the outcomes of every comparison, each declared once."""

from __future__ import annotations

from analysis.observables_of_decisions import DECIDED
from analysis.observables_of_hardship import HARDSHIPS
from analysis.observables_of_kin import KIN
from analysis.observables_of_labels import LABELS
from analysis.observables_of_offending import OFFENDING
from analysis.observables_of_onsets import ONSETS
from analysis.observables_of_recovery import RECOVERIES
from analysis.observables_of_roles import ROLES_OBSERVED
from analysis.observables_of_the_panel import PANELS
from analysis.observables_of_the_self import SELVES
from analysis.observables_of_ties import TIES
from analysis.observables_of_time import TIMES
from analysis.outcomes import Outcome

THEMES: dict[str, tuple[Outcome, ...]] = {
    "Time without an event": TIMES,
    "Decisions, attempts and lapses": DECIDED,
    "Recovery": RECOVERIES,
    "Roles": ROLES_OBSERVED,
    "The self": SELVES,
    "Ties": TIES,
    "Kin": KIN,
    "Labels": LABELS,
    "Offending": OFFENDING,
    "Onsets": ONSETS,
    "Hardship": HARDSHIPS,
    "From states every four weeks": PANELS,
}
"""Observables by theme."""

OBSERVABLES: dict[str, Outcome] = {outcome.id: outcome for theme in THEMES.values() for outcome in theme}
"""Outcomes that can be asked for by name, in the order in which they are listed."""
