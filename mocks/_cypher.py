"""A little of Cypher over a graph in memory: MATCH, WHERE and RETURN; MERGE, CREATE and DETACH DELETE.

Enough for what OPEA's tests and examples ask. LOAD CSV and apoc's loaders fetch nothing: they stand for the mock's own ailments.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mocks._graph import Edge, Graph, Node, Properties, fill

Row = dict[str, Node | Edge]

_CLAUSE = re.compile(r"\b(MATCH|WHERE|RETURN|MERGE|CREATE|DETACH\s+DELETE|DELETE|LIMIT)\b", re.IGNORECASE)
_TEXT = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_LITERAL = rf"({_TEXT.pattern}|-?\d+(?:\.\d+)?)"
_NODE = re.compile(r"\s*\(\s*(\w*)\s*(?::\s*(\w+))?\s*(\{[^}]*\})?\s*\)")
_EDGE = re.compile(r"\s*(<?)-+(?:\[\s*(\w*)\s*(?::\s*(\w+))?\s*\]-+)?(>?)")
_PROPERTY = re.compile(rf"(\w+)\s*:\s*{_LITERAL}")
_CONDITION = re.compile(rf"\s*(\w+)\.(\w+)\s*(=|<>|CONTAINS|STARTS\s+WITH)\s*{_LITERAL}\s*", re.IGNORECASE)
_ITEM = re.compile(
    r"\s*(?:(count|type)\(\s*(\w+|\*)\s*\)|(\w+)(?:\.(\w+))?)(?:\s+AS\s+(\w+))?\s*", re.IGNORECASE
)
_LOADS = re.compile(
    r"\s*(LOAD\s+CSV|CALL\s+apoc\.load|WITH\s+.*?\bCALL\s+apoc\.load)", re.IGNORECASE | re.DOTALL
)
_COMMENT = re.compile(rf"({_TEXT.pattern})|//[^\n]*")


class CypherError(ValueError):
    """A statement that is no Cypher, or more of it than is spoken here."""


@dataclass(frozen=True, slots=True)
class Step:
    """One node of a pattern, and how it hangs on the one before: `edge` is a variable, `kind` a relation, `way` `>`, `<` or any."""

    name: str
    label: str
    properties: Properties
    edge: str = ""
    kind: str = ""
    way: str = ""


def run(statement: str, graph: Graph) -> list[dict[str, object]]:
    """Carry a statement out; the rows of its RETURN. Raises CypherError with what could not be read."""
    if _LOADS.match(statement):
        fill(graph)
        return []
    clauses = list(_clauses(_COMMENT.sub(lambda found: found[1] or "", statement)))
    rows: list[Row] = [{}]
    answer: list[dict[str, object]] = []
    for word, text in clauses:
        match word:
            case "MATCH":
                rows = [found for row in rows for found in _matches(_patterns(text), row, graph)]
            case "WHERE":
                rows = [row for row in rows if _holds(text, row)]
            case "MERGE" | "CREATE":
                rows = [_made(_patterns(text), row, graph, anew=word == "CREATE") for row in rows]
            case "DELETE" | "DETACH DELETE":
                _delete(text.strip(), rows, graph)
            case "RETURN":
                answer = _returned(text, rows)
            case "LIMIT":
                answer = answer[: _count(text)]
    return answer


def _clauses(statement: str) -> Iterator[tuple[str, str]]:
    """The clauses of a statement as word and rest; words within quotes are none."""
    hidden = _TEXT.sub(lambda found: "\0" * len(found[0]), statement)
    words = list(_CLAUSE.finditer(hidden))
    if not words or hidden[: words[0].start()].strip():
        raise CypherError(f"cypher: {statement.strip()[:60]!r} begins with no MATCH, MERGE or CREATE")
    for at, word in enumerate(words):
        end = words[at + 1].start() if at + 1 < len(words) else len(statement)
        yield " ".join(word[1].upper().split()), statement[word.end() : end].rstrip().rstrip(";")


def _patterns(text: str) -> list[list[Step]]:
    """The patterns of a clause, each a path of steps."""
    paths: list[list[Step]] = []
    at = 0
    while at < len(text.rstrip()):
        path, at = _path(text, at)
        paths.append(path)
        rest = text[at:].lstrip()
        if rest and not rest.startswith(","):
            raise CypherError(f"cypher: {rest[:40]!r} is no part of a pattern")
        at = len(text) - len(rest) + 1 if rest else len(text)
    if not paths:
        raise CypherError("cypher: a clause has no pattern")
    return paths


def _path(text: str, at: int) -> tuple[list[Step], int]:
    steps: list[Step] = []
    edge = ("", "", "")
    while True:
        node = _NODE.match(text, at)
        if node is None:
            raise CypherError(f"cypher: {text[at:].strip()[:40]!r} is no node")
        properties = {name: _value(value) for name, value in _PROPERTY.findall(node[3] or "")}
        steps.append(Step(node[1], node[2] or "", properties, *edge))
        link = _EDGE.match(text, node.end())
        if link is None:
            return steps, node.end()
        edge, at = (link[2] or "", link[3] or "", (link[1] + link[4]).replace("<>", "")), link.end()


def _value(text: str) -> str | int | float:
    if text[0] in "'\"":
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return float(text) if "." in text else int(text)


def _matches(paths: list[list[Step]], row: Row, graph: Graph) -> list[Row]:
    rows = [row]
    for path in paths:
        rows = [found for each in rows for found in _walk(path, each, None, graph)]
    return rows


def _walk(path: list[Step], row: Row, before: Node | None, graph: Graph) -> Iterator[Row]:
    """Every way to walk a path from the node before."""
    if not path:
        yield row
        return
    step, rest = path[0], path[1:]
    for node, edge in _candidates(step, before, graph):
        if _fits(step, node) and row.get(step.name, node) is node:
            named = {step.name: node} if step.name else {}
            tied = {step.edge: edge} if step.edge and edge else {}
            yield from _walk(rest, {**row, **named, **tied}, node, graph)


def _candidates(step: Step, before: Node | None, graph: Graph) -> Iterator[tuple[Node, Edge | None]]:
    if before is None:
        yield from ((node, None) for node in graph.nodes)
        return
    for edge in graph.edges:
        if step.kind in ("", edge.kind):
            if edge.source is before and step.way != "<":
                yield edge.target, edge
            elif edge.target is before and step.way != ">":
                yield edge.source, edge


def _fits(step: Step, node: Node) -> bool:
    return step.label in ("", node.label) and step.properties.items() <= node.properties.items()


def _made(paths: list[list[Step]], row: Row, graph: Graph, *, anew: bool) -> Row:
    row = dict(row)
    for path in paths:
        before: Node | None = None
        for step in path:
            known = row.get(step.name) if step.name else None
            node = known if isinstance(known, Node) else graph.node(step.label, step.properties, anew=anew)
            if before is not None:
                source, target = (node, before) if step.way == "<" else (before, node)
                graph.edge(source, step.kind or "RELATED", target, anew=anew)
            row |= {step.name: node} if step.name else {}
            before = node
    return row


def _holds(text: str, row: Row) -> bool:
    return all(_condition(part, row) for part in re.split(r"\bAND\b", text, flags=re.IGNORECASE))


def _condition(text: str, row: Row) -> bool:
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise CypherError(f"cypher: {text.strip()[:40]!r} is no condition that is understood here")
    held, wanted = _told(found[1], found[2], row), _value(found[4])
    match " ".join(found[3].upper().split()):
        case "=":
            return held == wanted
        case "<>":
            return held != wanted
        case "CONTAINS":
            return str(wanted) in str(held)
    return str(held).startswith(str(wanted))


def _delete(text: str, rows: list[Row], graph: Graph) -> None:
    names = [name.strip() for name in text.split(",")]
    gone = {id(row[name]) for row in rows for name in names if name in row}
    graph.nodes = [each for each in graph.nodes if id(each) not in gone]
    graph.edges = [each for each in graph.edges if not {id(each), id(each.source), id(each.target)} & gone]


def _returned(text: str, rows: list[Row]) -> list[dict[str, object]]:
    distinct = re.match(r"\s*DISTINCT\b", text, re.IGNORECASE)
    items = [_item(part) for part in (text[distinct.end() :] if distinct else text).split(",")]
    if any(function == "count" for _, function, _, _ in items):
        return [{key: len(rows) for key, function, _, _ in items if function == "count"}]
    found = [
        {key: _told(name, "type()" if function else prop, row) for key, function, name, prop in items}
        for row in rows
    ]
    return [row for at, row in enumerate(found) if row not in found[:at]] if distinct else found


def _item(text: str) -> tuple[str, str, str, str]:
    """What is returned: its key, a function, a variable, a property."""
    found = _ITEM.fullmatch(text)
    if found is None:
        raise CypherError(f"cypher: {text.strip()[:40]!r} cannot be returned")
    key = found[5] or text.strip()
    return key, (found[1] or "").lower(), found[2] or found[3], found[4] or ""


def _told(name: str, prop: str, row: Row) -> object:
    if name not in row:
        raise CypherError(f"cypher: {name!r} is no variable; they are {sorted(row)}")
    thing = row[name]
    if isinstance(thing, Edge):
        return thing.kind
    return thing.properties.get(prop) if prop else thing.properties


def _count(text: str) -> int:
    if not text.strip().isdigit():
        raise CypherError(f"cypher: LIMIT {text.strip()[:40]!r} is no number")
    return int(text)
