"""Ways of breaking a server, one at a time."""

import asyncio
import json
import os
import time
from contextlib import suppress
from dataclasses import replace
from typing import Any

from harness.comp import Binary, Refusal, Stream, World
from harness.discovery import COMP, discover
from harness.mocking.app import Mock
from harness.mocking.asgi import Whole
from harness.mocking.behaviour import Behaviour
from harness.opea.proto.embeddings import EmbeddingRequest
from harness.scenario import Latency
from harness.sse import DIALECTS

COMPS = discover(COMP)
EMBEDDINGS, RERANKINGS, LLM = (COMPS[name] for name in ("embeddings", "rerankings", "third_parties.vllm"))
LEAKED = []
CALLS = []
PACED = Behaviour(latency=Latency(first_ms=1, token_ms=4))
SLOW = Behaviour(latency=Latency(first_ms=40))


class Wrapped:
    """A mock with something between it and the network."""

    def __init__(self, mock, around):
        self.name, self._mock, self._around = mock.name, mock, around

    async def __call__(self, scope, receive, send):
        await self._around(self._mock, scope, receive, send)


def answering(comp, change, path=None):
    """The comp's mock with `change(answer, request)` applied to what its endpoint (the first) answers."""
    path = path or comp.endpoints[0].path

    def changed(endpoint):
        answer = endpoint.answer
        return replace(endpoint, answer=lambda request, world: change(answer(request, world), request))

    endpoints = tuple(changed(each) if each.path == path else each for each in comp.endpoints)
    return Mock(replace(comp, endpoints=endpoints), World(), behaviour=PACED)


def _vectors(change):
    def changed(reply, _request):
        said = json.loads(reply.model_dump_json())
        change(said["data"])
        return said

    return lambda: answering(EMBEDDINGS, changed)


def _scaled(data):
    for row in data:
        row["embedding"] = [2 * number for number in row["embedding"]]


def _shorter(data):
    for row in data[1:]:
        row["embedding"] = [1.0]


def _dropped(data):
    del data[1:]


def _swapped(data):
    data.reverse()


def _unlike(data):
    for row in data:
        row["embedding"] = row["embedding"][row["index"] :] + row["embedding"][: row["index"]]


def _stuck(data):
    for row in data:
        row["embedding"] = data[0]["embedding"]


def _text_vectors(data):
    for row in data:
        row["embedding"] = {"values": row["embedding"]}


def _wrapped(around, comp=EMBEDDINGS):
    return lambda: Wrapped(Mock(comp, World(), behaviour=PACED), around)


def _status(is_meant, status, body=b"x"):
    """Replies that are meant get another status and body."""

    async def around(mock, scope, receive, send):
        changing = False

        async def sent(event):
            nonlocal changing
            if event["type"] == "http.response.start" and is_meant(scope, event["status"]):
                changing = True
                head = [(b"content-length", str(len(body)).encode())]
                event = {**event, "status": status, "headers": head}
            elif changing:
                event = {"type": "http.response.body", "body": body}
            await send(event)

        await mock(scope, receive, sent)

    return around


async def worn_out(mock, scope, receive, send):
    """Never well again after the first bad request."""
    if getattr(mock, "worn_out", False) and scope["path"] == "/v1/health_check":
        scope = {**scope, "path": "/gone"}

    async def sent(event):
        if event.get("status") == 422:
            mock.worn_out = True
        await send(event)

    await mock(scope, receive, sent)


def _streams(change):
    def changed(reply, _request):
        return change(reply) if isinstance(reply, Stream) else reply

    return lambda: answering(LLM, changed, "/v1/chat/completions")


def _always_streaming(reply, request):
    chat = LLM.endpoint("/v1/chat/completions")
    return chat.answer(request.model_copy(update={"stream": True}), World())


class Confused:
    """Gives the answer of the one before while two are in flight."""

    def __init__(self):
        self.waiting = None

    async def __call__(self, mock, scope, receive, send):
        if scope["path"] != "/v1/reranking":
            await mock(scope, receive, send)
            return
        before, self.waiting = self.waiting, asyncio.get_running_loop().create_future()
        mine, said = self.waiting, []
        crowded = before is not None and not before.done()

        async def sent(event):
            said.append(event)

        await mock(scope, receive, sent)
        mine.set_result(said)
        for event in await before if crowded else said:
            await send(event)


def _is(path, status):
    return lambda scope, seen: scope["path"] == path and seen == status


def _nan(reply, _request):
    return Binary(reply.model_dump_json().replace("[", "[NaN, ", 2).encode(), "application/json")


def _documented(change):
    """The OpenAPI document is changed, and nothing else."""

    async def around(mock, scope, receive, send):
        if scope["path"] != "/openapi.json":
            await mock(scope, receive, send)
            return
        said = []

        async def sent(event):
            said.append(event)

        await mock(scope, receive, sent)
        document = json.loads(said[1]["body"])
        change(document["components"]["schemas"])
        await Whole(200, json.dumps(document).encode()).send(send)

    return _wrapped(around)


class Needy(EmbeddingRequest):
    """One required field more than promised."""

    tenant: str


class Careless(EmbeddingRequest):
    """Takes anything for a number of dimensions."""

    dimensions: Any = None


def _taking(model):
    """The embedding service with another request model."""

    def answer(request, world):
        known = request.model_dump(include=set(EmbeddingRequest.model_fields) - {"dimensions"})
        return EMBEDDINGS.endpoints[0].answer(EmbeddingRequest(**known), world)

    def made():
        (endpoint,) = EMBEDDINGS.endpoints
        variants = tuple(replace(each, request=model) for each in endpoint.variants)
        changed = replace(endpoint, answer=answer, variants=variants)
        return Mock(replace(EMBEDDINGS, endpoints=(changed,)), World(), behaviour=PACED)

    return made


def _blocking(reply, request):
    CALLS.append(request)
    if len(CALLS) % 16 == 0:
        time.sleep(0.6)  # Blocks the loop, which is the point.
    return reply


def _leaking(reply, _request):
    LEAKED.append(os.open(os.devnull, os.O_RDONLY))
    return reply


def _fond_of_ascii(reply, request):
    str(request.input).encode("ascii")
    return reply


async def _silent(mock, scope, receive, send):
    """Says nothing to a list."""
    event = await receive()
    if event.get("body") == b"[]":
        await asyncio.sleep(3)
    first = [event]

    async def again():
        return first.pop() if first else await receive()

    await mock(scope, again, send)


async def _breaking_off(mock, scope, receive, send):
    """Ends the connection in the middle of the metrics."""

    async def sent(event):
        if scope["path"] == "/metrics" and event["type"] == "http.response.body":
            raise ConnectionAbortedError
        await send(event)

    with suppress(ConnectionAbortedError):
        await mock(scope, receive, sent)


async def _called_html(mock, scope, receive, send):
    """Every reply of the service is a page by its type."""

    async def sent(event):
        if event.get("status") == 200 and scope["path"] == "/v1/embeddings":
            kept = [pair for pair in event["headers"] if pair[0] != b"content-type"]
            event = {**event, "headers": [*kept, (b"content-type", b"text/html")]}
        await send(event)

    await mock(scope, receive, sent)


def _no_streams(reply, request):
    if isinstance(reply, Stream):
        raise Refusal(501, "streams are not supported")
    return reply


def _in_tgi(stream):
    _, *events = DIALECTS["tgi"].encode(["Deep", " learning"], "stop")
    return replace(stream, head=(), tokens=tuple(events), tail=())
