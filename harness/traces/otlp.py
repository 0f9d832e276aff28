"""Read OTLP trace data, protobuf or JSON, as sealed spans: each opened only when somebody asks for it.

What searching needs (ids, name, kind, times, service) is read at once; attributes and events stay in the
span's own bytes until `SealedSpan.open`. That keeps taking spans in at a few microseconds each.
Field names are those of opentelemetry-proto, `opentelemetry/proto/trace/v1/trace.proto`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2
from opentelemetry.proto.trace.v1 import trace_pb2

from harness.errors import TraceError
from harness.traces import otlp_values
from harness.traces.ids import span_id, trace_id
from harness.traces.span import KINDS, Span, SpanEvent, SpanKind, Value


@dataclass(frozen=True, slots=True)
class Origin:
    """Who emitted a span: shared by all spans of one resource and scope."""

    service: str
    resource: Mapping[str, Value]
    scope: str


class SealedSpan(msgspec.Struct, frozen=True, gc=False):
    """A span of which only what a search needs has been read; `payload` is the rest, as it came.

    A struct and not a dataclass, because millions are made and it costs a fifth.
    """

    trace_id: str
    name: str
    kind: SpanKind
    began_ns: int
    ended_ns: int
    origin: Origin
    payload: bytes
    is_json: bool

    def open(self) -> Span:
        """Read the whole span; raises TraceError where its attributes make no sense."""
        try:
            return _open_json(self) if self.is_json else _open_protobuf(self)
        except (msgspec.MsgspecError, DecodeError, ValueError) as error:
            raise TraceError(f"span {self.name!r} of trace {self.trace_id}: {error}") from error


class _Scope(msgspec.Struct, gc=False):
    name: str | None = None


class _Resource(msgspec.Struct, gc=False):
    attributes: list[otlp_values.KeyValue] | None = None


class _ScopeSpans(msgspec.Struct, gc=False):
    scope: _Scope | None = None
    spans: list[msgspec.Raw] | None = None


class _ResourceSpans(msgspec.Struct, gc=False):
    resource: _Resource | None = None
    scopeSpans: list[_ScopeSpans] | None = None  # noqa: N815 - OTLP's name.


class _TracesData(msgspec.Struct, gc=False):
    resourceSpans: list[_ResourceSpans] | None = None  # noqa: N815 - OTLP's name.


class _Head(msgspec.Struct, gc=False):
    """What searching needs of a JSON span."""

    traceId: str = ""  # noqa: N815 - OTLP's name, as are the next.
    name: str | None = None
    kind: int | str | None = None
    startTimeUnixNano: int | str = 0  # noqa: N815
    endTimeUnixNano: int | str = 0  # noqa: N815


class _Event(msgspec.Struct, gc=False):
    name: str | None = None
    timeUnixNano: int | str = 0  # noqa: N815
    attributes: list[otlp_values.KeyValue] | None = None


class _Status(msgspec.Struct, gc=False):
    code: int | str | None = None
    message: str | None = None


class _Body(msgspec.Struct, gc=False):
    """What `_Head` left unread."""

    spanId: str = ""  # noqa: N815
    parentSpanId: str | None = None  # noqa: N815
    attributes: list[otlp_values.KeyValue] | None = None
    events: list[_Event] | None = None
    status: _Status | None = None


_decode_data = msgspec.json.Decoder(_TracesData).decode
_decode_head = msgspec.json.Decoder(_Head).decode
_decode_body = msgspec.json.Decoder(_Body).decode


def seal_json(body: bytes | msgspec.Raw, *, whole: bool = True) -> list[SealedSpan]:
    """The spans of an OTLP/JSON message; raises TraceError where it is none.

    `whole` checks now what `open` reads later; who opens the spans anyway, or knows them already, need not pay for it.
    """
    try:
        return list(_seal_json(_decode_data(body), whole=whole))
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise TraceError(f"OTLP/JSON: {error}") from error


def _seal_json(data: _TracesData, *, whole: bool) -> Iterator[SealedSpan]:
    for group in data.resourceSpans or ():
        resource = otlp_values.plain_attributes(group.resource.attributes if group.resource else None)
        for scoped in group.scopeSpans or ():
            origin = _origin(resource, (scoped.scope and scoped.scope.name) or "")
            for raw in scoped.spans or ():
                payload = bytes(raw)
                head = _decode_head(payload)
                if whole:
                    _decode_body(payload)
                yield SealedSpan(
                    trace_id(head.traceId),
                    head.name or "",
                    _kind(head.kind),
                    int(head.startTimeUnixNano),
                    int(head.endTimeUnixNano),
                    origin,
                    payload,
                    is_json=True,
                )


def _open_json(sealed: SealedSpan) -> Span:
    body = _decode_body(sealed.payload)
    status = body.status or _Status()
    events = [
        SpanEvent(each.name or "", int(each.timeUnixNano), otlp_values.plain_attributes(each.attributes))
        for each in body.events or ()
    ]
    return _span(
        sealed,
        (span_id(body.spanId), span_id(body.parentSpanId) if body.parentSpanId else None),
        otlp_values.plain_attributes(body.attributes),
        events,
        (status.code in (2, "STATUS_CODE_ERROR"), status.message or ""),
    )


def seal_protobuf(body: bytes) -> list[SealedSpan]:
    """The spans of an ExportTraceServiceRequest in protobuf; raises TraceError where it is none."""
    request = trace_service_pb2.ExportTraceServiceRequest()
    try:
        request.ParseFromString(body)
        return list(_seal_protobuf(request))
    except (DecodeError, ValueError) as error:
        raise TraceError(f"OTLP/protobuf: {error}") from error


def _seal_protobuf(request: Any) -> Iterator[SealedSpan]:
    for group in request.resource_spans:
        resource = otlp_values.plain_messages(group.resource.attributes)
        for scoped in group.scope_spans:
            origin = _origin(resource, scoped.scope.name)
            for span in scoped.spans:
                yield SealedSpan(
                    trace_id(span.trace_id.hex()),
                    span.name,
                    _kind(span.kind),
                    span.start_time_unix_nano,
                    span.end_time_unix_nano,
                    origin,
                    span.SerializeToString(),
                    is_json=False,
                )


def _open_protobuf(sealed: SealedSpan) -> Span:
    message = trace_pb2.Span.FromString(sealed.payload)
    events = [
        SpanEvent(each.name, each.time_unix_nano, otlp_values.plain_messages(each.attributes))
        for each in message.events
    ]
    return _span(
        sealed,
        (
            span_id(message.span_id.hex()),
            span_id(message.parent_span_id.hex()) if message.parent_span_id else None,
        ),
        otlp_values.plain_messages(message.attributes),
        events,
        (message.status.code == 2, message.status.message),
    )


def _span(
    sealed: SealedSpan,
    ids: tuple[str, str | None],
    attributes: Mapping[str, Value],
    events: Sequence[SpanEvent],
    status: tuple[bool, str],
) -> Span:
    return Span(
        trace_id=sealed.trace_id,
        span_id=ids[0],
        parent_id=ids[1],
        name=sealed.name,
        kind=sealed.kind,
        began_ns=sealed.began_ns,
        ended_ns=max(sealed.began_ns, sealed.ended_ns),
        service=sealed.origin.service,
        attributes=attributes,
        events=events,
        failed=status[0],
        message=status[1],
        resource=sealed.origin.resource,
        scope=sealed.origin.scope,
    )


def _origin(resource: Mapping[str, Value], scope: str) -> Origin:
    # Jaeger's own name for a resource that does not name its service.
    return Origin(str(resource.get("service.name", "OTLPResourceNoServiceName")), resource, scope)


def _kind(kind: int | str | None) -> SpanKind:
    """A span's kind from its number or, as some write it, its name `SPAN_KIND_CLIENT`."""
    if isinstance(kind, int):
        return KINDS[kind] if 0 <= kind < len(KINDS) else "unspecified"
    name = (kind or "").removeprefix("SPAN_KIND_").lower()
    return next((each for each in KINDS if each == name), "unspecified")
