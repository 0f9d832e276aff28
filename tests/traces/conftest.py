"""What the tests of traces share: recorded spans of real OPEA, and a server that keeps what is posted to it."""

import asyncio
import base64
import contextlib
import gzip
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from harness.traces.otlp import seal_json
from harness.traces.span import Trace, group


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


SPANS = Path(__file__).parent.parent / "data" / "spans"


@cache
def read_recording(name: str) -> dict[str, Any]:
    return orjson.loads(gzip.decompress((SPANS / f"{name}.json.gz").read_bytes()))


@pytest.fixture
def recording():
    """Read one recorded capture by name."""
    return read_recording


@pytest.fixture(scope="session")
def recording_names():
    """The names of all recorded captures."""
    return sorted(path.name.removesuffix(".json.gz") for path in SPANS.glob("*.json.gz"))


async def replay_posts(recorded: dict[str, Any], otlp: str) -> None:
    async with httpx.AsyncClient(verify=False) as http:
        for post in recorded["posts"]:
            body = base64.b64decode(post["body_b64"])
            (await http.post(otlp, content=body, headers=post["headers"])).raise_for_status()


@pytest.fixture
def replay():
    """Post a capture's bodies, byte for byte, to an OTLP address."""
    return replay_posts


def span_facts(recorded: dict[str, Any]) -> set[tuple[str, str, str, str, int, int]]:
    return {
        (
            span["traceId"],
            span["spanId"],
            span.get("parentSpanId", ""),
            span["name"],
            int(span["startTimeUnixNano"]),
            int(span["endTimeUnixNano"]),
        )
        for post in recorded["posts"]
        for resource in post["otlp_json"]["resourceSpans"]
        for scope in resource["scopeSpans"]
        for span in scope["spans"]
    }


@pytest.fixture
def facts():
    """Ids, name and times of every span of a capture, from its own JSON."""
    return span_facts


@cache
def recorded_traces(name: str) -> list[Trace]:
    messages = [orjson.dumps(post["otlp_json"]) for post in read_recording(name)["posts"]]
    return group([sealed.open() for message in messages for sealed in seal_json(message)])


@pytest.fixture
def traces_of():
    """The traces of one recorded capture, from its own JSON."""
    return recorded_traces
