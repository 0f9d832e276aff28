"""The client on real sockets: what is sent, what is read, and which connections are used again."""

import asyncio
import ssl
import subprocess

import pytest
import uvloop

from harness.client import Client, ClientError, Limits
from tests.raw_server import CHUNKED, OK, QUICK, Handler, drop, serve, then_silent
from tests.states import until


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
            await asyncio.wait_for(server.gone.wait(), 10)
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


def test_a_cancelled_request_closes_its_connection():
    """A reply that nobody waits for any more is not waited for."""

    async def main():
        async with serve(then_silent()) as server:
            client = Client()
            asking = asyncio.create_task(client.request("GET", server.url()))
            await until(lambda: server.requests)
            asking.cancel()
            await asyncio.wait([asking])
            await asyncio.wait_for(server.gone.wait(), 10)
            in_use, open_count = client._flying, len(client._open)
            await client.close()
            return in_use, open_count

    assert asyncio.run(main()) == (0, 0)


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
