"""The HTTP/1.1 client of every hot path: asyncio and httptools, keep-alive, streams, hard limits.

It measures while it asks (integer nanoseconds of the monotonic clock) and says exactly how a request failed.
It follows no redirect, adds no header but `Host` and `Content-Length`, and reads no proxy from the environment.
"""

import asyncio
import socket
import ssl as tls
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, Self
from urllib.parse import quote, urlsplit

from harness.connection import Connection
from harness.flight import KINDS, ClientError, Flight, Headers, Kind, Limits

__all__ = ["KINDS", "Client", "ClientError", "Headers", "Kind", "Limits", "Reply", "Streaming"]

HeaderPairs = Mapping[str, str] | list[tuple[str, str]] | tuple[tuple[str, str], ...]

BODY_BYTES_MAX = 64 * 2**20
LIMITS = Limits()
BODILESS = frozenset({"GET", "HEAD", "DELETE", "OPTIONS", "TRACE"})
CLOSING_TURNS_MAX = 100  # An aborted connection is gone after two turns of the loop.
HOST_CHARS, LENGTH_CHARS = len("host"), len("content-length")  # Most names need not be looked at.
PORTS = {"http": 80, "https": 443}


class Origin(NamedTuple):
    """Where connections go: those of one origin serve any of its requests."""

    scheme: str
    host: str
    port: int


@dataclass(slots=True)
class Reply:
    """A whole reply; times are monotonic nanoseconds: the call, the request written, first and last byte read."""

    status: int
    headers: Headers
    body: bytes
    began_ns: int
    sent_ns: int
    first_byte_ns: int
    ended_ns: int


class Streaming:
    """A reply whose body is read as it comes: `async with client.stream(...) as s: async for ns, data in s`.

    Each item is what one read of the socket held of the body, without the chunks' framing, and when it was
    read. Leaving the context before the end closes the connection at once. Failures are `ClientError`s, raised
    on entering or, after all that came before, while iterating.
    """

    def __init__(self, client: "Client", flight: Flight, request: tuple[Origin, bytes]) -> None:
        self._client = client
        self._flight = flight
        self._request = request
        self._connection: Connection | None = None
        self.status = 0
        self.headers = Headers()

    @property
    def began_ns(self) -> int:
        """When the request was called for."""
        return self._flight.began_ns

    @property
    def sent_ns(self) -> int:
        """When the request was written."""
        return self._flight.sent_ns

    @property
    def first_byte_ns(self) -> int:
        """When the first byte of the reply's head was read."""
        return self._flight.first_byte_ns

    @property
    def ended_ns(self) -> int:
        """When the last byte was read; 0 while the body is coming."""
        return self._flight.ended_ns

    async def __aenter__(self) -> Self:
        self._connection = await self._client._fly(self._flight, *self._request)  # noqa: SLF001 - one module
        self.status = self._flight.status
        self.headers = self._flight.headers()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._connection is not None:
            self._client._land(self._connection, self._flight)  # noqa: SLF001 - one module
            self._connection = None

    def __del__(self) -> None:
        """A stream that nobody left properly gives its connection back when it is forgotten."""
        if self._connection is not None:
            self._client._land(self._connection, self._flight)  # noqa: SLF001 - one module

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> tuple[int, bytes]:
        flight = self._flight
        while not flight.pieces:
            if flight.error is not None:
                raise flight.failed()
            if flight.done or self._connection is None:
                raise StopAsyncIteration
            await flight.change()
        piece = flight.pieces.popleft()
        if self._connection is not None:
            self._connection.took(len(piece[1]))
        return piece

    async def read(self, bytes_max: int = BODY_BYTES_MAX) -> bytes:
        """The rest of the body; more than so many bytes is a `too_large`."""
        pieces, count = [], 0
        async for _, data in self:
            count += len(data)
            if count > bytes_max:
                raise self._flight.broken("too_large", f"the reply is longer than {bytes_max} bytes")
            pieces.append(data)
        return b"".join(pieces)


class Client:
    """Requests over pooled keep-alive connections; one for each event loop, and it closes with its loop.

    At most `connections_max` requests are under way at once, others wait. A request on a used connection that
    was closed before any byte of the reply is sent once more on a new one, unless `resend_stale` is off: then
    the only guard is a look at the connection just before it is used again.
    """

    def __init__(
        self,
        *,
        connections_max: int = 1024,
        body_bytes_max: int = BODY_BYTES_MAX,
        ssl: tls.SSLContext | None = None,
        resend_stale: bool = True,
    ) -> None:
        self._connections_max = connections_max
        self._body_bytes_max = body_bytes_max
        self._ssl = ssl
        self._resend_stale = resend_stale
        self._loop: asyncio.AbstractEventLoop | None = None
        self._flying = 0
        self._open: dict[Connection, Origin] = {}
        self._idle: dict[Origin, list[Connection]] = {}
        self._queue: deque[asyncio.Future[None]] = deque()
        self._lifetime: AsyncGenerator[None, None] | None = None

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: HeaderPairs = (),
        body: bytes = b"",
        limits: Limits = LIMITS,
    ) -> Reply:
        """Ask and wait for the whole reply; raises `ClientError` when there is none."""
        flight = Flight(method, url, limits, body_bytes_max=self._body_bytes_max)
        connection = await self._fly(flight, *_message(flight, headers, body))
        self._land(connection, flight)
        pieces = flight.pieces
        return Reply(
            flight.status,
            flight.headers(),
            pieces[0][1] if len(pieces) == 1 else b"".join([data for _, data in pieces]),
            flight.began_ns,
            flight.sent_ns,
            flight.first_byte_ns,
            flight.ended_ns,
        )

    def stream(
        self,
        method: str,
        url: str,
        *,
        headers: HeaderPairs = (),
        body: bytes = b"",
        limits: Limits = LIMITS,
    ) -> Streaming:
        """Ask, and read the reply's body as it comes; to be entered with `async with`."""
        flight = Flight(method, url, limits, body_bytes_max=None)
        return Streaming(self, flight, _message(flight, headers, body))

    async def close(self) -> None:
        """Close every connection; requests under way fail with `reset`."""
        if self._lifetime is not None:
            await self._lifetime.aclose()

    async def _fly(self, flight: Flight, origin: Origin, request: bytes) -> Connection:
        """Send on some connection and wait for the whole reply, or for a stream's head."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            await self._move_to(loop)
        if self._flying < self._connections_max:
            self._flying += 1
        else:
            await self._turn(flight)
        connection: Connection | None = None
        try:
            connection = self._pooled(flight, origin) or await self._connect(flight, origin)
            again = connection.used and self._resend_stale
            await self._send(connection, flight, request)
            if again and flight.unanswered:
                flight.restart()
                connection = await self._connect(flight, origin)
                await self._send(connection, flight, request)
        except BaseException:
            if connection is not None:
                connection.abort()
            self._free()
            raise
        if flight.error is not None and not flight.readable:
            self._land(connection, flight)
            raise flight.failed()
        return connection

    async def _send(self, connection: Connection, flight: Flight, request: bytes) -> None:
        connection.start(flight, request)
        while flight.error is None and not (flight.done or flight.readable):
            await flight.change()

    def _land(self, connection: Connection, flight: Flight) -> None:
        """Give a connection back, or close it when it cannot serve again."""
        if flight.done and connection.reusable and not connection.closed:
            self._idle.setdefault(self._open[connection], []).append(connection)
        else:
            connection.abort()
        self._free()

    def _pooled(self, flight: Flight, origin: Origin) -> Connection | None:
        idle = self._idle.get(origin)
        while idle:
            connection = idle.pop()
            if connection.alive(flight.began_ns):
                return connection
            connection.abort()
        return None

    async def _connect(self, flight: Flight, origin: Origin) -> Connection:
        if len(self._open) >= self._connections_max:
            self._evict()
        limit_s = flight.limits.connecting_s
        ssl = self._context() if origin.scheme == "https" else None
        try:
            async with _awake(limit_s):
                _, connection = await asyncio.get_running_loop().create_connection(
                    lambda: Connection(self._forget), origin.host, origin.port, ssl=ssl
                )
        except TimeoutError:
            raise flight.broken("connect_timeout", f"no connection within {limit_s:g} s") from None
        except socket.gaierror as error:
            raise flight.broken("dns", f"host {origin.host} has no address: {error.strerror}") from None
        except tls.SSLError as error:
            raise flight.broken("protocol", f"no TLS connection: {error}") from None
        except OSError as error:
            raise flight.broken("refused", f"no connection: {error.strerror or error}") from None
        self._open[connection] = origin
        return connection

    def _context(self) -> tls.SSLContext:
        if self._ssl is None:
            self._ssl = tls.create_default_context()
        return self._ssl

    def _evict(self) -> None:
        """Close the idle connection that was used longest ago, of any origin."""
        for idle in self._idle.values():
            if idle:
                idle.pop(0).abort()
                return

    def _forget(self, connection: Connection) -> None:
        origin = self._open.pop(connection, None)
        if origin is not None and connection in self._idle.get(origin, ()):
            self._idle[origin].remove(connection)

    async def _turn(self, flight: Flight) -> None:
        """Wait until another request is done, and take its place."""
        limit_s = flight.limits.connecting_s
        turn = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        try:
            async with asyncio.timeout(limit_s):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():
                self._free()
            if isinstance(error, TimeoutError):
                words = f"no free connection within {limit_s:g} s, {self._flying} are in use"
                raise flight.broken("connect_timeout", words) from None
            raise

    def _free(self) -> None:
        while self._queue:
            turn = self._queue.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._flying -= 1

    async def _move_to(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to live in a loop; what was left of an earlier one is forgotten, it ended with it."""
        self._loop = loop
        self._flying = 0
        self._open, self._idle, self._queue = {}, {}, deque()
        self._lifetime = self._until_closed()
        await anext(self._lifetime)

    async def _until_closed(self) -> AsyncGenerator[None, None]:
        """Closes all connections when it is closed; the loop does so with every generator left when it ends."""
        try:
            yield
        finally:
            self._loop = self._lifetime = None
            self._idle.clear()
            for connection in list(self._open):
                connection.hang_up()
            for _ in range(CLOSING_TURNS_MAX):
                if not self._open:
                    break
                await asyncio.sleep(0)


@asynccontextmanager
async def _awake(limit_s: float) -> AsyncIterator[None]:
    """`asyncio.timeout` of the time in which this process ran: what came while it stood still it reads only afterwards."""
    loop = asyncio.get_running_loop()
    due_s = loop.time() + limit_s
    async with asyncio.timeout(None) as limit:
        timer = loop.call_at(due_s, lambda: limit.reschedule(2 * loop.time() - due_s))
        try:
            yield
        finally:
            timer.cancel()


def _message(flight: Flight, headers: HeaderPairs, body: bytes) -> tuple[Origin, bytes]:
    """Where a request goes, and its bytes; raises `ClientError` of kind protocol for what cannot be sent."""
    try:
        origin, host, target = _place(flight.url)
    except ValueError as error:
        raise flight.broken("protocol", str(error)) from None
    lines = [f"{flight.method} {target} HTTP/1.1"]
    needs_host, needs_length = True, bool(body) or flight.method not in BODILESS
    for name, value in headers if isinstance(headers, (list, tuple)) else headers.items():
        lines.append(f"{name}: {value}")
        if len(name) == HOST_CHARS and name.lower() == "host":
            needs_host = False
        elif len(name) == LENGTH_CHARS and name.lower() == "content-length":
            needs_length = False
    if needs_host:
        lines.insert(1, f"Host: {host}")
    if needs_length:
        lines.append(f"Content-Length: {len(body)}")
    head = "\r\n".join(lines) + "\r\n\r\n"
    if head.count("\n") != len(lines) + 1 or head.count("\r") != len(lines) + 1:
        raise flight.broken("protocol", "a header holds a line break")
    try:
        return origin, head.encode("latin-1") + body
    except UnicodeEncodeError:
        raise flight.broken("protocol", "a header holds a character outside of Latin-1") from None


@lru_cache(maxsize=4096)
def _place(url: str) -> tuple[Origin, str, str]:
    """A URL's origin, its `Host` header and its request target."""
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError("is no URL of a host; it must begin with http:// or https://")
    if "@" in parts.netloc:
        raise ValueError("holds credentials; send them in a header")
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    if parts.query:
        target += "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]")
    return Origin(parts.scheme, parts.hostname, parts.port or PORTS[parts.scheme]), parts.netloc, target
