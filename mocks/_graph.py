"""A small graph of what ails people and what helps, and the questions that it answers; for the comps that speak to Neo4j."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from mocks._text import stem, topics

Properties = dict[str, Any]

# Labels and relations are those that OPEA's text2cypher seeds (comps/text2cypher, GenAIComps 8130a3f); the rows are our own.
AILMENTS = {
    "Diabetes": {
        "symptom": ("thirst", "fatigue"), "medication": ("insulin",), "diet": ("whole grains",), "precaution": ("regular exercise",),
    },
    "Migraine": {
        "symptom": ("headache", "nausea"), "medication": ("ibuprofen",), "diet": ("ginger tea",), "precaution": ("enough sleep",),
    },
    "Asthma": {
        "symptom": ("cough", "wheezing"), "medication": ("salbutamol",), "diet": ("honey",), "precaution": ("clean air",),
    },
}  # fmt: skip
RELATIONS = {
    "symptom": "MANIFESTATION",
    "medication": "TREATMENT",
    "diet": "HOME_REMEDY",
    "precaution": "PREVENTION",
}
SENTENCES = {
    "symptom": "The symptoms of {} are {}.",
    "medication": "The medication that treats {} is {}.",
    "diet": "The diet that helps with {} is {}.",
    "precaution": "The precaution that prevents {} is {}.",
}
ALSO = {"medication": "medicine drug", "diet": "eat food", "precaution": "avoid", "symptom": "sign", "disease": "illness condition"}  # fmt: skip


@dataclass(slots=True, eq=False)
class Node:
    """A thing; equal only to itself."""

    label: str
    properties: Properties

    @property
    def name(self) -> str:
        """What it is called."""
        return str(self.properties.get("name", ""))


@dataclass(frozen=True, slots=True, eq=False)
class Edge:
    """How one thing relates to another."""

    source: Node
    kind: str
    target: Node


@dataclass(slots=True)
class Graph:
    """Nodes and edges in the order they came."""

    nodes: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)

    def clear(self) -> None:
        """Take everything out."""
        self.nodes, self.edges = [], []

    def node(self, label: str, properties: Properties, *, anew: bool = False) -> Node:
        """The node of that label and those properties, made if there is none; `anew`: always made."""
        for each in () if anew else self.nodes:
            if each.label == label and properties.items() <= each.properties.items():
                return each
        made = Node(label, dict(properties))
        self.nodes.append(made)
        return made

    def edge(self, source: Node, kind: str, target: Node, *, anew: bool = False) -> Edge:
        """The edge between two nodes, made if there is none; `anew`: always made."""
        for each in () if anew else self.edges:
            if (each.source, each.kind, each.target) == (source, kind, target):
                return each
        made = Edge(source, kind, target)
        self.edges.append(made)
        return made


def fill(graph: Graph) -> None:
    """Put the ailments in, beside what is there."""
    for disease, parts in AILMENTS.items():
        sick = graph.node("disease", {"name": disease})
        for label, names in parts.items():
            for name in names:
                graph.edge(sick, RELATIONS[label], graph.node(label, {"name": name}))


@cache
def sentences() -> tuple[str, ...]:
    """What the ailments say, in English."""
    return tuple(
        SENTENCES[label].format(disease, " and ".join(names))
        for disease, parts in AILMENTS.items()
        for label, names in parts.items()
    )


def cypher_for(question: str, graph: Graph) -> str | None:
    """The Cypher that a question about this graph means, or None where it is about nothing in it."""
    asked = {*topics(question)}
    named = _named(question, graph)
    labels = [label for label in dict.fromkeys(each.label for each in graph.nodes) if asked & _words(label)]
    if named is not None:
        return _about(named, asked, graph)
    if not labels:
        return None
    letter, what = labels[0][0], f"({labels[0][0]}:{labels[0]})"
    counts = "many" in question.lower() or "number" in asked or "count" in asked
    return f"MATCH {what} RETURN {f'count({letter})' if counts else f'{letter}.name'}"


def _about(node: Node, asked: set[str], graph: Graph) -> str | None:
    """What is related to a node: by the relation that is asked about, or by any."""
    near = list(_near(node, graph))
    chosen = [
        (edge, other) for edge, other in near if asked & (_words(other.label) | _words(edge.kind))
    ] or near
    if not chosen:
        return None
    edge, other = chosen[0]
    here, there = "a" if node.label[0] == other.label[0] else node.label[0], other.label[0]
    mine, theirs = f"({here}:{node.label} {{name: '{_escaped(node.name)}'}})", f"({there}:{other.label})"
    first, last = (mine, theirs) if edge.source is node else (theirs, mine)
    return f"MATCH {first}-[:{edge.kind}]->{last} RETURN {there}.name"


def _near(node: Node, graph: Graph) -> Iterator[tuple[Edge, Node]]:
    for edge in graph.edges:
        if node in (edge.source, edge.target):
            yield edge, edge.target if edge.source is node else edge.source


def _named(question: str, graph: Graph) -> Node | None:
    """The node with the longest name that the question holds."""
    text = f" {' '.join(topics(question))} "
    found = [each for each in graph.nodes if each.name and f" {' '.join(topics(each.name))} " in text]
    return max(found, key=lambda each: len(each.name), default=None)


def _words(name: str) -> set[str]:
    """The stems of a label or relation, and of what else people call it."""
    return {stem(word) for word in f"{name.replace('_', ' ')} {ALSO.get(name, '')}".lower().split()}


def _escaped(name: str) -> str:
    return name.replace("\\", "\\\\").replace("'", "\\'")
