"""What a request to a service leaves behind."""

import asyncio

import httpx
import pytest
from fastapi import Request
from fastapi.responses import StreamingResponse

from harness.opea import MicroService, Problem
from harness.opea.answer_stream import AnswerStream
from harness.opea.metrics import Ticket, metrics
from harness.opea.problems import Failure
from harness.opea.telemetry import SCOPE, trace_to
from harness.traces.emit import Context, Tracer


@pytest.fixture(autouse=True)
def untraced():
    yield
    trace_to(None)


def ask(path, headers=None):
    """The spans of one request to a traced service, and its reply."""
    service = MicroService("teller", host="127.0.0.1", port=0)

    async def scope(request: Request):
        scope = SCOPE.get()
        return {"trace": scope.context.trace_id, "request": scope.request_id, "state": scope.tracestate}

    async def slow():
        async def parts():
            yield b"a"
            await asyncio.sleep(0.1)
            yield b"b"

        return StreamingResponse(parts())

    def crash():
        raise RuntimeError("a bug")

    async def broken():
        async def parts():
            yield b"a"
            raise Problem(Failure("llm", "truncated", "cut"))

        def failed(words):
            return Problem(Failure("llm", "incomplete", words))

        return await AnswerStream(parts(), Ticket(metrics()), None, failed).begin()

    service.add_route("/v1/scope", scope)
    service.add_route("/v1/slow", slow)
    service.add_route("/v1/crash", crash)
    service.add_route("/v1/broken", broken)
    kept = []

    async def main():
        serving = asyncio.create_task(service.serve())
        async with httpx.AsyncClient() as client:
            await client.get(f"http://127.0.0.1:{service.port}/health")
            tracer = Tracer("teller", "http://127.0.0.1:1/v1/traces")
            service.app.state.tracer = tracer
            method = "GET" if path == "/health" else "POST"
            reply = await client.request(method, f"http://127.0.0.1:{service.port}{path}", headers=headers)
        service.stop()
        await serving  # Only then has each request ended for sure.
        kept.extend(tracer._queue)
        return reply

    return asyncio.run(main()), kept


def test_a_request_is_a_server_span_of_its_route():
    """With method, path, status and the request's id."""
    reply, (span,) = ask("/v1/scope")

    assert (span.name, span.kind, span.parent_id, span.error) == ("POST /v1/scope", "server", None, None)
    assert span.attributes == {
        "http.request.method": "POST",
        "url.path": "/v1/scope",
        "http.route": "/v1/scope",
        "http.response.status_code": 200,
        "opea.request_id": reply.json()["request"],
    }


def test_it_joins_the_callers_trace():
    """And what is called in its course lies under it."""
    context = Context.new()
    reply, (span,) = ask("/v1/scope", {"traceparent": context.traceparent, "x-request-id": "mine"})

    assert (span.trace_id, span.parent_id) == (context.trace_id, context.span_id)
    assert reply.json() == {"trace": context.trace_id, "request": "mine", "state": ""}


def test_the_callers_tracestate_is_kept_with_its_trace_alone():
    """Several headers are one list; without a trace that it belongs to it says nothing."""
    states = [("tracestate", "a=1"), ("tracestate", "b=2")]
    kept, _ = ask("/v1/scope", [("traceparent", Context.new().traceparent), *states])
    loose, _ = ask("/v1/scope", states)

    assert (kept.json()["state"], loose.json()["state"]) == ("a=1,b=2", "")


def test_a_broken_traceparent_begins_a_new_trace():
    """Nothing fails of it."""
    reply, (span,) = ask("/v1/scope", {"traceparent": "nonsense"})

    assert (reply.status_code, span.parent_id) == (200, None)


def test_the_span_of_a_stream_lasts_as_long_as_the_stream():
    """Not only to the head of the reply."""
    _, (span,) = ask("/v1/slow")

    assert span.ended_ns - span.began_ns > 90e6


def test_a_bug_is_an_error_on_the_span(capfd):
    """With status 500."""
    reply, (span,) = ask("/v1/crash")
    capfd.readouterr()

    assert (reply.status_code, span.error, span.attributes["error.type"]) == (500, "status 500", "500")


def test_a_stream_that_ends_in_a_problem_is_an_error_on_the_span():
    """Its status is 200, for that was sent before."""
    reply, (span,) = ask("/v1/broken")

    assert (reply.status_code, reply.text[:16]) == (200, "a\n\nevent: error\n"[:16])
    assert (span.error, span.attributes["error.type"]) == ("its stream ended in truncated", "truncated")
    assert span.attributes["http.response.status_code"] == 200


def test_asking_for_health_leaves_no_span():
    """Probes would bury what matters."""
    reply, spans = ask("/health")

    assert (reply.status_code, spans) == (200, [])
