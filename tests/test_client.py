"""The client on real sockets, against servers that do every wrong thing."""

import asyncio
import itertools
import socket
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import uvloop

from harness.client import Client, ClientError, Limits

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
QUICK = Limits(connect_s=0.3, first_byte_s=0.3, idle_s=0.3, total_s=0.8)


async def read_request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return head + await reader.readexactly(int(line.split(b":")[1]))
    return head


class Server:
    """What a test's server saw."""

    def __init__(self) -> None:
        self.port = 0
        self.connections = 0
        self.requests: list[bytes] = []
        self.gone = asyncio.Event()

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"


@asynccontextmanager
async def serve(*replies: bytes | Handler, host: str = "127.0.0.1", tls=None) -> AsyncIterator[Server]:
    """One reply for each request in turn, the last one again and again; a handler takes the socket over."""
    server = Server()
    left = list(replies)

    talks = []

    def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.append(asyncio.create_task(talk(reader, writer)))

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        try:
            while True:
                server.requests.append(await read_request(reader))
                reply = left.pop(0) if len(left) > 1 else left[0]
                if not isinstance(reply, bytes):
                    await reply(reader, writer)
                    return
                writer.write(reply)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            pass
        finally:
            server.gone.set()
            writer.close()

    listener = await asyncio.start_server(take, host, 0, ssl=tls)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)


def drop(reset: bool = False, after: bytes = b"") -> Handler:
    """Sends some bytes and closes, with a reset or without."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(after)
        await writer.drain()
        await asyncio.sleep(0.02)  # Let the bytes be read before a reset overtakes them.
        if reset:
            linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()

    return handler


def then_silent(after: bytes = b"") -> Handler:
    """Sends some bytes and then nothing more."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(after)
        await reader.read()

    return handler


def drip(data: bytes, every_s: float) -> Handler:
    """Sends byte after byte."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for byte in data:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(every_s)

    return handler


def ask(*replies: bytes | Handler, method: str = "GET", body: bytes = b"", limits: Limits = QUICK, **options):
    """The client's whole reply to one request, on both of the event loops that are in use."""

    async def main():
        async with serve(*replies) as server:
            client = Client(**options)
            try:
                return await client.request(method, server.url(), body=body, limits=limits)
            finally:
                await client.close()

    return asyncio.run(main())


def failure(*replies: bytes | Handler, stream: bool = False, **options) -> ClientError:
    """How one request failed, read whole or as a stream."""

    async def main():
        async with serve(*replies) as server:
            client = Client(**options)
            try:
                if stream:
                    async with client.stream("GET", server.url(), limits=QUICK) as reply:
                        await reply.read()
                else:
                    await client.request("GET", server.url(), limits=QUICK)
            finally:
                await client.close()

    with pytest.raises(ClientError) as caught:
        asyncio.run(main())
    return caught.value


async def until(true: Callable[[], object]) -> None:
    """Wait for a state, at most two seconds."""
    async with asyncio.timeout(2):
        while not true():  # noqa: ASYNC110 - the state is the server's
            await asyncio.sleep(0.005)


def test_a_reply_is_status_headers_body_and_four_times_in_order():
    """A whole reply says what came and when."""
    reply = ask(b"HTTP/1.1 418 Teapot\r\nX-One: a\r\nx-one: b\r\nContent-Length: 3\r\n\r\nshort"[:-2])

    assert (reply.status, reply.body) == (418, b"sho")
    assert (reply.headers["X-ONE"], reply.headers.get("content-LENGTH")) == ("a, b", "3")
    assert reply.began_ns <= reply.sent_ns <= reply.first_byte_ns <= reply.ended_ns


def test_a_request_carries_host_length_headers_and_body():
    """What is sent is what was asked for, and no header more."""

    async def main():
        async with serve(OK) as server:
            client = Client()
            headers = {"Traceparent": "00-1", "content-type": "text/plain"}
            await client.request("POST", server.url("/a b?c=d e&f"), headers=headers, body=b"hello")
            await client.close()
            return server

    server = asyncio.run(main())

    assert server.requests == [
        b"POST /a%%20b?c=d%%20e&f HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nTraceparent: 00-1\r\n"
        b"content-type: text/plain\r\nContent-Length: 5\r\n\r\nhello" % server.port
    ]


def test_an_empty_post_says_its_length_and_a_get_does_not():
    """A body that may be expected is said to be empty."""

    async def main():
        async with serve(OK) as server:
            client = Client()
            await client.request("POST", server.url())
            await client.request("GET", server.url())
            await client.close()
            return server.requests

    post, get = asyncio.run(main())

    assert b"Content-Length: 0\r\n" in post
    assert b"Content-Length" not in get


@pytest.mark.parametrize("policy", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def test_connections_are_kept_and_used_again(policy):
    """Twenty requests in a row use one connection, twenty at once use at most twenty."""

    async def main():
        async with serve(OK) as server:
            client = Client()
            for _ in range(20):
                await client.request("GET", server.url())
            in_a_row = server.connections
            await asyncio.gather(*(client.request("GET", server.url()) for _ in range(20)))
            await client.close()
            return in_a_row, server.connections

    with asyncio.Runner(loop_factory=policy) as runner:
        in_a_row, in_all = runner.run(main())

    assert in_a_row == 1
    assert 2 <= in_all <= 20


def test_a_client_closes_with_its_loop_and_lives_on_in_the_next():
    """A client that nobody closed leaves no socket behind when its loop ends, and works in another loop."""
    client = Client()

    async def main():
        async with serve(OK) as server:
            reply = await client.request("GET", server.url())
            return reply.body, len(client._open)

    assert asyncio.run(main()) == (b"ok", 1)
    assert len(client._open) == 0
    assert asyncio.run(main()) == (b"ok", 1)


def test_more_requests_than_connections_wait_their_turn():
    """The number of open connections keeps its limit, also over several hosts."""

    async def main():
        async with serve(OK) as one, serve(OK) as other:
            client = Client(connections_max=2)
            urls = [one.url(), other.url()] * 10
            replies = await asyncio.gather(*(client.request("GET", url) for url in urls))
            open_count = len(client._open)
            await client.close()
            return [reply.body for reply in replies], open_count

    bodies, open_count = asyncio.run(main())

    assert bodies == [b"ok"] * 20
    assert open_count <= 2


def test_waiting_for_a_connection_has_a_limit():
    """When all connections are in use for too long the request fails, and the next one works."""

    async def main():
        async with serve(then_silent(), OK) as server:
            client = Client(connections_max=1)
            hog = asyncio.create_task(client.request("GET", server.url()))
            await asyncio.sleep(0)
            with pytest.raises(ClientError) as caught:
                await client.request("GET", server.url(), limits=QUICK)
            hog.cancel()
            await asyncio.wait([hog])
            reply = await client.request("GET", server.url())
            await client.close()
            return caught.value, reply.body

    error, body = asyncio.run(main())

    assert error.kind == "connect_timeout"
    assert "no free connection within 0.3 s, 1 are in use" in str(error)
    assert body == b"ok"


def test_a_connection_that_was_closed_while_idle_is_not_used():
    """A server that closes between requests costs nothing, even where nothing is sent twice."""

    async def main():
        async def close_later(reader, writer):
            writer.write(OK)
            await asyncio.sleep(0.02)

        async with serve(close_later) as server:
            client = Client(resend_stale=False)
            await client.request("GET", server.url())
            await asyncio.wait_for(server.gone.wait(), 2)
            reply = await client.request("GET", server.url())
            await client.close()
            return reply.body, server.connections

    assert asyncio.run(main()) == (b"ok", 2)


def test_a_request_on_a_used_connection_is_sent_once_more():
    """A used connection that closes before any byte is replaced, once, and only if that is wanted."""

    async def main(resend_stale):
        async with serve(OK, drop(), OK) as server:
            client = Client(resend_stale=resend_stale)
            await client.request("GET", server.url())
            try:
                return (await client.request("GET", server.url())).body, len(server.requests)
            except ClientError as error:
                return error.kind, len(server.requests)
            finally:
                await client.close()

    assert asyncio.run(main(True)) == (b"ok", 3)
    assert asyncio.run(main(False)) == ("reset", 2)


def test_a_request_on_a_new_connection_is_never_sent_twice():
    """A first reply that does not come is a failure."""
    error = failure(drop(), OK)

    assert error.kind == "reset"
    assert "the connection was closed before any byte of a reply" in str(error)


def test_a_refused_connection_is_refused():
    """Nobody listens: kind, url and time are on the error."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/x?key=secret"

        async def main():
            await Client().request("GET", url)

        with pytest.raises(
            ClientError, match=r"^http://127.0.0.1:\d+/x: no connection: .*\(refused after"
        ) as caught:
            asyncio.run(main())

    assert (caught.value.kind, caught.value.url) == ("refused", url)
    assert 0 <= caught.value.elapsed_ms < 1000


def test_a_host_without_an_address_is_dns():
    """A name that does not resolve is told from a refusal."""

    async def main():
        await Client().request("GET", "http://no-such-host.invalid/")

    with pytest.raises(ClientError, match=r"host no-such-host\.invalid has no address") as caught:
        asyncio.run(main())

    assert caught.value.kind == "dns"


def test_a_listener_that_takes_no_connection_is_a_connect_timeout():
    """A full backlog black-holes the handshake; the limit holds."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        waiting = []
        for _ in range(3):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(address)
            waiting.append(one)

        async def main():
            await Client().request("GET", f"http://127.0.0.1:{address[1]}/", limits=QUICK)

        with pytest.raises(ClientError, match=r"no connection within 0.3 s") as caught:
            asyncio.run(main())
        for one in waiting:
            one.close()

    assert caught.value.kind == "connect_timeout"
    assert 250 < caught.value.elapsed_ms < 700


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (drop(reset=True), "reset", "after 0 bytes"),
        (drop(reset=True, after=OK[:-1]), "reset", "after 1 bytes"),
        (drop(after=OK[:20]), "truncated", "within the reply's head"),
        (drop(after=OK[:-1]), "truncated", "after 1 of 2 bytes of the body"),
        (drop(after=CHUNKED + b"5\r\nhel"), "truncated", "after 3 bytes of the body"),
        (drop(after=CHUNKED + b"5\r\nhello\r\n"), "truncated", "after 5 bytes of the body"),
        (then_silent(), "first_byte_timeout", "no whole head of a reply within 0.3 s"),
        (drip(OK, 0.02), "first_byte_timeout", "no whole head of a reply within 0.3 s"),
        (then_silent(OK[:-1]), "idle_timeout", "silent for 0.3 s after 1 bytes of the body"),
        (b"garbage\r\n\r\n", "protocol", "the reply is not HTTP/1.1"),
        (b"HTTP/1.1 200 OK\r\nA: b\r\n folded\r\nContent-Length: 2\r\n\r\nok", "protocol", "not HTTP/1.1"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok", "protocol", "not HTTP/1.1"),
        (b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", "protocol", "it switches"),
        (CHUNKED + b"zz\r\nhello\r\n", "protocol", "the reply is not HTTP/1.1"),
        (b"HTTP/1.1 200 OK\r\nA: " + b"a" * 2**20, "too_large", "without an end of the head"),
        (CHUNKED + b"5;" + b"x" * 2**20, "too_large", "without an end of the head"),
    ],
)  # fmt: skip
def test_what_goes_wrong_has_its_kind_and_its_words(reply, kind, words, stream):
    """Each way of failing is told apart from the others, within its limit."""
    before = time.monotonic()

    error = failure(reply, stream=stream)

    assert (error.kind, words in str(error)) == (kind, True), str(error)
    assert time.monotonic() - before < 1.5


def test_a_slow_body_ends_at_the_total_limit():
    """Bytes that keep coming do not keep a request alive beyond its total."""
    error = failure(drip(CHUNKED + b"1\r\nx\r\n" * 900, 0.001))

    assert error.kind == "total_timeout"
    assert "not done within 0.8 s" in str(error)


def test_a_body_above_the_limit_is_too_large_before_it_is_all_read():
    """Memory is bounded by what the client was told."""
    huge = b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n" + b"x" * 200_000

    error = failure(huge, body_bytes_max=100_000)

    assert error.kind == "too_large"
    assert "the reply is longer than 100000 bytes" in str(error)


def test_reading_the_rest_of_a_stream_is_bounded_too():
    """A stream's `read` takes no more than it was allowed."""

    async def main():
        async with serve(CHUNKED + b"5\r\nhello\r\n0\r\n\r\n") as server:
            client = Client()
            async with client.stream("GET", server.url()) as reply:
                with pytest.raises(ClientError, match="longer than 4 bytes"):
                    await reply.read(4)
            await client.close()

    asyncio.run(main())


@pytest.mark.parametrize(
    ("method", "reply", "status", "body"),
    [
        ("GET", b"HTTP/1.1 204 No Content\r\n\r\n", 204, b""),
        ("GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n", 304, b""),
        ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n", 200, b""),
        ("GET", b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nA: b\r\n\r\n" + OK, 200, b"ok"),
        ("GET", CHUNKED + b"2;a=b;c\r\nok\r\n0;x\r\nTrailer: t\r\n\r\n", 200, b"ok"),
        ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, b""),
    ],
)
def test_replies_without_a_plain_body_end_where_they_end_and_keep_the_connection(method, reply, status, body):
    """No body, interim replies, extensions and trailers: all are read, and the connection serves again."""

    async def main():
        async with serve(reply, reply) as server:
            client = Client()
            first = await client.request(method, server.url(), limits=QUICK)
            second = await client.request(method, server.url(), limits=QUICK)
            await client.close()
            return first, second, server.connections

    first, second, connections = asyncio.run(main())

    assert [(r.status, r.body) for r in (first, second)] == [(status, body)] * 2
    assert connections == 1


@pytest.mark.parametrize(
    ("reply", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", b"ok"),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", b"ok"),
        (OK + b"HTTP/1.1 200 OK\r\n\r\n", b"ok"),
        (OK + b"garbage", b"ok"),
    ],
)
def test_a_connection_that_will_not_or_must_not_serve_again_is_dropped(reply, body):
    """Close, HTTP/1.0 and bytes that nobody asked for end the connection, not the reply."""

    async def main():
        async with serve(reply) as server:
            client = Client()
            bodies = [(await client.request("GET", server.url(), limits=QUICK)).body for _ in range(2)]
            await client.close()
            return bodies, server.connections

    assert asyncio.run(main()) == ([body] * 2, 2)


def test_a_body_without_a_length_ends_with_the_connection():
    """Such a reply is whole when the server closes."""
    reply = ask(drop(after=b"HTTP/1.1 200 OK\r\n\r\nuntil the end"))

    assert reply.body == b"until the end"


def test_a_redirect_is_a_reply_like_any_other():
    """Nothing is followed."""
    reply = ask(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")

    assert (reply.status, reply.headers["location"]) == (302, "http://127.0.0.1:1/")


def test_a_stream_gives_each_read_with_its_own_time():
    """Pieces come as they were sent, without framing, and their times are those of their arrival."""

    async def handler(reader, writer):
        writer.write(CHUNKED)
        for word in (b"one", b"two", b"three"):
            writer.write(b"%x\r\n%s\r\n" % (len(word), word))
            await writer.drain()
            await asyncio.sleep(0.05)
        writer.write(b"0\r\n\r\n")

    async def main():
        async with serve(handler) as server:
            client = Client()
            async with client.stream("GET", server.url()) as reply:
                pieces = [piece async for piece in reply]
                status, ended_ns = reply.status, reply.ended_ns
            await client.close()
            return status, pieces, ended_ns

    status, pieces, ended_ns = asyncio.run(main())

    assert status == 200
    assert [data for _, data in pieces] == [b"one", b"two", b"three"]
    gaps_ms = [(b[0] - a[0]) / 1e6 for a, b in itertools.pairwise(pieces)]
    assert all(40 < gap_ms < 200 for gap_ms in gaps_ms), gaps_ms
    assert ended_ns >= pieces[-1][0]


def test_what_came_before_a_stream_broke_is_read_first():
    """The pieces are handed out, then the failure is raised."""

    async def main():
        async with serve(CHUNKED + b"5\r\nhello\r\nzz\r\n") as server:
            client = Client()
            try:
                async with client.stream("GET", server.url(), limits=QUICK) as reply:
                    async for _, data in reply:
                        seen.append(data)
            finally:
                await client.close()

    seen = []
    with pytest.raises(ClientError) as caught:
        asyncio.run(main())

    assert (seen, caught.value.kind) == ([b"hello"], "protocol")


@pytest.mark.parametrize("policy", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def test_leaving_a_stream_early_closes_it_upstream_within_a_second(policy):
    """The server sees the end at once, whether the reader leaves or is cancelled."""

    async def endless(reader, writer):
        writer.write(CHUNKED)
        while not reader.at_eof():
            writer.write(b"1\r\nx\r\n")
            await writer.drain()
            await asyncio.sleep(0.01)

    async def main():
        async with serve(endless) as server:
            client = Client()
            async with client.stream("GET", server.url()) as reply:
                await anext(reply)
            before = time.monotonic()
            await asyncio.wait_for(server.gone.wait(), 1)
            took_s = time.monotonic() - before
            in_use = client._flying
            await client.close()
            return took_s, in_use

    with asyncio.Runner(loop_factory=policy) as runner:
        took_s, in_use = runner.run(main())

    assert took_s < 1
    assert in_use == 0


def test_a_cancelled_request_closes_its_connection():
    """A reply that nobody waits for any more is not waited for."""

    async def main():
        async with serve(then_silent()) as server:
            client = Client()
            asking = asyncio.create_task(client.request("GET", server.url()))
            await until(lambda: server.requests)
            asking.cancel()
            await asyncio.wait([asking])
            await asyncio.wait_for(server.gone.wait(), 1)
            in_use, open_count = client._flying, len(client._open)
            await client.close()
            return in_use, open_count

    assert asyncio.run(main()) == (0, 0)


@pytest.mark.parametrize("policy", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def test_a_slow_reader_holds_the_sender_back_and_loses_nothing(policy):
    """Buffers stay bounded while a stream is not read, silence that the reader caused is no time-out."""
    count = 200
    block = b"x" * 65536
    sent = 0

    async def flood(reader, writer):
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (count * len(block)))
        for _ in range(count):
            writer.write(block)
            await writer.drain()
            sent += 1

    async def main():
        async with serve(flood) as server:
            client = Client()
            limits = Limits(idle_s=0.2, total_s=20)
            async with client.stream("GET", server.url(), limits=limits) as reply:
                await asyncio.sleep(0.5)
                held = sum(len(data) for _, data in reply._flight.pieces)
                sent_while_held = sent
                body = await reply.read()
            await client.close()
            return held, sent_while_held, len(body)

    with asyncio.Runner(loop_factory=policy) as runner:
        held, sent_while_held, length = runner.run(main())

    assert held < 1_000_000
    assert sent_while_held < count
    assert length == count * len(block)


def test_closing_the_client_ends_what_is_under_way():
    """A request that waits fails, with the reason."""

    async def main():
        async with serve(then_silent()) as server:
            client = Client()
            asking = asyncio.create_task(client.request("GET", server.url()))
            await until(lambda: server.requests)
            await client.close()
            with pytest.raises(ClientError, match="the client was closed"):
                await asking

    asyncio.run(main())


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://127.0.0.1/", "is no URL of a host"),
        ("127.0.0.1:80", "is no URL of a host"),
        ("http://user:key@127.0.0.1/", "holds credentials"),
        ("http://127.0.0.1:nine/", "Port could not be cast"),
    ],
)
def test_a_wrong_url_is_said_before_anything_is_sent(url, words):
    """A URL that cannot be asked is a protocol error with a reason."""

    async def main():
        await Client().request("GET", url)

    with pytest.raises(ClientError, match=words) as caught:
        asyncio.run(main())

    assert caught.value.kind == "protocol"


@pytest.mark.parametrize(
    ("headers", "words"), [({"a": "b\r\nc: d"}, "line break"), ([("a", "\u2713")], "outside of Latin-1")]
)
def test_a_header_that_cannot_be_sent_is_refused(headers, words):
    """No header smuggles another one."""

    async def main():
        await Client().request("GET", "http://127.0.0.1:1/", headers=headers)

    with pytest.raises(ClientError, match=words):
        asyncio.run(main())


def test_ipv6_addresses_and_names_are_reached():
    """Brackets, names and numbers all lead to a server."""

    async def main():
        async with serve(OK) as four, serve(OK, host="::1") as six:
            client = Client()
            bodies = [
                (await client.request("GET", url)).body
                for url in (four.url(), four.url(host="localhost"), six.url(host="[::1]"))
            ]
            await client.close()
            return bodies, six.requests[0]

    bodies, request = asyncio.run(main())

    assert bodies == [b"ok"] * 3
    assert b"Host: [::1]:" in request


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    files = ["-keyout", folder / "key.pem", "-out", folder / "cert.pem"]
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    subprocess.run(
        ["openssl", "req", "-x509", *kind, *subject, *files],
        check=True,
        capture_output=True,
    )
    return folder / "cert.pem", folder / "key.pem"


def test_https_is_spoken_to_those_it_trusts(certificate):
    """With the server's authority a reply comes, without it a protocol error."""
    cert, key = certificate
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(cert, key)

    async def main():
        async with serve(OK, tls=serving) as server:
            url = f"https://localhost:{server.port}/"
            client = Client(ssl=ssl.create_default_context(cafile=str(cert)))
            bodies = [(await client.request("GET", url)).body for _ in range(2)]
            with pytest.raises(ClientError, match="no TLS connection") as caught:
                await Client().request("GET", url)
            await client.close()
            return bodies, server.connections, caught.value.kind

    assert asyncio.run(main()) == ([b"ok", b"ok"], 1, "protocol")
