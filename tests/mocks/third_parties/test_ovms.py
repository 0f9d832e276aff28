"""OpenVINO Model Server."""

import math

import pytest

from mocks.third_parties.ovms import COMP
from tests.mocks.contract import ask

LAWS = {law.id: law.broken for each in COMP.endpoints for variant in each.variants for law in variant.laws}
TWO = {"documents": ["a", "b"]}


def test_the_best_document_is_first():
    """By its place among those that were given."""
    body = {"model": "x", "query": "What runs on rails?", "documents": ["Bananas.", "A tram runs on rails."]}
    reply = ask(COMP, "POST", "/v3/rerank", body).json()

    assert [each["index"] for each in reply["results"]] == [1, 0]


def test_vectors_have_the_length_of_the_served_model():
    """A setting says another."""
    body = {"model": "x", "input": "a tram"}
    lengths = [
        len(ask(COMP, "POST", "/v3/embeddings", body, settings).json()["data"][0]["embedding"])
        for settings in ({}, {"EMBEDDING_DIMENSION": "8"})
    ]

    assert lengths == [1024, 8]


def test_chats_are_under_v3_alone():
    """Unlike any other OpenAI-like server's."""
    body = {"model": "x", "messages": [{"role": "user", "content": "Hello?"}]}

    assert [ask(COMP, "POST", f"/{v}/chat/completions", body).status_code for v in ("v3", "v1")] == [200, 404]


@pytest.mark.parametrize(
    ("law", "request_", "reply", "why"),
    [
        ("one-vector-a-text", {"input": ["a", "b"]}, {"data": [{}]}, "data: holds 1 vectors for 2 texts"),
        (
            "finite",
            {},
            {"data": [{"embedding": [math.nan]}]},
            "data[0].embedding[0]: is nan, no finite number",
        ),
        (
            "best-first",
            TWO,
            {"results": [{"index": 0, "relevance_score": 0.1}, {"index": 1, "relevance_score": 0.2}]},
            "results[1]: score 0.2 is above 0.1 before it",
        ),
        (
            "known-places",
            TWO,
            {"results": [{"index": 0}, {"index": 0}]},
            "results: indices are [0, 0], of 2 documents at most 2",
        ),
        ("known-places", {**TWO, "top_n": 1}, {"results": [{"index": 1}]}, None),
    ],
)
def test_a_broken_law_says_what_is_wrong(law, request_, reply, why):
    """Each law has been seen to fail."""
    assert LAWS[law](request_, reply) == why
