"""Nodes on real sockets in the test's own event loop: each answers as told, and remembers what it was sent."""

import asyncio
import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Self

from harness.opea import MicroService, ServiceType

LIMIT_S = 20.0
OPENAI_END = b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'


def openai(*texts: str) -> list[bytes]:
    """A whole stream of an OpenAI server, one piece an event."""
    chunks = [
        {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]} for text in texts
    ]
    return [*(b"data: " + json.dumps(chunk).encode() + b"\n\n" for chunk in chunks), OPENAI_END]


@dataclass
class Raw:
    """A reply by status, content type and body."""

    body: bytes = b""
    status: int = 200
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Stream:
    """A reply in pieces, each after `every_s`; afterwards it is ended, cut, or left hanging."""

    pieces: list[bytes]
    content_type: str = "text/event-stream"
    every_s: float = 0.0
    then: str = "end"


@dataclass
class Silence:
    """No reply at all."""


@dataclass
class Late:
    """A reply after a while."""

    reply: object
    after_s: float


@dataclass
class Together:
    """A reply once as many nodes as `met` is for were asked; where one is asked after another nobody answers."""

    reply: object
    met: asyncio.Barrier


@dataclass
class Seen:
    """A request that a node got."""

    node: str
    path: str
    headers: dict[str, str]
    body: object


class Lab:
    """The nodes of one test; to be entered with `async with`."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.left: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self.sent: dict[str, int] = defaultdict(int)
        self._listeners: list[asyncio.Server] = []
        self._talks: list[asyncio.Task] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for listener in self._listeners:
            listener.close()
        for task in self._talks:
            task.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    async def node(
        self, name: str, reply: object, service_type=ServiceType.UNDEFINED, **options
    ) -> MicroService:
        """A node that answers so; a function of the request's JSON gives a reply each time."""
        listener = await asyncio.start_server(lambda r, w: self._take(name, reply, r, w), "127.0.0.1", 0)
        self._listeners.append(listener)
        port = listener.sockets[0].getsockname()[1]
        if "api_key" in options:
            options["host"] = f"http://127.0.0.1:{port}"
        settings = {"host": "127.0.0.1", "port": port, "endpoint": f"/v1/{name}", **options}
        return MicroService(name, service_type=service_type, use_remote_service=True, **settings)

    async def llm(self, name: str, reply: object, **options) -> MicroService:
        """A node that is given LLM parameters, and may stream."""
        return await self.node(name, reply, ServiceType.LLM, **options)

    def bodies(self, name: str) -> list:
        """What a node was sent."""
        return [seen.body for seen in self.seen if seen.node == name]

    def headers(self, name: str) -> dict[str, str]:
        """The headers of a node's first request."""
        return next(seen.headers for seen in self.seen if seen.node == name)

    def _take(self, name, reply, reader, writer) -> None:
        self._talks.append(asyncio.create_task(self._talk(name, reply, reader, writer)))

    async def _talk(self, name, reply, reader, writer) -> None:
        try:
            while True:
                seen = await _read(name, reader)
                self.seen.append(seen)
                said = reply(seen.body) if callable(reply) else reply
                await self._say(name, said, reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _say(self, name, said, reader, writer) -> None:
        if isinstance(said, Late):
            await asyncio.sleep(said.after_s)
            said = said.reply
        if isinstance(said, Together):
            async with asyncio.timeout(LIMIT_S):
                await said.met.wait()
            said = said.reply
        if isinstance(said, Silence):
            await self._until_left(name, reader)
        elif isinstance(said, bytes):
            writer.write(said)
            raise ConnectionResetError
        elif isinstance(said, Stream):
            await self._stream(name, said, reader, writer)
        else:
            raw = said if isinstance(said, Raw) else Raw(json.dumps(said).encode())
            head = {"Content-Length": len(raw.body), **raw.headers}
            if raw.content_type:
                head["Content-Type"] = raw.content_type
            lines = "".join(f"{key}: {value}\r\n" for key, value in head.items())
            writer.write(f"HTTP/1.1 {raw.status} X\r\n{lines}\r\n".encode() + raw.body)
            await writer.drain()

    async def _stream(self, name, said, reader, writer) -> None:
        leaving = asyncio.create_task(self._until_left(name, reader))
        try:
            writer.write(
                f"HTTP/1.1 200 OK\r\nContent-Type: {said.content_type}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
            )
            for piece in said.pieces:
                if said.every_s:
                    await asyncio.sleep(said.every_s)
                if leaving.done():
                    raise ConnectionResetError
                writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                await writer.drain()
                self.sent[name] += 1
            if said.then == "hang":
                await leaving
            if said.then == "end":
                writer.write(b"0\r\n\r\n")
                await writer.drain()
            raise ConnectionResetError
        finally:
            leaving.cancel()

    async def _until_left(self, name, reader) -> None:
        await reader.read()
        self.left[name].set()


async def _read(name: str, reader: asyncio.StreamReader) -> Seen:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {}
    for line in head[1:-2]:
        key, _, value = line.partition(": ")
        headers[key.lower()] = value
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Seen(name, head[0].split(" ")[1], headers, json.loads(body) if body else None)
