"""Wrong hops, by a service's own log."""

from tests.doctor.planted import HOME, PG, access
from tests.doctor.stacks import chatqna, seed

GUARD = "guardrails-bias-detection-server"


def test_the_route_that_was_meant_is_named():
    """The one most like it, of the comps that the image may be."""
    (found,) = seed().said(*access(GUARD, HOME, "/v1/detect_bias", "404 Not Found")).diagnosis().findings

    assert found.fix == "Call POST /v1/bias"
    assert found.evidence[0].startswith(
        f'log of {GUARD}, 3 times: INFO: 172.18.0.1:41234 - "POST /v1/detect_bias'
    )


def test_a_model_that_is_not_there_is_no_wrong_route():
    """The path is right, and 404 speaks of what was asked for."""
    stack = chatqna().said(*access("vllm-service", HOME, "/v1/chat/completions", "404 Not Found"))

    assert stack.diagnosis().findings == ()


def test_who_posts_the_wrong_thing_is_named():
    """It is the caller that is to be mended."""
    (found,) = (
        seed()
        .said(*access(PG, "172.18.0.5", "/v1/retrieval", "422 Unprocessable Entity"))
        .diagnosis()
        .findings
    )

    assert (found.service, found.id) == ("clip-embedding-server", "request-not-read")
    assert "`opea-harness comps retrievers`" in found.fix


def test_errors_are_translated_by_the_log():
    """With whom it is that fails behind it."""
    stack = seed().said(PG, "Cannot connect to host jaeger:80 ssl:default [Connect call failed]")
    stack.said(*access(PG, HOME, "/v1/retrieval", "500 Internal Server Error"))
    stack.exited("jaeger", 0, restart="always")

    found = {each.id: each for each in stack.diagnosis().findings}

    assert found["requests-fail"].what == "answers 500 to /v1/retrieval: jaeger:80 cannot be connected to"
    assert found["requests-fail"].cause == "connection-refused"


def test_the_log_of_what_is_down_is_not_read_for_hops():
    """That it is down is the finding."""
    stack = seed().exited(GUARD, 1)
    stack.said(*access(GUARD, HOME, "/v1/detect_bias", "404 Not Found"))

    assert [each.id for each in stack.diagnosis().findings] == ["ended"]
