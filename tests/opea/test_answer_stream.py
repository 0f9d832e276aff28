"""An answer that streams, as its reader over HTTP sees it, and what its leaving does."""

import asyncio
import gc
import json

import httpx
import pytest
from fastapi import HTTPException

from harness.opea import MicroService, Problem, ServiceRoleType
from harness.opea.answer_stream import AnswerStream
from harness.opea.metrics import Ticket, metrics
from harness.opea.problems import Failure
from tests.opea.asking import chain, pending
from tests.opea.lab import Lab, Stream, openai
from tests.states import until


async def items(*given, failure=None):
    for each in given:
        yield each
    if failure is not None:
        raise failure


def problem():
    return Problem(Failure("llm", "truncated", "cut"))


def made(*given, failure=None, closed=None):
    async def close():
        if closed is not None:
            closed.append(True)

    def failed(words):
        return Problem(Failure("llm", "incomplete", words))

    return AnswerStream(items(*given, failure=failure), Ticket(metrics()), close, failed)


def test_it_gives_its_items_and_closes_once():
    """Read to the end, the node's stream is closed and the request over."""
    closed, before = [], pending()

    async def main():
        answer = await made(b"a", "b", closed=closed).begin()
        during = pending()
        read = [item async for item in answer.body_iterator]
        await answer.close()
        return during, read

    assert asyncio.run(main()) == (before + 1, [b"a", "b"])
    assert (closed, pending()) == ([True], before)


def test_a_failure_before_the_first_item_is_raised():
    """It can still be told by status."""
    closed, before = [], pending()

    with pytest.raises(Problem, match="node llm: cut"):
        asyncio.run(made(failure=problem(), closed=closed).begin())

    assert (closed, pending()) == ([True], before)


def test_a_failure_after_it_is_the_last_item():
    """One error event, and the stream ends."""

    async def main():
        answer = await made(b"a\n\n", failure=problem()).begin()
        return [item async for item in answer.body_iterator]

    first, last = asyncio.run(main())

    assert first == b"a\n\n"
    assert last.startswith(b'event: error\ndata: {"type":"about:blank","title":"node llm failed: truncated"')


@pytest.mark.parametrize(("last", "gap"), [(b"a\n", b"\n"), ("a\n\n", b""), ("a", b"\n\n"), (b"", b"\n\n")])
def test_an_error_is_an_event_of_its_own_whatever_came_before(last, gap):
    """Text without a frame would swallow its first line."""

    async def main():
        answer = await made(last, failure=problem()).begin()
        return [item async for item in answer.body_iterator][-1]

    assert asyncio.run(main()).startswith(gap + b"event: error\n")


def test_whatever_breaks_a_stream_is_told_in_it():
    """The status is sent already: what is no problem of a node would else be an end without a word."""

    async def main():
        answer = await made(b"a\n\n", failure=HTTPException(418, "tea")).begin()
        return [item async for item in answer.body_iterator][-1]

    said = json.loads(asyncio.run(main()).partition(b"data: ")[2])

    assert (said["node"], said["kind"]) == ("llm", "incomplete")
    assert said["detail"] == "the stream of its answer broke: HTTPException: 418: tea"


def test_an_answer_of_nothing_is_a_failure():
    """Never a good status with nothing; the node's stream is closed and the request over."""
    closed, before = [], pending()

    with pytest.raises(Problem, match="ended with nothing in it"):
        asyncio.run(made(closed=closed).begin())

    assert (closed, pending()) == ([True], before)


def test_an_answer_that_nobody_reads_is_not_pending_for_ever():
    """Thrown away it counts as over."""
    before = pending()

    async def main():
        await made(b"a").begin()
        gc.collect()

    asyncio.run(main())
    gc.collect()

    assert pending() == before


class Served:
    """A megaservice of one streaming node, in the test's own loop."""

    def __init__(self, stream):
        self.stream = stream

    async def __aenter__(self):
        self.lab = await Lab().__aenter__()
        orchestrator = await chain(("llm", self.stream, "llm"))(self.lab)

        async def handle(body: dict):
            results, _ = await orchestrator.schedule(body)
            return next(iter(results.values()))

        self.service = MicroService("mega", ServiceRoleType.MEGASERVICE, host="127.0.0.1", port=0)
        self.service.add_route("/v1/ask", handle)
        self.task = asyncio.create_task(self.service.serve())
        self.url = f"http://127.0.0.1:{self.service.port}/v1/ask"
        return self

    async def __aexit__(self, *_):
        self.service.stop()
        await self.task
        await self.lab.__aexit__()


def test_over_http_it_is_an_event_stream_to_the_end():
    """Type, tokens and end mark arrive."""

    async def main():
        async with Served(Stream(openai("a", "b"))) as served, httpx.AsyncClient() as client:
            reply = await client.post(served.url, json={"messages": "q"})
            return reply.headers["content-type"], reply.content

    content_type, body = asyncio.run(main())

    assert content_type == "text/event-stream; charset=utf-8"
    assert body == b"".join(openai("a", "b"))


@pytest.mark.alone
@pytest.mark.parametrize(
    "stream",
    [Stream(openai(*["x"] * 1000), every_s=0.01), Stream(openai("x")[:1], then="hang")],
    ids=["while it speaks", "while it is silent"],
)
def test_a_reader_that_leaves_cuts_the_node_within_a_second(stream):
    """Whether the node is speaking or silent, it sees that nobody listens, and nothing stays pending."""
    before = pending()

    async def main():
        async with Served(stream) as served, httpx.AsyncClient() as client:
            async with client.stream("POST", served.url, json={"messages": "q"}) as reply:
                await anext(reply.aiter_raw())
            began = asyncio.get_running_loop().time()
            await asyncio.wait_for(served.lab.left["llm"].wait(), 2)
            took_s = asyncio.get_running_loop().time() - began
            await until(lambda: pending() == before)
            return took_s

    assert asyncio.run(main()) < 1


def test_a_broken_stream_over_http_ends_properly_with_its_error():
    """The reader gets a whole HTTP reply whose last event is the problem."""

    async def main():
        async with Served(Stream(openai("a")[:1], then="cut")) as served, httpx.AsyncClient() as client:
            return (await client.post(served.url, json={"messages": "q"})).text

    text = asyncio.run(main())

    assert '"kind":"truncated"' in text
    assert "[DONE]" not in text
