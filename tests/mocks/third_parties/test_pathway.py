"""Pathway's vector store."""

import asyncio

import httpx

from harness.comp import World
from harness.mocking.app import Mock
from harness.mocking.serving import serving
from mocks._store import Chunk, store_of
from mocks.third_parties.pathway import COMP


def session(work):
    """The result of `work(client)` on a store that holds two files."""
    world = World()
    texts = {"a.txt": "A tram runs on rails.", "b.txt": "Bananas are yellow."}
    store_of(world).index("rag_redis").add([Chunk(name, text) for name, text in texts.items()])

    async def once():
        async with serving([Mock(COMP, world)]) as urls, httpx.AsyncClient(base_url=urls[COMP.id]) as client:
            return await work(client)

    return asyncio.run(once())


def test_the_nearest_text_comes_first_with_its_distance():
    """And where it is from."""

    async def search(client):
        return (await client.post("/v1/retrieve", json={"query": "What runs on rails?", "k": 2})).json()

    first, second = session(search)

    assert (first["text"], first["metadata"]) == ("A tram runs on rails.", {"path": "a.txt"})
    assert 0 <= first["dist"] < second["dist"] <= 2


def test_what_is_indexed_is_counted_and_listed():
    """Both by POST."""

    async def listed(client):
        return [(await client.post(f"/v1/{name}")).json() for name in ("statistics", "inputs")]

    assert session(listed) == [
        {"file_count": 2, "last_modified": None, "last_indexed": None},
        [{"path": "a.txt"}, {"path": "b.txt"}],
    ]


def test_too_many_texts_and_a_wrong_order_break_the_law():
    """The law has been seen to fail."""
    law = COMP.endpoints[0].variants[0].laws[0]
    reply = [{"dist": 0.5}, {"dist": 0.1}]

    assert law.broken({"k": 1}, reply) == "the reply holds 2 texts, k is 1"
    assert law.broken({"k": 2}, reply) == "dist: is [0.5, 0.1], not nearest first"
