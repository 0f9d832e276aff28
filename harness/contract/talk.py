"""Puts requests to the server that is verified, as a contract's examples say them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from harness.client import Client, Limits
from harness.comp import Comp, Endpoint, Example, Upload

BOUNDARY = "opea-harness-contract"
JSON_TYPE = {"content-type": "application/json"}
LIMITS = Limits(connect_s=2.0, first_byte_s=10.0, idle_s=10.0, total_s=30.0)
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `pieces` are the reads of the body and when each happened, in monotonic nanoseconds."""

    status: int
    content_type: str
    body: bytes
    pieces: tuple[tuple[int, bytes], ...] = ()

    @property
    def json(self) -> Any:
        """The body as JSON; None where it is none."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return None

    @property
    def shown(self) -> str:
        """Status and the beginning of the body, for a message."""
        return f"{self.status} {self.body[:SHOWN].decode('utf-8', 'replace')}".strip()


@dataclass(frozen=True, slots=True)
class Talk:
    """A server at `url` that is said to be `comp`; the client is the caller's, who closes it."""

    client: Client
    url: str
    comp: Comp
    limits: Limits = LIMITS

    async def send(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request, byte for byte, and its whole answer."""
        pieces: list[tuple[int, bytes]] = []
        url = self.url.rstrip("/") + path
        posted = self.client.stream(method, url, headers=headers or {}, body=body, limits=self.limits)
        async with posted as reply:
            async for piece in reply:
                pieces.append(piece)  # noqa: PERF401 - What came before a break is of no use here.
            content_type = reply.headers.get("content-type", "")
            return Answer(reply.status, content_type, b"".join(data for _, data in pieces), tuple(pieces))

    async def put(
        self, endpoint: Endpoint, example: Example, extra: Mapping[str, object] | None = None
    ) -> Answer:
        """An example's request, with `extra` fields merged into its JSON."""
        path = endpoint.path.format(**{name: quote(value, safe="") for name, value in example.path.items()})
        request = example.request
        if extra:
            request = {**(request if isinstance(request, dict) else {}), **extra}
        if endpoint.body == "form":
            head = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
            return await self.send(endpoint.method, path, multipart(request, example.files), head)
        if endpoint.body == "query" and isinstance(request, dict):
            return await self.send(endpoint.method, f"{path}?{urlencode(request)}")
        if endpoint.body == "none" or request is None:
            return await self.send(endpoint.method, path)
        return await self.send(endpoint.method, path, orjson.dumps(request), JSON_TYPE)

    async def is_well(self) -> bool:
        """Whether the comp's own readiness route answers 200."""
        return (await self.send("GET", self.comp.ready)).status == 200


def multipart(fields: object, files: Mapping[str, Upload | tuple[Upload, ...]]) -> bytes:
    """A multipart form of text fields and uploads."""
    given = fields if isinstance(fields, dict) else {}
    parts = [_part(name, str(value).encode()) for name, value in given.items()]
    for name, uploads in files.items():
        for each in uploads if isinstance(uploads, tuple) else (uploads,):
            about = f'; filename="{each.name}"\r\nContent-Type: {each.content_type}'
            parts.append(_part(name, each.content, about))
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def _part(name: str, content: bytes, about: str = "") -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{about}\r\n\r\n'
    return head.encode() + content + b"\r\n"
