"""Spans are taken in as the OpenTelemetry collector takes them, and refused as it refuses them."""

import asyncio
import base64
import gzip
import zlib

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2

from harness.traces import ingest
from harness.traces.memory import Memory
from harness.traces.store import serve

PROTOBUF = "application/x-protobuf"
JSON = "application/json"
GOOD = b'{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"%s","spanId":"%s"}]}]}]}' % (
    b"a" * 32,
    b"b" * 16,
)


def post(body, content_type=JSON, encoding=None, method="POST"):
    """Post to a store; the reply, and how many spans were kept."""

    async def main():
        memory = Memory()
        headers = {"content-type": content_type} | ({"content-encoding": encoding} if encoding else {})
        async with serve(memory) as store, httpx.AsyncClient(verify=False) as http:
            return await http.request(
                method, store.otlp, content=body, headers=headers
            ), memory.counters.spans_kept

    return asyncio.run(main())


def test_json_is_answered_in_json():
    """A post that was taken is a success with nothing rejected."""
    reply, kept = post(GOOD, "application/json; charset=utf-8")

    assert (reply.status_code, reply.headers["content-type"], kept) == (200, JSON, 1)
    assert reply.json() == {"partialSuccess": {}}


def test_protobuf_is_answered_in_protobuf(recording):
    """The reply is an ExportTraceServiceResponse that rejects nothing."""
    body = base64.b64decode(recording("errors")["posts"][0]["body_b64"])
    reply, kept = post(body, PROTOBUF)

    answer = trace_service_pb2.ExportTraceServiceResponse.FromString(reply.content)
    assert (reply.status_code, reply.headers["content-type"]) == (200, PROTOBUF)
    assert answer.partial_success.rejected_spans == 0
    assert kept > 0


@pytest.mark.parametrize(
    ("encoding", "squeeze"),
    [
        ("identity", bytes),
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
    ],
)
def test_compressed_bodies_are_read(encoding, squeeze):
    """Identity, gzip and deflate all arrive."""
    reply, kept = post(squeeze(GOOD), encoding=encoding)

    assert (reply.status_code, kept) == (200, 1)


@pytest.mark.parametrize(
    ("body", "content_type", "encoding", "status", "words"),
    [
        (GOOD, "text/plain", None, 415, "supported: [application/json, application/x-protobuf]"),
        (GOOD, "", None, 415, "415 unsupported media type"),
        (b"{", JSON, None, 400, "truncated"),
        (b"\xff\xff", PROTOBUF, None, 400, "OTLP/protobuf"),
        (GOOD, JSON, "zstd", 400, "unsupported Content-Encoding: zstd"),
        (GOOD, JSON, "gzip", 400, "incorrect header check"),
        (gzip.compress(GOOD, mtime=0)[:-12], JSON, "gzip", 400, "ends before the compressed data do"),
    ],
)
def test_what_is_no_traces_is_refused(body, content_type, encoding, status, words):
    """Status and words are the collector's, in the encoding of the request, and nothing is kept."""
    reply, kept = post(body, content_type, encoding)

    assert (reply.status_code, kept) == (status, 0)
    assert words in reply.text
    if status == 400:
        assert reply.headers["content-type"] == content_type


@pytest.mark.parametrize("encoding", [None, "gzip"])
def test_a_body_beyond_the_limit_is_413(encoding, monkeypatch):
    """Also where it is small as sent and large once decompressed."""
    monkeypatch.setattr(ingest, "BODY_BYTES_MAX", 1000)
    body = GOOD + b" " * 1000

    reply, kept = post(gzip.compress(body) if encoding else body, encoding=encoding)

    assert (reply.status_code, kept) == (413, 0)
    assert reply.json()["message"] == "http: request body too large"


def test_only_post_is_allowed():
    """Any other method is told so."""
    reply, _ = post(b"", method="PUT")

    assert (reply.status_code, reply.text) == (405, "405 method not allowed, supported: [POST]")
