"""What nodes answer when they are asked."""

from dataclasses import replace

import pytest

from harness.doctor.seen import Answer
from tests.doctor.stacks import ago, seed

CLIP = "clip-embedding-server"
WELL = (200, b'{"Service Title":"opea_service@embedding"}')
ROUTE = "POST http://x/v1/embeddings"


def contract(status, body):
    return (
        seed()
        .answering(CLIP, "embeddings", ready=WELL, title=WELL, contract=(ROUTE, status, body))
        .diagnosis()
    )


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (500, b"Internal Server Error", "answers 500 to a request of its contract"),
        (422, b'{"detail":[]}', "answers 422 to a request of its contract"),
        (200, b"", "answers a request of its contract with nothing at all"),
        (200, b"<html>", "answers with something that is no JSON"),
        (
            200,
            b'{"data":[{"embedding":"x"}]}',
            "answers in another shape than promised: data.0.index: Field required",
        ),
    ],
)
def test_health_that_lies_is_told_with_the_answer(status, body, words):
    """It says that it is well, and does not do what it is for."""
    (found,) = contract(status, body).findings

    assert found.id == "health-lies"
    assert words in found.what
    assert found.evidence[-1].startswith(f"{ROUTE}: {status}")


def test_why_it_lies_is_told_by_its_log():
    """And once, though the log shows the failed request too."""
    stack = seed().answering(
        CLIP, "embeddings", ready=WELL, title=WELL, contract=(ROUTE, 500, b"Internal Server Error")
    )
    stack.said(CLIP, 'INFO:     172.18.0.1:4 - "POST /v1/embeddings HTTP/1.1" 500 Internal Server Error')
    stack.said(
        CLIP,
        "ClientConnectorError: Cannot connect to host multimodal-clip-embedding:6990 ssl:default [Connect call failed]",
    )
    stack.exited("multimodal-clip-embedding-server", 1, "Killed")

    first, second = stack.diagnosis().findings

    assert (first.service, first.id) == ("multimodal-clip-embedding-server", "ended")
    assert (second.id, second.cause) == ("health-lies", "connection-refused")
    assert second.what.endswith(
        "to a request of its contract: multimodal-clip-embedding:6990 cannot be connected to"
    )


@pytest.mark.parametrize(("waited_ms", "word"), [(1800.0, "slow"), (10_000.0, "health-lies")])
def test_only_who_hangs_for_long_lies(waited_ms, word):
    """Before that it is a doubt: a model may be slow."""
    stack = seed().answering("x", "embeddings", ready=WELL, title=WELL)
    late = Answer(ROUTE, error="first_byte_timeout", took_ms=waited_ms)
    stack.probes[-1] = replace(stack.probes[-1], answers={**stack.probes[-1].answers, "contract": late})

    found = stack.diagnosis()

    assert [each.id for each in (*found.findings, *found.doubts)] == [word]


def test_a_service_that_was_just_started_is_a_doubt():
    """It may still load its model."""
    stack = seed().state(CLIP, StartedAt=ago(5)).answering(CLIP, "embeddings", ready="refused")

    found = stack.diagnosis()

    assert (found.findings, [each.id for each in found.doubts], found.exit_code) == ((), ["starting"], 6)


def test_a_port_that_is_published_and_not_listened_on_is_named():
    """With the one that the image listens on."""
    stack = seed().answering(CLIP, "embeddings", ready="reset")
    stack.inspect[CLIP]["NetworkSettings"]["Ports"] = {"6001/tcp": [{"HostIp": "", "HostPort": "10203"}]}
    stack.inspect[CLIP]["HostConfig"]["PortBindings"] = {}

    (found,) = stack.diagnosis().findings

    assert "the connection is broken off" in found.what
    assert found.what.endswith("its image listens on 6000, published is 6001")


@pytest.mark.parametrize(
    ("answer", "name", "shown"),
    [
        (
            {"routes": (200, b'{"paths":{"/v1/retrieval":{"post":{}}}}')},
            "retrievers",
            "lists POST /v1/retrieval",
        ),
        (
            {"title": (200, b'{"Service Title":"opea_service@retrievers"}')},
            "retrievers (opea_service@retrievers)",
            '"Service Title":"opea_service@retrievers"',
        ),
    ],
    ids=["routes", "title"],
)
def test_another_service_is_recognised_by_its_title_or_its_routes(answer, name, shown):
    """And named, so that two that were mixed up can be told apart."""
    stack = seed().answering("embedding", "embeddings", ready=(404, b"{}"), **answer)

    (found,) = stack.diagnosis().findings

    assert found.id == "another-service"
    assert found.what.startswith(f"{name} answers at http://embedding")
    assert shown in found.evidence[-1]


def test_a_title_of_ones_own_is_no_stranger_if_the_routes_are_there():
    """People name their services as they like."""
    title = (200, b'{"Service Title":"my embedding"}')
    routes = (200, b'{"paths":{"/v1/embeddings":{"post":{}}}}')

    assert (
        seed().answering("e", "embeddings", ready=title, title=title, routes=routes).diagnosis().findings
        == ()
    )


def test_a_route_of_another_version_is_named():
    """The one that it has and that is most like it."""
    routes = (200, b'{"paths":{"/v2/embeddings":{"post":{}}}}')
    stack = seed().answering(
        "e", "embeddings", ready=WELL, title=WELL, routes=routes, contract=(ROUTE, 404, b"{}")
    )

    (found,) = stack.diagnosis().findings

    assert (found.id, found.fix) == ("route-missing", "Call POST /v2/embeddings")


def test_what_is_down_is_not_told_again():
    """That nobody answers there is no news."""
    stack = seed().exited(CLIP, 1).answering(CLIP, "embeddings", ready="refused")

    assert [each.id for each in stack.diagnosis().findings] == ["ended"]


def test_a_service_that_is_not_ready_says_so_itself():
    """Another 4xx or 5xx of its readiness route."""
    (found,) = seed().answering("e", "embeddings", ready=(503, b"loading")).diagnosis().findings

    assert (found.id, found.what) == ("not-ready", "says that it is not ready: 503")
