"""One connection, seen from its own side of the socket."""

import asyncio
import select
import time

from harness.connection import Connection
from harness.flight import Flight, Limits
from tests.states import until


async def connect(handler):
    lost = []
    listener = await asyncio.start_server(handler, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    _, connection = await asyncio.get_running_loop().create_connection(
        lambda: Connection(lost.append), "127.0.0.1", port
    )
    return listener, connection, lost


def test_bytes_that_nobody_asked_for_close_the_connection():
    """A server that speaks first is not trusted with a request."""

    async def speak(reader, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        await reader.read()
        writer.close()

    async def main():
        listener, connection, lost = await connect(speak)
        await until(lambda: connection.closed)
        listener.close()
        return lost == [connection], connection.alive(time.monotonic_ns())

    assert asyncio.run(main()) == (True, False)


def test_a_look_at_an_idle_connection_sees_what_the_loop_did_not_yet():
    """A close that has arrived but was not processed makes the connection unusable."""

    async def leave(reader, writer):
        writer.close()

    async def main():
        listener, connection, _ = await connect(leave)
        seen = []
        for _ in range(200):
            seen.append((connection.closed, connection.alive(time.monotonic_ns())))
            if connection.closed:
                break
            await asyncio.sleep(0)
        listener.close()
        return seen

    seen = asyncio.run(main())

    assert seen[-1] == (True, False)
    assert (False, False) in seen


def test_a_server_that_closes_after_its_first_reply_without_a_word_is_not_asked_again():
    """However soon that is: only a connection that was kept before is used again without a look."""

    async def answer(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        writer.close()

    async def main():
        listener, connection, _ = await connect(answer)
        flight = Flight("GET", "http://x/", Limits(), body_bytes_max=100)
        connection.start(flight, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        while not flight.done:
            await flight.change()
        select.select(
            [connection._transport.get_extra_info("socket")], [], [], 5
        )  # The loop sees nothing of it.
        listener.close()
        return flight.status, connection.alive(flight.ended_ns)

    assert asyncio.run(main()) == (200, False)


def test_a_request_on_a_closed_connection_fails_at_once():
    """Nothing waits for a connection that is gone."""

    async def leave(reader, writer):
        writer.close()

    async def main():
        listener, connection, _ = await connect(leave)
        await until(lambda: connection.closed)
        flight = Flight("GET", "http://h/", Limits(), body_bytes_max=10)
        connection.start(flight, b"GET / HTTP/1.1\r\n\r\n")
        listener.close()
        return flight.error

    error = asyncio.run(main())

    assert error is not None
    assert (error.kind, "before the request was sent" in str(error)) == ("reset", True)
