"""Recorded spans of real opea-comps, posted, read back over HTTP and attributed, against what really happened."""

import asyncio
from collections import Counter
from functools import cache
from statistics import fmean, median

import pytest

from harness.traces.attribution import NO_REQUESTS, attribute
from harness.traces.jaeger import Jaeger, Window
from harness.traces.latency import node_rows
from harness.traces.memory import Memory
from harness.traces.opea_spans import NO_STATUS, UNSURE_STREAMS
from harness.traces.span import Span, Trace
from harness.traces.store import serve

NODES = ["embedding", "retriever", "retriever2", "rerank", "llm"]


@pytest.fixture
def attributed(recording, replay):
    """Attribute a capture after it went through the store and the client."""

    @cache
    def over_http(name, api="v3"):
        async def main():
            async with serve(Memory()) as store, Jaeger(store.query, api=api) as jaeger:
                await replay(recording(name), store.otlp)
                return await jaeger.traces(Window(0, 2 * 10**18))

        return attribute(asyncio.run(main()).traces)

    return over_http


def calls_of(attribution, node):
    return [call for request in attribution.requests for call in request.calls if call.node == node]


@pytest.mark.parametrize("api", ["v1", "v3"])
@pytest.mark.parametrize(
    ("name", "strategy", "count"),
    [("nonstream", "fifo", 30), ("stream", "fifo", 30), ("propagated_nonstream", "propagated", 30)],
)
def test_the_node_table_has_the_nodes_and_nothing_else(name, strategy, count, api, attributed):
    """Five nodes, each called once a request; no node is called opea, schedule or execute, or after a chunk."""
    found = attributed(name, api)

    rows = node_rows(found)
    assert found.strategy == strategy
    assert len(found.requests) == count
    assert sorted(row.node for row in rows) == sorted(NODES)
    assert {row.calls for row in rows} == {count}
    assert (found.orphans, found.unattributed) == (0, 0)


@pytest.mark.parametrize("name", ["nonstream", "stream", "load16_stream"])
def test_every_handler_is_paired_with_its_own_call(name, attributed, recording):
    """In order of start is right for every pair: the processes' side file names the request of each."""
    truth = recording(name)["truth"]
    schedules = sorted((each for each in truth if each["kind"] == "schedule"), key=lambda each: each["start"])
    noted = {(each["rid"], each["node"]): each for each in truth if each["kind"] in ("handler", "headers")}
    found = attributed(name)

    requests = sorted(found.requests, key=lambda request: request.began_ns)
    for schedule, request in zip(schedules, requests, strict=True):
        for call in request.calls:
            if call.node in ("embedding", "rerank", "llm"):
                really = noted[schedule["rid"], call.node]
                assert (
                    call.server.began_ns <= really["start"] <= really["end"] <= call.server.ended_ns + 10**6
                )
    assert {row.confidence for row in node_rows(found) if row.node in ("embedding", "rerank")} == {1.0}


def test_the_mean_gap_needs_no_pairing(attributed):
    """Mean client less mean server, each taken alone, is the gap to the nanosecond."""
    found = attributed("nonstream")

    for node in ("embedding", "rerank", "llm"):
        calls = calls_of(found, node)
        (row,) = (row for row in node_rows(found) if row.node == node)
        alone_ns = sum(call.client_ns for call in calls) - sum(call.server_ns for call in calls)
        assert round(row.gap_ms_mean * len(calls) * 1e6) == alone_ns


def test_waiting_in_the_orchestrator_is_not_the_nodes_latency(attributed):
    """Under load the caller's view of embedding is 97 ms and its own is 15 ms: both stand side by side."""
    rows = {row.node: row for row in node_rows(attributed("load16_stream"))}

    assert rows["embedding"].client_ms_p50 == pytest.approx(97, abs=1)
    assert rows["embedding"].server_ms_p50 == pytest.approx(15.3, abs=0.5)
    assert rows["rerank"].server_ms_p50 == pytest.approx(21.5, abs=0.5)


def test_streams_joined_by_time_under_load_are_not_given_as_fact(attributed):
    """At concurrency 16 the joining of stream and request is a guess, and says so."""
    found = attributed("load16_stream")

    (llm,) = (row for row in node_rows(found) if row.node == "llm")
    assert found.confidence < 0.9
    assert llm.confidence < 0.9
    assert UNSURE_STREAMS in found.warnings


def test_a_handler_that_returns_a_stream_is_no_latency_of_the_llm(attributed):
    """The handler's span ends before the first token: the LLM has a caller's view only, and it lasts to the stream's end."""
    (llm,) = (row for row in node_rows(attributed("stream")) if row.node == "llm")

    assert llm.server_ms_p50 is None
    assert llm.client_ms_p50 > 200


def test_the_llm_time_of_a_stream_is_what_really_happened(attributed, recording):
    """One by one, the whole LLM time is within 10 ms of what its process noted, and the first token is near the caller's."""
    recorded = recording("stream")
    sequential = [each for each in recorded["client"] if "-seq-" in each["rid"]]
    requests = sorted(attributed("stream").requests, key=lambda request: request.began_ns)[: len(sequential)]
    streamed = {
        each["rid"]: each["end"] - each["start"]
        for each in recorded["truth"]
        if each["node"] == "llm" and each["kind"] != "handler"
    }

    errors_ms = []
    for client, request in zip(sequential, requests, strict=True):
        (llm,) = (call for call in request.calls if call.node == "llm")
        first_token_ns = llm.client.began_ns + llm.first_token_ns
        errors_ms.append((first_token_ns - request.began_ns - (client["first_byte"] - client["start"])) / 1e6)
        assert (llm.ended_ns - llm.client.began_ns) / 1e6 >= streamed[client["rid"]] / 1e6 - 10

    assert abs(median(errors_ms)) <= 3


def test_errors_are_charged_to_the_node_that_made_them(attributed):
    """A node's 500 is its own and not the orchestrator's; an LLM that fails a stream is found by its handler."""
    found = attributed("errors")

    errors = [[(call.node, call.error) for call in request.calls if call.error] for request in found.requests]
    assert errors == [
        [("rerank", "ContentTypeError")],
        [],  # The node answered 422: its spans cannot show it.
        [("llm", "RuntimeError")],
        [],  # The caller left.
        [],
        [("retriever", "ContentTypeError")],
    ]
    assert NO_STATUS in found.warnings


def test_a_caller_that_leaves_makes_an_orphan_and_no_error(attributed):
    """The stream's own span never came; its first token's did."""
    found = attributed("errors")

    assert found.orphans == 1
    assert found.requests[3].calls[-1].first_token_ns is not None


def test_propagated_and_recorded_times_agree(attributed, recording):
    """With the context handed on, each node's own view is what its handler noted, within a few milliseconds."""
    truth = [each for each in recording("propagated_nonstream")["truth"] if each["kind"] == "handler"]
    found = attributed("propagated_nonstream")

    for node in NODES:
        noted_ms = fmean((each["end"] - each["start"]) / 1e6 for each in truth if each["node"] == node)
        seen_ms = fmean(call.server_ns / 1e6 for call in calls_of(found, node))
        assert 0 <= seen_ms - noted_ms < 8  # Reading the body and routing lie between the two.


def test_a_trace_begun_by_the_caller_is_a_request(attributed, recording):
    """Requests whose parent is the caller's own span, which nobody exports, are neither orphans nor lost."""
    sent = {
        each["sent_headers"]["traceparent"].split("-")[1]
        for each in recording("propagated_nonstream")["client"]
        if "traceparent" in each["sent_headers"]
    }

    found = attributed("propagated_nonstream")

    assert sent <= {request.root.trace_id for request in found.requests}
    assert found.orphans == 0


def test_traces_without_a_request_are_said():
    """Only nodes' own spans: no request is claimed, and a warning says what is missing."""
    span = Span(
        "a" * 32, "b" * 16, None, "POST /v1/embed", "server", 0, 5, attributes={"opea.node": "embedding"}
    )

    found = attribute([Trace.of([span])])

    assert (found.strategy, found.confidence, found.requests) == ("none", None, ())
    assert Counter(call.node for call in found.loose_calls) == {"embedding": 1}
    assert found.warnings == (NO_REQUESTS,)
