"""Runs the Jaeger that was built, as the trace store of a stack: loopback, free ports, memory alone.

    python -m harness.jaeger.process PROGRAM

prints the ready line of the embedded store (`otlp`, `query`), and ends when its standard input does.
"""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial

from harness.client import Client, ClientError, Limits
from harness.errors import HarnessError, StackError
from harness.ports import free_ports
from harness.processes.program import LOOPBACK, Program, keep

READY_LIMIT_S = 20.0
POLL_S = 0.02
TRIES = 3  # A port that was free may be taken before Jaeger takes it.
TRACES_MAX = 100_000  # Jaeger's own limit is none; the oldest go beyond it.
LIMITS = Limits(connect_s=1.0, first_byte_s=5.0, idle_s=5.0, total_s=5.0)
JSON = (("content-type", "application/json"),)


def program(path: str, ports: Sequence[int]) -> Program:
    """Jaeger with `ports` for its query API, OTLP over HTTP and OTLP over gRPC; its other servers take any."""
    query, otlp, otlp_grpc = ports
    return Program(
        "Jaeger",
        (
            path,
            f"--query.http-server.host-port={LOOPBACK}:{query}",
            f"--query.grpc-server.host-port={LOOPBACK}:0",
            f"--collector.otlp.http.host-port={LOOPBACK}:{otlp}",
            f"--collector.otlp.grpc.host-port={LOOPBACK}:{otlp_grpc}",
            f"--collector.http-server.host-port={LOOPBACK}:0",
            f"--collector.grpc-server.host-port={LOOPBACK}:0",
            f"--admin.http.host-port={LOOPBACK}:0",
            f"--memory.max-traces={TRACES_MAX}",
            "--log-level=warn",
        ),
        # It traces itself, and would send that to whatever listens at OTLP's usual port.
        {"SPAN_STORAGE_TYPE": "memory", "OTEL_TRACES_SAMPLER": "always_off"},
    )


async def run(path: str) -> None:
    """Run it until our standard input ends; raises StackError where it does not start."""
    for tries_left in reversed(range(TRIES)):
        ports, answered = free_ports(3), asyncio.Event()
        try:
            await keep(program(path, ports), partial(_answering, ports, answered))
        except StackError:
            if answered.is_set() or not tries_left:
                raise
        else:
            return


async def _answering(ports: Sequence[int], answered: asyncio.Event) -> Mapping[str, object]:
    """Wait until it answers a search and takes spans; gives its addresses, and sets `answered`."""
    query, otlp = f"http://{LOOPBACK}:{ports[0]}", f"http://{LOOPBACK}:{ports[1]}/v1/traces"
    client = Client(connections_max=2)
    try:
        async with asyncio.timeout(READY_LIMIT_S):
            await _until_ok(client, "GET", f"{query}/api/v3/services")
            await _until_ok(client, "POST", otlp, b'{"resourceSpans":[]}')
    except TimeoutError as error:
        raise StackError(f"Jaeger: does not answer after {READY_LIMIT_S:g} s") from error
    finally:
        await client.close()
    answered.set()
    return {"otlp": otlp, "query": query, "otlp_grpc": f"{LOOPBACK}:{ports[2]}"}


async def _until_ok(client: Client, method: str, url: str, body: bytes = b"") -> None:
    while True:
        with suppress(ClientError):
            reply = await client.request(method, url, headers=JSON if body else (), body=body, limits=LIMITS)
            if reply.status == 200:
                return
        await asyncio.sleep(POLL_S)


def main(argv: Sequence[str]) -> int:
    """Run the program that is named; gives the exit code."""
    try:
        asyncio.run(run(argv[0]))
    except HarnessError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
