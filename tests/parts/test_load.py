"""Load at a set rate for a set time."""

import asyncio
from dataclasses import replace

import pytest

from harness.errors import ScenarioError
from harness.parts import load
from tests.carried_out import session_on, wished


@pytest.fixture
def session(standing, tmp_path):
    wish = wished("rag", ("load",), rate_per_s=20.0, duration_s=1.0, seed=5)
    made = session_on(standing.stack, wish, tmp_path)
    yield made
    made.run.close()


def test_every_arrival_is_sent_and_kept(session, standing):
    """What the engine knows of itself comes back as data; only questions that have an answer are asked."""
    facts = standing.run(load.carry_out(session))
    sent = [op for op in session.run.ops if op.part == "load"]
    blocked = {question.id for question in session.scenario.questions if question.blocked}

    assert len(sent) == facts["drive"]["arrivals"] > 5
    assert facts["certificate"]
    assert all(op.scheduled_ns <= op.sent_ns for op in sent)
    assert not {op.question for op in sent} & blocked


def test_a_load_that_is_cut_off_leaves_what_was_sent(session, standing):
    """Nothing goes on being sent after it."""

    async def cut_off():
        task = asyncio.ensure_future(load.carry_out(session))
        while not any(op.part == "load" and op.ok for op in session.run.ops):
            await asyncio.wait({task}, timeout=0.02)
            assert not task.done()
        task.cancel()
        await asyncio.wait({task}, timeout=20)
        return task.cancelled()

    session.run.plan.duration_s = 30.0

    assert standing.run(cut_off())
    assert session.run.ops


def test_a_scenario_without_an_answerable_question_is_said(session, standing):
    """Before anything is sent."""
    none = replace(session.scenario, questions=())

    with pytest.raises(ScenarioError, match="rag: has no question that is answerable"):
        standing.run(load.carry_out(replace(session, scenario=none)))

    assert session.run.ops == []
