"""How true a mock's times are while many streams are under way; `benchmarks/mock_servers.py` prints it."""

import asyncio
import json
import subprocess
import sys
import time
from typing import Any

import orjson
import uvloop

from harness.client import Client
from harness.comp import World
from mocks._store import Chunk, store_of
from scenarios._corpus import DOCUMENTS

FIRST_MS, TOKEN_MS = 200.0, 10.0
STAGGER_S = 0.03
JSON = {"content-type": "application/json"}
ENDING_LIMIT_S = 30


def started(mocks: list[dict[str, Any]]) -> tuple[subprocess.Popen[bytes], dict[str, str], float]:
    """A process of mocks, their addresses, and the seconds until they were ready."""
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "harness.stack.mock"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
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


async def _streamed(url: str, streams: int) -> tuple[list[float], list[float], list[float]]:
    """Of streams that begin one after the other: how far first tokens and gaps are from what was set, and our own lateness."""
    client, first, gaps, late = Client(), [], [], []
    asked = {"stream": True, "messages": [{"role": "user", "content": f"Say a long thing. {'word ' * 24}"}]}
    body = orjson.dumps(asked)

    async def one(place: int) -> None:
        due = time.monotonic() + place * STAGGER_S
        await asyncio.sleep(place * STAGGER_S)
        late.append(max(0.0, (time.monotonic() - due) * 1e3))
        began, before = time.monotonic_ns(), 0
        async with client.stream("POST", url, headers=JSON, body=body) as reply:
            async for at_ns, _ in reply:
                if before:
                    gaps.append(abs((at_ns - before) / 1e6 - TOKEN_MS))
                else:
                    first.append(abs((at_ns - began) / 1e6 - FIRST_MS))
                before = at_ns

    await asyncio.gather(*(one(place) for place in range(streams)))
    await client.close()
    return first, gaps, late


def _p99(values: list[float]) -> float:
    return round(sorted(values)[int(0.99 * (len(values) - 1))], 2)


def times(streams: int, rounds: int) -> dict[str, Any]:
    """How true a mock's times are under many streams at once."""
    latency = {"first_ms": FIRST_MS, "token_ms": TOKEN_MS}
    process, urls, _ = started([{"name": "llm", "comp": "llms.text_generation", "latency": latency}])
    first: list[float] = []
    gaps: list[float] = []
    late: list[float] = []
    for _ in range(rounds):
        found = uvloop.run(_streamed(urls["llm"] + "/v1/chat/completions", streams))
        for kept, new in zip((first, gaps, late), found, strict=True):
            kept.extend(new)

    async def state() -> Any:
        client = Client()
        try:
            return orjson.loads((await client.request("GET", urls["llm"] + "/_harness/state")).body)
        finally:
            await client.close()

    said = uvloop.run(state())
    ended(process)
    return {
        "streams": streams,
        "first_tokens": len(first),
        "gaps": len(gaps),
        "first_token_error_ms_p99": _p99(first),
        "gap_error_ms_p99": _p99(gaps),
        "client_late_ms_p99": _p99(late),
        "mock_late_ms_p99": round(said["late_ms_p99"], 2),
        "mock_saturated": said["saturated"],
    }


def fill(world: World) -> None:
    """Give the retriever the scenario's documents to search."""
    store_of(world).index("rag_redis").add([Chunk(each.id, each.text) for each in DOCUMENTS])
