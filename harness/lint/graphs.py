"""Finds the graphs that a file builds, function by function."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping

from harness.lint.graph import Edge, Graph, Node, chain_root, node_of
from harness.lint.program import Program, Scope

Nodes = dict[str, Node]


def graphs(program: Program) -> tuple[Graph, ...]:
    """One graph for each function that builds one, or for all together where some only say how it flows."""
    parts: dict[tuple[str, str], list[Graph]] = defaultdict(list)
    shared = _shared_nodes(program)
    for scope in program.scopes:
        nodes = {**shared[""], **shared[scope.owner], **_nodes_of(program, scope)}
        for graph in _graphs_of(program, scope, nodes):
            parts[scope.owner, graph.orchestrator].append(graph)
    return tuple(_joined(parts))


def _joined(parts: Mapping[tuple[str, str], list[Graph]]) -> Iterator[Graph]:
    for pieces in parts.values():
        if all(piece.added for piece in pieces):
            yield from pieces
        else:
            for other in pieces[1:]:
                pieces[0].absorb(other)
            yield pieces[0]


def _shared_nodes(program: Program) -> dict[str, Nodes]:
    """By class: the nodes that all its functions see, `self.x` and those outside functions."""
    found: dict[str, Nodes] = defaultdict(dict)
    for scope in program.scopes:
        for key, node in _nodes_of(program, scope).items():
            if not scope.name or "." in key:
                found[scope.owner][key] = node
    return found


def _nodes_of(program: Program, scope: Scope) -> Nodes:
    found: Nodes = {}
    for statement in scope.nodes:
        match statement:
            case (
                ast.Assign(targets=[target], value=value)
                | ast.AnnAssign(target=target, value=ast.expr() as value)
            ):
                if node := _node(program, scope, value, ast.unparse(target)):
                    found[node.key] = node
    return found


def _node(program: Program, scope: Scope, expression: ast.expr, key: str) -> Node | None:
    if isinstance(expression, ast.Call) and program.is_named(expression.func, "MicroService"):
        return node_of(expression, key, program.file, scope.names)
    return None


def _graphs_of(program: Program, scope: Scope, nodes: Nodes) -> Iterator[Graph]:
    found: dict[str, Graph] = {}
    chained = _chained(program, scope)
    for call in scope.nodes:
        match call:
            case ast.Call(func=ast.Attribute(attr="add" as what), args=[only], keywords=[]):
                ends = [only]
            case ast.Call(func=ast.Attribute(attr="flow_to" as what), args=args, keywords=words):
                ends = [*args, *(word.value for word in words)]
            case _:
                continue
        root = chain_root(call)
        key = chained.get(id(root), ast.unparse(root))
        if key not in program.orchestrators:
            continue
        owner = f"{scope.owner}.{scope.name}".strip(".")
        graph = found.setdefault(key, Graph(owner, key, nodes=dict(nodes)))
        if what == "add":
            _add(program, scope, graph, ends[0])
        elif len(ends) == 2:
            before, after = (ast.unparse(end) for end in ends)
            graph.edges.append(Edge(before, after, program.spot(ends[0])))
    yield from found.values()


def _add(program: Program, scope: Scope, graph: Graph, what: ast.expr) -> None:
    key = ast.unparse(what)
    if node := _node(program, scope, what, key):
        graph.nodes[key] = node
    graph.is_open |= key not in graph.nodes
    graph.added.append((key, program.spot(what)))


def _chained(program: Program, scope: Scope) -> dict[int, str]:
    """`x = ServiceOrchestrator().add(a)`: the bare call there is x."""
    return {
        id(root): ast.unparse(node.targets[0])
        for node in scope.nodes
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        for root in [chain_root(node.value)]
        if program.builds_orchestrator(root)
    }
