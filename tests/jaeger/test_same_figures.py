"""One run, its spans sent to the embedded store and to a real Jaeger alike: the figures of both are the same."""

import asyncio

import pytest

from harness.checks.answers import MODES
from harness.session import answerable
from harness.stack.ingest import ingest
from harness.stack.stack import Keeping, Where, raised
from harness.traces.figures import figures_from
from harness.traces.jaeger import Jaeger, Patience, Window
from harness.traces.memory import Memory
from harness.traces.store import serve
from tests.carried_out import session_on, wished
from tests.jaeger.real import jaeger
from tests.jaeger.tee import sent_to_both

pytestmark = pytest.mark.needs("jaeger")
EVER = Window(0, 2 * 10**18)
PATIENCE = Patience(limit_s=20, quiet_s=0.5, export_delay_s=3)


async def one_run(folder):
    """The requests that were sent, and what either store holds of them."""
    wish = wished("rag", ("correctness",), where=Where())
    async with (
        jaeger(folder) as (_, real),
        serve(Memory()) as embedded,
        sent_to_both(embedded.otlp, real["otlp"]) as both,
        raised(wish.scenario, Where(jaeger=both), Keeping(folder / "logs")) as stack,
    ):
        await ingest(stack)
        session = session_on(stack, wish, folder)
        for place, question in enumerate(answerable(wish.scenario)):
            await session.ask(question, MODES[place % len(MODES)], part="correctness")
        sent, graph = session.run.ops, {node.name: frozenset(node.after) for node in stack.graph}
        asked = {op.trace_id for op in sent}
        session.run.close()
        pulls = {}
        for name, address, api in (
            ("embedded", embedded.query, "v3"),
            ("real", real["query"], "v3"),
            ("real, v1", real["query"], "v1"),
        ):
            async with Jaeger(address, api=api) as client:
                pulls[name] = await client.settled_traces(
                    EVER,
                    stack.services,
                    roots_expected=len(sent),
                    count_roots=lambda found: sum(each.trace_id in asked for each in found),
                    patience=PATIENCE,
                )
        return sent, graph, pulls


@pytest.fixture(scope="module")
def figures(tmp_path_factory):
    """The figures of one run, by where they were read."""
    sent, graph, pulls = asyncio.run(one_run(tmp_path_factory.mktemp("run")))
    assert all(pull.settled for pull in pulls.values())
    return len(sent), {name: figures_from(pull.traces, sent, graph) for name, pull in pulls.items()}


def test_every_request_is_found_in_both(figures):
    """Coverage is whole, and nothing is an orphan."""
    sent, of = figures

    assert sent >= 30
    assert {(each.coverage.roots_found, each.coverage.orphans) for each in of.values()} == {(sent, 0)}


def test_the_node_table_is_the_same_to_the_last_digit(figures):
    """Calls, errors, every percentile, critical share, first token."""
    _, of = figures

    assert of["real"].nodes == of["embedded"].nodes
    assert [row.node for row in of["real"].nodes] == [
        "guardrail_in",
        "embedding",
        "retriever",
        "rerank",
        "llm",
    ]
    assert all(row.client_ms_p50 and row.server_ms_p50 for row in of["real"].nodes)
    assert of["real"].waterfalls == of["embedded"].waterfalls


def test_the_api_that_cuts_to_microseconds_differs_by_no_more(figures):
    """Medians by two microseconds at most."""
    _, of = figures

    for exact, cut in zip(of["real"].nodes, of["real, v1"].nodes, strict=True):
        assert (exact.node, exact.calls, exact.errors) == (cut.node, cut.calls, cut.errors)
        assert cut.client_ms_p50 == pytest.approx(exact.client_ms_p50, abs=0.002)
        assert cut.server_ms_p50 == pytest.approx(exact.server_ms_p50, abs=0.002)
