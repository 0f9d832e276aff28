"""What mocks cost: how soon all of them are ready, how much memory they take, what a request costs, and how true their times are.

    python benchmarks/mock_servers.py [--seconds 1.5] [--rounds 5] [--streams 64]

Prints one JSON document. A mock's requests a second are a share of those of the bare handler: the same answer function on the same
server, without validation, journal, figures and faults, measured in turns in the same run.
"""

import argparse
import asyncio
import json
import multiprocessing
import statistics
import sys
import time
from collections.abc import Mapping
from typing import Any

import orjson
import psutil
import uvloop
from mock_times import JSON, ended, fill, started, times

from harness.client import Client
from harness.comp import World
from harness.contract.shapes import adapter
from harness.discovery import COMP, discover
from harness.stack.mock_app import Mock
from harness.stack.mock_reply import whole
from harness.stack.mock_serving import serving
from mocks._text import embed

QUESTION = "How much does a day ticket cost?"
AT_ONCE = 16
ASKED: Mapping[str, Any] = {
    "embeddings": {"input": QUESTION},
    "retrievers": {"text": QUESTION, "embedding": embed(QUESTION).tolist()},
    "rerankings": {
        "initial_query": QUESTION,
        "retrieved_docs": [{"text": "It has nine bays and a roof of sedum."}] * 4,
    },
    "llms.text_generation": {"messages": [{"role": "user", "content": QUESTION}]},
}


class Bare:
    """A comp's first endpoint with nothing around it but JSON."""

    def __init__(self, mock: Mock) -> None:
        self.name = mock.name
        self._endpoint = mock.comp.endpoints[0]
        self._world = mock.shared.world
        models = adapter(each.request for each in self._endpoint.variants)
        self._request = models.validate_python(ASKED[mock.comp.id], from_attributes=True)

    async def __call__(self, _scope: Any, receive: Any, send: Any) -> None:
        """Parse, answer, dump."""
        orjson.loads((await receive())["body"])
        reply = self._endpoint.answer(self._request, self._world)
        await whole(reply, "application/json").send(send)


def _serve(kind: str, ready: Any) -> None:
    """Serve the comps that are asked, as mocks or bare, until the process is ended."""
    comps, world = discover(COMP), World()
    fill(world)
    served: list[Any] = [Mock(comps[name], world) for name in ASKED]
    if kind == "bare":
        served = [Bare(each) for each in served]

    async def until_ended() -> None:
        async with serving(served) as urls:
            ready.put(dict(urls))
            await asyncio.Event().wait()

    uvloop.run(until_ended())


async def _rate(url: str, body: bytes, seconds: float) -> float:
    """Requests a second of a few clients that ask again as soon as they are answered."""
    client, until, count = Client(), time.monotonic() + seconds, 0

    async def one() -> None:
        nonlocal count
        while time.monotonic() < until:
            reply = await client.request("POST", url, headers=JSON, body=body)
            assert reply.status == 200, reply.body
            count += 1

    began = time.monotonic()
    await asyncio.gather(*(one() for _ in range(AT_ONCE)))
    await client.close()
    return count / (time.monotonic() - began)


def _shares(seconds: float, rounds: int) -> dict[str, dict[str, float]]:
    """Requests a second and CPU a request of each comp, bare and as a mock, in turns."""
    spawn = multiprocessing.get_context("spawn")
    comps = discover(COMP)
    servers = {}
    for kind in ("bare", "mock"):
        ready = spawn.Queue()
        process = spawn.Process(target=_serve, args=(kind, ready), daemon=True)
        process.start()
        servers[kind] = (psutil.Process(process.pid), ready.get(timeout=60), process)
    found = {}
    for name, asked in ASKED.items():
        path, body = comps[name].endpoints[0].path, orjson.dumps(asked)
        rates: dict[str, list[float]] = {kind: [] for kind in servers}
        cpu_us: dict[str, list[float]] = {kind: [] for kind in servers}
        for _ in range(rounds):
            for kind, (server, urls, _) in servers.items():
                before = sum(server.cpu_times()[:2])
                rate = uvloop.run(_rate(urls[name] + path, body, seconds))
                rates[kind].append(rate)
                cpu_us[kind].append((sum(server.cpu_times()[:2]) - before) / (rate * seconds) * 1e6)
        bare, mock = (statistics.median(rates[kind]) for kind in ("bare", "mock"))
        bare_us, mock_us = (statistics.median(cpu_us[kind]) for kind in ("bare", "mock"))
        found[name] = {
            "bare_per_s": round(bare),
            "mock_per_s": round(mock),
            "share": round(mock / bare, 2),
            "bare_cpu_us": round(bare_us),
            "mock_cpu_us": round(mock_us),
            "cpu_share": round(bare_us / mock_us, 2),
        }
    for _, _, process in servers.values():
        process.terminate()
    return found


def _all_mocks(rounds: int) -> dict[str, float]:
    """How soon all mocks of one process are ready, and what memory they take."""
    names = list(discover(COMP))
    seconds, cpu_s, megabytes = [], [], []
    for _ in range(rounds):
        process, _, took_s = started([{"name": name, "comp": name} for name in names])
        seconds.append(took_s)
        seen = psutil.Process(process.pid)
        cpu_s.append(sum(seen.cpu_times()[:2]))
        megabytes.append(seen.memory_info().rss / 1e6)
        ended(process)
    return {
        "comps": len(names),
        "ready_s_median": round(statistics.median(seconds), 2),
        "ready_s_max": round(max(seconds), 2),
        "ready_cpu_s_median": round(statistics.median(cpu_s), 2),
        "rss_mb_max": round(max(megabytes)),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="what mocks cost")
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--streams", type=int, default=64)
    given = parser.parse_args()
    found = {
        "all_in_one_process": _all_mocks(given.rounds),
        "requests": _shares(given.seconds, given.rounds),
        "times": times(given.streams, given.rounds),
    }
    sys.stdout.write(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
