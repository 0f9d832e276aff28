"""A server whose every delay is known: it answers after a set time, and says in the answer when it truly did.

    python -m harness.load.known_delay

A POST of `{"stream": true, "hold_ms": 40, "tokens": 8, "token_ms": 5}` is answered with so many tokens, the first after
`hold_ms`; what the body leaves out is as in `DEFAULTS`. The first token holds two moments, when the request was read and
when that token was written; every other token holds the moment it was written. All are `time.monotonic_ns()`, which a
client on the same machine reads too: what the client measures minus what the stamps say is the client's error, on any
machine, however busy.
The process prints one ready line, serves on loopback only, and ends when its standard input does.
"""

import asyncio
import json
from time import monotonic_ns
from typing import Any, cast

import uvloop

from harness.processes.child import announce, lifeline

JSON_HEAD = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n"
SSE_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
END = b'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'

DEFAULTS = {"stream": False, "hold_ms": 10.0, "tokens": 8, "token_ms": 4.0}


class KnownDelay(asyncio.Protocol):
    """One connection; requests come one after the other, as a pooling client sends them."""

    def __init__(self) -> None:
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - The protocol's shape.
        """Send nothing more."""
        self._transport = None

    def data_received(self, data: bytes) -> None:
        """Answer as soon as a request is whole."""
        read_ns = monotonic_ns()
        self._buffer += data
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found or len(rest) < _content_length(head):
            return
        body, self._buffer = rest[: _content_length(head)], rest[_content_length(head) :]
        asked = DEFAULTS | json.loads(body)
        asyncio.get_running_loop().call_later(asked["hold_ms"] / 1e3, self._answer, asked, read_ns)

    def _answer(self, asked: dict[str, Any], read_ns: int) -> None:
        if asked["stream"]:
            self._write(SSE_HEAD + _chunk(_event(f"{read_ns} {monotonic_ns()}")))
            self._next(asked, asked["tokens"] - 1)
        else:
            body = json.dumps({"text": f"{read_ns} {monotonic_ns()}"}).encode()
            self._write(JSON_HEAD.format(len(body)).encode() + body)

    def _next(self, asked: dict[str, Any], left: int) -> None:
        if left:
            asyncio.get_running_loop().call_later(asked["token_ms"] / 1e3, self._token, asked, left)
        else:
            self._write(_chunk(END) + b"0\r\n\r\n")

    def _token(self, asked: dict[str, Any], left: int) -> None:
        self._write(_chunk(_event(f" {monotonic_ns()}")))
        self._next(asked, left - 1)

    def _write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)


def _content_length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    return 0


def _event(content: str) -> bytes:
    return b'data: {"choices":[{"delta":{"content":"%b"}}]}\n\n' % content.encode()


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


async def serve() -> None:
    """Serve on a free port of loopback until standard input ends."""
    server = await asyncio.get_running_loop().create_server(KnownDelay, "127.0.0.1", 0, backlog=1024)
    port = server.sockets[0].getsockname()[1]
    announce(urls={"gateway": f"http://127.0.0.1:{port}"})
    await lifeline()
    server.close()


if __name__ == "__main__":
    uvloop.run(serve())
