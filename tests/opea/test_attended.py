"""What a megaservice does for a caller that left before its answer began, and with streams that nobody sent."""

import asyncio
import json

import httpx
import pytest
from fastapi import Request
from fastapi.responses import StreamingResponse

from harness.opea import MicroService, ServiceRoleType
from harness.opea.attended import PATIENCE_S, Attended
from harness.opea.metrics import metrics
from tests.opea.asking import chain, pending
from tests.opea.lab import Lab, Late, Silence, Stream, openai
from tests.states import until


class Mega:
    """A megaservice in the test's own loop; `/v1/ask` gives its answer, `/v1/drop` forgets it, `/v1/typed` goes through FastAPI."""

    def __init__(self, *nodes, role=ServiceRoleType.MEGASERVICE):
        self._nodes, self._role = nodes, role

    async def __aenter__(self):
        self.lab = await Lab().__aenter__()
        self._orchestrator = await chain(*self._nodes)(self.lab)
        self._service = MicroService("mega", self._role, host="127.0.0.1", port=0)
        for name, handler in {"ask": self._ask, "typed": self._typed, "drop": self._drop}.items():
            self._service.add_route(f"/v1/{name}", handler)
        self._task = asyncio.create_task(self._service.serve())
        self.address = f"http://127.0.0.1:{self._service.port}/v1"
        return self

    async def __aexit__(self, *_):
        await self.lab.__aexit__()
        self._service.stop()
        await self._task

    async def _ask(self, request: Request):
        return await self._typed(await request.json())

    async def _typed(self, body: dict):
        results, _ = await self._orchestrator.schedule(body)
        return list(results.values())[-1]

    async def _drop(self, request: Request):
        await self._orchestrator.schedule(await request.json())
        return {"dropped": True}

    async def left_by(self, path, body):
        """Ask, leave once the last node was called, and wait until it sees that; the seconds that took."""
        async with httpx.AsyncClient() as client:
            asking = asyncio.create_task(client.post(f"{self.address}/{path}", json=body, timeout=10))
            name = self._nodes[-1][0]
            await until(lambda: self.lab.bodies(name))
            asking.cancel()
            await asyncio.wait([asking])
            began = asyncio.get_running_loop().time()
            await asyncio.wait_for(self.lab.left[name].wait(), 5)
            return asyncio.get_running_loop().time() - began


async def settled(before):
    """Wait until so many requests are under way as before."""
    await until(lambda: pending() == before)


@pytest.mark.parametrize(
    ("nodes", "body", "path"),
    [
        ([("llm", Silence(), "llm")], {"messages": "q"}, "ask"),
        ([("llm", Stream([b": hi\n\n"], then="hang"), "llm")], {"messages": "q"}, "ask"),
        ([("llm", Silence(), "llm")], {"messages": "q", "stream": False}, "ask"),
        ([("embedding", {"a": 1}), ("retriever", Silence())], {"text": "q"}, "typed"),
        (
            [("llm", Stream(openai("One. Two")[:1], then="hang"), "llm"), ("tts", Silence())],
            {"messages": "q"},
            "ask",
        ),
    ],
    ids=["a head", "a first token", "a whole answer", "a node before the model", "a first sentence"],
)
def test_a_caller_that_leaves_is_waited_for_no_longer(nodes, body, path):
    """Whatever the answer waits for, the node that works on it sees within a second that nobody asks, and nothing stays pending."""
    before = pending()

    async def main():
        async with Mega(*nodes) as mega:
            took_s = await mega.left_by(path, body)
            await settled(before)
            return took_s

    assert asyncio.run(main()) < 1


def test_that_a_caller_left_is_counted_as_that():
    """Not as an error of the service: it has none."""

    async def main():
        async with Mega(("llm", Silence(), "llm")) as mega, httpx.AsyncClient() as client:
            await mega.left_by("ask", {"messages": "q"})
            await settled(metrics().pending)
            return (await client.get(mega.address.replace("/v1", "/metrics"))).text

    told = asyncio.run(main())
    counted = [
        line for line in told.splitlines() if line.startswith("http_requests_total") and "/v1/ask" in line
    ]

    assert not [line for line in counted if 'status="5xx"' in line]
    assert [line for line in counted if 'status="4xx"' in line]


def test_a_long_answer_to_one_who_stays_comes():
    """Watching takes nothing from it."""
    slow = Late({"text": "here"}, 3 * PATIENCE_S)

    async def main():
        async with Mega(("slow", slow)) as mega, httpx.AsyncClient() as client:
            return (await client.post(f"{mega.address}/ask", json={"text": "q"})).json()

    assert asyncio.run(main()) == {"text": "here"}


def test_a_microservice_ends_its_work_whoever_left():
    """What it has begun (to keep a document, say) is no answer alone; upstream goes on too."""

    async def main():
        reply = Late({"text": "here"}, 2 * PATIENCE_S)
        async with Mega(("slow", reply), role=ServiceRoleType.MICROSERVICE) as mega:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(mega.left_by("ask", {"text": "q"}), 3 * PATIENCE_S)

    asyncio.run(main())


def test_a_stream_that_nobody_sends_ends_with_the_request():
    """A handler may drop an answer, or a second model's; neither keeps its node busy."""
    before = pending()

    async def main():
        async with Mega(("llm", Stream(openai("a")[:1], then="hang"), "llm")) as mega:
            async with httpx.AsyncClient() as client:
                reply = await client.post(f"{mega.address}/drop", json={"messages": "q"})
            await asyncio.wait_for(mega.lab.left["llm"].wait(), 5)
            return reply.json(), pending()

    assert asyncio.run(main()) == ({"dropped": True}, before)


def test_a_body_that_comes_slowly_is_not_taken_for_a_caller_that_leaves():
    """As long as it comes, only the app reads it."""
    came: asyncio.Queue = asyncio.Queue()
    sent = []

    async def app(scope, receive, send):
        body = b""
        while True:
            message = await receive()
            body += message["body"]
            if not message["more_body"]:
                break
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})

    async def send(message):
        sent.append(message)

    async def main():
        serving = asyncio.create_task(Attended(app)({"type": "http"}, came.get, send))
        for part in (b"a", b"b"):
            came.put_nowait({"type": "http.request", "body": part, "more_body": True})
            await asyncio.sleep(1.5 * PATIENCE_S)
        came.put_nowait({"type": "http.request", "body": b"c", "more_body": False})
        await serving

    asyncio.run(main())

    assert sent[-1]["body"] == b"abc"


def test_who_cancels_the_service_itself_cancels_the_request():
    """A service that stops is no caller that leaves."""

    async def app(scope, receive, send):
        await asyncio.Event().wait()

    async def main():
        serving = asyncio.create_task(Attended(app)({"type": "http"}, None, None))
        await asyncio.sleep(0)
        serving.cancel()
        await asyncio.wait([serving])
        return serving.cancelled()

    assert asyncio.run(main())


def test_what_is_no_http_is_passed_on():
    """Start and stop of a service, say."""
    seen = []

    async def app(*args):
        seen.append(args)

    asyncio.run(Attended(app)({"type": "lifespan"}, 1, 2))

    assert seen == [({"type": "lifespan"}, 1, 2)]


def test_an_answer_wrapped_by_its_handler_ends_with_its_reader():
    """A handler that passes the stream through a generator of its own hides the reader from it."""
    before = pending()

    async def main():
        async with Mega(("llm", Stream(openai("a")[:1], then="hang"), "llm")) as mega:

            async def wrapped(request: Request):
                results, _ = await mega._orchestrator.schedule(await request.json())
                return StreamingResponse(results["llm/MicroService"].body_iterator)

            mega._service.add_route("/v1/wrapped", wrapped)
            async with httpx.AsyncClient() as client:
                asked = client.stream("POST", f"{mega.address}/wrapped", json={"messages": "q"})
                async with asked as reply:
                    first = await anext(reply.aiter_raw())
            await asyncio.wait_for(mega.lab.left["llm"].wait(), 5)
            await settled(before)
            return json.loads(first.removeprefix(b"data: "))["choices"][0]["delta"]

    assert asyncio.run(main()) == {"content": "a"}
