"""How each of Jaeger's APIs is asked, and what its answers mean; no I/O."""

import pytest

from harness.errors import TraceError
from harness.traces.dialects import V1, V3, Query

QUERY = Query("rag", "", 1_795_000_000_000_000_500, 1_795_000_000_000_002_000, 7)


def test_v1_covers_the_whole_window_in_microseconds():
    """The start is cut down and the end up, so nothing at the edges is missed."""
    assert V1().parameters(QUERY) == {
        "service": "rag",
        "start": "1795000000000000",
        "end": "1795000000000002",
        "limit": "7",
        "raw": "true",
    }


def test_v3_ends_a_nanosecond_before():
    """Jaeger includes both ends; neighbouring windows do not overlap."""
    asked = V3().parameters(QUERY)

    assert asked["query.start_time_min"].endswith(".000000500Z")
    assert asked["query.start_time_max"].endswith(".000001999Z")


def test_v3_never_asks_for_an_empty_window():
    """Jaeger refuses a window that does not begin before it ends."""
    asked = V3().parameters(Query("rag", "", 5, 6, 7))

    assert asked["query.start_time_min"] < asked["query.start_time_max"]


@pytest.mark.parametrize("dialect", [V1(), V3()])
def test_an_operation_is_asked_for_only_where_it_is_named(dialect):
    """An empty operation would match none."""
    with_operation = dialect.parameters(Query("rag", "ask", 5, 6000, 7))

    assert any("operation" in name for name in with_operation)
    assert not any("operation" in name for name in dialect.parameters(QUERY))


@pytest.mark.parametrize(
    ("dialect", "body", "words"),
    [
        (V1(), b"<html>", "/api: the answer '<html>' is not Jaeger's"),
        (V1(), b'{"data":null,"errors":[{"code":500,"msg":"boom"}]}', "boom"),
        (V1(), b'{"data":[{"traceID":"x","spans":[]}]}', "id 'x' is no 32 hex digits"),
        (V3(), b"<html>", "/api/v3: the answer '<html>' is not Jaeger's"),
        (V3(), b"{}", "answered with no result"),
        (V3(), b'{"error":{"message":"boom"}}', "boom"),
    ],
)
def test_what_is_no_answer_raises(dialect, body, words):
    """An error is not an empty page."""
    with pytest.raises(TraceError, match=words):
        dialect.read(body)


def test_empty_answers_are_empty():
    """No services and no traces are a right answer."""
    assert V1().read_services(b'{"data":null}') == V3().read_services(b"{}") == []
    assert V1().read(b'{"data":[]}') == V3().read(b'{"result":{}}') == {}
