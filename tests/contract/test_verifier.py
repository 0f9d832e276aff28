"""The verifier passes a good server, and catches each broken one by exactly the check that is meant for it."""

import asyncio
import json
from dataclasses import replace

import pytest

from harness.client import Client
from harness.comp import Stream, World
from harness.contract import checks, verify
from harness.discovery import COMP, discover
from harness.errors import ContractError
from harness.scenario import Latency
from harness.stack.behaviour import Behaviour
from harness.stack.mock_app import Mock
from harness.stack.mock_serving import serving
from harness.verdict import overall

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


def verdicts(comp, served=None, only=""):
    """The verdicts on a server, by default the comp's own mock; `only` those whose id holds that."""

    async def judged():
        client = Client()
        async with serving([served or Mock(comp, World(), behaviour=PACED)]) as urls:
            try:
                chosen = [check for check in checks(comp) if only in check.id]
                return await verify(comp, next(iter(urls.values())), client, chosen)
            finally:
                await client.close()

    return asyncio.run(judged())


def answering(comp, change, path=None):
    """The comp's mock with `change(answer, request)` applied to what its endpoint (the first) answers."""
    path = path or comp.endpoints[0].path

    def changed(endpoint):
        answer = endpoint.answer
        return replace(endpoint, answer=lambda request, world: change(answer(request, world), request))

    endpoints = tuple(changed(each) if each.path == path else each for each in comp.endpoints)
    return Mock(replace(comp, endpoints=endpoints), World(), behaviour=PACED)


@pytest.mark.parametrize("comp", [EMBEDDINGS, RERANKINGS, LLM], ids=lambda comp: comp.id)
def test_a_good_server_passes_every_check(comp):
    """Nothing is violated, nothing unknown, and there were checks."""
    found = verdicts(comp)

    assert [each for each in found if each.verdict not in ("holds", "n/a")] == []
    assert overall(found) == "holds"
    assert len(found) > 20


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


async def _worn_out(mock, scope, receive, send):
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


BROKEN = {
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
        {"side.openapi"},
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


def _caught(found, comp, prefix_of):
    ids = [each.id.removeprefix(f"{comp.id}.") for each in found if each.verdict == "violated"]
    return {next((name for name in prefix_of if name in each), each) for each in ids}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_server_is_caught_by_the_checks_meant_for_it(name):
    """By these and by no other, and each says why."""
    comp, make, meant = BROKEN[name]
    found = verdicts(comp, make())

    assert _caught(found, comp, meant) == meant
    assert all(each.why and each.expected for each in found if each.verdict == "violated")


def test_a_server_that_is_not_well_after_bad_input_is_caught():
    """Surviving a bad request is part of refusing it."""
    served = Wrapped(Mock(EMBEDDINGS, World(), behaviour=PACED), _worn_out)
    found = verdicts(EMBEDDINGS, served, only="bad-input.number")

    assert [each.why for each in found] == ["/v1/health_check: does not answer 200 afterwards"]


def test_a_server_that_nobody_is_behind_leaves_everything_unknown():
    """What could not be asked is never green."""

    async def judged():
        client = Client()
        try:
            return await verify(EMBEDDINGS, "http://127.0.0.1:9", client)
        finally:
            await client.close()

    found = asyncio.run(judged())

    assert {each.verdict for each in found} == {"unknown"}
    assert "cannot be reached" in found[0].why


def test_a_known_deviation_is_told_as_such_and_is_not_green():
    """A mock like upstream answers token ids with 500, which the contract knows."""
    mock = Mock(EMBEDDINGS, World(), behaviour=replace(PACED, like_upstream=True))
    found = verdicts(EMBEDDINGS, mock, only="example.openai.tokens")

    assert [(each.verdict, each.why) for each in found] == [
        ("n/a", "known deviation token-ids: token ids instead of text are an internal error over TEI")
    ]


@pytest.mark.parametrize("comp", COMPS.values(), ids=COMPS)
def test_check_ids_are_stable_names_of_files(comp):
    """Lower case, beginning with the comp, all different, and the same each time."""
    ids = [check.id for check in checks(comp)]

    assert ids == [check.id for check in checks(comp)]
    assert all(each == each.lower() and each.startswith(f"{comp.id}.") and "/" not in each for each in ids)
    assert len(ids) >= 10


def test_a_comp_without_endpoints_is_no_pass():
    """Zero checks are an error that names the comp."""
    with pytest.raises(ContractError, match="embeddings: has no endpoint, so nothing can be checked"):
        checks(replace(EMBEDDINGS, endpoints=()))


def test_two_checks_of_one_name_are_an_error():
    """Two endpoints of one route could not be told apart."""
    with pytest.raises(ContractError, match=r"embeddings: two checks are called embeddings\.v1-embeddings"):
        checks(replace(EMBEDDINGS, endpoints=EMBEDDINGS.endpoints * 2))
