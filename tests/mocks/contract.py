"""Puts a mock's own examples to it over a real socket, and tells what of its contract it broke."""

import asyncio
from functools import cache
from threading import Thread

import httpx
import orjson
from pydantic import TypeAdapter

from harness.comp import World
from harness.sse import TextStream
from harness.stack.behaviour import Behaviour
from harness.stack.mock_app import Mock
from harness.stack.mock_serving import serving


class Served:
    """Mocks on real sockets, each started when it is first asked and kept, because starting costs more than asking."""

    def __init__(self):
        self._kept = {}
        self._client = httpx.Client(timeout=10, trust_env=False, verify=False)
        self._loop = asyncio.new_event_loop()
        Thread(target=self._loop.run_forever, daemon=True).start()

    def ask(self, method, url, body):
        """One request and its whole reply."""
        return self._client.request(method, url, json=body)

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
    """One request to a comp's mock, and its whole reply."""
    served = _served()
    return served.ask(method, served.url(comp, settings or {}, like_upstream) + path, body)


def broken(comp):
    """What the replies to a comp's examples break of its contract: `endpoint.variant.example: words`."""
    return [
        f"{endpoint.slug}.{variant.name}.{example.name}: {words}"
        for endpoint in comp.endpoints
        for variant in endpoint.variants
        for example in variant.examples
        for words in _broken(ask(comp, endpoint.method, endpoint.path, example.request), variant, example)
    ]


def _broken(reply, variant, example):
    if reply.status_code != example.status:
        return [f"status is {reply.status_code}, {example.status} was promised: {reply.text[:200]}"]
    if example.stream:
        return _stream_broken(reply, variant, example)
    if variant.reply is bytes or not reply.content:
        return []
    said = orjson.loads(reply.content)
    words = [lacks(said, example.reply)]
    if example.status == 200:
        if variant.reply is not None:
            TypeAdapter(variant.reply).validate_python(said)
        words += [law.broken(example.request, said) for law in variant.laws]
    return [each for each in words if each]


def lacks(value, part, where="reply"):
    """Where a JSON value does not hold a part, or None."""
    if part is None:
        return None
    if isinstance(part, dict) and isinstance(value, dict):
        found = (lacks(value.get(key, ...), inner, f"{where}.{key}") for key, inner in part.items())
        return next(filter(None, found), None)
    if isinstance(part, list) and isinstance(value, list) and len(part) == len(value):
        found = (
            lacks(one, inner, f"{where}[{at}]")
            for at, (one, inner) in enumerate(zip(value, part, strict=True))
        )
        return next(filter(None, found), None)
    return None if value == part else f"{where}: is {value!r}, {part!r} was promised"


def _stream_broken(reply, variant, example):
    stream = TextStream(variant.dialect)
    stream.feed(0, reply.content)
    stream.finish(1)
    if stream.outcome != "whole":
        return [f"stream: {stream.why}"]
    said = {"text": stream.text}
    return [words for law in variant.laws if (words := law.broken(example.request, said))]
