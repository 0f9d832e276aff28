"""What a request under way knows of itself."""

import pytest

from harness.flight import KINDS, ClientError, Flight, Headers, Limits


def test_headers_are_a_mapping_in_any_case():
    """Names match in any case; what came stays readable in order."""
    headers = Headers([("Content-Type", "text/plain"), ("A", "1"), ("a", "2")])

    assert (headers["CONTENT-TYPE"], headers.get("b"), headers.get("b", "c")) == ("text/plain", None, "c")
    assert dict(headers.items()) == {"content-type": "text/plain", "a": "1, 2"}
    assert (list(headers), len(headers), "A" in headers) == (["content-type", "a"], 2, True)
    assert headers.pairs[1:] == (("A", "1"), ("a", "2"))


def test_an_error_hides_the_query_and_keeps_the_url():
    """Keys in a query stay out of messages."""
    error = ClientError("reset", "http://h/p?key=secret", "it broke", elapsed_ms=1.4)

    assert str(error) == "http://h/p: it broke (reset after 1 ms)"
    assert (error.kind, error.url, error.elapsed_ms) == ("reset", "http://h/p?key=secret", 1.4)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_failure_is_known_by_its_name(kind):
    """The closed set of kinds is what errors carry."""
    flight = Flight("GET", "http://h/", Limits(), body_bytes_max=None)

    assert flight.broken(kind, "words").kind == kind


def test_a_flight_that_starts_again_keeps_its_clock():
    """Sending once more does not forget when the call began, nor moves its end."""
    flight = Flight("GET", "http://h/", Limits(total_s=2), body_bytes_max=10)
    began_ns, deadline_ns = flight.began_ns, flight.total_deadline_ns
    flight.status, flight.head_done, flight.error = 500, True, flight.broken("reset", "words")

    flight.restart()

    assert (flight.status, flight.head_done, flight.error) == (0, False, None)
    assert (flight.began_ns, flight.total_deadline_ns) == (began_ns, deadline_ns)
    assert deadline_ns - began_ns == 2_000_000_000
