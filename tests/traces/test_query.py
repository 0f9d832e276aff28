"""The store answers `/api` as Jaeger does."""

import asyncio

import httpx
import orjson
import pytest

from harness.traces.memory import Memory
from harness.traces.otlp import seal_json
from harness.traces.store import serve

SPAN = {
    "traceId": "a" * 32,
    "spanId": "b" * 16,
    "name": "POST /v1/rag",
    "kind": 2,
    "startTimeUnixNano": "1795000000000000000",
    "endTimeUnixNano": "1795000000002000000",
    "attributes": [{"key": "opea.run_id", "value": {"stringValue": "r1"}}],
}
WINDOW = "start=1794999999000000&end=1795000001000000"


def get(path, service="rag"):
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": service}}]}
    memory = Memory()
    memory.add(
        seal_json(
            orjson.dumps({"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": [SPAN]}]}]})
        )
    )

    async def main():
        async with serve(memory) as store, httpx.AsyncClient(verify=False) as http:
            return await http.get(store.query + path)

    reply = asyncio.run(main())
    return reply.status_code, reply.json()


def test_services_and_operations_are_listed():
    """In Jaeger's envelope, with its dead fields."""
    assert get("/api/services") == (
        200,
        {"data": ["rag"], "total": 1, "limit": 0, "offset": 0, "errors": None},
    )
    assert get("/api/services/rag/operations")[1]["data"] == ["POST /v1/rag"]
    assert get("/api/services/a%2Fb/operations", "a/b")[1]["data"] == ["POST /v1/rag"]
    assert get("/api/operations?service=rag")[1]["data"] == [{"name": "POST /v1/rag", "spanKind": "server"}]
    assert get("/api/operations?service=rag&spanKind=client")[1]["data"] == []


@pytest.mark.parametrize(
    ("more", "count"),
    [
        ("", 1),
        ("&operation=POST%20/v1/rag", 1),
        ("&operation=other", 0),
        ("&minDuration=1ms&maxDuration=2ms", 1),
        ("&minDuration=3ms", 0),
        ("&maxDuration=1.9ms", 0),
        ("&tag=opea.run_id:r1", 1),
        ("&tag=opea.run_id:r1&tag=span.kind:client", 0),
        ('&tags={"opea.run_id":"r1"}', 1),
        ('&tags={"opea.run_id":"r2"}', 0),
        ("&limit=1&raw=true&lookback=1h", 1),
        ("&end=1794999999500000", 0),
    ],
)
def test_a_search_takes_jaegers_parameters(more, count):
    """Each narrows as it does there; the last of one name counts, and unknown ones are passed over."""
    status, body = get(
        f"/api/traces?service=rag&{WINDOW}{more}"
        if "end=" not in more
        else f"/api/traces?service=rag{more}&start=1"
    )

    assert (status, len(body["data"])) == (200, count)


def test_a_search_without_a_window_is_of_the_last_two_days():
    """The default is Jaeger's."""
    assert get("/api/traces?service=rag&end=1795172800000000")[1]["total"] == 1
    assert get("/api/traces?service=rag&end=1795172800000001&start=1795000000000001")[1]["total"] == 0


def test_traces_are_got_by_id():
    """One by its path, several by parameter; those that are not there are named."""
    status, body = get(f"/api/traces/{'A' * 32}")
    assert (status, body["data"][0]["traceID"]) == (200, "a" * 32)

    status, body = get(f"/api/traces?traceID={'a' * 32}&traceID={'f' * 32}")
    assert (status, body["total"]) == (200, 1)
    assert body["errors"] == [{"code": 404, "msg": "trace not found", "traceID": "f" * 32}]


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/api/traces", 400, "parameter 'service' is required"),
        ("/api/operations", 400, "parameter 'service' is required"),
        ("/api/traces?service=rag&start=soon", 400, "parameter 'start' is 'soon', which is no integer"),
        ("/api/traces?service=rag&limit=0", 400, "parameter 'limit' is 0; it is at least 1"),
        ("/api/traces?service=rag&minDuration=5", 400, "parameter 'minDuration': duration '5' is not like"),
        ("/api/traces?service=rag&tags=[]", 400, "parameter 'tags' is no JSON object of strings"),
        ("/api/traces?service=rag&tags={", 400, "parameter 'tags' is no JSON object of strings"),
        ("/api/traces?service=rag&tag=x", 400, "parameter 'tag' is 'x', which is not key:value"),
        (f"/api/traces/{'f' * 32}", 404, "trace not found"),
        ("/api/traces/nonsense", 400, "id 'nonsense' is no 32 hex digits"),
        ("/api/traces?traceID=x", 400, "id 'x' is no 32 hex digits"),
    ],
)
def test_a_wrong_question_is_answered_with_what_is_wrong(path, status, words):
    """In Jaeger's envelope of errors."""
    answered, body = get(path)

    assert (answered, body["data"], body["errors"][0]["code"]) == (status, None, status)
    assert words in body["errors"][0]["msg"]
