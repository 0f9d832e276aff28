"""What tracing costs: a span emitted, taken in, read back and analysed.

    python benchmarks/traces.py [--spans 100000]

Prints one JSON document: microseconds of CPU a span for each step, and spans a second for the whole way over HTTP.
"""

import argparse
import asyncio
import gc
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import httpx
import orjson

from harness.traces.attribution import attribute
from harness.traces.emit import Tracer
from harness.traces.jaeger import Jaeger, Window
from harness.traces.latency import node_rows
from harness.traces.memory import Memory
from harness.traces.otlp import seal_json
from harness.traces.otlp_json import SpanRecord, encode_request, encode_spans
from harness.traces.span import Trace
from harness.traces.store import serve

NODES = ("guardrail_in", "embedding", "retriever", "rerank", "llm")
SPANS_A_REQUEST = 1 + 2 * len(NODES)
POST_SPANS = 512

Result = TypeVar("Result")


class _Recording(Tracer):
    """A tracer that keeps what it is given."""

    def __init__(self) -> None:
        super().__init__("rag", "http://127.0.0.1:9/v1/traces")
        self.records: list[SpanRecord] = []

    def accept(self, record: SpanRecord) -> None:
        """Keep it."""
        self.records.append(record)


def _emit(tracer: _Recording, count: int) -> Sequence[SpanRecord]:
    """As many requests as make `count` spans, each as the reference gateway and the wires emit it."""
    clock_ns = 1
    for _ in range(count // SPANS_A_REQUEST):
        root = tracer.start("POST /v1/rag", "server", None, clock_ns)
        for node in NODES:
            client = tracer.start(f"POST /v1/{node}", "client", root.context, clock_ns + 10)
            server = tracer.start(f"POST /v1/{node}", "server", client.context, clock_ns + 1_000_010)
            for span in (client, server):
                span.set("opea.node", node)
                span.set("opea.comp", node)
                span.set("opea.attempt", 1)
                span.set("http.request.method", "POST")
                span.set("url.full", f"http://127.0.0.1:40000/v1/{node}")
                span.set("http.response.status_code", 200)
            clock_ns += 20_000_000
            server.end(clock_ns - 1_000_000)
            client.end(clock_ns)
        root.end(clock_ns + 1)
    return tracer.records


def _timed(work: Callable[[], Result], spans: int) -> tuple[Result, float]:
    """The result, and the microseconds of CPU that each span took."""
    gc.collect()
    began_s = time.process_time()
    result = work()
    return result, round((time.process_time() - began_s) / spans * 1e6, 2)


async def _over_http(bodies: Iterable[bytes]) -> tuple[list[Trace], float, float]:
    """Post, then pull; the traces and the seconds that each took on the wall clock, store and client in one process."""
    async with (
        serve(Memory()) as store,
        httpx.AsyncClient(verify=False) as http,
        Jaeger(store.query) as jaeger,
    ):
        began_s = time.perf_counter()
        for body in bodies:
            (
                await http.post(store.otlp, content=body, headers={"content-type": "application/json"})
            ).raise_for_status()
        posted_s = time.perf_counter()
        pull = await jaeger.traces(Window(0, 2 * 10**18), ["rag"])
        return list(pull.traces), posted_s - began_s, time.perf_counter() - posted_s


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="what tracing costs")
    parser.add_argument("--spans", type=int, default=100_000)
    wanted = parser.parse_args().spans
    records, emit_us = _timed(lambda: _emit(_Recording(), wanted), wanted)
    count = len(records)
    encoded, encode_us = _timed(lambda: asyncio.run(encode_spans(records, time.time_ns())), count)
    resource = {"service.name": "rag"}
    bodies = [encode_request(resource, encoded[at : at + POST_SPANS]) for at in range(0, count, POST_SPANS)]
    _, seal_us = _timed(lambda: [span for body in bodies for span in seal_json(body)], count)
    traces, post_s, pull_s = asyncio.run(_over_http(bodies))
    attributed, attribute_us = _timed(lambda: attribute(traces), count)
    rows, figures_us = _timed(lambda: node_rows(attributed, NODES), count)
    assert [row.calls for row in rows] == [count // SPANS_A_REQUEST] * len(NODES)
    found = {
        "spans": count,
        "bytes_a_span": round(sum(map(len, bodies)) / count),
        "cpu_us_a_span": {
            "emit": emit_us,
            "encode": encode_us,
            "take_in": seal_us,
            "attribute": attribute_us,
            "figures": figures_us,
        },
        "http_spans_per_s": {"post": round(count / post_s), "pull": round(count / pull_s)},
    }
    print(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())


if __name__ == "__main__":
    main()
