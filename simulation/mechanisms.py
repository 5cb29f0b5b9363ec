"""What can be switched off, one thing at a time, on its own or by layers, and other forms that can be switched on.

Off means that nothing moves: a variable is *held* at the mean of the starting population (people with and without own
experience each at their own), so that the average hazard stays roughly what it was; a rate or an event is *zero*. Which of the
two, each mechanism says. In a cohort whose people all begin at a low point, held means that they never leave it. A switch acts
from week 0, after a burn-in lived whole, so that worlds with and without a mechanism begin with the same people; a layer acts
from the start of burn-in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

HELD = (
    "identity", "coherence", "hope", "self_stigma", "anticipated_stigma", "distress", "shame", "regard", "involvement",
    "exposure", "social_capital",
)  # fmt: skip
"""States that can be frozen or capped: those that others of the model's equations read."""


@dataclass(frozen=True)
class Mechanism:
    """One mechanism that can be switched off, or one other form that can be switched on.

    `off` says what takes its place, in words. `holds` names states held at their mean, `zero` parameters and the values that
    stand for nothing, `uses` switches that the rule itself reads.
    """

    name: str
    means: str
    off: str
    holds: tuple[str, ...] = ()
    zero: Mapping[str, float] = field(default_factory=dict)
    uses: tuple[str, ...] = ()
    kind: str = "mechanism"


_AT_MEAN = "held at its mean in the starting population"
_NONE = "zero: it does not happen"


def _held(name: str, means: str, *states: str) -> Mechanism:
    return Mechanism(name, means, _AT_MEAN, holds=states or (name,))


def _zero(name: str, means: str, *parameters: str, off: str = _NONE, **values: float) -> Mechanism:
    return Mechanism(name, means, off, zero={**dict.fromkeys(parameters, 0.0), **values})


def _use(name: str, means: str, off: str = _AT_MEAN) -> Mechanism:
    return Mechanism(name, means, off, uses=(name,))


_SERVICES = (
    "service_help", "service_effect", "obstruction", "diagnosis_obstructing", "diagnosis_helping", "anticipated_coercion",
)  # fmt: skip

_DECLARED = (
    _held("identity", "seeing oneself as more than a problem, wherever it acts"),
    _held("coherence", "agreement of one's own and others' view, which guards identity"),
    _held("hope", "hope, wherever it acts"),
    _held("shame", "shame, which helps or hinders deciding"),
    _held("regard", "the regard of others, on identity and on telling kin"),
    _held("roles", "what roles held mean: involvement, wherever it acts", "involvement"),
    _use("role_search", "identity and hope in looking for roles"),
    _held("social_capital", "support, wherever it acts"),
    _use("support_distress", "support as a buffer of distress from a flag"),
    _use("support_roles", "support as a way to roles"),
    _use("support_home", "support, and kin with means, in keeping and finding a home"),
    _use("support_deciding", "support as encouragement to decide"),
    _use("support_keeping", "support in keeping recovery up, and in a lapse"),
    _use("support_hope", "support as a source of hope"),
    _use("support_self_stigma", "support against self-stigma"),
    _use("support_regard", "support as those who can say that they see a change"),
    _use("role_models", "ties a year or more into recovery, on hope"),
    _use("chance_to_give", "ties in need, on gaining a giving role"),
    _zero("rejection", "intolerant ties withdrawing before a label, and leaving", "rejection", "tie_label"),
    _held("label_exposure", "exposure to public stigma through labels, wherever it acts", "exposure"),
    _zero("detection_by_label", "a label raising the chance that an offence is detected", "detection_label"),
    _held("self_stigma", "stigma turned on oneself, wherever it acts"),
    _held("anticipated_stigma", "waiting for the good time to end, wherever it acts"),
    _held("distress", "distress, wherever it acts"),
    _zero("flag_distress", "distress, and further waiting for the worst, from a flag", "flag_shock", "anticipated_flag"),
    _use("peers", "share of ties in trouble, on deciding, lapse, relapse and onset"),
    _zero("tie_changes", "ties made and ended, and kin estranged and reconciled", "tie_end", "meet", "estrange", "reconcile",
          "family_support_reconcile", off="ties stay as they are"),
    _zero("kin_changes", "kin estranged and reconciled", "estrange", "reconcile", "family_support_reconcile",
          off="kin stay as they are"),
    _use("consolidation", "the hazard of a lapse falling with time sustained",
         off="held at its mean over recoveries under way in the starting population: at nothing where all begin active"),
    Mechanism("frailty", "lasting differences between people in liability and in how often they offend", _AT_MEAN,
              holds=("frailty", "frailty_use", "frailty_offending", "frailty_mental_health", "offence_frailty")),
    _zero("cross_links", "trouble in one domain acting on another", "link_use_offending", "link_use_mental_health",
          "both_link", symptoms_use=1.0),
    _zero("setback", "a lapse costing identity and hope, and adding self-stigma", "setback"),
    _zero("turning_points", "turning points, and sudden decisions with them", "turning_points"),
    _zero("turning_jump", "the lift that a sudden decision gives to identity and hope", "turning_jump"),
    Mechanism("services", "what services do: hope, fewer lapses, obstruction, diagnosis, speaking for people",
              "zero: people come and go, and nothing follows", zero=dict.fromkeys(_SERVICES, 0.0), uses=("services",)),
    _zero("homelessness", "homelessness, on lapse and distress", "w_homeless", "distress_homeless"),
    _zero("advocacy", "kin and professionals getting flags reversed", "kin_voice_rate", "professional_rate", "both_rate"),
    _use("disclosure_delay", "the time it takes to tell kin of a flag", off="kin are told at once, a week after it"),
    _zero("kin_contagion", "flags and distress spreading to kin", "kin_contagion", "distress_kin"),
    _zero("institution_penalty", "a stay in prison held against a person who seeks roles", "institution_penalty"),
    Mechanism("location", "differences between areas, moving, and distance between ties",
              "all live in one area, as the areas are on average", zero={"move": 0.0, "far_weight": 1.0, "far_ends": 1.0}),
    _zero("deterrence", "a flag deterring offences and lapses into offending", "deterrence"),
)

MECHANISMS: dict[str, Mechanism] = {mechanism.name: mechanism for mechanism in _DECLARED}
"""What `switch_off` may name."""

_FORMS = (
    Mechanism("label_resistance", "exposure reaches self-stigma only above a threshold of each person's own (M17)",
              "off by default: all exposure reaches it", uses=("label_resistance",), kind="form"),
    Mechanism("roles_after_conduct", "identity and hope count in looking for roles only once no longer in a problem",
              "off by default: they count at any time", uses=("roles_after_conduct",), kind="form"),
)

FORMS: dict[str, Mechanism] = {form.name: form for form in _FORMS}
"""Other forms that parts of the model may take: what `switch_on` may name."""

_LABELS = (
    "label_exposure", "rejection", "detection_by_label", "self_stigma", "anticipated_stigma", "flag_distress",
    "kin_contagion", "deterrence",
)  # fmt: skip
_SELVES = (
    "identity", "coherence", "hope", "shame", "regard", "roles", "role_search", "distress", "setback", "turning_jump",
    "role_models", "chance_to_give", "institution_penalty",
)  # fmt: skip
_NETWORK = ("peers", "social_capital", "tie_changes", "cross_links", "services", "homelessness", "location")

LAYERS: dict[str, tuple[str, ...]] = {
    "null": (*_LABELS, *_SELVES, *_NETWORK),
    "network": (*_LABELS, *_SELVES),
    "identity": _LABELS,
    "labels": (),
}
"""What each layer switches off: independent hazards with duration and frailty; then ties; identity and roles; labels."""

LAYERS_IN_WORDS: dict[str, str] = {
    "null": "independent hazards with duration and frailty",
    "network": "the null layer and the network: ties, support, peers, services, places, links between domains",
    "identity": "the network layer, and identity, hope, roles and distress",
    "labels": "the full model: labels and stigma too",
}

SWITCHES: tuple[str, ...] = tuple(
    dict.fromkeys(name for one in (*_DECLARED, *_FORMS) for name in one.uses)
)
"""Switches that the rule itself reads, 0 or 1 in its row of assumptions."""


def switched_off(layer: str, switch_off: tuple[str, ...]) -> list[Mechanism]:
    """Mechanisms off in a world of this layer with these switches, each once, in the order of the table."""
    names = {*LAYERS[layer], *switch_off}
    return [mechanism for name, mechanism in MECHANISMS.items() if name in names]
