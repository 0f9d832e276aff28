"""Puts a mock's own examples to it over a real socket, and tells what of its contract it broke."""

import asyncio
from contextlib import asynccontextmanager
from functools import cache
from threading import Thread

import httpx
import pytest

from harness.client import Client
from harness.comp import World
from harness.contract.promises import broken_reply, law_broken, said
from harness.contract.talk import BOUNDARY, Talk, multipart
from harness.mocking.app import Mock
from harness.mocking.behaviour import Behaviour
from harness.mocking.serving import serving
from harness.sse import TextStream


class Served:
    """Mocks on real sockets, each started when it is first asked and kept, because starting costs more than asking."""

    def __init__(self):
        self._kept = {}
        self._client = httpx.Client(timeout=10, trust_env=False, verify=False)
        self._loop = asyncio.new_event_loop()
        Thread(target=self._loop.run_forever, daemon=True).start()

    def ask(self, method, url, **sent):
        """One request and its whole reply."""
        return self._client.request(method, url, **sent)

    def put(self, comp, endpoint, example):
        """An example with what comes before it, as the verifier puts it: the example as it was put, and its answer."""
        url = self.url(comp, {}, like_upstream=False)

        async def once():
            client = Client()
            try:
                talk = Talk(client, url, comp)
                ready = await talk.prepared(example)
                return ready, await talk.put(endpoint, ready)
            finally:
                await client.close()

        return asyncio.run_coroutine_threadsafe(once(), self._loop).result(timeout=10)

    def url(self, comp, settings, like_upstream):
        """The address of this comp's mock under these settings."""
        key = (comp.id, *sorted(settings.items()), like_upstream)
        if key not in self._kept:
            mock = Mock(comp, World(settings=settings), behaviour=Behaviour(like_upstream=like_upstream))
            context = serving([mock])
            urls = asyncio.run_coroutine_threadsafe(context.__aenter__(), self._loop).result(timeout=10)
            self._kept[key] = context, urls[comp.id]
        return self._kept[key][1]


@cache
def _served():
    return Served()


def ask(comp, method, path, body=None, settings=None, *, like_upstream=False):
    """One request with a JSON body to a comp's mock, and its whole reply."""
    served = _served()
    return served.ask(method, served.url(comp, settings or {}, like_upstream) + path, json=body)


def ask_form(comp, path, fields=None, files=None, settings=None, *, like_upstream=False):
    """One multipart form to a comp's mock, and its whole reply; `files` are `Upload`s by field."""
    served = _served()
    return served.ask(
        "POST",
        served.url(comp, settings or {}, like_upstream) + path,
        content=multipart(fields or {}, files or {}),
        headers={"content-type": f"multipart/form-data; boundary={BOUNDARY}"},
    )


@asynccontextmanager
async def client(comp, settings=None, *, like_upstream=False):
    """An HTTP client of a mock of its own, whose state nobody else has touched."""
    behaviour = Behaviour(like_upstream=like_upstream)
    async with (
        serving([Mock(comp, World(settings=settings or {}), behaviour=behaviour)]) as urls,
        httpx.AsyncClient(base_url=urls[comp.id], timeout=10, trust_env=False, verify=False) as asking,
    ):
        yield asking


def examples(*comps):
    """Every example of the comps as a test's parameters: comp, endpoint, variant, example."""
    return [
        pytest.param(
            comp, endpoint, variant, example,
            id=f"{comp.id}.{endpoint.slug}.{variant.name}.{example.name}",
        )
        for comp in comps
        for endpoint in comp.endpoints
        for variant in endpoint.variants
        for example in variant.examples
    ]  # fmt: skip


def broken(comp, *only):
    """What the replies to a comp's examples (or to one: endpoint, variant, example) break of its contract."""
    rows = [only] if only else [row.values[1:] for row in examples(comp)]
    return [
        f"{endpoint.slug}.{variant.name}.{example.name}: {words}"
        for endpoint, variant, example in rows
        for words in _broken(_served().put(comp, endpoint, example), endpoint, variant)
    ]


def _broken(asked, endpoint, variant):
    example, answer = asked
    if answer.status != example.status:
        return [f"status is {answer.status}, {example.status} was promised: {answer.shown}"]
    if example.stream:
        return _stream_broken(answer, variant, example)
    words = [broken_reply(endpoint, variant, example, answer)]
    if example.status == 200:
        words += [law_broken(law, example.request, said(answer, variant, example)) for law in variant.laws]
    return [each for each in words if each]


def _stream_broken(answer, variant, example):
    stream = TextStream(variant.dialect)
    stream.feed(0, answer.body)
    stream.finish(1)
    if stream.outcome != "whole":
        return [f"stream: {stream.why}"]
    text = {"text": stream.text}
    return [words for law in variant.laws if (words := law.broken(example.request, text))]
