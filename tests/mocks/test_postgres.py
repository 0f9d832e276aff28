"""The vector store in PostgreSQL: what either store does is tested in `test_store.py`, here is what this one alone does."""

import asyncio
from uuid import uuid4

import numpy as np
import pytest

from harness.comp import World
from mocks._database import Database
from mocks._postgres import THROWAWAY, Postgres
from mocks._store import Chunk, Memory, store_of
from mocks._text import embed

pytestmark = pytest.mark.needs("pgvector")
TICKETS = Chunk("a.txt", "A ticket costs four crowns.")


@pytest.fixture
def store(dsn):
    """A store of this test's own, in the database that all share."""
    made = Postgres.at(dsn, 768)
    yield made
    made.close()


def test_what_is_kept_is_there_for_the_next_one(dsn, store):
    """Another store finds it in the same database; so would a container."""
    name = f"{THROWAWAY}{uuid4().hex}"
    store.index(name).add([TICKETS])
    other = Postgres.at(dsn, 4)

    assert other.index(name).dimension == 768
    assert other.index(name).search(embed("ticket"), 1)[0].chunk == TICKETS
    assert name in other.indices
    other.database.close()


def test_the_tables_are_those_of_langchain(dsn, store):
    """OPEA's own retriever finds what our dataprep has put there, as its own would have."""
    name = f"{THROWAWAY}{uuid4().hex}"
    store.index(name).add([TICKETS])
    rows = store.database.rows(
        "SELECT c.name, e.document, e.cmetadata, vector_dims(e.embedding) FROM langchain_pg_embedding e"
        " JOIN langchain_pg_collection c ON c.uuid = e.collection_id WHERE c.name = %s",
        name,
    )

    assert rows == [(name, TICKETS.text, {"doc_name": "./uploaded_files/a.txt"}, 768)]


def test_what_others_have_put_there_is_found(store):
    """Rows without an order of ours, with other metadata, in a collection that was there before."""
    name, collection = f"{THROWAWAY}{uuid4().hex}", uuid4()
    store.database.count("INSERT INTO langchain_pg_collection (uuid, name) VALUES (%s, %s)", collection, name)
    store.database.count(
        "INSERT INTO langchain_pg_embedding (uuid, collection_id, embedding, document, cmetadata)"
        " VALUES (%s, %s, '[1,0]', 'theirs', '{\"doc_name\": \"x.pdf\", \"page\": 3}')",
        uuid4(),
        collection,
    )
    (hit,) = store.index(name).search(np.array([1.0, 0.0], np.float32), 4)

    assert (hit.chunk, round(hit.score, 6)) == (Chunk("x.pdf", "theirs", {"page": 3}), 1.0)


def test_what_is_ours_alone_goes_with_us(dsn):
    """A collection whose name says so; others stay."""
    ours, kept = f"{THROWAWAY}{uuid4().hex}", f"kept_{uuid4().hex}"
    store = Postgres.at(dsn, 768)
    for name in (ours, kept):
        store.index(name).add([TICKETS])
    store.close()
    database = Database(dsn)
    names = {name for (name,) in database.rows("SELECT name FROM langchain_pg_collection")}
    database.close()

    assert ours not in names
    assert kept in names


def test_an_address_may_name_a_driver(dsn):
    """As OPEA's settings have it."""
    store = Postgres.at(dsn.replace("postgresql://", "postgresql+psycopg2://"), 768)

    assert store.database.dsn == dsn
    store.close()


def test_a_text_that_postgresql_cannot_hold_is_kept_as_near_as_can_be(store):
    """The character 0 becomes a blank."""
    index = store.index(f"{THROWAWAY}{uuid4().hex}")
    index.add([Chunk("a\0b.txt", "one\0two")])

    assert (index.first(1)[0].text, index.files()) == ("one two", ["a\0b.txt".replace("\0", " ")])
    assert index.remove("a\0b.txt")


def test_stores_may_begin_at_once(dsn):
    """Ten that make the tables at the same moment."""

    async def begin():
        return await asyncio.gather(*(asyncio.to_thread(Postgres.at, dsn, 768) for _ in range(10)))

    for each in asyncio.run(begin()):
        each.close()


def test_a_world_that_names_a_database_has_its_store_there(dsn):
    """When the world is closed, so is the store."""
    world = World(settings={"OPEA_MOCK_POSTGRES": dsn})
    store = store_of(world)
    world.close()

    assert isinstance(store, Postgres)
    assert store.database._idle.empty()
    assert isinstance(store_of(World(settings={"PG_CONNECTION_STRING": dsn})), Memory)
