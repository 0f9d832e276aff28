"""A megaservice as data: which comps answer one request, in what order, and how replies become requests. Pure.

`Node.request` makes a node's request of what the nodes before it gave; `Node.reply` makes of its reply what the nodes
behind it get. Both are plain functions of plain data, so a graph can be tested without a socket.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from harness.comp import Dialect
from harness.errors import ScenarioError

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class NodeLimits:
    """How long a node may take, in seconds: to connect, to its first byte, between two bytes, in all."""

    connect_s: float = 1.0
    first_byte_s: float = 10.0
    idle_s: float = 10.0
    total_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What the caller of the megaservice asked: the request's JSON, its text, and whether the answer is to stream."""

    body: Mapping[str, Any]
    text: str
    stream: bool


@dataclass(frozen=True, slots=True)
class Node:
    """A place in the graph.

    `request(inputs, asked)`: `inputs` is the merged output of the nodes in `after` (for an entry node `{"text": question}`).
    `reply(reply, inputs)`: the node's JSON reply and the request it was sent; gives the node's output.
    `expects(reply, request)` says in words what is wrong with the reply's shape, as `(kind, words)`, or None; `kind` is one of
    the problem kinds (`bad_schema`, `bad_dim`, `bad_number`). An entry in `black_list` of the output is OPEA's veto.
    """

    name: str
    comp: str
    path: str
    after: tuple[str, ...] = ()
    request: Callable[[Body, Asked], Body] = lambda inputs, _asked: dict(inputs)
    reply: Callable[[Any, Body], Body] = lambda reply, _request: dict(reply)
    expects: Callable[[Any, Body], tuple[str, str] | None] = lambda _reply, _request: None
    service_type: str = "UNDEFINED"
    streams: bool = False
    dialect: Dialect = "openai"
    limits: NodeLimits = field(default_factory=NodeLimits)


@dataclass(frozen=True, slots=True)
class Megaservice:
    """A graph of nodes behind one route.

    `support` are comps that the graph does not call but its scenario needs (dataprep fills what the retriever searches), `beside` those
    that its handler calls by itself, past the orchestrator: they stand, and no fault is put on them.
    `answer(outputs)` makes the reply's text of the leaves' outputs. `dialect` is that of the gateway's own stream.
    """

    name: str
    path: str
    nodes: tuple[Node, ...]
    support: tuple[Node, ...] = ()
    beside: tuple[Node, ...] = ()
    answer: Callable[[Mapping[str, Body]], str] = lambda outputs: str([*outputs.values()][-1]["text"])
    dialect: Dialect = "openai"
    total_s: float = 60.0

    def __post_init__(self) -> None:
        """Refuse a graph that cannot be run."""
        order(self)

    @property
    def standing(self) -> tuple[Node, ...]:
        """All that something has to answer for: the graph's nodes, what is called beside it, and what its scenario needs."""
        return (*self.nodes, *self.beside, *self.support)

    def node(self, name: str) -> Node:
        """The node (or what stands with them) of this name."""
        for each in self.standing:
            if each.name == name:
                return each
        raise ScenarioError(
            f"{self.name}: there is no node {name!r}; nodes are {[n.name for n in self.nodes]}"
        )

    def without(self, node: str, /, **changes: Any) -> "Megaservice":
        """The same graph with one node taken out and its neighbours joined; `changes` replace fields such as `name`."""
        gone = self.node(node)
        nodes = tuple(
            replace(each, after=_spliced(each.after, gone)) for each in self.nodes if each.name != node
        )
        return replace(self, nodes=nodes, **changes)

    def with_node(self, node: Node, **changes: Any) -> "Megaservice":
        """The same graph with the node of that name replaced."""
        self.node(node.name)
        nodes = tuple(node if each.name == node.name else each for each in self.nodes)
        return replace(self, nodes=nodes, **changes)


def _spliced(after: tuple[str, ...], gone: Node) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(name for each in after for name in (gone.after if each == gone.name else (each,)))
    )


def order(megaservice: Megaservice) -> tuple[str, ...]:
    """The nodes' names, each after all that it comes after.

    Raises ScenarioError for a name used twice, a node that comes after one that is not there, and a cycle.
    """
    names = [node.name for node in megaservice.nodes]
    if not names:
        raise ScenarioError(f"{megaservice.name}: the graph has no node; a megaservice needs one at least")
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ScenarioError(f"{megaservice.name}: node {min(twice)} stands twice; node names must differ")
    for node in megaservice.nodes:
        for name in node.after:
            if name not in names:
                raise ScenarioError(
                    f"{megaservice.name}: node {node.name} comes after {name}, which is no node; nodes are {names}"
                )
    done: list[str] = []
    while len(done) < len(names):
        ready = [n.name for n in megaservice.nodes if n.name not in done and set(n.after) <= set(done)]
        if not ready:
            stuck = [name for name in names if name not in done]
            raise ScenarioError(
                f"{megaservice.name}: nodes {stuck} wait for each other; a graph has no cycle"
            )
        done += ready
    return tuple(done)


def leaves(nodes: Iterable[Node]) -> list[Node]:
    """The nodes of a graph that no other comes after: what they give is the answer."""
    graph = tuple(nodes)
    before = {name for node in graph for name in node.after}
    return [node for node in graph if node.name not in before]


def behind(megaservice: Megaservice, name: str) -> frozenset[str]:
    """All nodes that come after this one, near or far."""
    found: set[str] = set()
    for each in order(megaservice):
        node = megaservice.node(each)
        if name in node.after or found & set(node.after):
            found.add(each)
    return frozenset(found)
