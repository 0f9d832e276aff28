"""The retriever mock keeps OPEA's contract and really searches what dataprep ingested."""

import asyncio

import httpx
import pytest

from harness.comp import World
from harness.mocking.app import Mock
from harness.mocking.behaviour import Behaviour
from harness.mocking.serving import serving
from mocks._store import Chunk, store_of
from mocks._text import embed
from mocks.dataprep import COMPS as DATAPREP
from mocks.retrievers import COMPS, SEARCHED_LAWS
from tests.mocks.contract import ask, broken, examples

(COMP,) = COMPS
LAWS = {law.id: law for variant in COMP.endpoints[0].variants for law in variant.laws}
TEXTS = {
    "a.txt": "A day ticket costs four crowns.",
    "b.txt": "The depot has nine bays.",
    "c.txt": "Dogs wear a muzzle on board.",
}
DEPOT = "How many bays has the depot?"


def retrieve(*, like_upstream=False, about=None, **body):
    """The reply of a retriever that holds three documents, and what is said `about` them."""
    world = World()
    store_of(world).index("rag_redis").add([Chunk(name, text, about) for name, text in TEXTS.items()])

    async def once():
        mock = Mock(COMP, world, behaviour=Behaviour(like_upstream=like_upstream))
        async with serving([mock]) as urls, httpx.AsyncClient() as client:
            return await client.post(f"{urls[COMP.id]}/v1/retrieval", json=body)

    return asyncio.run(once())


@pytest.mark.parametrize(("comp", "endpoint", "variant", "example"), examples(*COMPS))
def test_every_example_is_answered_as_promised(comp, endpoint, variant, example):
    """Status, shape and all laws hold for the contract's own examples."""

    assert broken(comp, endpoint, variant, example) == []


def test_the_nearest_document_comes_first_with_its_metadata():
    """Documents and metadata stand in one order."""
    reply = retrieve(text=DEPOT, embedding=embed(DEPOT).tolist(), k=2).json()

    assert reply["retrieved_docs"][0]["text"] == TEXTS["b.txt"]
    assert reply["metadata"][0] == {"doc_name": "./uploaded_files/b.txt"}
    assert len(reply["retrieved_docs"]) == 2


def test_without_a_vector_the_text_is_searched_for():
    """A retrieval request with `input` alone is answered by meaning."""

    assert retrieve(input=DEPOT, k=1).json()["retrieved_docs"][0]["text"] == TEXTS["b.txt"]


def test_without_either_the_first_documents_come():
    """An empty object is a valid request upstream too."""

    assert [doc["text"] for doc in retrieve(k=2).json()["retrieved_docs"]] == [TEXTS["a.txt"], TEXTS["b.txt"]]


def test_the_vector_may_be_a_whole_embedding_response():
    """What the embedding service answers can be passed on as it is."""
    vector = {"data": [{"index": 0, "embedding": embed(DEPOT).tolist()}]}

    assert retrieve(input="?", embedding=vector, k=1).json()["retrieved_docs"][0]["text"] == TEXTS["b.txt"]


def test_a_chat_request_comes_back_with_documents():
    """The echo carries what was found, as texts too."""
    reply = retrieve(messages=DEPOT, embedding=embed(DEPOT).tolist(), k=1, temperature=0.5).json()

    assert (reply["documents"], reply["temperature"]) == ([TEXTS["b.txt"]], 0.5)


@pytest.mark.parametrize(
    ("how", "found"),
    [
        ({"search_type": "similarity_score_threshold", "score_threshold": 0.3}, 1),
        ({"search_type": "similarity_distance_threshold", "distance_threshold": 0.7}, 1),
        ({"search_type": "similarity_distance_threshold"}, 3),
        ({"search_type": "mmr", "k": 2}, 2),
        ({"search_type": "of a new kind"}, 3),
    ],
)
def test_the_kind_of_search_is_kept_to(how, found):
    """Thresholds cut, diversity keeps to k, an unknown kind is plain similarity."""
    reply = retrieve(text=DEPOT, embedding=embed(DEPOT).tolist(), **how)

    assert len(reply.json()["retrieved_docs"]) == found
    assert reply.json()["retrieved_docs"][0]["text"] == TEXTS["b.txt"]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (
            {"text": "x", "embedding": [1.0, 2.0]},
            "embedding: has 2 numbers; the index holds vectors of 768",
        ),
        (
            {"text": ["x"], "embedding": [0.0] * 768},
            "text: is a list; one question is searched for at a time",
        ),
    ],
)
def test_what_cannot_be_searched_for_is_refused_with_a_reason(body, why):
    """Upstream these are internal errors."""
    promised = retrieve(**body)

    assert (promised.status_code, promised.json()["detail"]) == (400, why)
    assert retrieve(**body, like_upstream=True).status_code == 500


def test_like_upstream_a_store_that_holds_nothing_takes_a_vector_of_any_size():
    """There is nothing that it would not fit, and the comp is found out only when there is."""
    body = {"text": DEPOT, "embedding": [0.5] * 384}
    empty = ask(COMP, "POST", "/v1/retrieval", body, like_upstream=True)

    assert (empty.status_code, empty.json()["retrieved_docs"]) == (200, [])
    assert retrieve(**body, like_upstream=True).status_code == 500


@pytest.mark.parametrize("vector", [[], {"data": []}])
def test_a_vector_of_no_numbers_is_as_none_and_upstream_an_internal_error(vector):
    """PostgreSQL knows no such vector."""
    body = {"input": "x", "embedding": vector}

    assert retrieve(**body).status_code == 200
    assert retrieve(**body, like_upstream=True).status_code == 500


@pytest.mark.parametrize(
    "body",
    [
        {"input": "x", "embedding": {"data": [{"index": 0, "embedding": [0.1] * 768}]}},
        {"text": "x", "embedding": [[0.1] * 768]},
    ],
    ids=["a reply", "vectors"],
)
def test_a_vector_within_something_is_found_and_upstream_an_internal_error(body):
    """Over pgvector an embedding is handed to the database as it came; also to one that holds nothing."""
    assert retrieve(**body).status_code == 200
    assert retrieve(**body, like_upstream=True).status_code == 500
    assert ask(COMP, "POST", "/v1/retrieval", body, like_upstream=True).status_code == 500


def test_a_chat_without_a_vector_is_searched_for_and_upstream_an_internal_error():
    """The real retriever over PostgreSQL embeds no text of its own."""
    body = {"messages": "trams"}

    assert retrieve(**body).status_code == 200
    assert retrieve(**body, like_upstream=True).status_code == 500


def test_what_dataprep_ingests_the_retriever_finds():
    """The two share the world of their process."""
    world = World()

    async def both():
        mocks = [Mock(DATAPREP[0], world), Mock(COMP, world)]
        async with serving(mocks) as urls, httpx.AsyncClient() as client:
            for name, text in TEXTS.items():
                await client.post(f"{urls['dataprep']}/v1/dataprep/ingest", files={"files": (name, text)})
            return await client.post(f"{urls[COMP.id]}/v1/retrieval", json={"input": DEPOT, "k": 1})

    assert asyncio.run(both()).json()["retrieved_docs"][0]["text"] == TEXTS["b.txt"]


def _searched(texts, **more):
    docs = [{"id": str(at), "text": text} for at, text in enumerate(texts)]
    return {"retrieved_docs": docs, "initial_query": "q", "metadata": [{}] * len(docs), "top_n": 1, **more}


@pytest.mark.parametrize(
    ("law", "reply", "why"),
    [
        ("at-most-k", _searched("abcde"), "retrieved_docs: are 5, more than k=4"),
        ("query-kept", _searched("a", initial_query="z"), "initial_query: is 'z', asked was 'q'"),
        ("metadata-fits", _searched("a", metadata=[{}, {}]), "metadata: has 2 entries for 1 documents"),
        ("texts-there", _searched(["a", ""]), "retrieved_docs[1]: have no text"),
        (
            "ids-differ",
            {"retrieved_docs": [{"id": "1"}, {"id": "1"}]},
            "retrieved_docs: ids ['1', '1'] are not all different",
        ),
        (
            "documents-too",
            {"retrieved_docs": [{"text": "a"}], "documents": ["b"]},
            "documents: are not the texts of retrieved_docs",
        ),
    ],
)
def test_a_broken_law_says_what_is_wrong(law, reply, why):
    """Each law has been seen to fail, and its words are read."""

    assert LAWS[law].broken({"text": "q"}, reply) == why


def test_laws_hold_for_what_is_right():
    """A reply that keeps them is not complained about."""

    assert [law.broken({"text": "q"}, _searched("abcd")) for law in SEARCHED_LAWS] == [None] * 5


def test_like_upstream_a_search_is_not_told_how():
    """Over pgvector `k`, thresholds and index names are passed over; promised is that they count."""
    vector = embed(DEPOT).tolist()

    def found(*, like_upstream, **how):
        reply = retrieve(like_upstream=like_upstream, text=DEPOT, embedding=vector, **how)
        return len(reply.json()["retrieved_docs"])

    for how in ({"k": 1}, {"index_name": "other"}):
        assert found(like_upstream=True, **how) == 3
        assert found(like_upstream=False, **how) < 3
    strict = {"search_type": "similarity_score_threshold", "score_threshold": 0.999}
    assert found(like_upstream=True, **strict) == 3
    assert found(like_upstream=False, **strict) < 3


@pytest.mark.parametrize("told", [{"k": 0}, {"k": "x"}, {"score_threshold": -1}], ids=str)
@pytest.mark.parametrize("like_upstream", [False, True])
def test_what_a_search_cannot_be_told_is_refused(told, like_upstream):
    """Also by the real one, which passes over only what it was told rightly."""
    body = {"text": DEPOT, "embedding": embed(DEPOT).tolist()}

    assert retrieve(like_upstream=like_upstream, **body).status_code == 200
    assert retrieve(like_upstream=like_upstream, **body, **told).status_code == 422


def test_like_upstream_a_chat_keeps_what_it_told_the_search():
    """It comes back in the reply, as the request did."""
    reply = retrieve(like_upstream=True, messages=DEPOT, embedding=embed(DEPOT).tolist(), k=1)

    assert reply.json()["k"] == 1


def test_like_upstream_an_image_fails_where_what_is_found_has_none():
    """Promised is an answer; where a document has a picture, both are in its metadata."""
    image = {"text": DEPOT, "embedding": embed(DEPOT).tolist(), "base64_image": "QUJD", "k": 1}
    seen = retrieve(about={"b64_img_str": "REVG"}, **image).json()

    assert retrieve(like_upstream=True, **image).status_code == 500
    assert retrieve(**image).status_code == 200
    assert seen["metadata"][0]["b64_img_str"] == ["QUJD", "REVG"]
