"""Whether an orchestrator comes back: 10,000 requests of which 30 % meet a fault, and what is left of them afterwards.

    python benchmarks/faulted.py [--requests 10000] [--share 0.3] [--limit 240] [--opea-python PATH] [--json]

The chain of `benchmarks/orchestrator.py`; any of its five calls may be answered wrongly, as `chain_nodes.py` says, every other
request asks for a stream. Memory and descriptors are read after a warm-up of the same kind and when all is answered. A request
is right, told (an error status, or an error event in its stream), silent (neither), or broken off. Promised: each is right or told,
and both occur; memory and descriptors are back where they were, and no request is pending. Exit code 1 where that does not hold,
for ours.

An orchestrator is asked for as long as `--limit` says, and what it was not asked by then is counted as `not asked`; how far it is
stands on standard error, and each one's figures are printed when it is done.
"""

import argparse
import asyncio
import json
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass

import psutil
import uvloop
from chain_clients import JSON, QUESTION
from orchestrator import HOPS, Runner, nodes, runners

from harness.client import Client
from harness.flight import ClientError, Limits

CLIENTS = 32  # And so many connections to nodes, at most, are kept for what comes next.
WARM_UP = 2000
SETTLE_S = 10.0
TOLD_EVERY_S = 10.0
LIMITS = Limits(connect_s=5, first_byte_s=20, idle_s=20, total_s=30)
MEMORY_MB_MAX = 8.0  # What the allocator keeps differs by that from run to run, with no fault at all.
QUICK = ("--first-ms", "0", "--token-ms", "0", "--tokens", "8")


@dataclass(frozen=True)
class Left:
    """What an orchestrator held before and after, and how its requests ended."""

    name: str
    outcomes: dict[str, int]
    memory_mb: tuple[float, float]
    descriptors: tuple[int, int]
    pending: float | None
    seconds: float

    @property
    def is_back(self) -> bool:
        """Whether nothing was left behind, and nobody was left without a word."""
        grown_mb = self.memory_mb[1] - self.memory_mb[0]
        grown = self.descriptors[1] - self.descriptors[0]
        is_clean = grown <= CLIENTS and self.pending == 0
        is_whole = not self.outcomes.get("silent") and not self.outcomes.get("not asked")
        return is_clean and grown_mb <= MEMORY_MB_MAX and is_whole


@dataclass(frozen=True)
class Asking:
    """How many requests are put to whom, and until when on the monotonic clock."""

    name: str
    url: str
    count: int
    until_s: float


async def ask(asking: Asking) -> Counter[str]:
    """How the requests ended, asked by 32 clients at once; those for which there was no time are `not asked`."""
    client, outcomes, left = Client(connections_max=CLIENTS), Counter[str](), iter(range(asking.count))

    async def one_after_another() -> None:
        for index in left:
            if time.monotonic() > asking.until_s:
                outcomes["not asked"] += 1
                continue
            outcomes[await _outcome(client, asking.url, is_stream=bool(index % 2))] += 1

    telling = asyncio.ensure_future(_tell(asking, outcomes))
    await asyncio.gather(*(one_after_another() for _ in range(CLIENTS)))
    telling.cancel()
    await client.close()
    return outcomes


async def _tell(asking: Asking, outcomes: Counter[str]) -> None:
    """How far it is, now and then."""
    while True:
        await asyncio.sleep(TOLD_EVERY_S)
        left_s = max(0, asking.until_s - time.monotonic())
        sys.stderr.write(
            f"{asking.name}: {outcomes.total()} of {asking.count} answered, {left_s:.0f} s left\n"
        )


async def _outcome(client: Client, url: str, *, is_stream: bool) -> str:
    body = json.dumps({**QUESTION, "stream": is_stream, "model": "m"}).encode()
    try:
        reply = await client.request(
            "POST", f"{url}/v1/chain", headers=tuple(JSON.items()), body=body, limits=LIMITS
        )
    except ClientError as error:
        return f"broken off: {error.kind}"
    if reply.status >= 400:
        return "told"
    if is_stream:
        if b"event: error" in reply.body:
            return "told"
        return "right" if b"[DONE]" in reply.body and b"token7" in reply.body else "silent"
    return "right" if b"machine learning" in reply.body else "silent"


def measure(runner: Runner, ports: dict[str, int], requests: int, limit_s: float) -> Left:
    """One orchestrator, from its warm-up to its rest, which together may take `limit_s`, the warm-up a third of it."""
    until_s = time.monotonic() + limit_s
    with runner.running(ports) as (url, process):
        uvloop.run(
            ask(Asking(f"{runner.name}, warming up", url, min(WARM_UP, requests), until_s - limit_s * 2 / 3))
        )
        memory, descriptors = [_rest_mb(process)], [process.num_fds()]
        began = time.monotonic()
        outcomes = uvloop.run(ask(Asking(runner.name, url, requests, until_s)))
        seconds = time.monotonic() - began
        end = time.monotonic() + SETTLE_S
        while process.num_fds() > descriptors[0] + CLIENTS and time.monotonic() < end:
            time.sleep(0.1)
        memory.append(_rest_mb(process))
        descriptors.append(process.num_fds())
        pending = uvloop.run(_pending(url))
    return Left(
        runner.name,
        dict(outcomes),
        (memory[0], memory[1]),
        (descriptors[0], descriptors[1]),
        pending,
        seconds,
    )


def _rest_mb(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / 2**20


async def _pending(url: str) -> float | None:
    """The gauge of requests under way; None where it is not told."""
    client = Client()
    try:
        reply = await client.request("GET", f"{url}/metrics", limits=LIMITS)
    except ClientError:  # Its loop stands still.
        return None
    finally:
        await client.close()
    lines = [
        line for line in reply.body.decode().splitlines() if line.startswith("megaservice_request_pending")
    ]
    return float(lines[0].split()[-1]) if lines else None


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--share", type=float, default=0.3, help="of requests that meet a fault")
    parser.add_argument(
        "--limit", type=float, default=240.0, help="seconds in which an orchestrator is asked"
    )
    parser.add_argument("--opea-python", metavar="PYTHON", help="of an environment with opea-comps 1.5")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    share_of_calls = 1 - (1 - given.share) ** (1 / HOPS)
    wanted = [each for each in runners(given.opea_python, "") if each.name in ("ours", "opea")]
    found = []
    with nodes(*QUICK, "--faulted-share", str(share_of_calls)) as ports:
        for each in wanted:
            found.append(measure(each, ports, given.requests, given.limit))
            if not given.json:
                _show(found[-1])
    if given.json:
        print(json.dumps([asdict(each) for each in found]))
    return 0 if all(each.is_back for each in found if each.name == "ours") else 1


def _show(left: Left) -> None:
    ends = ", ".join(f"{count} {name}" for name, count in sorted(left.outcomes.items()))
    before, after = left.memory_mb
    print(f"{left.name}: {ends} in {left.seconds:.0f} s")
    print(f"  memory {before:.1f} MB before, {after:.1f} MB after")
    pending = "not told" if left.pending is None else f"{left.pending:g}"
    print(
        f"  descriptors {left.descriptors[0]} before, {left.descriptors[1]} after; pending {pending}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
