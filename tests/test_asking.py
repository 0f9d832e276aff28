"""One question goes out as OPEA expects it, and every way an answer can fail has a class of its own."""

import asyncio
import socket
import struct
import time
from contextlib import asynccontextmanager

import orjson
import pytest

from harness.asking import Asker
from harness.client import Client, Limits
from harness.history import Op
from harness.megaservice import Megaservice, Node
from harness.scenario import Scenario
from harness.sse import DIALECTS
from tests.states import until

SCENARIO = Scenario("one", "one node", Megaservice("one", "/v1/one", (Node("llm", "llms", "/v1/chat"),)), ())
EVENTS = DIALECTS["openai"].encode(["Deep", " learning"])
SSE_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
QUICK = Limits(connect_s=1, first_byte_s=0.5, idle_s=0.5, total_s=5)
RESET, SILENCE = object(), object()


def chunked(*pieces, ends=True):
    """Pieces as chunks of a body; without `ends` the body never says that it is over."""
    return [b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces if piece] + (
        [b"0\r\n\r\n"] if ends else []
    )


def whole(status, content_type, body):
    """A reply in one piece."""
    head = f"HTTP/1.1 {status} X\r\ncontent-type: {content_type}\r\ncontent-length: {len(body)}\r\n\r\n"
    return [head.encode() + body]


@asynccontextmanager
async def gateway(pieces, seen=None):
    """A server that sends these pieces as they are to every request, and closes; `seen` gathers the requests."""

    answering = set()

    async def answer(reader, writer):
        answering.add(asyncio.current_task())
        head = await reader.readuntil(b"\r\n\r\n")
        size = int(
            next(line for line in head.lower().split(b"\r\n") if b"content-length" in line).split(b":")[1]
        )
        body = await reader.readexactly(size)
        if seen is not None:
            seen.append((head.decode(), orjson.loads(body)))
        for piece in pieces:
            if piece is SILENCE:
                await reader.read()
            elif piece is RESET:
                linger = struct.pack("ii", 1, 0)
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                writer.transport.abort()
                return
            else:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0.01)
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        await asyncio.wait_for(asyncio.gather(*answering, return_exceptions=True), 10)


def ask(pieces, *, mode="stream", seen=None, route="", headers=(), scenario=SCENARIO):
    """The op of one question to a gateway that answers with these pieces."""

    async def asked():
        async with gateway(pieces, seen) as url:
            client = Client()
            asker = Asker(client, url + route, scenario, headers=headers)
            op = await asker.ask(Op("id-1", "ask", "q1", mode), "What is it?", limits=QUICK)
            await client.close()
            return op

    return asyncio.run(asked())


def test_a_question_is_posted_to_the_megaservices_route():
    """The request's body is what the scenario makes of the question, at the megaservice's path."""
    seen = []
    ask([SSE_HEAD, *chunked(*EVENTS)], seen=seen)
    head, body = seen[0]

    assert head.startswith("POST /v1/one HTTP/1.1\r\n")
    assert body == {"messages": "What is it?", "stream": True}


def test_a_url_with_a_route_is_taken_as_it_is():
    """A gateway whose route is another than the scenario's is asked there."""
    seen = []
    ask([SSE_HEAD, *chunked(*EVENTS)], seen=seen, route="/v2/other")

    assert seen[0][0].startswith("POST /v2/other HTTP/1.1\r\n")


def test_every_question_begins_a_trace_of_its_own():
    """The op's trace id is the one sent in traceparent, sampled; the op's id is the request id."""
    seen = []
    op = ask([SSE_HEAD, *chunked(*EVENTS)], seen=seen)
    again = ask([SSE_HEAD, *chunked(*EVENTS)], seen=seen)
    sent = dict(line.split(": ", 1) for line in seen[0][0].lower().split("\r\n")[1:] if line)

    assert sent["traceparent"].split("-")[1] == op.trace_id
    assert sent["traceparent"].endswith("-01")
    assert sent["x-request-id"] == "id-1"
    assert op.trace_id != again.trace_id


def test_headers_of_ones_own_go_out_and_win():
    """A header given by the user is sent, and replaces ours of the same name."""
    seen = []
    ask(
        [SSE_HEAD, *chunked(*EVENTS)],
        seen=seen,
        headers=(("Authorization", "Bearer k"), ("X-Request-Id", "mine")),
    )
    lines = seen[0][0].lower().split("\r\n")

    assert "authorization: bearer k" in lines
    assert [line for line in lines if line.startswith("x-request-id")] == ["x-request-id: mine"]


def test_a_stream_is_timed_piece_by_piece():
    """Sent, first byte, each token and end follow each other, and the pieces lie as far apart as they were sent."""
    before = time.monotonic_ns()
    op = ask([SSE_HEAD, *chunked(*EVENTS)])
    times = [before, op.sent_ns, op.first_byte_ns, *op.content_ns, op.ended_ns, time.monotonic_ns()]

    assert (op.text, op.tokens, op.ok, op.ended) == ("Deep learning", 2, True, True)
    assert times == sorted(times)
    assert op.content_ns[1] - op.content_ns[0] > 5_000_000


def test_a_whole_answer_is_read():
    """An OpenAI completion's text is the op's."""
    body = orjson.dumps({"choices": [{"message": {"content": "yes"}}]})
    op = ask(whole(200, "application/json", body), mode="json")

    assert (op.text, op.ok, op.status, op.content_ns) == ("yes", True, 200, [])


FAILURES = {
    "reset-before": ("stream", [RESET], "reset"),
    "reset-within": ("stream", [SSE_HEAD, *chunked(*EVENTS[:2], ends=False), RESET], "reset"),
    "truncated": ("stream", [SSE_HEAD, *chunked(*EVENTS[:2], ends=False)], "truncated"),
    "silence-first": ("stream", [SILENCE], "first_byte_timeout"),
    "silence-within": ("stream", [SSE_HEAD, *chunked(*EVENTS[:2], ends=False), SILENCE], "idle_timeout"),
    "no-end-mark": ("stream", [SSE_HEAD, *chunked(*EVENTS[:-1])], "incomplete"),
    "error-event": (
        "stream",
        [SSE_HEAD, *chunked(b'event: error\ndata: {"node": "llm"}\n\n')],
        "error_event",
    ),
    "json-for-stream": ("stream", whole(200, "application/json", b'{"text": "yes"}'), "bad_content_type"),
    "html": ("json", whole(200, "text/html", b"<h1>hello</h1>"), "bad_content_type"),
    "stream-for-json": ("json", [SSE_HEAD, *chunked(*EVENTS)], "bad_content_type"),
    "no-type": ("json", [b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"], "bad_content_type"),
    "empty-json": ("json", whole(200, "application/json", b'{"text": ""}'), "empty"),
    "empty-stream": ("stream", [SSE_HEAD, *chunked(*DIALECTS["openai"].encode([]))], "empty"),
    "status": ("stream", whole(503, "application/problem+json", b'{"node": "llm"}'), "status"),
    "no-http": ("json", [b"hello\r\n\r\n"], "protocol"),
    "cut-json": (
        "json",
        [b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{"],
        "truncated",
    ),
    "bad-json": ("json", whole(200, "application/json", b'{"text": '), "malformed"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_every_failure_has_its_class(name):
    """Each way of failing is an error of its own class with words, is over, and is not ok."""
    mode, pieces, error = FAILURES[name]
    op = ask(pieces, mode=mode)

    assert (op.error, op.ok) == (error, False)
    assert op.detail
    assert op.ended_ns >= op.sent_ns > 0


def test_what_came_before_a_stream_broke_is_kept():
    """The tokens before a reset stay in the op, with their times."""
    op = ask(FAILURES["reset-within"][1])

    assert (op.text, op.status, len(op.content_ns), op.ended) == ("Deep", 200, 1, False)


@pytest.mark.parametrize("name", ["error-event", "status"])
def test_a_problem_is_kept(name):
    """What a refusal or an error event says of its cause is in the op."""
    mode, pieces, _ = FAILURES[name]

    assert ask(pieces, mode=mode).problem == {"node": "llm"}


def test_a_wrong_content_type_says_what_came_and_what_was_asked():
    """The message names both types and shows the body."""
    op = ask(FAILURES["html"][1], mode="json")

    assert op.detail == "the answer is text/html where JSON was asked for: <h1>hello</h1>"


def test_a_gateway_that_is_not_there_refuses():
    """A closed port is `refused`, with no status."""

    async def asked():
        async with gateway([]) as url:
            pass
        client = Client()
        op = await Asker(client, url, SCENARIO).ask(Op("1", "ask", "q", "json"), "?")
        await client.close()
        return op

    op = asyncio.run(asked())

    assert (op.error, op.status, op.ok) == ("refused", 0, False)


def test_a_cancelled_question_keeps_what_came_and_has_no_end():
    """An op in flight when the run stops shows its tokens and that it did not end."""

    async def asked():
        async with gateway([SSE_HEAD, *chunked(*EVENTS[:2], ends=False), SILENCE]) as url:
            client = Client()
            op = Op("1", "load", "q", "stream")
            task = asyncio.create_task(Asker(client, url, SCENARIO).ask(op, "?"))
            await until(lambda: op.content_ns)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await client.close()
            return op

    op = asyncio.run(asked())

    assert (op.text, op.ended_ns, op.error, op.ok) == ("Deep", 0, "unfinished", False)
