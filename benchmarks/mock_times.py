"""How true a mock's times are while many streams are under way at once, and whether a mock that cannot keep up says so.

    python benchmarks/mock_times.py [--streams 64] [--rounds 3]        (before it `chrt --rr 1`, where other work cannot be stopped)

Each stream is one of `--streams` that run at the same time: 200 ms to its first token, then 100 tokens 10 ms apart. Prints one JSON document.
Exit code 0: first tokens and gaps are within 5 ms of what was set at the 99th per cent, and a mock that is asked for more than it can give says
that it is saturated. 1: one of the two does not hold. 6: unknown, because the client itself was 2 ms late or more.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from typing import Any
from urllib.parse import urlsplit

import orjson
import psutil
import uvloop

from harness.client import Client
from harness.comp import World
from harness.verdict import EXIT_HOLDS, EXIT_UNKNOWN, EXIT_VIOLATED
from mocks._store import Chunk, store_of
from scenarios._corpus import DOCUMENTS

FIRST_MS, TOKEN_MS, TOKENS = 200.0, 10.0, 100
ERROR_MS_MAX, CLIENT_LATE_MS_MAX = 5.0, 2.0
TICK_S = 0.002
FLOOD_STREAMS, FLOOD_TOKEN_MS = 256, 1.0  # 256,000 tokens a second, more than one core can say.
PATH = "/v1/chat/completions"
JSON = {"content-type": "application/json"}
ENDING_LIMIT_S = 30
STREAM_LIMIT_S = 60


def started(mocks: list[dict[str, Any]]) -> tuple[subprocess.Popen[bytes], dict[str, str], float]:
    """A process of mocks, their addresses, and the seconds until they were ready."""
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "harness.mocking.process"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps({"mocks": mocks}).encode() + b"\n")
    process.stdin.flush()
    urls = json.loads(process.stdout.readline())["urls"]
    return process, urls, time.monotonic() - began


def ended(process: subprocess.Popen[bytes]) -> None:
    """End the process by the end of its standard input."""
    assert process.stdin is not None
    process.stdin.close()
    process.wait(timeout=ENDING_LIMIT_S)


def fill(world: World) -> None:
    """Give the retriever the scenario's documents to search."""
    store_of(world).index("rag_redis").add([Chunk(each.id, each.text) for each in DOCUMENTS])


def _question(tokens: int) -> bytes:
    """A chat whose answer has so many tokens: its context is one long sentence."""
    context = " ".join(["tram", *["word"] * (tokens - 1)])
    messages = [{"role": "system", "content": context}, {"role": "user", "content": "tram"}]
    return orjson.dumps({"stream": True, "messages": messages})


class _Reading(asyncio.Protocol):
    """One stream, read with as little work as can be: what it times is the mock, not itself."""

    def __init__(self, request: bytes) -> None:
        self._request = request
        self.sent_ns = 0
        self.came: list[tuple[int, bytes]] = []
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        """Ask."""
        self.sent_ns = time.monotonic_ns()
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Note when it came; what it says is looked at afterwards."""
        self.came.append((time.monotonic_ns(), data))

    def connection_lost(self, _error: Exception | None) -> None:
        """The server closes when it has said all."""
        if not self.ended.done():
            self.ended.set_result(None)

    def tokens_ns(self) -> list[int]:
        """When each token came."""
        return [at_ns for at_ns, data in self.came for _ in range(data.count(b": t_ns="))]

    def stamps_ns(self) -> list[int]:
        """When each token went out, as the mock itself says."""
        said = b"".join(data for _, data in self.came).split(b": t_ns=")[1:]
        return [int(each.partition(b"\n")[0]) for each in said]


@dataclass(slots=True)
class Seen:
    """What was seen of some rounds, in milliseconds: errors of first tokens and gaps, ways from the mock to us, our own lateness."""

    token_ms: float
    first_ms: list[float] = field(default_factory=list)
    gap_ms: list[float] = field(default_factory=list)
    way_ms: list[float] = field(default_factory=list)
    late_ms: list[float] = field(default_factory=list)
    short: int = 0

    def add(self, stream: _Reading, tokens: int) -> None:
        """Count one stream in."""
        came, went = stream.tokens_ns(), stream.stamps_ns()
        self.short += len(came) != tokens
        self.first_ms += [abs((at_ns - stream.sent_ns) / 1e6 - FIRST_MS) for at_ns in came[:1]]
        self.gap_ms += [abs((after - before) / 1e6 - self.token_ms) for before, after in pairwise(came)]
        self.way_ms += [(at_ns - stamp_ns) / 1e6 for at_ns, stamp_ns in zip(came, went, strict=True)]


async def _round(url: str, streams: int, tokens: int, seen: Seen, random: Random) -> None:
    """So many streams at once, which begin at times of their own within one gap after the other."""
    place, body = urlsplit(url), _question(tokens)
    head = f"POST {PATH} HTTP/1.1\r\nhost: {place.netloc}\r\nconnection: close\r\ncontent-type: application/json\r\n"
    request = f"{head}content-length: {len(body)}\r\n\r\n".encode() + body
    loop = asyncio.get_running_loop()

    async def one() -> _Reading:
        await asyncio.sleep(random.uniform(0, FIRST_MS / 1e3))
        _, stream = await loop.create_connection(
            lambda: _Reading(request), place.hostname or "", place.port or 80
        )
        await asyncio.wait_for(stream.ended, STREAM_LIMIT_S)
        return stream

    ticking = asyncio.ensure_future(_tick(seen.late_ms))
    for stream in await asyncio.gather(*(one() for _ in range(streams))):
        seen.add(stream, tokens)
    ticking.cancel()


async def _tick(late_ms: list[float]) -> None:
    """Note how late our own loop is, again and again."""
    while True:
        due_ns = time.monotonic_ns() + int(TICK_S * 1e9)
        await asyncio.sleep(TICK_S)
        late_ms.append(max(0.0, (time.monotonic_ns() - due_ns) / 1e6))


def _p99(values: Iterable[float]) -> float:
    ordered = sorted(values)
    return round(ordered[int(0.99 * (len(ordered) - 1))], 2) if ordered else float("nan")


def _said(url: str) -> dict[str, Any]:
    """What the mock says of itself."""

    async def state() -> Any:
        client = Client()
        try:
            return orjson.loads((await client.request("GET", f"{url}/_harness/state")).body)
        finally:
            await client.close()

    said: dict[str, Any] = uvloop.run(state())
    return said


def _measured(token_ms: float, streams: int, rounds: int, tokens: int) -> tuple[Seen, dict[str, Any]]:
    """What was seen of a mock of its own, and the figures of it."""
    latency = {"first_ms": FIRST_MS, "token_ms": token_ms}
    spec = {"name": "llm", "comp": "llms.text_generation", "latency": latency, "stamped": True}
    process, urls, _ = started([spec])
    seen, random = Seen(token_ms), Random(0)
    try:
        before_s = sum(psutil.Process(process.pid).cpu_times()[:2])
        for _ in range(rounds):
            uvloop.run(_round(urls["llm"], streams, tokens, seen, random))
        cpu_s = sum(psutil.Process(process.pid).cpu_times()[:2]) - before_s
        said = _said(urls["llm"])
    finally:
        ended(process)
    return seen, {
        "streams": streams,
        "tokens": len(seen.way_ms),
        "not_whole": seen.short,
        "first_token_error_ms_p99": _p99(seen.first_ms),
        "gap_error_ms_p99": _p99(seen.gap_ms),
        "from_mock_to_client_ms_p99": _p99(seen.way_ms),
        "client_late_ms_p99": _p99(seen.late_ms),
        "mock_late_ms_p99": round(said["late_ms_p99"], 2),
        "mock_saturated": said["saturated"],
        "mock_cpu_us_a_token": round(cpu_s / max(1, len(seen.way_ms)) * 1e6, 1),
    }


def times(streams: int, rounds: int) -> tuple[dict[str, Any], int]:
    """How true a mock's times are, whether it says so when they are not, and the exit code of both."""
    seen, kept = _measured(TOKEN_MS, streams, rounds, TOKENS)
    _, flooded = _measured(FLOOD_TOKEN_MS, FLOOD_STREAMS, 1, TOKENS)
    true = max(_p99(seen.first_ms), _p99(seen.gap_ms)) <= ERROR_MS_MAX and not seen.short
    told = bool(flooded["mock_saturated"])
    code = EXIT_HOLDS if true and told else EXIT_VIOLATED
    if told and not true and _p99(seen.late_ms) >= CLIENT_LATE_MS_MAX:
        code = EXIT_UNKNOWN
    return {"kept_up": kept, "flooded": flooded}, code


def main() -> None:
    """Measure, print, and say by the exit code what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--streams", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    found, code = times(given.streams, given.rounds)
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    sys.exit(code)


if __name__ == "__main__":
    main()
