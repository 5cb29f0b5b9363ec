"""A picture of a network at a moment: some people of a world, their ties, and how each of them is."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from analysis.figures import FAINT, INK, PURPLE
from analysis.figures_lives import CUSTODY, STATUS_LOOKS, WORST
from analysis.words import NOT_A_FORECAST
from simulation import Scenario, World
from simulation.diary import TIE_KINDS
from simulation.errors import ComparisonError, Problem
from simulation.state import DOMAINS, NONE

MOST = 150
"""People drawn, unless asked otherwise: more cannot be told apart."""

LABELS = ("flag", "record", "diagnosis")
TIES: dict[str, tuple[str, str, str, float]] = {
    "other": ("other tie", "#b5b5b5", "-", 0.7),
    "kin": ("kin", INK, "-", 1.5),
    "estranged": ("kin, estranged", INK, ":", 1.1),
}
"""How each kind of tie is drawn: words, colour, line and width."""


ROW, GAP = 1.4, 1.5
"""Width of the picture of a network against its height, and the space between parts that do not hang together."""


@dataclass(frozen=True)
class Network:
    """Some people of a world at one moment, and the ties among them.

    Attributes
    ----------
    nodes
        One row a person: `person, status` (a key of `figures_lives.STATUS_LOOKS`), `label` (the first of flag, record and
        diagnosis that they carry, or nothing) and `centre` (whether they are one of those around whom people were chosen).
    edges
        One row a tie between two of them: `one, other, kind` (kin, friend, recovery_peer or associate, as the lower number
        calls it) and `estranged`.
    world, week, seed, people
        Which world, after how many weeks, and how many people it has.
    how
        In words, how these people were chosen.
    """

    nodes: pd.DataFrame
    edges: pd.DataFrame
    world: str
    week: int
    seed: int
    people: int
    how: str


def network_at(
    plan: Scenario | str | Path,
    week: int,
    seed: int = 1,
    people: int | None = None,
    *,
    centres: Sequence[int] | None = None,
    most: int = MOST,
) -> Network:
    """People of the world of `plan` after `week` weeks, and their ties: a part of the network small enough to be drawn.

    Parameters
    ----------
    plan, seed, people
        As `simulate` takes them.
    week
        From 0, before the first week, to the last.
    centres
        Permanent ids of people around whom to choose; by default those with a flag at that moment, else those whom a policy
        has reached, else those with own experience.
    most
        How many people at most: each centre, from the lowest number on, with everybody tied to them.

    Raises
    ------
    ScenarioError, ComparisonError
        If the world cannot be lived, or there is no such week, person or number.
    """
    plan = Scenario.load(plan).with_settings(people=people)
    _check(plan, week, centres, most)
    world = World(plan, seed, threads=os.cpu_count() or 1)
    try:
        while world.week < week:
            world.step()
        state, edges = world.snapshot(), _edges(world)
        around, who = _centres(world, state, centres)
    finally:
        world.close()
    chosen, used = _chosen(around, edges, state["alive"] > 0, most)
    nodes = pd.DataFrame(
        {
            "person": chosen,
            "status": statuses_of(state)[chosen],
            "label": _labels(state)[chosen],
            "centre": np.isin(chosen, used),
        }
    )
    kept = edges["one"].isin(chosen) & edges["other"].isin(chosen)
    how = f"the first {len(used)} of {len(around):,} {who}, by number, each with everybody tied to them"
    return Network(nodes, edges[kept].reset_index(drop=True), plan.name, week, seed, plan.people, how)


def _check(plan: Scenario, week: int, centres: Sequence[int] | None, most: int) -> None:
    problems = []
    if not 0 <= week <= plan.weeks:
        problems.append(
            Problem(f"week {week}", "not a moment of this world", f"0 to {plan.weeks:,}", "give another week")
        )
    if most < 1:
        problems.append(Problem(f"most {most}", "nobody to draw", "1 person or more", f"leave it out for {MOST}"))
    wrong = [] if centres is None else [one for one in centres if not 0 <= one < plan.people]
    if wrong or (centres is not None and not len(centres)):
        given = f"{wrong[0]}, nobody of this number" if wrong else "nobody"
        problems.append(
            Problem("centres", given, f"people from 0 to {plan.people - 1:,}", "give others, or leave it out")
        )
    if problems:
        raise ComparisonError(problems)


def _edges(world: World) -> pd.DataFrame:
    """Every tie between two living people, once; kin are estranged where either has turned from the other."""
    ties, parts = world.ties, []
    for table, kinds in ((ties.kin, np.zeros_like(ties.kin)), (ties.others, ties.kind)):
        one, place = np.nonzero(table >= 0)
        estranged = ties.estranged[one, place] > 0 if table is ties.kin else np.zeros(len(one), dtype=bool)
        parts.append(
            pd.DataFrame(
                {"one": one, "other": table[one, place], "kind": np.array(TIE_KINDS)[kinds[one, place]],
                 "estranged": estranged}
            )
        )  # fmt: skip
    both = pd.concat(parts, ignore_index=True)
    low, high = np.minimum(both["one"], both["other"]), np.maximum(both["one"], both["other"])
    first = both["one"] == low
    both = both.assign(one=low, other=high).loc[np.argsort(~first, kind="stable")]
    alive = world.snapshot()["alive"] > 0
    both = both[alive[both["one"]] & alive[both["other"]]]
    grouped = both.groupby(["one", "other"], as_index=False)
    return grouped.agg(kind=("kind", "first"), estranged=("estranged", "max"))


def _centres(world: World, state: np.ndarray, centres: Sequence[int] | None) -> tuple[np.ndarray, str]:
    """Around whom to choose, and who they are in words."""
    alive = state["alive"] > 0
    if centres is not None:
        return np.array(list(dict.fromkeys(centres))), "people asked for"
    flagged = np.flatnonzero(alive & (state["flag"] > 0))
    if len(flagged):
        return flagged, "people with a flag"
    covered = [ids for ids in world.policy.covered() if len(ids) < len(state)]
    if covered and alive[reached := np.unique(np.concatenate(covered))].any():
        return reached[alive[reached]], "people whom a policy has reached"
    return np.flatnonzero(alive & (state["own_experience"] > 0)), "people with own experience"


def _chosen(around: np.ndarray, edges: pd.DataFrame, alive: np.ndarray, most: int) -> tuple[np.ndarray, list[int]]:
    """Ids of the people chosen, sorted, and of the centres among whom room was left."""
    graph = nx.from_pandas_edgelist(edges, "one", "other")
    chosen: dict[int, None] = {}
    used = []
    for centre in around.tolist():
        if not alive[centre]:
            continue
        near = [centre, *sorted(graph.adj.get(centre, ()))]
        more = [one for one in near if one not in chosen]
        if used and len(chosen) + len(more) > most:
            break
        chosen.update(dict.fromkeys(more))
        used.append(centre)
    return np.array(sorted(chosen), dtype=int), used


def statuses_of(state: np.ndarray) -> np.ndarray:
    """Status of everybody in the worst of their domains, custody before any, shape (people,)."""
    found = np.full(len(state), NONE, dtype=np.int8)
    for status in reversed(WORST):
        for domain in DOMAINS:
            found[state[domain] == status] = status if status != NONE else found[state[domain] == status]
    found[state["custody_left"] > 0] = CUSTODY
    return found


def _labels(state: np.ndarray) -> np.ndarray:
    """The first of `LABELS` that each person carries, shape (people,), of str; empty without one."""
    return np.select([state[name] > 0 for name in LABELS], LABELS, default="")


def draw_network(axis: Axes, network: Network) -> None:
    """People as points, coloured by status, ringed where they carry a label; kin ties dark, others pale."""
    graph = nx.Graph()
    graph.add_nodes_from(network.nodes["person"].tolist())
    graph.add_edges_from(zip(network.edges["one"].tolist(), network.edges["other"].tolist(), strict=True))
    places = _places(graph)
    kinds = np.where(network.edges["kind"] != "kin", "other", np.where(network.edges["estranged"], "estranged", "kin"))
    for kind, (_, colour, line, width) in TIES.items():
        for one, other in network.edges.loc[kinds == kind, ["one", "other"]].itertuples(index=False):
            (x, y), (to_x, to_y) = places[one], places[other]
            axis.plot([x, to_x], [y, to_y], line, color=colour, linewidth=width, zorder=1)
    for row in network.nodes.itertuples():
        x, y = places[row.person]
        ring = {"flag": PURPLE, "": "white"}.get(row.label, INK)
        axis.scatter(
            x, y, s=110 if row.centre else 55, color=STATUS_LOOKS[row.status][1], edgecolors=ring,
            linewidths=2.6 if row.label == "flag" else 1.5 if row.label else 0.6, zorder=3 if row.label else 2,
        )  # fmt: skip
    axis.set_axis_off()
    axis.set_aspect("equal")
    _legend(axis, network, set(kinds))
    caption = (
        f"{network.world}, seed {network.seed}, after {network.week} weeks: {len(network.nodes)} of {network.people:,} people, "
        f"{network.how}. Larger: those people. {NOT_A_FORECAST}"
    )
    axis.set_title(textwrap.fill(caption, 74), loc="left", fontsize=9, color=INK)


def _places(graph: nx.Graph) -> dict[int, np.ndarray]:
    """Where each person is drawn: each part that hangs together is laid out by itself, and the parts are set in rows."""
    parts = sorted((graph.subgraph(part) for part in nx.connected_components(graph)), key=lambda part: (-len(part), min(part)))
    wide = ROW * sum(4.0 * len(part) for part in parts) ** 0.5
    places: dict[int, np.ndarray] = {}
    left = top = deep = 0.0
    for part in parts:
        size = 2.0 * len(part) ** 0.5
        if left > 0.0 and left + size > wide:
            left, top, deep = 0.0, top - deep - GAP, 0.0
        began = nx.kamada_kawai_layout(part)
        laid = nx.spring_layout(part, pos=began, seed=1, k=0.9 / len(part) ** 0.5, iterations=40)
        inside = np.array([laid[person] for person in part])
        inside = (inside - inside.min(axis=0)) / np.maximum(np.ptp(inside, axis=0), 1e-9)
        for person, (x, y) in zip(part, inside, strict=True):
            places[person] = np.array([left + (ROW if len(parts) == 1 else 1.0) * size * x, top - size * (1.0 - y)])
        left, deep = left + size + GAP, max(deep, size)
    return places


def _legend(axis: Axes, network: Network, kinds: set[str]) -> None:
    def point(words: str, **looks: object) -> Line2D:
        return Line2D([], [], linestyle="none", marker="o", markersize=8, label=words, **looks)

    shown = set(network.nodes["status"])
    handles = [point(words, color=colour) for status, (words, colour) in STATUS_LOOKS.items() if status in shown]
    hollow = {"markerfacecolor": "white"}
    labels = set(network.nodes["label"])
    if "flag" in labels:
        handles.append(point("with a flag", markeredgecolor=PURPLE, markeredgewidth=2.6, **hollow))
    if labels & {"record", "diagnosis"}:
        handles.append(point("with a record or diagnosis", markeredgecolor=INK, markeredgewidth=1.5, **hollow))
    handles += [
        Line2D([], [], color=colour, linestyle=line, linewidth=width + 0.4, label=words)
        for kind, (words, colour, line, width) in TIES.items()
        if kind in kinds
    ]
    axis.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False, fontsize=9, labelcolor=INK)
    axis.text(1.01, 0.0, "distances mean nothing", transform=axis.transAxes, fontsize=8.5, color=FAINT)
