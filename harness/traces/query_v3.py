"""Answer Jaeger's query API v3, which is OTLP/JSON and keeps every nanosecond, from the store's memory.

Routes and words: jaegertracing/jaeger `internal/apiv3/{http_gateway,query_parser}.go`. Parameters are taken in
snake_case, as up to 2.18, and in camelCase, as since 2.19.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from harness.traces import ids
from harness.traces.memory import Memory, Search
from harness.traces.otlp import SealedSpan
from harness.traces.otlp_json import encode_attributes, encode_span, record_of
from harness.traces.query import LIMIT_DEFAULT
from harness.traces.times import go_duration_ns, rfc3339_ns

_CAMEL = {
    "service_name": "serviceName",
    "operation_name": "operationName",
    "start_time_min": "startTimeMin",
    "start_time_max": "startTimeMax",
    "duration_min": "durationMin",
    "duration_max": "durationMax",
    "num_traces": "searchDepth",
    "attributes": "attributes",
}


def routes(memory: Memory) -> list[Route]:
    """The routes of `/api/v3` over `memory`."""

    async def services(_: Request) -> Response:
        return _json({"services": memory.services()})

    async def operations(request: Request) -> Response:
        service = request.query_params.get("service", "")
        wanted = request.query_params.get("span_kind", request.query_params.get("spanKind", ""))
        found = [
            {"name": name, "spanKind": kind}
            for name, kind in memory.operations(service)
            if wanted in ("", kind)
        ]
        return _json({"operations": found}) if service else _refuse(400, "malformed parameter service")

    async def traces(request: Request) -> Response:
        try:
            search = parse_search(request.query_params)
        except ValueError as error:
            return _refuse(400, str(error))
        found = memory.find(search)
        return _result(found) if found else _refuse(404, "No traces found")

    async def trace(request: Request) -> Response:
        try:
            spans = memory.trace(ids.trace_id(request.path_params["trace_id"]))
        except ValueError as error:
            return _refuse(400, f"malformed parameter trace_id: {error}")
        return _result([spans]) if spans else _refuse(404, "trace not found")

    return [
        Route("/api/v3/services", services),
        Route("/api/v3/operations", operations),
        Route("/api/v3/traces", traces),
        Route("/api/v3/traces/{trace_id}", trace),
    ]


def parse_search(parameters: Mapping[str, str]) -> Search:
    """What a query string asks for; raises ValueError naming the parameter."""
    given = {
        name: parameters.get(f"query.{camel}", "") or parameters.get(f"query.{name}", "")
        for name, camel in _CAMEL.items()
    }
    for required in ("service_name", "start_time_min", "start_time_max"):
        if not given[required]:
            raise ValueError(f"malformed parameter query.{required}: it is required")
    try:
        tags = orjson.loads(given["attributes"] or "{}")
        search = Search(
            service=given["service_name"],
            operation=given["operation_name"],
            start_min_ns=rfc3339_ns(given["start_time_min"]),
            start_max_ns=rfc3339_ns(given["start_time_max"]),
            duration_min_ns=go_duration_ns(given["duration_min"] or "0s"),
            duration_max_ns=go_duration_ns(given["duration_max"]) if given["duration_max"] else 1 << 63,
            tags={str(key): str(value) for key, value in tags.items()},
            limit=int(given["num_traces"] or LIMIT_DEFAULT),
        )
    except (ValueError, AttributeError) as error:
        raise ValueError(f"malformed parameter: {error}") from error
    if search.limit < 1 or search.start_min_ns >= search.start_max_ns:
        raise ValueError("malformed parameter: the depth is at least 1 and the window begins before it ends")
    return search


def _result(traces: Iterable[Sequence[SealedSpan]]) -> Response:
    groups = [
        _resource_spans(list(spans))
        for trace in traces
        for _, spans in groupby(trace, key=lambda sealed: id(sealed.origin))
    ]
    return Response(
        b'{"result":{"resourceSpans":[' + b",".join(groups) + b"]}}", media_type="application/json"
    )


def _resource_spans(spans: Sequence[SealedSpan]) -> bytes:
    origin = spans[0].origin
    resource = orjson.dumps({"attributes": encode_attributes(origin.resource)})
    scope = orjson.dumps({"name": origin.scope})
    encoded = b",".join(
        sealed.payload if sealed.is_json else encode_span(record_of(sealed.open()), 0) for sealed in spans
    )
    return (
        b'{"resource":' + resource + b',"scopeSpans":[{"scope":' + scope + b',"spans":[' + encoded + b"]}]}"
    )


def _json(body: object) -> Response:
    return Response(orjson.dumps(body), media_type="application/json")


def _refuse(status: int, message: str) -> Response:
    error = {"error": {"httpCode": status, "message": message}}
    return Response(orjson.dumps(error), status, media_type="application/json")
