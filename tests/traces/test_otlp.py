"""OTLP is read from both of its encodings, whole or not at all."""

import base64

import orjson
import pytest

from harness.errors import TraceError
from harness.traces.otlp import seal_json, seal_protobuf


@pytest.mark.parametrize("name", ["errors", "nonstream", "propagated_nonstream"])
def test_both_encodings_are_the_same_spans(name, recording):
    """A recorded body in protobuf and its JSON twin open to equal spans, exceptions and attributes included."""
    for post in recording(name)["posts"]:
        from_protobuf = [sealed.open() for sealed in seal_protobuf(base64.b64decode(post["body_b64"]))]
        from_json = [sealed.open() for sealed in seal_json(orjson.dumps(post["otlp_json"]))]

        assert from_protobuf == from_json


def message(**span):
    whole = {"traceId": "a" * 32, "spanId": "b" * 16, "name": "x", **span}
    return orjson.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [whole]}]}]})


def opened(**span):
    (sealed,) = seal_json(message(**span))
    return sealed.open()


def test_nanoseconds_are_exact_as_text_and_as_number():
    """64-bit times may come as either."""
    at_ns = 1_795_376_268_688_903_902

    assert opened(startTimeUnixNano=str(at_ns), endTimeUnixNano=at_ns + 1).duration_ns == 1


def test_unknown_fields_are_passed_over():
    """A later version of OTLP may say more."""
    assert opened(newField={"a": [1]}, attributes=None).name == "x"


@pytest.mark.parametrize(
    ("kind", "read"),
    [(3, "client"), ("SPAN_KIND_SERVER", "server"), (99, "unspecified"), (None, "unspecified")],
)
def test_a_kind_may_be_a_number_or_a_name(kind, read):
    """Unknown kinds are unspecified, not an error."""
    assert opened(kind=kind).kind == read


def test_an_empty_parent_is_no_parent():
    """Some write a root's parent as an empty text."""
    assert opened(parentSpanId="").parent_id is None


def test_a_span_never_ends_before_it_begins():
    """A clock set back does not make negative durations."""
    assert opened(startTimeUnixNano=10, endTimeUnixNano=3).duration_ns == 0


def test_a_resource_without_a_name_has_jaegers_name_for_it():
    """The service is never empty."""
    assert opened().service == "OTLPResourceNoServiceName"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "OTLP/JSON"),
        (b"[]", "Expected `object`"),
        (b'{"resourceSpans":5}', "Expected `array"),
        (message(traceId="nonsense"), "'nonsense' is no 32 hex digits"),
        (message(startTimeUnixNano="soon"), "invalid literal"),
        (message(attributes=[{"key": 5}]), "Expected `str`"),
        (message()[:-9], "truncated"),
    ],
)
def test_json_that_is_no_traces_is_refused(body, words):
    """The message says where the body departs from OTLP."""
    with pytest.raises(TraceError, match=words):
        seal_json(body)


def test_protobuf_that_is_no_traces_is_refused():
    """Octets that are not a message raise."""
    with pytest.raises(TraceError, match="OTLP/protobuf"):
        seal_protobuf(b"\xff\xff\xff")


def test_what_was_not_checked_is_refused_when_it_is_opened():
    """Sealed without a look inside, a span that makes no sense raises later, and names itself."""
    (sealed,) = seal_json(message(attributes=[{"key": 5}]), whole=False)

    with pytest.raises(TraceError, match=f"span 'x' of trace {'a' * 32}: Expected `str`"):
        sealed.open()
