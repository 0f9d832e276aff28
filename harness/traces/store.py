"""The embedded trace store: OTLP/HTTP in, Jaeger's query API out, in bounded memory, on loopback.

    python -m harness.traces.store --port 0

prints one JSON line with its addresses when it is ready, and ends when its standard input does. What it lost for
want of room is counted at `/_harness/store`.
"""

import argparse
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass

import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from harness.errors import StackError
from harness.processes.child import announce, lifeline
from harness.processes.serving import LOOPBACK, answering, listening
from harness.traces import query, query_v3
from harness.traces.ingest import take_spans
from harness.traces.memory import SPANS_MAX, Memory


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a running store listens: `otlp` takes spans, `query` is what a Jaeger client is given."""

    otlp: str
    query: str


def application(memory: Memory) -> Starlette:
    """The store over `memory` as an ASGI application."""

    async def ingest(request: Request) -> Response:
        return await take_spans(request, memory)

    async def counters(_: Request) -> Response:
        return JSONResponse(asdict(memory.counters))

    return Starlette(
        routes=[
            Route("/v1/traces", ingest, methods=["GET", "PUT", "POST", "DELETE", "PATCH"]),
            Route("/_harness/store", counters),
            *query.routes(memory),
            *query_v3.routes(memory),
        ]
    )


@asynccontextmanager
async def serve(memory: Memory, port: int = 0, *, host: str = LOOPBACK) -> AsyncIterator[Addresses]:
    """Serve `memory`, on loopback unless told, for as long as the context lasts; port 0 takes a free one.

    Raises StackError where the port is taken or the server does not start.
    """
    try:
        listener = listening(host, port)
    except OSError as error:
        raise StackError(f"trace store: port {port} cannot be had on {host}: {error.strerror}") from error
    base = f"http://{host}:{listener.getsockname()[1]}"
    async with answering(application(memory), [listener], "trace store"):
        yield Addresses(f"{base}/v1/traces", base)


async def _run(memory: Memory, host: str, port: int) -> None:
    async with serve(memory, port, host=host) as addresses:
        announce(**asdict(addresses))
        await lifeline()


def main(arguments: list[str] | None = None) -> None:
    """Run the store as a process of its own."""
    parser = argparse.ArgumentParser(
        prog="python -m harness.traces.store", description="embedded trace store"
    )
    parser.add_argument("--host", default=LOOPBACK, help="where it listens")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--spans-max", type=int, default=SPANS_MAX, help="the oldest traces go beyond it")
    parser.add_argument(
        "--drop-share", type=float, default=0.0, help="lose this share of spans: a negative control"
    )
    parser.add_argument("--seed", type=int, default=0, help="which spans are lost")
    chosen = parser.parse_args(arguments)
    gc.freeze()  # What is kept has no cycles; walking it again and again would be the store's main work.
    memory = Memory(chosen.spans_max, chosen.drop_share, chosen.seed)
    uvloop.run(_run(memory, chosen.host, chosen.port))


if __name__ == "__main__":
    main()
