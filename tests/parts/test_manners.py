"""A megaservice is got to know before it is judged."""

from dataclasses import replace

import pytest

from harness.discovery import COMP, discover
from harness.parts import manners
from harness.parts.manners import Manners
from tests.carried_out import session_on, wished

COMPS = discover(COMP)


@pytest.fixture
def known(standing, tmp_path):
    """What is learnt of the standing stack, asked so."""
    made = []

    def get_to_know(**changes):
        session = session_on(standing.stack, wished("rag", ("correctness",)), tmp_path / str(len(made)))
        session.scenario = session.asker._scenario = replace(session.scenario, **changes)
        made.append(session)
        return standing.run(manners.learnt(session, COMPS)), session.run.ops

    yield get_to_know
    for session in made:
        session.run.close()


def test_one_that_answers_as_it_is_asked_is_asked_once_in_each_mode(known):
    """And all of its nodes hear of it."""
    found, ops = known()

    assert found == Manners(("json", "stream"), {}, ())
    assert [(op.mode, op.part, op.cell, op.ok) for op in ops] == [
        ("json", "calm", "manners", True),
        ("stream", "calm", "manners", True),
    ]


def test_what_streams_whatever_it_is_asked_is_asked_for_streams_alone(known):
    """What came in the place of JSON is told."""
    found, _ = known(ask=lambda text, _stream: {"messages": text, "stream": True})

    assert found.other == {"json": "text/event-stream"}
    assert found.kept == ("stream",)


def test_what_never_streams_is_not_asked_to(known):
    """The other way round."""
    found, _ = known(ask=lambda text, _stream: {"messages": text, "stream": False})

    assert found.other == {"stream": "application/json"}
    assert found.kept == ("json",)


def test_what_fails_in_one_way_alone_is_asked_in_the_other(known):
    """As where a model can only stream; what it said is told."""
    found, _ = known(ask=lambda text, stream: {"messages": text, "stream": True} if stream else {})

    assert found.kept == ("stream",)
    assert found.other["json"].startswith("the gateway answered 422")


def test_a_node_to_which_no_question_leads_is_told(known, standing):
    """As where the question is stopped before it."""
    harmful = next(each for each in standing.stack.scenario.questions if each.blocked)
    found, _ = known(questions=(replace(harmful, blocked=False, answerable=True),))

    assert set(found.unasked) == {"embedding", "retriever", "rerank", "llm"}


def test_where_nothing_is_answered_nothing_is_known_of_nodes(known):
    """A megaservice that refuses its question does not say which nodes it would have called."""
    found, ops = known(ask=lambda _text, _stream: {})

    assert [op.status for op in ops] == [422, 422]
    assert (found.other, found.unasked, found.kept) == ({}, (), ("json", "stream"))


def test_one_that_answers_in_no_mode_as_asked_is_judged_in_all():
    """There is nothing else to go by."""
    both = Manners(("json", "stream"), {"json": "text/event-stream", "stream": "application/json"}, ())

    assert both.kept == ("json", "stream")
