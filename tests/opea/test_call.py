"""Calling a node: what is sent, what is refused, what is tried again."""

import asyncio

import pytest

from harness.flight import Limits
from harness.opea import Policy, Problem, ServiceOrchestrator
from tests.opea.asking import asked, chain, problem_of
from tests.opea.lab import Lab, Raw, Silence

QUICK = Limits(connect_s=0.3, first_byte_s=0.2, idle_s=0.2, total_s=0.5)


def test_a_node_gets_json_and_no_key_of_another():
    """Headers are content type, accept and the trace; a key only to its own node."""

    async def build(lab):
        keyed = await lab.node("keyed", {"text": "a"}, api_key="secret")
        plain = await lab.node("plain", {"text": "b"})
        orchestrator = ServiceOrchestrator().add(keyed).add(plain)
        orchestrator.flow_to(keyed, plain)
        return orchestrator

    lab, _, _ = asked(build, {"text": "q"})

    assert lab.headers("keyed")["authorization"] == "Bearer secret"
    assert set(lab.headers("plain")) == {"host", "content-type", "accept", "traceparent", "content-length"}


@pytest.mark.parametrize(
    ("reply", "kind", "status", "words"),
    [
        (
            Raw(b'{"detail": "oops"}', 500),
            "upstream_5xx",
            502,
            'answered with status 500: {"detail": "oops"}',
        ),
        (Raw(b"busy", 503, headers={"Retry-After": "9"}), "upstream_5xx", 503, "status 503: busy"),
        (Raw(b"slow down", 429), "upstream_4xx", 429, "status 429"),
        (Raw(b"no", 404), "upstream_4xx", 502, "status 404"),
        (Raw(b"no", 302), "upstream_4xx", 502, "status 302"),
        (
            Raw(b"<html>", 200, "text/html"),
            "bad_content_type",
            502,
            "expected application/json, got text/html",
        ),
        (Raw(b"{", 200), "bad_json", 502, "expected JSON"),
        (Raw(b'{"a": NaN}', 200), "bad_number", 502, "finite numbers"),
        (Raw(b"null", 200), "bad_schema", 502, "expected a value, got null"),
        (Raw(b"", 204, ""), "bad_content_type", 502, "no content type"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", "truncated", 502, "1 of 9 bytes"),
        (b"", "reset", 502, "before any byte of a reply"),
        (b"garbage\r\n\r\n", "protocol", 502, "not HTTP/1.1"),
        (Silence(), "first_byte_timeout", 504, "no whole head of a reply within 0.2 s"),
    ],
)
def test_what_is_no_right_reply_ends_the_request(reply, kind, status, words):
    """The failure names node, kind and what came, and the next node is not called."""
    failure, lab = problem_of(
        chain(("first", {"x": 1}), ("bad", reply, Policy(limits=QUICK)), ("next", {"text": "x"})),
        {"text": "q"},
    )

    assert (failure.node, failure.kind, failure.status) == ("bad", kind, status)
    assert words in failure.detail
    assert lab.bodies("next") == []
    assert failure.request_id
    assert failure.elapsed_ms > 0


def test_overload_is_passed_on_with_when_to_come_back():
    """The node's own word, or a second."""
    told, _ = problem_of(chain(("busy", Raw(b"", 503, headers={"Retry-After": "9"}))), {"text": "q"})
    untold, _ = problem_of(chain(("busy", Raw(b"", 429))), {"text": "q"})
    broken, _ = problem_of(chain(("busy", Raw(b"", 500))), {"text": "q"})

    assert (told.retry_after, untold.retry_after, broken.retry_after) == ("9", "1", None)


def test_the_callers_own_mistake_is_told_as_its_own():
    """Only where the first node refused just what came in."""
    refused = Raw(b"text missing", 422)
    own, _ = problem_of(chain(("entry", refused)), {"nonsense": 1})
    later, _ = problem_of(chain(("entry", {"nonsense": 1}), ("next", refused)), {"text": "q"})
    same, _ = problem_of(chain(("entry", lambda body: body), ("next", refused)), {"text": "q"})

    assert (own.status, own.upstream_status, later.status, same.status) == (422, 422, 502, 502)


def test_a_refused_connection_is_told():
    """Nobody listens there."""

    async def build(lab):
        node = await lab.node("gone", {})
        lab._listeners[0].close()
        return ServiceOrchestrator().add(node)

    failure, _ = problem_of(build, {"text": "q"})

    assert (failure.node, failure.kind, failure.status) == ("gone", "refused", 502)


def test_a_reply_of_the_wrong_shape_is_told_by_the_graphs_own_check():
    """The check sees reply and request, and gives kind and words."""

    def expects(reply, request):
        if len(reply["embedding"]) != request["dimension"]:
            return "bad_dim", f"{len(reply['embedding'])} numbers, not {request['dimension']}"
        return None

    build = chain(("embedding", {"embedding": [1, 2]}, Policy(expects=expects)), ("next", {}))
    failure, lab = problem_of(build, {"dimension": 3})
    _, results, _ = asked(build, {"dimension": 2})

    assert (failure.kind, failure.actual, lab.bodies("next")) == ("bad_dim", "2 numbers, not 3", [])
    assert "embedding/MicroService" in results


def test_a_request_that_cannot_be_json_is_told_at_the_node_that_it_was_for():
    """Sound that no hook made into text cannot be sent on."""
    failure, _ = problem_of(chain(("tts", Raw(b"RIFF", 200, "audio/wav")), ("next", {})), {"text": "q"})

    assert (failure.node, failure.kind, failure.status) == ("next", "bad_schema", 500)
    assert "cannot be written as JSON" in failure.detail


@pytest.mark.parametrize("attempts", [1, 2, 3])
def test_a_passing_failure_is_tried_again_where_that_was_declared(attempts):
    """As often as declared, and no more; the failure tells the last attempt."""
    failure, lab = problem_of(chain(("busy", Raw(b"", 503), Policy(attempts=attempts))), {"text": "q"})

    assert (len(lab.bodies("busy")), failure.attempt) == (attempts, attempts)


def test_a_second_attempt_may_succeed():
    """The caller sees nothing of the first."""
    replies = iter([Raw(b"", 503), {"text": "well"}])
    _, results, _ = asked(chain(("busy", lambda _: next(replies), Policy(attempts=2))), {"text": "q"})

    assert results["busy/MicroService"] == {"text": "well"}


@pytest.mark.parametrize(
    "reply", [Raw(b"", 500), Raw(b"", 422), Raw(b"{"), b""], ids=["500", "422", "json", "reset"]
)
def test_what_may_have_been_done_is_not_done_again(reply):
    """Only what did nothing, or said that it will do later, is tried again."""
    _, lab = problem_of(chain(("node", reply, Policy(attempts=3))), {"text": "q"})

    assert len(lab.bodies("node")) == 1


def test_retries_have_a_budget():
    """A node that is down is asked little more than it was meant to be."""

    async def main():
        async with Lab() as lab:
            orchestrator = await chain(("down", Raw(b"", 503), Policy(attempts=2)))(lab)
            for _ in range(30):
                with pytest.raises(Problem):
                    await orchestrator.schedule({"text": "q"})
            return len(lab.bodies("down"))

    assert 40 <= asyncio.run(main()) <= 43


def test_the_budget_of_a_request_is_shared_by_its_nodes():
    """The second node gets what the first left, and a node behind an empty budget is not called."""

    async def main(budget_s):
        async with Lab() as lab:
            orchestrator = ServiceOrchestrator(budget_s=budget_s)
            orchestrator.add(await lab.node("silent", Silence()))
            with pytest.raises(Problem) as caught:
                await orchestrator.schedule({"text": "q"})
            return caught.value.failure, len(lab.seen)

    within, asked_once = asyncio.run(main(0.2))
    without, asked_never = asyncio.run(main(-1.0))

    assert (within.status, 150 < within.elapsed_ms < 10_000, asked_once) == (504, True, 1)
    assert (without.kind, asked_never) == ("total_timeout", 0)
    assert "budget of -1 s was used up before the node was called" in without.detail
