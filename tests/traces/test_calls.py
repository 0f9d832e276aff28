"""What counts as a node's failure."""

import pytest

from harness.traces.calls import Call, Request, error_of
from harness.traces.span import Span, SpanEvent


def span(**more):
    return Span("a" * 32, "b" * 16, None, "x", "client", 0, 10, **more)


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (span(), ""),
        (span(failed=True, message="boom"), "boom"),
        (span(failed=True), "failed"),
        (span(failed=True, message="boom", attributes={"error.type": "refused"}), "refused"),
        (
            span(failed=True, events=[SpanEvent("exception", 1, {"exception.type": "aiohttp.ClientError"})]),
            "ClientError",
        ),
        (span(attributes={"http.response.status_code": 503}), "503"),
        (span(attributes={"http.status_code": 422}), "422"),
        (span(attributes={"http.response.status_code": 200}), ""),
        (span(failed=True, attributes={"error.type": "cancelled"}), ""),
    ],
)
def test_a_failure_has_its_class(given, kind):
    """By type, exception, status or message, in this order; a caller that left is no failure of the node."""
    assert error_of(None, given) == kind


def test_a_call_lasts_to_the_end_of_its_stream():
    """The caller's wait is not the length of its span, and without a caller it is not known."""
    call = Call("llm", 5, 30, client=span())

    assert call.client_ns == 25
    assert Call("llm", 5, 30, server=span()).client_ns is None


def test_a_request_lasts_from_beginning_to_end():
    """Its duration may go beyond its root's."""
    assert Request(span(), 0, 25, (), (), ()).duration_ns == 25
