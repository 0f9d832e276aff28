"""Where the nodes of a graph stand: ranks by the longest way from the entry, lanes so that edges cross little.

An edge that jumps over ranks gets a place in each of them, so that it passes between nodes and not through them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from harness.report import GraphNode

SWEEPS = 4  # Down and up, twice; the order of real graphs is settled by then.


@dataclass(frozen=True, slots=True)
class Layout:
    """Places in units of ranks and lanes; `edges` are the places that each edge passes, both ends included."""

    ranks: int
    lanes: int
    places: Mapping[str, tuple[float, float]]
    edges: tuple[tuple[str, ...], ...]


def layout(graph: Sequence[GraphNode]) -> Layout:
    """Lay the graph out; an `after` that names no node is passed over, a cycle is cut where it closes."""
    parents = _parents(graph)
    rank = _ranks(parents)
    edges = tuple(_way(parent, child, rank) for child, above in parents.items() for parent in above)
    columns: list[list[str]] = [[] for _ in range(max(rank.values(), default=-1) + 1)]
    for name in parents:
        columns[rank[name]].append(name)
    for way in edges:
        for stop, name in enumerate(way[1:-1], rank[way[0]] + 1):
            columns[stop].append(name)
    _untangle(columns, edges)
    lanes = max(map(len, columns), default=0)
    places = {
        name: (float(index), (lanes - len(column)) / 2 + lane)
        for index, column in enumerate(columns)
        for lane, name in enumerate(column)
    }
    return Layout(len(columns), lanes, places, edges)


def _parents(graph: Sequence[GraphNode]) -> dict[str, list[str]]:
    """Parents by node, in the order of the graph, without edges that would close a cycle."""
    names = {node.name for node in graph}
    parents: dict[str, list[str]] = {node.name: [] for node in graph}
    for node in graph:
        for parent in dict.fromkeys(node.after):
            if parent in names and not _reaches(parents, parent, node.name):
                parents[node.name].append(parent)
    return parents


def _reaches(parents: Mapping[str, list[str]], start: str, goal: str) -> bool:
    """Whether going up from `start` meets `goal`."""
    seen, waiting = set(), [start]
    while waiting:
        name = waiting.pop()
        if name == goal:
            return True
        if name not in seen:
            seen.add(name)
            waiting.extend(parents[name])
    return False


def _ranks(parents: Mapping[str, list[str]]) -> dict[str, int]:
    rank = dict.fromkeys(parents, 0)
    for _ in parents:  # A chain of n nodes is settled after n rounds.
        for name, above in parents.items():
            rank[name] = max((rank[parent] + 1 for parent in above), default=0)
    return rank


def _way(parent: str, child: str, rank: Mapping[str, int]) -> tuple[str, ...]:
    """The places between two nodes; those on the way have names that no node has."""
    between = (f"{parent}\0{child}\0{stop}" for stop in range(rank[parent] + 1, rank[child]))
    return (parent, *between, child)


def _untangle(columns: list[list[str]], edges: tuple[tuple[str, ...], ...]) -> None:
    """Order each column by where its neighbours stand, from left to right and back."""
    steps = [pair for way in edges for pair in pairwise(way)]
    before: dict[str, list[str]] = {}
    behind: dict[str, list[str]] = {}
    for left, right in steps:
        before.setdefault(right, []).append(left)
        behind.setdefault(left, []).append(right)
    for sweep in range(SWEEPS):
        neighbours, order = (before, columns) if sweep % 2 == 0 else (behind, columns[::-1])
        lane = {name: float(index) for column in columns for index, name in enumerate(column)}
        for column in order:
            column.sort(key=lambda name: _middle([lane[each] for each in neighbours.get(name, [name])]))
            lane.update((name, float(index)) for index, name in enumerate(column))


def _middle(lanes: list[float]) -> float:
    return sum(lanes) / len(lanes)
