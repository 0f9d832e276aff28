"""The text-to-Cypher mock answers questions with rows of a graph."""

import pytest

from mocks.text2cypher import COMPS, NORWAY, QUESTION, alike
from tests.mocks.contract import ask, broken, examples
from tests.mocks.inprocess import InProcess

(COMP,) = COMPS
PATH = "/v1/text2cypher"
OSLO = "Which country is Oslo the capital of?"


@pytest.fixture
def mock():
    """A mock whose graph nobody else has touched."""
    asking = InProcess(COMP)
    yield asking
    asking.close()


@pytest.mark.parametrize(("comp", "endpoint", "variant", "example"), examples(COMP))
def test_every_example_is_answered_as_promised(comp, endpoint, variant, example):
    """Status, shape and all laws hold for the contract's own examples."""

    assert broken(comp, endpoint, variant, example) == []


def test_a_question_is_answered_with_rows(mock):
    """None where the graph holds nothing of it."""

    assert mock.post(PATH, {"input_text": QUESTION}).json() == [{"s.name": "thirst"}, {"s.name": "fatigue"}]
    assert mock.post(PATH, {"input_text": OSLO}).json() == []


def test_a_seed_is_asked_from_then_on(mock):
    """With a refresh it takes the place of what was there, else it comes beside it."""
    beside = {"cypher_insert": NORWAY, "refresh_db": False}

    assert mock.post(PATH, {"input_text": OSLO, "seeding": beside}).json() == [{"c.name": "Norway"}]
    assert len(mock.post(PATH, {"input_text": QUESTION}).json()) == 2

    mock.post(PATH, {"input_text": OSLO, "seeding": {"cypher_insert": NORWAY}})

    assert mock.post(PATH, {"input_text": QUESTION}).json() == []


def test_a_bad_seed_changes_nothing_and_is_an_internal_error_upstream(mock):
    """The refusal says what could not be read."""
    body = {"input_text": QUESTION, "seeding": {"cypher_insert": "no cypher"}}
    reply = mock.post(PATH, body)

    assert (reply.status_code, reply.json()) == (
        400,
        {"detail": "cypher: 'no cypher' begins with no MATCH, MERGE or CREATE"},
    )
    assert len(mock.post(PATH, {"input_text": QUESTION}).json()) == 2
    assert ask(COMP, "POST", PATH, body, like_upstream=True).status_code == 500


def test_rows_of_unlike_columns_break_the_law():
    """A text is no rows, and breaks nothing."""

    assert alike({}, [{"a": 1}, {"b": 1}]) == "rows have the columns [('a',), ('b',)], not one set of them"
    assert alike({}, [{"a": 1}, {"a": 2}]) is None
    assert alike({}, "I do not know") is None
