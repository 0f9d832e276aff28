"""Bounded memory for spans, and Jaeger's way of searching it.

A trace matches where one of its spans satisfies service, operation, time, duration and tags at once. Where
there is no room, the oldest trace goes as a whole, and is counted: what was lost can be seen.
"""

import random
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from harness.traces.otlp import SealedSpan
from harness.traces.span import SpanKind, Value

SPANS_MAX = 1_000_000
PAYLOAD_BYTES_MAX = 512 * 2**20


@dataclass(frozen=True, slots=True)
class Search:
    """What traces are wanted; times in nanoseconds since 1970, both ends included."""

    service: str
    operation: str = ""
    start_min_ns: int = 0
    start_max_ns: int = 1 << 63
    duration_min_ns: int = 0
    duration_max_ns: int = 1 << 63
    tags: Mapping[str, str] = field(default_factory=dict)
    limit: int = 100


@dataclass(slots=True)
class Counters:
    """What came, what was kept, and what was lost."""

    posts: int = 0
    spans_received: int = 0
    spans_kept: int = 0
    traces_kept: int = 0
    payload_bytes: int = 0
    spans_evicted: int = 0
    traces_evicted: int = 0
    spans_dropped: int = 0


class Memory:
    """Keeps at most `spans_max` spans in whole traces; `drop_share` of them is lost on purpose, for controls."""

    def __init__(self, spans_max: int = SPANS_MAX, drop_share: float = 0.0, seed: int = 0) -> None:
        self.counters = Counters()
        self._spans_max = spans_max
        self._drop_share = drop_share
        self._random = random.Random(seed)
        self._traces: dict[str, list[SealedSpan]] = {}
        self._index: dict[str, _Index] | None = None

    def add(self, spans: Sequence[SealedSpan]) -> None:
        """Keep the spans of one post, and let the oldest traces go where they do not fit."""
        self.counters.posts += 1
        self.counters.spans_received += len(spans)
        self._index = None
        for span in spans:
            if self._drop_share and self._random.random() < self._drop_share:
                self.counters.spans_dropped += 1
                continue
            self._traces.setdefault(span.trace_id, []).append(span)
            self.counters.spans_kept += 1
            self.counters.payload_bytes += len(span.payload)
        while self._is_full():
            self._evict()
        self.counters.traces_kept = len(self._traces)

    def _is_full(self) -> bool:
        return self.counters.spans_kept > self._spans_max or self.counters.payload_bytes > PAYLOAD_BYTES_MAX

    def _evict(self) -> None:
        spans = self._traces.pop(next(iter(self._traces)))
        self.counters.spans_kept -= len(spans)
        self.counters.payload_bytes -= sum(len(span.payload) for span in spans)
        self.counters.spans_evicted += len(spans)
        self.counters.traces_evicted += 1

    def services(self) -> list[str]:
        """The names of all services, sorted."""
        return sorted(self._indexed())

    def operations(self, service: str) -> list[tuple[str, SpanKind]]:
        """The name and kind of every operation of a service, sorted."""
        index = self._indexed().get(service)
        return sorted({(span.name, span.kind) for span in index.spans}) if index else []

    def trace(self, trace_id: str) -> Sequence[SealedSpan]:
        """The spans of a trace in order of arrival; none where it is unknown."""
        return self._traces.get(trace_id, ())

    def find(self, search: Search) -> list[Sequence[SealedSpan]]:
        """The traces that match, at most `limit`, those with the newest matching span first."""
        index = self._indexed().get(search.service)
        if index is None:
            return []
        found: dict[str, Sequence[SealedSpan]] = {}
        for span in index.newest_first(search.start_min_ns, search.start_max_ns):
            if len(found) >= search.limit:
                break
            if span.trace_id not in found and _matches(span, search):
                found[span.trace_id] = self._traces[span.trace_id]
        return list(found.values())

    def _indexed(self) -> "dict[str, _Index]":
        """The spans of each service by start; built at the first question after a post."""
        if self._index is None:
            by_service: dict[str, list[SealedSpan]] = {}
            for spans in self._traces.values():
                for span in spans:
                    by_service.setdefault(span.origin.service, []).append(span)
            self._index = {service: _Index(spans) for service, spans in by_service.items()}
        return self._index


class _Index:
    """The spans of one service in order of start."""

    def __init__(self, spans: list[SealedSpan]) -> None:
        self.spans = sorted(spans, key=lambda span: span.began_ns)
        self._starts_ns = [span.began_ns for span in self.spans]

    def newest_first(self, start_min_ns: int, start_max_ns: int) -> Iterator[SealedSpan]:
        first = bisect_left(self._starts_ns, start_min_ns)
        after = bisect_right(self._starts_ns, start_max_ns)
        return (self.spans[position] for position in range(after - 1, first - 1, -1))


def _matches(sealed: SealedSpan, search: Search) -> bool:
    if search.operation and sealed.name != search.operation:
        return False
    duration_ns = sealed.ended_ns - sealed.began_ns
    if not search.duration_min_ns <= duration_ns <= search.duration_max_ns:
        return False
    return not search.tags or _has_tags(sealed, search.tags)


def _has_tags(sealed: SealedSpan, tags: Mapping[str, str]) -> bool:
    """Whether each tag is found on the span, its resource or its events, compared as text."""
    span = sealed.open()
    derived: dict[str, Value] = {"span.kind": span.kind}
    if span.failed:
        derived |= {"error": True, "otel.status_code": "ERROR"}
    places = [span.attributes, span.resource, derived, *(event.attributes for event in span.events)]
    return all(any(_text(place.get(key)) == wanted for place in places) for key, wanted in tags.items())


def _text(value: Value) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)
