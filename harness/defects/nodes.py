"""Raw nodes on a socket: each answers as its behaviour says, whatever HTTP servers would do, and every request is noted.

All nodes of all cases share one address, the path tells them apart; it also serves as a proxy, to see who uses one.
"""

import asyncio
import contextlib
import socket
from collections import defaultdict
from collections.abc import Iterable
from typing import Self
from urllib.parse import urlsplit

import orjson

from harness.defects.behaviour import Behaviour, Reply, Says
from harness.defects.defect import FAR, NEAR, Case
from harness.defects.witness import Call

STREAMING = ("HTTP/1.1 200 X", "Transfer-Encoding: chunked", "Connection: close")


class RawNodes:
    """The nodes of cases; to be entered with `async with`. `calls` holds what each case's nodes were sent."""

    def __init__(self, cases: Iterable[Case]) -> None:
        self.calls: defaultdict[str, list[Call]] = defaultdict(list)
        self.places: dict[str, int] = {}
        self._behaviours = {
            f"/{case.slug}/{node.name}": node.behaviour for case in cases for node in case.nodes
        }
        self._servers: list[asyncio.Server] = []
        self._talks: set[asyncio.Task[None]] = set()
        self._nobody = socket.socket()  # Bound and not listening: a connection to it is refused.

    async def __aenter__(self) -> Self:
        self._nobody.bind((NEAR, 0))
        self.places["nobody"] = self._nobody.getsockname()[1]
        for host in (NEAR, FAR):
            server = await asyncio.start_server(self._take, host, 0)
            self._servers.append(server)
            self.places[host] = server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        for server in self._servers:
            server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        self._nobody.close()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.current_task()
        assert talk is not None
        self._talks.add(talk)
        try:
            while await self._exchange(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._talks.discard(talk)
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and its reply; says whether the connection may serve another."""
        path, call = await _read(reader)
        case = path.split("/")[1]
        self.calls[case].append(call)
        try:
            return await _answer(_reply(self._behaviours.get(path), call), call, reader, writer)
        finally:
            call.is_over = True


def _reply(behaviour: Behaviour, call: Call) -> Reply:
    if behaviour is None:
        return Says(b"no such node", 404, "text/plain")
    return behaviour(call.body) if callable(behaviour) else behaviour


async def _read(reader: asyncio.StreamReader) -> tuple[str, Call]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = [line.partition(": ") for line in head[1:-2]]
    headers = {name.lower(): value for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    target = head[0].split(" ")[1]
    path = urlsplit(target).path
    parsed = orjson.loads(body) if body else None
    return path, Call(path.rpartition("/")[2], headers, parsed, is_proxied=target.startswith("http"))


async def _answer(
    reply: Reply, call: Call, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> bool:
    if await _has_left(reader, reply.after_s):
        call.is_left = True
        return False
    if isinstance(reply, Says):
        lines = (
            f"HTTP/1.1 {reply.status} X",
            f"Content-Type: {reply.content_type}",
            f"Content-Length: {len(reply.body)}",
        )
        writer.write(_head(*lines) + reply.body)
        await writer.drain()
        return True
    leaving = asyncio.ensure_future(reader.read(1))
    try:
        writer.write(_head(*STREAMING, f"Content-Type: {reply.content_type}"))
        for piece in reply.pieces:
            await asyncio.sleep(reply.every_s)
            if leaving.done():
                call.is_left = True
                return False
            writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            await writer.drain()
            call.written += 1
        if not reply.is_cut:
            writer.write(b"0\r\n\r\n")
            await writer.drain()
        return False
    finally:
        leaving.cancel()
        with contextlib.suppress(asyncio.CancelledError, ConnectionError):
            await leaving


async def _has_left(reader: asyncio.StreamReader, after_s: float) -> bool:
    """Wait so long; says whether the caller went meanwhile. One that waits for its answer sends nothing."""
    if not after_s:
        return False
    leaving = asyncio.ensure_future(reader.read(1))
    try:
        done, _ = await asyncio.wait({leaving}, timeout=after_s)
        return bool(done)
    finally:
        leaving.cancel()
        with contextlib.suppress(asyncio.CancelledError, ConnectionError):
            await leaving


def _head(*lines: str) -> bytes:
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode()
