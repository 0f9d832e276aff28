"""A service gives back what it opens: as many files and connections are open after many requests as before."""

import asyncio
from collections.abc import Iterator
from functools import partial
from itertools import islice
from time import monotonic
from urllib.parse import urlsplit

import psutil

from harness.client import Client
from harness.comp import Comp, Endpoint, Example
from harness.contract.check import Broken, Check, Finding, Skipped, check_id
from harness.contract.kind import Kind
from harness.contract.talk import Talk

ROUNDS, EACH = 3, 10
SPARE = 4  # A pool of connections to what the service needs may grow a little.
PATIENCE_S = 2.0
PROXY = "docker-proxy"

DESCRIPTORS = Kind(
    "descriptors",
    "L8",
    "as many files and connections are open after many requests as before",
    "A service that forgets one descriptor a request stops with `Too many open files` after a thousand, at night, and the "
    "traceback names whatever was opened last.",
    """ls /proc/$(pgrep -f opea_embedding_microservice)/fd | wc -l   # before and after a hundred requests""",
    "Open files and clients with `with`, make one HTTP client a process instead of one a request, and read or close every reply.",
)
KINDS = (DESCRIPTORS,)


def descriptors(comp: Comp) -> Iterator[Check]:
    """One check of a comp, on its first example that can be repeated."""
    rows = (
        partial(_find, endpoint, example)
        for endpoint in comp.endpoints
        for variant in endpoint.variants
        for example in variant.examples
        if example.status == 200 and not example.files and not example.after
    )
    for find in islice(rows, 1):
        yield Check(check_id(comp.id, DESCRIPTORS.name), DESCRIPTORS, DESCRIPTORS.says, find)


async def _find(endpoint: Endpoint, example: Example, talk: Talk) -> Finding:
    process = talk.process or listener(talk.url)
    if process is None:
        return Skipped(f"{talk.url}: the process behind it cannot be seen from here")
    try:
        return await _compared(process, endpoint, example, talk)
    except psutil.NoSuchProcess:
        return Skipped("the process ended meanwhile")


async def _compared(process: psutil.Process, endpoint: Endpoint, example: Example, talk: Talk) -> Finding:
    await _ask(endpoint, example, talk)
    before = process.num_fds()
    for _ in range(ROUNDS):
        await _ask(endpoint, example, talk)
    until = monotonic() + PATIENCE_S
    while (after := process.num_fds()) > before + SPARE and monotonic() < until:  # noqa: ASYNC110 - the kernel tells nobody
        await asyncio.sleep(0.05)
    if after <= before + SPARE:
        return None
    asked, many = talk.last[0], ROUNDS * EACH
    count = f"ls /proc/{process.pid}/fd | wc -l"
    return Broken(
        f"{after - before} more descriptors are open after {many} requests",
        f"at most {before + SPARE}",
        str(after),
        repeat=f"{count}; for i in $(seq {many}); do {asked.curl} -o /dev/null; done; {count}"
        if asked
        else "",
    )


async def _ask(endpoint: Endpoint, example: Example, talk: Talk) -> None:
    """Some requests over connections of their own, which are closed afterwards."""
    client = Client()
    alone = Talk(client, talk.url, talk.comp, talk.limits, last=talk.last)
    try:
        for _ in range(EACH):
            await alone.put(endpoint, example)
    finally:
        await client.close()


def listener(url: str) -> psutil.Process | None:
    """The process on this machine that listens at the address, where it may be looked at."""
    parts = urlsplit(url)
    if parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        return None
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        for each in psutil.net_connections("tcp"):
            if each.status == psutil.CONN_LISTEN and each.pid and each.laddr and each.laddr.port == port:
                process = psutil.Process(each.pid)
                process.num_fds()
                # Docker's proxy stands before a container; what is open in it says nothing of the service.
                return None if process.name() == PROXY else process
    except (
        psutil.Error,
        AttributeError,
    ):  # macOS shows connections to root only, Windows has no descriptors.
        return None
    return None
