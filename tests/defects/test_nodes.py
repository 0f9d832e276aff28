"""Raw nodes on their sockets."""

import asyncio
import contextlib

import pytest

from harness.client import Client, ClientError, Limits
from harness.defects.behaviour import Says, Streams, appends, events, says
from harness.defects.defect import FAR, NEAR, Ask, Case, Node
from harness.defects.expectations import tells
from harness.defects.nodes import RawNodes
from tests.states import until

CUT = Streams(events("a", "b", dialect="py_bytes").pieces[:2], is_cut=True)
NODES = (
    Node("echo", appends("!")),
    Node("sound", Says(b"RIFF", 201, "audio/wav")),
    Node("llm", events("a", "b", dialect="py_bytes")),
    Node("cut", CUT),
    Node("slow", events(*["a"] * 100, every_s=0.02)),
    Node("late", says({"late": True}, after_s=0.3)),
)
CASE = Case("case", "says", "echo", NODES, (Ask(),), tells("hi"))


def on(work):
    """Do the work with the nodes of one case."""

    async def main():
        client = Client()
        async with RawNodes([CASE]) as nodes:
            try:
                return await work(nodes, client)
            finally:
                await client.close()

    return asyncio.run(main())


def url(nodes, name, host=NEAR):
    return f"http://{host}:{nodes.places[host]}/case/{name}"


def test_they_answer_as_they_are_told_and_note_what_they_got():
    """By status, content type and body, at both addresses, and with 404 where there is no such node."""

    async def work(nodes, client):
        told = []
        for name, host in (("echo", NEAR), ("echo", FAR), ("sound", NEAR), ("nobody", NEAR)):
            reply = await client.request(
                "POST", url(nodes, name, host), headers=[("X", "y")], body=b'{"text":"hi"}'
            )
            told.append((reply.status, reply.headers.get("content-type"), reply.body))
        return told, nodes.calls["case"]

    told, calls = on(work)

    assert told[0] == told[1] == (200, "application/json", b'{"text":"hi!"}')
    assert told[2:] == [(201, "audio/wav", b"RIFF"), (404, "text/plain", b"no such node")]
    assert [(call.node, call.body, call.headers["x"], call.is_over) for call in calls][2:] == [
        ("sound", {"text": "hi"}, "y", True),
        ("nobody", {"text": "hi"}, "y", True),
    ]


def test_a_stream_is_whole_or_cut():
    """Of one that is cut the end is missing, and the client knows."""

    async def work(nodes, client):
        whole = await client.request("POST", url(nodes, "llm"))
        with pytest.raises(ClientError) as caught:
            await client.request("POST", url(nodes, "cut"))
        return whole.body, caught.value.kind, nodes.calls["case"][0].written

    assert on(work) == (b"data: b'a'\n\ndata: b'b'\n\ndata: [DONE]\n\n", "truncated", 3)


def test_a_caller_that_leaves_is_noted():
    """Before the stream's end."""

    async def work(nodes, client):
        async with client.stream("POST", url(nodes, "slow")) as reply:
            await anext(reply)
        (call,) = nodes.calls["case"]
        await until(lambda: call.is_over)
        return call.is_left, 0 < call.written < 100

    assert on(work) == (True, True)


@pytest.mark.parametrize(("limit_s", "is_left"), [(0.05, True), (5.0, False)])
def test_a_caller_that_does_not_wait_for_a_late_answer_is_noted(limit_s, is_left):
    """One that waits gets it."""

    async def work(nodes, client):
        limits = Limits(first_byte_s=limit_s)
        with contextlib.suppress(ClientError):
            await client.request("POST", url(nodes, "late"), limits=limits)
        (call,) = nodes.calls["case"]
        await until(lambda: call.is_over)
        return call.is_left

    assert on(work) is is_left


def test_a_proxy_is_told_from_a_node_and_nobody_listens_at_the_last_port():
    """A request with a whole URL came through a proxy."""

    async def work(nodes, client):
        reader, writer = await asyncio.open_connection(NEAR, nodes.places[NEAR])
        writer.write(b"POST http://127.0.0.2:1/case/echo HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}")
        line = await reader.readline()
        writer.close()
        with pytest.raises(ClientError) as caught:
            await client.request("POST", f"http://{NEAR}:{nodes.places['nobody']}/")
        return line, nodes.calls["case"][0].is_proxied, caught.value.kind

    assert on(work) == (b"HTTP/1.1 200 X\r\n", True, "refused")
