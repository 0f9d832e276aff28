"""The five nodes of the measured chain, as cheap as asyncio can serve them, so that the orchestrator is what is measured.

    python benchmarks/chain_nodes.py [--first-ms 200] [--token-ms 50] [--tokens 32] [--faulted-share 0.3]

One process, a port for each node; prints one JSON line with the ports. The model streams to who asks for a stream.
`/slow` answers after 50 ms, `/never` gives a stream's head and then nothing, `/v1/traces` takes spans and forgets them.
Of all calls that share is answered wrongly: by an error, by half a reply, by no JSON, by a connection that breaks or closes.
"""

import argparse
import asyncio
import json
import random
import sys
from typing import cast

import uvloop

DIMENSION = 768  # BAAI/bge-base-en-v1.5
NODES = ("guardrail_in", "embedding", "retriever", "rerank", "llm")
SLOW_S = 0.05
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\n"


def _json(value: object) -> bytes:
    body = json.dumps(value).encode()
    return HEAD % b"application/json" + b"Content-Length: %d\r\n\r\n" % len(body) + body


def _chunk(delta: dict[str, str], reason: str | None) -> bytes:
    chunk = {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "m"}
    choices = [{"index": 0, "delta": delta, "finish_reason": reason}]
    data = b"data: " + json.dumps({**chunk, "choices": choices}).encode() + b"\n\n"
    return b"%x\r\n%s\r\n" % (len(data), data)


_NUMBERS = random.Random(1)
VECTOR = [round(_NUMBERS.uniform(-0.1, 0.1), 8) for _ in range(DIMENSION)]
TEXT = "Deep learning is a part of machine learning that uses neural networks with many layers. " * 3
REPLIES = {
    b"/v1/guardrails": _json({"id": "g", "text": "What is deep learning?", "downstream_black_list": []}),
    b"/embed": _json([VECTOR]),
    b"/v1/retrieval": _json(
        {
            "id": "r",
            "retrieved_docs": [{"id": str(n), "text": TEXT} for n in range(4)],
            "initial_query": "What is deep learning?",
            "top_n": 1,
        }
    ),
    b"/rerank": _json([{"index": n, "score": 0.9 - n / 10} for n in range(4)]),
    b"/v1/chat/completions": _json(
        {
            "id": "x",
            "object": "chat.completion",
            "created": 0,
            "model": "m",
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": "It is a part of machine learning."},
                    "finish_reason": "stop",
                }
            ],
        }
    ),
    b"/slow": _json({}),
    b"/v1/traces": _json({}),
}
STREAM = HEAD % b"text/event-stream" + b"Transfer-Encoding: chunked\r\n\r\n"
FAULTS = (
    b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\n\r\noops",
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 4\r\n\r\nbusy",
    HEAD % b"application/json" + b'Content-Length: 9\r\n\r\n{"text": ',
    HEAD % b"text/html" + b"Content-Length: 6\r\n\r\n<html>",
    HEAD % b"application/json" + b'Content-Length: 90\r\n\r\n{"text": ',  # And then the connection closes.
    STREAM + _chunk({"content": "half"}, None),  # The same: a stream without its end.
    b"",  # And then the connection breaks.
)
CLOSES = frozenset(FAULTS[4:6])
TAIL = _chunk({}, "stop") + b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n"


class Node(asyncio.Protocol):
    """One connection: requests in, canned replies out."""

    first_s = 0.2
    token_s = 0.05
    tokens = 32
    faulted_share = 0.0

    def __init__(self) -> None:
        self._held = b""
        self._transport: asyncio.Transport | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep it."""
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """Stop streaming to nobody."""
        for task in self._tasks:
            task.cancel()

    def data_received(self, data: bytes) -> None:
        """Answer each request that is whole."""
        self._held += data
        while True:
            head, mark, rest = self._held.partition(b"\r\n\r\n")
            if not mark:
                return
            place = head.lower().find(b"content-length:")
            size = int(head[place + 15 :].split(b"\r\n", 1)[0]) if place >= 0 else 0
            if len(rest) < size:
                return
            self._held = rest[size:]
            self._answer(head.split(b" ", 2)[1], rest[:size])

    def _answer(self, path: bytes, body: bytes) -> None:
        assert self._transport is not None
        if self.faulted_share and _NUMBERS.random() < self.faulted_share:
            self._fail(_NUMBERS.choice(FAULTS))
        elif path == b"/v1/chat/completions" and b'"stream":true' in body.replace(b": ", b":"):
            self._later(self._stream())
        elif path == b"/never":
            self._transport.write(STREAM)
        elif path == b"/slow":
            self._later(self._slowly())
        else:
            self._transport.write(REPLIES[path])

    def _fail(self, fault: bytes) -> None:
        assert self._transport is not None
        self._transport.write(fault)
        if fault in CLOSES:
            self._transport.close()
        elif not fault:
            self._transport.abort()

    def _later(self, work: "asyncio._CoroutineLike[None]") -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _slowly(self) -> None:
        assert self._transport is not None
        await asyncio.sleep(SLOW_S)
        self._transport.write(REPLIES[b"/slow"])

    async def _stream(self) -> None:
        assert self._transport is not None
        loop = asyncio.get_running_loop()
        began = loop.time()
        for n in range(self.tokens):
            await asyncio.sleep(began + self.first_s + n * self.token_s - loop.time())
            # A model server answers when it has something to say: the head comes with the first token.
            self._transport.write((b"" if n else STREAM) + _chunk({"content": f"token{n} "}, None))
        self._transport.write(TAIL)


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    servers = {name: await loop.create_server(Node, "127.0.0.1", 0) for name in NODES}
    ports = {name: server.sockets[0].getsockname()[1] for name, server in servers.items()}
    sys.stdout.write(json.dumps(ports) + "\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)


def main() -> None:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--first-ms", type=float, default=200)
    parser.add_argument("--token-ms", type=float, default=50)
    parser.add_argument("--tokens", type=int, default=32)
    parser.add_argument("--faulted-share", type=float, default=0.0)
    given = parser.parse_args()
    Node.faulted_share = given.faulted_share
    Node.first_s, Node.token_s, Node.tokens = given.first_ms / 1e3, given.token_ms / 1e3, given.tokens
    uvloop.run(_serve())


if __name__ == "__main__":
    main()
