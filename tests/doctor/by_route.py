"""A server on a real socket that answers each route as it is told: healthy in one place, and not in another."""

import asyncio
from contextlib import asynccontextmanager

from tests.raw_server import read_request


def http(status, body=b"", kind=b"application/json"):
    """A whole reply."""
    return b"HTTP/1.1 %d x\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s" % (
        status,
        kind,
        len(body),
        body,
    )


NOT_FOUND = http(404, b'{"detail":"Not Found"}')
HANGS = b""  # It reads the request and says nothing.


@asynccontextmanager
async def routes(replies):
    """Its address; `replies` by path, all else is not found."""
    talks = []

    def take(reader, writer):
        talks.append(asyncio.create_task(talk(reader, writer)))

    async def talk(reader, writer):
        try:
            while True:
                request = await read_request(reader)
                reply = replies.get(request.split()[1].partition(b"?")[0].decode(), NOT_FOUND)
                if reply is HANGS:
                    await reader.read()
                writer.write(reply)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for each in talks:
            each.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
