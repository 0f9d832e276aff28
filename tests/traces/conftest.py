"""A bare HTTP server that keeps what is posted to it and answers as told."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest


class Inbox:
    """Bodies that were posted; `statuses` are given in turn, the last one for ever."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses) or [200]
        self.bodies: list[bytes] = []
        self.arrived = asyncio.Event()
        self.url = ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.split("content-length: ")[1].split("\r\n")[0])
        self.bodies.append(await reader.readexactly(length))
        self.arrived.set()
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 2\r\n\r\n{{}}".encode())
        await writer.drain()
        writer.close()


@contextlib.asynccontextmanager
async def open_inbox(*statuses: int) -> AsyncIterator[Inbox]:
    inbox = Inbox(*statuses)
    server = await asyncio.start_server(inbox.answer, "127.0.0.1", 0)
    inbox.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1/traces"
    async with server:
        yield inbox


@pytest.fixture
def inbox():
    return open_inbox
