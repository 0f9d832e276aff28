"""Spans survive Jaeger's own JSON, and what other Jaegers write is understood."""

import msgspec
import orjson
import pytest

from harness.traces.jaeger_json import JaegerTrace, read_trace, trace_object
from harness.traces.span import Span, SpanEvent

SPAN = Span(
    "0" * 16 + "a" * 16,
    "b" * 16,
    "c" * 16,
    "POST /v1/embed",
    "client",
    1_795_376_268_688_903_000,
    1_795_376_268_688_905_000,
    "rag",
    attributes={"n": 7, "large": 2**60, "share": 0.5, "ok": True, "offsets": [1, 2], "text": "x"},
    events=(SpanEvent("exception", 1_795_376_268_688_904_000, {"exception.type": "Boom"}),),
    failed=True,
    message="it broke",
    resource={"service.name": "rag", "opea.run_id": "r1"},
    scope="opea-harness",
)


def written(*spans):
    return orjson.loads(orjson.dumps(trace_object(spans)))


def read(document):
    return read_trace(msgspec.convert(document, JaegerTrace))


def test_a_span_survives_both_ways():
    """Everything but nanoseconds and arrays, which become text, is the same after writing and reading."""
    (span,) = read(written(SPAN))

    assert span.integers("offsets") == [1, 2]
    assert {**span.attributes, "offsets": [1, 2]} == SPAN.attributes
    for name in ("trace_id", "span_id", "parent_id", "name", "kind", "began_ns", "ended_ns", "service"):
        assert getattr(span, name) == getattr(SPAN, name)
    assert (span.failed, span.message, span.scope, span.resource) == (
        True,
        "it broke",
        SPAN.scope,
        SPAN.resource,
    )
    assert tuple(span.events) == SPAN.events


def test_the_version_of_a_scope_is_no_attribute():
    """A Jaeger tells it as a tag through `/api`, and as what it is through v3."""
    document = written(SPAN)
    document["spans"][0]["tags"].append({"key": "otel.scope.version", "type": "string", "value": "0.57b0"})

    assert read(document) == read(written(SPAN))


def test_the_writing_is_jaegers():
    """Short trace ids, references, processes, and large integers as text."""
    document = written(SPAN, SPAN)
    span = document["spans"][0]
    tags = {tag["key"]: (tag["type"], tag["value"]) for tag in span["tags"]}

    assert document["traceID"] == "a" * 16
    assert span["references"] == [{"refType": "CHILD_OF", "traceID": "a" * 16, "spanID": "c" * 16}]
    assert document["processes"] == {
        "p1": {"serviceName": "rag", "tags": [{"key": "opea.run_id", "type": "string", "value": "r1"}]}
    }
    assert tags["large"] == ("int64", str(2**60))
    assert tags["n"] == ("int64", 7)
    assert tags["ok"] == ("bool", True)
    assert tags["error"] == ("bool", True)
    assert tags["otel.status_code"] == ("string", "ERROR")
    assert tags["span.kind"] == ("string", "client")
    assert (span["startTime"], span["duration"]) == (1_795_376_268_688_903, 2)


def jaeger_span(**more):
    span = {
        "traceID": "a" * 32,
        "spanID": "b" * 16,
        "operationName": "x",
        "startTime": 5,
        "duration": 2,
        **more,
    }
    return {"traceID": "a" * 32, "spans": [span], "processes": {}}


def test_a_link_is_never_a_parent():
    """FOLLOWS_FROM says what came before, not what waited."""
    follows = {"refType": "FOLLOWS_FROM", "traceID": "a" * 32, "spanID": "d" * 16}
    child = {"refType": "CHILD_OF", "traceID": "a" * 32, "spanID": "E" * 16}

    assert read(jaeger_span(references=[follows]))[0].parent_id is None
    assert read(jaeger_span(references=[follows, child]))[0].parent_id == "e" * 16


@pytest.mark.parametrize("key", ["event", "message"])
def test_an_events_name_is_found_in_both_of_its_places(key):
    """Older Jaegers wrote it as `message`."""
    logs = [{"timestamp": 6, "fields": [{"key": key, "type": "string", "value": "exception"}]}]

    (event,) = read(jaeger_span(logs=logs))[0].events

    assert (event.name, event.at_ns) == ("exception", 6000)


@pytest.mark.parametrize(
    "tag",
    [{"key": "error", "type": "bool", "value": True}, {"key": "error", "type": "string", "value": "true"}],
)
def test_an_error_tag_alone_is_a_failure(tag):
    """Spans that no OpenTelemetry made say it with this tag."""
    assert read(jaeger_span(tags=[tag]))[0].failed


def test_a_span_of_an_unknown_process_is_read():
    """A process that is not there leaves the service empty, and raises nothing."""
    assert read(jaeger_span(processID="p9"))[0].service == ""
