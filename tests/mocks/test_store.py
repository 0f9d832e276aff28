"""The vector store that dataprep fills and the retriever searches: in memory and in PostgreSQL, all the same."""

from uuid import uuid4

import numpy as np
import pytest

from harness.comp import World
from mocks._postgres import THROWAWAY, Postgres
from mocks._store import Chunk, Matrix, index_name, store_of
from mocks._text import embed
from scenarios._corpus import DOCUMENTS, QUESTIONS

TICKETS, DEPOT = Chunk("a.txt", "A ticket costs four crowns."), Chunk("b.txt", "The depot has nine bays.")


@pytest.fixture(params=["memory", pytest.param("postgresql", marks=pytest.mark.needs("pgvector"))])
def empty(request):
    """An index that holds nothing."""
    if request.param == "memory":
        yield Matrix(768)
        return
    store = Postgres.at(request.getfixturevalue("dsn"), 768)
    yield store.index(f"{THROWAWAY}{uuid4().hex}")
    store.close()


@pytest.fixture
def index(empty):
    """An index of two chunks."""
    empty.add([TICKETS, DEPOT])
    return empty


def test_the_nearest_chunk_comes_first(index):
    """The search is by meaning, not by order."""
    hits = index.search(embed("How many bays has the depot?"), 2)

    assert [hit.chunk for hit in hits] == [DEPOT, TICKETS]
    assert hits[0].score > hits[1].score


def test_a_search_gives_no_more_than_asked(index):
    """Count is a limit, not a wish."""

    assert len(index.search(embed("x"), 1)) == 1


def test_the_score_is_the_cosine_whatever_the_vector_length(index):
    """A vector that is not of length 1 gives the same scores."""
    vector = embed("depot")

    assert [round(hit.score, 5) for hit in index.search(vector * 3, 2)] == [
        round(hit.score, 5) for hit in index.search(vector, 2)
    ]


def test_what_was_added_later_is_found_too(index):
    """The matrix is built anew after a change."""
    index.search(embed("x"), 1)
    index.add([Chunk("c.txt", "Dogs wear a muzzle.")])

    assert index.search(embed("muzzle for dogs"), 1)[0].chunk.file == "c.txt"


def test_what_was_removed_is_found_no_more(index):
    """Removal says whether there was anything."""

    assert (index.remove("b.txt"), index.remove("b.txt")) == (True, False)
    assert [hit.chunk for hit in index.search(embed("depot"), 5)] == [TICKETS]


def test_a_vector_of_the_wrong_size_is_refused(index):
    """The message tells both sizes."""
    with pytest.raises(ValueError, match="embedding: has 3 numbers; the index holds vectors of 768"):
        index.search(np.ones(3, dtype=np.float32), 1)


def test_an_empty_index_takes_any_vector(empty):
    """As pgvector does with an empty table."""

    assert empty.search(np.ones(3, dtype=np.float32), 1) == []


def test_a_vector_of_zeros_finds_something(index):
    """It is no error, and no division by zero."""

    assert len(index.search(np.zeros(768, dtype=np.float32), 2)) == 2


def test_equal_ones_come_in_the_order_in_which_they_came(empty):
    """Of five that are alike, the first ones; also where no vector says which."""
    same = [Chunk(f"{number}.txt", "Dogs wear a muzzle.") for number in (3, 1, 4, 0, 2)]
    empty.add(same[:2])
    empty.add(same[2:])

    assert [hit.chunk for hit in empty.search(embed("muzzle"), 4)] == same[:4]
    assert empty.first(3) == same[:3]


def test_files_are_listed_once_in_the_order_in_which_they_came(index):
    """However many chunks they have."""
    index.add([Chunk("a.txt", "More of the first."), Chunk("https://x.test/a/b.txt", "A link.")])

    assert index.files() == ["a.txt", "b.txt", "https://x.test/a/b.txt"]
    assert index.remove(None)
    assert (index.files(), index.first(9), index.remove(None)) == ([], [], False)


def test_what_is_told_of_a_chunk_comes_back(empty):
    """As it was given."""
    chunk = Chunk("v.mp4", "A tram passes.", {"title": "v", "time_of_frame_ms": 0.5, "pictures": [1, None]})
    empty.add([chunk])

    assert empty.search(embed("tram"), 1)[0].chunk == chunk


@pytest.mark.needs("pgvector")
def test_both_stores_find_the_same(dsn):
    """All questions of the tramway: the same documents in the same order, scores equal to a millionth."""
    store = Postgres.at(dsn, 768)
    indices = (Matrix(768), store.index(f"{THROWAWAY}{uuid4().hex}"))
    for each in indices:
        each.add([Chunk(document.id, document.text) for document in DOCUMENTS])
    for question in QUESTIONS:
        memory, postgresql = (each.search(embed(question.text), 8) for each in indices)

        assert [hit.chunk for hit in memory] == [hit.chunk for hit in postgresql], question.id
        assert [hit.score for hit in memory] == pytest.approx([hit.score for hit in postgresql], abs=1e-6)
    store.close()


def test_a_world_has_one_store_and_its_settings_name_index_and_dimension():
    """Every mock of a process sees the same documents."""
    world = World(settings={"INDEX_NAME": "mine", "EMBEDDING_DIMENSION": "4"})

    assert store_of(world) is store_of(world)
    assert store_of(world).index("x").dimension == 4
    in_postgresql = World(settings={"OPEA_MOCK_POSTGRES": "postgresql:///x"})
    names = [index_name(world), index_name(world, "other"), index_name(World()), index_name(in_postgresql)]
    assert names == ["mine", "other", "rag_redis", "rag_pgvector"]
