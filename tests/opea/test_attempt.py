"""An attempt leaves one span and one count, however it ends."""

import asyncio

import pytest

from harness.opea import Policy, Problem
from harness.opea.metrics import metrics
from harness.opea.proto.docarray import LLMParams
from harness.opea.telemetry import SCOPE, Scope
from harness.traces.emit import Context, Tracer
from tests.opea.asking import chain
from tests.opea.lab import Lab, Raw, Silence, Stream, openai


def spans_of(*nodes, leave=False, state=""):
    """The spans of one request through a chain, and the lab."""

    async def main():
        tracer = Tracer("mega", "http://127.0.0.1:1/v1/traces")
        root = Context.new()
        async with Lab() as lab:
            orchestrator = await chain(*nodes)(lab)
            token = SCOPE.set(Scope(root, tracer, "r1", state))
            try:
                results, _ = await orchestrator.schedule({"messages": "q"}, LLMParams())
                for result in results.values():
                    if leave:
                        await result.close()
                    elif hasattr(result, "body_iterator"):
                        [item async for item in result.body_iterator]
            except Problem as problem:
                lab.failure = problem.failure
            finally:
                SCOPE.reset(token)
            return root, list(tracer._queue), lab

    return asyncio.run(main())


def test_each_node_is_a_client_span_under_the_request():
    """With its name, its comp, its address and its status."""
    root, (one, two), _ = spans_of(("one", {"a": 1}, Policy(comp="embeddings")), ("two", {"b": 1}))

    assert [(span.name, span.kind, span.parent_id) for span in (one, two)] == [
        ("POST /v1/one", "client", root.span_id),
        ("POST /v1/two", "client", root.span_id),
    ]
    assert one.attributes == {
        "opea.node": "one",
        "opea.comp": "embeddings",
        "opea.attempt": 1,
        "http.request.method": "POST",
        "url.full": one.attributes["url.full"],
        "http.response.status_code": 200,
    }
    assert one.attributes["url.full"].endswith("/v1/one")
    assert one.error is None
    assert one.began_ns < one.ended_ns <= two.began_ns


def test_the_nodes_request_carries_the_attempts_own_context():
    """So that what the node records lies under it."""
    root, (one,), lab = spans_of(("one", {"a": 1}))

    assert lab.headers("one")["traceparent"] == f"00-{root.trace_id}-{one.span_id}-01"


def test_the_callers_tracestate_goes_with_it():
    """As the standard has it: to every node as it came, and none where none came."""
    _, _, lab = spans_of(("one", {"a": 1}), ("llm", Stream(openai("a")), "llm"), state="vendor=1,other=2")
    _, _, bare = spans_of(("one", {"a": 1}))

    assert [lab.headers(name)["tracestate"] for name in ("one", "llm")] == ["vendor=1,other=2"] * 2
    assert "tracestate" not in bare.headers("one")


def test_a_failure_is_an_error_of_its_kind():
    """Status and kind are on the span, the request's id in the problem."""
    _, (span,), lab = spans_of(("one", Raw(b"", 500)))

    assert (span.error, span.attributes["error.type"]) == ("upstream_5xx", "upstream_5xx")
    assert span.attributes["http.response.status_code"] == 500
    assert lab.failure.request_id == "r1"


def test_each_attempt_is_a_span():
    """Numbered from one."""
    replies = iter([Raw(b"", 503), {"a": 1}])
    _, spans, _ = spans_of(("one", lambda _: next(replies), Policy(attempts=2)))

    assert [(span.attributes["opea.attempt"], span.error) for span in spans] == [
        (1, "upstream_5xx"),
        (2, None),
    ]


def test_a_streams_span_lasts_to_its_end_and_knows_when_each_token_came():
    """First token as an event, all of them as offsets in microseconds."""
    _, (span,), _ = spans_of(("llm", Stream(openai("a", "b", "c"), every_s=0.03), "llm"))
    offsets_us = span.attributes["opea.token_offsets_us"]
    name, at_ns, _ = span.events[0]

    assert (len(offsets_us), name) == (3, "gen_ai.first_token")
    assert 25_000 < offsets_us[0] < offsets_us[1] < offsets_us[2]
    assert offsets_us[2] - offsets_us[0] > 55_000
    assert at_ns - span.began_ns == pytest.approx(offsets_us[0] * 1000, abs=1000)
    assert (span.ended_ns - span.began_ns) / 1000 >= offsets_us[2]


def test_a_broken_stream_keeps_the_tokens_that_came():
    """The span tells the failure and the offsets."""
    _, (span,), _ = spans_of(("llm", Stream(openai("a", "b")[:2], then="cut"), "llm"))

    assert (span.error, len(span.attributes["opea.token_offsets_us"])) == ("truncated", 2)


def test_a_stream_that_is_left_is_cancelled():
    """Nobody failed, but it is not whole either."""
    _, (span,), _ = spans_of(("llm", Stream(openai("a")[:1], then="hang"), "llm"), leave=True)

    assert (span.error, span.attributes["error.type"]) == ("cancelled", "cancelled")


def test_calls_are_counted_by_node_and_outcome():
    """Beside the spans, for Prometheus."""

    spans_of(("counted", {"a": 1}))
    spans_of(("counted", Raw(b"", 500)))

    assert metrics().nodes.of("counted").calls == {"ok": 1, "upstream_5xx": 1}


def test_without_a_tracer_the_request_still_carries_a_trace():
    """Who records behind us has something to hold on to."""

    async def main():
        async with Lab() as lab:
            orchestrator = await chain(("one", {"a": 1}), ("two", {"b": 1}))(lab)
            await orchestrator.schedule({"messages": "q"})
            return [Context.parse(lab.headers(name)["traceparent"]) for name in ("one", "two")]

    one, two = asyncio.run(main())

    assert one is not None
    assert one.trace_id == two.trace_id


def test_a_time_out_is_told_with_its_time():
    """The span of a silent node is as long as the limit."""
    from harness.flight import Limits

    _, (span,), lab = spans_of(("one", Silence(), Policy(limits=Limits(first_byte_s=0.1))))

    assert span.error == "first_byte_timeout"
    assert 0.1e9 <= span.ended_ns - span.began_ns < 0.5e9
    assert lab.failure.status == 504
