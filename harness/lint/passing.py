"""What passes from node to node of a graph, where no hook changes it: which contract of each node is in use, and where none is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from harness.comp import Comp, Endpoint, Variant
from harness.lint.graph import Edge, Graph


@dataclass(frozen=True, slots=True)
class Use:
    """One contract of a node, as it may be in use."""

    comp: Comp
    endpoint: Endpoint
    variant: Variant

    @property
    def gives(self) -> frozenset[str]:
        """The fields of its reply; none for one that is no JSON object of known fields."""
        return fields(self.variant.reply)

    @property
    def needs(self) -> frozenset[str]:
        """The fields that its request must have."""
        return required(self.variant.request)

    def reads(self, given: frozenset[str]) -> bool:
        """Is an object of these fields a request: has it all that it must have, and something that is known?"""
        return self.needs <= given and bool(fields(self.variant.request) & given)


@dataclass(frozen=True, slots=True)
class Break:
    """A place where nothing that comes is a request of the node; `edge` is the last that leads there."""

    edge: Edge
    before: tuple[Use, ...]
    after: Use


@dataclass(slots=True)
class Passing:
    """The contracts in use in one graph; `of` gives those that a node's route may be, by the node's key."""

    graph: Graph
    of: Callable[[str], list[tuple[Comp, Endpoint]]]
    _found: dict[str, tuple[Use, ...]] = field(default_factory=dict)

    def breaks(self) -> Iterator[Break]:
        """Every node that cannot read what comes."""
        for edges in self._arriving().values():
            uses, given = self._all(edges[-1].after), self._given(edges)
            if uses and given and not self._reading(uses, given):
                yield Break(edges[-1], tuple(each[0] for each in given), uses[0])

    def _arriving(self) -> dict[str, list[Edge]]:
        found: dict[str, list[Edge]] = {}
        for edge in self.graph.edges:
            found.setdefault(edge.after, []).append(edge)
        return found

    def _given(self, edges: list[Edge]) -> list[tuple[Use, ...]]:
        """What each edge may bring; nothing at all where one of them is not known."""
        given = [self._used(edge.before) for edge in edges]
        return given if all(given) else []

    def _used(self, key: str) -> tuple[Use, ...]:
        """The contracts of a node that what comes leads to; after a break the first, which is the one to be mended to."""
        if key not in self._found:
            self._found[key] = uses = self._all(key)  # On a cycle any of them may be in use.
            edges = [edge for edge in self.graph.edges if edge.after == key]
            given = self._given(edges)
            if edges and given:
                self._found[key] = self._reading(uses, given) or uses[:1]
        return self._found[key]

    def _all(self, key: str) -> tuple[Use, ...]:
        return tuple(
            Use(comp, endpoint, variant) for comp, endpoint in self.of(key) for variant in endpoint.variants
        )

    @staticmethod
    def _reading(uses: tuple[Use, ...], given: list[tuple[Use, ...]]) -> tuple[Use, ...]:
        """Those that read one reply of the node before, or, in a join, what all of them bring together."""
        if len(given) == 1:
            offers = [each.gives for each in given[0]]
        else:
            offers = [frozenset().union(*(each.gives for group in given for each in group))]
        return tuple(use for use in uses if any(use.reads(offer) for offer in offers))


def fields(kind: Any) -> frozenset[str]:
    """The fields of a model; none for what is no model."""
    return frozenset(kind.model_fields) if _is_model(kind) else frozenset()


def required(kind: Any) -> frozenset[str]:
    """The fields that a model must be given."""
    if not _is_model(kind):
        return frozenset()
    return frozenset(name for name, info in kind.model_fields.items() if info.is_required())


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
