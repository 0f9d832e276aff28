"""Spans in the JSON of Jaeger's own UI, written by the store and read by the client.

Shape: jaegertracing/jaeger `internal/uimodel/model.go`; how OpenTelemetry's fields become tags:
opentelemetry-collector-contrib `pkg/translator/jaeger/traces_to_jaegerproto.go`. Times are cut to microseconds,
start and duration each for itself.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
import orjson

from harness.traces.ids import span_id, trace_id
from harness.traces.span import KINDS, Span, SpanEvent, SpanKind, Value

_INTEGER_MAX = 2**53 - 1  # What JavaScript can hold; beyond it Jaeger writes text.


def trace_object(spans: Sequence[Span]) -> dict[str, object]:
    """The spans of one trace as Jaeger's trace object, ready for orjson."""
    processes: dict[str, dict[str, object]] = {}
    names: dict[bytes, str] = {}
    encoded = []
    for span in spans:
        key = orjson.dumps([span.service, span.resource])
        name = names.setdefault(key, f"p{len(names) + 1}")
        if name not in processes:
            tags = {key: value for key, value in span.resource.items() if key != "service.name"}
            processes[name] = {"serviceName": span.service, "tags": _tags(tags)}
        encoded.append(_span_object(span, name))
    return {
        "traceID": short_trace_id(spans[0].trace_id),
        "spans": encoded,
        "processes": processes,
        "warnings": None,
    }


def short_trace_id(full: str) -> str:
    """A trace id as Jaeger prints it: 16 digits where the high half is zero."""
    return full[16:] if full.startswith("0" * 16) else full


def _span_object(span: Span, process: str) -> dict[str, object]:
    identity = short_trace_id(span.trace_id)
    references = []
    if span.parent_id is not None:
        references = [{"refType": "CHILD_OF", "traceID": identity, "spanID": span.parent_id}]
    logs = [
        {"timestamp": event.at_ns // 1000, "fields": _tags({"event": event.name, **event.attributes})}
        for event in span.events
    ]
    return {
        "traceID": identity,
        "spanID": span.span_id,
        "operationName": span.name,
        "references": references,
        "startTime": span.began_ns // 1000,
        "duration": span.duration_ns // 1000,
        "tags": _tags({**span.attributes, **_derived(span)}),
        "logs": logs,
        "processID": process,
        "warnings": None,
    }


def _derived(span: Span) -> dict[str, Value]:
    """What OpenTelemetry has fields for and Jaeger only tags."""
    derived: dict[str, Value] = {}
    if span.scope:
        derived["otel.scope.name"] = span.scope
    if span.kind != "unspecified":
        derived["span.kind"] = span.kind
    if span.failed:
        derived |= {"otel.status_code": "ERROR", "error": True}
        if span.message:
            derived["otel.status_description"] = span.message
    return derived


def _tags(attributes: Mapping[str, Value]) -> list[dict[str, object]]:
    return [_tag(key, value) for key, value in attributes.items()]


def _tag(key: str, value: Value) -> dict[str, object]:
    if isinstance(value, bool):
        return {"key": key, "type": "bool", "value": value}
    if isinstance(value, int):
        return {"key": key, "type": "int64", "value": value if abs(value) <= _INTEGER_MAX else str(value)}
    if isinstance(value, float):
        return {"key": key, "type": "float64", "value": value}
    text = value if isinstance(value, str) else orjson.dumps(value).decode() if value is not None else ""
    return {"key": key, "type": "string", "value": text}


# A span has no place for them, whichever API it comes by.
SCOPE_VERSIONS = ("otel.scope.version", "otel.library.version")


class _Tag(msgspec.Struct, gc=False):
    key: str
    type: str = "string"
    value: str | bool | int | float | None = None


class _Reference(msgspec.Struct, gc=False):
    refType: str = ""  # noqa: N815 - Jaeger's name, as are the next.
    traceID: str = ""  # noqa: N815
    spanID: str = ""  # noqa: N815


class _Log(msgspec.Struct, gc=False):
    timestamp: int = 0
    fields: list[_Tag] | None = None


class _Process(msgspec.Struct, gc=False):
    serviceName: str = ""  # noqa: N815
    tags: list[_Tag] | None = None


class _Span(msgspec.Struct, gc=False):
    traceID: str  # noqa: N815
    spanID: str  # noqa: N815
    operationName: str = ""  # noqa: N815
    references: list[_Reference] | None = None
    startTime: int = 0  # noqa: N815
    duration: int = 0
    tags: list[_Tag] | None = None
    logs: list[_Log] | None = None
    processID: str = ""  # noqa: N815


class JaegerTrace(msgspec.Struct, gc=False):
    """A trace as Jaeger's API gives it; `read_trace` makes spans of it."""

    traceID: str  # noqa: N815
    spans: list[_Span]
    processes: dict[str, _Process] = {}


def read_trace(trace: JaegerTrace) -> list[Span]:
    """The spans of one trace; raises ValueError where an id is none."""
    processes = {
        name: (process.serviceName, {"service.name": process.serviceName, **_values(process.tags)})
        for name, process in trace.processes.items()
    }
    return [_read_span(span, *processes.get(span.processID, ("", {}))) for span in trace.spans]


def _read_span(span: _Span, service: str, resource: Mapping[str, Value]) -> Span:
    tags = _values(span.tags)
    scope = tags.pop("otel.scope.name", tags.pop("otel.library.name", ""))
    for name in SCOPE_VERSIONS:
        tags.pop(name, None)
    kind = tags.pop("span.kind", "unspecified")
    failed = tags.pop("otel.status_code", None) == "ERROR"
    if str(tags.get("error", "")).lower() in ("true", "false") and tags.pop("error") in (True, "true"):
        failed = True
    began_ns = span.startTime * 1000
    return Span(
        trace_id=trace_id(span.traceID),
        span_id=span_id(span.spanID),
        parent_id=_parent(span.references or ()),
        name=span.operationName,
        kind=_kind(kind),
        began_ns=began_ns,
        ended_ns=began_ns + max(0, span.duration) * 1000,
        service=service,
        message=str(tags.pop("otel.status_description", "")),
        attributes=tags,
        events=[_read_log(log) for log in span.logs or ()],
        failed=failed,
        resource=resource,
        scope=str(scope),
    )


def _parent(references: Iterable[_Reference]) -> str | None:
    """The first CHILD_OF; FOLLOWS_FROM is a link and never a parent."""
    for reference in references:
        if reference.refType == "CHILD_OF" and reference.spanID.strip("0"):
            return span_id(reference.spanID)
    return None


def _read_log(log: _Log) -> SpanEvent:
    fields = _values(log.fields)
    name = fields.pop("event", None) or fields.pop("message", "")  # Older versions wrote `message`.
    return SpanEvent(str(name), log.timestamp * 1000, fields)


def _values(tags: Iterable[_Tag] | None) -> dict[str, Value]:
    return {
        tag.key: int(tag.value) if tag.type == "int64" and tag.value is not None else tag.value
        for tag in tags or ()
    }


def _kind(kind: Value) -> SpanKind:
    return next((each for each in KINDS if each == kind), "unspecified")
