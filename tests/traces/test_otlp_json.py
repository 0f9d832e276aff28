"""Spans are written as OpenTelemetry's collectors read them."""

import asyncio

import orjson

from harness.traces.otlp_json import SpanRecord, encode_request, encode_span, encode_spans

EPOCH_NS = 1_795_000_000_000_000_001


def record(**changes) -> SpanRecord:
    return SpanRecord("a" * 32, "b" * 16, "c" * 16, "POST /v1/embed", "client", 10, 30, **changes)


def encoded(span: SpanRecord) -> dict:
    return orjson.loads(encode_span(span, EPOCH_NS))


def test_times_keep_every_nanosecond():
    """64-bit times are strings, so that no reader's float rounds them."""
    span = encoded(record())

    assert (span["startTimeUnixNano"], span["endTimeUnixNano"]) == (str(EPOCH_NS + 10), str(EPOCH_NS + 30))


def test_ids_and_kind_are_as_the_standard_says():
    """Ids are hex, the kind is its number, and a root has no parent at all."""
    span = encoded(record())
    root = encoded(SpanRecord("a" * 32, "b" * 16, None, "x", "server", 1))

    assert (span["traceId"], span["spanId"], span["parentSpanId"], span["kind"]) == (
        "a" * 32,
        "b" * 16,
        "c" * 16,
        3,
    )
    assert "parentSpanId" not in root


def test_each_type_of_attribute_has_its_own_field():
    """Text, truth, integer, number and integers each travel as their own type."""
    span = encoded(
        record(
            attributes={"text": "x", "truth": True, "count": 7, "share": 0.5, "offsets": [1, 2], "none": []}
        )
    )

    assert {each["key"]: each["value"] for each in span["attributes"]} == {
        "text": {"stringValue": "x"},
        "truth": {"boolValue": True},
        "count": {"intValue": "7"},
        "share": {"doubleValue": 0.5},
        "offsets": {"arrayValue": {"values": [{"intValue": "1"}, {"intValue": "2"}]}},
        "none": {"arrayValue": {"values": []}},
    }


def test_an_error_is_status_2_with_its_words():
    """A failed span says so in its status; a good one leaves the status unset."""
    assert encoded(record(error="refused"))["status"] == {"code": 2, "message": "refused"}
    assert encoded(record())["status"] == {}


def test_an_event_has_its_time_and_attributes():
    """Events are moved to the epoch like the span itself."""
    span = encoded(record(events=[("gen_ai.first_token", 20, {"index": 0})]))

    assert span["events"] == [
        {
            "name": "gen_ai.first_token",
            "timeUnixNano": str(EPOCH_NS + 20),
            "attributes": [{"key": "index", "value": {"intValue": "0"}}],
        }
    ]


def test_a_span_that_json_cannot_say_is_left_out_alone():
    """A lone surrogate costs its own span, not its neighbours."""
    good = record()
    bad = SpanRecord("a" * 32, "b" * 16, None, "\ud800", "client", 1)

    spans = asyncio.run(encode_spans([good, bad, good], 0))

    assert len(spans) == 2


def test_a_request_names_its_resource():
    """The resource stands once, before all spans."""
    request = orjson.loads(encode_request({"service.name": "rag"}, [encode_span(record(), 0)]))

    resource = request["resourceSpans"][0]["resource"]["attributes"]
    assert resource == [{"key": "service.name", "value": {"stringValue": "rag"}}]
    assert len(request["resourceSpans"][0]["scopeSpans"][0]["spans"]) == 1
