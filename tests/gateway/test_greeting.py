"""The first question; `tests/stack/test_elsewhere.py` asks it of whole gateways."""

import asyncio

import pytest

from harness.asking import Asker
from harness.client import Client
from harness.discovery import SCENARIO, discover
from harness.errors import StackError
from harness.gateway.greeting import Greeting, greet
from harness.ports import free_ports
from tests.raw_server import serve

RAG = discover(SCENARIO)["rag"]


def reply(status, body):
    head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def greeted(answers, journal, limit_s=5.0):
    """Greet a gateway that answers so, and whose one node has this journal."""

    async def main():
        client = Client()
        try:
            async with serve(*answers) as gateway, serve(reply(200, journal)) as wire:
                asker = Asker(client, gateway.url(""), RAG)
                greeting = Greeting(
                    asker, client, RAG.questions[0], "json", (wire.url("/exchanges"),), limit_s
                )
                await greet(greeting, "gateway", ["LLM_SERVER_HOST_IP"])
                return gateway.connections
        finally:
            await client.close()

    return asyncio.run(main())


def test_a_wrong_answer_will_do_where_a_node_was_called():
    """What is wrong with it is what a run is for."""
    assert greeted([reply(500, b"no")], b'{"exchanges": [{}]}') == 1


def test_one_that_is_not_ready_yet_is_asked_again():
    """503 is what says so."""
    assert greeted([reply(503, b"loading"), reply(200, b"{}")], b'{"exchanges": [{}]}') >= 1


def test_one_that_never_is_ready_is_given_up():
    """With what it said last."""
    with pytest.raises(StackError, match=r"has not answered a question after 0\.5 s \(503: .*loading"):
        greeted([reply(503, b"loading")] * 50, b'{"exchanges": []}', 0.5)


def test_one_without_the_route_is_refused_at_once():
    """The route is told."""
    with pytest.raises(StackError, match=r"/v1/chatqna: answers 404; there is no such route$"):
        greeted([reply(404, b"")], b'{"exchanges": []}', 60.0)


def test_one_where_nobody_listens_is_given_up():
    """After as long as it was given."""

    async def main():
        client = Client()
        asker = Asker(client, f"http://127.0.0.1:{free_ports(1)[0]}", RAG)
        try:
            await Greeting(asker, client, RAG.questions[0], "json", (), 0.5).answered()
        finally:
            await client.close()

    with pytest.raises(StackError, match=r"has not answered a question after 0\.5 s \(refused\)$"):
        asyncio.run(main())


def test_a_journal_that_cannot_be_read_is_told():
    """That is our own fault, and nothing can be said then."""
    with pytest.raises(StackError, match="a wire's journal cannot be read"):
        greeted([reply(200, b"{}")], b"{}")
