"""What the parts of a mock server say to each other: ASGI's words, one reply in one piece, and how a body is read."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from harness.comp import Refusal

Scope = MutableMapping[str, Any]
Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

BODY_BYTES_MAX = 64 * 2**20
NS_PER_S = 1e9
NS_PER_MS = 1_000_000


@dataclass(frozen=True, slots=True)
class Whole:
    """A reply that is sent in one piece."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)

    async def send(self, send: Send) -> None:
        """Send head and body."""
        is_told = "transfer-encoding" not in self.headers
        headers = [(b"content-length", str(len(self.body)).encode())] if is_told else []
        if self.content_type:
            headers.append((b"content-type", self.content_type.encode("latin-1")))
        headers += [(k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in self.headers.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


def refused(status: int, detail: object, headers: Mapping[str, str] | None = None) -> Whole:
    """A refusal as FastAPI's HTTPException looks."""
    return Whole(status, orjson.dumps({"detail": detail}), headers=headers or {})


async def read_body(receive: Receive) -> bytes:
    """The whole body; raises `Refusal` 413 above `BODY_BYTES_MAX`, and ConnectionResetError when the client leaves."""
    event = await receive()
    parts: list[bytes] = []
    body_bytes = 0
    while event["type"] != "http.disconnect":
        parts.append(event.get("body", b""))
        body_bytes += len(parts[-1])
        if body_bytes > BODY_BYTES_MAX:
            raise Refusal(413, f"body: more than {BODY_BYTES_MAX} bytes")
        if not event.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)
        event = await receive()
    raise ConnectionResetError("the client left before its request ended")


def header(scope: Scope, name: bytes) -> str | None:
    """The first header of that lower-case name."""
    for key, value in scope["headers"]:
        if key == name:
            return str(value.decode("latin-1"))
    return None
