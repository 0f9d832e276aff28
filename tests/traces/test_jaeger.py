"""One client reads the embedded store and Jaegers of all ages; an error is never an empty success."""

import asyncio

import orjson
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route

from harness.traces import query, query_v3
from harness.traces.jaeger import Jaeger, Patience, Window
from harness.traces.memory import Memory
from harness.traces.otlp import seal_json
from harness.traces.store import serve
from tests.traces.application import serve_app

EVER = Window(0, 2 * 10**18)
START_NS = 1_795_000_000_000_000_000


def sealed(count, start_ns=lambda number: START_NS + number * 10**6, service="rag", parent=""):
    """`count` traces of one span each."""
    spans = [
        {
            "traceId": f"{number + 1:032x}",
            "spanId": f"{number + 1:016x}",
            "parentSpanId": parent,
            "name": "ask",
            "startTimeUnixNano": str(start_ns(number)),
            "endTimeUnixNano": str(start_ns(number) + 1001),
        }
        for number in range(count)
    ]
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": service}}]}
    return seal_json(
        orjson.dumps({"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": spans}]}]})
    )


def jaeger_of(memory, apis, seen, *, prefix="", depth_max=None):
    """A Jaeger over `memory` that speaks only `apis`, notes what it is asked, and answers its UI's page elsewhere."""

    def note(route):
        async def answer(request: Request) -> Response:
            seen.append((request.url.path, dict(request.query_params)))
            depth = request.query_params.get("query.num_traces", request.query_params.get("limit"))
            if depth_max is not None and depth is not None and not 0 < int(depth) <= depth_max:
                words = "search depth must be greater than 0 and less than max traces"
                return JSONResponse({"error": {"httpCode": 500, "message": words}}, 500)
            return await route.endpoint(request)

        return Route(route.path, answer)

    routes = [note(route) for api in apis for route in api.routes(memory)]

    async def page(_: Request) -> Response:
        return HTMLResponse("<!doctype html><title>Jaeger UI</title>")

    everything = [*routes, Route("/{rest:path}", page)]
    return Starlette(routes=[Mount(prefix, routes=everything)] if prefix else everything)


@pytest.mark.parametrize("api", ["v1", "v3"])
@pytest.mark.parametrize("name", ["errors", "nonstream", "propagated_nonstream"])
def test_what_was_posted_is_read_back(name, api, recording, replay, facts):
    """Every recorded span comes back: to the nanosecond through v3, to the microsecond through `/api`."""
    recorded = recording(name)

    async def main():
        async with serve(Memory()) as store, Jaeger(store.query, api=api, page_traces=20) as jaeger:
            await replay(recorded, store.otlp)
            return await jaeger.traces(EVER)

    pull = asyncio.run(main())

    exact = {fact[:4]: fact[4:] for fact in facts(recorded)}
    read = {
        (s.trace_id, s.span_id, s.parent_id or "", s.name): (s.began_ns, s.ended_ns)
        for trace in pull.traces
        for s in trace.spans
    }
    tolerance_ns = 0 if api == "v3" else 1999
    assert pull.truncated_us == []
    assert read.keys() == exact.keys()
    assert all(
        0 <= exact[key][side] - read[key][side] <= tolerance_ns * side + 999 * (api == "v1")
        for key in exact
        for side in (0, 1)
    )


def test_both_apis_say_the_same_of_a_span(recording, replay):
    """But for the time below a microsecond, a span read through either API is the same value."""

    async def main(api):
        async with serve(Memory()) as store, Jaeger(store.query, api=api) as jaeger:
            await replay(recording("propagated_nonstream"), store.otlp)
            pull = await jaeger.traces(EVER)
            return {
                s.span_id: (
                    s.kind,
                    s.service,
                    dict(s.attributes),
                    s.failed,
                    s.message,
                    s.scope,
                    dict(s.resource),
                )
                for trace in pull.traces
                for s in trace.spans
            }

    assert asyncio.run(main("v1")) == asyncio.run(main("v3"))


@pytest.mark.parametrize("prefix", ["", "/jaeger", "/select/jaeger"])
@pytest.mark.parametrize(
    ("apis", "name"), [((query, query_v3), "/api/v3"), ((query,), "/api"), ((query_v3,), "/api/v3")]
)
def test_the_api_is_found_out(apis, name, prefix):
    """A Jaeger with both, with only the old and with only the new API is read, under any path prefix."""
    memory = Memory()
    memory.add(sealed(3))

    async def main():
        async with (
            serve_app(jaeger_of(memory, apis, [], prefix=prefix)) as url,
            Jaeger(url + prefix + "/") as jaeger,
        ):
            pull = await jaeger.traces(EVER)
            return (await jaeger.dialect()).name, await jaeger.services(), len(pull.traces)

    assert asyncio.run(main()) == (name, ["rag"], 3)


@pytest.mark.parametrize("api", [query, query_v3])
def test_every_search_says_limit_window_and_raw(api):
    """Nothing is left to defaults that differ between versions of Jaeger."""
    memory, seen = Memory(), []
    memory.add(sealed(3))

    async def main():
        async with serve_app(jaeger_of(memory, [api], seen)) as url, Jaeger(url) as jaeger:
            await jaeger.traces(Window(START_NS, START_NS + 10**9))

    asyncio.run(main())

    (asked,) = [parameters for path, parameters in seen if path.endswith("traces")]
    if api is query:
        assert asked == {
            "service": "rag",
            "start": str(START_NS // 1000),
            "end": str(START_NS // 1000 + 10**6),
            "limit": "1000",
            "raw": "true",
        }
    else:
        assert asked["query.num_traces"] == asked["query.searchDepth"] == "1000"
        assert (
            asked["query.start_time_min"] == asked["query.startTimeMin"] == "2026-11-18T11:06:40.000000000Z"
        )
        assert (
            asked["query.start_time_max"] == asked["query.startTimeMax"] == "2026-11-18T11:06:40.999999999Z"
        )
        assert asked["query.raw_traces"] == asked["query.rawTraces"] == "true"


def crowded(number):
    """Starts a millisecond apart, but thirty in the same microsecond."""
    return START_NS + (700 if 700 <= number < 730 else number) * 10**6


@pytest.mark.parametrize("api", ["v1", "v3"])
def test_a_full_page_is_halved_until_nothing_is_left_out(api):
    """A thousand traces come through pages of 50, each once."""
    memory = Memory()
    memory.add(sealed(1000))

    async def main():
        async with serve(memory) as store, Jaeger(store.query, api=api, page_traces=50) as jaeger:
            return await jaeger.traces(Window(START_NS, START_NS + 10**13))

    pull = asyncio.run(main())

    assert len(pull.traces) == 1000
    assert pull.truncated_us == []


@pytest.mark.parametrize("api", ["v1", "v3"])
@pytest.mark.parametrize(("page", "truncated"), [(20, True), (50, False)])
def test_a_microsecond_that_holds_more_than_a_page_is_named(api, page, truncated):
    """Thirty traces in one microsecond: all but they come through pages of 20, and the pull says which moment it is."""
    memory = Memory()
    memory.add(sealed(1500, crowded))

    async def main():
        async with serve(memory) as store, Jaeger(store.query, api=api, page_traces=page) as jaeger:
            return await jaeger.traces(Window(START_NS, START_NS + 10**11))

    pull = asyncio.run(main())

    assert pull.truncated_us == ([(START_NS + 700 * 10**6) // 1000] if truncated else [])
    assert len(pull.traces) == (1490 if truncated else 1500)


def test_a_server_that_allows_only_small_pages_is_given_small_pages():
    """Jaeger 2.7 to 2.18 refuse a depth beyond their capacity; the client asks for less until it is accepted."""
    memory, seen = Memory(), []
    memory.add(sealed(300))

    async def main():
        async with (
            serve_app(jaeger_of(memory, [query, query_v3], seen, depth_max=100)) as url,
            Jaeger(url) as jaeger,
        ):
            return await jaeger.traces(EVER)

    assert len(asyncio.run(main()).traces) == 300
    assert max(int(p["query.num_traces"]) for path, p in seen if path.endswith("traces")) == 1000


def test_filters_are_checked_again():
    """A server that ignores what it is asked does not slip other services' traces in."""
    memory = Memory()
    memory.add(sealed(3))

    async def everything(_):
        return query_v3._result([memory.trace(f"{number + 1:032x}") for number in range(3)])

    async def services(_):
        return JSONResponse({"services": ["other"]})

    app = Starlette(routes=[Route("/api/v3/services", services), Route("/api/v3/traces", everything)])

    async def main():
        async with serve_app(app) as url, Jaeger(url) as jaeger:
            return await jaeger.traces(EVER)

    assert asyncio.run(main()).traces == []


def test_one_trace_is_read_by_its_id():
    """A trace that is there is given; one that is not is None and no error."""
    memory = Memory()
    memory.add(sealed(1))

    async def main(api):
        async with serve(memory) as store, Jaeger(store.query, api=api) as jaeger:
            return await jaeger.trace(f"{1:032x}"), await jaeger.trace("f" * 32)

    for api in ("v1", "v3"):
        trace, missing = asyncio.run(main(api))

        assert (trace.trace_id, len(trace.spans)) == (f"{1:032x}", 1)
        assert missing is None


PATIENCE = Patience(limit_s=10, quiet_s=0.2, export_delay_s=0.6, poll_s=0.05)


def test_settling_waits_for_what_is_still_on_its_way():
    """Spans that come in three steps are all there when the pull is handed over."""
    memory = Memory()
    spans = sealed(30)

    async def arrive():
        for first in range(0, 30, 10):
            memory.add(spans[first : first + 10])
            await asyncio.sleep(0.15)

    async def main():
        async with serve(memory) as store, Jaeger(store.query) as jaeger:
            arriving = asyncio.create_task(arrive())
            pull = await jaeger.settled_traces(EVER, ["rag"], roots_expected=30, patience=PATIENCE)
            await arriving
            return pull

    pull = asyncio.run(main())

    assert (len(pull.traces), pull.settled) == (30, True)


def test_settling_gives_up_and_says_so():
    """Where roots never come, what there is is returned, flagged."""
    memory = Memory()
    memory.add(sealed(5))

    async def main():
        async with serve(memory) as store, Jaeger(store.query) as jaeger:
            return await jaeger.settled_traces(EVER, ["rag"], roots_expected=6, patience=PATIENCE)

    pull = asyncio.run(main())

    assert (len(pull.traces), pull.settled) == (5, False)
