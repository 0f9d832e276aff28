"""Answer Jaeger's query API, `/api` as its UI uses it, from the store's memory.

Routes, parameters and words: jaegertracing/jaeger v1.67 `cmd/query/app/{http_handler,query_parser}.go`. Times in
parameters are microseconds since 1970.
"""

import time
from collections.abc import Mapping, Sequence

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from harness.traces import ids
from harness.traces.jaeger_json import trace_object
from harness.traces.memory import Memory, Search
from harness.traces.otlp import SealedSpan
from harness.traces.times import go_duration_ns

LIMIT_DEFAULT = 100  # Jaeger's.
WINDOW_DEFAULT_NS = 48 * 3600 * 10**9  # Jaeger's.


def routes(memory: Memory) -> list[Route]:
    """The routes of `/api` over `memory`."""

    async def services(_: Request) -> Response:
        return _reply(memory.services())

    async def service_operations(request: Request) -> Response:
        return _reply(sorted({name for name, _ in memory.operations(request.path_params["service"])}))

    async def operations(request: Request) -> Response:
        service = request.query_params.get("service", "")
        if not service:
            return _refuse(400, "parameter 'service' is required")
        wanted = request.query_params.get("spanKind", "")
        found = [
            {"name": name, "spanKind": kind}
            for name, kind in memory.operations(service)
            if wanted in ("", kind)
        ]
        return _reply(found)

    async def traces(request: Request) -> Response:
        return _find(memory, request)

    async def trace(request: Request) -> Response:
        return _one(memory, request.path_params["trace_id"])

    return [
        Route("/api/services", services),
        Route("/api/services/{service:path}/operations", service_operations),
        Route("/api/operations", operations),
        Route("/api/traces", traces),
        Route("/api/traces/{trace_id}", trace),
    ]


def _find(memory: Memory, request: Request) -> Response:
    wanted = request.query_params.getlist("traceID")
    try:
        if wanted:
            return _several(memory, [ids.trace_id(each) for each in wanted])
        search = parse_search(request.query_params, request.query_params.getlist("tag"))
    except ValueError as error:
        return _refuse(400, str(error))
    return _reply([_traced(spans) for spans in memory.find(search)])


def parse_search(parameters: Mapping[str, str], tags: Sequence[str]) -> Search:
    """What a query string asks for; raises ValueError naming the parameter."""
    if not parameters.get("service"):
        raise ValueError("parameter 'service' is required")
    now_ns = time.time_ns()
    end_ns = _integer(parameters, "end", now_ns // 1000) * 1000
    limit = _integer(parameters, "limit", LIMIT_DEFAULT)
    if limit < 1:
        raise ValueError(f"parameter 'limit' is {limit}; it is at least 1")
    return Search(
        service=parameters["service"],
        operation=parameters.get("operation", ""),
        start_min_ns=_integer(parameters, "start", (end_ns - WINDOW_DEFAULT_NS) // 1000) * 1000,
        start_max_ns=end_ns + 999,  # The whole of the last microsecond.
        duration_min_ns=_duration_ns(parameters, "minDuration", 0),
        duration_max_ns=_duration_ns(parameters, "maxDuration", 1 << 63),
        tags=_tags(parameters.get("tags", ""), tags),
        limit=limit,
    )


def _integer(parameters: Mapping[str, str], name: str, default: int) -> int:
    text = parameters.get(name, "")
    try:
        return int(text) if text else default
    except ValueError:
        raise ValueError(f"parameter '{name}' is {text[:40]!r}, which is no integer") from None


def _duration_ns(parameters: Mapping[str, str], name: str, default: int) -> int:
    text = parameters.get(name, "")
    try:
        return go_duration_ns(text) if text else default
    except ValueError as error:
        raise ValueError(f"parameter '{name}': {error}") from None


def _tags(together: str, singly: Sequence[str]) -> dict[str, str]:
    """Tags given as one JSON object (`tags=`) and as `tag=key:value`."""
    try:
        tags = orjson.loads(together) if together else {}
    except orjson.JSONDecodeError:
        tags = None
    if not isinstance(tags, dict) or not all(isinstance(value, str) for value in tags.values()):
        raise ValueError("parameter 'tags' is no JSON object of strings")
    for each in singly:
        key, colon, value = each.partition(":")
        if not colon:
            raise ValueError(f"parameter 'tag' is {each[:40]!r}, which is not key:value")
        tags[key] = value
    return tags


def _several(memory: Memory, wanted: Sequence[str]) -> Response:
    found = [_traced(memory.trace(each)) for each in wanted if memory.trace(each)]
    errors = [
        {"code": 404, "msg": "trace not found", "traceID": each} for each in wanted if not memory.trace(each)
    ]
    return _reply(found, errors or None)


def _one(memory: Memory, text: str) -> Response:
    try:
        spans = memory.trace(ids.trace_id(text))
    except ValueError as error:
        return _refuse(400, str(error))
    return _reply([_traced(spans)]) if spans else _refuse(404, "trace not found")


def _traced(spans: Sequence[SealedSpan]) -> dict[str, object]:
    return trace_object([span.open() for span in spans])


def _reply(data: Sequence[object], errors: Sequence[object] | None = None) -> Response:
    envelope = {"data": data, "total": len(data), "limit": 0, "offset": 0, "errors": errors}
    return Response(orjson.dumps(envelope), media_type="application/json")


def _refuse(status: int, message: str) -> Response:
    errors = [{"code": status, "msg": message}]
    envelope = {"data": None, "total": 0, "limit": 0, "offset": 0, "errors": errors}
    return Response(orjson.dumps(envelope), status, media_type="application/json")
