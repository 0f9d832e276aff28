"""The forwarder as it runs in a container: a process, an argument, ports."""

import asyncio
import json
import socket
import struct
import sys
from contextlib import asynccontextmanager

from harness.compose.forwarding import PROGRAM

LIMIT_S = 10


@asynccontextmanager
async def answering(name):
    """A server that says its name and what it was asked, and ends."""

    async def serve(reader, writer):
        asked = await reader.read(1000)
        writer.write(name.encode() + b" got " + asked)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@asynccontextmanager
async def forwarding(places):
    """The forwarder with one port, which is given; ended at the end."""
    program = PROGRAM.read_text().replace('host: str = "0.0.0.0"', 'host: str = "127.0.0.1"')
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-u",
        "-c",
        program,
        json.dumps({"0": places}),
        stdout=-1,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield json.loads(await asyncio.wait_for(child.stdout.readline(), LIMIT_S))["ports"][0]
    finally:
        child.kill()
        await child.communicate()


async def said(port, request):
    """All that comes back; a reset may come before the connection has been seen to stand."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionResetError:
        return "reset"
    writer.write(request)
    try:
        return await asyncio.wait_for(reader.read(), LIMIT_S)
    except ConnectionResetError:
        return "reset"
    finally:
        writer.close()


def test_a_port_of_one_place_passes_on_whatever_comes():
    """No HTTP needed: databases are reached so too."""

    async def run():
        async with (
            answering("db") as db,
            forwarding({"db": ["127.0.0.1", db], "alias": ["127.0.0.1", db]}) as port,
        ):
            return await said(port, b"PING")

    assert asyncio.run(run()) == b"db got PING"


def test_of_names_that_share_a_port_the_host_says_which_is_meant():
    """With and without its port, in any letters; a name that has none is told so."""

    async def run():
        async with (
            answering("one") as one,
            answering("two") as two,
            forwarding({"one": ["127.0.0.1", one], "two": ["127.0.0.1", two]}) as port,
        ):
            asked = [b"one", b"Two:80", b"three"]
            return [await said(port, b"GET / HTTP/1.1\r\nHost: " + host + b"\r\n\r\n") for host in asked]

    one, two, three = asyncio.run(run())

    assert one.startswith(b"one got GET / HTTP/1.1\r\nHost: one\r\n\r\n")
    assert two.startswith(b"two got ")
    assert three.startswith(b"HTTP/1.1 421 ")
    assert three.endswith(b"no service of this name has this port; names are ['one', 'two']\n")


def test_what_nobody_takes_is_broken_off():
    """A wire that is down is a connection that is reset, and no silence."""

    async def run():
        async with answering("gone") as gone:
            pass
        async with forwarding({"gone": ["127.0.0.1", gone]}) as port:
            return await said(port, b"PING")

    assert asyncio.run(run()) == "reset"


def test_what_breaks_on_one_side_is_broken_off_on_the_other():
    """A reset in the middle of a reply stays one, after all that came before it."""

    async def breaking(reader, writer):
        await reader.read(4)
        writer.write(b"half")
        await writer.drain()
        await reader.read(4)
        writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
        writer.transport.abort()

    async def run():
        server = await asyncio.start_server(breaking, "127.0.0.1", 0)
        place = ["127.0.0.1", server.sockets[0].getsockname()[1]]
        async with server, forwarding({"it": place}) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"PING")
            half = await reader.readexactly(4)
            writer.write(b"MORE")
            try:
                return half, await asyncio.wait_for(reader.read(), LIMIT_S)
            except ConnectionResetError:
                return half, "reset"
            finally:
                writer.close()

    assert asyncio.run(run()) == (b"half", "reset")


def test_one_who_sends_faster_than_is_read_waits_and_nothing_is_lost():
    """The end of what is sent is passed on too; the answer to it still comes back."""

    async def counting(reader, writer):
        await asyncio.sleep(0.1)  # Long enough for buffers to fill.
        writer.write(str(len(await reader.read())).encode())
        writer.close()

    async def run():
        server = await asyncio.start_server(counting, "127.0.0.1", 0)
        place = ["127.0.0.1", server.sockets[0].getsockname()[1]]
        async with server, forwarding({"it": place}) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(bytes(20_000_000))
            writer.write_eof()
            try:
                return await asyncio.wait_for(reader.read(), LIMIT_S)
            finally:
                writer.close()

    assert asyncio.run(run()) == b"20000000"
