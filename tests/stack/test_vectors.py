"""A stack whose dataprep and retriever keep their vectors in PostgreSQL."""

import asyncio
import time

import psutil
import pytest

from harness.asking import Asker
from harness.errors import StackError
from harness.history import Op
from harness.stack.ingest import ingest
from harness.stack.stack import Keeping, Where, raised
from mocks._database import Database
from scenarios.rag import RAG

pytestmark = pytest.mark.needs("pgvector")
(QUESTION,) = [each for each in RAG.questions if each.id == "first-tram"]


async def answered(stack):
    """The answer to one question after everything is ingested."""
    await ingest(stack)
    op = Op("1", "correctness", QUESTION.id, "json", scheduled_ns=time.monotonic_ns())
    return await Asker(stack.client, stack.endpoint, RAG).ask(op, QUESTION.text)


def test_a_database_of_ours_is_raised_used_and_gone(tmp_path):
    """The answer is right, the graph says where vectors are, and no process stays."""

    async def scenario():
        where = Where(nodes={"retriever": "pgvector"}, jaeger="none")
        async with raised(RAG, where, Keeping(tmp_path)) as stack:
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
