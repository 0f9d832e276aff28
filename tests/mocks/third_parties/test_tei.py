"""Text Embeddings Inference."""

import math

from mocks.third_parties.tei import COMP, QUESTION, TEXTS
from tests.mocks.contract import ask

EMBED, RERANK = COMP.endpoints[0].variants[0], COMP.endpoints[1].variants[0]


def broken(variant, law, request, reply):
    return next(each for each in variant.laws if each.id == law).broken(request, reply)


def test_the_better_text_comes_first():
    """Ranks fall by score and point into the request."""
    ranks = ask(COMP, "POST", "/rerank", {"query": QUESTION, "texts": TEXTS}).json()

    assert [rank["index"] for rank in ranks] == [1, 0]
    assert ranks[0]["score"] > ranks[1]["score"]


def test_the_dimension_is_the_servers_setting():
    """768 unless told otherwise, always of length 1."""
    plain = ask(COMP, "POST", "/embed", {"inputs": "a"}).json()
    small = ask(COMP, "POST", "/embed", {"inputs": "a"}, {"EMBEDDING_DIMENSION": "32"}).json()

    assert [len(plain[0]), len(small[0])] == [768, 32]
    assert math.isclose(sum(number**2 for number in small[0]), 1, rel_tol=1e-5)


def test_no_texts_are_refused_in_teis_words():
    """The error names its type."""
    reply = ask(COMP, "POST", "/embed", {"inputs": []})

    assert (reply.status_code, reply.json()) == (
        422,
        {"error": "`inputs` cannot be empty", "error_type": "Validation"},
    )


def test_each_law_has_been_seen_to_fail():
    """Wrong counts, lengths, places and orders are said."""
    asked = {"query": "q", "texts": ["a", "b"]}
    rising = [{"index": 0, "score": 0.1}, {"index": 1, "score": 0.9}]

    assert broken(EMBED, "one-vector-a-text", {"inputs": ["a", "b"]}, [[1.0]]) == "1 vectors for 2 texts"
    assert broken(EMBED, "unit-vectors", {"inputs": "a"}, [[2.0]]) == "[0]: has length 2, not 1"
    assert broken(EMBED, "unit-vectors", {"inputs": "a", "normalize": False}, [[2.0]]) is None
    assert (
        broken(RERANK, "each-text-once", asked, rising[:1]) == "index: places are [0], the texts' are [0, 1]"
    )
    assert broken(RERANK, "falling", asked, rising) == "score[1]: score 0.9 is above 0.1 before it"
