"""How far clients misread times that are known: ours, httpx and locust's FastHttpUser, on one server that stamps the truth.

    python benchmarks/load.py [--seconds 3] [--rounds 3] [--clients ours,fasthttp,httpx] [--json]

The server (`harness.load.known_delay`) is one process, each client another. A client has so many requests under way at once, one
after the other and begun out of step: whole answers that are held 50 ms, and streams of 32 tokens 10 ms apart. The error is what the client read minus
what the stamps in the answers say, in milliseconds; a figure is the median over the rounds. Then the engine's own punctuality: by
how much it sent late, and how its gaps varied, at constant and Poisson arrivals.
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np
import orjson
import uvloop

from harness.asking import Asker
from harness.client import Client
from harness.history import Mode, Op
from harness.load.arrivals import Arrivals, Kind
from harness.load.certificate import Work, certificate, known_delay
from harness.load.engine import Load, drive
from harness.scenario import Question

CONCURRENT = (10, 50, 200)
FIGURES = ("service_ms_p50", "service_ms_p99", "ttft_ms_p50", "ttft_ms_p99", "itl_ms_p50", "itl_ms_p99")
WARM_UP = 2  # Requests of each connection that are not counted: they open it.
STEP_S = 0.3  # The time over which a client's connections begin; all at once they would stay in step.


def work(mode: Mode) -> Work:
    """What the server does for one request."""
    return Work(0, 0, 10.0, "stream", 32, 10.0) if mode == "stream" else Work(0, 0, 50.0, "json")


def ours(url: str, mode: Mode, concurrent: int, seconds: float) -> list[Op]:
    """The client of this project, as runs and loads use it."""
    ops: list[Op] = []

    async def one(asker: Asker, until_s: float, index: int) -> None:
        await asyncio.sleep(STEP_S * index / concurrent)
        done = 0
        while time.monotonic() < until_s or done <= WARM_UP:
            op = await asker.ask(Op("x", "load", "k", mode), "")
            done += 1
            if done > WARM_UP:
                ops.append(op)

    async def run() -> None:
        client = Client(connections_max=4096)
        asker = Asker(client, url, work(mode).scenario)
        until_s = time.monotonic() + seconds
        await asyncio.gather(*(one(asker, until_s, index) for index in range(concurrent)))
        await client.close()

    uvloop.run(run())
    return ops


def with_httpx(url: str, mode: Mode, concurrent: int, seconds: float) -> list[Op]:
    """One shared `httpx.AsyncClient`, as its documentation advises."""
    import httpx

    ops: list[Op] = []
    body = orjson.dumps(work(mode).body("", mode == "stream"))

    async def one(client: httpx.AsyncClient, until_s: float, index: int) -> None:
        await asyncio.sleep(STEP_S * index / concurrent)
        done = 0
        while time.monotonic() < until_s or done <= WARM_UP:
            op = Op("x", "load", "k", mode, status=200, sent_ns=time.monotonic_ns())
            pieces: list[str] = []
            async with client.stream("POST", url, content=body) as reply:
                async for line in reply.aiter_lines():
                    note(op, pieces, line)
            finish(op, pieces)
            done += 1
            if done > WARM_UP:
                ops.append(op)

    async def run() -> None:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
        async with httpx.AsyncClient(limits=limits, timeout=60) as client:
            until_s = time.monotonic() + seconds
            await asyncio.gather(*(one(client, until_s, index) for index in range(concurrent)))

    uvloop.run(run())
    return ops


def with_fasthttp(url: str, mode: Mode, concurrent: int, seconds: float) -> list[Op]:
    """Locust's FastHttpUser: its session in a greenlet for each user, reading line by line as the bytes come."""
    import gevent
    from locust.contrib.fasthttp import FastHttpSession
    from locust.event import EventHook

    ops: list[Op] = []
    hook: Any = EventHook  # Untyped upstream.
    body = json.dumps(work(mode).body("", mode == "stream"))

    def one(until_s: float) -> None:
        session = FastHttpSession(url, hook(), None, connection_timeout=60, network_timeout=60)
        done = 0
        while time.monotonic() < until_s or done <= WARM_UP:
            op = Op("x", "load", "k", mode, status=200, sent_ns=time.monotonic_ns())
            pieces: list[str] = []
            reply: Any = session.request("POST", "/", data=body, stream=True)
            lines = reply._response  # noqa: SLF001 - `iter_lines` of the session waits for 1024 bytes.
            while line := lines.readline(b"\n") if mode == "stream" else lines.read():
                note(op, pieces, bytes(line).decode())
            finish(op, pieces)
            done += 1
            if done > WARM_UP:
                ops.append(op)

    until_s = time.monotonic() + seconds
    gevent.joinall(
        [gevent.spawn_later(STEP_S * index / concurrent, one, until_s) for index in range(concurrent)]
    )
    return ops


CLIENTS: dict[str, Callable[[str, Mode, int, float], list[Op]]] = {
    "ours": ours,
    "fasthttp": with_fasthttp,
    "httpx": with_httpx,
}


def note(op: Op, pieces: list[str], line: str) -> None:
    """Read a line of the server's answer."""
    if line.startswith("data: {"):
        content = json.loads(line[6:])["choices"][0]["delta"].get("content")
        if content:
            op.content_ns.append(time.monotonic_ns())
            pieces.append(content)
    elif line.startswith("{"):
        pieces.append(json.loads(line)["text"])


def finish(op: Op, pieces: list[str]) -> None:
    """The answer is over."""
    op.ended_ns = time.monotonic_ns()
    op.text = "".join(pieces)


async def error(client: str, mode: Mode, concurrent: int, seconds: float) -> dict[str, Any]:
    """One client's errors, in a process of its own."""
    async with known_delay() as url:
        command = (sys.executable, __file__, "--one", client, url, mode, str(concurrent), str(seconds))
        process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
        said, _ = await asyncio.wait_for(process.communicate(), 60 + 20 * seconds)
    found: dict[str, Any] = json.loads(said)
    return found


async def punctuality(rate_per_s: float, kind: Kind, seconds: float) -> dict[str, Any]:
    """By how much the engine sent late, and the variation of its gaps (0 constant, 1 Poisson)."""
    ops: list[Op] = []
    client = Client()
    async with known_delay() as url:
        load = Load(Arrivals(rate_per_s, seconds, kind=kind, seed=1), (Question("k", ""),), warm_up=2)
        driven = await drive(load, Asker(client, url, work("json").scenario), ops.append)
    await client.close()
    sent = sorted(op.sent_ns for op in ops if op.part == "load")
    lags_ms = [(op.sent_ns - op.scheduled_ns) / 1e6 for op in ops if op.part == "load"]
    gaps = np.diff(sent)
    return {
        "arrivals": kind,
        "rate_per_s": rate_per_s,
        "lag_ms_p50": round(float(np.quantile(lags_ms, 0.5)), 3),
        "lag_ms_p99": round(float(np.quantile(lags_ms, 0.99)), 3),
        "gap_variation": round(float(gaps.std() / gaps.mean()), 3),
        "cpu_share": round(driven.cpu_share, 3),
    }


async def measure(options: argparse.Namespace) -> dict[str, Any]:
    """All clients, interleaved over the rounds; then the engine."""
    rows = []
    for mode in ("json", "stream"):
        for concurrent in CONCURRENT:
            rounds: dict[str, list[dict[str, Any]]] = {name: [] for name in options.clients}
            for _ in range(options.rounds):
                for name in options.clients:
                    rounds[name].append(await error(name, mode, concurrent, options.seconds))
            rows += [row(name, mode, concurrent, found) for name, found in rounds.items()]
    sending = [
        await punctuality(rate, kind, max(options.seconds, 300 / rate))
        for rate in (20, 200)
        for kind in ("constant", "poisson")
    ]
    return {"errors": rows, "punctuality": sending}


def row(client: str, mode: str, concurrent: int, rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """The medians over the rounds; None where a round had too few samples."""
    figures = {
        name: None
        if any(found[name] is None for found in rounds)
        else round(statistics.median(found[name] for found in rounds), 3)
        for name in FIGURES
    }
    per_s = round(statistics.median(found["rate_per_s"] for found in rounds), 1)
    return {"client": client, "mode": mode, "concurrent": concurrent, "per_s": per_s, **figures}


def table(rows: list[dict[str, Any]]) -> str:
    """The rows as a Markdown table."""
    names = list(rows[0])
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    lines += [
        "| " + " | ".join("-" if each[name] is None else str(each[name]) for name in names) + " |"
        for each in rows
    ]
    return "\n".join(lines)


def one(client: str, url: str, mode: str, concurrent: str, seconds: str) -> None:
    """Be one client's process."""
    if client == "fasthttp":
        import locust  # noqa: F401 - Patches this process, which asyncio would not survive.
    began_s = time.monotonic()
    ops = CLIENTS[client](url, "stream" if mode == "stream" else "json", int(concurrent), float(seconds))
    print(json.dumps(asdict(certificate(ops, len(ops) / (time.monotonic() - began_s)))))


def main() -> None:
    """Measure and print."""
    if sys.argv[1:2] == ["--one"]:
        one(*sys.argv[2:])
        return
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clients", type=lambda text: text.split(","), default=list(CLIENTS))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = uvloop.run(measure(options))
    if options.json:
        print(json.dumps(found, indent=2))
    else:
        print(table(found["errors"]), table(found["punctuality"]), sep="\n\n")


if __name__ == "__main__":
    main()
