"""What attribution makes of spans: requests of the megaservice, and in each the calls of its nodes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from harness.traces.critical_path import Interval
from harness.traces.span import Span

Strategy = Literal["propagated", "fifo", "none"]

UNKNOWN_NODE = "unknown"
NO_FAULT_OF_THE_NODE = frozenset({"cancelled", "client_left"})


@dataclass(frozen=True, slots=True)
class Call:
    """One attempt at a node, seen from its caller (`client`), from itself (`server`), or both.

    `ended_ns` is the caller's end, for a stream the end of the stream. `error` is a class of failure or empty.
    `offsets_us` are the token times from `began_ns` on.
    """

    node: str
    began_ns: int
    ended_ns: int
    client: Span | None = None
    server: Span | None = None
    comp: str = ""
    attempt: int = 1
    error: str = ""
    fault: str = ""
    streamed: bool = False
    server_ns: int | None = None
    self_ns: int | None = None
    first_token_ns: int | None = None
    offsets_us: Sequence[int] = ()
    confidence: float = 1.0

    @property
    def client_ns(self) -> int | None:
        """How long the caller waited; None where only the node's own view is known."""
        return None if self.client is None else self.ended_ns - self.began_ns


@dataclass(frozen=True, slots=True)
class Request:
    """One request of the megaservice: its root, its calls, and its spans as intervals labelled with nodes."""

    root: Span
    began_ns: int
    ended_ns: int
    calls: Sequence[Call]
    intervals: Sequence[Interval]
    spans: Sequence[Span]

    @property
    def duration_ns(self) -> int:
        """From the root's beginning to its end, or that of the stream that outlived it."""
        return self.ended_ns - self.began_ns


@dataclass(frozen=True, slots=True)
class Attribution:
    """Which node each span belongs to, how that was found out, and what could not be placed.

    `loose_calls` are nodes' own views that no request claims; `confidence` is that of the weakest pairing.
    """

    requests: Sequence[Request]
    strategy: Strategy
    confidence: float | None
    loose_calls: Sequence[Call] = ()
    orphans: int = 0
    unattributed: int = 0
    duplicates: int = 0
    warnings: Sequence[str] = ()


def error_of(*spans: Span | None) -> str:
    """The class of failure of the first span that failed; empty where all went well or the caller left."""
    for span in spans:
        if span is None:
            continue
        status = span.text("http.response.status_code") or span.text("http.status_code")
        if span.failed or status[:1] in ("4", "5"):
            kind = span.text("error.type") or _exception(span) or status or span.message[:80] or "failed"
            return "" if kind in NO_FAULT_OF_THE_NODE else kind
    return ""


def _exception(span: Span) -> str:
    event = span.event("exception")
    kind = "" if event is None else str(event.attributes.get("exception.type", ""))
    return kind.rpartition(".")[2]
