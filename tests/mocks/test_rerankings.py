"""The reranking mock keeps OPEA's contract and orders by relevance."""

import math

import pytest

from mocks.rerankings import COMPS, DOCUMENTS, QUESTION, RIGHT
from tests.mocks.contract import ask, broken, examples

COMP = COMPS[0]
LAWS = {(variant.name, law.id): law.broken for variant in COMP.endpoints[0].variants for law in variant.laws}
TEXTS = [doc["text"] for doc in DOCUMENTS]


def rerank(*, like_upstream=False, **body):
    """The mock's reply."""
    return ask(COMP, "POST", "/v1/reranking", body, like_upstream=like_upstream)


@pytest.mark.parametrize(("comp", "endpoint", "variant", "example"), examples(COMP))
def test_every_example_is_answered_as_promised(comp, endpoint, variant, example):
    """Status, shape and all laws hold for the contract's own examples."""

    assert broken(comp, endpoint, variant, example) == []


def test_the_best_documents_are_kept_best_first():
    """A searched document becomes what the LLM takes."""
    reply = rerank(initial_query=QUESTION, retrieved_docs=DOCUMENTS, top_n=2).json()

    assert reply["documents"] == [RIGHT, "neural nets learn"]


def test_a_reranking_request_gets_scores():
    """Every document with its score, falling; the order of equal ones is that of the request."""
    reply = rerank(input=QUESTION, retrieved_docs=TEXTS, top_n=3).json()["reranked_docs"]

    assert [doc["text"] for doc in reply] == [RIGHT, "neural nets learn", "Bananas are yellow"]
    assert reply[0]["score"] > 0.5 > reply[1]["score"] > reply[2]["score"]


def test_a_chat_request_comes_back_reranked():
    """The question is the input, or else the messages' text."""
    reply = rerank(messages=QUESTION, retrieved_docs=DOCUMENTS).json()

    assert (reply["messages"], reply["documents"]) == (QUESTION, [RIGHT])


def test_a_document_without_a_text_is_refused():
    """The reason names the field and what was seen."""
    reply = rerank(input=QUESTION, retrieved_docs=[{"title": "x"}])

    assert (reply.status_code, reply.json()["detail"]) == (
        400,
        "retrieved_docs: a document has the text None; a text is a string",
    )


def test_like_upstream_texts_as_documents_are_an_internal_error():
    """The known deviation is answered only when it is asked for."""

    assert rerank(input=QUESTION, retrieved_docs=TEXTS).status_code == 200
    assert rerank(input=QUESTION, retrieved_docs=TEXTS, like_upstream=True).status_code == 500


@pytest.mark.parametrize(
    "body",
    [
        {"initial_query": QUESTION, "retrieved_docs": [{}]},
        {"initial_query": QUESTION, "retrieved_docs": [{"text": TEXTS}]},
        {"messages": QUESTION, "retrieved_docs": DOCUMENTS},
        {"messages": QUESTION, "retrieved_docs": DOCUMENTS, "input": [QUESTION]},
    ],
    ids=["no-text", "many-texts", "messages-alone", "many-questions"],
)
def test_like_upstream_what_has_no_text_or_no_question_is_an_internal_error(body):
    """As the real comp over TEI answered; with an input a chat's documents are ranked."""
    assert rerank(**body, like_upstream=True).status_code == 500
    if "messages" in body:
        assert rerank(**{**body, "input": QUESTION}, like_upstream=True).status_code == 200


SEARCHED = {"initial_query": "q", "retrieved_docs": [{"text": "a"}, {"text": "b"}]}
ASKED = {"input": "q", "retrieved_docs": ["a", "b"], "top_n": 2}


@pytest.mark.parametrize(
    ("law", "request_", "reply", "why"),
    [
        (
            ("searched-doc", "top-n-kept"),
            SEARCHED,
            {"documents": ["a", "b"]},
            "documents: are 2, 1 were to be kept",
        ),
        (
            ("searched-doc", "none-invented"),
            SEARCHED,
            {"documents": ["c"]},
            "documents: holds 'c', which was not among the documents given",
        ),
        (
            ("searched-doc", "query-kept"),
            SEARCHED,
            {"query": "z"},
            "query: is 'z', asked was 'q'",
        ),
        (
            ("reranking-request", "none-invented"),
            ASKED,
            {"reranked_docs": [{"text": "a"}, {"text": "a"}]},
            "reranked_docs: repeats a document",
        ),
        (
            ("reranking-request", "scores-fall"),
            ASKED,
            {"reranked_docs": [{"score": 0.1}, {"score": 0.2}]},
            "reranked_docs[1]: score 0.2 is above 0.1 before it",
        ),
        (
            ("chat", "scores-fall"),
            ASKED,
            {"reranked_docs": [{"score": math.nan}]},
            "reranked_docs[0]: score is nan, no finite number",
        ),
    ],
)
def test_a_broken_law_says_what_is_wrong(law, request_, reply, why):
    """Each law has been seen to fail, and its words are read."""

    assert LAWS[law](request_, reply) == why
