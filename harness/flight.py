"""One HTTP request under way: its limits, its clock, what came back so far and how it failed."""

import asyncio
from collections import deque
from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping
from dataclasses import dataclass
from time import monotonic_ns
from typing import Literal, TypeVar, get_args, overload

from harness.errors import EXIT_ENVIRONMENT, HarnessError

Kind = Literal[
    "refused",
    "dns",
    "connect_timeout",
    "first_byte_timeout",
    "idle_timeout",
    "total_timeout",
    "reset",
    "truncated",
    "protocol",
    "too_large",
]
T = TypeVar("T")
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long each part of one request may take, in seconds.

    `connect_s` covers the wait for a free connection, name resolution and the handshakes; `first_byte_s` runs
    from the sent request until the reply's head is whole; `idle_s` is the longest silence in the reply's body
    (it does not run while the reader holds the stream back); `total_s` runs from the call to the last byte.
    """

    connect_s: float = 2.0
    first_byte_s: float = 30.0
    idle_s: float = 30.0
    total_s: float = 60.0

    @property
    def connecting_s(self) -> float:
        """What is left for a connection where the whole request has less time than that."""
        return min(self.connect_s, self.total_s)


class ClientError(HarnessError):
    """A request that got no whole reply; a reply with any status is none.

    `kind` is one of `KINDS`, `elapsed_ms` counts from the call.
    """

    exit_code = EXIT_ENVIRONMENT

    def __init__(self, kind: Kind, url: str, words: str, *, elapsed_ms: float) -> None:
        super().__init__(f"{url.partition('?')[0]}: {words} ({kind} after {elapsed_ms:.0f} ms)")
        self.kind: Kind = kind
        self.url = url
        self.words = words
        self.elapsed_ms = elapsed_ms


class Headers(Mapping[str, str]):
    """A reply's headers; names match in any case, a repeated name's values are joined by a comma.

    `pairs` holds them as they came, in order.
    """

    __slots__ = ("_values", "pairs")

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self.pairs = tuple(pairs)
        values: dict[str, str] = {}
        for name, value in self.pairs:
            key = name.lower()
            values[key] = f"{values[key]}, {value}" if key in values else value
        self._values = values

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Headers({self._values!r})"

    @overload
    def get(self, name: str, /) -> str | None: ...
    @overload
    def get(self, name: str, default: str | T, /) -> str | T: ...
    def get(self, name: str, default: object = None, /) -> object:
        """The value of a header in any case of its name, else the default."""
        return self._values.get(name.lower(), default)

    def keys(self) -> KeysView[str]:
        """The names, in lower case."""
        return self._values.keys()

    def items(self) -> ItemsView[str, str]:
        """Names in lower case and their values."""
        return self._values.items()


class Flight:
    """What one request has got so far; written by its connection, read by whoever waits for it.

    `body_bytes_max` None means that the body is streamed: its pieces are handed on as they come.
    """

    __slots__ = (
        "_waiter",
        "began_ns",
        "body_bytes",
        "body_bytes_max",
        "done",
        "ended_ns",
        "error",
        "first_byte_ns",
        "head_done",
        "limits",
        "method",
        "pairs",
        "pieces",
        "sent_ns",
        "status",
        "total_deadline_ns",
        "url",
    )

    def __init__(self, method: str, url: str, limits: Limits, *, body_bytes_max: int | None) -> None:
        self.method = method
        self.url = url
        self.limits = limits
        self.body_bytes_max = body_bytes_max
        self.began_ns = monotonic_ns()
        self.total_deadline_ns = self.began_ns + int(limits.total_s * 1e9)
        self._waiter: asyncio.Future[None] | None = None
        self.restart()

    def restart(self) -> None:
        """Forget what came back, keep the clock: the request is about to be sent again."""
        self.sent_ns = self.first_byte_ns = self.ended_ns = 0
        self.status = 0
        self.body_bytes = 0
        self.head_done = self.done = False
        self.error: ClientError | None = None
        self.pairs: list[tuple[bytes, bytes]] = []
        self.pieces: deque[tuple[int, bytes]] = deque()

    @property
    def readable(self) -> bool:
        """Whether this is a stream whose head is there."""
        return self.head_done and self.body_bytes_max is None

    @property
    def unanswered(self) -> bool:
        """Whether the connection broke before any byte of the reply."""
        return self.error is not None and self.error.kind == "reset" and not self.first_byte_ns

    def broken(self, kind: Kind, words: str) -> ClientError:
        """The error that says how this request failed, timed now."""
        return ClientError(kind, self.url, words, elapsed_ms=(monotonic_ns() - self.began_ns) / 1e6)

    def failed(self) -> ClientError:
        """How it failed, as an error to raise: the frames that one comes through know the flight, so the flight keeps none that was raised."""
        error = self.error
        assert error is not None
        return ClientError(error.kind, error.url, error.words, elapsed_ms=error.elapsed_ms)

    def headers(self) -> Headers:
        """The reply's headers as text."""
        return Headers([(name.decode("latin-1"), value.decode("latin-1")) for name, value in self.pairs])

    def wake(self) -> None:
        """Something changed: let the waiter look."""
        waiter = self._waiter
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    def change(self) -> asyncio.Future[None]:
        """Done when something changed; bounded by the connection's timer, which fails the flight."""
        self._waiter = asyncio.get_running_loop().create_future()
        return self._waiter
