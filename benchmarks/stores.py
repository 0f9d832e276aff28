"""The real stores beside the embedded ones: how soon each is ready, how long a search in it takes, what it takes to read it out.

    python benchmarks/stores.py [--times 5] [--chunks 40 4000] [--traces 1000]

PostgreSQL needs `pip install 'opea-harness[postgres]'`, Jaeger `opea-harness setup jaeger`; what is not here is left out and said.
"""

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import httpx
import orjson

from harness.cache import cache_dir
from harness.errors import HarnessError
from harness.jaeger.binary import built
from harness.processes.child import Child
from harness.traces.jaeger import Jaeger, Patience, Window
from mocks._postgres import THROWAWAY, Postgres
from mocks._store import Chunk, Index, Matrix
from mocks._text import DIMENSION, embed

READY_LIMIT_S = 60.0
SEARCHES, K = 300, 4
SPANS_A_TRACE, TRACES_A_POST = 8, 50
EVER = Window(0, 2 * 10**18)
SETTLED = Patience(quiet_s=0.0, poll_s=0.02)


async def started(name: str, argv: Sequence[str]) -> tuple[Child, dict[str, Any], float]:
    """A store as a process, what it says when it is ready, and after how many seconds that was."""
    began_s = time.monotonic()
    child = await Child.start(name, argv, Path(tempfile.gettempdir()) / f"opea-harness-benchmark-{name}.log")
    ready = await child.ready(READY_LIMIT_S)
    return child, ready, time.monotonic() - began_s


async def start_times(name: str, argv: Sequence[str], times: int) -> None:
    """Print how long it takes until it is ready, and until it is gone."""
    up_s, down_s = [], []
    for _ in range(times):
        child, _, took_s = await started(name, argv)
        up_s.append(took_s)
        began_s = time.monotonic()
        await child.stop()
        down_s.append(time.monotonic() - began_s)
    print(
        f"{name:<12} ready after {statistics.median(up_s):.2f} s (at most {max(up_s):.2f}),"
        f" gone after {statistics.median(down_s):.2f} s"
    )


def search_times(name: str, index: Index, chunks: int) -> None:
    """Print how long it takes to fill an index, and to search it."""
    random = Random(0)
    words = ["".join(random.choices("abcdefghijklmnop", k=6)) for _ in range(2000)]
    texts = [" ".join(random.choices(words, k=40)) for _ in range(chunks)]
    filling_ms = _took_ms(
        lambda: index.add([Chunk(f"{place}.txt", text) for place, text in enumerate(texts)])
    )
    vectors = [embed(" ".join(random.choices(words, k=8)), DIMENSION) for _ in range(SEARCHES)]
    index.search(vectors[0], K)
    taken_ms = sorted(_took_ms(partial(index.search, vector, K)) for vector in vectors)
    print(
        f"{name:<12} {chunks:>6} chunks: filled in {filling_ms:.0f} ms; a search takes"
        f" {taken_ms[SEARCHES // 2]:.2f} ms p50, {taken_ms[int(SEARCHES * 0.95)]:.2f} p95, {taken_ms[int(SEARCHES * 0.99)]:.2f} p99"
    )


def _took_ms(work: Callable[[], object]) -> float:
    began_ns = time.monotonic_ns()
    work()
    return (time.monotonic_ns() - began_ns) / 1e6


async def read_times(name: str, ready: dict[str, Any], traces: int) -> None:
    """Print how long it takes until spans that were posted can be read, and to read them all."""
    posted_ns = time.monotonic_ns()
    async with httpx.AsyncClient(verify=False) as http:
        for first in range(0, traces, TRACES_A_POST):
            body = _export(range(first, min(first + TRACES_A_POST, traces)))
            reply = await http.post(ready["otlp"], content=body, headers={"content-type": "application/json"})
            reply.raise_for_status()
    async with Jaeger(ready["query"]) as jaeger:
        await jaeger.settled_traces(EVER, roots_expected=traces, patience=SETTLED)
    print(
        f"{name:<12} {traces} traces can be read {(time.monotonic_ns() - posted_ns) / 1e9:.2f} s after the first post"
    )
    for api in ("v3", "v1"):
        async with Jaeger(ready["query"], api=api) as jaeger:
            began_ns = time.monotonic_ns()
            pull = await jaeger.traces(EVER)
        read_s = (time.monotonic_ns() - began_ns) / 1e9
        rate_per_s = pull.span_count / read_s
        print(
            f"{name:<12} {pull.span_count} spans read through {api} in {read_s:.2f} s, {rate_per_s:,.0f} spans/s"
        )


def _export(numbers: Sequence[int]) -> bytes:
    now_ns = time.time_ns()
    spans = [
        {
            "traceId": f"{number + 1:032x}",
            "spanId": f"{number * SPANS_A_TRACE + place + 1:016x}",
            "parentSpanId": f"{number * SPANS_A_TRACE + 1:016x}" if place else "",
            "name": "POST /v1/node",
            "kind": 3,
            "startTimeUnixNano": str(now_ns + number * 1_000_000),
            "endTimeUnixNano": str(now_ns + number * 1_000_000 + 5_000_000),
            "attributes": [{"key": f"opea.{key}", "value": {"stringValue": "embedding"}} for key in "abcdef"],
        }
        for number in numbers
        for place in range(SPANS_A_TRACE)
    ]
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "rag"}}]}
    return orjson.dumps({"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": spans}]}]})


async def vectors(times: int, chunks: Sequence[int]) -> None:
    """The index in memory and in PostgreSQL."""
    argv = ("-m", "harness.postgres.process")
    await start_times("PostgreSQL", argv, times)
    child, ready, _ = await started("PostgreSQL", argv)
    store = Postgres.at(ready["dsn"], DIMENSION)
    try:
        for count in chunks:
            search_times("memory", Matrix(DIMENSION), count)
            search_times("PostgreSQL", store.index(f"{THROWAWAY}{uuid4().hex}"), count)
    finally:
        store.close()
        await child.stop()


async def traces(times: int, count: int) -> None:
    """The embedded trace store and a real Jaeger."""
    program = built(cache_dir(os.environ)).program
    for name, argv in (
        ("embedded", ("-m", "harness.traces.store")),
        ("Jaeger", ("-m", "harness.jaeger.process", str(program))),
    ):
        await start_times(name, argv, times)
        child, ready, _ = await started(name, argv)
        try:
            await read_times(name, ready, count)
        finally:
            await child.stop()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--chunks", type=int, nargs="*", default=[40, 4000])
    parser.add_argument("--traces", type=int, default=1000)
    given = parser.parse_args()
    print(f"load average {os.getloadavg()[0]:.1f}")
    for work in (vectors(given.times, given.chunks), traces(given.times, given.traces)):
        try:
            asyncio.run(work)
        except HarnessError as error:
            print(f"left out: {error}")
    print(f"load average {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
