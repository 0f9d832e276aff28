"""Documents go through dataprep."""

import asyncio
from dataclasses import replace

import pytest

from harness.errors import StackError
from harness.scenario import Document
from harness.stack import ingest as ingestion
from harness.stack.ingest import ingest
from harness.stack.stack import Stack


def test_every_document_is_held_by_dataprep(standing):
    """What was ingested when the stack was raised is listed there."""
    hop = standing.stack.hops["dataprep"]
    reply = standing.run(standing.stack.client.request("POST", f"{hop.upstream}/v1/dataprep/get"))

    assert all(document.id.encode() in reply.body for document in standing.stack.scenario.documents)


def test_a_refused_document_is_named(standing):
    """The status and the reason stand in the error."""
    stack = standing.stack
    hop = stack.hops["dataprep"]
    wrong = replace(hop, node=replace(hop.node, path="/v1/dataprep/nope"))
    broken = Stack(stack.scenario, stack.gateway, {"dataprep": wrong}, stack.client)

    with pytest.raises(StackError, match=r"dataprep: .* was refused with 404"):
        standing.run(ingest(broken))


def test_a_stack_without_dataprep_keeps_what_it_holds(standing):
    """Somebody else's gateway is not filled."""
    stack = Stack(standing.stack.scenario, standing.stack.gateway, {}, standing.stack.client)

    assert asyncio.run(ingest(stack)) == 0


def test_media_go_in_beside_what_is_said_of_them():
    """In one form, each under its name and type; a recording without words goes alone."""
    pair = ingestion._multipart(Document("bear.txt", "A bear.", {"bear.png": b"\x89PNG"})).decode("latin-1")
    alone = ingestion._multipart(Document("talk", "", {"talk.unheard-of": b"sound"})).decode()

    assert 'filename="bear.png"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n--' in pair
    assert 'filename="bear.txt"\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nA bear.\r\n--' in pair
    assert alone.count("filename=") == 1
    assert "Content-Type: application/octet-stream" in alone
