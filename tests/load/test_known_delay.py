"""The known-delay server says truly when it answered."""

import asyncio
import json
import time

from harness.load.certificate import known_delay
from harness.load.known_delay import KnownDelay


async def posted(url, body, pieces=1):
    """The reply's bytes to a body that is sent in so many pieces."""
    host, port = url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    content = json.dumps(body).encode()
    request = b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n%b" % (len(content), content)
    step = -(-len(request) // pieces)
    for at in range(0, len(request), step):
        writer.write(request[at : at + step])
        await asyncio.sleep(0.01)
    end = b"0\r\n\r\n" if body["stream"] else b"}"
    reply = await asyncio.wait_for(reader.readuntil(end), 10)
    writer.close()
    await writer.wait_closed()
    return reply


def test_a_whole_answer_holds_when_it_was_read_and_sent(known_server):
    """Both stamps lie between asking and reading, as far apart as was asked."""

    async def run():
        async with known_server() as url:
            return await posted(url, {"stream": False, "hold_ms": 30})

    before = time.monotonic_ns()
    reply = asyncio.run(run())
    read_ns, sent_ns = map(int, json.loads(reply.partition(b"\r\n\r\n")[2])["text"].split())

    assert before < read_ns
    assert sent_ns - read_ns >= 29_000_000
    assert sent_ns < time.monotonic_ns()


def test_a_stream_holds_a_stamp_in_every_token(known_server):
    """Of four tokens 10 ms apart the first holds two stamps and the others one, in order, and the end mark follows."""

    async def run():
        async with known_server() as url:
            return await posted(url, {"stream": True, "hold_ms": 20, "tokens": 4, "token_ms": 10}, pieces=3)

    lines = asyncio.run(run()).split(b"\r\n")
    events = [
        json.loads(line[6:]) for line in lines if line.startswith(b'data: {"choices":[{"delta":{"content"')
    ]
    contents = [event["choices"][0]["delta"]["content"] for event in events]
    stamps = [int(stamp) for stamp in "".join(contents).split()]

    assert len(contents) == 4
    assert len(stamps) == 5
    assert stamps == sorted(stamps)
    assert stamps[1] - stamps[0] >= 19_000_000
    assert b"data: [DONE]" in b"\n".join(lines)


def test_the_process_ends_with_its_context():
    """The child serves while the context lasts, and its port is closed afterwards."""

    async def run():
        async with known_delay() as url:
            reply = await posted(url, {"stream": False, "hold_ms": 1})
        try:
            await posted(url, {"stream": False, "hold_ms": 1})
        except ConnectionRefusedError:
            return reply, True
        return reply, False

    reply, refused = asyncio.run(run())

    assert reply.startswith(b"HTTP/1.1 200 OK")
    assert refused


def test_a_client_that_left_is_not_answered():
    """A connection that is gone before its time takes the answer with it and no error comes of it."""

    async def run():
        loop, failures = asyncio.get_running_loop(), []
        loop.set_exception_handler(lambda _, context: failures.append(context))
        server = await loop.create_server(KnownDelay, "127.0.0.1", 0)
        _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        body = b'{"stream": false, "hold_ms": 50}'
        writer.write(b"POST / HTTP/1.1\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body))
        await asyncio.sleep(0.02)
        writer.transport.abort()
        await asyncio.sleep(0.1)
        server.close()
        await server.wait_closed()
        return failures

    assert asyncio.run(run()) == []
