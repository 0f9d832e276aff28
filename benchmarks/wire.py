"""What a wire costs: latency of one hop without a wire, with one, and with one that also traces.

    python benchmarks/wire.py [--requests 3000] [--rounds 5] [--json]

A raw asyncio server stands for the node, each part runs in a process of its own, and one client asks the addresses in turn, in an
order drawn anew for every request, so that whatever else the machine does falls on all alike. Each address has one kept connection.
`copied` is what any proxy costs: a process on uvloop that hands bytes on and does nothing else.
For /small and /vector the whole exchange counts, for /stream (16 events, 2 ms apart) the time to the first event. A figure is the
median over the rounds, with the smallest and the largest. Milliseconds.
"""

import argparse
import asyncio
import json
import random
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COST_MS_P50_MAX = 0.2
EVENT_GAP_S = 0.002
NUMBERS = ",".join(f"{n / 7919:.8f}" for n in range(768))
EVENT = 'data: {"id":"x","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":" word"}}]}\n\n'
END = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
BODIES = {
    "/small": ("application/json", '{"text":"Deep learning is a part of machine learning."}'),
    "/vector": ("application/json", f'{{"data":[{{"index":0,"embedding":[{NUMBERS}]}}]}}'),
    "/stream": ("text/event-stream", EVENT * 16 + END),
}
TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Node(asyncio.Protocol):
    """Answers every request at once with the body of its path; also takes spans, at any other path."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self.transport: Any = transport
        self.data = b""

    def data_received(self, data: bytes) -> None:
        """Answer each whole request."""
        self.data += data
        while b"\r\n\r\n" in self.data:
            head, _, rest = self.data.partition(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
            if len(rest) < length:
                return
            self.data = rest[length:]
            path = head.split(b" ", 2)[1]
            if path == b"/stream":
                self._stream(REPLIES[path], len(REPLIES[path]) - 16 * len(EVENT) - len(END) + len(EVENT))
            else:
                self.transport.write(REPLIES.get(path, REPLIES[b"/small"]))

    def _stream(self, rest: bytes, now_bytes: int) -> None:
        """Send so many bytes at once, and the others event by event."""
        if self.transport.is_closing():
            return
        self.transport.write(rest[:now_bytes])
        if rest := rest[now_bytes:]:
            asyncio.get_running_loop().call_later(EVENT_GAP_S, self._stream, rest, len(EVENT))


def _reply(content_type: str, body: str) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    return (head + body).encode()


REPLIES = {path.encode(): _reply(*said) for path, said in BODIES.items()}


class Copier(asyncio.Protocol):
    """One side of a connection that is handed on, byte for byte; `other` is where to."""

    def __init__(self, other: "Copier | None" = None) -> None:
        self.other = other

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport; a caller's is read once the node's stands."""
        self.transport: Any = transport
        if self.other is None:
            transport.pause_reading()  # type: ignore[attr-defined]
            self.opening = asyncio.get_running_loop().create_task(self._open())

    async def _open(self) -> None:
        loop = asyncio.get_running_loop()
        host, _, port = NODE[0].removeprefix("http://").partition(":")
        _, self.other = await loop.create_connection(lambda: Copier(self), host, int(port))
        self.transport.resume_reading()

    def data_received(self, data: bytes) -> None:
        """Hand on."""
        if self.other is not None:
            self.other.transport.write(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """The other side goes too."""
        del exc
        if self.other is not None:
            self.other.transport.abort()


NODE: list[str] = []  # Where a process of copiers hands its bytes.


async def serve(protocol: Callable[[], asyncio.Protocol]) -> None:
    """Be a process of its own: print the port, live until standard input ends."""
    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
    print(
        json.dumps({"ready": True, "url": f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"}),
        flush=True,
    )
    await asyncio.to_thread(sys.stdin.read)


@contextmanager
def child(*argv: str) -> Iterator[dict[str, Any]]:
    """A process that says a JSON line when it is ready, and ends when its standard input does."""
    process = subprocess.Popen([sys.executable, *argv], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
    finally:
        process.communicate(timeout=10)


@dataclass(frozen=True, slots=True)
class Hop:
    """A kept connection to one address, asked with blocking calls: the client's own cost is small and the same for all."""

    connection: socket.socket
    authority: str

    @classmethod
    def open(cls, url: str) -> "Hop":
        """Connect."""
        host, _, port = url.removeprefix("http://").partition(":")
        connection = socket.create_connection((host, int(port)), timeout=10)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return cls(connection, f"{host}:{port}")

    def ask(self, path: str) -> float:
        """One exchange, in milliseconds; of a stream, to its first event."""
        body = b'{"input":"What is deep learning?"}'
        request = (
            f"POST {path} HTTP/1.1\r\nHost: {self.authority}\r\nContent-Type: application/json\r\n"
            f"traceparent: {TRACEPARENT}\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode() + body
        left = len(REPLIES[path.encode()])
        began_ns = time.perf_counter_ns()
        self.connection.sendall(request)
        left -= len(self.connection.recv(262_144))
        came_ns = time.perf_counter_ns()
        while left > 0:
            left -= len(self.connection.recv(262_144))
        if path != "/stream":
            came_ns = time.perf_counter_ns()
        return (came_ns - began_ns) / 1e6


def measure(hops: Mapping[str, Hop], path: str, requests: int, seed: int) -> dict[str, list[float]]:
    """Every hop's times in milliseconds, sorted, asked in turns."""
    draw = random.Random(seed)
    names = list(hops)
    took: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(requests):
        draw.shuffle(names)
        for name in names:
            took[name].append(hops[name].ask(path))
    return {name: sorted(values) for name, values in took.items()}


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of the sorted values lie."""
    return values[min(len(values) - 1, int(share * len(values)))]


def summary(rounds: list[dict[str, list[float]]], figure: Callable[[list[float]], float]) -> dict[str, Any]:
    """Per hop the figure's median over the rounds and its range; for wires also the cost over the bare hop."""
    found: dict[str, Any] = {}
    for name in rounds[0]:
        each = [figure(one[name]) for one in rounds]
        cost = [figure(one[name]) - figure(one["bare"]) for one in rounds]
        found[name] = {
            "ms": round(statistics.median(each), 4),
            "ms_range": [round(min(each), 4), round(max(each), 4)],
            "cost_ms": round(statistics.median(cost), 4),
            "cost_ms_range": [round(min(cost), 4), round(max(cost), 4)],
        }
    return found


def wire(upstream: str, otlp: str | None) -> str:
    """The configuration of a process with one wire, journal in memory."""
    settings = {"node": "node", "comp": "bench", "upstream": upstream, "dialect": "openai", "streams": True}
    return json.dumps({"wires": [settings], "otlp": otlp, "run_id": "bench"})


def run(requests: int, rounds: int) -> dict[str, Any]:
    """All figures by path, percentile and hop."""
    with ExitStack() as parts:
        node = parts.enter_context(child(__file__, "--serve"))["url"]
        sink = parts.enter_context(child(__file__, "--serve"))["url"]
        wired = parts.enter_context(child("-m", "harness.wire", wire(node, None)))["urls"]["node"]
        traced = parts.enter_context(child("-m", "harness.wire", wire(node, f"{sink}/v1/traces")))["urls"][
            "node"
        ]
        copied = parts.enter_context(child(__file__, "--copy", node))["url"]
        urls = {"bare": node, "copied": copied, "wired": wired, "traced": traced}
        hops = {name: Hop.open(url) for name, url in urls.items()}
        found: dict[str, Any] = {}
        for path in BODIES:
            count = requests // 20 if path == "/stream" else requests  # A stream takes 32 ms.
            measure(hops, path, count // 10 + 1, -1)
            taken = [measure(hops, path, count, seed) for seed in range(rounds)]
            found[path] = {
                f"p{int(share * 100)}": summary(taken, lambda values, share=share: percentile(values, share))  # type: ignore[misc]
                for share in (0.5, 0.99)
            }
        for hop in hops.values():
            hop.connection.close()
    return found


def main() -> int:
    """Measure, print, and fail where a wire costs more than 0.2 ms at the median of small exchanges."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--requests", type=int, default=3000, help="for each hop and round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--copy", metavar="URL", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.serve:
        asyncio.run(serve(Node))
        return 0
    if chosen.copy:
        NODE.append(chosen.copy)
        import uvloop

        uvloop.run(serve(Copier))
        return 0
    found = run(chosen.requests, chosen.rounds)
    if chosen.json:
        print(json.dumps(found, indent=1))
    else:
        for path, figures in found.items():
            for share, by_hop in figures.items():
                for name, row in by_hop.items():
                    low, high = row["cost_ms_range"]
                    print(
                        f"{path:8} {share} {name:7} {row['ms']:7.3f} ms, costs {row['cost_ms']:6.3f} ({low:.3f}..{high:.3f})"
                    )
    cost_ms = max(found["/small"]["p50"][name]["cost_ms"] for name in ("wired", "traced"))
    return int(cost_ms > COST_MS_P50_MAX)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    sys.exit(main())
