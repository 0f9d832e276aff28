"""The store takes what OPEA exports and gives it back through Jaeger's API."""

import asyncio
import socket
import subprocess
import sys

import httpx
import orjson
import pytest

from harness.errors import StackError
from harness.traces.memory import Memory
from harness.traces.store import serve


@pytest.mark.parametrize("name", ["errors", "load16_stream", "nonstream", "propagated_nonstream", "stream"])
def test_a_replayed_recording_is_kept_span_for_span(name, recording, replay, facts):
    """Posting the recorded bytes leaves exactly the spans that the recording says were in them."""
    recorded = recording(name)

    async def main():
        memory = Memory()
        async with serve(memory) as store:
            await replay(recorded, store.otlp)
            return [span.open() for trace in {f[0] for f in facts(recorded)} for span in memory.trace(trace)]

    spans = asyncio.run(main())

    assert {
        (s.trace_id, s.span_id, s.parent_id or "", s.name, s.began_ns, s.ended_ns) for s in spans
    } == facts(recorded)


def test_every_recording_is_replayed(recording_names):
    """No capture lies in the folder that the test above does not name."""
    assert recording_names == ["errors", "load16_stream", "nonstream", "propagated_nonstream", "stream"]


def test_a_port_in_use_is_said():
    """The message names the port, and nothing is left running."""

    async def main(port):
        async with serve(Memory(), port):
            pass

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(StackError, match=f"trace store: port {port} cannot be had on 127.0.0.1"):
            asyncio.run(main(port))


def test_it_listens_where_it_is_told():
    """So that containers can send it their spans."""

    async def main():
        async with serve(Memory(), host="127.0.0.2") as store, httpx.AsyncClient(verify=False) as http:
            return store.otlp, (await http.get(f"{store.query}/api/services")).status_code

    otlp, status = asyncio.run(main())

    assert (otlp.startswith("http://127.0.0.2:"), status) == (True, 200)


def test_what_was_lost_is_visible():
    """The store's own counters are read over HTTP."""

    async def main():
        async with serve(Memory()) as store, httpx.AsyncClient(verify=False) as http:
            return (await http.get(f"{store.query}/_harness/store")).json()

    counters = asyncio.run(main())

    assert counters["spans_evicted"] == 0
    assert set(counters) >= {"spans_received", "spans_kept", "traces_evicted", "spans_dropped"}


def test_the_process_says_when_it_is_ready_and_ends_with_its_input():
    """One JSON line with both addresses, and exit code 0 at the end of standard input."""
    with subprocess.Popen(
        [sys.executable, "-m", "harness.traces.store", "--port", "0"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        ready = orjson.loads(process.stdout.readline())
        services = httpx.get(f"{ready['query']}/api/services").json()
        process.stdin.close()
        code = process.wait(10)

    assert ready["ready"] is True
    assert ready["otlp"] == f"{ready['query']}/v1/traces"
    assert services["data"] == []
    assert code == 0
