"""Write spans as OTLP/JSON: hex ids, 64-bit integers as strings (opentelemetry-proto, `ExportTraceServiceRequest`)."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import orjson

from harness.traces.span import KINDS, Span, SpanKind, Value

AttributeValue = str | bool | int | float | Sequence[int]

_KIND_NUMBERS = {kind: number for number, kind in enumerate(KINDS)}
_SPANS_PER_TURN = 32  # A third of a millisecond; then other tasks of the loop have their turn.


@dataclass(slots=True)
class SpanRecord:
    """A span as it is written; times count from an epoch that is given when it is encoded."""

    trace_id: str
    span_id: str
    parent_id: str | None
    name: str
    kind: SpanKind
    began_ns: int
    ended_ns: int = 0
    error: str | None = None
    attributes: dict[str, Value] = field(default_factory=dict)
    events: list[tuple[str, int, Mapping[str, Value]]] = field(default_factory=list)


def record_of(span: Span) -> SpanRecord:
    """A span that was read, to be written again; its times count from 1970."""
    record = SpanRecord(
        span.trace_id, span.span_id, span.parent_id, span.name, span.kind, span.began_ns, span.ended_ns
    )
    record.error = span.message if span.failed else None
    record.attributes.update(span.attributes)
    record.events.extend((event.name, event.at_ns, event.attributes) for event in span.events)
    return record


async def encode_spans(spans: Sequence[SpanRecord], epoch_offset_ns: int) -> list[bytes]:
    """Each span as an OTLP/JSON object, yielding to the event loop every few spans.

    `epoch_offset_ns` turns a monotonic time into nanoseconds since 1970. A span that JSON cannot say
    (a lone surrogate in a name) is left out, so that it does not take its neighbours with it.
    """
    encoded = []
    for start in range(0, len(spans), _SPANS_PER_TURN):
        for span in spans[start : start + _SPANS_PER_TURN]:
            with contextlib.suppress(TypeError):
                encoded.append(encode_span(span, epoch_offset_ns))
        await asyncio.sleep(0)
    return encoded


def encode_request(resource: Mapping[str, str], encoded_spans: Sequence[bytes]) -> bytes:
    """One ExportTraceServiceRequest of spans that are already encoded."""
    attributes = orjson.dumps(encode_attributes(resource))
    spans = b",".join(encoded_spans)
    return (
        b'{"resourceSpans":[{"resource":{"attributes":' + attributes + b'},"scopeSpans":'
        b'[{"scope":{"name":"opea-harness"},"spans":[' + spans + b"]}]}]}"
    )


def encode_span(span: SpanRecord, epoch_offset_ns: int) -> bytes:
    """One span as an OTLP/JSON object."""
    message: dict[str, object] = {
        "traceId": span.trace_id,
        "spanId": span.span_id,
        "name": span.name,
        "kind": _KIND_NUMBERS[span.kind],
        "startTimeUnixNano": str(span.began_ns + epoch_offset_ns),
        "endTimeUnixNano": str(span.ended_ns + epoch_offset_ns),
        "attributes": encode_attributes(span.attributes),
        "status": {} if span.error is None else {"code": 2, "message": span.error},
    }
    if span.parent_id is not None:
        message["parentSpanId"] = span.parent_id
    if span.events:
        message["events"] = [
            {
                "timeUnixNano": str(at_ns + epoch_offset_ns),
                "name": name,
                "attributes": encode_attributes(attributes),
            }
            for name, at_ns, attributes in span.events
        ]
    return orjson.dumps(message)


def encode_attributes(attributes: Mapping[str, Value]) -> list[object]:
    """Attributes as OTLP's list of keys and typed values, ready for orjson."""
    return [
        _scalar(key, value) if isinstance(value, (str, int)) else {"key": key, "value": _value(value)}
        for key, value in attributes.items()
    ]


@lru_cache(maxsize=1024, typed=True)
def _scalar(key: str, value: str | int) -> orjson.Fragment:
    """One attribute; a node's own are the same in each of its spans."""
    return orjson.Fragment(orjson.dumps({"key": key, "value": _value(value)}))


def _value(value: Value) -> object:
    if isinstance(value, str):
        return {"stringValue": value}
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, Mapping):
        return {"kvlistValue": {"values": encode_attributes(value)}}
    return {} if value is None else _array(value)


def _array(values: Sequence[Value]) -> object:
    if not values or not all(type(value) is int for value in values):
        return {"arrayValue": {"values": [_value(value) for value in values]}}
    numbers = '"},{"intValue":"'.join(map(str, values))  # Thousands of token offsets: no dictionary for each.
    return orjson.Fragment(f'{{"arrayValue":{{"values":[{{"intValue":"{numbers}"}}]}}}}')
