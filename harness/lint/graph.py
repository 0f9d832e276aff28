"""A megaservice's graph as its file builds it: `MicroService(...)`, `.add(...)` and `.flow_to(...)`."""

import ast
from dataclasses import dataclass, field

from harness.lint.finding import Spot
from harness.lint.values import Names, Value


@dataclass(frozen=True, slots=True)
class Node:
    """One `MicroService(...)` that a graph may hold; what was not given has OPEA's default, unknown is None.

    `service_type` is as `ServiceType` names it. `has_key`: with an API key OPEA takes the host for the whole address.
    """

    key: str
    name: str | None
    service_type: str | None
    endpoint: str | None
    host: Value
    port: Value
    spot: Spot
    endpoint_spot: Spot
    port_spot: Spot


@dataclass(frozen=True, slots=True)
class Edge:
    """One `flow_to`: the keys of both ends."""

    before: str
    after: str
    spot: Spot


@dataclass(slots=True)
class Graph:
    """What one orchestrator is told; `nodes` by the expression that they were built under (`llm`, `self.llm`).

    `is_open`: it holds something that cannot be told from the text, such as what a loop adds.
    """

    owner: str
    orchestrator: str
    added: list[tuple[str, Spot]] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    nodes: dict[str, Node] = field(default_factory=dict)
    is_open: bool = False

    def label(self, key: str) -> str:
        """What to call a node: its name, else the expression it stands under."""
        node = self.nodes.get(key)
        return (node.name if node else None) or key

    @property
    def members(self) -> list[Node]:
        """The nodes that were added."""
        return [self.nodes[key] for key, _ in dict.fromkeys(self.added) if key in self.nodes]

    def absorb(self, other: "Graph") -> None:
        """Take in what another function says of the same orchestrator."""
        self.added += other.added
        self.edges += other.edges
        self.nodes |= other.nodes
        self.is_open |= other.is_open


def node_of(call: ast.Call, key: str, file: str, names: Names) -> Node | None:
    """The node that this call builds; None for a megaservice's own server."""
    given: dict[str, ast.expr] = {word.arg: word.value for word in call.keywords if word.arg}
    if ast.unparse(given.get("service_role", ast.Constant(""))).endswith("MEGASERVICE"):
        return None
    if call.args:
        given.setdefault("name", call.args[0])
    rest_unknown = any(word.arg is None for word in call.keywords)

    def value(word: str, default: str) -> Value:
        if word in given:
            return names.value(given[word])
        return Value() if rest_unknown else Value(default)

    def spot(word: str) -> Spot:
        return Spot(file, given[word].lineno if word in given else call.lineno)

    return Node(
        key=key,
        name=value("name", "").text or None,
        service_type=_service_type(given.get("service_type"), "" if rest_unknown else "LLM"),
        endpoint=value("endpoint", "/").text,
        host=value("host", "localhost"),
        port=value("port", "8080"),
        spot=Spot(file, call.lineno),
        endpoint_spot=spot("endpoint"),
        port_spot=spot("port"),
    )


def _service_type(expression: ast.expr | None, default: str) -> str | None:
    if expression is None:
        return default or None
    return expression.attr if isinstance(expression, ast.Attribute) else None


def chain_root(call: ast.Call) -> ast.expr:
    """What `x.add(a).add(b)` is called on: `x`."""
    expression: ast.expr = call
    while (
        isinstance(expression, ast.Call)
        and isinstance(expression.func, ast.Attribute)
        and expression.func.attr in ("add", "flow_to")
    ):
        expression = expression.func.value
    return expression
