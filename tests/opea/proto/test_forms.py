"""What dataprep takes as a form, read by FastAPI."""

import asyncio
from typing import Annotated

import httpx
import pytest
from fastapi import Depends, FastAPI

from harness.opea.proto.forms import (
    ArangoDBDataprepRequest,
    DataprepRequest,
    Neo4jDataprepRequest,
    RedisDataprepRequest,
)


def posted(model, data, files=None):
    app, seen = FastAPI(), []

    @app.post("/")
    async def take(form: Annotated[model, Depends()]):
        seen.append(form)

    async def post():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://comp") as client:
            return await client.post("/", data=data, files=files)

    assert asyncio.run(post()).status_code == 200
    return seen[0]


def test_a_form_has_upstreams_defaults():
    """What is left out is 1500, 100, no table, fast."""
    form = posted(DataprepRequest, {"link_list": "[]"})

    assert form == DataprepRequest(None, "[]", 1500, 100, False, "fast")


@pytest.mark.parametrize(
    ("model", "field", "said", "read"),
    [
        (RedisDataprepRequest, "index_name", "mine", "mine"),
        (Neo4jDataprepRequest, "ingest_from_graphDB", "true", True),
        (ArangoDBDataprepRequest, "insert_batch_size", "7", 7),
        (ArangoDBDataprepRequest, "allowed_node_types", ["a", "b"], ["a", "b"]),
    ],
)
def test_each_store_has_its_own_fields(model, field, said, read):
    """A store's fields come on top of the common ones."""
    form = posted(model, {field: said, "chunk_size": "10"})

    assert (getattr(form, field), form.chunk_size) == (read, 10)


def test_files_come_as_uploads():
    """One file is one upload."""
    form = posted(DataprepRequest, {}, files={"files": ("a.txt", b"text")})

    assert [upload.filename for upload in form.files] == ["a.txt"]
