"""Spans reach their endpoint, or are counted; a request never pays for either."""

import asyncio
import socket
import time

import orjson
import pytest

from harness.traces import emit
from harness.traces.emit import Context, Tracer, epoch_offset_ns


def spans_of(bodies):
    return [
        span
        for body in bodies
        for resource in orjson.loads(body)["resourceSpans"]
        for scope in resource["scopeSpans"]
        for span in scope["spans"]
    ]


def test_a_child_points_at_its_parent(inbox):
    """A span started under a context is in its trace, with its id as parent."""

    async def main():
        async with inbox() as box:
            tracer = Tracer("rag", box.url)
            parent = tracer.start("POST /v1/chatqna", "server", None)
            tracer.start("POST /v1/embeddings", "client", parent.context).end()
            parent.end()
            await tracer.close()
            return spans_of(box.bodies)

    child, parent = asyncio.run(main())

    assert (child["traceId"], child["parentSpanId"]) == (parent["traceId"], parent["spanId"])
    assert "parentSpanId" not in parent


def test_monotonic_times_become_times_since_1970(inbox):
    """A span that begins now begins now on the wall clock too, and lasts as long as it was told."""

    async def main():
        async with inbox() as box:
            tracer = Tracer("rag", box.url)
            began_ns = time.monotonic_ns()
            tracer.start("x", "internal", None, began_ns).end(began_ns + 7)
            await tracer.close()
            return spans_of(box.bodies)[0]

    span = asyncio.run(main())

    assert abs(int(span["startTimeUnixNano"]) - time.time_ns()) < 60e9
    assert int(span["endTimeUnixNano"]) - int(span["startTimeUnixNano"]) == 7


def test_the_flush_loop_posts_without_being_asked(inbox):
    """A span that ended is posted while the tracer stays open."""

    async def main():
        async with inbox() as box:
            tracer = Tracer("rag", box.url)
            loop = asyncio.create_task(tracer.run())
            tracer.start("x", "internal", None).end()
            async with asyncio.timeout(10):
                await box.arrived.wait()
            await tracer.close()
            await loop
            return len(spans_of(box.bodies))

    assert asyncio.run(main()) == 1


def test_a_second_end_changes_nothing(inbox):
    """A span is exported once, with its first end and error."""

    async def main():
        async with inbox() as box:
            tracer = Tracer("rag", box.url)
            span = tracer.start("x", "internal", None, 10)
            span.end(20, error="refused")
            span.end(30)
            await tracer.close()
            return spans_of(box.bodies)

    (span,) = asyncio.run(main())

    assert int(span["endTimeUnixNano"]) - int(span["startTimeUnixNano"]) == 10
    assert span["status"]["message"] == "refused"


def test_an_unsampled_trace_is_passed_on_but_not_recorded(inbox):
    """The caller's decision not to sample holds for everything under it."""

    async def main():
        async with inbox() as box:
            tracer = Tracer("rag", box.url)
            span = tracer.start("x", "server", Context("a" * 32, "b" * 16, sampled=False))
            span.end()
            await tracer.close()
            return span.context, box.bodies

    context, bodies = asyncio.run(main())

    assert context.traceparent.endswith("-00")
    assert bodies == []


def test_without_an_endpoint_contexts_still_work():
    """A tracer that records nothing hands on trace ids all the same, and keeps nothing."""

    async def main():
        tracer = Tracer("rag")
        span = tracer.start("x", "server", None)
        span.end()
        await tracer.close()
        return span.context, tracer.dropped, tracer.exported

    context, dropped, exported = asyncio.run(main())

    assert len(context.trace_id) == 32
    assert (dropped, exported) == (0, 0)


def test_a_full_queue_drops_and_counts(monkeypatch):
    """What the queue cannot hold is counted; the caller does not notice."""
    monkeypatch.setattr(emit, "QUEUE_SPANS_MAX", 2)
    tracer = Tracer("rag", "http://127.0.0.1:9/v1/traces")

    for _ in range(5):
        tracer.start("x", "internal", None).end()

    assert tracer.dropped == 3


def test_a_passing_failure_is_tried_again(inbox):
    """A 503 costs nothing but time."""

    async def main():
        async with inbox(503, 200) as box:
            tracer = Tracer("rag", box.url)
            tracer.start("x", "internal", None).end()
            await tracer.close()
            return tracer.exported, tracer.dropped, len(box.bodies)

    assert asyncio.run(main()) == (1, 0, 2)


@pytest.mark.parametrize(("status", "posts"), [(400, 1), (500, 3)])
def test_a_lasting_failure_is_counted(inbox, status, posts):
    """A refused batch is dropped at once, a failing server is given three attempts."""

    async def main():
        async with inbox(status) as box:
            tracer = Tracer("rag", box.url)
            tracer.start("x", "internal", None).end()
            await tracer.close()
            return tracer.exported, tracer.dropped, len(box.bodies)

    assert asyncio.run(main()) == (0, 1, posts)


def test_closing_has_a_limit(monkeypatch):
    """A store that never answers does not keep the process alive; its spans are counted as dropped."""
    monkeypatch.setattr(emit, "CLOSE_LIMIT_S", 0.1)
    monkeypatch.setattr(emit, "POST_SPANS_MAX", 1)
    with socket.create_server(("127.0.0.1", 0)) as silent:

        async def main():
            tracer = Tracer("rag", f"http://127.0.0.1:{silent.getsockname()[1]}/v1/traces")
            for _ in range(3):
                tracer.start("x", "internal", None).end()
            await tracer.close()
            return tracer.dropped

        assert asyncio.run(main()) == 3


def test_two_tracers_agree_on_the_time():
    """Spans of different processes can be laid beside each other to a fraction of a millisecond."""
    offsets_ns = [epoch_offset_ns() for _ in range(20)]

    assert max(offsets_ns) - min(offsets_ns) < 10**6
