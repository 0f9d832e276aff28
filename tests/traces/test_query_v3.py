"""The store answers `/api/v3` as Jaeger does, to the nanosecond."""

import asyncio

import httpx
import orjson
import pytest

from harness.traces.memory import Memory
from harness.traces.otlp import seal_json, seal_protobuf
from harness.traces.store import serve

NEW = "query.startTimeMin=2026-11-01T00:00:00Z&query.startTimeMax=2026-12-01T00:00:00Z"
OLD = "query.start_time_min=2026-11-01T00:00:00Z&query.start_time_max=2026-12-01T00:00:00Z"


def get(path, spans=()):
    memory = Memory()
    memory.add(spans)

    async def main():
        async with serve(memory) as store, httpx.AsyncClient(verify=False) as http:
            return await http.get(store.query + path)

    reply = asyncio.run(main())
    return reply.status_code, reply.json()


@pytest.fixture
def spans(recording):
    """Spans of real OPEA, as they came in protobuf."""
    import base64

    return [
        sealed
        for post in recording("errors")["posts"]
        for sealed in seal_protobuf(base64.b64decode(post["body_b64"]))
    ]


def test_services_and_operations_are_listed(spans):
    """Without an envelope, with the kind of each operation."""
    assert get("/api/v3/services", spans) == (200, {"services": ["opea"]})
    operations = get("/api/v3/operations?service=opea", spans)[1]["operations"]
    assert {"name": "ServiceOrchestrator.schedule", "spanKind": "internal"} in operations
    assert get("/api/v3/operations?service=opea&span_kind=server", spans)[1] == {"operations": []}


@pytest.mark.parametrize(
    "query",
    [
        f"query.service_name=opea&query.num_traces=1000&{OLD}",
        f"query.serviceName=opea&query.searchDepth=1000&{NEW}&query.rawTraces=true&query.unknown=1",
    ],
)
def test_what_is_found_is_otlp_and_exact(query, spans):
    """In either spelling of the parameters; each span is what was posted, with every nanosecond and exception."""
    status, body = get(f"/api/v3/traces?{query}", spans)

    read = {sealed.open().span_id: sealed.open() for sealed in seal_json(orjson.dumps(body["result"]))}
    assert status == 200
    assert read == {sealed.open().span_id: sealed.open() for sealed in spans}


@pytest.mark.parametrize(
    ("more", "count"),
    [
        ("&query.operation_name=reranking", 5),
        ("&query.attributes=%7B%22error%22:%22true%22%7D&query.operationName=reranking", 1),
        ("&query.duration_min=100ms&query.operation_name=ServiceOrchestrator.schedule", 5),
        ("&query.duration_max=40ms&query.operation_name=ServiceOrchestrator.schedule", 1),
        ("&query.num_traces=2", 2),
    ],
)
def test_a_search_narrows(more, count, spans):
    """Operation, attributes, duration and depth."""
    body = get(f"/api/v3/traces?query.service_name=opea&{OLD}{more}", spans)[1]

    found = {
        s["traceId"] for r in body["result"]["resourceSpans"] for p in r["scopeSpans"] for s in p["spans"]
    }
    assert len(found) == count


def test_a_trace_is_got_by_id(spans):
    """The same shape, of one trace."""
    identity = spans[0].trace_id
    status, body = get(f"/api/v3/traces/{identity}", spans)

    assert status == 200
    assert {sealed.trace_id for sealed in seal_json(orjson.dumps(body["result"]))} == {identity}


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        (f"/api/v3/traces?query.service_name=nobody&{OLD}", 404, "No traces found"),
        (f"/api/v3/traces/{'f' * 32}", 404, "trace not found"),
        ("/api/v3/traces/x", 400, "malformed parameter trace_id"),
        ("/api/v3/operations", 400, "malformed parameter service"),
        (f"/api/v3/traces?{OLD}", 400, "query.service_name: it is required"),
        ("/api/v3/traces?query.service_name=opea", 400, "query.start_time_min: it is required"),
        (f"/api/v3/traces?query.service_name=opea&{OLD}&query.num_traces=0", 400, "at least 1"),
        (
            f"/api/v3/traces?query.service_name=opea&{OLD}&query.duration_min=x",
            400,
            "duration 'x' is not like",
        ),
        (f"/api/v3/traces?query.service_name=opea&{OLD}&query.attributes=[]", 400, "malformed parameter"),
    ],
)
def test_a_wrong_question_is_answered_with_what_is_wrong(path, status, words):
    """As a gateway's error object."""
    answered, body = get(path)

    assert (answered, body["error"]["httpCode"]) == (status, status)
    assert words in body["error"]["message"]
