"""The client against servers that do every wrong thing: each has its kind and its words."""

import asyncio
import socket
import time

import pytest

from harness.client import Client, ClientError
from tests.raw_server import CHUNKED, OK, QUICK, Handler, drip, drop, serve, then_silent


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
    assert 0 <= caught.value.elapsed_ms < 10_000


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
    assert 250 < caught.value.elapsed_ms < 10_000


def test_a_connection_that_came_while_we_stood_still_is_one():
    """A machine that gives us no time says nothing of whom we ask."""

    async def main():
        async with serve(OK) as server:
            client = Client()
            asking = asyncio.create_task(client.request("GET", server.url(), limits=QUICK))
            asyncio.get_running_loop().call_soon(time.sleep, 0.4)
            try:
                return (await asking).status
            finally:
                await client.close()

    assert asyncio.run(main()) == 200


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
    assert time.monotonic() - before < 10


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


def test_a_request_on_a_new_connection_is_never_sent_twice():
    """A first reply that does not come is a failure."""
    error = failure(drop(), OK)

    assert error.kind == "reset"
    assert "the connection was closed before any byte of a reply" in str(error)
