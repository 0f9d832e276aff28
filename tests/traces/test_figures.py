"""From requests to a report's figures, over a real store, and no figure where the traces do not suffice."""

import asyncio

import pytest

from harness.errors import TraceError
from harness.history import Op
from harness.traces import archive
from harness.traces.emit import Context, Tracer
from harness.traces.figures import Figures, figures_from, figures_of
from harness.traces.jaeger import Jaeger, Patience, Pull, Window
from harness.traces.memory import Memory
from harness.traces.opea_spans import is_request
from harness.traces.store import serve

EVER = Window(0, 2 * 10**18)
NODES = ["embedding", "llm"]


def chain(*names):
    return {name: frozenset(names[place - 1 : place]) for place, name in enumerate(names)}


GRAPH = chain(*NODES)
MS = 10**6


def emit_request(gateway, wires, op, slow_ms=0):
    """One request's spans as the reference gateway and the wires emit them: embedding 20 ms, llm 50 ms."""
    caller = Context.new()
    op.trace_id = caller.trace_id
    start = op.sent_ns
    root = gateway.start("POST /v1/rag", "server", caller, start)
    clock = start + 1 * MS
    for node, work_ms in (("embedding", 20 + slow_ms), ("llm", 50)):
        client = gateway.start(f"POST /v1/{node}", "client", root.context, clock)
        client.set("opea.node", node)
        client.set("opea.comp", f"{node}s")
        client.set("opea.attempt", 1)
        wire = wires[node].start(f"POST /v1/{node}", "server", client.context, clock + 1 * MS)
        wire.set("opea.node", node)
        ended = clock + work_ms * MS
        if node == "llm":
            for span, early in ((client, 0), (wire, 1)):
                span.event("gen_ai.first_token", clock + 10 * MS)
                span.set("opea.token_offsets_us", [10_000 - early * 1000 + 2000 * i for i in range(5)])
        wire.end(ended - 1 * MS)
        client.end(ended)
        clock = ended + 1 * MS
    root.end(clock)


def requests(count, part="correctness"):
    return [
        Op(f"{part}-{number}", part, "why?", "json", sent_ns=(number + 1) * 10**9) for number in range(count)
    ]


async def read_back(ops, memory, slow=()):
    """Emit the requests' spans to a store over HTTP, and read them back over HTTP."""
    async with serve(memory) as store, Jaeger(store.query) as jaeger:
        gateway = Tracer("rag", store.otlp)
        wires = {node: Tracer(node, store.otlp) for node in NODES}
        for op in ops:
            emit_request(gateway, wires, op, slow_ms=100 if op.part in slow else 0)
        for tracer in (gateway, *wires.values()):
            await tracer.close()
        patience = Patience(limit_s=5, quiet_s=0, export_delay_s=0.1, poll_s=0.02)
        return await jaeger.settled_traces(EVER, ["rag"], roots_expected=len(ops), patience=patience)


def test_node_figures_come_from_traces_read_back_over_http():
    """A hundred requests of known durations give exactly those durations, through emitter, store and client."""
    ops = requests(100)

    found = figures_from(asyncio.run(read_back(ops, Memory())).traces, ops, GRAPH)

    embedding, llm = found.nodes
    assert (found.verdict.verdict, found.coverage.share, found.coverage.orphans) == ("holds", 1.0, 0)
    assert (embedding.node, embedding.comp, embedding.calls, embedding.errors) == (
        "embedding",
        "embeddings",
        100,
        0,
    )
    assert (embedding.client_ms_p50, embedding.server_ms_p95, embedding.self_ms_p50) == (20.0, 18.0, 18.0)
    assert (embedding.client_ms_p99, embedding.gap_ms_mean) == (None, 2.0)
    assert (llm.client_ms_p50, llm.ttft_ms_p50, llm.itl_ms_p50, llm.itl_ms_p99) == (50.0, 10.0, 2.0, 2.0)
    assert (llm.strategy, llm.confidence) == ("propagated", 1.0)
    assert embedding.critical_share == pytest.approx(20 / 73)
    assert llm.critical_share == pytest.approx(50 / 73)
    assert [each.label for each in found.waterfalls] == ["median", "p99"]
    assert [(row.node, row.depth, round(row.start_ms)) for row in found.waterfalls[0].spans] == [
        ("rag", 0, 0),
        ("embedding", 1, 1),
        ("embedding", 2, 2),
        ("llm", 1, 22),
        ("llm", 2, 23),
    ]


def test_what_was_refused_a_connection_is_missed_by_nobody(tmp_path):
    """While a gateway ends nobody is there who could trace it."""
    ops = requests(100)
    refused = [
        Op(f"chaos-{number}", "chaos", "why?", "json", sent_ns=1, error="refused") for number in range(9)
    ]
    reset = [Op("chaos-9", "chaos", "why?", "json", sent_ns=1, error="reset")]
    archive.write(tmp_path, asyncio.run(read_back(ops, Memory())))
    found = figures_of(tmp_path, [*ops, *refused, *reset], GRAPH)

    assert (found.coverage.roots_found, found.coverage.requests_sent) == (100, 101)


def test_a_store_that_drops_spans_is_caught():
    """The negative control: with a tenth of the spans lost the figures are withheld and the verdict is unknown."""
    ops = requests(200)

    found = figures_from(asyncio.run(read_back(ops, Memory(drop_share=0.1, seed=7))).traces, ops, GRAPH)

    assert found.nodes == ()
    assert found.verdict.verdict == "unknown"
    assert 0.8 < found.coverage.share < 0.99
    assert found.coverage.orphans > 0
    assert (
        f"only {found.coverage.roots_found} of 200 requests sent are found in the traces" in found.verdict.why
    )
    assert found.warnings[-1].startswith("node figures are withheld: only")


def test_a_store_that_ran_full_is_caught():
    """What was evicted is missing coverage, not a smaller run."""
    ops = requests(200)
    memory = Memory(spans_max=500)

    found = figures_from(asyncio.run(read_back(ops, memory)).traces, ops, GRAPH)

    assert found.verdict.verdict == "unknown"
    assert found.coverage.roots_found <= 100
    assert memory.counters.traces_evicted >= 100


def test_figures_are_those_of_the_load_where_there_was_load():
    """Requests under faults do not colour the table, and a warning says whose figures they are."""
    ops = [*requests(30, "correctness"), *requests(30, "chaos"), *requests(40, "load")]

    found = figures_from(
        asyncio.run(read_back(ops, Memory(), slow=("chaos", "correctness"))).traces, ops, GRAPH
    )

    assert (found.nodes[0].calls, found.nodes[0].client_ms_p50) == (40, 20.0)
    assert found.coverage.figures_of == "the 40 requests of the load"


def test_without_load_figures_leave_faults_out():
    """Chaos alone is not a node's latency."""
    ops = [*requests(30, "correctness"), *requests(30, "chaos")]

    found = figures_from(asyncio.run(read_back(ops, Memory(), slow=("chaos",))).traces, ops, GRAPH)

    assert (found.nodes[0].calls, found.nodes[0].client_ms_p50) == (30, 20.0)
    assert found.coverage.figures_of == "the 30 requests without a fault, asked a few at a time"


def test_a_node_that_was_never_called_is_said():
    """A node of the graph without a span has a row of nothing, and a warning."""
    ops = requests(10)

    found = figures_from(
        asyncio.run(read_back(ops, Memory())).traces, ops, chain("embedding", "rerank", "llm")
    )

    assert [(row.node, row.calls, row.client_ms_p50) for row in found.nodes][1] == ("rerank", 0, None)
    assert "no call of rerank is in the traces" in found.warnings


def test_nothing_sent_is_unknown():
    """Zero requests prove nothing."""
    found = figures_from([], [], GRAPH)

    assert (found.verdict.verdict, found.verdict.why) == ("unknown", "no request was sent")


def test_no_traces_at_all_is_unknown(tmp_path):
    """A run that kept no traces says how many of its requests are missing."""
    found = figures_of(tmp_path, requests(3), GRAPH)

    assert found.verdict.why == "only 0 of 3 requests sent are found in the traces"


def test_why_there_are_none_is_handed_on(tmp_path):
    """A reason known beforehand stands in the verdict."""
    found = figures_of(tmp_path, requests(3), GRAPH, "no trace store was given")

    assert (found.verdict.verdict, found.verdict.why) == ("unknown", "no trace store was given")
    assert found.coverage.requests_sent == 3


def test_a_damaged_archive_raises(tmp_path):
    """What is no traces is not no traces."""
    (tmp_path / archive.NAME).write_text("nonsense\n")

    with pytest.raises(TraceError, match="is no span"):
        figures_of(tmp_path, requests(3), GRAPH)


def test_figures_are_the_same_from_disk(tmp_path):
    """What is judged again from the run's folder is what was judged at first."""
    ops = requests(30)
    pull = asyncio.run(read_back(ops, Memory()))

    archive.write(tmp_path, Pull(pull.traces))

    assert figures_of(tmp_path, ops, GRAPH) == figures_from(pull.traces, ops, GRAPH)


def test_figures_of_nothing_are_empty():
    """The defaults claim nothing."""
    assert (Figures().verdict, Figures().coverage.share) == (None, None)


def test_requests_of_opea_comps_cannot_be_told_apart(traces_of):
    """Its traces bear no id of ours, so the figures are of all requests, and that is said."""
    traces = traces_of("load16_stream")
    count = sum(is_request(trace) for trace in traces)
    parts = ["load", "chaos"] * count
    ops = [
        Op(f"{n}", part, "q", "stream", trace_id=f"{n:032x}", sent_ns=1) for n, part in enumerate(parts, 1)
    ]

    found = figures_from(traces, ops[:count], GRAPH)

    assert found.coverage.figures_of == (
        f"all {count} requests, faulted ones too: these traces do not tell them apart"
    )
