"""Web retriever."""

import pytest

from mocks._text import embed
from mocks.web_retrievers import COMPS, QUESTION, VECTOR, WEB
from tests.mocks.contract import ask, broken

(COMP,) = COMPS
PATH = "/v1/web_retrieval"
LAWS = {law.id: law.broken for law in COMP.endpoints[0].variants[0].laws}


def test_the_mock_keeps_its_contract():
    """Status, model and laws hold for every example, over a real socket."""
    assert broken(COMP) == []


@pytest.mark.parametrize(
    ("question", "title"),
    [(QUESTION, "OPEA"), ("What does a tram run on?", "Trams"), ("deep learning", "Deep learning")],
)
@pytest.mark.parametrize("dimension", [768, 512])
def test_the_page_that_is_nearest_to_the_vector_comes_first(question, title, dimension):
    """Whatever the vector's length."""
    body = {"text": question, "embedding": embed(question, dimension).tolist()}
    docs = ask(COMP, "POST", PATH, body).json()["retrieved_docs"]

    assert f" title: {title} " in docs[0]["text"]
    assert len(docs) == 4


def test_a_page_tells_where_it_is_from():
    """After its text."""
    assert WEB[3].told == (
        "A tram runs on rails and takes its current from a wire above it. \n title: Trams \n"
        "  \n source: https://example.org/trams \n"
    )


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (
            {"text": [QUESTION], "embedding": VECTOR},
            "text: is a list; one question is searched for at a time",
        ),
        ({"text": "x", "embedding": []}, "embedding: is empty; a question's vector has at least one number"),
        (
            {"text": "x", "embedding": [[]]},
            "embedding: is empty; a question's vector has at least one number",
        ),
    ],
)
def test_what_cannot_be_searched_for_is_refused(body, why):
    """With 400 and the reason."""
    reply = ask(COMP, "POST", PATH, body)

    assert (reply.status_code, reply.json()) == (400, {"detail": why})


@pytest.mark.parametrize(
    ("law", "request_", "reply", "why"),
    [
        ("at-most-k", {"k": 1}, {"retrieved_docs": [{}, {}]}, "retrieved_docs: are 2, more than k=1"),
        ("query-kept", {"text": "a"}, {"initial_query": "b"}, "initial_query: is 'b', asked was 'a'"),
        ("titled", {}, {"retrieved_docs": [{"text": "x"}]}, "retrieved_docs[0]: does not tell its title"),
    ],
)
def test_a_broken_law_says_what_is_wrong(law, request_, reply, why):
    """Each law has been seen to fail."""
    assert LAWS[law](request_, reply) == why
