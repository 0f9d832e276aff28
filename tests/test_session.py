"""What the parts of a run share."""

import asyncio
from dataclasses import replace

import pytest

from harness.discovery import SCENARIO, discover
from harness.errors import ScenarioError
from harness.scenario import Question
from harness.session import answerable, calm_question
from tests.carried_out import session_on, wished

RAG = discover(SCENARIO)["rag"]


@pytest.fixture
def session(standing, tmp_path):
    made = session_on(standing.stack, wished("rag", ("correctness",), seed=3), tmp_path)
    yield made
    made.run.close()


def test_an_answer_is_on_disk_as_soon_as_it_is_there(session, standing):
    """With its part, its cell and a number of its own."""
    question = calm_question(RAG)
    op = standing.run(session.ask(question, "stream", part="calm", cell="baseline"))

    assert op.ok
    assert session.run.ops == [op]
    assert (op.id, op.part, op.question, op.cell) == ("calm-00001", "calm", question.id, "baseline")
    assert op.scheduled_ns <= op.sent_ns < op.ended_ns


def test_another_text_may_stand_in_the_questions_place(session, standing):
    """So that a nonce can be asked along; the question stays the one that labels the answer."""
    question = calm_question(RAG)
    op = standing.run(
        session.ask(question, "json", part="correctness", text=f"{question.text} [nonce:abc123]")
    )

    assert "[nonce:abc123]" in op.text
    assert op.question == question.id


def test_a_question_that_was_cut_off_is_on_disk_too(session, standing):
    """As one that never ended, so that nothing that was sent is forgotten."""

    async def cut_off():
        task = asyncio.ensure_future(session.ask(calm_question(RAG), "stream", part="load"))
        await asyncio.wait({task}, timeout=0.01)
        task.cancel()
        await asyncio.wait({task})

    standing.run(cut_off())
    (op,) = session.run.ops

    assert (op.error, op.ended_ns, op.ok) == ("unfinished", 0, False)


def test_chance_depends_on_the_seed_and_the_part_alone(session):
    """The same seed asks the same, whatever other parts there are."""
    same, other = replace(session), replace(session, seed=4)

    assert session.random("chaos").random() == same.random("chaos").random()
    assert session.random("chaos").random() != session.random("nonces").random()
    assert session.random("chaos").random() != other.random("chaos").random()


def test_no_more_are_done_at_once_than_were_allowed(session):
    """In order of start."""
    under_way, most, begun = 0, 0, []

    async def work(item):
        nonlocal under_way, most
        begun.append(item)
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1

    asyncio.run(session.each(range(20), work, 3))

    assert (most, begun) == (3, list(range(20)))


def test_questions_that_have_a_right_answer_are_asked():
    """Those that are blocked, or that nothing answers, are not."""
    assert {question.id for question in answerable(RAG)} == {
        question.id for question in RAG.questions if question.answer
    }


def test_a_scenario_without_any_is_said():
    """A run could compare nothing."""
    none = replace(RAG, name="none", questions=(Question("why", "Why?", answerable=False),))

    with pytest.raises(
        ScenarioError, match="none: has no question that is answerable; a run needs one at least"
    ):
        calm_question(none)
