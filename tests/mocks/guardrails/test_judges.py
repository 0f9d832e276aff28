"""Factuality and hallucination."""

import pytest

from mocks.guardrails.judges import COMPS, TOWER, lynx_prompt
from tests.mocks.contract import ask

FACTUALITY, HALLUCINATION = COMPS
PATH = "/v1/hallucination_detection"


def test_a_text_is_as_factual_as_its_reference_knows_it():
    """More of the text in the reference is a higher score."""
    scores = [
        ask(FACTUALITY, "POST", "/v1/factuality", {"reference": TOWER, "text": text}).json()["score"]
        for text in (TOWER, "The Eiffel Tower stands in London.", "Bread needs yeast.")
    ]

    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 3


@pytest.mark.parametrize("as_list", [True, False])
def test_an_invented_answer_fails(as_list):
    """The verdict is in the text, for chats of both shapes."""
    prompt = lynx_prompt("Where?", TOWER, "In London, on the Thames.")
    messages = [{"role": "user", "content": prompt}] if as_list else prompt

    assert '"SCORE": FAIL' in ask(HALLUCINATION, "POST", PATH, {"messages": messages}).json()["text"]


@pytest.mark.parametrize("messages", ["x", [], [{"content": "x"}]], ids=str)
def test_messages_that_no_model_server_takes_are_upstream_an_internal_error(messages):
    """They are handed on as they are; a question beside them makes the request another, which is answered with null."""
    asked = {"messages": messages}

    assert ask(HALLUCINATION, "POST", PATH, asked).status_code == 200
    assert ask(HALLUCINATION, "POST", PATH, asked, like_upstream=True).status_code == 500
    assert ask(HALLUCINATION, "POST", PATH, {**asked, "query": "q"}, like_upstream=True).content == b"null"


def test_other_requests_get_null():
    """A question or a search is answered with null and status 200, as upstream."""
    reply = ask(HALLUCINATION, "POST", PATH, {"query": "q"})

    assert (reply.status_code, reply.content) == (200, b"null")
