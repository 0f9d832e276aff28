"""The instrument's certificate: by how much the engine misreads times that are known, on this machine and right now.

The engine drives a server that stamps its true times into its answers (`harness.load.known_delay`), a process of its own,
with as many requests under way as the load to come will have. What the engine read minus what the stamps say is its error.
Nothing is subtracted from any figure: the certificate stands beside them. It takes at most two seconds.
"""

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from harness.asking import Asker
from harness.client import Client, Limits
from harness.history import Mode, Op
from harness.load.arrivals import Arrivals
from harness.load.engine import Load, drive
from harness.megaservice import Megaservice, Node
from harness.owner import this_process
from harness.processes.child import Child
from harness.quantiles import quantile
from harness.scenario import Question, Scenario

READY_LIMIT_S = 5.0
DURATION_S = 1.25  # With the server's start and the last answers two seconds in all.
RATE_PER_S_MIN = 240.0  # Gives each figure the 299 samples that a p99 needs.
BUSY_MS_MAX = 450.0  # More under way at once would take longer than a certificate may.
TOKENS = 8
TOKEN_MS = 4.0


@dataclass(frozen=True, slots=True)
class Certificate:
    """Errors of the engine in milliseconds, measured minus true: of the whole, of the first token, of each gap (either way).

    None where the samples are too few. `concurrent` is how many requests were under way at once.
    """

    requests: int
    failed: int
    rate_per_s: float
    concurrent: float
    service_ms_p50: float | None = None
    service_ms_p99: float | None = None
    ttft_ms_p50: float | None = None
    ttft_ms_p99: float | None = None
    itl_ms_p50: float | None = None
    itl_ms_p99: float | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """What the known-delay server is asked for; a request takes `hold_ms` and then `token_ms` for each further token."""

    rate_per_s: float
    duration_s: float
    hold_ms: float
    mode: Mode = "stream"
    tokens: int = TOKENS
    token_ms: float = TOKEN_MS

    def body(self, _text: str, stream: bool) -> dict[str, Any]:  # noqa: FBT001 - The shape of Scenario.ask.
        """The request's JSON."""
        return {
            "stream": stream,
            "hold_ms": self.hold_ms,
            "tokens": self.tokens,
            "token_ms": self.token_ms,
        }

    @property
    def scenario(self) -> Scenario:
        """One node that takes its time."""
        node = Node("known-delay", "known-delay", "/")
        return Scenario(
            "known-delay", "answers when it says", Megaservice("known-delay", "/", (node,)), (), ask=self.body
        )


async def certify(rate_per_s: float, concurrent: float, *, mode: Mode = "stream") -> Certificate:
    """Measure the engine at this rate (240 per second at least) and with so many requests under way.

    Raises StackError when the server does not start.
    """
    rate = max(rate_per_s, RATE_PER_S_MIN)
    busy_ms = min(1e3 * concurrent / rate, BUSY_MS_MAX)
    stream_ms = (TOKENS - 1) * TOKEN_MS if mode == "stream" else 0.0
    work = Work(rate, DURATION_S, max(5.0, busy_ms - stream_ms), mode)
    async with known_delay() as url:
        ops = await perform(work, url)
    return certificate(ops, rate)


async def perform(work: Work, url: str) -> list[Op]:
    """The ops of this work, driven by the engine."""
    ops: list[Op] = []
    client = Client(connections_max=4096)
    load = Load(
        Arrivals(work.rate_per_s, work.duration_s, kind="constant"),
        (Question("known", ""),),
        work.mode,
        Limits(total_s=10.0),
        drain_s=2.0,
        warm_up=0,
    )
    try:
        await drive(load, Asker(client, url, work.scenario), ops.append)
    finally:
        await client.close()
    return ops


@asynccontextmanager
async def known_delay() -> AsyncIterator[str]:
    """The URL of a known-delay server in a process of its own, which ends with the context."""
    with tempfile.TemporaryDirectory(prefix=this_process().prefix) as folder:
        child = await Child.start("known-delay", ["-m", "harness.load.known_delay"], Path(folder, "log"))
        try:
            ready = await child.ready(READY_LIMIT_S)
            yield ready["urls"]["gateway"]
        finally:
            await child.stop()


def certificate(ops: Sequence[Op], rate_per_s: float) -> Certificate:
    """Compare what was read with the stamps in the answers. Pure."""
    good = [op for op in ops if op.ok]
    stamps = [[int(stamp) for stamp in op.text.split()] for op in good]
    service = [
        _ms((op.ended_ns - op.sent_ns) - (told[-1] - told[0])) for op, told in zip(good, stamps, strict=True)
    ]
    first = [
        _ms((op.content_ns[0] - op.sent_ns) - (told[1] - told[0]))
        for op, told in zip(good, stamps, strict=True)
        if op.content_ns
    ]
    gaps = [
        _ms(abs((read[1] - read[0]) - (true[1] - true[0])))
        for op, told in zip(good, stamps, strict=True)
        for read, true in zip(pairwise(op.content_ns), pairwise(told[1:]), strict=True)
    ]
    return Certificate(
        requests=len(ops),
        failed=len(ops) - len(good),
        rate_per_s=rate_per_s,
        concurrent=sum(op.ended_ns - op.sent_ns for op in good) / 1e9 / max(len(good), 1) * rate_per_s,
        service_ms_p50=quantile(service, 0.5),
        service_ms_p99=quantile(service, 0.99),
        ttft_ms_p50=quantile(first, 0.5),
        ttft_ms_p99=quantile(first, 0.99),
        itl_ms_p50=quantile(gaps, 0.5),
        itl_ms_p99=quantile(gaps, 0.99),
    )


def _ms(ns: int) -> float:
    return ns / 1e6
