"""The graph of services: nodes in the order in which they were added, edges without an order of their own.

Every list that it gives is in that order or in a topological one made from it, so nothing depends on the seed
of Python's string hashes.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence

from harness.errors import ScenarioError

Graph = OrderedDict[str, set[str]]


class UnknownNodeError(ScenarioError, KeyError):
    """A node, or an edge, that the graph does not have, or has already."""

    __str__ = Exception.__str__  # KeyError's own would put the sentence in quotes.


class CycleError(ScenarioError, ValueError):
    """An edge that would close a cycle; a request could never end."""


class DAG:
    """Nodes and edges; a change that would make a cycle raises and changes nothing."""

    graph: Graph

    def __init__(self) -> None:
        self.reset_graph()

    def reset_graph(self) -> None:
        """Forget all nodes and edges."""
        self.graph = OrderedDict()

    def copied(self) -> "DAG":
        """The same graph, to be changed by itself."""
        copy = DAG()
        copy.graph = OrderedDict([(node, after.copy()) for node, after in self.graph.items()])
        return copy

    def size(self) -> int:
        """How many nodes there are."""
        return len(self.graph)

    def add_node(self, node_name: str) -> None:
        """Add a node; KeyError if it is there."""
        if node_name in self.graph:
            raise UnknownNodeError(f"node {node_name} is in the graph already")
        self.graph[node_name] = set()

    def add_node_if_not_exists(self, node_name: str) -> None:
        """Add a node unless it is there."""
        self.graph.setdefault(node_name, set())

    def delete_node(self, node_name: str) -> None:
        """Delete a node and the edges to and from it; KeyError if it is not there."""
        self._known(node_name)
        del self.graph[node_name]
        for after in self.graph.values():
            after.discard(node_name)

    def delete_node_if_exists(self, node_name: str) -> None:
        """Delete a node and its edges, if it is there."""
        if node_name in self.graph:
            self.delete_node(node_name)

    def add_edge(self, ind_node: str, dep_node: str) -> None:
        """Let `dep_node` come after `ind_node`; KeyError for an unknown node, ValueError for a cycle."""
        self._known(ind_node)
        self._known(dep_node)
        if ind_node == dep_node or ind_node in self._reached(dep_node):
            raise CycleError(
                f"the edge {ind_node} -> {dep_node} closes a cycle; a graph of services has none"
            )
        self.graph[ind_node].add(dep_node)

    def delete_edge(self, ind_node: str, dep_node: str) -> None:
        """Delete an edge; KeyError if it is not there."""
        if dep_node not in self.graph.get(ind_node, ()):
            raise UnknownNodeError(f"there is no edge {ind_node} -> {dep_node}")
        self.graph[ind_node].remove(dep_node)

    def predecessors(self, node: str) -> list[str]:
        """The nodes right before this one; none for an unknown node."""
        return [each for each, after in self.graph.items() if node in after]

    def downstream(self, node: str) -> list[str]:
        """The nodes right after this one; KeyError if it is not there."""
        self._known(node)
        after = self.graph[node]
        return [each for each in self.graph if each in after] if len(after) > 1 else list(after)

    def all_downstreams(self, node: str) -> list[str]:
        """All nodes after this one, near and far, each after all that it comes after."""
        self._known(node)
        reached = self._reached(node)
        return [each for each in self.topological_sort() if each in reached]

    def all_leaves(self) -> list[str]:
        """The nodes after which there is none."""
        return [node for node, after in self.graph.items() if not after]

    def ind_nodes(self, graph: Mapping[str, set[str]] | None = None) -> list[str]:
        """The nodes before which there is none."""
        graph = self.graph if graph is None else graph
        dependent = set[str]().union(*graph.values())
        return [node for node in graph if node not in dependent]

    def topological_sort(self, graph: Mapping[str, set[str]] | None = None) -> list[str]:
        """All nodes, each after all that it comes after; ValueError for a cycle."""
        graph = self.graph if graph is None else graph
        waits_for = dict.fromkeys(graph, 0)
        for after in graph.values():
            for node in after:
                waits_for[node] = waits_for.get(node, 0) + 1
        order: list[str] = []
        while len(order) < len(graph):
            ready = next((node for node in graph if waits_for.get(node) == 0), None)
            if ready is None:
                stuck = [node for node in graph if node not in order]
                raise CycleError(f"nodes {stuck} wait for each other; a graph of services has no cycle")
            order.append(ready)
            del waits_for[ready]
            for node in graph[ready]:
                waits_for[node] -= 1
        return order

    def validate(self, graph: Mapping[str, set[str]] | None = None) -> bool:
        """Whether there is a node to begin with, and no cycle."""
        if not self.ind_nodes(graph):
            return False
        try:
            self.topological_sort(graph)
        except ValueError:
            return False
        return True

    def from_dict(self, graph_dict: Mapping[str, Sequence[str]]) -> None:
        """Replace the graph by one of `{node: [nodes after it]}`; TypeError for values that are no lists."""
        self.reset_graph()
        for node in graph_dict:
            self.add_node(node)
        for node, after in graph_dict.items():
            if not isinstance(after, list):
                raise TypeError(f"node {node}: what comes after it is no list but {type(after).__name__}")
            for each in after:
                self.add_edge(node, each)

    def _known(self, node: str) -> None:
        if node not in self.graph:
            raise UnknownNodeError(f"node {node} is not in the graph; nodes are {list(self.graph)}")

    def _reached(self, node: str) -> set[str]:
        reached: set[str] = set()
        left = [node]
        while left:
            for each in self.graph[left.pop()]:
                if each not in reached:
                    reached.add(each)
                    left.append(each)
        return reached
