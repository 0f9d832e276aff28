"""Graphs that do not flow as they are written: cycles, nodes that were not added, nodes added twice."""

from collections.abc import Iterable, Iterator
from itertools import combinations

from harness.lint.finding import Found, Rule
from harness.lint.graph import Edge, Graph
from harness.lint.sources import Sources


def _graphs(sources: Sources) -> Iterable[Graph]:
    return [graph for megaservice in sources.megaservices for graph in megaservice.graphs]


def _cycles(sources: Sources) -> Iterator[Found]:
    for graph in _graphs(sources):
        kept: list[Edge] = []
        for edge in graph.edges:
            way = _way(kept, edge.after, edge.before)
            if way:
                names = " > ".join(graph.label(key) for key in (*way, edge.after))
                yield Found(edge.spot, f"this flow_to closes a cycle: {names}")
            else:
                kept.append(edge)


def _way(edges: list[Edge], start: str, goal: str) -> list[str]:
    """The nodes on a way from one to the other, both included; empty for none."""
    ways = [[start]]
    seen = {start}
    while ways:
        way = ways.pop(0)
        if way[-1] == goal:
            return way
        for edge in edges:
            if edge.before == way[-1] and edge.after not in seen:
                seen.add(edge.after)
                ways.append([*way, edge.after])
    return []


def _not_added(sources: Sources) -> Iterator[Found]:
    for graph in _graphs(sources):
        added = {key for key, _ in graph.added}
        if graph.is_open or not added:
            continue
        for edge in graph.edges:
            for key in dict.fromkeys((edge.before, edge.after)):
                if key not in added:
                    what = (
                        f"flow_to speaks of {graph.label(key)}, which was never added to {graph.orchestrator}"
                    )
                    yield Found(edge.spot, what, f"Add it: {graph.orchestrator}.add({key})")


def _added_twice(sources: Sources) -> Iterator[Found]:
    for graph in _graphs(sources):
        for (one, first), (other, second) in combinations(graph.added, 2):
            names = [node.name for key in (one, other) if (node := graph.nodes.get(key)) and node.name]
            if one == other or (len(names) == 2 and names[0] == names[1]):
                what = f"{graph.label(other)} is added to {graph.orchestrator} for the second time (first in line {first.line})"
                yield Found(second, what)


RULES = (
    Rule(
        "cycle",
        "OPEA's flow_to logs the cycle, returns False and leaves the edge out: the graph that runs is not the one that was written.",
        "Take one edge of the cycle out; a request goes through each node once",
        _cycles,
    ),
    Rule(
        "node-not-added",
        "OPEA's flow_to logs the unknown node, returns False and leaves the edge out: the node is never called.",
        "Add the node to the orchestrator before it is told how it flows",
        _not_added,
    ),
    Rule(
        "node-added-twice",
        "OPEA's add raises for a second service of one name: the megaservice does not start.",
        "Add each service once, and give two services two names",
        _added_twice,
    ),
)
