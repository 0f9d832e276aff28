"""Post one JSON body and say what status came back: all the HTTP that exporting spans needs."""

import asyncio
from urllib.parse import urlsplit

UNDELIVERED = 599  # Nobody answered; like any 5xx, worth another attempt.


async def post_json(url: str, body: bytes, limit_s: float) -> int:
    """POST `body` to a plain-http `url`: the reply's status, or 599 where there was no reply within `limit_s`."""
    try:
        return await asyncio.wait_for(_exchange(url, body), limit_s)
    except (OSError, TimeoutError, ValueError, IndexError):
        return UNDELIVERED


async def _exchange(url: str, body: bytes) -> int:
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port or 80)
    try:
        head = (
            f"POST {parts.path or '/'} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        writer.write(head.encode() + body)
        await writer.drain()
        return int((await reader.readline()).split(b" ", 2)[1])
    finally:
        writer.close()
