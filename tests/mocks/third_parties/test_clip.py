"""The CLIP embedding server."""

from datetime import UTC, datetime

import pytest

from mocks.third_parties.clip import COMP, LAWS, constraints
from tests.mocks.contract import ask

PATH = "/v1/embeddings"
NOW = datetime(2026, 11, 22, 20, 26, 12, 5, UTC)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a man", {}),
        ("a man today", {"date": ["==", "2026-11-22"]}),
        ("a man yesterday", {"date_time": [">=", {"_date": "2026-11-21T20:26:12"}]}),
        ("a man last Saturday", {"date": ["==", "2026-11-21"]}),
        ("a man last sunday", {"date": ["==", "2026-11-15"]}),
        ("a man last week", {}),
        ("the last 48 hours", {"date_time": [">=", {"_date": "2026-11-20T20:26:12"}]}),
        ("the last 1 day", {"date_time": [">=", {"_date": "2026-11-21T20:26:12"}]}),
    ],
)
def test_a_date_in_the_text_becomes_a_constraint(text, found):
    """A day is an equality, a span a lower bound."""
    assert constraints(text, NOW) == found


def test_a_text_document_has_the_vector_that_input_has():
    """The contracts differ in shape, not in vectors."""
    document = ask(COMP, "POST", PATH, {"text": "a tram"}).json()
    openai = ask(COMP, "POST", PATH, {"input": "a tram"}).json()
    chat = ask(COMP, "POST", PATH, {"messages": "x", "input": "a tram"}).json()

    assert (
        document["embedding"] == openai["data"][0]["embedding"] == chat["embedding"]["data"][0]["embedding"]
    )
    assert len(document["embedding"]) == 512


def test_token_ids_are_texts_too():
    """One list of numbers is one text."""
    assert len(ask(COMP, "POST", PATH, {"input": [1, 2, 3]}).json()["data"]) == 1
    assert len(ask(COMP, "POST", PATH, {"input": [[1], [2]]}).json()["data"]) == 2


@pytest.mark.parametrize(
    "body",
    [
        {"input": []},
        {"input": [1, 2]},
        {"input": [[1]]},
        {"text": "word " * 76},
        {"messages": "x", "input": "word " * 76},
    ],
    ids=str,
)
def test_what_the_model_cannot_read_is_upstream_an_internal_error(body):
    """It has no texts, or token ids, or more words than the model reads; what it can read is answered."""
    assert ask(COMP, "POST", PATH, body).status_code == 200
    assert ask(COMP, "POST", PATH, body, like_upstream=True).status_code == 500
    for read in ({"text": ""}, {"text": "word " * 75}, {"text": "a", "input": [1]}):
        assert ask(COMP, "POST", PATH, read, like_upstream=True).status_code == 200


@pytest.mark.parametrize(
    "body",
    [{}, {"messages": "x"}, {"text": []}, {"input": 5}, {"input": "x", "encoding_format": "hex"}],
    ids=str,
)
def test_nothing_to_embed_is_refused(body):
    """The promise is a reason; upstream fails."""
    assert ask(COMP, "POST", PATH, body).status_code == 400
    assert ask(COMP, "POST", PATH, body, like_upstream=True).status_code == 500


def test_a_wrong_number_of_vectors_or_numbers_breaks_a_law():
    """Each law has been seen to fail."""
    broken = {law.id: law.broken for law in LAWS}

    assert (
        broken["one-vector-a-text"]({"text": ["a", "b"]}, {"embedding": [[1.0]]}) == "1 vectors for 2 texts"
    )
    assert broken["finite"]({}, {"embedding": [None]}) == "embedding[0][0]: is None, no finite number"
    assert broken["dimensions"]({}, {"embedding": [1.0]}) == "vectors have [1] numbers, not 512"
