"""The vector store that dataprep fills and the retriever searches."""

import numpy as np
import pytest

from harness.comp import World
from mocks._store import Chunk, Index, index_name, store_of
from mocks._text import embed

TICKETS, DEPOT = Chunk("a.txt", "A ticket costs four crowns."), Chunk("b.txt", "The depot has nine bays.")


@pytest.fixture
def index():
    """An index of two chunks."""
    made = Index(768)
    made.add([TICKETS, DEPOT])
    return made


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


def test_an_empty_index_takes_any_vector():
    """As pgvector does with an empty table."""

    assert Index(768).search(np.ones(3, dtype=np.float32), 1) == []


def test_a_vector_of_zeros_finds_something(index):
    """It is no error, and no division by zero."""

    assert len(index.search(np.zeros(768, dtype=np.float32), 2)) == 2


def test_a_world_has_one_store_and_its_settings_name_index_and_dimension():
    """Every mock of a process sees the same documents."""
    world = World(settings={"INDEX_NAME": "mine", "EMBEDDING_DIMENSION": "4"})

    assert store_of(world) is store_of(world)
    assert store_of(world).index("x").dimension == 4
    assert [index_name(world), index_name(world, "other"), index_name(World())] == [
        "mine",
        "other",
        "rag_redis",
    ]
