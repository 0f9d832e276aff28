"""What mocks cost: how soon all of them are ready, how much memory they take, what a request costs, and how true their times are.

    python benchmarks/mock_servers.py [--seconds 0.3] [--rounds 15]

Prints one JSON document; how true its times are, `benchmarks/mock_times.py` says. A mock's requests a second are a share of those of the
bare handler: the same answer function on the same server, without validation, journal, figures and faults. The two are asked in short
turns, and requests are counted by a second of the server's own CPU, so that other work on the machine counts as little as can be.
Exit code 1 where one that is promised to be at least 0.5 is not.
"""

import argparse
import asyncio
import json
import multiprocessing
import statistics
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson
import psutil
import uvloop
from mock_times import JSON, ended, fill, started

from harness.client import Client
from harness.comp import World
from harness.discovery import COMP, discover
from harness.mocking.app import Mock
from harness.mocking.reply import whole
from harness.mocking.serving import serving
from harness.unions import adapter
from mocks._text import embed

QUESTION = "How much does a day ticket cost?"
AT_ONCE = 16
START_LIMIT_S = 60
SHARE_MIN = 0.5
PROMISED = ("embeddings", "retrievers", "llms.text_generation")
STARTS = 5
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
    """Requests a second of one core of each comp, bare and as a mock, in turns; and the share of the one in the other."""
    comps = discover(COMP)
    with _served("bare") as bare, _served("mock") as mock:
        found = {}
        for name, asked in ASKED.items():
            path, body = comps[name].endpoints[0].path, orjson.dumps(asked)
            turns = [
                tuple(_turn(each, each.urls[name] + path, body, seconds) for each in (bare, mock))
                for _ in range(rounds)
            ]
            found[name] = {
                "bare_per_core_s": round(statistics.median(one.per_core_s for one, _ in turns)),
                "mock_per_core_s": round(statistics.median(other.per_core_s for _, other in turns)),
                "share": _median(other.per_core_s / one.per_core_s for one, other in turns),
                "share_by_the_clock": _median(other.per_s / one.per_s for one, other in turns),
            }
    return found


@dataclass(frozen=True, slots=True)
class _Turn:
    """What one server did while it was asked: requests a second by the clock, and of its own CPU, which is one core at most."""

    per_s: float
    per_core_s: float


def _turn(server: "_Server", url: str, body: bytes, seconds: float) -> _Turn:
    before_s = sum(server.process.cpu_times()[:2])
    rate_per_s = uvloop.run(_rate(url, body, seconds))
    return _Turn(rate_per_s, rate_per_s * seconds / (sum(server.process.cpu_times()[:2]) - before_s))


@dataclass(frozen=True, slots=True)
class _Server:
    process: psutil.Process
    urls: Mapping[str, str]


@contextmanager
def _served(kind: str) -> Iterator[_Server]:
    spawn = multiprocessing.get_context("spawn")
    ready = spawn.Queue()
    process = spawn.Process(target=_serve, args=(kind, ready), daemon=True)
    process.start()
    try:
        yield _Server(psutil.Process(process.pid), ready.get(timeout=START_LIMIT_S))
    finally:
        process.terminate()
        process.join()


def _median(values: Iterable[float]) -> float:
    return round(statistics.median(values), 2)


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
    parser.add_argument("--seconds", type=float, default=0.3)
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args()
    shares = _shares(given.seconds, given.rounds)
    found = {"requests": shares, "all_in_one_process": _all_mocks(STARTS)}
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    sys.exit(any(shares[name]["share"] < SHARE_MIN for name in PROMISED))


if __name__ == "__main__":
    main()
