"""A raw node, a wire before it, and a raw caller: bytes are what the test says."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import pytest

from harness.discovery import FAULT, discover
from harness.journal import Journal
from harness.switchboard import Standing
from harness.wire.wire import Behind, Keeping, Wire

FAULTS = discover(FAULT)
LIMIT_S = 10


def ok(body: bytes = b'{"text":"hello"}', content_type: str = "application/json", more: str = "") -> bytes:
    """A reply with a length."""
    return (
        f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\n{more}Content-Length: {len(body)}\r\n\r\n".encode()
        + body
    )


def chunked(*pieces: bytes, content_type: str = "text/event-stream") -> list[bytes]:
    """A chunked reply, one item for the head, each piece and the end."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    return [head, *(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces), b"0\r\n\r\n"]


def post(path: str = "/v1/x", body: bytes = b'{"a":1}', more: str = "") -> bytes:
    """A request with a length."""
    return f"POST {path} HTTP/1.1\r\nHost: here\r\n{more}Content-Length: {len(body)}\r\n\r\n".encode() + body


class Node:
    """Answers each request with the next of `replies`, the last one for ever.

    A reply is bytes, a list of bytes sent one by one, None for never, or a function of the writer. `heads` and `bodies` are what
    came, `opened` counts connections, `open` those that stand.
    """

    def __init__(self, *replies: object) -> None:
        self.replies = list(replies)
        self.heads: list[bytes] = []
        self.bodies: list[bytes] = []
        self.opened = self.open = 0
        self.url = ""
        self.gap_s = 0.0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.opened += 1
        self.open += 1
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                self.heads.append(await reader.readuntil(b"\r\n\r\n"))
                self.bodies.append(await self._body(reader, self.heads[-1].lower()))
                if not await self._answer(writer):
                    break
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
        self.open -= 1

    async def _body(self, reader: asyncio.StreamReader, head: bytes) -> bytes:
        if b"chunked" in head:
            body = b""
            while size := int(await reader.readline(), 16):
                body += await reader.readexactly(size)
                await reader.readline()
            await reader.readline()
            return body
        return await reader.readexactly(
            int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
        )

    async def _answer(self, writer: asyncio.StreamWriter) -> bool:
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if callable(reply):
            return bool(reply(writer))
        for piece in [reply] if isinstance(reply, bytes) else reply or []:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(self.gap_s)
        return True


@contextlib.asynccontextmanager
async def open_node(*replies: object) -> AsyncIterator[Node]:
    node = Node(*(replies or (ok(),)))
    server = await asyncio.start_server(node.serve, "127.0.0.1", 0)
    node.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield node
    finally:
        server.close()


class Line:
    """A caller's connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def ask(self, request: bytes) -> tuple[bytes, bytes]:
        """Send, and read one reply: its head, and its body without framing."""
        self.writer.write(request)
        return await self.reply()

    async def reply(self) -> tuple[bytes, bytes]:
        async with asyncio.timeout(LIMIT_S):
            head = await self.reader.readuntil(b"\r\n\r\n")
            lowered = head.lower()
            if b"chunked" in lowered:
                body = b""
                while size := int(await self.reader.readline(), 16):
                    body += await self.reader.readexactly(size)
                    await self.reader.readline()
                await self.reader.readline()
                return head, body
            if b"content-length: " in lowered:
                length = int(lowered.partition(b"content-length: ")[2].partition(b"\r\n")[0])
                return head, await self.reader.readexactly(length)
            return head, await self.reader.read()

    async def rest(self) -> tuple[bytes, str]:
        """All that comes until the connection ends, and how it ended: eof or reset."""
        got = b""
        async with asyncio.timeout(LIMIT_S):
            while True:
                try:
                    piece = await self.reader.read(65536)
                except ConnectionResetError:
                    return got, "reset"
                if not piece:
                    return got, "eof"
                got += piece


class Bench:
    """A wire before a node, callers to it, and what its journal holds."""

    def __init__(self, node: Node, wire: Wire, journal: Journal) -> None:
        self.node, self.wire, self.journal = node, wire, journal
        self.lines: list[Line] = []

    async def line(self) -> Line:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(self.wire.url.rpartition(":")[2]))
        self.lines.append(Line(reader, writer))
        return self.lines[-1]

    def put(self, name: str, **how: object) -> Standing:
        standing = Standing(FAULTS[name], **how)
        self.wire.switchboard.put(standing)
        return standing

    async def exchanges(self, count: int) -> list:
        """The journal, as soon as it holds so many exchanges."""
        await until(lambda: self.journal.last_seq >= count)
        return self.journal.since(0)


async def until(holds: Callable[[], object]) -> None:
    """Wait until something holds; fails after ten seconds."""
    for _ in range(LIMIT_S * 1000):
        if holds():
            return
        await asyncio.sleep(0.001)
    raise AssertionError("did not come to hold within 10 s")


@contextlib.asynccontextmanager
async def open_bench(*replies: object, dialect=None, tracer=None, faults=None) -> AsyncIterator[Bench]:
    async with open_node(*replies) as node:
        journal = Journal()
        keeping = Keeping(journal, tracer, "run-1")
        wire = Wire(Behind("llm", "llms", node.url, dialect), {**FAULTS, **(faults or {})}, keeping)
        wire.up()
        bench = Bench(node, wire, journal)
        try:
            yield bench
        finally:
            wire.close()
            for line in bench.lines:
                line.writer.close()
                with contextlib.suppress(ConnectionError):
                    await line.writer.wait_closed()
            await until(lambda: not node.open)


class Kit:
    """All of the above for tests."""

    ok = staticmethod(ok)
    chunked = staticmethod(chunked)
    post = staticmethod(post)
    node = staticmethod(open_node)
    bench = staticmethod(open_bench)
    until = staticmethod(until)
    Line = Line


@pytest.fixture
def kit():
    """Makers of replies, requests, nodes and wires."""
    return Kit
