"""A span as it is read back: the same whether a store, a Jaeger or a file gave it.

Times are integer nanoseconds since 1970. Ids are lower-case hex, 32 digits for a trace and 16 for a span.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import orjson

SpanKind = Literal["unspecified", "internal", "server", "client", "producer", "consumer"]
Value = str | bool | int | float | Sequence["Value"] | Mapping[str, "Value"] | None

KINDS: tuple[SpanKind, ...] = ("unspecified", "internal", "server", "client", "producer", "consumer")


@dataclass(frozen=True, slots=True)
class SpanEvent:
    """Something that happened at a moment within a span."""

    name: str
    at_ns: int
    attributes: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Span:
    """One timed piece of work of one service; `parent_id` is None for the root of a trace."""

    trace_id: str
    span_id: str
    parent_id: str | None
    name: str
    kind: SpanKind
    began_ns: int
    ended_ns: int
    service: str = ""
    attributes: Mapping[str, Value] = field(default_factory=dict)
    events: Sequence[SpanEvent] = ()
    failed: bool = False
    message: str = ""
    resource: Mapping[str, Value] = field(default_factory=dict)
    scope: str = ""

    @property
    def duration_ns(self) -> int:
        """How long it lasted."""
        return self.ended_ns - self.began_ns

    def text(self, key: str) -> str:
        """An attribute as text, or the resource's one of that name, or nothing."""
        value = self.attributes.get(key, self.resource.get(key))
        return "" if value is None else str(value)

    def own(self, key: str) -> str:
        """An attribute of the span itself as text, or nothing: its resource speaks for the whole process."""
        value = self.attributes.get(key)
        return "" if value is None else str(value)

    def integers(self, key: str) -> list[int]:
        """An array attribute as integers; Jaeger's own API hands arrays back as JSON text, which is read too."""
        value = self.attributes.get(key)
        if isinstance(value, str):
            try:
                value = orjson.loads(value)
            except orjson.JSONDecodeError:
                return []
        if not isinstance(value, Sequence) or isinstance(value, str):
            return []
        return [
            int(each) for each in value if isinstance(each, int) or (isinstance(each, str) and each.isdigit())
        ]

    def event(self, name: str) -> SpanEvent | None:
        """The first event of that name."""
        return next((event for event in self.events if event.name == name), None)


@dataclass(frozen=True)
class Trace:
    """The spans of one trace id, in order of start, each span id once."""

    trace_id: str
    spans: tuple[Span, ...]
    duplicates: int = 0

    @classmethod
    def of(cls, spans: Sequence[Span]) -> "Trace":
        """Put the spans of one trace in order; of several with one id the longest is kept.

        The longest, because an exporter that sends a span twice sends the unfinished one first.
        """
        longest: dict[str, Span] = {}
        for span in spans:
            known = longest.get(span.span_id)
            if known is None or span.duration_ns > known.duration_ns:
                longest[span.span_id] = span
        ordered = tuple(sorted(longest.values(), key=lambda span: (span.began_ns, -span.ended_ns)))
        return cls(spans[0].trace_id, ordered, len(spans) - len(ordered))

    @cached_property
    def by_id(self) -> Mapping[str, Span]:
        """Each span under its id."""
        return {span.span_id: span for span in self.spans}

    @cached_property
    def children(self) -> Mapping[str, Sequence[Span]]:
        """The spans under each span, in order of start."""
        found: dict[str, list[Span]] = {}
        for span in self.spans:
            if span.parent_id is not None:
                found.setdefault(span.parent_id, []).append(span)
        return found

    @cached_property
    def roots(self) -> Sequence[Span]:
        """Spans without a parent."""
        return [span for span in self.spans if span.parent_id is None]

    @cached_property
    def orphans(self) -> Sequence[Span]:
        """Spans whose parent never arrived."""
        return [
            span for span in self.spans if span.parent_id is not None and span.parent_id not in self.by_id
        ]


def group(spans: Sequence[Span]) -> list[Trace]:
    """Spans of many traces, in any order, as traces in order of their first start."""
    by_trace: dict[str, list[Span]] = {}
    for span in spans:
        by_trace.setdefault(span.trace_id, []).append(span)
    return sorted((Trace.of(each) for each in by_trace.values()), key=lambda trace: trace.spans[0].began_ns)
