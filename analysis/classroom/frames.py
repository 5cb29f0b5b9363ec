"""Stages and frames: who is drawn where, and how everybody is in one week of one world, as compact data.

Both are read from a world as it stands, be it the one of a `RecoveryModel` that somebody steps, or one being recorded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np
from scipy.optimize import linear_sum_assignment

from analysis.classroom.looks import (
    DEAD_CODE,
    ESTRANGED,
    FLOURISHING,
    FRIEND,
    HOMELESS,
    KIN,
    LABEL_SHIFT,
    NO_LABEL,
    PAPERS,
    TIES,
    WITH_CAUSE,
    WITHOUT_CAUSE,
)  # fmt: skip
from analysis.classroom.names import names_of
from analysis.figures_network import statuses_of
from simulation import RecoveryModel, World
from simulation.diary import FRIEND as FRIEND_TIE
from simulation.state import JUSTIFIED, UNJUSTIFIED

WIDE = 1.25
"""Width of a stage against its height."""

ROW_HEIGHT = 3.0**0.5 / 2.0
"""Space between rows against that between places in a row: each place has six neighbours at the same distance."""

EDGE = 0.65
"""Space around all, so that what is drawn around a person is not cut off."""

STEPS = 60
"""Steps of the layout by springs."""

MANY = 500
"""People from whom on networkx lays out by another way, node by node, which takes seconds: springs of our own do it then."""

STILL = 1e-4
"""Mean way of a step below which a layout by springs has come to rest."""

NEAREST = 0.01
"""Distance by springs below which two people push no harder."""

UNTIL_THE_END = 2**30
"""Week in which a tie ends that is there at the end."""


@dataclass(frozen=True)
class Stage:
    """The people of a world, and where each is drawn.

    Attributes
    ----------
    names
        What each person is called, in the order of permanent ids: fictional.
    ages, own
        Age at the start, in years, and whether they have own experience of a problem; shape (people,).
    places
        Where each is drawn, x from 0 to `across` and y from 0 to `down`, in units of the space between two people; shape
        (people, 2).
    """

    names: list[str]
    ages: np.ndarray
    own: np.ndarray
    places: np.ndarray
    across: float
    down: float

    def plain(self) -> dict[str, Any]:
        """The stage as plain data, for the page."""
        return {
            "names": self.names,
            "ages": [int(age) for age in self.ages],
            "own": [int(one) for one in self.own],
            "x": [round(float(x), 2) for x in self.places[:, 0]],
            "y": [round(float(y), 2) for y in self.places[:, 1]],
            "across": round(self.across, 2),
            "down": round(self.down, 2),
        }


@dataclass(frozen=True)
class Frame:
    """One week of one world.

    Attributes
    ----------
    week
        Weeks lived.
    codes
        One byte a person, in the order of permanent ids: status, label and more, as `looks.STATUS_BITS` and those beside it
        say; shape (people,).
    ties
        One row a tie between two living people, `one, other, kind`, the lower number first; shape (ties, 3).
    """

    week: int
    codes: np.ndarray
    ties: np.ndarray

    def plain(self) -> dict[str, Any]:
        """The frame as plain data, for the page; ties one after the other, three numbers each."""
        return {"week": self.week, "codes": self.codes.tolist(), "ties": self.ties.ravel().tolist()}


def world_of(source: World | RecoveryModel) -> World:
    """The world of a model, or the world itself."""
    return source.world if isinstance(source, RecoveryModel) else source


def stage_of(source: World | RecoveryModel) -> Stage:
    """Everybody in a world and where they are drawn, by their ties as they stand."""
    world = world_of(source)
    state = world.snapshot()
    places, across, down = lay_out(len(state), _ties(world))
    return Stage(
        names_of(len(state), world.seed), np.round(state["age"]).astype(int), state["own_experience"] == 1, places, across, down
    )


def frame_of(source: World | RecoveryModel, state: np.ndarray | None = None) -> Frame:
    """How everybody in a world is, as it stands; `state` is its snapshot, where that has been taken already."""
    world = world_of(source)
    state = world.snapshot() if state is None else state
    ties = _ties(world)
    alive = state["alive"] > 0
    return Frame(world.week, codes_of(state), ties[alive[ties[:, 0]] & alive[ties[:, 1]]])


def codes_of(state: np.ndarray) -> np.ndarray:
    """One byte a person: status, label, personal recovery, homeless; shape (people,)."""
    alive = state["alive"] > 0
    status = np.where(alive, statuses_of(state), DEAD_CODE).astype(np.uint8)
    marked = (state["record"] > 0) | (state["diagnosis"] > 0)
    label = np.select(
        [state["flag"] == UNJUSTIFIED, state["flag"] == JUSTIFIED, marked], [WITHOUT_CAUSE, WITH_CAUSE, PAPERS], NO_LABEL
    ).astype(np.uint8)
    more = FLOURISHING * (state["personal_recovery"] > 0) + HOMELESS * (state["homeless"] > 0)
    found: np.ndarray = status | np.where(alive, (label << LABEL_SHIFT) | more.astype(np.uint8), 0).astype(np.uint8)
    return found


def _ties(world: World) -> np.ndarray:
    """Every tie of a world once, as `one, other, kind`; estranged where either has turned from the other; shape (ties, 3)."""
    ties, found = world.ties, []
    one, place = np.nonzero(ties.kin >= 0)
    found.append((one, ties.kin[one, place], np.where(ties.estranged[one, place] > 0, ESTRANGED, KIN)))
    one, place = np.nonzero(ties.others >= 0)
    found.append((one, ties.others[one, place], FRIEND + ties.kind[one, place] - FRIEND_TIE))
    ones, others, kinds = (np.concatenate(column).astype(np.int64) for column in zip(*found, strict=True))
    low, high = np.minimum(ones, others), np.maximum(ones, others)
    # Kin come before others, the estranged of two views first, and of other ties what the lower number calls them.
    rank = np.where(kinds == ESTRANGED, 0, kinds + 1) * 2 + (ones != low)
    order = np.argsort((low * len(ties.kin) + high) * 2 * (len(TIES) + 1) + rank)
    rows = np.column_stack((low, high, kinds))[order]
    first = np.ones(len(rows), dtype=bool)
    first[1:] = (rows[1:, :2] != rows[:-1, :2]).any(axis=1)
    return rows[first]


def lay_out(people: int, ties: np.ndarray) -> tuple[np.ndarray, float, float]:
    """Places of so many people, shape (people, 2), with width and depth of all: near each other where they are tied.

    Springs pull people together who are tied; then each person takes a place of their own on a grid, so that all the way
    moved is least (linear sum assignment), and nobody covers anybody.
    """
    drawn = _by_springs(people, ties) if people >= MANY else _by_networkx(people, ties)
    columns = max(1, round((people * WIDE * ROW_HEIGHT) ** 0.5))
    rows = -(-people // columns)
    row, column = np.divmod(np.arange(rows * columns), columns)
    grid = np.column_stack((column + 0.5 * (row % 2), row * ROW_HEIGHT))
    # By their ranks the people fill the whole of the grid, where springs crowd them in the middle.
    spread = np.column_stack([_ranks(drawn[:, axis]) * grid[:, axis].max() for axis in (0, 1)])
    cost = ((spread[:, None, :] - grid[None, :, :]) ** 2).sum(axis=2)
    _, taken = linear_sum_assignment(cost)
    return grid[taken] + EDGE, float(grid[:, 0].max()) + 2 * EDGE, float(grid[:, 1].max()) + 2 * EDGE


def _by_networkx(people: int, ties: np.ndarray) -> np.ndarray:
    """Places by the springs of networkx, by which lessons have been laid out; shape (people, 2)."""
    graph = nx.Graph()
    graph.add_nodes_from(range(people))
    graph.add_weighted_edges_from((int(one), int(other), 2.0 if kind == KIN else 1.0) for one, other, kind in ties)
    laid = nx.spring_layout(graph, seed=1, iterations=STEPS)
    return np.array([laid[number] for number in range(people)])


def _by_springs(people: int, ties: np.ndarray) -> np.ndarray:
    """Places by Fruchterman and Reingold (1991): all push each other away, ties pull, kin twice; shape (people, 2)."""
    pull = np.zeros((people, people))
    strength = np.where(ties[:, 2] == KIN, 2.0, 1.0)
    pull[ties[:, 0], ties[:, 1]] = pull[ties[:, 1], ties[:, 0]] = strength
    x, y = np.random.default_rng(1).random((people, 2)).T
    apart = (1.0 / people) ** 0.5
    reach = max(np.ptp(x), np.ptp(y)) * 0.1
    for step in range(STEPS):
        across, down = x[:, None] - x, y[:, None] - y
        distance = np.maximum(np.sqrt(across**2 + down**2), NEAREST)
        force = apart * apart / distance**2 - pull * distance / apart
        move_x, move_y = (across * force).sum(axis=1), (down * force).sum(axis=1)
        scale = reach * (1.0 - step / (STEPS + 1)) / np.maximum(np.hypot(move_x, move_y), NEAREST)
        x, y = x + move_x * scale, y + move_y * scale
        if np.hypot(np.linalg.norm(move_x * scale), np.linalg.norm(move_y * scale)) / people < STILL:
            break
    return np.column_stack((x, y))


def _ranks(values: np.ndarray) -> np.ndarray:
    """Place of each value among all, from 0 to 1."""
    return np.argsort(np.argsort(values, kind="stable"), kind="stable") / max(1, len(values) - 1)
