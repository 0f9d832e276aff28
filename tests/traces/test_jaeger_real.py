"""The client against a real Jaeger, the one that `opea-harness setup jaeger` builds: the store is not only like one."""

import asyncio

import httpx
import orjson
import pytest

from harness.traces.jaeger import Jaeger, Patience, Window
from tests.jaeger.real import jaeger

pytestmark = pytest.mark.needs("jaeger")

EVER = Window(0, 2 * 10**18)
START_NS = 1_795_000_000_000_000_000
APIS = pytest.mark.parametrize("api", ["v1", "v3"])


def simple(count, start_ns):
    """An export of `count` traces of one span each."""
    spans = [
        {
            "traceId": f"{number + 1:032x}",
            "spanId": f"{number + 1:016x}",
            "name": "ask",
            "startTimeUnixNano": str(start_ns(number)),
            "endTimeUnixNano": str(start_ns(number) + 1001),
        }
        for number in range(count)
    ]
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "rag"}}]}
    return orjson.dumps({"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": spans}]}]})


async def post(ready, body):
    """Post it, and wait until all of it can be read: Jaeger answers before it has stored."""
    async with httpx.AsyncClient(verify=False) as http:
        reply = await http.post(ready["otlp"], content=body, headers={"content-type": "application/json"})
        reply.raise_for_status()
    async with Jaeger(ready["query"]) as client:
        await client.settled_traces(
            EVER, roots_expected=body.count(b"traceId"), patience=Patience(quiet_s=0.1)
        )


def read(folder, fill, ask, **how):
    """What `ask` gets of a Jaeger that `fill` has filled."""

    async def main():
        async with jaeger(folder) as (_, ready), Jaeger(ready["query"], **how) as client:
            await fill(ready)
            return await ask(client)

    return asyncio.run(main())


@APIS
@pytest.mark.parametrize("name", ["errors", "nonstream", "propagated_nonstream"])
def test_what_was_posted_is_read_back(tmp_path, name, api, recording, replay, facts):
    """Every recorded span comes back, posted byte for byte as opea-comps did: v3 to the nanosecond, `/api` to the microsecond."""
    recorded = recording(name)
    exact = {fact[:4]: fact[4:] for fact in facts(recorded)}
    pull = read(
        tmp_path,
        lambda ready: replay(recorded, ready["otlp"]),
        lambda client: client.settled_traces(EVER, roots_expected=0, patience=Patience(quiet_s=0.2)),
        api=api,
        page_traces=20,
    )
    found = {
        (s.trace_id, s.span_id, s.parent_id or "", s.name): (s.began_ns, s.ended_ns)
        for trace in pull.traces
        for s in trace.spans
    }

    tolerance_ns = 0 if api == "v3" else 1999
    assert pull.truncated_us == []
    assert found.keys() == exact.keys()
    assert all(abs(exact[key][side] - found[key][side]) <= tolerance_ns for key in exact for side in (0, 1))


def test_both_apis_say_the_same_of_a_span(tmp_path, recording, replay):
    """Kind, service, attributes, failure, scope and resource."""

    def of(api):
        pull = read(
            tmp_path / api,
            lambda ready: replay(recording("propagated_nonstream"), ready["otlp"]),
            lambda client: client.settled_traces(EVER, roots_expected=0, patience=Patience(quiet_s=0.2)),
            api=api,
        )
        return {
            s.span_id: (s.kind, s.service, dict(s.attributes), s.failed, s.message, s.scope)
            for trace in pull.traces
            for s in trace.spans
        }

    assert of("v1") == of("v3")


@APIS
def test_a_full_page_is_divided_until_nothing_is_left_out(tmp_path, api):
    """Of 500 traces, 20 at once; those of one microsecond fit a page."""
    body = simple(500, lambda number: START_NS + number // 10 * 10**6)
    pull = read(
        tmp_path, lambda ready: post(ready, body), lambda client: client.traces(EVER), api=api, page_traces=20
    )

    assert len(pull.traces) == 500
    assert pull.truncated_us == []


@APIS
def test_a_microsecond_that_holds_more_than_a_page_is_named(tmp_path, api):
    """Nothing is left out in silence; which of them a page holds is not always the same."""
    body = simple(30, lambda _: START_NS)
    pull = read(
        tmp_path, lambda ready: post(ready, body), lambda client: client.traces(EVER), api=api, page_traces=20
    )

    assert len(pull.traces) >= 20
    assert pull.truncated_us == [START_NS // 1000]


@APIS
def test_one_trace_is_read_by_its_id_and_nothing_is_nothing(tmp_path, api):
    """A trace that is not there is None, a window without traces empty: neither is an error."""

    async def ask(client):
        return (
            await client.trace(f"{7:032x}"),
            await client.trace("f" * 32),
            await client.traces(Window(0, 10**15)),
            await client.services(),
        )

    body = simple(9, lambda number: START_NS + number)
    trace, absent, nothing, services = read(tmp_path, lambda ready: post(ready, body), ask, api=api)

    assert [span.span_id for span in trace.spans] == [f"{7:016x}"]
    assert (absent, nothing.traces, services) == (None, [], ["rag"])


def test_the_api_is_found_out(tmp_path):
    """Version 3, which keeps nanoseconds."""

    async def nothing(_):
        return None

    async def ask(client):
        return (await client.dialect()).name

    assert read(tmp_path, nothing, ask) == "/api/v3"
