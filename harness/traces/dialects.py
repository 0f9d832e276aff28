"""Jaeger's two query APIs, `/api` and `/api/v3`: how each is asked, and how each answers. Pure.

`/api` is what Jaeger's UI speaks up to 2.20, cut to microseconds; `/api/v3` is OTLP/JSON with every nanosecond and
the one that stays. Limit, window and raw are always said: their defaults differ between versions, and without
`raw` Jaeger moves spans about to correct clocks.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import msgspec

from harness.errors import TraceError
from harness.traces.ids import trace_id as normal_trace_id
from harness.traces.jaeger_json import JaegerTrace, read_trace
from harness.traces.otlp import SealedSpan, seal_json
from harness.traces.span import Span
from harness.traces.times import rfc3339

_Shape = TypeVar("_Shape")
Parameters = Mapping[str, str]
Found = Mapping[str, Callable[[], Sequence[Span]]]  # Trace id to its spans, which are read when asked for.


@dataclass(frozen=True, slots=True)
class Query:
    """One page that is asked for: traces with a span of `service` that starts from `start_ns` to before `end_ns`."""

    service: str
    operation: str
    start_ns: int
    end_ns: int
    limit: int


class Dialect(Protocol):
    """One of the two APIs. `read` raises TraceError where the body is not what the API promises."""

    name: str
    services_path: str
    traces_path: str

    def parameters(self, query: Query) -> Parameters:
        """The query string of a search."""

    def read_services(self, body: bytes) -> list[str]:
        """The names of the services."""

    def read(self, body: bytes) -> Found:
        """The traces of a page or of one trace."""


class _ServicesV1(msgspec.Struct):
    data: list[str] | None = None


class _TracesV1(msgspec.Struct):
    data: list[JaegerTrace] | None = None
    errors: list[msgspec.Raw] | None = None


class V1:
    """`/api`: Jaeger 1.x, and 2.x up to 2.20."""

    name = "/api"
    services_path = "/api/services"
    traces_path = "/api/traces"

    def parameters(self, query: Query) -> Parameters:
        """Times in microseconds; the end is included, and so is the whole of the last microsecond."""
        return {
            "service": query.service,
            **({"operation": query.operation} if query.operation else {}),
            "start": str(query.start_ns // 1000),
            "end": str(-(-query.end_ns // 1000)),
            "limit": str(query.limit),
            "raw": "true",
        }

    def read_services(self, body: bytes) -> list[str]:
        """The names under `data`."""
        return _decode(body, _ServicesV1, self.name).data or []

    def read(self, body: bytes) -> Found:
        """The traces under `data`; an answer of only errors is an error."""
        envelope = _decode(body, _TracesV1, self.name)
        if envelope.errors and not envelope.data:
            raise TraceError(f"{self.name}: answered with {bytes(envelope.errors[0]).decode()[:200]}")
        return {_identity(trace.traceID): _later_v1(trace) for trace in envelope.data or ()}


def _later_v1(trace: JaegerTrace) -> Callable[[], Sequence[Span]]:
    return lambda: read_trace(trace)


class _ServicesV3(msgspec.Struct):
    services: list[str] | None = None


class _TracesV3(msgspec.Struct):
    result: msgspec.Raw = msgspec.Raw()
    error: msgspec.Raw = msgspec.Raw()


class V3:
    """`/api/v3`: Jaeger from 1.67 on. Parameters are sent in both spellings, which all versions take."""

    name = "/api/v3"
    services_path = "/api/v3/services"
    traces_path = "/api/v3/traces"

    def parameters(self, query: Query) -> Parameters:
        """Times in RFC 3339; the window ends a nanosecond before `end_ns`, as Jaeger includes both ends."""
        start, end = rfc3339(query.start_ns), rfc3339(max(query.end_ns - 1, query.start_ns + 1))
        operation = {"query.operation_name": query.operation, "query.operationName": query.operation}
        return {
            "query.service_name": query.service,
            "query.serviceName": query.service,
            **(operation if query.operation else {}),
            "query.start_time_min": start,
            "query.startTimeMin": start,
            "query.start_time_max": end,
            "query.startTimeMax": end,
            "query.num_traces": str(query.limit),
            "query.searchDepth": str(query.limit),
            "query.raw_traces": "true",
            "query.rawTraces": "true",
        }

    def read_services(self, body: bytes) -> list[str]:
        """The names under `services`."""
        return _decode(body, _ServicesV3, self.name).services or []

    def read(self, body: bytes) -> Found:
        """The spans under `result`, which come in one flat list, by trace."""
        envelope = _decode(body, _TracesV3, self.name)
        if not bytes(envelope.result):
            seen = (bytes(envelope.error) or b"no result").decode(errors="replace")
            raise TraceError(f"{self.name}: answered with {seen[:200]}")
        by_trace: dict[str, list[SealedSpan]] = {}
        for span in seal_json(envelope.result, whole=False):
            by_trace.setdefault(span.trace_id, []).append(span)
        return {identity: _later_v3(spans) for identity, spans in by_trace.items()}


def _later_v3(spans: Sequence[SealedSpan]) -> Callable[[], Sequence[Span]]:
    return lambda: [span.open() for span in spans]


def _identity(text: str) -> str:
    try:
        return normal_trace_id(text)
    except ValueError as error:
        raise TraceError(f"/api: {error}") from error


def _decode(body: bytes, shape: type[_Shape], name: str) -> _Shape:
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.MsgspecError, RecursionError) as error:
        seen = body[:80].decode(errors="replace")
        raise TraceError(f"{name}: the answer {seen!r} is not Jaeger's: {error}") from error
