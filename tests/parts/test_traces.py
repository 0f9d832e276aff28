"""Traces are read back over HTTP."""

from dataclasses import replace
from time import monotonic_ns, time_ns

import pytest

from harness.asking import Asker
from harness.parts import traces
from harness.progress import Silent
from harness.report import Machine
from harness.run import Plan, Run
from harness.scenario import Question
from harness.session import Session
from harness.stack.stack import Stack
from harness.traces.archive import read
from harness.traces.jaeger import Patience

QUESTION = Question("first", "When does the first tram leave?")


@pytest.fixture
def session(standing, tmp_path):
    plan = Plan(
        id="r",
        scenario="rag",
        says="",
        gateway="reference",
        seed=0,
        parts=["correctness"],
        rate_per_s=1,
        duration_s=1,
        started="",
        began_ns=monotonic_ns(),
        epoch_offset_ns=time_ns() - monotonic_ns(),
        git="",
        command="",
        machine=Machine(),
        graph=[],
    )
    run = Run.create(tmp_path, plan)
    asker = Asker(standing.stack.client, standing.stack.endpoint, standing.stack.scenario)
    yield Session(standing.stack.scenario, standing.stack, run, asker, Silent(), 0)
    run.close()


def test_the_trace_of_every_request_is_kept_in_the_runs_folder(standing, session):
    """One trace for each, with the spans of gateway and wires."""

    async def scenario():
        ops = [await session.ask(QUESTION, "json", part="correctness") for _ in range(3)]
        return ops, await traces.carry_out(session)

    ops, facts = standing.run(scenario())
    found = {trace.trace_id: trace for trace in read(session.run.path / "spans")}

    assert facts == {"traces": "", "traces_settled": True, "traces_truncated": 0}
    assert {op.trace_id for op in ops} <= set(found)
    assert len(found[ops[0].trace_id].spans) == 11


def test_a_store_that_does_not_answer_is_said(standing, session, monkeypatch):
    """The reason is kept, and no figures come of it."""
    stack = standing.stack
    lost = Stack(stack.scenario, stack.gateway, stack.hops, stack.client, query="http://127.0.0.1:1")
    monkeypatch.setattr(traces, "PATIENCE", Patience(limit_s=0.2))

    facts = standing.run(traces.carry_out(replace(session, stack=lost)))

    assert "http://127.0.0.1:1" in facts["traces"]


def test_without_a_store_there_is_nothing_to_read(standing, session):
    """That is said too."""
    stack = standing.stack
    blind = Stack(stack.scenario, stack.gateway, stack.hops, stack.client)

    assert standing.run(traces.carry_out(replace(session, stack=blind))) == {
        "traces": "no trace store was given"
    }
