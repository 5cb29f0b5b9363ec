"""The layer of each parameter: the lowest one in which what it is about can move.

What a layer leaves out is held at its mean, so that the weight of something held still shifts a hazard there, for everybody
alike: `w_hope` belongs to identity, where hope begins to move.
"""

from __future__ import annotations

from simulation.parameters import PARAMETERS

_BY_PART = {
    "Deciding": "null", "Keeping it up": "null", "Offences and justice": "null", "Symptoms and onset": "null",
    "Labels": "labels", "Distress and anticipated stigma": "identity", "Self-stigma, hope and identity": "identity",
    "Social capital": "network", "Roles": "identity", "Homelessness, services, place": "network",
    "Personal recovery and quality of life": "identity", "Death": "null", "Ties": "network",
}  # fmt: skip

_OTHERWISE = {
    "network": (
        "decide_capital w_capital w_peers w_homeless area_risk_home service_help link_use_offending link_use_mental_health "
        "both_link symptoms_use onset_peers"
    ).split(),
    "identity": (
        "decide_identity turning_hope turning_jump w_shame shame_hope_mark shame_slope w_hope w_identity w_distress "
        "w_roles_use w_roles_offending w_roles_mental_health lapse_hope setback symptoms_distress onset_calm"
    ).split(),
    "labels": (
        "deterrence detection_label flag_shock shock_buffer anticipated_floor anticipated_exposure anticipated_flag "
        "anticipated_coercion anticipated_rise anticipated_decay self_stigma_base z_exposure z_anticipated z_identity "
        "obstruction self_stigma_rate i_stigma life_self_stigma rejection role_barrier barrier_family barrier_work "
        "barrier_giving barrier_community statistical_discrimination service_anticipated diagnosis_obstructing "
        "diagnosis_helping tie_label reconcile_exposure meet_anticipated"
    ).split(),
}  # fmt: skip

_LAYER = {name: layer for layer, names in _OTHERWISE.items() for name in names}


def layer_of(parameter: str) -> str:
    """Layer of a parameter, as `simulation.mechanisms` names layers. Raises KeyError for an unknown one."""
    return _LAYER.get(parameter) or _BY_PART[PARAMETERS[parameter].group]


def layer_in_tables(layer: str) -> str:
    """Name of a layer as tables, pictures and pages have it: "null" alone is read as a missing value from a CSV file."""
    return f"{layer} layer"
