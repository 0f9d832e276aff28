"""Clients of the measured chain: for throughput, for the time to the first token, for what else must not wait."""

import asyncio
import json
import time
from typing import cast

from harness.client import Client, Limits

CLIENTS = 16
SPREAD_S = 2.0
JSON = {"Content-Type": "application/json"}
LIMITS = Limits(connect_s=10, first_byte_s=60, idle_s=60, total_s=120)
QUESTION = {"messages": "What is deep learning?", "stream": False}


class Asking(asyncio.Protocol):
    """One keep-alive client that asks again and again, as cheaply as it can be done."""

    def __init__(self, request: bytes, until_s: float) -> None:
        self._request = request
        self._until_s = until_s
        self._held = b""
        self._transport: asyncio.Transport | None = None
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.count = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Read a whole reply, and ask again."""
        self._held += data
        head, mark, rest = self._held.partition(b"\r\n\r\n")
        if not mark:
            return
        if not head.startswith(b"HTTP/1.1 200"):
            self.ended.set_exception(RuntimeError(self._held[:500].decode()))
            return
        place = head.lower().index(b"content-length:")
        if len(rest) < int(head[place + 15 :].split(b"\r\n", 1)[0]):
            return
        self._held = b""
        self.count += 1
        assert self._transport is not None
        if time.monotonic() < self._until_s:
            self._transport.write(self._request)
        elif not self.ended.done():
            self._transport.close()
            self.ended.set_result(None)


async def throughput(url: str, seconds: float) -> float:
    """Requests a second of 16 clients that ask one after the other."""
    host, _, port = url.removeprefix("http://").partition(":")
    body = json.dumps(QUESTION).encode()
    request = (
        f"POST /v1/chain HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body
    began_s = time.monotonic()
    loop = asyncio.get_running_loop()
    made = [
        await loop.create_connection(lambda: Asking(request, began_s + seconds), host, int(port))
        for _ in range(CLIENTS)
    ]
    async with asyncio.timeout(seconds + 30):
        await asyncio.gather(*(asking.ended for _, asking in made))
    return sum(asking.count for _, asking in made) / (time.monotonic() - began_s)


async def first_tokens_ms(url: str, path: str, count: int) -> list[float]:
    """When each of so many streams gave its first text, in milliseconds from its request."""
    client = Client(connections_max=4096)
    body = json.dumps({**QUESTION, "stream": True, "model": "m"}).encode()

    async def one(index: int) -> float:
        await asyncio.sleep(SPREAD_S * index / count)
        first_ms = 0.0
        async with client.stream("POST", url + path, headers=JSON, body=body, limits=LIMITS) as stream:
            async for received_ns, data in stream:
                if not first_ms and b"token0" in data:
                    first_ms = (received_ns - stream.began_ns) / 1e6
        return first_ms

    try:
        return await asyncio.gather(*(one(index) for index in range(count)))
    finally:
        await client.close()


async def fan_ms(url: str, count: int) -> list[float]:
    """How long sixteen nodes of 50 ms at once take, in milliseconds, one request after the other."""
    client = Client()
    told = []
    for _ in range(count):
        reply = await client.request("POST", f"{url}/v1/fan", body=b'{"text":"x"}', headers=JSON)
        assert reply.status == 200, reply.body
        told.append((reply.ended_ns - reply.began_ns) / 1e6)
    await client.close()
    return told


async def health_ms(url: str, streams: int, count: int) -> list[float]:
    """How long `/health` takes while so many streams wait for a token that never comes, in milliseconds."""
    client = Client(connections_max=4096)
    waiting = [
        asyncio.create_task(
            client.request("POST", f"{url}/v1/never", headers=JSON, body=b'{"text":"x"}', limits=LIMITS)
        )
        for _ in range(streams)
    ]
    await asyncio.sleep(1)
    told = []
    for _ in range(count):
        reply = await client.request("GET", f"{url}/health", limits=LIMITS)
        told.append((reply.ended_ns - reply.began_ns) / 1e6)
        await asyncio.sleep(0.005)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    await client.close()
    return told
