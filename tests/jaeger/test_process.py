"""A real Jaeger as a trace store: what it serves where, and that nothing of it stays."""

import asyncio

import psutil
import pytest

from harness.errors import StackError
from harness.jaeger import process
from harness.processes.child import Child
from harness.stack.where import Where
from tests.carried_out import carried_out, wished, words
from tests.jaeger.real import jaeger, program


def test_it_listens_on_loopback_alone_and_sends_nothing():
    """Each of its servers is given an address, its own traces are off, and no variable of ours reaches it."""
    started = process.program("/jaeger", (1, 2, 3))
    addresses = [each.partition("=")[2] for each in started.argv if "host-port" in each]

    assert sorted(addresses) == sorted([*["127.0.0.1:0"] * 4, "127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"])
    assert dict(started.environment) == {"SPAN_STORAGE_TYPE": "memory", "OTEL_TRACES_SAMPLER": "always_off"}


def test_a_program_that_is_no_jaeger_is_told(tmp_path):
    """After as many tries as a taken port may need."""

    async def scenario():
        child = await Child.start("traces", ["-m", "harness.jaeger.process", "/bin/false"], tmp_path / "log")
        try:
            await child.ready(30)
        finally:
            await child.stop()

    with pytest.raises(StackError, match=r"Jaeger: ended on its own with code 1"):
        asyncio.run(scenario())


@pytest.mark.needs("jaeger")
def test_a_jaeger_is_gone_when_its_child_is(tmp_path):
    """The program, and every port that it listened at; on loopback only."""

    async def scenario():
        async with jaeger(tmp_path) as (child, ready):
            (program,) = psutil.Process(child.pid).children()
            listening = {
                each.laddr.ip for each in program.net_connections() if each.status == psutil.CONN_LISTEN
            }
            return program.pid, listening, ready

    pid, listening, ready = asyncio.run(scenario())

    assert listening == {"127.0.0.1"}
    assert not psutil.pid_exists(pid)
    assert set(ready) == {"ready", "otlp", "query", "otlp_grpc"}


@pytest.mark.needs("jaeger")
def test_a_run_has_its_node_table_from_it(tmp_path):
    """Every request is found there, and every node has its figures."""
    where = Where(jaeger="process", jaeger_program=program())
    wish = wished("small-swift", ("load",), rate_per_s=15.0, duration_s=1.0, where=where)
    run, judged = carried_out(wish, tmp_path)
    report = judged.report

    assert words(judged)["traces.coverage"] == "holds"
    assert report.coverage.roots_found == report.coverage.requests_sent > 0
    assert report.nodes
    assert all(row.calls and row.client_ms_p50 for row in report.nodes)
    assert "v1.76.0" in (run.path / "logs" / "traces.log").read_text()
