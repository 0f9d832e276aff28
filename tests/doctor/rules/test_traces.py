"""No traces, and why."""

import pytest

from harness.doctor.seen import Answer, Probe
from tests.doctor.stacks import seed

EMPTY = (200, b'{"data":[]}')


def test_an_empty_jaeger_that_nobody_was_asked_of_is_a_doubt():
    """Without a request there is no trace."""
    found = seed().answering("jaeger", role="jaeger", services=EMPTY).diagnosis()

    assert (found.findings, [each.id for each in found.doubts]) == ((), ["traces-unseen"])


def test_an_empty_jaeger_whose_gateway_has_answered_is_a_finding():
    """By the gateway's own count."""
    stack = seed().answering("jaeger", role="jaeger", services=EMPTY)
    text = b"# HELP x\nmegaservice_request_latency_count 12.0\n"
    stack.probes.append(
        Probe("gateway", "gateway", "http://g", answers={"metrics": Answer("GET /metrics", 200, "", text)})
    )

    (found,) = stack.diagnosis().findings

    assert found.id == "traces-empty"
    assert found.evidence[-1] == "GET http://g/metrics: 12 requests were answered"


def test_jaeger_without_a_service_that_was_told_is_told_once():
    """That nobody is told is why it is empty."""
    stack = seed().env("clip-embedding-server", "TELEMETRY_ENDPOINT", None)

    found = stack.answering("jaeger", role="jaeger", services=EMPTY).diagnosis()

    assert [each.id for each in (*found.findings, *found.doubts)] == ["jaeger-unused"]


@pytest.mark.parametrize(
    ("answer", "words"),
    [((500, b"no"), "it answers 500"), ("refused", "refused"), ((200, b"<html>"), "it answers 200")],
)
def test_a_jaeger_that_does_not_say_is_not_called_empty(answer, words):
    """An error is no list; it is no Jaeger, or it is not there."""
    (found,) = seed().answering("jaeger", role="jaeger", services=answer).diagnosis().findings

    assert (found.id, found.what) == ("jaeger-gone", f"Jaeger does not answer as Jaeger does ({words})")


def test_traces_that_are_lost_name_who_does_not_take_them():
    """And that it is down."""
    line = "HTTPConnectionPool(host='jaeger', port=4318): Max retries exceeded with url: /v1/traces"
    stack = seed().said("clip-embedding-server", line, line).exited("jaeger", 1)

    found = {each.id: each for each in stack.diagnosis().findings}

    assert found["traces-lost"].what == "cannot send its traces to jaeger:4318, and jaeger is exited"
