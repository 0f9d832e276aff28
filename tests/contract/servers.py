"""Servers that are broken in one way each, and the checks that are meant to catch them."""

import asyncio
import json
import os
import time
from contextlib import suppress
from dataclasses import replace
from typing import Any

from harness.comp import Binary, Refusal, Stream, World
from harness.discovery import COMP, discover
from harness.opea.proto.embeddings import EmbeddingRequest
from harness.scenario import Latency
from harness.sse import DIALECTS
from harness.stack.behaviour import Behaviour
from harness.stack.mock_app import Mock
from harness.stack.mock_http import Whole

COMPS = discover(COMP)
EMBEDDINGS, RERANKINGS, LLM = (COMPS[name] for name in ("embeddings", "rerankings", "third_parties.vllm"))
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


STREAM_CHECKS = ("content-type", "framing", "dialect", "first-byte", "end-mark", "same-text", "any-chunks")
EXAMPLES = {f"example.openai.{name}" for name in ("one-text", "texts", "tokens")}
LEAKED = []
CALLS = []

BROKEN = {
    "a number that is none": (EMBEDDINGS, lambda: answering(EMBEDDINGS, _nan), EXAMPLES),
    "a field more is required": (EMBEDDINGS, _taking(Needy), EXAMPLES | {"openapi.request"}),
    "a field is not validated": (EMBEDDINGS, _taking(Careless), {"drawn.invalid.openai"}),
    "a field more is documented as required": (
        EMBEDDINGS,
        _documented(lambda schemas: schemas["EmbeddingRequest"]["required"].append("model")),
        {"openapi.request"},
    ),
    "a type less is documented": (
        EMBEDDINGS,
        _documented(
            lambda schemas: schemas["EmbeddingRequest"]["properties"].update(input={"type": "string"})
        ),
        {"openapi.request"},
    ),
    "a reply without its data is documented": (
        EMBEDDINGS,
        _documented(lambda schemas: schemas["EmbeddingResponse"].update(required=[])),
        {"openapi.reply"},
    ),
    "a reference leads nowhere": (
        EMBEDDINGS,
        _documented(lambda schemas: schemas.pop("HTTPValidationError")),
        {"openapi.valid"},
    ),
    "blocks its loop": (EMBEDDINGS, lambda: answering(EMBEDDINGS, _blocking), {"concurrency"}),
    "leaks a descriptor": (EMBEDDINGS, lambda: answering(EMBEDDINGS, _leaking), {"descriptors"}),
    "reads nothing but ASCII": (
        EMBEDDINGS,
        lambda: answering(EMBEDDINGS, _fond_of_ascii),
        {"drawn.valid.openai"},
    ),
    "says nothing to what it does not know": (EMBEDDINGS, _wrapped(_silent), {"bad-input.list"}),
    "breaks off": (EMBEDDINGS, _wrapped(_breaking_off), {"side.metrics"}),
    "JSON that is called HTML": (EMBEDDINGS, _wrapped(_called_html), EXAMPLES),
    "no streams": (
        LLM,
        lambda: answering(LLM, _no_streams, "/v1/chat/completions"),
        {f"stream.chat.{name}" for name in STREAM_CHECKS} | {"example.chat.streamed"},
    ),
    "a stream of another dialect": (
        LLM,
        _streams(_in_tgi),
        {"stream.chat.dialect", "stream.chat.same-text", "stream.chat.framing", "law.chat.not-empty"},
    ),
    "vectors of twice the length": (EMBEDDINGS, _vectors(_scaled), {"law.openai.unit-vectors"}),
    "vectors of two lengths": (
        EMBEDDINGS,
        _vectors(_shorter),
        {"law.openai.one-length", "law.openai.same-text-same-vector"},
    ),
    "a vector is missing": (EMBEDDINGS, _vectors(_dropped), {"law.openai.one-vector-a-text"}),
    "answers in another order": (EMBEDDINGS, _vectors(_swapped), {"law.openai.in-order"}),
    "the same text has two vectors": (EMBEDDINGS, _vectors(_unlike), {"law.openai.same-text-same-vector"}),
    "vectors in another shape": (
        EMBEDDINGS,
        _vectors(_text_vectors),
        {f"example.openai.{name}" for name in ("one-text", "texts", "tokens")},
    ),
    "500 on bad input": (
        EMBEDDINGS,
        _wrapped(_status(_is("/v1/embeddings", 422), 500)),
        {"example.openai.text-doc", "example.openai.bad-format"}
        | {
            f"bad-input.{name}"
            for name in ("empty", "half-an-object", "list", "null", "number", "string", "missing-fields")
        }
        | {"bad-input.wrong-types", "bad-input.wrong-content-type"},
    ),
    "400 without a reason": (
        EMBEDDINGS,
        _wrapped(_status(_is("/v1/embeddings", 400), 400, b"")),
        {"bad-input.deep-nesting", "bad-input.invalid-utf8"},
    ),
    "a bad text is taken for good": (
        EMBEDDINGS,
        _wrapped(_status(_is("/v1/embeddings", 400), 200)),
        {"bad-input.deep-nesting", "bad-input.invalid-utf8"},
    ),
    "no OpenAPI document": (
        EMBEDDINGS,
        _wrapped(_status(_is("/openapi.json", 200), 200, b'{"paths": {}}')),
        {"openapi.routes", "openapi.valid"},
    ),
    "another comp": (
        EMBEDDINGS,
        _wrapped(_status(_is("/v1/health_check", 200), 200, b'{"Service Title": "opea_service@x"}')),
        {"side.health-check"},
    ),
    "no statistics": (
        EMBEDDINGS,
        _wrapped(_status(_is("/v1/statistics", 200), 200, b"{}")),
        {"side.statistics"},
    ),
    "no metrics": (EMBEDDINGS, _wrapped(_status(_is("/metrics", 200), 404)), {"side.metrics"}),
    "liveness lies": (EMBEDDINGS, _wrapped(_status(_is("/health", 200), 503)), {"side.health"}),
    "every route is there": (
        EMBEDDINGS,
        _wrapped(_status(lambda _scope, seen: seen == 404, 200)),
        {"side.unknown-route"},
    ),
    "every method is taken": (
        EMBEDDINGS,
        _wrapped(_status(lambda _scope, seen: seen == 405, 200)),
        {"side.wrong-method"},
    ),
    "answers go to others": (
        RERANKINGS,
        lambda: Wrapped(Mock(RERANKINGS, World(), behaviour=SLOW), Confused()),
        {"concurrency.8", "concurrency.32"},
    ),
    "no end mark": (LLM, _streams(lambda stream: replace(stream, tail=())), {"stream.chat.end-mark"}),
    "something follows the end mark": (
        LLM,
        _streams(lambda stream: replace(stream, tail=(*stream.tail, stream.tokens[0]))),
        {"stream.chat.end-mark"},
    ),
    "the stream is no stream by its type": (
        LLM,
        _streams(lambda stream: replace(stream, content_type="text/html")),
        {"stream.chat.content-type"},
    ),
    "all at once": (
        LLM,
        _streams(lambda stream: replace(stream, tokens=(b"".join(stream.tokens),))),
        {"stream.chat.first-byte"},
    ),
    "an event that cannot be read": (
        LLM,
        _streams(lambda stream: replace(stream, tokens=(*stream.tokens, b"data: {oops\n\n"))),
        {"stream.chat.framing"},
    ),
    "a token is lost": (
        LLM,
        _streams(lambda stream: replace(stream, tokens=stream.tokens[1:])),
        {"stream.chat.same-text"},
    ),
    "stream=false is passed over": (
        LLM,
        lambda: answering(LLM, _always_streaming, "/v1/chat/completions"),
        {"example.chat", "stream.chat.same-text"},
    ),
}
